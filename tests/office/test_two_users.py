"""On PostgreSQL the owner migrates and the server is a role with fewer rights; as the role a visit is settled, a year closed."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.office.commanding import ON_POSTGRESQL, ROLE, Office, demonstration, status_of

pytestmark = [
    pytest.mark.batch,
    pytest.mark.skipif(not ON_POSTGRESQL, reason="SQLite has no users"),
]


def call(address: str, secret: str, method: str, path: str, body: object = None) -> Any:
    """What the served office answers."""
    headers = {
        "Authorization": f"Bearer {secret}",
        "Idempotency-Key": f"{method} {path}".replace(" ", ":")[-80:],
    }
    data = json.dumps(body).encode() if body is not None else None
    if data:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(f"{address}/api/v1{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def as_role(office: Office, sql: bytes) -> str:
    """What the database says when the server's role tries a statement; "" if it is done."""
    with psycopg.connect(office.environment()["SANCHONG_DATABASE"]) as connection:
        try:
            connection.execute(sql)
        except psycopg.Error as refused:
            return str(refused)
    return ""


def test_the_owner_migrates_and_a_role_serves_settles_and_closes_a_year(tmp_path: Path) -> None:
    office, _ = demonstration(tmp_path / "home")
    assert office.run("check") == "ready\n"
    scopes = ("visits:read", "visits:write", "settlements:write")
    terms = [part for scope in scopes for part in ("--scope", scope)]
    secret = office.run("token", "issue", "--name", "test", *terms).strip()
    with office.served() as address:
        status_of(address)
        [old, *_] = call(address, secret, "GET", "/visits?state=settled&limit=1")["visits"]
        visit = call(
            address, secret, "POST", "/visits",
            {"person": old["person"], "provider": old["provider"], "provider_number": "T1", "kind": "inpatient",
             "admitted": old["admitted"], "discharged": old["discharged"] or old["admitted"]},
        )["visit"]  # fmt: skip
        line = {"number": "1", "at": f"{old['admitted']}T08:00:00+08:00", "item": "", "name": "自费", "quantity": "1",
                "unit_price": "100", "amount": "100"}  # fmt: skip
        call(address, secret, "POST", f"/visits/{visit}/lines", {"batch": "B1", "lines": [line]})
        call(
            address,
            secret,
            "PUT",
            f"/visits/{visit}/diagnoses",
            {"diagnoses": [{"code": "R69", "name": "x"}]},
        )
        settled = call(address, secret, "POST", f"/visits/{visit}/settle", {"expected_total": "100"})
        assert settled["result"]["visits"][0]["patient"] == "100.00", "nothing of it is in the catalogue"
        year = f"/people/{old['person']}/years/{old['admitted'][:4]}"
        closed = call(address, secret, "POST", f"{year}/close")
        account = call(address, secret, "GET", year)
        assert account["closed"]
        assert {settled["settlement"], closed["settlement"]} <= {e["settlement"] for e in account["entries"]}
    assert office.run("check") == "ready\n"
    office.run("tick")
    assert "0 unsealed" in office.run("verify-audit")
    assert "nothing wrong" in office.run("audit")
    for sql in (b"UPDATE claims_posting SET amount = 0", b"CREATE TABLE mine (id int)"):
        assert "permission denied" in as_role(office, sql)
    owner = Office(office.home, office.database, env={"SANCHONG_DATABASE": office.database})
    assert "guards: role" in owner.run("check", status=1), f"{ROLE} serves, the owner does not"
