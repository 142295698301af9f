"""Running ``sanchong office`` as a process of its own, on a home and a database of its own."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psycopg
from tests.office import warm
from tests.office.server import VARIABLE
from tests.shared import shared

SERVER = os.environ.get(VARIABLE, "")
ON_POSTGRESQL = SERVER.startswith("postgres")
ROLE = "sanchong_app"
"""As whom the server connects to PostgreSQL."""
SECRET = "a-secret-for-the-tests-of-more-than-32-characters"


@dataclass
class Office:
    """An installation in a folder. On PostgreSQL every command knows the owner's address and the role's, and takes its own."""

    home: Path
    database: str = ""
    """The URL as the owner; "" is SQLite in the home."""
    env: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("SANCHONG", "DJANGO", "LC_", "LANG"))
        }
        databases = {
            "SANCHONG_OWNER_DATABASE": self.database,
            "SANCHONG_DATABASE": self.database.replace("//sanchong@", f"//{ROLE}@"),
        }
        return {
            **kept,
            "SANCHONG_HOME": str(self.home),
            "SANCHONG_SECRET": SECRET,
            **(databases if self.database else {}),
            "LANG": "C.UTF-8",
            **self.env,
        }

    def run(self, *arguments: str | Path, status: int = 0) -> str:
        """Standard output and error of a command; asserts that it left no traceback, and its status."""
        code, said = warm.run(["office", *map(str, arguments)], self.environment())
        assert "Traceback" not in said, said
        assert code == status, said
        return said

    def migrate(self) -> str:
        """``migrate``, with the server's role where there is one."""
        return self.run("migrate", *(["--role", ROLE] if ON_POSTGRESQL else []))

    @contextmanager
    def served(self, *options: str | Path) -> Iterator[str]:
        """The address of a running server."""
        command = [sys.executable, "-m", "sanchong", "office", "serve", "--port", "0", "--workers", "1"]
        command += map(str, options)
        with subprocess.Popen(
            command, env=self.environment(), stdout=subprocess.PIPE, encoding="utf-8"
        ) as process:
            assert process.stdout is not None
            try:
                yield process.stdout.readline().split()[2].rstrip("/")
            finally:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=60)
        assert process.returncode == 0


def status_of(address: str) -> int:
    """The status of an answer, retried while the server starts; the office serves no page at its root yet."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except urllib.error.URLError:
            import time

            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {address}")


def new_database(like: str = "") -> str:
    """The owner's URL of a database on the tests' server, where the role is known: empty, or a copy; "" for SQLite."""
    if not ON_POSTGRESQL:
        return ""
    name = f"office_{uuid4().hex}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        copied = f" TEMPLATE {like}" if like else ""
        connection.execute(f"CREATE DATABASE {name}{copied}".encode())
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone() is None:
            connection.execute(f"CREATE ROLE {ROLE} LOGIN".encode())
    return SERVER.rsplit("/", 1)[0] + f"/{name}"


def new_office(home: Path) -> Office:
    """An office with keys and a migrated database."""
    return _copied("migrated", home)[0]


def demonstration(home: Path) -> tuple[Office, str]:
    """An office with a demonstration of 30 people, and what the command said of it."""
    return _copied("demonstration", home)


def _copied(kind: str, home: Path) -> tuple[Office, str]:
    """A copy of an office that the first who asks in this run of the tests makes by its commands."""
    folder = shared()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder / f"{kind}-{'postgresql' if ON_POSTGRESQL else 'sqlite'}"
        if not made.exists():
            _make(kind, made)
        database, said = (made / "database").read_text("utf-8"), (made / "said").read_text("utf-8")
        shutil.copytree(made / "home", home)
        return Office(home, new_database(database.rpartition("/")[2])), said


def _make(kind: str, folder: Path) -> None:
    office = Office(folder / "home", new_database())
    office.run("keys", "new")
    office.migrate()
    said = office.run("demo", "--people", "30", "--seed", "5") if kind == "demonstration" else ""
    (folder / "database").write_text(office.database, "utf-8")
    (folder / "said").write_text(said, "utf-8")


def manifest(backup: Path) -> dict[str, object]:
    """A backup's manifest."""
    import tarfile

    with tarfile.open(backup) as archive:
        member = archive.extractfile("manifest.json")
        assert member is not None
        return dict(json.load(member))
