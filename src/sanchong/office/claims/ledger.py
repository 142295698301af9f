"""Double entry: what a settlement changes, as postings in fen that sum to zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sanchong.money import Fen, parse_yuan
from sanchong.office.claims.models import LedgerAccount

PAYERS: Final = ("pooled", "catastrophic", "other", "assistance", "hospital", "patient")
"""Who bears a visit, by the result's names; each has the account of that name."""

Amounts = Mapping[str, Fen]
"""By payer, in fen."""
Postings = list[tuple[str, Fen]]
"""Account and amount, in fen; no amount is 0, and they sum to 0."""

NOTHING: Final[Amounts] = dict.fromkeys(PAYERS, 0)


def amounts_of(result: Mapping[str, Any]) -> dict[str, Fen]:
    """What each payer bears of a result: its one visit, or else the year's end."""
    if result["visits"]:
        visit = result["visits"][0]
        return {payer: parse_yuan(visit[payer]) for payer in PAYERS}
    paid = parse_yuan(result["close_year"]["assistance"])
    return {**NOTHING, "assistance": paid, "patient": -paid}


def total_of(result: Mapping[str, Any]) -> Fen:
    """A visit's total, in fen; 0 for the year's end."""
    return parse_yuan(result["visits"][0]["total"]) if result["visits"] else 0


def difference(before: Amounts, after: Amounts) -> dict[str, Fen]:
    """What changes for each payer, in fen."""
    return {payer: after[payer] - before[payer] for payer in PAYERS}


def at_the_counter(amounts: Amounts, recovery: Fen = 0) -> Postings:
    """A visit settled or reversed while the person stands at the provider's counter: the provider is paid by all payers.

    ``recovery`` is what was still to be recovered from the person for a visit that is reversed: it was never paid, so that it is
    dropped and not given back.
    """
    named = [(payer, amounts[payer]) for payer in PAYERS if payer != "patient"]
    named += [("patient", amounts["patient"] + recovery), (str(LedgerAccount.RECOVERY), -recovery)]
    return _balanced(named, LedgerAccount.PROVIDER_PAYABLE)


def afterwards(amounts: Amounts, recovery: Fen = 0, refund: Fen = 0) -> Postings:
    """What changes when nobody stands at a counter: the person's part is to be recovered, or refunded.

    ``recovery`` and ``refund`` are what is open in the person's year: what changes the other way takes them back first.
    """
    patient = amounts["patient"]
    if patient > 0:
        back = min(patient, refund)
        of_person = [(str(LedgerAccount.REFUND), back), (str(LedgerAccount.RECOVERY), patient - back)]
    else:
        back = min(-patient, recovery)
        of_person = [(str(LedgerAccount.RECOVERY), -back), (str(LedgerAccount.REFUND), patient + back)]
    named = [(payer, amounts[payer]) for payer in PAYERS if payer != "patient"] + of_person
    return _balanced(named, LedgerAccount.PROVIDER_PAYABLE)


def paid(kind: str, amount: Fen) -> Postings:
    """A recovery that came in, or a refund that went out: it becomes what the person bears."""
    if kind == "recovery":
        return [(LedgerAccount.RECOVERY, -amount), (LedgerAccount.PATIENT, amount)]
    return [(LedgerAccount.REFUND, amount), (LedgerAccount.PATIENT, -amount)]


def _balanced(postings: Postings, rest: str) -> Postings:
    left = sum(amount for _, amount in postings)
    return [(account, amount) for account, amount in (*postings, (str(rest), -left)) if amount]
