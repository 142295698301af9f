"""``sanchong office`` from an empty machine to a served office, and from its backup to another one."""

from __future__ import annotations

import re
import shutil
import socket
import stat
import tarfile
from pathlib import Path

import pytest
from tests.office.commanding import (
    ON_POSTGRESQL,
    Office,
    demonstration,
    manifest,
    new_database,
    new_office,
    status_of,
)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with a demonstration of 30 people."""
    office, said = demonstration(tmp_path_factory.mktemp("city") / "home")
    assert "people: 30\n" in said and "providers: 20\n" in said
    assert "sanchong-demo-2025" in said and "agency_county" in said
    assert re.search(r" http://127\.0\.0\.1:8000/api/v1/#token=sc_\S+\n", said)
    return office


@pytest.fixture(scope="module")
def backup(city: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backup") / "office.tar.gz"
    assert "the keys are not in it" in city.run("backup", file)
    return file


def test_a_demonstration_names_its_accounts_and_stays_on_this_machine(city: Office) -> None:
    assert codes(city.run("serve", "--host", "0.0.0.0", "--port", "0", status=1)) == ["loopback_only"]
    with city.served() as address:
        assert status_of(f"{address}/sign-in/") == 200


def codes(said: str) -> list[str]:
    return re.findall(r"^sanchong: (\w+):", said, re.MULTILINE)


def test_an_empty_machine_is_told_what_is_missing_in_turn(tmp_path: Path) -> None:
    office = Office(tmp_path / "home", new_database(), env={"SANCHONG_SECRET": ""})
    nothing = "not_migrated" if ON_POSTGRESQL else "no_database"
    assert codes(office.run("check", status=1)) == ["no_secret", "keys", nothing]
    assert codes(office.run("serve", status=1)) == ["no_secret", "keys", nothing]
    office.env.clear()
    office.run("keys", "new")
    assert stat.S_IMODE((office.home / "keys.json").stat().st_mode) == 0o600
    assert codes(office.run("check", status=1)) == [nothing]
    said = office.migrate()
    assert "none of its illustrations is accepted" in said
    assert office.run("check") == "ready\n"
    assert "0 migrations applied" in office.migrate()


def test_keys_are_never_replaced(city: Office) -> None:
    before = (city.home / "keys.json").read_bytes()
    assert codes(city.run("keys", "new", status=1)) == ["keys_exist"]
    assert (city.home / "keys.json").read_bytes() == before


def test_keys_that_others_can_read_close_the_office(city: Office, tmp_path: Path) -> None:
    open_to_all = tmp_path / "keys.json"
    shutil.copy(city.home / "keys.json", open_to_all)
    open_to_all.chmod(0o644)
    office = Office(city.home, city.database, env={"SANCHONG_KEYS": str(open_to_all)})
    assert codes(office.run("check", status=1)) == ["keys"]


def test_the_keys_of_another_office_close_it(city: Office, tmp_path: Path) -> None:
    office = Office(city.home, city.database, env={"SANCHONG_KEYS": str(tmp_path / "keys.json")})
    office.run("keys", "new")
    assert codes(office.run("check", status=1)) == ["keys_differ"]


def test_a_demonstration_is_for_an_empty_office(city: Office) -> None:
    assert codes(city.run("demo", "--people", "5", status=1)) == ["not_empty"]


def test_the_office_is_served_and_says_where(city: Office) -> None:
    with city.served() as address:
        assert address.startswith("http://127.0.0.1:")
        assert status_of(address) < 500


def test_a_port_that_is_taken(city: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = city.run("serve", "--port", str(port), status=1)
    assert codes(said) == ["port_taken"]


@pytest.mark.skipif(ON_POSTGRESQL, reason="several processes serve on PostgreSQL")
def test_sqlite_is_served_by_one_process(city: Office) -> None:
    assert codes(city.run("serve", "--workers", "2", status=1)) == ["one_process"]


def test_a_token_is_issued_listed_and_revoked(city: Office) -> None:
    provider = "H14030010001"
    terms = ["--name", "HIS", "--provider", provider, "--scope", "people:read"]
    secret = city.run("token", "issue", *terms, "--sandbox").strip()
    assert secret.startswith("sc_")
    city.env["COLUMNS"] = "200"
    listed = city.run("token", "list")
    assert secret not in listed and secret[:12] in listed and provider in listed
    number = next(line for line in listed.splitlines() if secret[:12] in line).split()[0]
    assert f"revoked HIS ({secret[:12]}…)" in city.run("token", "revoke", number)
    assert codes(city.run("token", "revoke", "999999", status=1)) == ["not_found"]
    assert codes(city.run("token", "issue", "--name", "x", "--scope", "people:raed", status=2)) == [
        "invalid_input"
    ]
    unknown = city.run("token", "issue", "--name", "x", "--scope", "law:read", "--provider", "H0", status=1)
    assert codes(unknown) == ["not_found"]


def test_an_office_begins_with_an_administrator_and_its_areas(tmp_path: Path) -> None:
    """In an empty office: the first password signs in and must be changed; areas stand each under the one above."""
    office = new_office(tmp_path / "home")
    office.migrate()
    told = office.run("administrator", "wang", "--name", "王敏")
    assert "wang is an administrator; first password: " in told
    assert codes(office.run("administrator", "wang", "--name", "王敏", status=1)) == ["account_taken"]
    file = tmp_path / "areas.csv"
    file.write_text("code,name\n140000,山西省\n140300,阳泉市\n140302,城区\n", encoding="utf-8")
    assert "3 areas registered" in office.run("areas", file)
    assert "3 areas registered" in office.run("areas", file), "once more changes nothing"
    file.write_text("code,name\n140303,矿区\n140402001,某街道\n", encoding="utf-8")
    assert codes(office.run("areas", file, status=1)) == ["unknown_area"]
    file.write_text("代码,名称\n140303,矿区\n", encoding="utf-8")
    assert "the first row must be code,name" in office.run("areas", file, status=2)


def test_a_sandbox_is_filled_once(city: Office) -> None:
    provider = "H14030320002"
    assert "3 test people" in city.run("sandbox", provider, "--people", "3")
    assert codes(city.run("sandbox", provider, "--people", "3", status=1)) == ["not_empty"]


def test_a_backup_restored_on_an_empty_machine_serves(city: Office, backup: Path, tmp_path: Path) -> None:
    """With the key file brought separately; before that it says that the keys are missing."""
    there = Office(tmp_path / "home", new_database())
    role = ["--role", "sanchong_app"] if ON_POSTGRESQL else []
    assert "keys" in codes(there.run("restore", backup, *role, status=1))
    shutil.copy(city.home / "keys.json", there.home / "keys.json")
    assert there.run("check") == "ready\n"
    with there.served() as address:
        assert status_of(address) < 500
    again = tmp_path / "again.tar.gz"
    there.run("backup", again)
    assert manifest(again)["rows"] == manifest(backup)["rows"]


def test_a_backup_holds_no_keys(city: Office, backup: Path) -> None:
    with tarfile.open(backup) as archive:
        kind = "database.dump" if ON_POSTGRESQL else "database.sqlite3"
        assert {"manifest.json", kind} <= set(archive.getnames()) <= {"manifest.json", kind, "heads.jsonl"}
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_a_backup_is_restored_into_an_empty_database_only(city: Office, backup: Path) -> None:
    assert codes(city.run("restore", backup, status=1)) == ["not_empty"]
    assert codes(city.run("backup", backup, status=1)) == ["backup_exists"]


def test_a_damaged_backup_is_refused_and_leaves_nothing(backup: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.tar.gz"
    folder = tmp_path / "parts"
    with tarfile.open(backup) as archive:
        archive.extractall(folder, filter="data")
    [database] = folder.glob("database.*")
    content = bytearray(database.read_bytes())
    content[len(content) // 2] ^= 1
    database.write_bytes(content)
    with tarfile.open(damaged, "w:gz") as archive:
        for part in folder.iterdir():
            archive.add(part, part.name)
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(backup.read_bytes()[:5000])
    there = Office(tmp_path / "home", new_database())
    for file, code in ((damaged, "backup_damaged"), (cut, "backup_damaged"), (tmp_path / "no", "no_backup")):
        assert codes(there.run("restore", file, status=1)) == [code]
    assert [path.name for path in there.home.rglob("*") if path.is_file()] == []


def test_rotated_keys_still_open_what_was_written(tmp_path: Path) -> None:
    office, _ = demonstration(tmp_path / "home")
    old = office.home / "keys.json"
    assert "key 2 is current" in office.run("keys", "rotate")
    assert office.run("check") == "ready\n"
    said = office.run("keys", "rotate", "--reencrypt")
    assert "key 3 is current" in said and " rows written anew" in said
    assert "0 rows written anew" in office.run("keys", "rotate", "--continue")
    assert office.run("check") == "ready\n" and old.exists()
