"""A person's year as it came about: every entry in the order of settlement, and what the year has used up, visit by visit.

What is used up rises along the entries that stand, folded once more as `audit` does: a reversed visit counts for nothing, an
adjusted one as it was adjusted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from sanchong.dates import quarter_of
from sanchong.money import NO_LIMIT, Fen
from sanchong.office.actor import Actor
from sanchong.office.citizens.services import require_matter
from sanchong.office.claims.ledger import PAYERS
from sanchong.office.claims.limits import QUARTER, Limit, Limits, limits
from sanchong.office.claims.limits import Standing as Held
from sanchong.office.claims.models import PersonYear, Settlement
from sanchong.office.claims.queries import settlements_of
from sanchong.office.claims.reversals import Reversal, told
from sanchong.office.claims.year import Refolded, Standing, standing_entries, try_refold
from sanchong.office.lawbook.services import engine_of
from sanchong.office.people.kinds import unknown
from sanchong.office.people.models import Person
from sanchong.office.trail.services import record
from sanchong.office.visibility import fields_for, findable_people, require_amounts
from sanchong.settlement.entry import YearSoFar
from sanchong.shapes import CATEGORIES, State


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the year: what it was, and what it changed, in fen."""

    turn: int
    number: str
    kind: str
    """settle, reverse, adjust, close."""
    day: dt.date
    """Of the visit; of what was changed afterwards the day on which it was."""
    visit: str
    visit_kind: str
    disease: str
    """"" for who sees no medical data, and where the visit is for none."""
    provider: str
    """Its name; "" at the year's end."""
    total: Fen
    amounts: Mapping[str, Fen]
    """By payer."""
    stands: bool
    """Whether it is what now counts for its visit."""
    replaces: int | None
    """The turn of the entry whose place it takes."""
    cause: int | None
    """The turn of the reversal or late settlement that made it necessary."""
    fact: str
    """The kind of the fact known later that made it necessary; ""."""
    reversal: Reversal | None
    """Of a reversal: who did it, when and why."""


@dataclass(frozen=True, slots=True)
class Step:
    """The year after an entry that stands."""

    turn: int
    day: dt.date
    state: State


@dataclass(frozen=True, slots=True)
class Year:
    """A person's year."""

    person: Person
    year: int
    closed: bool
    entries: Sequence[Entry]
    steps: Sequence[Step]
    """After each visit that stands. Of a provider, which sees its own visits alone, only the last: the year as it is."""
    limits: Limits | None
    """By the law and the facts of the last visit that stands; None if there is none."""
    quarters: Mapping[int, Limit]
    """By quarter (from 0), what it pays for chronic diseases; of quarters with an outpatient visit; empty without medical data."""
    deferred: Mapping[str, Fen]
    """By category, what waits to be paid for at the year's end."""
    years: Sequence[int]
    """The years in which the person has entries, the newest first."""


@transaction.atomic
def timeline(actor: Actor, person_number: str, year: int, *, presented: bool = False) -> Year:
    """A person's year; Refusal ``not_found`` for whom the actor does not see, ``amounts`` for who sees no amounts.

    ``presented``: the person has just shown document or card at the actor's provider.
    """
    require_matter(actor, "statements")
    require_amounts(actor)
    people = findable_people(actor, Person.objects.filter(number=person_number), presented=presented)
    person = people.first()
    if person is None:
        raise unknown("person")
    record(actor, "person.timeline", "person", person_number, person.pk, year=year)
    years = list(
        PersonYear.objects.filter(person=person, entries__gt=0)
        .order_by("-year")
        .values_list("year", flat=True)
    )
    kept = PersonYear.objects.filter(person=person, year=year).first()
    if kept is None:
        return Year(person, year, False, [], [], None, {}, {}, years)
    clinical = fields_for(actor).clinical
    standing, closing = standing_entries(kept.pk)
    fold = try_refold(standing, closing, explain=False)
    stand = {one.settlement for one in (*standing, *([closing] if closing else []))}
    steps = [Step(done.standing.turn, done.standing.day, done.entry.after.state) for done in fold.entries]
    state = YearSoFar.of(fold.state).state
    return Year(
        person=person,
        year=year,
        closed=kept.closed,
        entries=list(_entries(actor, kept, stand, clinical)),
        steps=steps[-1:] if actor.provider_code else steps,
        limits=_limits(standing[-1], state, clinical) if standing else None,
        quarters=_quarters(fold.entries) if clinical else {},
        deferred={c: state.deferred_base[i] for i, c in enumerate(CATEGORIES) if state.deferred_base[i]},
        years=years,
    )


def _entries(actor: Actor, year: PersonYear, stand: set[int], clinical: bool) -> Iterable[Entry]:
    every = dict(Settlement.objects.filter(year=year).values_list("pk", "turn"))
    rows = settlements_of(actor).filter(year=year).select_related(None)
    rows = rows.select_related("visit__provider", "fact", "reversal_reason__by")
    for row in rows.defer("inputs", "before", "result").order_by("turn"):
        yield Entry(
            turn=row.turn,
            number=row.number,
            kind=row.kind,
            day=row.day,
            visit=row.visit.number if row.visit else "",
            visit_kind=row.visit.kind if row.visit else "",
            disease=row.visit.disease if row.visit and clinical else "",
            provider=row.visit.provider.name if row.visit else "",
            total=row.total,
            amounts={payer: getattr(row, payer) for payer in PAYERS},
            stands=row.pk in stand,
            replaces=every.get(row.replaces_id or 0),
            cause=every.get(row.cause_id or 0),
            fact=row.fact.kind if row.fact else "",
            reversal=told(actor, row),
        )


def _limits(last: Standing, state: State, clinical: bool) -> Limits:
    person = last.inputs["person"]
    held = Held(
        insurance=person["insurance"],
        region=last.inputs["region"],
        household=person["household_region"],
        categories=tuple(one["category"] for one in person["categories"]),
        diseases=tuple(
            f"{one['disease']}:{one['subtype']}" if "subtype" in one else one["disease"]
            for one in person["recognitions"]
        ),
    )
    return limits(engine_of(last.bundle), held, state, last.day, last.known_on, clinical=clinical)


def _quarters(done: Sequence[Refolded]) -> dict[int, Limit]:
    """The quota of each quarter, by its last visit for a chronic disease."""
    found: dict[int, Limit] = {}
    for one in done:
        quarter, state = quarter_of(one.standing.day), one.entry.after.state
        if state.quarter_used[quarter]:
            rows = _limits(one.standing, state, clinical=True).rows
            if rows[0].title == QUARTER and rows[0].limit != NO_LIMIT:
                found[quarter] = rows[0]
    return found
