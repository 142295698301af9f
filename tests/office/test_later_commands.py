"""A fact known later as a command: previewed and confirmed once, refused where it cannot be, beside others at the same moment.

Figures as in test_later.py.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from tests.office.knowing import WHY, allowance, city, confirmed, everything_adds_up, key, payout, settled
from tests.office.master import refused
from tests.office.world import City

from sanchong.office.actor import Actor
from sanchong.office.claims import services
from sanchong.office.claims.models import Payout, Posting, Settlement, Visit
from sanchong.office.claims.services import later
from sanchong.office.keeping import When
from sanchong.office.people import services as people
from sanchong.office.people.models import Grant
from sanchong.settlement.refusal import Refusal

pytestmark = pytest.mark.django_db
__all__ = ["city"]


# ── repeats, other requests, other moments ───────────────────────────────────────────────────


def test_the_repeat_of_a_key_gets_the_first_answer_and_posts_nothing_more(city: City) -> None:
    person = city.person(None)
    settled(city, person, ("2026-03-10", "12000"))
    fact = allowance(person)
    shown, name = later.preview(city.actor, fact), key()
    first = later.confirm(city.actor, name, fact, shown["digest"], WHY)
    rows = Settlement.objects.count(), Posting.objects.count(), Grant.objects.count()
    assert later.confirm(city.actor, name, fact, shown["digest"], WHY) == first
    assert (Settlement.objects.count(), Posting.objects.count(), Grant.objects.count()) == rows


def test_the_same_fact_again_is_refused_and_applied_again_it_changes_nothing(city: City) -> None:
    person = city.person(None)
    settled(city, person, ("2026-03-10", "12000"))
    fact = allowance(person)
    confirmed(city, fact)
    with refused("overlap"):
        later.preview(city.actor, fact)
    again = {"recorded": {"kind": "grant", "row": Grant.objects.get().pk}}
    assert later.preview(city.actor, again)["years"] == []
    everything_adds_up()


def test_a_row_that_was_recorded_but_not_applied_is_applied_later(city: City) -> None:
    person = city.person(None)
    settled(city, person, ("2026-03-10", "12000"))
    row = people.grant(city.actor, person, "subsistence_allowance", "民政局", When(dt.date(2026, 1, 1)))
    done = confirmed(city, {"recorded": {"kind": "grant", "row": row.pk}})
    assert done["net"] == {"assistance": "1319.50", "patient": "-1319.50"}
    everything_adds_up()


def test_another_fact_that_became_known_is_not_swept_in(city: City) -> None:
    """A payout is applied; a category that was recorded meanwhile, and not applied, changes nothing."""
    person = city.person(None)
    (visit,) = settled(city, person, ("2026-03-10", "12000"))
    people.grant(city.actor, person, "subsistence_allowance", "民政局", When(dt.date(2026, 1, 1)))
    done = confirmed(city, payout(visit, "100"))
    assert done["net"] == {"other": "100.00", "patient": "-100.00"}


def test_what_changed_since_the_preview_is_refused(city: City) -> None:
    person = city.person(None)
    settled(city, person, ("2026-03-10", "12000"))
    shown = later.preview(city.actor, allowance(person))
    settled(city, person, ("2026-04-10", "500"))
    with refused("changed_since", "digest"):
        later.confirm(city.actor, key(), allowance(person), shown["digest"], WHY)


def test_the_digest_is_of_this_very_fact(city: City) -> None:
    person = city.person(None)
    settled(city, person, ("2026-03-10", "12000"))
    shown = later.preview(city.actor, allowance(person))
    with refused("changed_since"):
        later.confirm(city.actor, key(), allowance(person, "2026-02-01"), shown["digest"], WHY)


def test_a_fact_that_changes_no_settled_visit_is_recorded_all_the_same(city: City) -> None:
    person = city.person(None)
    shown = later.preview(city.actor, allowance(person))
    assert shown["years"] == [] and shown["digest"]
    done = later.confirm(city.actor, key(), allowance(person), shown["digest"], WHY)
    assert done["years"] == [] and Grant.objects.filter(person=person).count() == 1


def test_a_provider_may_not(city: City) -> None:
    person = city.person(None)
    with refused("agency_only"):
        later.preview(Actor(city.realm.pk, provider_code="H14030200001"), allowance(person))


def test_a_reason_is_asked_for(city: City) -> None:
    fact = allowance(city.person(None))
    with refused("invalid_input", "reason"):
        later.confirm(city.actor, key(), fact, "0" * 64, " ")
    shown = later.preview(city.actor, fact)
    with refused("invalid_input", "reason"):
        later.confirm(city.actor, key(), fact, shown["digest"], "长" * 401)


# ── adjust: one fact, one person's year ──────────────────────────────────────────────────────


def test_adjust_applies_one_fact_to_one_persons_year(city: City) -> None:
    person = city.person(None)
    settled(city, person, ("2026-03-10", "12000"))
    only = (person.number, 2026)
    shown = later.preview(city.actor, allowance(person), only)
    done = services.adjust(city.actor, key(), person.number, 2026, allowance(person), shown["digest"], WHY)
    assert done["net"] == {"assistance": "1319.50", "patient": "-1319.50"}
    everything_adds_up()


def test_adjust_refuses_a_fact_that_reaches_another_year(city: City) -> None:
    person = city.person(None)
    settled(city, person, ("2025-05-10", "12000"), ("2026-03-10", "12000"))
    with refused("other_years") as caught:
        later.preview(city.actor, allowance(person, "2025-01-01"), (person.number, 2026))
    assert "2025" in caught.value.messages["zh"]


@pytest.mark.parametrize("name", ["lines", "change", "reverse", "late_visit"])
def test_a_settled_visit_is_not_edited(city: City, name: str) -> None:
    (visit,) = settled(city, city.person(), ("2026-03-10", "12000"))
    with refused("not_edited", f"fact.{name}"):
        later.preview(city.actor, {name: {"visit": visit.number}})


@pytest.mark.parametrize(
    "fact", [{}, {"category": {}, "payout": {}}, {"rumour": {}}, [], {"category": []}, {"law": "shanxi"}]
)
def test_what_is_no_fact_is_refused(city: City, fact: Any) -> None:
    with refused("invalid_input"):
        later.preview(city.actor, fact)


@pytest.mark.parametrize("name", ["category", "correct", "withdraw"])
def test_another_realms_people_and_rows_are_not_there(city: City, name: str) -> None:
    person = city.person()
    row = Grant.objects.get().pk
    fact = {
        "category": allowance(person)["category"],
        "correct": {"kind": "grant", "row": row, "changes": {"to": None}},
        "withdraw": {"kind": "grant", "row": row},
    }[name]
    with refused("not_found"):
        later.preview(Actor(city.realm.pk + 1), {name: fact})


# ── at the same moment ───────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_commands_on_the_same_years_at_the_same_moment_wait_for_each_other(city: City) -> None:
    """Eight at once on two people's years: each reverses a stay, or has a payout applied to one; none fails, all adds up."""
    persons = [city.person() for _ in range(2)]
    stays = [(f"2026-0{month}-10", "12000") for month in range(1, 5)]
    visits = [visit for person in persons for visit in settled(city, person, *stays)]
    start = threading.Barrier(len(visits))

    def reverse(visit: Visit) -> None:
        services.reverse(visit.number, key(), city.actor, "重复")

    def pay(visit: Visit) -> None:
        while True:  # a preview that another command overtook is made again, as a clerk would
            shown = later.preview(city.actor, payout(visit, "100"))
            try:
                later.confirm(city.actor, key(), payout(visit, "100"), shown["digest"], WHY)
            except Refusal as refusal:
                assert refusal.code == "changed_since"
            else:
                return

    def work(command: Callable[[Visit], None], visit: Visit) -> None:
        try:
            start.wait()
            command(visit)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(visits)) as pool:
        running = [pool.submit(work, pay if i % 2 else reverse, visit) for i, visit in enumerate(visits)]
    for done in running:
        done.result()
    assert Settlement.objects.filter(kind="reverse").count() == Payout.objects.count() == 4
    everything_adds_up()


# ── reversal ─────────────────────────────────────────────────────────────────────────────────


def test_a_reversal_may_insist_on_its_preview(city: City) -> None:
    person = city.person()
    one, two = settled(city, person, ("2026-03-10", "30000"), ("2026-05-10", "30000"))
    shown = services.preview_reversal(one.number, city.actor)
    settled(city, person, ("2026-06-10", "500"))
    with refused("changed_since", "digest"):
        services.reverse(one.number, key(), city.actor, "重复", shown["digest"])
    shown = services.preview_reversal(one.number, city.actor)
    done = services.reverse(one.number, key(), city.actor, "重复", shown["digest"])
    told = [{k: v for k, v in a.items() if k != "settlement"} for a in done["adjusted"]]
    assert told == shown["adjusted"] and told[0]["visit"] == two.number
    everything_adds_up()


def test_a_reversal_says_who_owes_whom(city: City) -> None:
    """The provider gives back to each what it was paid."""
    (visit,) = settled(city, city.person(), ("2026-03-10", "12000"))
    shown = services.preview_reversal(visit.number, city.actor)
    assert shown["transfers"] == shown["provider"] == [
        {"debtor": "provider", "creditor": "pooled", "amount": "10115.00"},
        {"debtor": "provider", "creditor": "assistance", "amount": "1319.50"},
        {"debtor": "provider", "creditor": "patient", "amount": "565.50"},
    ]  # fmt: skip
    assert shown["patient"] == shown["transfers"][2:]
