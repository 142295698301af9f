"""What keeps the office from serving is found, by its code, with a word on what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler
from pytest_django import Settings
from tests.office.guarded.roles import as_server, execute, postgresql, spoil, sqlite

from sanchong.office.crypto import new_keys, write_keys
from sanchong.office.health import of_database, of_surroundings
from sanchong.office.lawbook import services as lawbook
from sanchong.office.lawbook.models import Bundle
from sanchong.office.operations.surroundings import unreachable

pytestmark = pytest.mark.django_db


@pytest.fixture
def surroundings(settings: Settings, tmp_path: Path) -> Settings:
    """An office in order, save that no law is active."""
    keys = tmp_path / "keys" / "keys.json"
    write_keys(new_keys(), keys)
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, keys=keys, secret="x" * 32)
    return settings


@pytest.fixture
def office(surroundings: Settings) -> Iterator[Settings]:
    """An office in order, asked by its server."""
    lawbook.activate(lawbook.keep(), "启用")
    with as_server():
        yield surroundings


def codes() -> list[str]:
    found = of_surroundings(connection) + of_database(connection)
    assert all(p.where and all(p.messages.values()) for p in found)
    return [p.code for p in found]


def another(**changes: Any) -> BaseDatabaseWrapper:
    """A connection of its own, with some settings changed."""
    handler = ConnectionHandler({"default": {**connection.settings_dict, **changes}})
    made: BaseDatabaseWrapper = handler["default"]
    return made


def test_an_office_in_order_has_no_problems(office: Settings) -> None:
    assert codes() == []


@pytest.mark.parametrize("secret", ["", "x" * 31])
def test_a_missing_or_short_secret_is_found(office: Settings, secret: str) -> None:
    office.ENVIRONMENT = replace(office.ENVIRONMENT, secret=secret)
    assert codes() == ["no_secret"]


def test_keys_that_are_missing_or_open_to_others_are_found(office: Settings, tmp_path: Path) -> None:
    office.ENVIRONMENT.keys.chmod(0o644)
    assert codes() == ["keys"]
    office.ENVIRONMENT = replace(office.ENVIRONMENT, keys=tmp_path / "none.json")
    assert codes() == ["keys"]


@sqlite
def test_keys_that_would_be_copied_with_the_database_are_found(office: Settings) -> None:
    beside = Path(connection.settings_dict["NAME"]).parent / "below" / "keys.json"
    write_keys(new_keys(), beside)
    office.ENVIRONMENT = replace(office.ENVIRONMENT, keys=beside)
    assert codes() == ["keys_place"]
    link = office.ENVIRONMENT.home.parent / f"{office.ENVIRONMENT.home.name}-link.json"
    link.symlink_to(beside)
    office.ENVIRONMENT = replace(office.ENVIRONMENT, keys=link)
    assert codes() == ["keys_place"]
    link.unlink()


def test_the_default_places_keep_the_keys_away_from_the_database() -> None:
    from sanchong.office.environment import read_environment

    there = read_environment({})
    assert not there.keys.is_relative_to(Path(there.database["NAME"]).parent)


@sqlite
def test_a_database_that_is_not_there_is_found_and_not_made(office: Settings, tmp_path: Path) -> None:
    (tmp_path / "database").mkdir()
    file = tmp_path / "database" / "none.sqlite3"
    problem = unreachable(another(NAME=str(file)))
    assert problem is not None and problem.code == "no_database"
    assert not file.exists()


@postgresql
def test_a_database_that_does_not_answer_is_found(office: Settings) -> None:
    problem = unreachable(another(PORT="1"))
    assert problem is not None and problem.code == "database_unreachable"


def test_nothing_else_is_asked_of_a_database_of_an_earlier_version(surroundings: Settings) -> None:
    MigrationRecorder(connection).record_unapplied("claims", "0001_initial")
    assert codes() == ["not_migrated"]


@sqlite
def test_a_guard_that_is_gone_is_found_on_sqlite(office: Settings) -> None:
    execute("DROP TRIGGER claims_posting_no_update")
    (problem,) = of_database(connection)
    assert problem.code == "guards" and "claims_posting" in problem.messages["en"]


@postgresql
def test_a_right_too_much_is_found(office: Settings) -> None:
    execute("RESET ROLE")
    execute("GRANT DELETE ON claims_posting TO PUBLIC")
    execute("SET ROLE sanchong_server")
    (problem,) = of_database(connection)
    assert (
        problem.code == "guards"
        and "claims_posting" in problem.messages["en"]
        and "DELETE" in problem.messages["en"]
    )


@sqlite
@pytest.mark.parametrize(
    ("pragma", "value"), [("synchronous", "NORMAL"), ("foreign_keys", "OFF"), ("recursive_triggers", "OFF")]
)
def test_sqlite_that_is_set_to_lose_or_hide_something_is_found(
    office: Settings, pragma: str, value: str
) -> None:
    options = connection.settings_dict["OPTIONS"]
    command = f"{options['init_command']} PRAGMA {pragma}={value};"
    other = another(OPTIONS={**options, "init_command": command})
    try:
        (problem,) = of_database(other)
    finally:
        other.close()
    assert problem.code == "sqlite" and pragma in problem.messages["en"] and pragma in problem.messages["zh"]


def test_an_office_without_a_law_is_told(surroundings: Settings) -> None:
    with as_server():
        assert codes() == ["no_law"]


@pytest.mark.parametrize("damage", ["cut", "other"])
def test_a_law_that_is_not_what_its_hash_says_is_found(
    surroundings: Settings, tmp_path: Path, damage: str
) -> None:
    bundle = lawbook.keep()
    lawbook.activate(bundle, "启用")
    (tmp_path / "law").mkdir()
    (tmp_path / "law" / "other.yaml").write_text("a: 1\n")
    content = bytes(bundle.content)[:-100] if damage == "cut" else lawbook.pack(tmp_path / "law")
    spoil("UPDATE lawbook_bundle SET content = %s", content)
    with as_server():
        assert codes() == ["law_damaged"]


def test_a_law_that_no_engine_can_be_made_of_is_found(surroundings: Settings, tmp_path: Path) -> None:
    """As an older version kept it, or somebody by hand: its hash is right, its content no law."""
    folder = tmp_path / "law" / "here" / "document"
    folder.mkdir(parents=True)
    (folder / "document.yaml").write_text("id: 1\n")
    name = lawbook.hash_of(tmp_path / "law")
    made = Bundle.objects.create(hash=name, content=lawbook.pack(tmp_path / "law"), engine="0")
    lawbook.activate(made, "启用")
    with as_server():
        assert codes() == ["law"]
