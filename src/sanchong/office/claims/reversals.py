"""Who took a settlement back, when, and why: as far as an actor may be told.

Who sees a settlement sees its reversal. The reason is free text and may name a disease: it is for those who see medical data.
A person is told when and why, not which clerk did it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from sanchong.office.actor import Actor
from sanchong.office.claims.models import ReversalReason, Settlement
from sanchong.office.claims.queries import settlements_of
from sanchong.office.visibility import fields_for


@dataclass(frozen=True, slots=True)
class Reversal:
    """A reversal as an actor is told of it."""

    number: str
    at: dt.datetime
    by: str | None
    """Whose account did it, by name; "" of a program; None where it is not told."""
    reason: str
    """"" for who sees no medical data."""


def reversal_of(actor: Actor, entry: Settlement) -> Reversal | None:
    """The reversal that an entry is, or by which it was taken back; None if there is none that the actor sees."""
    found = settlements_of(actor).filter(Q(pk=entry.pk) | Q(replaces=entry), kind="reverse")
    reversal = found.select_related("reversal_reason__by").defer("inputs", "before", "result").first()
    return told(actor, reversal) if reversal is not None else None


def told(actor: Actor, reversal: Settlement) -> Reversal | None:
    """What an actor who sees a reversal is told of it; None where its reason is missing, which the audit finds."""
    kept: ReversalReason | None = getattr(reversal, "reversal_reason", None)
    if kept is None:
        return None
    by = (kept.by.name or kept.by.username) if kept.by is not None else ""
    return Reversal(
        number=reversal.number,
        at=kept.at,
        by=None if actor.person is not None else by,
        reason=kept.reason if fields_for(actor).clinical else "",
    )
