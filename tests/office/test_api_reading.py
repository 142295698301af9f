"""What a hospital's system looks up before it sends anything: providers, catalogue; and what the agency reads of a person."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.office.api import Program, program
from tests.office.test_api import problem
from tests.office.world import LONG_AGO, City, build

from sanchong.office.catalogue.models import Edition, Item
from sanchong.office.people import services as people
from sanchong.office.people.models import Grant
from sanchong.office.providers.models import Agreement, Provider, Standing, Suspension
from sanchong.office.trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return build()


@pytest.fixture
def his(city: City) -> Program:
    return program(city)


# ── providers ────────────────────────────────────────────────────────────────────────────────


def test_a_provider_is_told_as_it_is_on_the_day(city: City, his: Program) -> None:
    """Designated throughout, one-stop from May on, suspended for one day in June."""
    Agreement.objects.create(
        provider=city.hospital, kind="one_stop", start=dt.date(2026, 5, 1), known_from=LONG_AGO
    )
    june = dt.date(2026, 6, 1)
    Suspension.objects.create(
        provider=city.hospital, start=june, end=june, known_from=LONG_AGO, source="检查"
    )
    path = f"/providers/{city.hospital.code}"
    told = {day: his.get(path, day=day).json() for day in ("2026-04-30", "2026-05-01", "2026-06-01")}
    assert [said["settles_one_stop"] for said in told.values()] == [False, True, False]
    assert told["2026-06-01"]["suspensions"] == [{"from": "2026-06-01", "to": "2026-06-01", "reason": "检查"}]
    assert told["2026-04-30"]["suspensions"] == []
    [standing] = told["2026-05-01"]["standings"]
    assert (standing["region"], standing["level"], standing["fee_class"], standing["to"]) == (
        "140300",
        3,
        3,
        None,
    )
    problem(his.get("/providers/H0"), 404, "not_found")
    problem(his.get(path, day="2026-02-30"), 422, "invalid_input", "day")


def test_providers_are_searched_page_by_page(city: City, his: Program) -> None:
    for i in range(3):
        other = Provider.objects.create(code=f"P1403020000{i}", name=f"康宁药店{i}", kind="pharmacy")
        Standing.objects.create(
            provider=other, region="140321", level=0, fee_class=3, administrative_level="county",
            start=LONG_AGO, known_from=LONG_AGO,
        )  # fmt: skip
    first = his.get("/providers", text="康宁", limit=2).json()
    rest = his.get("/providers", text="康宁", limit=2, after=first["after"]).json()
    assert [p["code"][-1] for p in first["providers"] + rest["providers"]] == ["0", "1", "2"]
    assert rest["after"] is None
    assert len(his.get("/providers", region="140321").json()["providers"]) == 3
    [hospital] = his.get("/providers", kind="hospital", agreement="designated").json()["providers"]
    assert hospital["code"] == city.hospital.code
    assert his.get("/providers", suspended="true").json()["providers"] == []


# ── catalogue ────────────────────────────────────────────────────────────────────────────────


def test_an_item_is_told_with_its_terms_on_the_day(city: City, his: Program) -> None:
    """From May on another edition: B1's advance of a tenth becomes a fifth, for residents, with a cap of 28.60."""
    edition = Edition.objects.create(
        hash="1" * 64, title="五月目录", in_force_from=dt.date(2026, 5, 1), known_from=LONG_AGO, rows=2
    )
    terms = {"edition": edition, "code": "B1", "name": "降糖药", "kind": "drug", "line_class": "B"}
    Item.objects.create(**terms, advance_num=1, advance_den=10)
    Item.objects.create(
        **terms, insurance="resident", advance_num=1, advance_den=5, price_cap=2860, diseases=["diabetes"]
    )
    april = his.get("/catalogue/items/B1", day="2026-04-30").json()
    assert (april["edition"]["title"], april["item"]["advance_rate"], april["item"]["price_cap"]) == (
        "目录",
        "1/10",
        None,
    )
    resident = his.get("/catalogue/items/B1", day="2026-05-01").json()["item"]
    assert (resident["advance_rate"], resident["price_cap"], resident["diseases"]) == (
        "1/5",
        "28.60",
        ["diabetes"],
    )
    employee = his.get("/catalogue/items/B1", day="2026-05-01", insurance="employee").json()["item"]
    assert (employee["insurance"], employee["advance_rate"]) == ("", "1/10")
    problem(his.get("/catalogue/items/A1", day="2026-05-01"), 404, "not_found", "code")
    problem(his.get("/catalogue/items/A1", day="2024-12-31"), 404, "not_found", "day")


def test_the_catalogue_is_searched_by_code_and_name_page_by_page(city: City, his: Program) -> None:
    edition = Edition.objects.get()
    for insurance in ("resident", "employee"):
        Item.objects.create(
            edition=edition, code="D1", insurance=insurance, name="透析液", kind="consumable", line_class="A"
        )
    first = his.get("/catalogue/items", limit=4).json()
    rest = his.get("/catalogue/items", limit=4, after=first["after"]).json()
    found = [(item["code"], item["insurance"]) for item in first["items"] + rest["items"]]
    assert found == [("A1", ""), ("B1", ""), ("C1", ""), ("D1", "employee"), ("D1", "resident")]
    assert rest["after"] is None
    for text in ("透析", "d1"):
        assert len(his.get("/catalogue/items", text=text).json()["items"]) == 2
    assert his.get("/catalogue/items", text="透析", kind="drug").json()["items"] == []
    problem(his.get("/catalogue/items", after="D1"), 422, "invalid_input", "after")


# ── a person's history ───────────────────────────────────────────────────────────────────────


def test_the_agency_reads_every_row_that_was_ever_recorded(city: City, his: Program) -> None:
    agency, person = program(city, ""), city.person()
    grant = Grant.objects.get()
    people.correct(city.actor, "grant", grant.pk, "类别有误", category="near_subsistence")
    said = agency.get(f"/people/{person.number}/history/grant").json()
    before, after = said["rows"]
    assert (before["row"], before["supersedes"]) == (grant.pk, None)
    assert after["supersedes"] == grant.pk
    assert [row["fields"]["category"] for row in said["rows"]] == [
        "subsistence_allowance",
        "near_subsistence",
    ]
    assert before["fields"]["household"] == "H000001"
    [enrolment] = agency.get(f"/people/{person.number}/history/enrolment").json()["rows"]
    assert enrolment["fields"]["contribution"] == "400.00"
    [told] = Entry.objects.filter(act="person.history", details__of="grant")
    assert told.person_id == person.pk
    problem(his.get(f"/people/{person.number}/history/grant"), 403, "agency_only")
    problem(agency.get("/people/P0/history/grant"), 404, "not_found")
    problem(agency.get(f"/people/{person.number}/history/rumour"), 422, "invalid_input", "kind")


def test_the_agency_reads_who_belongs_to_a_household_on_a_day(city: City, his: Program) -> None:
    agency, one, other = program(city, ""), city.person(), city.person()
    assert [p["number"] for p in agency.get("/households/H000001").json()["people"]] == [one.number]
    assert agency.get("/households/H000001", day="2024-12-31").json()["people"] == []
    assert Entry.objects.filter(act="person.household", person_id=other.pk).count() == 0
    problem(agency.get("/households/H9"), 404, "not_found")
    problem(his.get("/households/H000001"), 403, "agency_only")
