"""What is between the office and people after their visits, as lists for the agency: to be decided, to be paid, done.

An entry that changed a person's part afterwards opened a claim (positions.py). The number of statements does not grow with rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Abs

from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.claims.models import Confirmation, LedgerAccount, Payment, Posting, Settlement
from sanchong.office.claims.positions import Claim, claims_of_years
from sanchong.office.claims.queries import settlements_of
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Due:
    """A claim with the entry that opened it."""

    entry: Settlement
    claim: Claim
    decision: Confirmation | None


def entries(actor: Actor) -> QuerySet[Settlement]:
    """The entries that opened a claim, of those whom the actor sees, with its amount (``opened``); for the agency.

    :func:`with_claims` says what became of each; who shows them writes the trail.
    """
    agency_only(actor)
    opening = Posting.objects.filter(settlement=OuterRef("pk")).filter(
        Q(account=LedgerAccount.RECOVERY, amount__gt=0) | Q(account=LedgerAccount.REFUND, amount__lt=0)
    )
    return _entries(actor).annotate(opened=Abs(Subquery(opening.values("amount")[:1]))).exclude(opened=None)


@transaction.atomic
def due(actor: Actor, settlement: str) -> tuple[Due, list[Payment]]:
    """One claim with its payments; Refusal ``no_settlement``, or ``nothing_open`` if the entry opened none. For the agency."""
    agency_only(actor)
    entry = _entries(actor).filter(number=settlement).first()
    if entry is None:
        raise Refusal("no_settlement", "settlement", f"没有结算 {settlement}", f"no settlement {settlement}")
    record(actor, "claims.due", "settlement", settlement, entry.year.person_id)
    for found in with_claims([entry]):
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


def with_claims(entries: Sequence[Settlement]) -> list[Due]:
    """The claims that the entries opened, in as many statements as for one."""
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
