"""A visit's course before it is settled: registered, amended, diagnosed, discharged, cancelled."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router
from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from sanchong.office.accounts.models import Scope
from sanchong.office.api.answers import DayText
from sanchong.office.api.authentication import actor_of
from sanchong.office.api.fields import (
    FIRST_DAY,
    Amount,
    Body,
    Code,
    Day,
    IdempotencyKey,
    Number,
    ProviderCode,
)
from sanchong.office.api.operations import answer, expose
from sanchong.office.claims.api.results import Kind
from sanchong.office.claims.services import visits

router = Router()

State = Literal["registered", "diagnosed", "settled", "reversed", "cancelled"]
Disease = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,30}(:[a-z0-9_]{1,30})?$", examples=["diabetes"])]
Department = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
DepartmentCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{1,30}$")]


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
    department: Department | None = None
    department_code: DepartmentCode | None = None
    pooled: Amount | None = None
    catastrophic: Amount | None = None
    """What the insurers paid, where the rules do not compute it: employees, special drugs."""


class AmendBody(Body):
    """What was registered otherwise; a field that is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    admitted: Day = Field(default=FIRST_DAY)
    disease: Disease | None = None
    practitioner: Code | None = None
    department: Department | None = None
    department_code: DepartmentCode | None = None
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


class DischargeBody(Body):
    """The day on which a stay ended."""

    day: Day


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


class Discharged(Moved):
    """The day of discharge; null when it was undone."""

    discharged: DayText | None


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
        department=body.department or "",
        department_code=body.department_code or "",
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
    for name in ("disease", "practitioner", "department", "department_code"):
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
