"""Looking people up: by an identifier, and what holds for them on a day."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from sanchong.dates import today
from sanchong.money import plain_yuan
from sanchong.office.accounts.models import Scope
from sanchong.office.api.answers import DayText, Money
from sanchong.office.api.authentication import actor_of
from sanchong.office.api.fields import Body, Day, Limit, Number, Word
from sanchong.office.api.operations import answer, expose
from sanchong.office.dated import Dated
from sanchong.office.people import queries
from sanchong.office.people.identity import IDENTITY_TYPES
from sanchong.office.people.queries import Rights, Shown

router = Router()


class PersonSaid(TypedDict):
    """A person as programs see one: the document's number masked."""

    number: str
    identity_type: str
    masked_number: str
    name: str
    sex: Literal["1", "2", "9"]
    born: DayText | None
    died: DayText | None


class PeopleSaid(TypedDict):
    """The people found: none, or one; by name, several."""

    people: list[PersonSaid]


Period = TypedDict("Period", {"from": DayText, "to": DayText | None, "known_from": DayText, "source": str})
"""From when to when (null: open), both included; from which day it was known; on what ground."""


class EnrolmentSaid(Period):
    """Insured in an area."""

    insurance: str
    region: str
    year: int
    contribution: Money
    subsidy: Money


class RegistrationSaid(Period):
    """A place of household registration."""

    area: str
    name: str


class CategorySaid(Period):
    """An assistance category, of the person or of the household."""

    category: str
    department: str
    household: str | None


class RecognitionSaid(Period):
    """A recognised disease."""

    disease: str
    subtype: str
    legacy: bool
    department: str


class WaiverSaid(Period):
    """Two mutually exclusive diseases that may be held together."""

    first: str
    second: str


class ReferralSaid(Period):
    """A referral, to a provider or an area."""

    from_provider: str
    provider: str
    region: str


class CrossAreaSaid(Period):
    """Registered for care in another area."""

    region: str
    kind: str


class RightsSaid(TypedDict):
    """What holds for a person on a day, as known on a day."""

    person: PersonSaid
    day: DayText
    known_on: DayText
    enrolments: list[EnrolmentSaid]
    households: list[str]
    registrations: list[RegistrationSaid]
    categories: list[CategorySaid]
    recognitions: list[RecognitionSaid]
    waivers: list[WaiverSaid]
    referrals: list[ReferralSaid]
    cross_areas: list[CrossAreaSaid]


class PeoplePage(TypedDict):
    """Some people in the order of their registration; ``after`` is null on the last page."""

    people: list[RightsSaid]
    after: int | None


class Lookup(Body):
    """By exactly one of: a document's number, a social security card, the person's number, a name (agency only)."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [name]} for name in ("identity_number", "card", "number", "name")]
        }
    )

    identity_number: Word = ""
    identity_type: Literal[tuple(IDENTITY_TYPES)] = "01"  # type: ignore[valid-type]
    card: Word = ""
    number: Number = ""
    name: Word = ""

    @model_validator(mode="after")
    def _one(self) -> Lookup:
        given = [self.identity_number, self.card, self.number, self.name]
        if sum(map(bool, given)) != 1:
            names = "identity_number, card, number, name"
            raise PydanticCustomError("exactly_one", "exactly one of {names}", {"names": names})
        return self


@expose(
    router,
    "POST",
    "/people/lookup",
    scope=Scope.READ_PEOPLE,
    answers=PeopleSaid,
    zh="查找参保人",
    en="Look a person up",
    example={"identity_number": "990000196503120019"},
)
def lookup_people(request: HttpRequest, body: Lookup) -> HttpResponse:
    """按证件号码、社保卡、人员编号之一查找；按姓名仅限经办机构。号码写在请求体里，不进地址与日志。

    By exactly one of a document's number, a card, the person's number; by name for the agency only.
    Numbers stand in the body, never in addresses and logs.
    """
    actor = actor_of(request)
    if body.name:
        found = queries.find_by_name(actor, body.name)
    elif body.number:
        found = _some(queries.find_by_number(actor, body.number))
    elif body.card:
        found = _some(queries.find_by_card(actor, body.card))
    else:
        found = _some(queries.find_by_identity(actor, body.identity_number, body.identity_type))
    return answer(PeopleSaid(people=[person_said(one) for one in found]))


@expose(
    router, "GET", "/people", scope=Scope.READ_PEOPLE, answers=PeoplePage, zh="参保人列表", en="List people"
)
def list_people(
    request: HttpRequest,
    day: Query[Day | None] = None,
    known_on: Query[Day | None] = None,
    area: Annotated[str, Query(pattern=r"^[0-9]{6}([0-9]{3}){0,2}$")] = "",
    category: Annotated[str, Query(pattern=r"^[a-z_]{0,30}$")] = "",
    disease: Annotated[str, Query(pattern=r"^[a-z0-9_:]{0,61}$")] = "",
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Limit = 50,
) -> HttpResponse:
    """按地区、类别、病种列出参保人及其当日权益。仅限经办机构。

    By area, category or disease, with what holds on the day. For the agency only.
    """
    found = queries.page(
        actor_of(request),
        day or today(),
        known_on or today(),
        area=area,
        category=category,
        disease=disease,
        after=after,
        size=limit,
    )
    return answer(PeoplePage(people=[rights_said(one) for one in found.rows], after=found.after))


@expose(
    router,
    "GET",
    "/people/{number}",
    scope=Scope.READ_PEOPLE,
    answers=RightsSaid,
    zh="参保人当日权益",
    en="A person's rights on a day",
)
def person_rights(
    request: HttpRequest,
    number: Path[Number],
    day: Query[Day | None] = None,
    known_on: Query[Day | None] = None,
) -> HttpResponse:
    """参保、户籍、救助类别、病种认定、转诊与备案，均为当日有效的。

    Enrolment, registration, categories, recognised diseases, referrals: what holds on the day.
    """
    found = queries.rights(actor_of(request), number, day or today(), known_on or today())
    return answer(rights_said(found))


def _some(found: Shown | None) -> list[Shown]:
    return [] if found is None else [found]


def person_said(person: Shown) -> PersonSaid:
    """A person as an answer writes one."""
    return {
        "number": person.number,
        "identity_type": person.identity_type,
        "masked_number": person.masked_number,
        "name": person.name,
        "sex": person.sex,  # type: ignore[typeddict-item]
        "born": _day(person.born),
        "died": _day(person.died),
    }


def rights_said(rights: Rights) -> RightsSaid:
    """Rights as an answer writes them."""
    return {
        "person": person_said(rights.person),
        "day": rights.day.isoformat(),
        "known_on": rights.known_on.isoformat(),
        "enrolments": [
            {
                **period_said(e),
                "insurance": e.insurance,
                "region": e.region,
                "year": e.year,
                "contribution": plain_yuan(e.contribution),
                "subsidy": plain_yuan(e.subsidy),
            }
            for e in rights.enrolments
        ],
        "households": [m.household.number for m in rights.memberships],
        "registrations": [
            {**period_said(r), "area": r.area_id, "name": r.area.name} for r in rights.registrations
        ],
        "categories": [
            {
                **period_said(g),
                "category": g.category,
                "department": g.department,
                "household": g.household.number if g.household else None,
            }
            for g in rights.grants
        ],
        "recognitions": [
            {
                **period_said(r),
                "disease": r.disease,
                "subtype": r.subtype,
                "legacy": r.legacy,
                "department": r.department,
            }
            for r in rights.recognitions
        ],
        "waivers": [{**period_said(w), "first": w.first, "second": w.second} for w in rights.waivers],
        "referrals": [
            {
                **period_said(r),
                "from_provider": r.from_provider,
                "provider": r.provider_code,
                "region": r.region,
            }
            for r in rights.referrals
        ],
        "cross_areas": [{**period_said(c), "region": c.region, "kind": c.kind} for c in rights.cross_areas],
    }


def period_said(row: Dated) -> Period:
    """A row's days as an answer writes them."""
    return {
        "from": row.start.isoformat(),
        "to": _day(row.end),
        "known_from": row.known_from.isoformat(),
        "source": row.source,
    }


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
