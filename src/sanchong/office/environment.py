"""What the machine tells the office: where its database, its keys and its files are. Nothing is guessed in earnest."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

HOME: Final = "SANCHONG_HOME"
DATABASE: Final = "SANCHONG_DATABASE"
OWNER_DATABASE: Final = "SANCHONG_OWNER_DATABASE"
KEYS: Final = "SANCHONG_KEYS"
SECRET: Final = "SANCHONG_SECRET"
HOSTS: Final = "SANCHONG_HOSTS"

SCHEMES: Final = {"sqlite": "sqlite", "postgresql": "postgresql", "postgres": "postgresql"}


class EnvironmentMistake(Exception):
    """A variable of the environment that cannot be used; the message names it and says what is expected."""


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
    )


def as_owner() -> None:
    """From here on this process, and those that it starts, connect as the tables' owner, if the environment names one.

    To be called before Django's settings are read.
    """
    url = os.environ.get(OWNER_DATABASE)
    if url:
        os.environ[DATABASE] = url


def database(url: str) -> dict[str, Any]:
    """One entry of DATABASES from ``sqlite:///FILE`` or ``postgresql://user:password@host:port/name?option=value``."""
    parts = urlsplit(url)
    engine = SCHEMES.get(parts.scheme)
    if engine is None:
        raise EnvironmentMistake(
            f"{DATABASE}: 应为 sqlite:///文件 或 postgresql://用户@主机/库名；"
            f"expected sqlite:///FILE or postgresql://user@host/name, not {parts.scheme or url!r}"
        )
    if engine == "sqlite":
        return _sqlite(unquote(parts.path)[1:] if parts.path.startswith("//") else unquote(parts.path))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or dict(parse_qsl(parts.query)).get("host", ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        # The pool replaces persistent connections; its size is that of a worker's threads.
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 16, "timeout": 30}},
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
