"""Writing what a command found: entries of a year, their postings, the year's new state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sanchong.dates import today
from sanchong.money import plain_yuan
from sanchong.office.claims import ledger
from sanchong.office.claims.known import Head
from sanchong.office.claims.models import (
    ManualCase,
    PersonYear,
    Posting,
    Settlement,
    Visit,
    VisitState,
)
from sanchong.office.claims.services.commands import Data
from sanchong.office.claims.year import LockedYear, Refolded, refold, standing_entries
from sanchong.office.numbers import new_number
from sanchong.settlement.entry import Entry
from sanchong.settlement.receipt import canonical


def adjust(year: LockedYear, done: Refolded, cause: Settlement) -> Data:
    """Post what changes for an entry that stands, as a new entry in its place."""
    standing = done.standing
    adjustment = insert(
        year,
        number=new_number("A"),
        realm_id=cause.realm_id,
        kind="adjust",
        visit_id=standing.visit,
        replaces_id=standing.settlement,
        cause_id=cause.pk,
        day=today(),
        inputs=text(done.inputs),
        before=text(done.before),
        result=text(unexplained(done.entry.result)),
        bundle_id=standing.bundle,
        edition_id=standing.edition,
        accepted=list(standing.accepted),
        **done.change,
    )
    post(adjustment, ledger.afterwards(done.change), standing.provider)
    return {"settlement": adjustment.number, **said(done)}


def insert(year: LockedYear, **columns: Any) -> Settlement:
    year.entries += 1
    return Settlement.objects.create(year_id=year.id, turn=year.entries, **columns)


def post(settlement: Settlement, postings: ledger.Postings, provider: int | None) -> None:
    assert sum(amount for _, amount in postings) == 0
    Posting.objects.bulk_create(
        Posting(settlement=settlement, account=account, provider_id=provider, amount=amount)
        for account, amount in postings
    )


def keep(year: LockedYear) -> None:
    PersonYear.objects.filter(pk=year.id).update(
        state=text(year.state), entries=year.entries, closed=year.closed
    )


def move(head: Head, state: VisitState) -> None:
    moved = Visit.objects.filter(pk=head.id, state=head.state).update(state=state)
    assert moved == 1, "the visit is locked, so nobody else moved it"


def open_manual_cases(settlement: Settlement, entry: Entry) -> None:
    matters = sorted({matter for visit in entry.result["visits"] for matter in visit["unmodelled"]})
    if matters:
        ManualCase.objects.bulk_create(ManualCase(settlement=settlement, matter=m) for m in matters)


def said(done: Refolded) -> Data:
    before, after = done.standing.amounts, ledger.amounts_of(done.entry.result)
    return {
        "visit": done.standing.number or "close_year",
        "before": {payer: plain_yuan(fen) for payer, fen in before.items()},
        "after": {payer: plain_yuan(fen) for payer, fen in after.items()},
        "change": {payer: plain_yuan(fen) for payer, fen in done.change.items() if fen},
    }


def adjust_closing(year: LockedYear, cause: Settlement) -> None:
    """After a late visit of a closed year: the year's end folded again, the difference posted."""
    entries, closing = standing_entries(year.id)
    if closing is None:
        return
    _, end, _ = refold(entries, closing)
    if end is not None and end.changed:
        adjust(year, end, cause)


def unexplained(result: Mapping[str, Any]) -> Data:
    """A result without its explanation, which the receipt's hash pins and recomputing gives again."""
    closing = result["close_year"]
    return {
        **result,
        "visits": [{k: v for k, v in visit.items() if k != "explanation"} for visit in result["visits"]],
        "close_year": closing and {k: v for k, v in closing.items() if k != "explanation"},
    }


def text(data: Mapping[str, Any]) -> str:
    return canonical(data).decode()
