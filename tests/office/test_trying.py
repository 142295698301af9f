"""``sanchong office try``, which ends ``make run``: from an empty folder to the sign-in page, and again."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from tests.office.commanding import ON_POSTGRESQL, Office, status_of

pytestmark = pytest.mark.skipif(ON_POSTGRESQL, reason="a demonstration to try is on SQLite")


def tried(home: Path, port: int, stop: signal.Signals) -> tuple[str, str, str]:
    """What is printed up to the address, the address, and the sign-in page that answers there; it is stopped then."""
    command = [sys.executable, "-m", "sanchong", "office", "try", "--home", str(home), "--people", "12"]
    said = ""
    with subprocess.Popen(
        [*command, "--port", str(port)],
        env=Office(
            home / "elsewhere", env={"SANCHONG_SECRET": "short", "SANCHONG_KEYS": "none"}
        ).environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                said += line
                if found := re.match(r"open (http://\S+/) ", line):
                    assert status_of(found[1]) == 200
                    with urllib.request.urlopen(f"{found[1]}sign-in/", timeout=30) as answer:
                        return said, found[1], answer.read().decode()
            raise AssertionError(said)
        finally:
            process.send_signal(stop)
            rest, _ = process.communicate(timeout=60)
            assert process.returncode == 0 and "Traceback" not in rest, said + rest


def test_from_nothing_to_the_sign_in_page_and_again(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said, address, page = tried(tmp_path / "build", port, signal.SIGINT)
        assert port < int(address.rstrip("/").rsplit(":", 1)[1]) <= port + 100
    assert "people: 12\n" in said and "agency_city" in said
    assert "市级经办" in page and "sanchong-demo-2025" in page
    (folder,) = (tmp_path / "build").iterdir()
    assert (folder / "secret").stat().st_mode & 0o077 == 0
    keys = (folder / "keys.json").read_bytes()
    again, _, _ = tried(tmp_path / "build", port, signal.SIGTERM)
    assert "people:" not in again and "agency_city" in again, "the city is kept"
    assert (folder / "keys.json").read_bytes() == keys
