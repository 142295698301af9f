"""What is open between the office and a person after adjustments and the year's end: decided, and paid in parts. For the agency."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router
from typing_extensions import TypedDict

from sanchong.office.accounts.models import Scope
from sanchong.office.api.answers import InstantText, Money
from sanchong.office.api.authentication import actor_of
from sanchong.office.api.fields import Body, Day, IdempotencyKey, Number, Paid, Reason
from sanchong.office.api.operations import answer, expose
from sanchong.office.claims.services import recoveries

router = Router()


class DecisionBody(Body):
    """Why a claim is due."""

    reason: Reason


class PaymentBody(Body):
    """Money that came from a person, or went to one."""

    kind: Literal["recovery", "refund"]
    amount: Paid
    paid_on: Day


class Decision(TypedDict):
    """That a claim is due."""

    at: InstantText
    reason: str


class ClaimSaid(TypedDict):
    """What an adjustment or the year's end opened between the office and a person."""

    settlement: str
    visit: str
    kind: Literal["recovery", "refund"]
    debtor: str
    creditor: str
    amount: Money
    paid: Money
    taken_back: Money
    open: Money
    confirmed: Decision | None


class YearOpen(TypedDict):
    """What is open of a year."""

    year: int
    recovery: Money
    refund: Money
    claims: list[ClaimSaid]


class OpenSaid(TypedDict):
    """What is open between the office and a person."""

    person: str
    years: list[YearOpen]


class ConfirmedSaid(TypedDict):
    """A claim that is due."""

    settlement: str
    kind: Literal["recovery", "refund"]
    open: Money


class PaymentSaid(TypedDict):
    """A payment, and what is left open."""

    payment: int
    settlement: str
    kind: Literal["recovery", "refund"]
    amount: Money
    open: Money


@expose(
    router,
    "GET",
    "/people/{number}/claims",
    scope=Scope.CHANGE,
    answers=OpenSaid,
    zh="个人应退应追",
    en="What is open with a person",
)
def open_claims(request: HttpRequest, number: Path[Number]) -> HttpResponse:
    """补差与年终结算后，应退给个人或应向个人追回的，逐笔列出。仅限经办机构。

    What is to be refunded to a person, or recovered. For the agency only.
    """
    return answer(recoveries.open_of(actor_of(request), number))


@expose(
    router,
    "POST",
    "/settlements/{number}/claim/confirm",
    scope=Scope.CHANGE,
    answers=ConfirmedSaid,
    zh="确认退付或追回",
    en="Confirm that a claim is due",
    example={"reason": "经核实应追回"},
)
def confirm_claim(
    request: HttpRequest, number: Path[Number], idempotency_key: IdempotencyKey, body: DecisionBody
) -> HttpResponse:
    """作出应退或应追的决定；决定之前不收不付。

    Decides that it is due. Nothing is paid before.
    """
    return answer(recoveries.confirm(actor_of(request), idempotency_key, number, body.reason))


@expose(
    router,
    "POST",
    "/settlements/{number}/claim/payments",
    scope=Scope.CHANGE,
    answers=PaymentSaid,
    zh="登记退付或追回的收付",
    en="Record a payment of a claim",
    example={"kind": "recovery", "amount": "100.00", "paid_on": "2026-03-20"},
)
def pay_claim(
    request: HttpRequest, number: Path[Number], idempotency_key: IdempotencyKey, body: PaymentBody
) -> HttpResponse:
    """可分次；不超过未结的金额。

    In parts, never more than is open.
    """
    done = recoveries.pay(actor_of(request), idempotency_key, number, body.kind, body.amount, body.paid_on)
    return answer(done)
