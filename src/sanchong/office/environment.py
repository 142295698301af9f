"""What the machine tells the office: where its database, its keys and its files are. Nothing is guessed in earnest."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

HOME: Final = "SANCHONG_HOME"
DATABASE: Final = "SANCHONG_DATABASE"
OWNER_DATABASE: Final = "SANCHONG_OWNER_DATABASE"
KEYS: Final = "SANCHONG_KEYS"
SECRET: Final = "SANCHONG_SECRET"
HOSTS: Final = "SANCHONG_HOSTS"
OIDC_ISSUER: Final = "SANCHONG_OIDC_ISSUER"
OIDC_CLIENT: Final = "SANCHONG_OIDC_CLIENT"
OIDC_SECRET: Final = "SANCHONG_OIDC_SECRET"
PROXIES: Final = "SANCHONG_PROXIES"
ADMIN_FROM: Final = "SANCHONG_ADMIN_FROM"

TLS: Final = ("sslmode", "sslrootcert", "sslcert", "sslkey")
"""What a PostgreSQL URL may say besides the host, under libpq's names."""
HERE: Final = frozenset({"", "localhost", "127.0.0.1", "::1"})

SCHEMES: Final = {"sqlite": "sqlite", "postgresql": "postgresql", "postgres": "postgresql"}


class EnvironmentMistake(Exception):
    """A variable of the environment that cannot be used; the message names it and says what is expected."""


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """Whom citizens may sign in with instead of a password (OpenID Connect)."""

    issuer: str
    """Its address: https, no query. It is the only one outside that the office may call."""
    client: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Environment:
    """The office's surroundings, read once at the start of a process."""

    home: Path
    """The folder of what the office keeps outside its database: keys, audit heads, backups."""
    database: dict[str, Any]
    """One entry of Django's DATABASES."""
    keys: Path
    """The file of encryption keys. It lies outside backups and the database's folder, so that who copies one of
    them does not take the keys along."""
    secret: str
    """Django's SECRET_KEY, or "" when none is set: then only commands without sessions run."""
    hosts: tuple[str, ...]
    identity_provider: IdentityProvider | None = None
    """None: citizens sign in by telephone and password alone."""
    proxies: tuple[str, ...] = ()
    """Addresses and networks of the proxies that end TLS before the server: what they say of a request is believed."""
    admin_from: tuple[str, ...] = ()
    """Addresses and networks from which an administrator may act; none are named: from anywhere."""


def read_environment(environ: dict[str, str] | None = None) -> Environment:
    """The surroundings as the environment variables tell them; EnvironmentMistake if one cannot be used."""
    env = dict(os.environ) if environ is None else environ
    home = Path(env.get(HOME) or Path.home() / ".sanchong").expanduser()
    return Environment(
        home=home,
        database=database(env.get(DATABASE) or f"sqlite:///{home / 'database' / 'office.sqlite3'}"),
        keys=Path(env.get(KEYS) or home / "keys.json").expanduser(),
        secret=env.get(SECRET, ""),
        hosts=tuple(host for host in env.get(HOSTS, "localhost,127.0.0.1").split(",") if host),
        identity_provider=identity_provider(env),
        proxies=_networks(PROXIES, env),
        admin_from=_networks(ADMIN_FROM, env),
    )


def identity_provider(env: dict[str, str]) -> IdentityProvider | None:
    """The provider of identities that the environment names, whole or not at all; EnvironmentMistake if a part is amiss."""
    said = {name: env.get(name, "") for name in (OIDC_ISSUER, OIDC_CLIENT, OIDC_SECRET)}
    if not any(said.values()):
        return None
    missing = [name for name, value in said.items() if not value]
    if missing:
        raise EnvironmentMistake(
            f"{missing[0]}: 与另外两项须一并设置，或都不设；set all three of {', '.join(said)}, or none"
        )
    parts = urlsplit(said[OIDC_ISSUER])
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise EnvironmentMistake(
            f"{OIDC_ISSUER}: 应为 https:// 开头、不带参数的地址；expected an https address without a query"
        )
    return IdentityProvider(said[OIDC_ISSUER].rstrip("/"), said[OIDC_CLIENT], said[OIDC_SECRET])


def _networks(name: str, env: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(_network(name, text.strip()) for text in env.get(name, "").split(",") if text.strip())


def _network(name: str, text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise EnvironmentMistake(
            f"{name}: {text} 不是 IP 地址或网段，如 10.0.0.5,10.1.0.0/24；"
            f"expected addresses or networks such as 10.0.0.5,10.1.0.0/24, not {text!r}"
        ) from None


def as_owner() -> None:
    """From here on this process, and those that it starts, connect as the tables' owner, if the environment names one.

    To be called before Django's settings are read.
    """
    url = os.environ.get(OWNER_DATABASE)
    if url:
        os.environ[DATABASE] = url


def database(url: str) -> dict[str, Any]:
    """One entry of DATABASES from ``sqlite:///FILE`` or ``postgresql://user:password@host:port/name?sslmode=…``.

    Over the network a database is asked by TLS with a certificate that is checked (``verify-full``), unless the URL says otherwise.
    """
    parts = urlsplit(url)
    engine = SCHEMES.get(parts.scheme)
    if engine is None:
        raise EnvironmentMistake(
            f"{DATABASE}: 应为 sqlite:///文件 或 postgresql://用户@主机/库名；"
            f"expected sqlite:///FILE or postgresql://user@host/name, not {parts.scheme or url!r}"
        )
    if engine == "sqlite":
        return _sqlite(unquote(parts.path)[1:] if parts.path.startswith("//") else unquote(parts.path))
    said = dict(parse_qsl(parts.query))
    host = unquote(parts.hostname or "") or said.pop("host", "")
    unknown = [name for name in said if name not in TLS]
    if unknown:
        among = ", ".join(("host", *TLS))
        raise EnvironmentMistake(
            f"{DATABASE}: 没有选项 {unknown[0]}，可用的有 {among}；no option {unknown[0]!r}, only {among}"
        )
    if host not in HERE and not host.startswith("/"):
        said.setdefault("sslmode", "verify-full")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        # The pool replaces persistent connections; its size is that of a worker's threads.
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 16, "timeout": 30}, **said},
    }


def _sqlite(file: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # Recursive triggers: INSERT OR REPLACE is a deletion too (guards.py).
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            " PRAGMA recursive_triggers=ON;",
        },
        "TEST": {"NAME": None},
    }
