"""A visit before it is settled: registered, diagnosed, its fee lines, discharge, cancellation; and reading visits."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from sanchong.money import plain_yuan
from sanchong.office.accounts.models import Scope
from sanchong.office.api.answers import DayText, InstantText, Money
from sanchong.office.api.authentication import actor_of
from sanchong.office.api.fields import (
    FIRST_DAY,
    After,
    Amount,
    Body,
    Code,
    Day,
    Days,
    Flag,
    IdempotencyKey,
    Instant,
    Limit,
    Name,
    Number,
    ProviderCode,
    Quantity,
    UnitPrice,
)
from sanchong.office.api.operations import answer, expose
from sanchong.office.claims import queries
from sanchong.office.claims.api.results import Kind, SettlementSaid
from sanchong.office.claims.services import visits

router = Router()

State = Literal["registered", "diagnosed", "settled", "reversed", "cancelled"]
Payer = Literal["supplementary", "commercial", "mutual_aid"]
Disease = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,30}(:[a-z0-9_]{1,30})?$", examples=["diabetes"])]
BatchNumber = Annotated[str, Field(min_length=1, max_length=30, pattern=r"^[0-9A-Za-z_-]+$", examples=["B1"])]


class RegisterBody(Body):
    """A visit as the provider registers it (2201, 2401)."""

    person: Number
    provider: ProviderCode | None = None
    """The agency names it; a provider's own goes without saying."""
    provider_number: Number
    """ipt_otp_no: the provider's own number of the visit."""
    kind: Kind
    admitted: Day
    discharged: Day | None = None
    disease: Disease | None = None
    practitioner: Code | None = None
    pooled: Amount | None = None
    catastrophic: Amount | None = None
    """What the insurers paid, where the rules do not compute it: employees, special drugs."""


class AmendBody(Body):
    """What was registered otherwise; a field that is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    admitted: Day = Field(default=FIRST_DAY)
    disease: Disease | None = None
    practitioner: Code | None = None
    pooled: Amount | None = None
    catastrophic: Amount | None = None


class DiagnosisBody(Body):
    """A diagnosis."""

    code: Annotated[
        str, Field(min_length=1, max_length=20, pattern=r"^[0-9A-Za-z.+*-]+$", examples=["E11.900"])
    ]
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
    practitioner: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{1,30}$")] | None = None


class DiagnosesBody(Body):
    """The visit's diagnoses, the main one first."""

    diagnoses: Annotated[list[DiagnosisBody], Field(min_length=1, max_length=99)]


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


class DischargeBody(Body):
    """The day on which a stay ended."""

    day: Day


class PayoutBody(Body):
    """What another payer pays."""

    payer: Payer
    amount: Amount
    paid_on: Day


class Registered(TypedDict):
    """A registered visit with its number (mdtrt_id)."""

    visit: str
    state: State
    person: str
    provider_number: str


class Moved(TypedDict):
    """Where the visit stands."""

    visit: str
    state: State


class Diagnosed(Moved):
    """How many diagnoses it has."""

    diagnoses: int


class LinesAdded(Moved):
    """What the visit's lines come to now."""

    batch: str
    lines: int
    total: Money


class LinesWithdrawn(Moved):
    """How many lines were withdrawn, and what is left."""

    withdrawn: int
    total: Money


class Discharged(Moved):
    """The day of discharge; null when it was undone."""

    discharged: DayText | None


class PayoutRecorded(Moved):
    """What was recorded."""

    payer: Payer
    amount: Money
    paid_on: DayText


class PayoutSaid(TypedDict):
    """What another payer pays."""

    payer: Payer
    amount: Money
    paid_on: DayText


class VisitRow(TypedDict):
    """A visit in a list."""

    visit: str
    state: State
    kind: Kind
    person: str
    provider: str
    provider_number: str
    admitted: DayText
    discharged: DayText | None
    disease: str


class VisitPage(TypedDict):
    """Some visits, the newest first; ``after`` is null on the last page."""

    visits: list[VisitRow]
    after: int | None


class DiagnosisSaid(TypedDict):
    """A diagnosis."""

    code: str
    name: str
    practitioner: str


class LineKept(TypedDict):
    """A fee line; ``withdrawn_at`` is null while it stands."""

    number: str
    batch: str
    at: InstantText
    item: str
    name: str
    quantity: str
    unit_price: str
    amount: Money
    days: int | None
    conforming: bool
    withdrawn_at: InstantText | None


class VisitSaid(VisitRow):
    """A visit with all that belongs to it."""

    practitioner: str
    given_pooled: Money | None
    given_catastrophic: Money | None
    registered_at: InstantText
    total: Money
    diagnoses: list[DiagnosisSaid]
    lines: list[LineKept]
    payouts: list[PayoutSaid]
    settlements: list[SettlementSaid]


# ── reading ──────────────────────────────────────────────────────────────────────────────────


@expose(router, "GET", "/visits", scope=Scope.READ_VISITS, answers=VisitPage, zh="就诊列表", en="List visits")
def list_visits(
    request: HttpRequest,
    provider: Query[ProviderCode | None] = None,
    person: Query[Number | None] = None,
    state: Query[State | None] = None,
    since: Query[Day | None] = None,
    until: Query[Day | None] = None,
    after: After | None = None,
    limit: Limit = 50,
) -> HttpResponse:
    """本机构的就诊，最新的在前；经办机构看得到各家的。

    The provider's own visits, the newest first; the agency sees everybody's.
    """
    found = queries.visits(
        actor_of(request),
        provider=provider or "",
        person=person or "",
        state=state or "",
        since=since,
        until=until,
        after=after,
        size=limit,
    )
    return answer(found)


@expose(
    router, "GET", "/visits/{number}", scope=Scope.READ_VISITS, answers=VisitSaid, zh="就诊详情", en="A visit"
)
def read_visit(request: HttpRequest, number: Path[Number]) -> HttpResponse:
    """登记、诊断、费用明细（含已撤销的）、其他赔付与历次结算。

    Registration, diagnoses, fee lines (withdrawn ones too), other payers, settlements.
    """
    return answer(queries.visit(actor_of(request), number))


# ── writing ──────────────────────────────────────────────────────────────────────────────────


@expose(
    router,
    "POST",
    "/visits",
    scope=Scope.WRITE_VISITS,
    answers=Registered,
    zh="登记就诊",
    en="Register a visit",
    example={
        "person": "P20260310ABCDEFGHJKMN",
        "provider_number": "MZ0001",
        "kind": "outpatient",
        "admitted": "2026-03-10",
        "disease": "diabetes",
    },
)
def register_visit(request: HttpRequest, idempotency_key: IdempotencyKey, body: RegisterBody) -> HttpResponse:
    """门诊登记（2201）或入院登记（2401）；答复里的 visit 是就诊编号。

    An outpatient visit (2201) or an admission (2401). The answer's visit is its number.
    """
    done = visits.register(
        actor_of(request),
        idempotency_key,
        person_number=body.person,
        kind=body.kind,
        provider_number=body.provider_number,
        admitted=body.admitted,
        disease=body.disease or "",
        practitioner=body.practitioner or "",
        discharged=body.discharged,
        given_pooled=body.pooled,
        given_catastrophic=body.catastrophic,
        provider=body.provider or "",
    )
    return answer(done)


@expose(
    router,
    "PATCH",
    "/visits/{number}",
    scope=Scope.WRITE_VISITS,
    answers=Moved,
    zh="更改登记",
    en="Amend a visit",
    example={"disease": "hypertension"},
)
def amend_visit(
    request: HttpRequest, number: Path[Number], idempotency_key: IdempotencyKey, body: AmendBody
) -> HttpResponse:
    """更改尚未结算的就诊（2203、2403）；没有写的字段不变。

    A visit that is not settled (2203, 2403). A field left out stays as it is.
    """
    names = {"pooled": "given_pooled", "catastrophic": "given_catastrophic"}
    changes = {names.get(name, name): getattr(body, name) for name in body.model_fields_set}
    for name in ("disease", "practitioner"):
        if name in changes:
            changes[name] = changes[name] or ""
    done = visits.amend(actor_of(request), idempotency_key, number, **changes)
    return answer({"visit": done["visit"], "state": done["state"]})


@expose(
    router,
    "PUT",
    "/visits/{number}/diagnoses",
    scope=Scope.WRITE_VISITS,
    answers=Diagnosed,
    zh="上传诊断",
    en="Diagnose",
    example={"diagnoses": [{"code": "E11.900", "name": "2型糖尿病"}]},
)
def diagnose_visit(
    request: HttpRequest, number: Path[Number], idempotency_key: IdempotencyKey, body: DiagnosesBody
) -> HttpResponse:
    """以这些诊断取代原有的，第一条为主诊断；有诊断才能结算。

    These take the place of those before; the first is the main one. Without one nothing is settled.
    """
    diagnoses = [one.model_dump(exclude_none=True) for one in body.diagnoses]
    return answer(visits.diagnose(actor_of(request), idempotency_key, number, diagnoses))


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
    "/visits/{number}/discharge",
    scope=Scope.WRITE_VISITS,
    answers=Discharged,
    zh="出院",
    en="Discharge",
    example={"day": "2026-03-20"},
)
def discharge_visit(
    request: HttpRequest, number: Path[Number], idempotency_key: IdempotencyKey, body: DischargeBody
) -> HttpResponse:
    """出院日期（2402）；住院按出院日结算。

    The day of discharge (2402), which a stay is settled for.
    """
    return answer(visits.discharge(actor_of(request), idempotency_key, number, body.day))


@expose(
    router,
    "POST",
    "/visits/{number}/discharge/undo",
    scope=Scope.WRITE_VISITS,
    answers=Discharged,
    zh="撤销出院",
    en="Undo a discharge",
)
def undo_discharge(
    request: HttpRequest, number: Path[Number], idempotency_key: IdempotencyKey
) -> HttpResponse:
    """继续住院（2405）。

    The stay goes on (2405).
    """
    return answer(visits.undo_discharge(actor_of(request), idempotency_key, number))


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
    "/visits/{number}/cancel",
    scope=Scope.WRITE_VISITS,
    answers=Moved,
    zh="取消就诊",
    en="Cancel a visit",
)
def cancel_visit(request: HttpRequest, number: Path[Number], idempotency_key: IdempotencyKey) -> HttpResponse:
    """就诊未发生（2202、2404）；费用须先撤销。

    The visit did not take place (2202, 2404). Its fee lines are withdrawn first.
    """
    return answer(visits.cancel(actor_of(request), idempotency_key, number))
