"""Reading visits: lists, and one with all that belongs to it. An address has one router for all its methods: that of visits."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query
from typing_extensions import TypedDict

from sanchong.office.accounts.models import Scope
from sanchong.office.api.answers import DayText, InstantText, Money
from sanchong.office.api.authentication import actor_of
from sanchong.office.api.fields import After, Day, Limit, Number, ProviderCode
from sanchong.office.api.operations import answer, expose
from sanchong.office.claims import queries
from sanchong.office.claims.api.charges import Payer
from sanchong.office.claims.api.results import Kind, SettlementSaid
from sanchong.office.claims.api.visits import State, router


class PayoutSaid(TypedDict):
    """What another payer pays; ``withdrawn_at`` is null while it stands."""

    payout: int
    payer: Payer
    amount: Money
    paid_on: DayText
    withdrawn_at: InstantText | None


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
    department: str
    department_code: str
    given_pooled: Money | None
    given_catastrophic: Money | None
    registered_at: InstantText
    total: Money
    diagnoses: list[DiagnosisSaid]
    lines: list[LineKept]
    payouts: list[PayoutSaid]
    settlements: list[SettlementSaid]


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
