"""A visit's whole life through the interface, as a hospital's system leads it; and what is left of it in the trail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.office.api import Program, openapi, program
from tests.office.test_api import problem
from tests.office.world import City, build

from sanchong.office.claims.models import FeeLine, Settlement
from sanchong.office.people.models import Person
from sanchong.office.trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return build()


@pytest.fixture
def his(city: City) -> Program:
    return program(city)


def registered(his: Program, person: Person, number: str = "ZY0001", **more: object) -> str:
    body = {"person": person.number, "provider_number": number, "kind": "inpatient", "admitted": "2026-03-01"}
    said = his.post("/visits", {**body, **more})
    assert said.status_code == 200, said.content
    return str(said.json()["visit"])


def line(number: str, quantity: object, price: object, amount: object, item: str = "A1") -> dict[str, Any]:
    return {
        "number": number,
        "at": "2026-03-02T08:00:00+08:00",
        "item": item,
        "name": "药品",
        "quantity": quantity,
        "unit_price": price,
        "amount": amount,
    }


def test_a_stay_from_admission_to_statement(city: City, his: Program) -> None:
    """Lines of 3 × 33.335 = 100.005, half up 100.01, and of 11,999.99: 12,100.00 with the withdrawn one of 50 out."""
    visit = registered(his, city.person())
    lines = [
        line("1", "3", "33.335", "100.01"),
        line("2", 1, 11999.99, 11999.99),
        line("3", "0.5", "100", "50"),
    ]
    added = his.post(f"/visits/{visit}/lines", {"batch": "B1", "lines": lines}).json()
    assert (added["lines"], added["total"]) == (3, "12150.00")
    gone = his.post(f"/visits/{visit}/lines/withdraw", {"lines": ["3"]}).json()
    assert (gone["withdrawn"], gone["total"]) == (1, "12100.00")
    diagnoses = {"diagnoses": [{"code": "I10.x00", "name": "高血压"}, {"code": "E11.900", "name": "糖尿病"}]}
    assert his.put(f"/visits/{visit}/diagnoses", diagnoses).json()["state"] == "diagnosed"
    problem(his.post(f"/visits/{visit}/settle", {}), 409, "not_discharged")
    assert his.post(f"/visits/{visit}/discharge", {"day": "2026-03-10"}).json()["discharged"] == "2026-03-10"
    assert his.call("PATCH", f"/visits/{visit}", {"practitioner": None}).status_code == 200
    problem(his.post(f"/visits/{visit}/settle", {"expected_total": "12150"}), 409, "total_differs")
    settled = his.post(f"/visits/{visit}/settle", {"expected_total": "12100"}).json()

    read = his.get(f"/visits/{visit}").json()
    assert (read["state"], read["total"]) == ("settled", "12100.00")
    assert [one["quantity"] for one in read["lines"]] == ["3.0000", "1.0000", "0.5000"]
    statement = his.get(f"/settlements/{settled['settlement']}").json()
    assert statement["amounts"]["total"] == "12100.00"
    assert sum(int(p["amount"].replace(".", "")) for p in statement["postings"]) == 0
    assert statement["result"]["receipt"] == settled["result"]["receipt"]
    page = his.get(f"/settlements/{settled['settlement']}/page", lang="en")
    assert page.status_code == 200 and "12,100.00" in page.content.decode()
    assert "script" not in page["Content-Security-Policy"]
    year = his.get(f"/people/{read['person']}/years/2026").json()
    assert [entry["settlement"] for entry in year["entries"]] == [settled["settlement"]]
    assert year["accumulators"]["assistance"] == statement["amounts"]["assistance"]


def test_a_visit_can_be_cancelled_once_its_lines_are_withdrawn(city: City, his: Program) -> None:
    visit = registered(his, city.person())
    his.post(f"/visits/{visit}/lines", {"batch": "B1", "lines": [line("1", "1", "5", "5")]})
    problem(his.post(f"/visits/{visit}/cancel"), 409, "lines_stand")
    his.post(f"/visits/{visit}/lines/withdraw", {})
    assert his.post(f"/visits/{visit}/cancel").json()["state"] == "cancelled"
    problem(his.post(f"/visits/{visit}/discharge", {"day": "2026-03-10"}), 409, "visit_state")


def test_a_small_price_is_read_as_programs_write_it(city: City, his: Program) -> None:
    """JSON of Python has 5e-05 for 0.00005; 20,000 of them are 1 yuan. In a text nobody writes that."""
    visit = registered(his, city.person())
    small = {**line("1", "20000", "0", "1"), "unit_price": 0.00005}
    assert b"5e-05" in json.dumps(small).encode()
    said = his.post(f"/visits/{visit}/lines", {"batch": "B1", "lines": [small]})
    assert said.json()["total"] == "1.00"


def test_a_payout_is_of_something(city: City, his: Program) -> None:
    visit = city.visit(city.person(), "inpatient", "2026-03-10", ("A1", "12000"))
    nothing = {"payer": "commercial", "amount": "0.00", "paid_on": "2026-03-10"}
    response = his.post(f"/visits/{visit.number}/payouts", nothing)
    problem(response, 422, "invalid_input", "amount")
    assert response.json()["errors"][0]["where"] == "amount", "found before the visit is looked for"


def test_another_payers_part_counts_before_assistance(city: City, his: Program) -> None:
    visit = city.visit(city.person(), "inpatient", "2026-03-10", ("A1", "12000"))
    said = his.post(
        f"/visits/{visit.number}/payouts", {"payer": "commercial", "amount": 500, "paid_on": "2026-03-10"}
    )
    assert said.json()["amount"] == "500.00"
    assert his.post(f"/visits/{visit.number}/quote").json()["result"]["visits"][0]["other"] == "500.00"
    path = f"/visits/{visit.number}/payouts/{said.json()['payout']}/withdraw"
    assert his.post(path).json()["payout"] == said.json()["payout"]
    problem(his.post(path), 409, "no_payout", "payout")
    assert his.post(f"/visits/{visit.number}/quote").json()["result"]["visits"][0]["other"] == "0.00"
    [kept] = his.get(f"/visits/{visit.number}").json()["payouts"]
    assert kept["amount"] == "500.00" and kept["withdrawn_at"] is not None


@pytest.mark.parametrize(
    ("spoilt", "where", "status", "code"),
    [
        ({"amount": "5.001"}, "lines[1].amount", 422, "invalid_input"),
        ({"amount": 5.001}, "lines[1].amount", 422, "invalid_input"),
        ({"amount": "5.01"}, "lines[1].amount", 409, "amount_differs"),
        ({"quantity": "1.00001"}, "lines[1].quantity", 422, "invalid_input"),
        ({"quantity": "0"}, "lines[1].quantity", 422, "invalid_input"),
        ({"unit_price": "1e1"}, "lines[1].unit_price", 422, "invalid_input"),
        ({"at": "2026-03-02"}, "lines[1].at", 422, "invalid_input"),
        ({"number": "1"}, "lines[1].number", 422, "invalid_input"),
        ({"days": 0}, "lines[1].days", 422, "invalid_input"),
        ({"conforming": "yes"}, "lines[1].conforming", 422, "invalid_input"),
        ({"price": 5}, "lines[1].price", 422, "invalid_input"),
        ({"name": "a\u0000b"}, "lines[1].name", 422, "invalid_input"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_batch_is_named_by_its_path_and_nothing_is_kept(
    city: City, his: Program, spoilt: dict[str, object], where: str, status: int, code: str
) -> None:
    visit = registered(his, city.person())
    lines = [line("1", "1", "5", "5"), {**line("2", "1", "5", "5"), **spoilt}]
    problem(his.post(f"/visits/{visit}/lines", {"batch": "B1", "lines": lines}), status, code, where)
    assert not FeeLine.objects.exists()


def test_every_write_is_done_once_under_its_key(city: City, his: Program) -> None:
    person, key = city.person(), "key-of-mine-1"
    body = {"person": person.number, "provider_number": "ZY1", "kind": "inpatient", "admitted": "2026-03-01"}
    first = his.post("/visits", body, key).json()
    assert his.post("/visits", body, key).json() == first
    problem(his.post("/visits", {**body, "provider_number": "ZY2"}, key), 409, "key_reused")


def test_only_operations_that_write_ask_for_a_key(city: City) -> None:
    """What is not in this list of readers must have a key; an import has its digest instead."""
    readers = {
        "lookup_people", "eligibility_of", "quote_visit", "preview_reversal", "preview_import", "preview_facts",
        "apply_import",
    }  # fmt: skip
    for path, operations in openapi()["paths"].items():
        for method, operation in operations.items():
            asked = any(p["name"] == "Idempotency-Key" for p in operation["parameters"])
            reads = method == "get" or operation["operationId"] in readers
            assert asked != reads, (method, path)


def test_every_read_and_write_about_a_person_is_in_the_trail(city: City, his: Program) -> None:
    person = city.person()
    visit = registered(his, person)
    his.post(
        f"/visits/{visit}/lines",
        {"batch": "B1", "lines": [line("1", "1", "5", "5"), line("2", "1", "5", "5")]},
    )
    his.post(f"/visits/{visit}/lines/withdraw", {"lines": ["2"]})
    his.put(f"/visits/{visit}/diagnoses", {"diagnoses": [{"code": "I10", "name": "高血压"}]})
    his.post(f"/visits/{visit}/payouts", {"payer": "commercial", "amount": 1, "paid_on": "2026-03-10"})
    his.post(f"/visits/{visit}/discharge", {"day": "2026-03-09"})
    his.post(f"/visits/{visit}/discharge/undo")
    his.post(f"/visits/{visit}/discharge", {"day": "2026-03-10"})
    his.call("PATCH", f"/visits/{visit}", {"admitted": "2026-03-02"})
    his.post("/eligibility", {"person": person.number, "kind": "inpatient", "day": "2026-03-10"})
    his.post(f"/visits/{visit}/quote")
    settlement = his.post(f"/visits/{visit}/settle", {}).json()["settlement"]
    for path in (
        f"/visits/{visit}", "/visits", "/settlements", f"/settlements/{settlement}", f"/settlements/{settlement}/page",
        f"/people/{person.number}", f"/people/{person.number}/years/2026",
    ):  # fmt: skip
        assert his.get(path).status_code == 200
    his.post("/people/lookup", {"number": person.number})
    his.post(f"/visits/{visit}/reversal/preview")
    his.post(f"/visits/{visit}/reverse", {"reason": "重复"})
    his.post(f"/visits/{visit}/lines/withdraw", {})
    assert his.post(f"/visits/{visit}/cancel").status_code == 200
    acts = set(Entry.objects.filter(person_id=person.pk).exclude(token=None).values_list("act", flat=True))
    assert acts == {
        "visit.register", "visit.add_lines", "visit.withdraw", "visit.diagnose", "visit.record_payout",
        "visit.discharge", "visit.undo_discharge", "visit.amend", "visit.cancel", "visit.read", "visit.list",
        "claims.eligibility", "claims.quote", "claims.settle", "claims.preview_reversal", "claims.reverse",
        "settlement.list", "settlement.statement", "settlement.page", "person.rights", "person.account", "person.find",
    }  # fmt: skip
    assert Settlement.objects.count() == 2


def test_pages_of_visits_follow_each_other(city: City, his: Program) -> None:
    numbers = [registered(his, city.person(), f"ZY{i}") for i in range(5)]
    seen: list[str] = []
    after = None
    while True:
        page = his.get("/visits", limit=2, after=after).json()
        seen += [one["visit"] for one in page["visits"]]
        after = page["after"]
        if after is None:
            break
    assert seen == numbers[::-1]
