"""A citizen's statements as a list: what it was, where, what it cost, what was paid for me."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sanchong.law.labels import KIND
from sanchong.money import Fen
from sanchong.office.actor import Actor
from sanchong.office.citizens.services import require_matter
from sanchong.office.claims import queries
from sanchong.office.claims.ledger import PAYERS
from sanchong.office.claims.models import Visit
from sanchong.office.people.models import Person
from sanchong.office.visibility import visible_people
from sanchong.settlement.refusal import Refusal

SIZE: Final = 20
TITLES: Final = {"settle": "结算", "adjust": "补差", "reverse": "撤销", "close": "年终救助"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement in the list; amounts in fen, of a correction the difference."""

    number: str
    kind: str
    title: str
    day: dt.date
    provider: str
    of: str
    """What kind of visit; "" of the year's end."""
    total: Fen
    paid: Fen
    patient: Fen


@dataclass(frozen=True, slots=True)
class Statements:
    """A page of the list, and after which entry to ask on."""

    entries: Sequence[Entry]
    after: int | None


def number_of(actor: Actor) -> str:
    """The number of whose data it is; Refusal ``not_found`` for who is no citizen."""
    people = visible_people(actor, Person.objects.all())
    found = people.values_list("number", flat=True).first() if actor.person is not None else None
    if found is None:
        raise Refusal("not_found", "person", "没有这个人员", "no such person")
    return found


def statements(actor: Actor, *, after: int | None = None, size: int = SIZE) -> Statements:
    """The person's statements, the newest first; Refusal ``not_authorised`` for an agent without this matter."""
    require_matter(actor, "statements")
    said = queries.settlements(actor, person=number_of(actor), after=after, size=size)
    rows = said["settlements"]
    visits = Visit.objects.filter(
        person=actor.person, number__in=[row["visit"] for row in rows if row["visit"]]
    )
    places = {
        number: (name, kind) for number, name, kind in visits.values_list("number", "provider__name", "kind")
    }
    return Statements([_entry(row, places) for row in rows], said["after"])


def _entry(row: dict[str, Any], places: dict[str, tuple[str, str]]) -> Entry:
    provider, kind = places.get(row["visit"], ("", ""))
    borne = {payer: _fen(row[payer]) for payer in PAYERS}
    patient = borne.pop("patient")
    return Entry(
        number=row["settlement"],
        kind=row["kind"],
        title=TITLES[row["kind"]],
        day=dt.date.fromisoformat(row["day"]),
        provider=provider,
        of=KIND[kind][0] if kind else "",
        total=_fen(row["total"]),
        paid=sum(borne.values()),
        patient=patient,
    )


def _fen(yuan: str) -> Fen:
    """Fen of an amount with two places, which may be below nought."""
    return int(yuan.replace(".", ""))
