"""Reading providers: what one is on a day, and which there are. No personal data: any token may."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from typing_extensions import TypedDict

from sanchong.dates import today
from sanchong.office.api.answers import DayText
from sanchong.office.api.fields import AREA, NO_CONTROL, Day, Limit, ProviderCode
from sanchong.office.api.operations import answer, expose
from sanchong.office.dated import Dated
from sanchong.office.providers import queries
from sanchong.office.providers.queries import Profile

router = Router()

ProviderKind = Literal["hospital", "pharmacy"]
AgreementKind = Literal["designated", "one_stop", "transitional"]
RoleKind = Literal["recognises", "chronic", "special_drug"]

Period = TypedDict("Period", {"from": DayText, "to": DayText | None})
"""From when to when (null: open), both included."""


class StandingSaid(Period):
    """Area, grade (0: unrated), fee class and administrative level."""

    region: str
    level: int
    fee_class: int
    administrative_level: str
    level_exception: bool


class AgreementSaid(Period):
    """Designated, one-stop, or in transition."""

    kind: AgreementKind
    number: str


class RoleSaid(Period):
    """What it does for the scheme."""

    kind: RoleKind


class SuspensionSaid(Period):
    """Its settlements are stopped."""

    reason: str


class ProviderSaid(TypedDict):
    """A provider as it is on a day; ``settles_one_stop``: designated, one-stop and not suspended."""

    code: str
    name: str
    kind: ProviderKind
    day: DayText
    known_on: DayText
    settles_one_stop: bool
    standings: list[StandingSaid]
    agreements: list[AgreementSaid]
    roles: list[RoleSaid]
    suspensions: list[SuspensionSaid]


class ProviderPage(TypedDict):
    """Some providers in the order of their codes; ``after`` is null on the last page."""

    providers: list[ProviderSaid]
    after: str | None


@expose(router, "GET", "/providers", scope=None, answers=ProviderPage, zh="医药机构列表", en="List providers")
def list_providers(
    request: HttpRequest,
    text: Annotated[str, Query(max_length=50, pattern=NO_CONTROL)] = "",
    kind: Query[ProviderKind | None] = None,
    region: Annotated[str, Query(pattern=f"{AREA}|^$")] = "",
    role: Query[RoleKind | None] = None,
    agreement: Query[AgreementKind | None] = None,
    suspended: Query[Literal["true", "false"] | None] = None,
    day: Query[Day | None] = None,
    known_on: Query[Day | None] = None,
    after: Query[ProviderCode | None] = None,
    limit: Limit = 50,
) -> HttpResponse:
    """按名称或编码、类型、所在地、职责、协议、是否暂停查找，给出当日的属性。

    By name or code, kind, area, role, agreement or suspension, each as it is on the day.
    """
    found = queries.page(
        day or today(),
        known_on or today(),
        text=text,
        kind=kind or "",
        region=region,
        role=role or "",
        agreement=agreement or "",
        suspended=None if suspended is None else suspended == "true",
        after=after or "",
        size=limit,
    )
    return answer(ProviderPage(providers=[_said(one) for one in found.rows], after=found.after))


@expose(
    router,
    "GET",
    "/providers/{code}",
    scope=None,
    answers=ProviderSaid,
    zh="医药机构",
    en="A provider on a day",
)
def read_provider(
    request: HttpRequest,
    code: Path[ProviderCode],
    day: Query[Day | None] = None,
    known_on: Query[Day | None] = None,
) -> HttpResponse:
    """等级、收费类别、协议、职责与暂停结算，均为当日有效的。

    Grade, fee class, agreements, roles and suspensions: what holds on the day.
    """
    return answer(_said(queries.profile(code, day or today(), known_on or today())))


def _said(profile: Profile) -> ProviderSaid:
    provider = profile.provider
    return {
        "code": provider.code,
        "name": provider.name,
        "kind": provider.kind,  # type: ignore[typeddict-item]
        "day": profile.day.isoformat(),
        "known_on": profile.known_on.isoformat(),
        "settles_one_stop": profile.settles_one_stop,
        "standings": [
            {
                **_period(s),
                "region": s.region,
                "level": s.level,
                "fee_class": s.fee_class,
                "administrative_level": s.administrative_level,
                "level_exception": s.level_exception,
            }
            for s in profile.standings
        ],
        "agreements": [
            {**_period(a), "kind": a.kind, "number": a.number}  # type: ignore[typeddict-item]
            for a in profile.agreements
        ],
        "roles": [
            {**_period(r), "kind": r.kind}  # type: ignore[typeddict-item]
            for r in profile.roles
        ],
        "suspensions": [{**_period(s), "reason": s.source} for s in profile.suspensions],
    }


def _period(row: Dated) -> Period:
    end: dt.date | None = row.end
    return {"from": row.start.isoformat(), "to": end.isoformat() if end else None}
