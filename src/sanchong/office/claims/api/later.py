"""Facts known later: previewed, and confirmed as previewed. For the agency.

A law document that reaches back is applied by the command line, not here: it may concern everybody and take long.
"""

from __future__ import annotations

from typing import Any, NotRequired

from django.http import HttpRequest, HttpResponse
from ninja import Router
from typing_extensions import TypedDict

from sanchong.office.accounts.models import Scope
from sanchong.office.api.authentication import actor_of
from sanchong.office.api.fields import Body, Digest, IdempotencyKey, Reason
from sanchong.office.api.operations import answer, expose
from sanchong.office.claims.api.facts import Fact
from sanchong.office.claims.api.results import Change, SomeAmounts
from sanchong.office.claims.services import later

router = Router()


class PreviewBody(Body):
    """A fact to be previewed."""

    fact: Fact


class ConfirmBody(Body):
    """A fact with the digest of its preview."""

    fact: Fact
    digest: Digest
    reason: Reason


class Stuck(TypedDict):
    """An entry that could no longer be settled with the fact."""

    visit: str
    code: str
    where: str
    message: str
    message_en: str
    clause: NotRequired[str]


class YearChange(TypedDict):
    """What a fact changes in a person's year."""

    person: str
    year: int
    entries: list[Change]
    refused: list[Stuck]
    net: SomeAmounts
    digest: str


class FactPreview(TypedDict):
    """What a fact would change; ``digest`` is "" where an entry could no longer be settled."""

    fact: dict[str, Any]
    said: str
    years: list[YearChange]
    net: SomeAmounts
    digest: str


class YearChanged(TypedDict):
    """What a fact changed in a person's year."""

    person: str
    year: int
    adjusted: list[Change]
    net: SomeAmounts


class FactConfirmed(TypedDict):
    """A fact with its number, and what it changed."""

    fact: str
    said: str
    years: list[YearChanged]
    net: SomeAmounts


PAYOUT = {
    "payout": {
        "visit": "V20260310ABCDEFGHJKMN",
        "payer": "commercial",
        "amount": "500.00",
        "paid_on": "2026-03-20",
    }
}
DIGEST = "0" * 64


@expose(
    router,
    "POST",
    "/facts/preview",
    scope=Scope.CHANGE,
    answers=FactPreview,
    zh="事后更正预览",
    en="Preview a fact known later",
    example={"fact": PAYOUT},
)
def preview_facts(request: HttpRequest, body: PreviewBody) -> HttpResponse:
    """一项事后才知道的事实（类别、认定、参保、赔付等）会更改哪些已结算的就诊，各方多付少付多少；不写入。仅限经办机构。

    What a fact known later (a category, a recognition, a payout …) changes in settled visits, and who owes whom.
    Nothing is written. For the agency only.
    """
    return answer(later.preview(actor_of(request), body.fact.data()))


@expose(
    router,
    "POST",
    "/facts/confirm",
    scope=Scope.CHANGE,
    answers=FactConfirmed,
    zh="确认事后更正",
    en="Confirm a fact known later",
    example={"fact": PAYOUT, "digest": DIGEST, "reason": "补交赔付凭证"},
)
def confirm_facts(request: HttpRequest, idempotency_key: IdempotencyKey, body: ConfirmBody) -> HttpResponse:
    """登记事实并补差，与预览所示完全一致，否则拒绝。

    Records the fact and posts the differences, just as previewed or not at all.
    """
    done = later.confirm(actor_of(request), idempotency_key, body.fact.data(), body.digest, body.reason)
    return answer(done)
