"""What the agency's programs do: imports, facts known later, recoveries."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from tests.office.api import Program, program
from tests.office.master import document
from tests.office.test_api import problem
from tests.office.world import City, build

from sanchong.office.claims.models import LaterFact, Payment
from sanchong.office.imports.models import Applied
from sanchong.office.people.models import Person
from sanchong.office.trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return build()


@pytest.fixture
def agency(city: City) -> Program:
    return program(city, "")


def grants(*rows: str) -> bytes:
    return "\n".join(("证件号码,户编号,类别,认定部门,起始日期,终止日期", *rows)).encode()


def test_an_import_is_previewed_then_applied_once(city: City, agency: Program) -> None:
    city.person(None)
    sheet = grants(",H000001,低保对象,民政局,2026-01-01,2026-12-31")
    shown = agency.upload("/imports/grants/preview", sheet).json()
    assert shown["counts"]["new"] == 1 and shown["problems"] == []
    done = agency.upload("/imports/grants/apply", sheet, digest=shown["digest"]).json()
    again = agency.upload("/imports/grants/apply", sheet, digest=shown["digest"]).json()
    assert (done["repeated"], again["repeated"]) == (False, True)
    assert Applied.objects.count() == 1
    problem(agency.upload("/imports/grants/apply", sheet, digest="0" * 64), 409, "changed_since", "digest")


def test_a_bad_sheet_has_its_mistakes_listed_and_no_digest(city: City, agency: Program) -> None:
    shown = agency.upload("/imports/grants/preview", grants(",H9,低保对象,民政局,2026-13-01,")).json()
    assert shown["digest"] is None and shown["counts"]["bad"] == 1
    assert shown["problems"][0]["row"] == 2
    problem(agency.upload("/imports/grants/preview", b"   "), 422, "file_empty", "file")
    problem(agency.upload("/imports/nothing/preview", b"a"), 422, "invalid_input", "kind")


def test_a_provider_imports_nothing_into_the_real_ledger(city: City) -> None:
    his = program(city)
    problem(
        his.upload("/imports/grants/preview", grants(",H1,低保对象,民政局,2026-01-01,")), 403, "agency_only"
    )


def test_a_template_is_filled_in_and_previewed(agency: Program) -> None:
    for form in ("csv", "xlsx"):
        response = agency.client.get(
            f"/api/v1/imports/people/template?form={form}",
            headers={"Authorization": f"Bearer {agency.secret}"},
        )
        assert response.status_code == 200
        shown = agency.upload("/imports/people/preview", response.content).json()
        assert sum(shown["counts"].values()) == 1


def test_a_payout_known_later_is_previewed_confirmed_and_recovered(city: City, agency: Program) -> None:
    """500 from a commercial insurer, after a stay: less is left for assistance, so the funds are owed something."""
    person = city.person()
    visit = city.visit(person, "inpatient", "2026-03-10", ("A1", "30000"))
    agency.post(f"/visits/{visit.number}/settle", {})
    fact = {
        "payout": {"visit": visit.number, "payer": "commercial", "amount": 500.5, "paid_on": "2026-03-20"}
    }
    shown = agency.post("/facts/preview", {"fact": fact}).json()
    assert shown["fact"]["payout"]["amount"] == "500.50"
    assert [entry["visit"] for entry in shown["years"][0]["entries"]] == [visit.number]
    body = {"fact": fact, "digest": shown["digest"], "reason": "补交凭证"}
    problem(agency.post("/facts/confirm", {**body, "digest": "0" * 64}), 409, "changed_since")
    done = agency.post("/facts/confirm", body, "key-of-fact").json()
    assert agency.post("/facts/confirm", body, "key-of-fact").json() == done
    assert LaterFact.objects.count() == 1
    [year] = agency.get(f"/people/{person.number}/claims").json()["years"]
    [claim] = year["claims"]
    number = claim["settlement"]
    payment = {"kind": claim["kind"], "amount": "0.01", "paid_on": "2026-03-20"}
    problem(agency.post(f"/settlements/{number}/claim/payments", payment), 409, "not_confirmed")
    assert (
        agency.post(f"/settlements/{number}/claim/confirm", {"reason": "已核实"}).json()["open"]
        == claim["open"]
    )
    problem(
        agency.post(f"/settlements/{number}/claim/payments", {**payment, "amount": "999999"}),
        409,
        "more_than_open",
    )
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("fact", "where"),
    [
        ({}, "fact"),
        ({"waiver": {}, "payout": {}}, "fact.waiver.person"),
        ({"payout": {"visit": "V1", "payer": "me", "amount": "1", "paid_on": "2026-01-01"}}, "fact.payout.payer"),
        ({"payout": {"visit": "V1", "payer": "commercial", "amount": "1.001", "paid_on": "2026-01-01"}}, "fact.payout.amount"),
        ({"category": {"category": "x", "department": "y", "from": "2026-01-01"}}, "fact.category"),
        ({"law": {"document": "yangquan"}}, "fact.law"),
        ({"withdraw": {"kind": "visit", "row": 1}}, "fact.withdraw.kind"),
        ({"member": {"person": "P1", "from": "2026-01-01"}}, "fact.member"),
    ],
)  # fmt: skip
def test_a_fact_that_is_none_is_refused_at_its_field(agency: Program, fact: object, where: str) -> None:
    said = problem(agency.post("/facts/preview", {"fact": fact}), 422, "invalid_input")
    assert where in [one["where"] for one in said["errors"]]


def test_facts_and_claims_are_the_agencys(city: City) -> None:
    his, person = program(city), city.person()
    grant = {
        "person": person.number,
        "category": "monitored",
        "department": "民政局",
        "from": "2026-01-01",
        "to": None,
    }
    problem(his.post("/facts/preview", {"fact": {"category": grant}}), 403, "agency_only")
    problem(his.get(f"/people/{person.number}/claims"), 403, "agency_only")


def test_no_identity_number_stands_in_any_answer(city: City, agency: Program) -> None:
    person = city.person()
    Person.objects.filter(pk=person.pk).update(identity_number=document(7))
    for path in ("/people", f"/people/{person.number}", f"/people/{person.number}/years/2026"):
        assert document(7) not in json.dumps(agency.get(path).json())


def test_a_year_is_closed_once_by_the_agency(city: City, agency: Program) -> None:
    person = city.person("subsistence_allowance", "diabetes")
    visit = city.visit(person, "outpatient", "2026-05-10", ("A1", "290"), disease="diabetes")
    his, path = program(city), f"/people/{person.number}/years/2026/close"
    problem(agency.post(path), 409, "no_entries", "year")
    deferred = his.post(f"/visits/{visit.number}/settle", {}).json()["result"]["visits"][0]["deferred_base"]
    problem(his.post(path), 403, "agency_only")
    closed = agency.post(path, key="key-close-1").json()
    assert agency.post(path, key="key-close-1").json() == closed
    problem(agency.post(path), 409, "closed", "year")
    problem(agency.post("/people/P0/years/2026/close"), 404, "not_found", "person")
    assert 0 < Decimal(closed["result"]["close_year"]["assistance"]) < Decimal(deferred)
    told = Entry.objects.get(act="claims.close_year")
    assert (told.object_id, told.person_id) == (closed["settlement"], person.pk)
    [end] = agency.get("/settlements", kind="close").json()["settlements"]
    assert end["settlement"] == closed["settlement"]
