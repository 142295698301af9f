"""``sanchong office`` before there is any office: typed wrong, no database, no server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.office.commanding import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "home")


def test_a_command_typed_wrong_names_the_nearest(office: Office) -> None:
    assert "Did you mean 'serve'?" in office.run("sreve", status=2)
    assert "Did you mean 'rotate'?" in office.run("keys", "rotat", status=2)


def test_other_commands_do_not_import_django() -> None:
    """Not even the help, which imports every command's module."""
    code = (
        "import sys; from sanchong.cli.app import app_for; app_for(None); app_for('settle');"
        " print([m for m in sys.modules if m.split('.')[0] in ('django', 'granian', 'psycopg', 'numpy')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "command",
    [["tick"], ["token", "list"], ["demo"], ["backup", "file"], ["verify-audit"], ["audit"]],
)
def test_without_a_database_nothing_is_made(office: Office, command: list[str]) -> None:
    said = office.run(*command, status=2)
    assert said.startswith("sanchong: no_database: ") and "sanchong office migrate" in said
    assert not office.home.exists()


def test_an_empty_database_is_not_migrated(office: Office) -> None:
    (office.home / "database").mkdir(parents=True)
    (office.home / "database" / "office.sqlite3").touch()
    assert office.run("token", "list", status=2).startswith("sanchong: not_migrated: ")


def test_a_database_that_does_not_answer(office: Office) -> None:
    office.database = "postgresql://somebody@127.0.0.1:1/office"
    for command in ("tick", "migrate"):
        said = office.run(command, status=2 if command == "tick" else 1)
        assert said.startswith("sanchong: database_unreachable: ") and "127.0.0.1:1/office" in said


def test_a_database_that_is_none(office: Office) -> None:
    office.database = "mysql://somebody@127.0.0.1/office"
    said = office.run("check", status=2)
    assert said.startswith("sanchong: SANCHONG_DATABASE: ") and "postgresql://" in said


def test_refusals_in_chinese(office: Office) -> None:
    office.env["LANG"] = "zh_CN.UTF-8"
    assert "没有数据库" in office.run("tick", status=2)
    office.env["LANG"] = "C.UTF-8"
    assert "没有数据库" in office.run("tick", "--lang", "zh", status=2)
