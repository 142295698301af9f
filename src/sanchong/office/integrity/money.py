"""The ledger and what was paid: postings against entries, payments against what is owed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from sanchong.money import Fen
from sanchong.office.claims import ledger
from sanchong.office.claims.models import LedgerAccount, Payment, Posting, Settlement
from sanchong.office.integrity.report import Finding, finding
from sanchong.office.integrity.rows import YearRows

OF_PERSON: Final = {
    "settle": {LedgerAccount.PATIENT},
    "reverse": {LedgerAccount.PATIENT, LedgerAccount.RECOVERY},
    "adjust": {LedgerAccount.RECOVERY, LedgerAccount.REFUND},
    "close": {LedgerAccount.RECOVERY, LedgerAccount.REFUND},
}
"""The accounts that an entry of a kind may share the person's part among: what was never paid is not given back."""


def money_adds_up(rows: YearRows) -> Iterator[Finding]:
    """Each entry's and each payment's postings sum to zero and say what it says; nobody pays more than is owed."""
    for entry in rows.entries:
        postings = rows.postings.get(entry.pk, [])
        own = [posting for posting in postings if posting.payment_id is None]
        yield from _posted(entry.number, _entered(entry, own), _due(entry))
        provider = None if entry.visit_id is None else rows.visits[entry.visit_id].provider_id
        if any(posting.provider_id != provider for posting in own):
            yield finding("posting.provider", entry.number)
        payments = rows.payments.get(entry.pk, [])
        for payment in payments:
            its = [(p.account, p.amount) for p in postings if p.payment_id == payment.pk]
            where = f"{entry.number}/payment {payment.pk}"
            yield from _posted(where, its, ledger.paid(payment.kind, payment.amount))
        yield from _owed(entry, own, payments, entry.pk in rows.confirmed)
    yield from _open(rows)


def _entered(entry: Settlement, postings: Iterable[Posting]) -> ledger.Postings:
    """The entry's postings, the person's part on one account."""
    of_person = OF_PERSON[entry.kind]
    return [("patient" if p.account in of_person else _own(p.account), p.amount) for p in postings]


def _own(account: str) -> str:
    """An account by its name, but the patient's where an entry may not post to it."""
    return "patient (paid)" if account == LedgerAccount.PATIENT else account


def _due(entry: Settlement) -> ledger.Postings:
    return ledger.at_the_counter({payer: getattr(entry, payer) for payer in ledger.PAYERS})


def _posted(where: str, postings: ledger.Postings, expected: ledger.Postings) -> Iterator[Finding]:
    found, due = _sums(postings), _sums(expected)
    left = sum(found.values())
    if left:
        yield finding("posting.unbalanced", where, found=left)
        return
    for account in sorted(found.keys() | due.keys()):
        if found[account] != due[account]:
            at = f"{where}.{account}"
            yield finding("posting.amounts", at, found=found[account], expected=due[account])


def _sums(postings: ledger.Postings) -> Counter[str]:
    sums: Counter[str] = Counter()
    for account, amount in postings:
        sums[account] += amount
    return sums


def _owed(
    entry: Settlement, own: list[Posting], payments: list[Payment], confirmed: bool
) -> Iterator[Finding]:
    """What an entry opened for the person is paid only after a confirmed decision, and never more than that."""
    due: dict[str, Fen] = {
        "recovery": sum(p.amount for p in own if p.account == LedgerAccount.RECOVERY),
        "refund": -sum(p.amount for p in own if p.account == LedgerAccount.REFUND),
    }
    if confirmed and max(due.values()) <= 0:
        yield finding("confirmation.nothing", entry.number)
    for kind, owed in due.items():
        paid = sum(payment.amount for payment in payments if payment.kind == kind)
        if paid > max(owed, 0):
            yield finding("payment.over", f"{entry.number}.{kind}", found=paid, expected=max(owed, 0))
    if payments and not confirmed:
        yield finding("payment.unconfirmed", entry.number)


def _open(rows: YearRows) -> Iterator[Finding]:
    """Posting by posting: what is to be recovered in a year is never below zero, nor what is to be refunded."""
    every = sorted((p for entry in rows.entries for p in rows.postings.get(entry.pk, ())), key=lambda p: p.pk)
    for account, sign in ((LedgerAccount.RECOVERY, 1), (LedgerAccount.REFUND, -1)):
        still: Fen = 0
        for posting in every:
            if posting.account == account:
                still += sign * posting.amount
            if still < 0:
                yield finding("person.balance", f"{rows.where}.{account.value}", found=still)
                break
