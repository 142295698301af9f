"""What was settled: lists, statements, a person's year."""

from __future__ import annotations

from typing import Annotated, Final, Literal, NotRequired

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from typing_extensions import TypedDict

from sanchong.office.accounts.models import Scope
from sanchong.office.api.answers import DayText, Hash, InstantText, Money
from sanchong.office.api.authentication import actor_of
from sanchong.office.api.fields import After, Day, Limit, Number, ProviderCode, Year
from sanchong.office.api.operations import answer, expose
from sanchong.office.claims import queries
from sanchong.office.claims import statement as statements
from sanchong.office.claims.api.results import (
    Amounts,
    AnyResult,
    Explained,
    SettlementSaid,
)

router = Router()

SHOWN_ALONE: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The statement's page loads nothing and runs nothing."""

EntryKind = Literal["settle", "reverse", "adjust", "close"]
Account = Literal[
    "pooled", "catastrophic", "assistance", "other", "hospital", "patient", "payable", "recovery", "refund"
]


class SettlementPage(TypedDict):
    """Some settlements, the newest first; ``after`` is null on the last page."""

    settlements: list[SettlementSaid]
    after: int | None


class ManualCaseSaid(TypedDict):
    """What a settlement left to a person's judgement."""

    settlement: str
    visit: str | None
    person: str
    matter: str
    opened_at: InstantText


class ManualCasePage(TypedDict):
    """Some manual cases, the newest first."""

    manual_cases: list[ManualCaseSaid]
    after: int | None


class PostingSaid(TypedDict):
    """A line of the ledger; the lines of an entry sum to zero."""

    account: Account
    amount: Money


class ProviderSaid(TypedDict):
    """A provider."""

    code: str
    name: str


class AmountsWithTotal(Amounts):
    """By payer, with the total."""

    total: Money


class ReferralReason(TypedDict):
    """Whether a stay needed a referral, by which rule, and whether it had one."""

    needed: bool
    referred: bool
    assumed: list[str]
    explanation: list[Explained]


class AssumedSaid(TypedDict):
    """A figure that no document states."""

    address: str
    label: str
    note: str


class LawUsed(TypedDict):
    """By what the settlement was computed: the bundle of the law and the catalogue's edition, each by its hash."""

    bundle: Hash
    edition: Hash | None


class ReversalSaid(TypedDict):
    """Who took a settlement back, when and why. ``by`` is "" of a program; ``reason`` is "" for who sees no medical data."""

    settlement: str
    at: InstantText
    by: str | None
    reason: str


class StatementSaid(TypedDict):
    """A settlement's statement, its explanation computed again and proved by the receipt's hashes; a reversal has no result."""

    settlement: str
    kind: EntryKind
    title: str
    day: DayText
    at: InstantText
    visit: str | None
    person: str
    provider: ProviderSaid | None
    replaces: str | None
    cause: str | None
    reversal: ReversalSaid | None
    amounts: AmountsWithTotal
    postings: list[PostingSaid]
    manual_cases: list[str]
    referral: ReferralReason | None
    assumed: list[AssumedSaid]
    law: LawUsed
    result: AnyResult | None


class Accumulators(TypedDict):
    """What the year has used up; ``counted`` is what counts against the caps."""

    pooled: Money
    pooled_counted: Money
    catastrophic_burden: Money
    catastrophic: Money
    catastrophic_counted: Money
    assistance: Money
    assistance_deductible: Money
    patient: Money


class QuotaOfDisease(TypedDict):
    """A chronic disease's own quota."""

    limit: Money
    used: Money
    left: Money


class QuotaRefused(TypedDict):
    """Why nobody can tell the quota."""

    code: str
    message: str


class Quota(TypedDict):
    """The quarter's quota for chronic diseases: one room for all (``left``), or each disease's own; or why there is none."""

    day: DayText
    quarter: int
    used: Money
    refusal: NotRequired[QuotaRefused]
    mode: NotRequired[Literal["pool", "per_disease"]]
    limit: NotRequired[Money | None]
    left: NotRequired[Money]
    by_disease: NotRequired[dict[str, QuotaOfDisease]]
    text: NotRequired[str]
    assumed: NotRequired[list[str]]


class EntryPosting(PostingSaid):
    """A line of the ledger; ``payment`` marks those of money that moved afterwards."""

    payment: bool


class EntrySaid(SettlementSaid):
    """An entry of the year with its postings."""

    turn: int
    provider: str | None
    replaces: str | None
    cause: str | None
    postings: list[EntryPosting]


class AccountSaid(TypedDict):
    """A person's year."""

    person: str
    year: int
    closed: bool
    accumulators: Accumulators
    deferred: dict[str, Money]
    quota: Quota
    entries: list[EntrySaid]


@expose(
    router,
    "GET",
    "/settlements",
    scope=Scope.READ_VISITS,
    answers=SettlementPage,
    zh="结算列表",
    en="List settlements",
)
def list_settlements(
    request: HttpRequest,
    provider: Query[ProviderCode | None] = None,
    person: Query[Number | None] = None,
    kind: Query[EntryKind | None] = None,
    since: Query[Day | None] = None,
    until: Query[Day | None] = None,
    after: After | None = None,
    limit: Limit = 50,
) -> HttpResponse:
    """结算、撤销、补差与年终结算，最新的在前；金额是这一笔所更改的。

    Settlements, reversals, adjustments, year's ends, the newest first; amounts are what each entry changes.
    """
    found = queries.settlements(
        actor_of(request),
        provider=provider or "",
        person=person or "",
        kind=kind or "",
        since=since,
        until=until,
        after=after,
        size=limit,
    )
    return answer(found)


@expose(
    router,
    "GET",
    "/settlements/{number}",
    scope=Scope.READ_VISITS,
    answers=StatementSaid,
    zh="结算单（数据）",
    en="A statement, as data",
)
def read_statement(request: HttpRequest, number: Path[Number]) -> HttpResponse:
    """结算单：金额、分录、每一笔的条款与算式。解释由当时的输入重算，并与凭据的哈希核对。

    Amounts, postings, every part with its clause and sum. The explanation is computed again and proved by the receipt.
    """
    return answer(statements.statement(actor_of(request), number))


@expose(
    router,
    "GET",
    "/settlements/{number}/page",
    scope=Scope.READ_VISITS,
    answers=str,
    zh="结算单（网页）",
    en="A statement, as a page",
    media_types=["text/html"],
)
def statement_page(
    request: HttpRequest, number: Path[Number], lang: Annotated[Literal["zh", "en"], Query()] = "zh"
) -> HttpResponse:
    """一个自成一体、可打印的网页。

    One self-contained page that can be printed.
    """
    response = HttpResponse(statements.page(actor_of(request), number, lang))
    response["Content-Security-Policy"] = SHOWN_ALONE
    response["Cache-Control"] = "no-store"
    return response


@expose(
    router,
    "GET",
    "/people/{number}/years/{year}",
    scope=Scope.READ_VISITS,
    answers=AccountSaid,
    zh="年度台账",
    en="A person's year",
)
def person_year(
    request: HttpRequest, number: Path[Number], year: Path[Year], on: Query[Day | None] = None
) -> HttpResponse:
    """年度累计、季度额度与所余、递延到年终的救助基数、各笔结算与分录。

    What the year has used, the quarter's quota and what is left, what is deferred, entries with postings.
    """
    return answer(queries.account(actor_of(request), number, year, on))


@expose(
    router,
    "GET",
    "/manual-cases",
    scope=Scope.READ_VISITS,
    answers=ManualCasePage,
    zh="人工事项",
    en="Manual cases",
)
def list_manual_cases(request: HttpRequest, after: After | None = None, limit: Limit = 50) -> HttpResponse:
    """结算留待人工判断的事项，如规定未收录的救助。仅限经办机构。

    What settlements left to a person's judgement. For the agency only.
    """
    return answer(queries.manual_cases(actor_of(request), after=after, size=limit))
