"""Quote and settle a visit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from django.db import transaction

from sanchong.dates import today
from sanchong.money import Fen, plain_yuan
from sanchong.office.actor import Actor
from sanchong.office.claims import ledger
from sanchong.office.claims.case import case_of
from sanchong.office.claims.checks import refusals
from sanchong.office.claims.known import Head, Known, KnownLine, read_known, read_lines
from sanchong.office.claims.models import (
    PersonYear,
    Settlement,
    VisitState,
)
from sanchong.office.claims.referral import referred
from sanchong.office.claims.services.commands import Data, body_hash, first_answer, once, remember
from sanchong.office.claims.services.law import Law, law_of
from sanchong.office.claims.services.reach import find_visit
from sanchong.office.claims.services.writing import (
    adjust_closing,
    insert,
    keep,
    move,
    open_manual_cases,
    post,
    text,
    unexplained,
)
from sanchong.office.claims.values import values_of
from sanchong.office.claims.year import LockedYear, lock_year
from sanchong.office.numbers import new_number
from sanchong.office.trail.services import record
from sanchong.settlement.entry import Entry, settle_entry
from sanchong.settlement.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Prepared:
    """A visit ready to be settled: its case, the year before it, what it comes to."""

    head: Head
    inputs: Data
    before: Data
    edition: int | None
    law: Law
    entry: Entry


def quote(number: str, actor: Actor) -> Data:
    """What settling the visit now would come to, explained: writes nothing but the trail. Refusal if it cannot be settled."""
    return _answer(prepared_quote(number, actor))


def prepared_quote(number: str, actor: Actor) -> Prepared:
    """As :func:`quote`, with the case that was folded and its law: what a page draws the bill from."""
    with transaction.atomic():
        head = find_visit(number, actor, "quote", lock=False)
        year = PersonYear.objects.filter(person_id=head.person, year=head.day.year).first()
        prepared = prepare(head, orjson.loads(year.state) if year else {}, today())
        record(actor, "claims.quote", "visit", number, head.person)
    return prepared


def settle(
    number: str,
    key: str,
    actor: Actor,
    expected_total: Fen | None = None,
    *,
    expected_patient: Fen | None = None,
) -> Data:
    """Settle a visit. The answer is the contract's result with the settlement's number.

    ``expected_total`` is what the provider believes that the visit costs, ``expected_patient`` what the person was told to pay,
    both in fen: another amount is refused.
    """
    told = {} if expected_patient is None else {"expected_patient": expected_patient}
    body = body_hash("settle", visit=number, expected_total=expected_total, **told)
    with once(key), transaction.atomic():
        head = find_visit(number, actor, "settle", lock=True)
        first = first_answer(actor, key, body)
        if first is not None:
            return first
        year = lock_year(head.person, head.day.year)
        prepared = prepare(head, year.state, today())
        _expect(prepared, expected_total, expected_patient)
        settlement = _enter(year, prepared)
        year.state = prepared.entry.after.data()
        if year.closed:
            adjust_closing(year, settlement)
        keep(year)
        move(head, VisitState.SETTLED)
        answer = {"settlement": settlement.number, **_answer(prepared)}
        open_manual_cases(settlement, prepared.entry)
        remember(actor, key, "settle", body, answer)
        record(
            actor,
            "claims.settle",
            "settlement",
            settlement.number,
            head.person,
            visit=number,
            result=prepared.entry.result["receipt"]["result"],
        )
    return answer


def prepare(head: Head, before: Data, known_on: dt.date) -> Prepared:
    """Read what is known, check it, and fold the visit onto the year so far; Refusal if it cannot be settled."""
    law = law_of(head)
    known = read_known(head, known_on)
    insurance = known.of("enrolment")[0].words[0] if known.of("enrolment") else ""
    lines, edition = read_lines(head, insurance, known_on)
    return fold_known(head, known, lines, before, known_on, law, edition)


def fold_known(
    head: Head,
    known: Known,
    lines: Sequence[KnownLine],
    before: Data,
    known_on: dt.date,
    law: Law,
    edition: int | None,
) -> Prepared:
    """Check what is known and fold the visit onto the year so far, without a database; Refusal if it cannot be settled."""
    values = values_of(head, known, law.engine, law.options, known_on)
    for refusal in refusals(head, known, lines, values):
        raise refusal
    inputs = case_of(head, known, lines, known_on, referred=referred(head, known, values))
    return Prepared(head, inputs, before, edition, law, settle_entry(law.engine, inputs, before, law.options))


def _enter(year: LockedYear, prepared: Prepared) -> Settlement:
    head, result = prepared.head, prepared.entry.result
    amounts = ledger.amounts_of(result)
    settlement = insert(
        year,
        number=new_number("S"),
        realm_id=head.realm,
        kind="settle",
        visit_id=head.id,
        day=head.day,
        inputs=text(prepared.inputs),
        before=text(prepared.before),
        result=text(unexplained(result)),
        bundle_id=prepared.law.bundle,
        edition_id=prepared.edition,
        accepted=list(prepared.law.accepted),
        total=ledger.total_of(result),
        **amounts,
    )
    post(settlement, ledger.at_the_counter(amounts), head.provider)
    return settlement


def _expect(prepared: Prepared, expected_total: Fen | None, expected_patient: Fen | None) -> None:
    total = ledger.total_of(prepared.entry.result)
    if expected_total is not None and total != expected_total:
        raise Refusal(
            "total_differs",
            "expected_total",
            f"费用明细合计 {plain_yuan(total)}，与所报总额 {plain_yuan(expected_total)} 不符",
            f"the lines come to {plain_yuan(total)}, not {plain_yuan(expected_total)}",
        )
    patient = ledger.amounts_of(prepared.entry.result)["patient"]
    if expected_patient is not None and patient != expected_patient:
        raise Refusal(
            "patient_differs",
            "expected_patient",
            f"个人支付现为 {plain_yuan(patient)}，与预结算时的 {plain_yuan(expected_patient)} 不同；请按新的预结算核对后再结算",
            f"the person now pays {plain_yuan(patient)}, not {plain_yuan(expected_patient)}: look at the quote again",
        )


def _answer(prepared: Prepared) -> Data:
    return {"visit": prepared.head.number, "result": prepared.entry.result}
