"""Money between the office and a person after a visit: what is open, the decision that it is due, its payment in parts.

What an adjustment or the year's end changes for a person opens a recovery or a refund (positions.py). It is due once it is
confirmed; each payment is posted, and never more is paid than is open.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils import timezone

from sanchong.dates import today
from sanchong.money import Fen, plain_yuan
from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns, refused
from sanchong.office.claims import ledger
from sanchong.office.claims.models import Confirmation, Payment, PersonYear, Posting, Settlement
from sanchong.office.claims.positions import Claim, claims_of, open_sum
from sanchong.office.claims.services.commands import Data, body_hash, first_answer, once, remember
from sanchong.office.claims.services.reach import settlements_within
from sanchong.office.claims.year import lock_year
from sanchong.office.people.kinds import unknown
from sanchong.office.people.reach import people_within
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal

PARTIES: Final = {"recovery": ("patient", "office"), "refund": ("office", "patient")}
"""Debtor and creditor of each kind of claim."""


def open_of(actor: Actor, person_number: str) -> Data:
    """What is open between the office and a person, year by year and claim by claim, in yuan; writes only the trail."""
    agency_only(actor)
    with transaction.atomic():
        person = people_within(actor).filter(number=person_number).first()
        if person is None:
            raise unknown("person")
        record(actor, "claims.open_of", "person", person_number, person.pk)
        years = PersonYear.objects.filter(person=person).order_by("year").values_list("pk", "year")
        told = [_told(year, claims) for pk, year in years if (claims := claims_of(pk))]
    return {"person": person_number, "years": told}


def _told(year: int, claims: list[Claim]) -> Data:
    of = {
        s.pk: s
        for s in Settlement.objects.filter(pk__in=[c.settlement for c in claims]).select_related(
            "visit", "confirmation"
        )
    }
    return {
        "year": year,
        "recovery": plain_yuan(open_sum(claims, "recovery")),
        "refund": plain_yuan(open_sum(claims, "refund")),
        "claims": [_claim(of[claim.settlement], claim) for claim in claims],
    }


def _claim(settlement: Settlement, claim: Claim) -> Data:
    debtor, creditor = PARTIES[claim.kind]
    decision = getattr(settlement, "confirmation", None)
    return {
        "settlement": settlement.number,
        "visit": settlement.visit.number if settlement.visit else "close_year",
        "kind": claim.kind,
        "debtor": debtor,
        "creditor": creditor,
        "amount": plain_yuan(claim.amount),
        "paid": plain_yuan(claim.paid),
        "taken_back": plain_yuan(claim.taken_back),
        "open": plain_yuan(claim.open),
        "confirmed": decision and {"at": decision.at.isoformat(), "reason": decision.reason},
    }


def confirm(actor: Actor, key: str, settlement: str, reason: str) -> Data:
    """Decide that what an entry opened is due: to be recovered from the person, or refunded. Once for each entry."""
    agency_only(actor)
    if not reason.strip():
        raise refused("reason", "请写明理由", "say why")
    body = body_hash("confirm", settlement=settlement, reason=reason)
    with once(key), transaction.atomic():
        entry = _entry(actor, settlement)
        lock_year(entry.year.person_id, entry.year.year)
        first = first_answer(actor, key, body)
        if first is not None:
            return first
        claim = _claim_of(entry)
        if Confirmation.objects.filter(settlement=entry).exists():
            raise Refusal(
                "confirmed",
                "settlement",
                f"{settlement} 已经确认，可以收付",
                f"{settlement} is confirmed already: it may be paid",
            )
        if claim.open == 0:
            raise _nothing_open(settlement)
        decision = Confirmation(settlement=entry, by_id=actor.account, reason=reason)
        check_columns(decision)
        decision.save()
        answer = {"settlement": settlement, "kind": claim.kind, "open": plain_yuan(claim.open)}
        remember(actor, key, "confirm", body, answer)
        record(actor, "claims.confirm_due", "settlement", settlement, entry.year.person_id, of=claim.kind)
    return answer


def pay(actor: Actor, key: str, settlement: str, kind: str, amount: Fen, paid_on: dt.date) -> Data:
    """Record that a person paid (``recovery``) or was paid (``refund``) a part, in fen, of what an entry opened.

    Refusal ``not_confirmed`` before the decision, ``more_than_open`` for more than is left.
    """
    agency_only(actor)
    if kind not in PARTIES:
        among = ", ".join(PARTIES)
        raise refused("kind", f"应为下列之一：{among}", f"expected one of {among}")
    if amount <= 0:
        raise refused("amount", "应大于零", "expected more than 0")
    body = body_hash("pay", settlement=settlement, of=kind, amount=amount, paid_on=paid_on.isoformat())
    with once(key), transaction.atomic():
        entry = _entry(actor, settlement)
        lock_year(entry.year.person_id, entry.year.year)
        first = first_answer(actor, key, body)
        if first is not None:
            return first
        claim = _claim_of(entry)
        _refuse_payment(entry, claim, kind, amount, paid_on)
        payment = Payment.objects.create(settlement=entry, kind=kind, amount=amount, paid_on=paid_on)
        Posting.objects.bulk_create(
            Posting(settlement=entry, payment=payment, account=account, amount=fen)
            for account, fen in ledger.paid(kind, amount)
        )
        answer = {
            "payment": payment.pk,
            "settlement": settlement,
            "kind": kind,
            "amount": plain_yuan(amount),
            "open": plain_yuan(claim.open - amount),
        }
        remember(actor, key, "pay", body, answer)
        record(actor, "claims.pay", "payment", str(payment.pk), entry.year.person_id, settlement=settlement)
    return answer


def _refuse_payment(entry: Settlement, claim: Claim, kind: str, amount: Fen, paid_on: dt.date) -> None:
    number, left = entry.number, plain_yuan(claim.open)
    if claim.kind != kind:
        zh = {"recovery": "追回", "refund": "退付"}
        raise Refusal(
            "other_direction",
            "kind",
            f"{number} 应办理的是{zh[claim.kind]}，不是{zh[kind]}",
            f"{number} opened a {claim.kind}, not a {kind}",
        )
    if not Confirmation.objects.filter(settlement=entry).exists():
        raise Refusal(
            "not_confirmed",
            "settlement",
            f"{number} 尚未确认；请先作出决定",
            f"{number} is not confirmed: decide first that it is due",
        )
    if claim.open == 0:
        raise _nothing_open(number)
    if amount > claim.open:
        raise Refusal(
            "more_than_open",
            "amount",
            f"{number} 未结金额为 {left}，不能收付更多",
            f"{left} is open of {number}: no more can be paid",
        )
    if paid_on > today():
        raise refused("paid_on", "不能晚于今天", "not later than today")
    if paid_on < timezone.localdate(entry.at):
        raise refused("paid_on", "早于补差之日", "before the day on which the difference arose")


def _entry(actor: Actor, number: str) -> Settlement:
    found = settlements_within(actor).select_related("year").filter(number=number).first()
    if found is None:
        raise Refusal("no_settlement", "settlement", f"没有结算 {number}", f"no settlement {number}")
    return found


def _claim_of(entry: Settlement) -> Claim:
    for claim in claims_of(entry.year_id):
        if claim.settlement == entry.pk:
            return claim
    raise _nothing_open(entry.number)


def _nothing_open(number: str) -> Refusal:
    return Refusal(
        "nothing_open",
        "settlement",
        f"{number} 没有未结的个人收付",
        f"nothing is open between the office and the person by {number}",
    )
