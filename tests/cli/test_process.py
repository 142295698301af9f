"""The installed command as a process of its own: streams, pipes, terminals, codings."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.cli.running import EXAMPLES, case, text

SCRIPT = Path(sys.executable).with_name("sanchong")
EXAMPLE = EXAMPLES / "extreme-poverty.json"
SETTLE = [str(SCRIPT), "settle", str(EXAMPLE), "--accept-assumed"]


def shell(command: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command line of bash, in which $S is the command and $F an example."""
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "S": str(SCRIPT), "F": str(EXAMPLE), "LC_ALL": "C.UTF-8", **env},
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert "Exception ignored" not in done.stderr
    return done


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3,000 cases as JSON Lines."""
    path = tmp_path_factory.mktemp("many") / "cases.jsonl"
    path.write_text("".join(text(case(f"{i}")) + "\n" for i in range(3000)), encoding="utf-8")
    return path


def test_a_file() -> None:
    done = shell("$S settle $F --accept-assumed")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["ok"]


def test_a_refusal() -> None:
    done = shell("$S settle $F")
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["error"]["code"] == "assumed_value"


def test_an_unusable_argument() -> None:
    done = shell("$S settle $F --known-on soon")
    assert (done.returncode, done.stdout) == (2, "")


def test_as_a_module() -> None:
    done = shell(f'cat "$F" | {sys.executable} -m sanchong settle - --accept-assumed')
    assert done.returncode == 0 and json.loads(done.stdout)["ok"]


@pytest.mark.parametrize("form", ["json", "jsonl", "table", "html"])
def test_a_reader_that_has_read_enough(form: str, many: Path) -> None:
    """The reader of the pipe has gone before anything is written, or after the first line."""
    quiet = shell(f'$S settle "{EXAMPLES}/subsistence-family.json" --accept-assumed --format {form} | true')
    assert quiet.stderr == ""
    if form == "jsonl":
        done = shell(f'$S settle "{many}" --format jsonl | head -1')
        assert done.stderr == "" and json.loads(done.stdout)["case"] == "0"


def test_readers_of_the_other_commands() -> None:
    assert shell("$S law clauses | head -1; $S law clauses --format json | head -1").stderr == ""


@pytest.mark.parametrize(
    "command", ["settle $F --accept-assumed", "law clauses", "law clauses --format json"]
)
def test_a_full_disk(command: str) -> None:
    done = shell(f"$S {command} > /dev/full")
    assert (done.returncode, done.stderr) == (2, "sanchong: No space left on device\n")


def test_closed_streams() -> None:
    assert shell("$S settle - <&-").returncode == 2
    assert shell("$S settle $F --accept-assumed >&-").returncode == 0
    assert shell("$S settle $F --accept-assumed 2>&-").returncode == 0
    assert shell("$S settle $F --bogus 2>&-").returncode == 2


@pytest.mark.parametrize("coding", ["ascii", "gbk", "latin-1"])
def test_terminals_of_another_coding(coding: str) -> None:
    """What the terminal cannot show is escaped; JSON is UTF-8 everywhere."""
    env = {"PYTHONIOENCODING": coding, "PYTHONUTF8": "0"}
    for command in ("settle $F --accept-assumed --format table --lang zh", "quota diabetes --accept-assumed"):
        done = subprocess.run(
            ["bash", "-c", f"$S {command}"],
            capture_output=True,
            env={**os.environ, "S": str(SCRIPT), "F": str(EXAMPLE), **env},
            check=False,
        )
        assert done.returncode == 0 and done.stderr == b""
    assert json.loads(shell("$S settle $F --accept-assumed --format json", **env).stdout)["ok"]


def on_terminal(arguments: Sequence[str]) -> tuple[int, bytes]:
    """Run with standard error on a terminal: exit status, what the terminal got."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        arguments,
        stdout=subprocess.DEVNULL,
        stderr=slave,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80", "LC_ALL": "C.UTF-8"},
    ) as process:
        os.close(slave)
        shown = b""
        while True:
            try:
                got = os.read(master, 65536)
            except OSError:  # the other end is closed
                break
            if not got:
                break
            shown += got
    os.close(master)
    return process.returncode, shown


def test_progress_is_shown_on_a_terminal_only(many: Path) -> None:
    settle = [str(SCRIPT), "settle", str(many), "--format", "jsonl"]
    plain = subprocess.run(settle, capture_output=True, check=True, timeout=120)
    assert plain.stderr == b""
    results = [json.loads(line) for line in plain.stdout.splitlines()]
    assert [r["case"] for r in results] == [f"{i}" for i in range(3000)] and all(r["ok"] for r in results)
    status, shown = on_terminal(settle)
    assert status == 0 and b"Settling" in shown
    assert on_terminal(SETTLE)[1] == b""
