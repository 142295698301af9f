"""What the tests of facts known later share: years settled, facts confirmed, and the proof that all still adds up."""

from __future__ import annotations

import itertools
from typing import Any

import orjson
import pytest
from django.db.models import Sum
from tests.office.world import City, build

from sanchong.office.claims import services
from sanchong.office.claims.models import PersonYear, Posting, Settlement, Visit
from sanchong.office.claims.services import later
from sanchong.office.claims.services.writing import unexplained
from sanchong.office.claims.year import refold, standing_entries
from sanchong.office.lawbook.services import engine_of
from sanchong.office.people.models import Person
from sanchong.settlement.entry import settle_entry
from sanchong.settlement.options import Options

_keys = itertools.count(1)
WHY = "民政局来函"


@pytest.fixture
def city() -> City:
    return build()


def key() -> str:
    return f"key-{next(_keys):08d}"


def settled(city: City, person: Person, *stays: tuple[str, str]) -> list[Visit]:
    visits = [city.visit(person, "inpatient", day, ("A1", amount)) for day, amount in stays]
    for visit in visits:
        services.settle(visit.number, key(), city.actor)
    return visits


def allowance(person: Person, start: str = "2026-01-01", end: str | None = None) -> dict[str, Any]:
    return {
        "category": {
            "person": person.number, "category": "subsistence_allowance", "department": "民政局",
            "from": start, "to": end,
        }
    }  # fmt: skip


def payout(visit: Visit, amount: str) -> dict[str, Any]:
    return {
        "payout": {
            "visit": visit.number, "payer": "commercial", "amount": amount, "paid_on": "2026-06-01",
        }
    }  # fmt: skip


def confirmed(city: City, fact: dict[str, Any], only: tuple[str, int] | None = None) -> dict[str, Any]:
    """The fact previewed and confirmed; both must tell the same."""
    shown = later.preview(city.actor, fact, only)
    done = later.confirm(city.actor, key(), fact, shown["digest"], WHY, only)
    told = [{k: v for k, v in e.items() if k != "settlement"} for y in done["years"] for e in y["adjusted"]]
    assert told == [e for y in shown["years"] for e in y["entries"]]
    assert done["net"] == shown["net"]
    return done


def everything_adds_up() -> None:
    """Postings sum to zero; each entry recomputes from what it keeps; each year's entries fold to its state and amounts."""
    for row in Posting.objects.values("settlement", "payment").annotate(sum=Sum("amount")):
        assert row["sum"] == 0
    for kept in Settlement.objects.exclude(inputs=None):
        assert kept.inputs and kept.before and kept.result
        options = Options(accept_assumed=kept.accepted, also_known=frozenset(kept.also_known))
        again = settle_entry(
            engine_of(kept.bundle_id), orjson.loads(kept.inputs), orjson.loads(kept.before), options
        )
        assert unexplained(again.result) == orjson.loads(kept.result)
    for year in PersonYear.objects.all():
        entries, closing = standing_entries(year.pk)
        refolded, end, state = refold(entries, closing)
        assert state == orjson.loads(year.state)
        assert year.entries == year.settlements.count()
        for done in [*refolded, *([end] if end else [])]:
            assert not done.restated
            of = year.settlements.filter(visit=done.standing.visit)
            assert of.aggregate(**{payer: Sum(payer) for payer in done.change}) == done.standing.amounts


def changes(answer: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    return [(e["visit"], e["change"]) for y in answer["years"] for e in y.get("entries", y.get("adjusted"))]
