"""The interface as a program meets it: who may call, how it is refused, how figures are read."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.office.api import BASE, Program, openapi, program
from tests.office.world import City, build

from sanchong import office, settlement
from sanchong.office import guards
from sanchong.office.accounts import services as accounts
from sanchong.office.api.problems import STATUS
from sanchong.office.api.sandbox import open_sandbox
from sanchong.office.claims.models import Settlement, Visit
from sanchong.office.providers.models import Provider
from sanchong.office.trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return build()


@pytest.fixture
def his(city: City) -> Program:
    return program(city)


def stay(city: City, amount: str = "12000", day: str = "2026-03-10", person: Any = None) -> Visit:
    return city.visit(person or city.person(), "inpatient", day, ("A1", amount))


def elsewhere() -> Provider:
    return Provider.objects.create(code="H14030200002", name="市第二医院", kind="hospital")


def problem(response: Any, status: int, code: str, where: str | None = None) -> dict[str, Any]:
    """The problem that a response is; it says what, where, in the language asked for."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    said: dict[str, Any] = json.loads(response.content)
    assert (said["status"], said["code"]) == (status, code), said
    assert said["title"] and said["detail"]
    if where is not None:
        assert said["where"] == where
    return said


# ── who may call ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("secret", ["", "sc_nobodys"])
def test_every_operation_asks_for_a_token(city: City, secret: str) -> None:
    """Every address of the document, its parameters filled with anything."""
    client = Client(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    operations = [(m, p) for p, ms in openapi()["paths"].items() for m in ms]
    assert len(operations) > 10
    for method, path in operations:
        address = path.replace("{kind}", "people")
        while "{" in address:
            address = address[: address.index("{")] + "X1" + address[address.index("}") + 1 :]
        response = client.generic(method.upper(), address, headers=headers)
        said = problem(response, 401, "token_unknown" if secret else "token_missing", "Authorization")
        assert response["WWW-Authenticate"].startswith("Bearer")
        assert said["type"].startswith("/api/v1/#")


def test_the_page_and_the_document_are_for_everybody(city: City) -> None:
    for path in ("/", "/openapi.json"):
        assert Client().get(BASE + path).status_code == 200


def test_a_token_opens_only_what_its_scopes_name(city: City) -> None:
    visit = stay(city)
    quoting = program(city, None, "settlements:quote")
    assert quoting.post(f"/visits/{visit.number}/quote").status_code == 200
    problem(quoting.post(f"/visits/{visit.number}/settle", {}), 403, "scope")
    assert not Settlement.objects.exists()


def test_more_calls_than_allowed_are_told_when_to_come_again(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "_minute", lambda: 1000)
    slow = program(city, None, per_minute=1)
    assert slow.get("/me").status_code == 200
    response = slow.get("/me")
    problem(response, 429, "too_many")
    assert int(response["Retry-After"]) > 0


# ── how it is refused ────────────────────────────────────────────────────────────────────────


def test_a_refusal_is_chinese_unless_english_is_preferred(city: City, his: Program) -> None:
    zh = problem(his.get("/people/P-none"), 404, "not_found")
    en = json.loads(his.call("GET", "/people/P-none", headers={"Accept-Language": "en-GB, zh;q=0.5"}).content)
    assert zh["detail"] != en["detail"] and en["detail"].isascii() and en["title"].isascii()


def test_a_refusal_names_its_clause(city: City, his: Program) -> None:
    visit = stay(city)
    with guards.lifted(connection):
        visit.person.enrolments.all().delete()
    said = problem(his.post(f"/visits/{visit.number}/settle", {}), 409, "not_insured")
    assert said["clause"] == "yangquan.b34"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "no_path"),
        ("POST", "/nothing/at/all", 404, "no_path"),
        ("GET", "/people/%00", 422, "invalid_input"),
        ("GET", "/people/P1?colour=red", 400, "unknown_parameter"),
        ("GET", "/people/P1?day=2026-02-30", 422, "invalid_input"),
        ("GET", "/people/P1?day=0001-01-01", 422, "invalid_input"),
        ("GET", "/people?limit=201", 422, "invalid_input"),
        ("GET", "/law/values/assistance.annual_cup", 404, "no_address"),
        ("DELETE", "/me", 405, "method"),
        ("PATCH", "/visits/V1/settle", 405, "method"),
    ],
)
def test_every_wrong_turn_is_a_problem(his: Program, method: str, path: str, status: int, code: str) -> None:
    response = his.client.generic(method, BASE + path, headers={"Authorization": f"Bearer {his.secret}"})
    problem(response, status, code)
    assert status != 405 or response["Allow"]


def test_what_is_sent_as_another_type_is_refused(city: City, his: Program) -> None:
    path = f"/visits/{stay(city).number}/settle"
    problem(his.raw("POST", path, b"{}", "text/plain"), 415, "media_type", "Content-Type")
    problem(his.raw("POST", "/imports/people/preview", b"a,b", "text/csv"), 415, "media_type", "Content-Type")


def test_what_is_too_large_is_not_read(his: Program) -> None:
    problem(his.raw("POST", "/visits/V1/settle", b" " * (8 * 2**20 + 1)), 413, "too_large")


def test_a_failure_of_ours_is_a_problem_without_particulars(
    city: City, his: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sanchong.office.claims import services

    def broken(*_: object) -> None:
        raise RuntimeError("a secret of the house")

    visit = stay(city)
    monkeypatch.setattr(services, "settle", broken)
    response = his.post(f"/visits/{visit.number}/settle", {})
    problem(response, 500, "internal")
    assert b"secret" not in response.content


# ── how it is read ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"expected_total": 1', "line 1, column 21"),
        (b'{\n "expected_total": }', "line 2, column 20"),
        (b'{"expected_total": NaN}', "line 1, column 20"),
        (b'{"a": "NaN", "expected_total": -Infinity}', "line 1, column 32"),
        (b'{"expected_total": 1, "expected_total": 2}', "expected_total"),
        (b'{"a": [{"b": 1, "b": 2}]}', "a[0].b"),
        (b"\xff\xfe{}", "byte 0"),
        (b"[" * 100_000, "line 1, column 33"),
        (b'{"expected_total": "\\', "line 1, column 20"),
        (b'"' + b'\\"' * 500_000, "line 1, column 1"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(city: City, his: Program, body: bytes, place: str) -> None:
    said = problem(his.raw("POST", f"/visits/{stay(city).number}/settle", body), 400, "malformed")
    assert said["where"] == place
    assert not Settlement.objects.exists()


@pytest.mark.parametrize(
    "amount",
    [
        "12000.001", "-1", "1e3", "１２", "", "10000000000.01", "12,000", True, None, [], "12000 ",
    ],
)  # fmt: skip
def test_an_amount_that_is_none_is_refused_at_its_field(city: City, his: Program, amount: object) -> None:
    body: dict[str, object] = {"lines": [{"item": "A1", "amount": "1"}, {"item": "A1", "amount": amount}]}
    body |= {"person": "P1", "kind": "inpatient", "day": "2026-03-10"}
    problem(his.post("/eligibility", body), 422, "invalid_input", "lines[1].amount")


@pytest.mark.parametrize("number", ["12000.001", "1e3", "1E400", "9" * 5000, "-0.01", "12000.000"])
def test_a_number_is_read_as_it_is_written(city: City, his: Program, number: str) -> None:
    path = f"/visits/{stay(city).number}/settle"
    response = his.raw("POST", path, b'{"expected_total": %s}' % number.encode())
    problem(response, 422, "invalid_input", "expected_total")


@pytest.mark.parametrize("said", [b'"12000"', b"12000", b"12000.00", b"12000.0", b'"12000.00"'])
def test_an_amount_may_be_a_text_or_a_number(city: City, his: Program, said: bytes) -> None:
    path = f"/visits/{stay(city).number}/settle"
    assert his.raw("POST", path, b'{"expected_total": %s}' % said).status_code == 200


def test_a_fen_is_not_lost_in_reading(city: City, his: Program) -> None:
    """As a float 0.29 yuan are 28.999999999999996 fen, which a careless reader takes for 28."""
    visit = stay(city, "0.29")
    problem(
        his.raw("POST", f"/visits/{visit.number}/settle", b'{"expected_total": 0.28}'), 409, "total_differs"
    )
    assert his.raw("POST", f"/visits/{visit.number}/settle", b'{"expected_total": 0.29}').status_code == 200


def test_an_unknown_field_and_every_mistake_is_named(city: City, his: Program) -> None:
    said = problem(
        his.post("/eligibility", {"persn": "P1", "kind": "stay", "day": "2026-3-1"}), 422, "invalid_input"
    )
    assert {one["where"] for one in said["errors"]} == {"person", "persn", "kind", "day"}


def test_half_a_surrogate_pair_and_control_characters_are_refused(city: City, his: Program) -> None:
    path = f"/visits/{stay(city).number}/reverse"
    for text in (b"\\ud800", b"\\u0000", b"\\u0007", b""):
        problem(his.raw("POST", path, b'{"reason": "%s"}' % text), 422, "invalid_input", "reason")


@pytest.mark.parametrize("key", ["", "short", "x" * 81, "with space"])
def test_what_writes_asks_for_an_idempotency_key(city: City, his: Program, key: str) -> None:
    path = f"/visits/{stay(city).number}/settle"
    response = his.raw("POST", path, b"{}", headers={"Idempotency-Key": key})
    problem(response, 422, "idempotency_key", "Idempotency-Key")
    assert not Settlement.objects.exists()


# ── settling ─────────────────────────────────────────────────────────────────────────────────


def test_quote_settle_repeat_reverse(city: City, his: Program) -> None:
    visit = stay(city)
    quoted = his.post(f"/visits/{visit.number}/quote").json()
    settled = his.post(f"/visits/{visit.number}/settle", {"expected_total": "12000"}, "key-00000001").json()
    again = his.post(f"/visits/{visit.number}/settle", {"expected_total": 12000}, "key-00000001").json()
    assert settled["result"] == quoted["result"] and again == settled
    problem(his.post(f"/visits/{visit.number}/settle", {}, "key-00000001"), 409, "key_reused")
    shown = his.post(f"/visits/{visit.number}/reversal/preview").json()
    back = his.post(f"/visits/{visit.number}/reverse", {"reason": "重复结算"}).json()
    assert back["reversed"] == shown["reversed"]
    assert back["reversed"]["patient"] == f"-{settled['result']['visits'][0]['patient']}"


def test_another_providers_visits_are_not_there(city: City, his: Program) -> None:
    """A's token on B's visit and settlement: every operation of the document on one says that there is none."""
    visit = stay(city)
    settlement = his.post(f"/visits/{visit.number}/settle", {}).json()["settlement"]
    other = program(city, elsewhere().code)
    operations = [
        (m, p, o)
        for p, ms in openapi()["paths"].items()
        for m, o in ms.items()
        if p.startswith((f"{BASE}/visits/{{", f"{BASE}/settlements/{{"))
    ]
    assert len(operations) >= 14
    for method, path, operation in operations:
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
        assert body is not None or "requestBody" not in operation, f"{path} has no example"
        of_visit = path.startswith(f"{BASE}/visits/")
        address = path.removeprefix(BASE).replace("{number}", visit.number if of_visit else settlement)
        address = address.replace("{payout}", "1")
        response = other.call(method.upper(), address, body)
        if "/claim/" in path:
            problem(response, 403, "agency_only")
        else:
            problem(response, 404, "no_visit" if of_visit else "no_settlement")
    assert other.get("/visits").json()["visits"] == []
    assert other.get("/settlements").json()["settlements"] == []
    assert other.get(f"/people/{visit.person.number}/years/2026").json()["entries"] == []
    visit.refresh_from_db()
    assert visit.state == "settled" and len(his.get("/visits").json()["visits"]) == 1


# ── eligibility ──────────────────────────────────────────────────────────────────────────────


def test_a_visit_that_might_be_comes_to_what_settling_it_comes_to(city: City, his: Program) -> None:
    person = city.person()
    asked = {
        "person": person.number,
        "kind": "inpatient",
        "day": "2026-03-10",
        "lines": [{"item": "A1", "amount": "12000"}],
    }
    said = his.post("/eligibility", asked).json()
    assert said["eligible"] and said["refusals"] == []
    settled = his.post(f"/visits/{stay(city, person=person).number}/settle", {}).json()["result"]["visits"][0]
    for figure in ("in_policy", "pooled", "catastrophic", "assistance", "patient"):
        assert said["result"]["visits"][0][figure] == settled[figure]
    assert Visit.objects.count() == 1


def test_everything_that_stands_in_the_way_is_listed(city: City, his: Program) -> None:
    person = city.person()
    with guards.lifted(connection):
        person.enrolments.all().delete()
        city.hospital.agreements.all().delete()
    said = his.post(
        "/eligibility", {"person": person.number, "kind": "inpatient", "day": "2026-03-10"}
    ).json()
    assert [one["code"] for one in said["refusals"]] == ["not_insured", "not_designated"]
    assert all(one["clause"] for one in said["refusals"])
    assert said["result"] is None and not said["eligible"]


def test_a_gate_is_named_with_its_clause(city: City, his: Program) -> None:
    person = city.person(None)
    said = his.post(
        "/eligibility", {"person": person.number, "kind": "inpatient", "day": "2026-03-10"}
    ).json()
    assert said["eligible"] and said["result"] is None
    assert [(gate["code"], gate["clause"]) for gate in said["gates"]] == [("no_category", "yangquan.b13")]
    assert Entry.objects.filter(act="claims.eligibility", person_id=person.pk).count() == 1


def test_an_unrecognised_disease_is_the_engines_refusal(city: City, his: Program) -> None:
    person = city.person()
    asked = {"person": person.number, "kind": "outpatient", "day": "2026-03-10", "disease": "diabetes"}
    said = his.post("/eligibility", asked).json()
    assert [(one["code"], one["clause"]) for one in said["refusals"]] == [("not_recognised", "shanxi.a8")]


# ── people, law, sandbox ─────────────────────────────────────────────────────────────────────


def test_looking_a_person_up_leaves_its_trail(city: City, his: Program) -> None:
    person = city.person("subsistence_allowance", "diabetes")
    found = his.post("/people/lookup", {"number": person.number}).json()["people"]
    assert [one["number"] for one in found] == [person.number]
    assert person.identity_number not in json.dumps(found)
    rights = his.get(f"/people/{person.number}", day="2026-03-10").json()
    assert rights["categories"][0]["category"] == "subsistence_allowance"
    assert rights["recognitions"][0]["disease"] == "diabetes"
    acts = Entry.objects.filter(person_id=person.pk).exclude(token=None).values_list("act", flat=True)
    assert sorted(acts) == ["person.find", "person.rights"]


def test_a_provider_browses_no_lists_and_searches_no_names(city: City, his: Program) -> None:
    city.person()
    problem(his.get("/people"), 403, "agency_only")
    problem(his.post("/people/lookup", {"name": "张三"}), 403, "agency_only")
    agency = program(city, "")
    assert len(agency.get("/people").json()["people"]) == 1
    assert len(agency.post("/people/lookup", {"name": "张三"}).json()["people"]) == 1


def test_pages_follow_each_other_by_key(city: City) -> None:
    numbers = [city.person().number for _ in range(5)]
    agency, after, seen = program(city, ""), None, []
    while True:
        page = agency.get("/people", limit=2, after=after).json()
        seen += [one["person"]["number"] for one in page["people"]]
        after = page["after"]
        if after is None:
            break
    assert seen == numbers


def test_law_is_answered_as_the_command_line_answers_it(his: Program) -> None:
    one = his.get("/law/values/assistance.annual_cap.near_subsistence", on="2026-03-10").json()["values"]
    assert [(v["value"], v["clause"]["id"]) for v in one] == [("40000.00", "yangquan.b55")]
    family = his.get("/law/values/assistance.annual_cap", on="2026-03-10").json()["values"]
    assert len(family) > 3 and "history" not in family[0]
    assert his.get("/law").json()["bundle"] == his.get("/law/addresses").json()["bundle"]


def test_a_sandbox_opens_with_people_that_can_be_looked_up(city: City, his: Program) -> None:
    sandbox = Program(open_sandbox(city.actor, city.hospital.code).secret)
    assert sandbox.get("/me").json()["sandbox"] is True
    people = sandbox.get("/sandbox/people").json()["people"]
    assert len(people) == 6
    found = sandbox.post("/people/lookup", {"identity_number": people[0]["identity_number"]}).json()
    assert found["people"] == [people[0]["person"]]
    asked = {
        "person": people[0]["person"]["number"],
        "kind": "outpatient",
        "day": "2026-03-10",
        "disease": "diabetes",
    }
    assert sandbox.post("/eligibility", asked).json()["eligible"]
    assert his.post("/people/lookup", {"identity_number": people[0]["identity_number"]}).json() == {
        "people": []
    }
    problem(his.get("/sandbox/people"), 403, "sandbox_only")
    Program(open_sandbox(city.actor, city.hospital.code).secret)
    assert len(sandbox.get("/sandbox/people").json()["people"]) == 6


def test_a_sandbox_does_not_see_the_real_ledger(city: City) -> None:
    visit = stay(city)
    sandbox = Program(open_sandbox(city.actor, city.hospital.code).secret)
    problem(sandbox.post(f"/visits/{visit.number}/quote"), 404, "no_visit")
    problem(sandbox.get(f"/people/{visit.person.number}"), 404, "not_found")


# ── the table of codes ───────────────────────────────────────────────────────────────────────


def codes_in_the_office() -> set[str]:
    """Every code that a Refusal of the office or the engine is made with, as it stands in the source; operations, guards
    and health are the command line's.
    """
    codes = set()
    for file in (*Path(office.__path__[0]).rglob("*.py"), *Path(settlement.__path__[0]).rglob("*.py")):
        if {"operations", "guards.py", "health.py"} & set(file.parts):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = getattr(node.func, "id", "")
            if name in ("Refusal", "refuse") and isinstance(node.args[0].value, str):
                codes.add(("file_" if name == "refuse" else "") + node.args[0].value)
    return codes


def test_every_refusal_has_its_status_and_title_in_the_one_table() -> None:
    codes = codes_in_the_office()
    assert {"not_insured", "token_unknown", "file_bomb", "not_recognised"} <= codes
    assert sorted(codes - STATUS.keys()) == []
