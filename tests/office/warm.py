"""Runs ``sanchong`` in processes of their own that need not import the libraries first.

Most of a command's second goes into importing Django and its like. One process has imported them; each command
is a fork of it, with the arguments, environment and streams that it is given. Nothing of the office is imported
before: it reads its settings from the environment. (Fresh interpreters start in test_trying, cli/test_process
and wherever something is served.)
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

SECONDS = 300
"""How long a command may take."""
LIBRARIES = (
    "argon2 cryptography.hazmat.primitives.ciphers.aead django.contrib.admin django.db.models django.test django.urls"
    " granian jinja2 openpyxl orjson psycopg pydantic.json_schema pydantic.types rich.console typer.main yaml"
    " sanchong.cli.app sanchong.law.asking sanchong.settlement.settle sanchong.site.build"
)
"""What the process imports that is forked."""


def run(arguments: Sequence[str], env: Mapping[str, str]) -> tuple[int, str]:
    """A command's exit status, and what it said on standard output and then on standard error."""
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        socket.socket(socket.AF_UNIX) as connection,
    ):
        connection.settimeout(SECONDS)
        connection.connect(str(_listening()))
        request = json.dumps({"arguments": [*arguments], "env": dict(env)}).encode()
        socket.send_fds(connection, [len(request).to_bytes(8, "big")], [out.fileno(), err.fileno()])
        connection.sendall(request)
        status = int(connection.recv(8).decode())
        said = b""
        for stream in (out, err):
            stream.seek(0)
            said += stream.read()
        return status, said.decode()


@cache
def _listening() -> Path:
    """The socket of this process's own server, which ends with it: its standard input then closes."""
    folder = tempfile.mkdtemp(prefix="sanchong-warm-")
    path = Path(folder) / "socket"
    server = subprocess.Popen([sys.executable, "-m", "tests.office.warm", str(path)], stdin=subprocess.PIPE)
    assert server.stdin is not None
    atexit.register(server.stdin.close)
    while not path.exists():
        assert server.poll() is None
        time.sleep(0.01)
    return path


def _serve(path: str) -> dict[str, Any] | None:
    """None when standard input closes; in the process of a command: what to run."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{path}.new")
        listening.listen()
        os.rename(f"{path}.new", path)
        while True:
            ready, _, _ = select.select([listening, sys.stdin], [], [])
            if sys.stdin in ready:
                os.unlink(path)
                os.rmdir(os.path.dirname(path))
                return None
            connection, _ = listening.accept()
            with connection:
                if os.fork() == 0:
                    return _answer(connection)


def _answer(connection: socket.socket) -> dict[str, Any]:
    """Waits for the command and says its status; returns in the command's process only."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    length, streams, _, _ = socket.recv_fds(connection, 8, 2)
    request = b""
    while len(request) < int.from_bytes(length, "big"):
        request += connection.recv(1 << 16)
    command = os.fork()
    if command:
        _, status = os.waitpid(command, 0)
        connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(streams[0], 1)
    os.dup2(streams[1], 2)
    return dict(json.loads(request))


def main() -> None:
    """Serve; a command's process goes on as if it had been started by itself."""
    for name in LIBRARIES.split():
        importlib.import_module(name)
    gc.freeze()  # for the commands there is little left to look through
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    asked = _serve(sys.argv[1])
    if asked is None:
        return
    random.seed()
    os.environ.clear()
    os.environ.update(asked["env"])
    sys.argv = ["sanchong", *asked["arguments"]]
    from sanchong.cli import main as command

    command()


if __name__ == "__main__":
    main()
