"""Writing what a command found: entries of a year, their postings, the year's new state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection

from sanchong.dates import today
from sanchong.money import plain_yuan
from sanchong.office import inserting
from sanchong.office.claims import ledger
from sanchong.office.claims.known import Head
from sanchong.office.claims.models import (
    LaterFact,
    ManualCase,
    Posting,
    Settlement,
    VisitState,
)
from sanchong.office.claims.positions import claims_of, open_sum
from sanchong.office.claims.services.commands import Data
from sanchong.office.claims.year import LockedYear, Refolded, refold, standing_entries
from sanchong.office.numbers import new_number
from sanchong.settlement.entry import Entry
from sanchong.settlement.receipt import canonical
from sanchong.settlement.resettlement import transfers

# In the one transaction statements are written by hand: making these by the ORM takes longer than carrying them out.
KEEP: Final = "UPDATE claims_personyear SET state = %s, entries = %s, closed = %s WHERE id = %s"
MOVE: Final = "UPDATE claims_visit SET state = %s WHERE id = %s AND state = %s"


def adjust(year: LockedYear, done: Refolded, cause: Settlement | LaterFact) -> Data:
    """Keep an entry anew in the place of the one that stands, and post what changes; nothing is posted where nothing does.

    What is left to judgement now and was not before opens a manual case.
    """
    standing, given = done.standing, done.given
    adjustment = insert(
        year,
        number=new_number("A"),
        realm_id=cause.realm_id,
        kind="adjust",
        visit_id=standing.visit,
        replaces_id=standing.settlement,
        day=today(),
        inputs=text(given.inputs),
        before=text(done.before),
        result=text(unexplained(done.entry.result)),
        bundle_id=given.bundle,
        edition_id=given.edition,
        accepted=list(given.accepted),
        also_known=list(given.also_known),
        **{"fact" if isinstance(cause, LaterFact) else "cause": cause},
        **done.change,
    )
    post_afterwards(adjustment, done.change, standing.provider)
    _open_cases(adjustment, _matters(done.entry.result) - _matters(standing.result))
    return {"settlement": adjustment.number, **said(done)}


def insert(year: LockedYear, **columns: Any) -> Settlement:
    year.entries += 1
    settlement = Settlement(year_id=year.id, turn=year.entries, **columns)
    inserting.insert(settlement)
    return settlement


def post(settlement: Settlement, postings: ledger.Postings, provider: int | None) -> None:
    assert sum(amount for _, amount in postings) == 0
    inserting.insert(
        *(
            Posting(settlement=settlement, account=account, provider_id=provider, amount=amount)
            for account, amount in postings
        )
    )


def post_afterwards(settlement: Settlement, amounts: ledger.Amounts, provider: int | None) -> None:
    """Post what changes when nobody stands at a counter, against what is open in the person's year."""
    claims = claims_of(settlement.year_id) if amounts["patient"] else []
    post(
        settlement,
        ledger.afterwards(amounts, open_sum(claims, "recovery"), open_sum(claims, "refund")),
        provider,
    )


def keep(year: LockedYear) -> None:
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [text(year.state), year.entries, year.closed, year.id])


def move(head: Head, state: VisitState) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MOVE, [state.value, head.id, head.state])
        assert cursor.rowcount == 1, "the visit is locked, so nobody else moved it"


def open_manual_cases(settlement: Settlement, entry: Entry) -> None:
    _open_cases(settlement, _matters(entry.result))


def _open_cases(settlement: Settlement, matters: set[str]) -> None:
    if matters:
        ManualCase.objects.bulk_create(ManualCase(settlement=settlement, matter=m) for m in sorted(matters))


def _matters(result: Mapping[str, Any]) -> set[str]:
    return {matter for visit in result["visits"] for matter in visit["unmodelled"]}


def said(done: Refolded) -> Data:
    """What changes for one entry, in yuan: before, after, who owes whom, the patient's and the provider's side apart."""
    before, after = done.standing.amounts, ledger.amounts_of(done.entry.result)
    return {
        "visit": done.standing.name,
        "before": {payer: plain_yuan(fen) for payer, fen in before.items()},
        "after": {payer: plain_yuan(fen) for payer, fen in after.items()},
        "change": {payer: plain_yuan(fen) for payer, fen in done.change.items() if fen},
        **owed(done.change),
    }


PROVIDER_SIDE: Final = ("provider", "hospital")
"""A provider's own money: what is payable to it, and what it bears itself."""


def owed(change: ledger.Amounts) -> Data:
    """Who owes whom when the payers' parts change: all, and those in which the patient, or the provider, takes part."""
    every = [
        {"debtor": t.debtor, "creditor": t.creditor, "amount": plain_yuan(t.amount)}
        for t in transfers(dict(change))
    ]

    def of(*parties: str) -> list[dict[str, str]]:
        return [t for t in every if t["debtor"] in parties or t["creditor"] in parties]

    return {"transfers": every, "patient": of("patient"), "provider": of(*PROVIDER_SIDE)}


def adjust_closing(year: LockedYear, cause: Settlement) -> None:
    """After a late visit of a closed year: the year's end folded again, the difference posted."""
    entries, closing = standing_entries(year.id)
    if closing is None:
        return
    _, end, _ = refold(entries, closing)
    if end is not None and end.restated:
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
