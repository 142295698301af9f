"""Reverse a settlement: the person's later visits of the year are settled again, the differences posted."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from sanchong.dates import today
from sanchong.money import plain_yuan
from sanchong.office.actor import Actor
from sanchong.office.claims import ledger
from sanchong.office.claims.known import Head
from sanchong.office.claims.models import (
    PersonYear,
    VisitState,
)
from sanchong.office.claims.services.commands import Data, body_hash, first_answer, once, remember
from sanchong.office.claims.services.settling import find_visit
from sanchong.office.claims.services.writing import (
    adjust,
    insert,
    keep,
    move,
    post,
    said,
)
from sanchong.office.claims.year import Refolded, lock_year, refold, standing_entries
from sanchong.office.numbers import new_number
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal


def preview_reversal(number: str, actor: Actor) -> Data:
    """What reversing the visit's settlement would change, for the visit and for each later one; writes only the trail."""
    with transaction.atomic():
        head = find_visit(number, actor, lock=False)
        year = PersonYear.objects.filter(person_id=head.person, year=head.day.year).first()
        if year is None:
            raise _not_settled(number)
        gone, refolded, closing, _ = _without(year.pk, head)
        record(actor, "claims.preview_reversal", "visit", number, head.person)
    return {
        "visit": number,
        "reversed": {payer: plain_yuan(-fen) for payer, fen in gone.amounts.items()},
        "adjusted": [said(done) for done in (*refolded, *([closing] if closing else [])) if done.changed],
    }


def reverse(number: str, key: str, actor: Actor, reason: str) -> Data:
    """Reverse a visit's settlement, settle the person's later visits of the year again, and post the differences.

    At the counter the provider gives the person's part back; what later visits change for the person is refunded, or
    recovered after a confirmed decision.
    """
    body = body_hash("reverse", visit=number, reason=reason)
    with once(key), transaction.atomic():
        head = find_visit(number, actor, lock=True)
        first = first_answer(actor, key, body)
        if first is not None:
            return first
        year = lock_year(head.person, head.day.year)
        gone, refolded, closing, state = _without(year.id, head)
        negated = {payer: -fen for payer, fen in gone.amounts.items()}
        reversal = insert(
            year,
            number=new_number("R"),
            realm_id=head.realm,
            kind="reverse",
            visit_id=head.id,
            replaces_id=gone.settlement,
            day=today(),
            bundle_id=gone.bundle,
            edition_id=gone.edition,
            accepted=list(gone.accepted),
            total=-ledger.total_of(gone.result),
            **negated,
        )
        post(reversal, ledger.at_the_counter(negated), head.provider)
        adjusted = [adjust(year, done, reversal) for done in refolded if done.changed]
        if closing is not None and closing.changed:
            adjusted.append(adjust(year, closing, reversal))
        year.state = state
        keep(year)
        move(head, VisitState.REVERSED)
        answer = {
            "settlement": reversal.number,
            "visit": number,
            "reversed": {payer: plain_yuan(fen) for payer, fen in negated.items()},
            "adjusted": adjusted,
        }
        remember(actor, key, "reverse", body, answer)
        record(actor, "claims.reverse", "settlement", reversal.number, head.person, visit=number)
    return answer


def _without(year: int, head: Head) -> tuple[Any, list[Refolded], Refolded | None, Data]:
    """The entry that is to go, and the year folded without it."""
    entries, closing = standing_entries(year)
    gone = next((entry for entry in entries if entry.visit == head.id), None)
    if gone is None:
        raise _not_settled(head.number)
    refolded, end, state = refold([entry for entry in entries if entry is not gone], closing)
    return gone, refolded, end, state


def _not_settled(number: str) -> Refusal:
    return Refusal("not_settled", "visit", f"就诊 {number} 没有有效的结算", f"visit {number} is not settled")
