"""Doors to an office that can be killed: what the load of the crash test needs of a server, and one such server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import orjson
from tests.office.rush import Request


class Gone(Exception):
    """The server broke off, or is not there: nobody knows whether the request was done."""


class Caller(Protocol):
    """One client's connection."""

    def call(self, request: Request) -> dict[str, Any]:
        """``{"answer": …}``, ``{"refused": code}`` or ``{"failed": text}``; Gone."""
        ...


class Door(Protocol):
    """A server of the office."""

    def start(self) -> None:
        """Start it, and wait until it answers."""
        ...

    def kill(self) -> None:
        """SIGKILL."""
        ...

    def connect(self) -> Caller:
        """A new connection; Gone if nobody is there."""
        ...


@dataclass
class Desk:
    """The services in a process of their own (desk.py), over a Unix socket."""

    url: str
    realm: int
    folder: tempfile.TemporaryDirectory[str] = field(
        default_factory=lambda: tempfile.TemporaryDirectory(prefix="sanchong-desk-")
    )
    process: subprocess.Popen[bytes] | None = None

    @property
    def path(self) -> Path:
        """The socket."""
        return Path(self.folder.name) / "socket"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.path.unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.office.desk", str(self.path), self.url, str(self.realm)]
        self.process = subprocess.Popen(command, env=dict(os.environ))
        for _ in range(1200):
            try:
                self.connect().close()
            except Gone:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("the desk did not start")

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is closed."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def connect(self) -> Line:
        """A new connection."""
        return Line(self.path)


class Line:
    """A connection to the desk."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        try:
            self.socket.connect(str(path))
        except OSError as problem:
            self.socket.close()
            raise Gone from problem
        self.file = self.socket.makefile("rwb")

    def call(self, request: Request) -> dict[str, Any]:
        """One request and its answer."""
        said = {name: value for name, value in asdict(request).items() if name != "then"}
        try:
            self.file.write(orjson.dumps(said) + b"\n")
            self.file.flush()
            line = self.file.readline()
        except OSError as problem:
            raise Gone from problem
        if not line.endswith(b"\n"):
            raise Gone
        return dict(orjson.loads(line))

    def close(self) -> None:
        """Hang up."""
        self.file.close()
        self.socket.close()
