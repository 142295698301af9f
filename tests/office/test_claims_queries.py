"""Reading visits, settlements and years: what is shown, to whom, in how many statements, with which trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.office.master import refused
from tests.office.world import City, build

from sanchong.office import guards
from sanchong.office.accounts.models import Realm
from sanchong.office.actor import Actor
from sanchong.office.claims import queries, services
from sanchong.office.claims.models import ManualCase, Settlement
from sanchong.office.claims.services import visits
from sanchong.office.lawbook.models import Acceptance
from sanchong.office.people.models import Person, Waiver
from sanchong.office.providers.models import Provider
from sanchong.office.trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return build()


@pytest.fixture
def desk(city: City) -> Actor:
    """The hospital's program."""
    return replace(city.actor, provider_code=city.hospital.code)


@pytest.fixture
def strangers(city: City, desk: Actor) -> list[Actor]:
    """Another provider's program, and the hospital's own in its sandbox."""
    Provider.objects.create(code="H14030200002", name="市第二医院", kind="hospital")
    sandbox = Realm.objects.create(name="沙箱", sandbox=True, provider_code=city.hospital.code)
    return [replace(desk, provider_code="H14030200002"), replace(desk, realm=sandbox.pk)]


def settled(city: City, person: Person, day: str, amount: str = "12000") -> str:
    """A stay that was settled; the settlement's number."""
    visit = city.visit(person, "inpatient", day, ("A1", amount))
    return str(services.settle(visit.number, f"key-{visit.number}", city.actor)["settlement"])


def statements(read: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


# ── a visit ──────────────────────────────────────────────────────────────────────────────────


def test_a_visit_is_read_with_all_that_belongs_to_it(city: City, desk: Actor) -> None:
    visit = city.visit(city.person(), "inpatient", "2026-03-10", ("A1", "12000"), ("C1", "30.50"))
    visits.diagnose(desk, "key-diagnose", visit.number, [{"code": "J18.9", "name": "肺炎"}])
    visits.withdraw(desk, "key-withdraw", visit.number, lines=["2"])
    visits.record_payout(desk, "key-payout", visit.number, "commercial", 50_000, dt.date(2026, 3, 11))
    number = services.settle(visit.number, "key-settle", desk)["settlement"]
    said = queries.visit(desk, visit.number)
    assert (said["state"], said["total"]) == ("settled", "12000.00")
    assert [d["code"] for d in said["diagnoses"]] == ["J18.9"]
    assert [(row["amount"], row["withdrawn_at"] is None) for row in said["lines"]] == [
        ("12000.00", True),
        ("30.50", False),
    ]
    [payout] = said["payouts"]
    assert (payout["payer"], payout["amount"], payout["paid_on"]) == ("commercial", "500.00", "2026-03-11")
    assert payout["withdrawn_at"] is None
    assert [s["settlement"] for s in said["settlements"]] == [number]


def test_nobody_reads_a_strangers_visit(city: City, strangers: list[Actor]) -> None:
    visit = city.visit(city.person(), "inpatient", "2026-03-10", ("A1", "12000"))
    for stranger in strangers:
        with refused("no_visit", "visit"):
            queries.visit(stranger, visit.number)
        assert queries.visits(stranger)["visits"] == []


def test_the_statements_of_a_visit_do_not_grow_with_its_lines(city: City, desk: Actor) -> None:
    one = city.visit(city.person(), "inpatient", "2026-03-10", ("A1", "10"))
    many = city.visit(city.person(), "inpatient", "2026-03-10", *[("A1", "10")] * 100)
    taken = [statements(lambda v=v: queries.visit(desk, v.number)) for v in (one, many)]  # type: ignore[misc]
    assert taken[0] == taken[1] <= 8


# ── lists ────────────────────────────────────────────────────────────────────────────────────


def test_visits_are_paged_by_id_the_newest_first(city: City, desk: Actor) -> None:
    made = [city.visit(city.person(), "inpatient", "2026-03-10", ("A1", "10")).number for _ in range(5)]
    found: list[str] = []
    after: int | None = None
    for _ in range(3):
        said = queries.visits(desk, after=after, size=2)
        found += [row["visit"] for row in said["visits"]]
        after = said["after"]
    assert found == made[::-1]
    assert after is None


def test_visits_are_found_by_person_state_and_days(city: City, desk: Actor) -> None:
    person = city.person()
    march = city.visit(person, "inpatient", "2026-03-10", ("A1", "10")).number
    april = city.visit(person, "inpatient", "2026-04-10", ("A1", "10")).number
    other = city.visit(city.person(), "inpatient", "2026-03-20", ("A1", "10")).number
    visits.undo_discharge(desk, "key-undo-1", other)
    services.settle(april, "key-settle", desk)

    def found(**by: Any) -> list[str]:
        return [row["visit"] for row in queries.visits(city.actor, **by)["visits"]]

    assert found(person=person.number) == [april, march]
    assert found(state="settled") == [april]
    assert found(since=dt.date(2026, 3, 10), until=dt.date(2026, 3, 10)) == [march]
    assert found(since=dt.date(2026, 3, 20)) == [other, april], "a stay that goes on counts by its first day"
    assert found(provider=city.hospital.code, until=dt.date(2026, 3, 31)) == [other, march]
    assert found(provider="H14030200002") == []


@pytest.mark.parametrize("what", ["visits", "settlements", "manual_cases"])
def test_the_statements_of_a_list_do_not_grow_with_rows(city: City, what: str) -> None:
    read = getattr(queries, what)
    taken = []
    for _ in range(2):
        for _ in range(2):
            number = settled(city, city.person(), "2026-03-10")
            ManualCase.objects.create(settlement=Settlement.objects.get(number=number), matter="x")
        taken.append(statements(lambda: read(city.actor)))
    assert taken[0] == taken[1] <= 5
    assert len(read(city.actor)[what]) == 4


def test_settlements_are_listed_with_what_each_changed(
    city: City, desk: Actor, strangers: list[Actor]
) -> None:
    person = city.person()
    number = settled(city, person, "2026-03-10")
    visit = Settlement.objects.get(number=number).visit
    assert visit is not None
    undone = services.reverse(visit.number, "key-reverse", desk, "错收")["settlement"]
    rows = queries.settlements(desk)["settlements"]
    assert [(row["settlement"], row["kind"], row["total"]) for row in rows] == [
        (undone, "reverse", "-12000.00"),
        (number, "settle", "12000.00"),
    ]
    assert [row["settlement"] for row in queries.settlements(desk, kind="settle")["settlements"]] == [number]
    assert queries.settlements(desk, until=dt.date(2026, 3, 9))["settlements"] == []
    for stranger in strangers:
        assert queries.settlements(stranger)["settlements"] == []


def test_manual_cases_are_the_agencys(city: City, desk: Actor) -> None:
    """Assistance of the returned to poverty is left to a document that is not here."""
    settled(city, city.person("returned_to_poverty"), "2026-03-10")
    cases = queries.manual_cases(city.actor)["manual_cases"]
    assert cases and all(case["matter"].endswith(".returned_to_poverty") for case in cases)
    with refused("agency_only"):
        queries.manual_cases(desk)


# ── a person's year ──────────────────────────────────────────────────────────────────────────


def test_an_account_says_what_the_year_has_used_and_what_the_quarter_has_left(city: City) -> None:
    """The illustration's quarter for diabetes is 600; 290 × 70 % = 203 paid leave 397; 87 wait for the year's end."""
    person = city.person("subsistence_allowance", "diabetes")
    visit = city.visit(person, "outpatient", "2026-05-10", ("A1", "290"), disease="diabetes")
    services.settle(visit.number, "key-00000001", city.actor)
    said = queries.account(city.actor, person.number, 2026, dt.date(2026, 6, 30))
    assert said["accumulators"]["pooled"] == "203.00"
    assert said["deferred"] == {"subsistence_allowance": "87.00"}
    assert said["quota"]["mode"] == "pool"
    assert (said["quota"]["limit"], said["quota"]["used"], said["quota"]["left"]) == (
        "600.00",
        "203.00",
        "397.00",
    )
    assert said["quota"]["assumed"] == ["outpatient.chronic.quarterly_limit.diabetes"]
    following = queries.account(city.actor, person.number, 2026, dt.date(2026, 7, 1))["quota"]
    assert (following["quarter"], following["left"]) == (3, "600.00")
    (entry,) = said["entries"]
    assert entry["visit"] == visit.number
    assert {p["account"]: p["amount"] for p in entry["postings"]} == {
        "pooled": "203.00",
        "patient": "87.00",
        "payable": "-290.00",
    }


def test_excluded_diseases_have_a_quota_together_only_with_a_waiver(city: City) -> None:
    """Dialysis and the follow-up of a kidney transplant exclude each other: neither has a quarterly limit, diabetes has its 600."""
    person = city.person(None, "diabetes", "dialysis", "transplant:kidney")
    read = partial(queries.account, city.actor, person.number, 2026, dt.date(2026, 6, 30))
    assert read()["quota"]["refusal"]["code"] == "mutually_exclusive"
    since = {"start": dt.date(2026, 6, 30), "known_from": dt.date(2026, 1, 1)}
    Waiver.objects.create(person=person, first="transplant:kidney", second="dialysis", **since)
    assert read()["quota"]["limit"] == "600.00"
    before = queries.account(city.actor, person.number, 2026, dt.date(2026, 6, 29))
    assert before["quota"]["refusal"]["code"] == "mutually_exclusive", "the waiver holds from the 30th"


def test_an_account_says_why_there_is_no_quota(city: City) -> None:
    person = city.person(None, "diabetes")
    with guards.lifted(connection):
        Acceptance.objects.all().delete()
    said = queries.account(city.actor, person.number, 2026, dt.date(2026, 6, 30))
    assert said["quota"]["refusal"]["code"] == "assumed_value"
    assert said["entries"] == []
    none = queries.account(city.actor, city.person().number, 2026, dt.date(2026, 6, 30))["quota"]
    assert none["limit"] is None, "no chronic disease: no quarterly limit, which is not 0"


def test_a_provider_sees_the_accumulators_and_its_own_entries(
    city: City, desk: Actor, strangers: list[Actor]
) -> None:
    person = city.person()
    settled(city, person, "2026-03-10")
    own, other = (queries.account(actor, person.number, 2026) for actor in (desk, strangers[0]))
    assert own["accumulators"] == other["accumulators"]
    assert (len(own["entries"]), other["entries"]) == (1, [])
    with refused("not_found", "person"):
        queries.account(strangers[1], person.number, 2026)


def test_the_statements_of_an_account_do_not_grow_with_entries(city: City) -> None:
    person = city.person()
    taken = []
    for day in ("2026-03-10", "2026-03-20"):
        settled(city, person, day)
        taken.append(statements(lambda: queries.account(city.actor, person.number, 2026)))
    assert taken[0] == taken[1] <= 12


# ── the trail ────────────────────────────────────────────────────────────────────────────────


def test_whoever_is_shown_stands_in_the_trail_once_a_read(city: City, desk: Actor) -> None:
    one, two = city.person(), city.person()
    for person in (one, one, two):
        number = settled(city, person, "2026-03-10")
    visit = Settlement.objects.get(number=number).visit
    assert visit is not None
    with guards.lifted(connection):
        Entry.objects.all().delete()
    queries.visit(desk, visit.number)
    queries.visits(desk)
    queries.settlements(desk, person=one.number)
    queries.account(desk, two.number, 2026)
    assert list(Entry.objects.order_by("pk").values_list("act", "person_id")) == [
        ("visit.read", two.pk),
        ("visit.list", two.pk),
        ("visit.list", one.pk),
        ("settlement.list", one.pk),
        ("person.account", two.pk),
    ]
