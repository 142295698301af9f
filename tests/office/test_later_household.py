"""A change of household known after settlement: it takes away what the former one brought and gives what the new one has.

A stay of 12,000 at the city's hospital leaves 1,885.00 to be borne; on subsistence allowance assistance pays 70 % of it,
1,319.50 (test_later.py works both by hand).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.office.api import program
from tests.office.knowing import WHY, changes, city, confirmed, everything_adds_up, settled
from tests.office.master import refused
from tests.office.world import LONG_AGO, City

from sanchong.dates import today
from sanchong.office.claims.models import LaterFact
from sanchong.office.claims.services import later
from sanchong.office.claims.services.commands import Data
from sanchong.office.keeping import When
from sanchong.office.people import services as people
from sanchong.office.people.models import Area, Grant, Household, Member, Person

pytestmark = pytest.mark.django_db
__all__ = ["city"]

GAINED = {"assistance": "1319.50", "patient": "-1319.50"}
LOST = {"assistance": "-1319.50", "patient": "1319.50"}


def home_of(person: Person) -> Household:
    return Household.objects.get(members__person=person)


def into(person: Person, home: Household, start: str = "2026-01-01") -> dict[str, Any]:
    return {
        "member": {"person": person.number, "household": home.number, "from": start, "to": None, "source": "户口簿"}
    }  # fmt: skip


def category_of_home(home: Household, category: str = "subsistence_allowance") -> dict[str, Any]:
    return {
        "category": {
            "household": home.number, "category": category, "department": "民政局", "from": "2026-01-01",
        }
    }  # fmt: skip


def test_the_new_household_brings_its_category(city: City) -> None:
    person, home = city.person(None), home_of(city.person())
    before, after = settled(city, person, ("2026-02-10", "12000"), ("2026-05-10", "12000"))
    shown = later.preview(city.actor, into(person, home, "2026-03-01"))
    assert Member.objects.count() == 2 and shown["said"] == f"补记迁入户：{home.number}"
    done = confirmed(city, into(person, home, "2026-03-01"))
    assert [visit for visit, _ in changes(done)] == [
        after.number
    ]  # the stay before the move keeps what it had
    assert int(done["net"]["assistance"].replace(".", "")) > 0
    assert Member.objects.at(today(), today()).get(person=person).household == home
    assert Member.objects.at(dt.date(2026, 2, 10), today()).get(person=person).household != home
    (kept,) = LaterFact.objects.all()
    assert kept.kind == "member" and kept.said["member"]["household"] == home.number
    assert before.settlements.count() == 1
    everything_adds_up()


def test_what_it_brings_is_worth_what_it_would_have_been_at_once(city: City) -> None:
    person, home = city.person(None), home_of(city.person())
    (visit,) = settled(city, person, ("2026-03-10", "12000"))
    assert changes(confirmed(city, into(person, home))) == [(visit.number, GAINED)]
    everything_adds_up()


def test_leaving_takes_away_what_the_former_household_brought_and_leaves_what_is_ones_own(city: City) -> None:
    one, other, nobody = city.person(), city.person(), home_of(city.person(None))
    Grant.objects.create(
        person=other, category="subsistence_allowance", department="民政局", start=LONG_AGO, known_from=LONG_AGO
    )  # fmt: skip
    (lost,) = settled(city, one, ("2026-03-10", "12000"))
    (kept,) = settled(city, other, ("2026-03-10", "12000"))
    assert changes(confirmed(city, into(one, nobody))) == [(lost.number, LOST)]
    assert changes(confirmed(city, into(other, nobody))) == [
        (kept.number, {})
    ]  # said anew, and nothing moves
    own = Grant.objects.get(person=other).pk
    gone = confirmed(city, {"withdraw": {"kind": "grant", "row": own}})
    assert changes(gone) == [(kept.number, LOST)]
    everything_adds_up()


def test_another_citys_household_is_helped_by_another_city(city: City) -> None:
    Area.objects.create(code="140700", name="晋中市", level="city", parent_id="140000")
    person, away = city.person(), city.person()
    (visit,) = settled(city, person, ("2026-03-10", "12000"))
    people.place(city.actor, home_of(away), "140700", When(dt.date(2025, 6, 1)))
    assert changes(confirmed(city, into(person, home_of(away)))) == [(visit.number, LOST)]
    everything_adds_up()


def test_later_facts_of_a_household_follow_who_belongs_to_it(city: City) -> None:
    """Moved, one is reached by what becomes known of the new household, and no longer by what does of the former one."""
    person, was, now = city.person(None), city.person(None), city.person(None)
    former, home = home_of(person), home_of(now)
    (visit,) = settled(city, person, ("2026-03-10", "12000"))
    assert changes(confirmed(city, into(person, home))) == []  # neither has a category
    assert changes(confirmed(city, category_of_home(former))) == []
    assert changes(confirmed(city, category_of_home(home))) == [(visit.number, GAINED)]
    assert changes(confirmed(city, into(person, home_of(was), "2026-02-01"))) == [(visit.number, LOST)]
    everything_adds_up()


def test_without_any_household_the_visits_are_named_that_could_not_be_settled(city: City) -> None:
    person = city.person()
    (visit,) = settled(city, person, ("2026-03-10", "12000"))
    row = Member.objects.get(person=person).pk
    shown = later.preview(city.actor, {"end": {"kind": "member", "row": row, "to": "2026-02-28"}})
    (year,) = shown["years"]
    assert [(r["visit"], r["code"]) for r in year["refused"]] == [(visit.number, "not_on_record")]
    assert shown["digest"] == ""


def test_a_wrong_household_is_corrected(city: City) -> None:
    person, right = city.person(None), home_of(city.person())
    (visit,) = settled(city, person, ("2026-03-10", "12000"))
    row = Member.objects.get(person=person).pk
    fact: Data = {"correct": {"kind": "member", "row": row, "changes": {"household": right.number}}}
    assert changes(confirmed(city, fact)) == [(visit.number, GAINED)]
    held = Member.objects.current().get(person=person)
    assert (held.household, held.source, held.supersedes_id) == (right, WHY, row)
    everything_adds_up()


def test_a_move_that_was_recorded_before_is_applied(city: City) -> None:
    person, home = city.person(None), home_of(city.person())
    (visit,) = settled(city, person, ("2026-03-10", "12000"))
    row = people.move(city.actor, person, home, When(dt.date(2025, 6, 1)))
    assert changes(confirmed(city, {"recorded": {"kind": "member", "row": row.pk}})) == [
        (visit.number, GAINED)
    ]
    everything_adds_up()


def test_a_household_of_ones_own_is_formed_where_one_is_registered(city: City) -> None:
    person = city.person()
    (visit,) = settled(city, person, ("2026-03-10", "12000"))
    fact: Data = {"member": {"person": person.number, "area": "140302", "from": "2026-01-01"}}
    before = Household.objects.count()
    assert changes(confirmed(city, fact)) == [(visit.number, LOST)]
    assert Household.objects.count() == before + 1  # what the preview formed was taken back
    home = Member.objects.at(today(), today()).get(person=person).household
    assert home.registrations.get().area_id == "140302"
    everything_adds_up()
    with refused("unknown_area"):
        later.preview(city.actor, {"member": {**fact["member"], "area": "140399"}})


def test_a_household_that_is_not_there_is_refused(city: City) -> None:
    person = city.person(None)
    fact = into(person, home_of(person))
    fact["member"]["household"] = "H-NOWHERE"
    with refused("not_found"):
        later.preview(city.actor, fact)


def test_a_program_of_the_agency_says_it_over_http(city: City) -> None:
    agency = program(city, "")
    person, home = city.person(None), home_of(city.person())
    (visit,) = settled(city, person, ("2026-03-10", "12000"))
    shown = agency.post("/facts/preview", {"fact": into(person, home)}).json()
    assert [e["change"] for e in shown["years"][0]["entries"]] == [GAINED]
    body = {"fact": into(person, home), "digest": shown["digest"], "reason": WHY}
    assert agency.post("/facts/confirm", body, "key-of-move").status_code == 200
    assert visit.settlements.latest("turn").kind == "adjust"
    everything_adds_up()
