"""What is between the office and people after their visits, as lists for the agency: to be decided, to be paid, done.

An entry that changed a person's part afterwards opened a claim (positions.py). The number of statements does not grow with rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.claims.models import Confirmation, Payment, Settlement
from sanchong.office.claims.positions import Claim, claims_of_years
from sanchong.office.claims.queries import settlements_of
from sanchong.office.trail.services import Act, record, record_all
from sanchong.settlement.refusal import Refusal

MOST: Final = 50
STATES: Final = ("open", "decided", "all")
"""Not decided yet; decided, so that it may be paid; every one."""


@dataclass(frozen=True, slots=True)
class Due:
    """A claim with the entry that opened it."""

    entry: Settlement
    claim: Claim
    decision: Confirmation | None


@dataclass(frozen=True, slots=True)
class Dues:
    """Some claims, the newest first, and after which id to ask on (None: these were the last)."""

    rows: Sequence[Due]
    after: int | None


@transaction.atomic
def dues(actor: Actor, state: str = "open", after: int | None = None, size: int = MOST) -> Dues:
    """The claims of those whom the actor sees; for the agency."""
    agency_only(actor)
    found = _entries(actor)
    if state != "all":
        found = found.filter(confirmation__isnull=state == "open")
    if after is not None:
        found = found.filter(pk__lt=after)
    rows = list(found.order_by("-pk")[: size + 1])
    people = {row.year.person_id: row.year.person for row in rows[:size]}
    record_all(actor, [Act("claims.dues", "person", one.number, pk) for pk, one in people.items()])
    return Dues(_with_claims(rows[:size]), rows[size - 1].pk if len(rows) > size else None)


@transaction.atomic
def due(actor: Actor, settlement: str) -> tuple[Due, list[Payment]]:
    """One claim with its payments; Refusal ``no_settlement``, or ``nothing_open`` if the entry opened none. For the agency."""
    agency_only(actor)
    entry = _entries(actor).filter(number=settlement).first()
    if entry is None:
        raise Refusal("no_settlement", "settlement", f"没有结算 {settlement}", f"no settlement {settlement}")
    record(actor, "claims.due", "settlement", settlement, entry.year.person_id)
    for found in _with_claims([entry]):
        return found, list(Payment.objects.filter(settlement=entry).order_by("pk"))
    raise Refusal(
        "nothing_open",
        "settlement",
        f"{settlement} 没有与个人之间的收付",
        f"nothing is between the office and the person by {settlement}",
    )


def _entries(actor: Actor) -> QuerySet[Settlement]:
    """The entries that may have opened a claim."""
    found = settlements_of(actor).filter(kind__in=("adjust", "close")).exclude(patient=0)
    return found.select_related("confirmation").defer("inputs", "before", "result")


def _with_claims(entries: Sequence[Settlement]) -> list[Due]:
    claims = {
        claim.settlement: claim
        for of_year in claims_of_years({entry.year_id for entry in entries}).values()
        for claim in of_year
    }
    return [
        Due(entry, claim, getattr(entry, "confirmation", None))
        for entry in entries
        if (claim := claims.get(entry.pk)) is not None
    ]


def day_of(entry: Settlement) -> dt.date:
    """Of the visit that an entry is about; of the year's end its last day."""
    visit = entry.visit
    return (visit.discharged or visit.admitted) if visit is not None else entry.day
