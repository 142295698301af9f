"""Quote, settle, reverse, close a year; and what a visit that has not happened would come to."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, NotRequired

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router
from pydantic import Field
from typing_extensions import TypedDict

from sanchong.office.accounts.models import Scope
from sanchong.office.api.authentication import actor_of
from sanchong.office.api.fields import (
    Amount,
    Body,
    Code,
    Day,
    Days,
    Digest,
    IdempotencyKey,
    Number,
    ProviderCode,
    Quantity,
    Reason,
    Year,
)
from sanchong.office.api.operations import answer, expose
from sanchong.office.api.problems import language_of
from sanchong.office.claims import eligibility, services
from sanchong.office.claims.api.results import Quoted, Result, ReversalPreview, Reversed, Settled, YearClosed
from sanchong.office.claims.eligibility import Hypothesis, Item
from sanchong.settlement.refusal import Refusal

router = Router()


class SettleBody(Body):
    """What is settled."""

    expected_total: Amount | None = None
    """What the provider believes that the visit costs; another total is refused."""


class ReverseBody(Body):
    """Why."""

    reason: Reason
    digest: Digest | None = None
    """Of the preview: anything else than it showed is refused."""


class ItemBody(Body):
    """A fee line that might be: an item of the catalogue ("" lies outside it) and its amount."""

    item: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{0,50}$")]
    amount: Amount
    quantity: Quantity = Decimal(1)
    days: Days | None = None


class EligibilityBody(Body):
    """A visit that might be."""

    person: Number
    provider: ProviderCode | None = None
    kind: Literal["outpatient", "inpatient", "special_drug"]
    day: Day
    disease: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,30}(:[a-z0-9_]{1,30})?$")] | None = None
    practitioner: Code | None = None
    pooled: Amount | None = None
    catastrophic: Amount | None = None
    lines: Annotated[tuple[ItemBody, ...], Field(max_length=500)] = ()


class Refused(TypedDict):
    """Why the visit could not be settled."""

    code: str
    where: str
    detail: str
    clause: NotRequired[str]


class Gated(TypedDict):
    """Why a tier would pay nothing: a gate with its clause and sentence."""

    code: str
    clause: str
    text: str


class Eligibility(TypedDict):
    """What would be paid, and why not: every refusal there is, the gates, and the result if there is one."""

    person: str
    day: str
    eligible: bool
    refusals: list[Refused]
    gates: list[Gated]
    result: Result | None


@expose(
    router,
    "POST",
    "/eligibility",
    scope=Scope.QUOTE,
    answers=Eligibility,
    zh="待遇测算",
    en="What would be paid, and why not",
    example={
        "person": "P20260310ABCDEFGHJKMN",
        "kind": "outpatient",
        "day": "2026-03-10",
        "disease": "diabetes",
    },
)
def eligibility_of(request: HttpRequest, body: EligibilityBody) -> HttpResponse:
    """一次尚未发生的就诊会支付多少；不能支付时列出全部原因与条款。不写费用明细时只看能否支付。

    What a visit that has not happened would come to, or everything that stands in its way, with clauses.
    Without lines only whether.
    """
    found = eligibility.outlook(
        actor_of(request),
        Hypothesis(
            person_number=body.person,
            kind=body.kind,
            day=body.day,
            provider_code=body.provider or "",
            disease=body.disease or "",
            practitioner=body.practitioner or "",
            given_pooled=body.pooled,
            given_catastrophic=body.catastrophic,
            items=[Item(line.item, line.amount, line.quantity, line.days) for line in body.lines],
        ),
    )
    lang = language_of(request)
    return answer(
        {
            "person": body.person,
            "day": body.day,
            "eligible": not found.refusals,
            "refusals": [_refused(one, lang) for one in found.refusals],
            "gates": [{"code": g.code, "clause": g.clause, "text": g.text} for g in found.gates],
            "result": found.result,
        }
    )


def _refused(refusal: Refusal, lang: str) -> Refused:
    said: Refused = {"code": refusal.code, "where": refusal.where, "detail": refusal.messages[lang]}
    if refusal.clause:
        said["clause"] = refusal.clause
    return said


@expose(
    router,
    "POST",
    "/visits/{number}/quote",
    scope=Scope.QUOTE,
    answers=Quoted,
    zh="预结算",
    en="Quote a visit",
)
def quote_visit(request: HttpRequest, number: Path[Number]) -> HttpResponse:
    """现在结算会得到什么，每一笔附条款与算式；不写入任何账目。

    What settling now would come to, each part with its clause and sum. Nothing is posted.
    """
    return answer(services.quote(number, actor_of(request)))


@expose(
    router,
    "POST",
    "/visits/{number}/settle",
    scope=Scope.SETTLE,
    answers=Settled,
    zh="结算",
    en="Settle a visit",
    example={"expected_total": "300.00"},
)
def settle_visit(
    request: HttpRequest, number: Path[Number], idempotency_key: IdempotencyKey, body: SettleBody
) -> HttpResponse:
    """一站式结算：统筹基金、大病保险、医疗救助在一个事务内。同一幂等键重复提交，得到第一次的答复。

    All three tiers in one transaction. The repeat of a request under its key gets the first answer.
    """
    return answer(services.settle(number, idempotency_key, actor_of(request), body.expected_total))


@expose(
    router,
    "POST",
    "/visits/{number}/reversal/preview",
    scope=Scope.SETTLE,
    answers=ReversalPreview,
    zh="撤销预览",
    en="Preview a reversal",
)
def preview_reversal(request: HttpRequest, number: Path[Number]) -> HttpResponse:
    """撤销这次结算会更改什么，包括当年以后各次就诊的差额；不写入任何账目。

    What reversing would change, for this visit and later ones of the year. Nothing is posted.
    """
    return answer(services.preview_reversal(number, actor_of(request)))


@expose(
    router,
    "POST",
    "/visits/{number}/reverse",
    scope=Scope.SETTLE,
    answers=Reversed,
    zh="撤销结算",
    en="Reverse a settlement",
    example={"reason": "重复结算"},
)
def reverse_settlement(
    request: HttpRequest, number: Path[Number], idempotency_key: IdempotencyKey, body: ReverseBody
) -> HttpResponse:
    """撤销一次就诊的结算；当年以后各次就诊重新计算，差额作为新的分录。

    Later visits of the year are settled again, and the differences posted as new entries.
    """
    return answer(services.reverse(number, idempotency_key, actor_of(request), body.reason, body.digest))


@expose(
    router,
    "POST",
    "/people/{number}/years/{year}/close",
    scope=Scope.SETTLE,
    answers=YearClosed,
    zh="年终结算",
    en="Close a person's year",
)
def close_year(
    request: HttpRequest, number: Path[Number], year: Path[Year], idempotency_key: IdempotencyKey
) -> HttpResponse:
    """按 12 月 31 日的规定一次性支付递延到年终的救助；每年一次。仅限经办机构。

    Pays once what was deferred to the year's end, by the values in force on 31 December. For the agency only.
    """
    return answer(services.close_year(actor_of(request), idempotency_key, number, year))
