"""What a visit costs, before it is settled: fee lines in batches, and what other payers pay."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router
from pydantic import ConfigDict, Field

from sanchong.money import plain_yuan
from sanchong.office.accounts.models import Scope
from sanchong.office.api.answers import DayText, Money
from sanchong.office.api.authentication import actor_of
from sanchong.office.api.fields import (
    Amount,
    Body,
    Day,
    Days,
    Flag,
    IdempotencyKey,
    Instant,
    Name,
    Number,
    Paid,
    Quantity,
    UnitPrice,
)
from sanchong.office.api.operations import answer, expose
from sanchong.office.claims.api.visits import Moved
from sanchong.office.claims.services import visits

router = Router()

Payer = Literal["supplementary", "commercial", "mutual_aid"]
PayoutNumber = Annotated[int, Field(ge=1, le=2**62, examples=[1])]
BatchNumber = Annotated[str, Field(min_length=1, max_length=30, pattern=r"^[0-9A-Za-z_-]+$", examples=["B1"])]


class LineBody(Body):
    """A fee line: its amount is quantity × unit price, half up to the fen."""

    number: Number
    """feedetl_sn: its own within the visit, withdrawn lines included."""
    at: Instant
    item: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{0,50}$", examples=["A1"])]
    """The item's code in the catalogue; "" lies outside it."""
    name: Name
    quantity: Quantity
    unit_price: UnitPrice
    amount: Amount
    days: Days | None = None
    conforming: Flag = True


class LinesBody(Body):
    """A batch of fee lines."""

    batch: BatchNumber
    lines: Annotated[list[LineBody], Field(min_length=1, max_length=5000)]


class WithdrawBody(Body):
    """Which lines: a batch, some by their numbers, or with neither every line that stands."""

    model_config = ConfigDict(json_schema_extra={"not": {"required": ["batch", "lines"]}})

    batch: BatchNumber = Field(default="")
    lines: Annotated[list[Number], Field(min_length=1, max_length=5000)] = Field(default=[])


class PayoutBody(Body):
    """What another payer pays."""

    payer: Payer
    amount: Paid
    paid_on: Day


class LinesAdded(Moved):
    """What the visit's lines come to now."""

    batch: str
    lines: int
    total: Money


class LinesWithdrawn(Moved):
    """How many lines were withdrawn, and what is left."""

    withdrawn: int
    total: Money


class PayoutRecorded(Moved):
    """What was recorded; ``payout`` is its number."""

    payout: int
    payer: Payer
    amount: Money
    paid_on: DayText


class PayoutWithdrawn(Moved):
    """Which payout counts no longer."""

    payout: int


@expose(
    router,
    "POST",
    "/visits/{number}/lines",
    scope=Scope.WRITE_VISITS,
    answers=LinesAdded,
    zh="上传费用明细",
    en="Add fee lines",
    example={
        "batch": "B1",
        "lines": [
            {
                "number": "1",
                "at": "2026-03-10T09:30:00+08:00",
                "item": "A1",
                "name": "盐酸二甲双胍缓释片",
                "quantity": "4",
                "unit_price": "28.6000",
                "amount": "114.40",
            }
        ],
    },
)
def add_lines(
    request: HttpRequest, number: Path[Number], idempotency_key: IdempotencyKey, body: LinesBody
) -> HttpResponse:
    """一批费用（2204、2301），全部或全不；数量与单价为精确小数，金额须等于二者之积四舍五入到分。

    A batch (2204, 2301), all or none. Quantity and unit price are exact; the amount is their product, half up to the fen.
    """
    lines = [
        {
            **line.model_dump(exclude={"days"} if line.days is None else None),
            "amount": plain_yuan(line.amount),
        }
        for line in body.lines
    ]
    return answer(visits.add_lines(actor_of(request), idempotency_key, number, body.batch, lines))


@expose(
    router,
    "POST",
    "/visits/{number}/lines/withdraw",
    scope=Scope.WRITE_VISITS,
    answers=LinesWithdrawn,
    zh="撤销费用明细",
    en="Withdraw fee lines",
    example={"batch": "B1"},
)
def withdraw_lines(
    request: HttpRequest, number: Path[Number], idempotency_key: IdempotencyKey, body: WithdrawBody
) -> HttpResponse:
    """按批次、按明细号，或都不写则撤销全部未结算的费用（2205、2302）。

    A batch, some by number, or with neither all that stand (2205, 2302).
    """
    done = visits.withdraw(
        actor_of(request), idempotency_key, number, batch=body.batch or None, lines=body.lines or None
    )
    return answer(done)


@expose(
    router,
    "POST",
    "/visits/{number}/payouts",
    scope=Scope.WRITE_VISITS,
    answers=PayoutRecorded,
    zh="登记其他赔付",
    en="Record another payer's part",
    example={"payer": "commercial", "amount": "1000.00", "paid_on": "2026-03-10"},
)
def record_payout(
    request: HttpRequest, number: Path[Number], idempotency_key: IdempotencyKey, body: PayoutBody
) -> HttpResponse:
    """补充保险、商业保险、互助对尚未结算的就诊的赔付；在医疗救助之前扣除。

    What supplementary or commercial insurance or mutual aid pays for a visit that is not settled; it counts before assistance.
    """
    done = visits.record_payout(
        actor_of(request), idempotency_key, number, body.payer, body.amount, body.paid_on
    )
    return answer({**done, "amount": plain_yuan(body.amount)})


@expose(
    router,
    "POST",
    "/visits/{number}/payouts/{payout}/withdraw",
    scope=Scope.WRITE_VISITS,
    answers=PayoutWithdrawn,
    zh="撤回其他赔付",
    en="Withdraw another payer's part",
)
def withdraw_payout(
    request: HttpRequest, number: Path[Number], payout: Path[PayoutNumber], idempotency_key: IdempotencyKey
) -> HttpResponse:
    """登记有误、就诊尚未结算的赔付；编号见就诊详情。

    One recorded wrongly, while the visit is not settled. The visit shows its number.
    """
    return answer(visits.withdraw_payout(actor_of(request), idempotency_key, number, payout))
