"""Recoveries and refunds in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sanchong.money import yuan
from sanchong.office.actor import Actor
from sanchong.office.claims import dues
from sanchong.office.claims.dues import Due
from sanchong.office.claims.models import VISIT_KINDS, Confirmation
from sanchong.office.people.models import Person

KIND_NAMES: Final = {"recovery": "追回", "refund": "退付"}
STATE_NAMES: Final = {"open": "待决定", "decided": "已决定", "all": "全部"}


@dataclass(frozen=True, slots=True)
class Row:
    """A claim as a list shows it."""

    number: str
    person: Person
    year: int
    what: str
    day: dt.date
    kind: str
    amount: str
    paid: str
    taken_back: str
    left: str
    state: str
    settled: bool
    """Whether nothing is left of it."""
    decision: Confirmation | None


@dataclass(frozen=True, slots=True)
class Part:
    """A payment."""

    day: dt.date
    amount: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A claim with its payments."""

    row: Row
    parts: Sequence[Part]


def listed(actor: Actor, state: str, after: int | None) -> tuple[list[Row], int | None]:
    """A page of claims, and after which id the next begins."""
    found = dues.dues(actor, state, after)
    return [_row(one) for one in found.rows], found.after


def whole(actor: Actor, settlement: str) -> Whole:
    """One claim."""
    found, payments = dues.due(actor, settlement)
    return Whole(_row(found), [Part(p.paid_on, yuan(p.amount)) for p in payments])


def _row(one: Due) -> Row:
    entry, claim = one.entry, one.claim
    visit = entry.visit
    return Row(
        number=entry.number,
        person=entry.year.person,
        year=entry.year.year,
        what=f"{VISIT_KINDS[visit.kind]} · {visit.provider.name}" if visit else "年终结算",
        day=dues.day_of(entry),
        kind=claim.kind,
        amount=yuan(claim.amount),
        paid=yuan(claim.paid),
        taken_back=yuan(claim.taken_back) if claim.taken_back else "",
        left=yuan(claim.open),
        state=_state(one),
        settled=claim.open == 0,
        decision=one.decision,
    )


def _state(one: Due) -> str:
    name = KIND_NAMES[one.claim.kind]
    if one.claim.open == 0:
        return f"已{name}" if one.claim.paid else "已抵销"
    if one.decision is None:
        return f"待决定{name}"
    return f"{name}中" if one.claim.paid else f"已决定{name}"
