"""Facts known later, and what is then open between the office and a person: for the agency.

A law document that reaches back is applied by the command line, not here: it may concern everybody and take long.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from sanchong.office.accounts.models import Scope
from sanchong.office.api.answers import InstantText, Money
from sanchong.office.api.authentication import actor_of
from sanchong.office.api.fields import (
    AREA,
    Amount,
    AmountWritten,
    Body,
    Day,
    DayWritten,
    Digest,
    Flag,
    IdempotencyKey,
    InYear,
    Number,
    ProviderCode,
    Reason,
    Row,
    Word,
)
from sanchong.office.api.operations import answer, expose
from sanchong.office.claims.api.results import Change, SomeAmounts
from sanchong.office.claims.services import later, recoveries

router = Router()

Area = Annotated[str, Field(pattern=AREA)]
AnyArea = Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3}){0,2}$")]
Condition = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,30}(:[a-z0-9_]{1,30})?$")]
Source = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
RowKind = Literal["enrolment", "registration", "grant", "recognition", "waiver", "referral", "cross_area"]


ABSENT: Any = Field(default=None)
"""Of a field that may be left out, and is never null."""


class Dated(Body):
    """From when to when (null: open), both included; on what ground."""

    start: DayWritten = Field(alias="from")
    end: DayWritten | None = Field(default=None, alias="to")
    source: Source = ""


class CategoryFact(Dated):
    """An assistance category, of a person or of a household."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["person"]}, {"required": ["household"]}]}
    )

    person: Number = ""
    household: Number = ""
    category: Word
    department: Word

    @model_validator(mode="after")
    def _of_one(self) -> CategoryFact:
        _exactly_one(self, ("person", "household"))
        return self


class RecognitionFact(Dated):
    """A recognised disease."""

    person: Number
    disease: Word
    subtype: Word = ""
    department: Word
    legacy: Flag = False


class WaiverFact(Dated):
    """Two mutually exclusive diseases that may be held together."""

    person: Number
    first: Condition
    second: Condition


class EnrolmentFact(Dated):
    """Insured in an area."""

    person: Number
    insurance: Literal["resident", "employee"]
    region: Area
    year: InYear
    contribution: AmountWritten
    subsidy: AmountWritten = ""


class RegistrationFact(Dated):
    """A household's place of registration."""

    household: Number
    area: AnyArea


class ReferralFact(Dated):
    """A referral to a provider or an area."""

    person: Number
    from_provider: ProviderCode = ""
    provider_code: ProviderCode = ""
    region: Area = ""


class CrossAreaFact(Dated):
    """Registered for care in another area."""

    person: Number
    region: Area
    kind: Literal["settled", "resident", "working", "temporary"]


class RowFact(Body):
    """A row that stands, by its kind and number."""

    kind: RowKind
    row: Row


class EndFact(RowFact):
    """A row that holds up to and including a day."""

    end: DayWritten = Field(alias="to")


class Changes(Body):
    """What a corrected row says otherwise."""

    start: DayWritten = Field(default="", alias="from")
    end: DayWritten | None = Field(default=None, alias="to")
    category: Word = ""
    department: Word = ""
    disease: Word = ""
    subtype: Word = ""
    legacy: Flag = False
    first: Condition = ""
    second: Condition = ""
    insurance: Literal["resident", "employee"] = "resident"
    region: Area = ""
    area: AnyArea = ""
    year: InYear = 2000
    contribution: AmountWritten = ""
    subsidy: AmountWritten = ""
    from_provider: ProviderCode = ""
    provider_code: ProviderCode = ""


class CorrectFact(RowFact):
    """Another row in the place of one that was wrong."""

    changes: Changes


class PayoutFact(Body):
    """What another payer paid for a visit that was settled without it."""

    visit: Number
    payer: Literal["supplementary", "commercial", "mutual_aid"]
    amount: AmountWritten
    paid_on: DayWritten


class Fact(Body):
    """A fact known later: exactly one of these."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    category: CategoryFact = ABSENT
    recognition: RecognitionFact = ABSENT
    waiver: WaiverFact = ABSENT
    enrolment: EnrolmentFact = ABSENT
    registration: RegistrationFact = ABSENT
    referral: ReferralFact = ABSENT
    cross_area: CrossAreaFact = ABSENT
    correct: CorrectFact = ABSENT
    end: EndFact = ABSENT
    withdraw: RowFact = ABSENT
    recorded: RowFact = ABSENT
    payout: PayoutFact = ABSENT

    @model_validator(mode="after")
    def _one(self) -> Fact:
        _exactly_one(self, tuple(type(self).model_fields))
        return self

    def data(self) -> dict[str, Any]:
        """As the service takes it."""
        return self.model_dump(by_alias=True, exclude_unset=True, exclude_none=False)


def _exactly_one(body: Body, names: tuple[str, ...]) -> None:
    given = [name for name in names if getattr(body, name)]
    if len(given) != 1 or len(body.model_fields_set & set(names)) != 1:
        raise PydanticCustomError("exactly_one", "exactly one of {names}", {"names": ", ".join(names)})


class PreviewBody(Body):
    """A fact to be previewed."""

    fact: Fact


class ConfirmBody(Body):
    """A fact with the digest of its preview."""

    fact: Fact
    digest: Digest
    reason: Reason


class DecisionBody(Body):
    """Why a claim is due."""

    reason: Reason


class PaymentBody(Body):
    """Money that came from a person, or went to one."""

    kind: Literal["recovery", "refund"]
    amount: Amount
    paid_on: Day


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
