"""Serve the office: granian runs the WSGI application."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

from django.core.management import call_command
from django.db import connection, connections

from sanchong.office.accounts.demonstration import demonstration_exists
from sanchong.office.operations.certificate import Certificate
from sanchong.office.operations.surroundings import is_sqlite
from sanchong.settlement.refusal import Refusal

TRIED: Final = 100
TARGET: Final = "sanchong.office.wsgi:application"


def check_workers(wanted: int | None) -> int:
    """How many processes serve: one on SQLite, else as many as asked or as there are cores."""
    if not is_sqlite():
        return wanted or os.cpu_count() or 1
    if wanted not in (None, 1):
        raise Refusal(
            "one_process",
            "--workers",
            "SQLite 只能用一个进程；要多个进程请改用 PostgreSQL（SANCHONG_DATABASE）",
            "SQLite is served by one process; for more, use PostgreSQL (SANCHONG_DATABASE)",
        )
    return 1


def check_host(host: str) -> None:
    """Refusal ``loopback_only`` if others could reach an office into which anybody can sign in with a known password."""
    if demonstration_exists() and not _is_loopback(host):
        raise Refusal(
            "loopback_only",
            "--host",
            f"本库有密码公开的演示账号，只能在本机地址（127.0.0.1）提供服务，不能用 {host}；正式使用请另建新库",
            "this office has demonstration accounts, whose password everybody knows: it is served on 127.0.0.1 only,"
            f" not on {host}; for earnest use, open a new office",
        )


def _is_loopback(host: str) -> bool:
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return bool(found) and all(ip_address(address).is_loopback for address in found)


def next_free(host: str, port: int) -> int:
    """``port``, or the first of the :data:`TRIED` after it on which nobody listens; Refusal ``port_taken`` if there is none."""
    for tried in range(port, min(port + TRIED, 65535)):
        with suppress(Refusal):
            return free_port(host, tried)
    return free_port(host, port)


def free_port(host: str, port: int) -> int:
    """``port``, or one that is free if it is 0; Refusal ``port_taken`` if nobody can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as problem:
            raise Refusal(
                "port_taken",
                "--port",
                f"不能在 {host}:{port} 监听：{problem.strerror}；请另选 --host 或 --port",
                f"cannot listen on {host}:{port}: {problem.strerror}; choose another --host or --port",
            ) from None
        return int(trial.getsockname()[1])


def serve(host: str, port: int, workers: int, threads: int, certificate: Certificate | None = None) -> None:
    """Serve until stopped by a signal, by TLS 1.3 if there is a certificate. The static files are gathered first."""
    from granian import Granian
    from granian.constants import Interfaces, SSLProtocols

    call_command("collectstatic", interactive=False, verbosity=0)
    hang_up()
    server = Granian(
        TARGET,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        log_access=False,
        respawn_failed_workers=True,
        ssl_cert=certificate.chain if certificate else None,
        ssl_key=certificate.key if certificate else None,
        ssl_protocol_min=SSLProtocols.tls13,
    )
    server.serve()


def hang_up() -> None:
    """Close what this process has of the database: the server's processes are forked from it, and would share it."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]
