"""The office as it is served: ``sanchong office serve`` with granian's processes, called over HTTP by a token, and killed.

On PostgreSQL it connects as the server's role, as it should.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
from tests.office.doors import Gone
from tests.office.rush import Request

SECRET: Final = "a-secret-for-the-tests-of-more-than-32-characters"
ROLE: Final = "sanchong_served"
BASE: Final = "/api/v1"
HOSPITAL: Final = "H14030200001"
"""Of the world that the tests build."""
PATIENCE: Final = 60
"""Seconds after which a server that does not answer is given up, and a call that is not answered."""


def as_role(url: str) -> str:
    """The URL by which the server connects; its role is made, with its rights, in this process's database."""
    if not url.startswith("postgresql"):
        return url
    from django.db import connection

    from sanchong.office import guards

    guards.install(connection, ROLE)
    return url.replace("//sanchong@", f"//{ROLE}@")


def token(realm: int, provider: str) -> str:
    """A token of a provider ("": the agency's) with every scope, that nothing holds up."""
    from sanchong.office.accounts import services
    from sanchong.office.accounts.models import Realm, Scope
    from sanchong.office.actor import Actor

    issued = services.issue(
        Actor(services.ledger().pk),
        "院内系统",
        Realm.objects.get(pk=realm),
        list(Scope.values),
        provider_code=provider,
        per_minute=services.MOST_PER_MINUTE,
    )
    return issued.secret


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class Served:
    """A door (doors.Door): the processes of ``sanchong office serve``."""

    url: str
    """The database, as the server connects to it."""
    secret: str
    """The token by which it is called."""
    workers: int = 2
    threads: int = 8
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "sanchong", "office", "serve", "--port", str(self.port)]
        command += ["--workers", str(self.workers), "--threads", str(self.threads)]
        kept = {k: v for k, v in os.environ.items() if not k.startswith("DJANGO")}
        # A session of its own: granian's processes are killed with it, all at once.
        said = Path(os.environ["SANCHONG_HOME"]) / "served.log"
        with said.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env={**kept, "SANCHONG_DATABASE": self.url, "SANCHONG_SECRET": SECRET},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if self.connect().ask("GET", "/me")[0] == 200:
                    return
            except Gone:
                pass
            time.sleep(0.05)
        raise RuntimeError(f"the office did not start: {said.read_text(encoding='utf-8')[-2000:]}")

    def kill(self) -> None:
        """SIGKILL to every process of the server."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """As an operator stops it."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(PATIENCE)

    def connect(self) -> Wire:
        """A new connection, which is made by its first call."""
        return Wire(self.port, self.secret)


class Wire:
    """A keep-alive connection of a program with a token."""

    def __init__(self, port: int, secret: str) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, bytes]:
        """Status and body of an answer; Gone."""
        headers = {**self.headers, "Idempotency-Key": key} if key else self.headers
        try:
            self.line.request(method, BASE + path, None if body is None else orjson.dumps(body), headers)
            answer = self.line.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as problem:
            self.line.close()
            raise Gone from problem

    def call(self, request: Request) -> dict[str, Any]:
        """One command and what it was answered: 503 is a failure, whose request may be repeated."""
        body = {"reason": "重复结算"} if request.kind == "reverse" else {}
        status, said = self.ask("POST", f"/visits/{request.about}/{request.kind}", body, request.key)
        data = orjson.loads(said)
        if status == 200:
            return {"answer": data}
        if status == 503 and data["code"] == "unavailable":
            return {"failed": data["detail"]}
        return {"refused": data["code"], "status": status}
