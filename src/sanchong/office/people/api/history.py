"""What was ever recorded about a person, row by row, and who belongs to a household: for the agency."""

from __future__ import annotations

from typing import Any, Final, Literal

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from typing_extensions import TypedDict

from sanchong.dates import today
from sanchong.money import plain_yuan
from sanchong.office.accounts.models import Scope
from sanchong.office.api.answers import DayText, InstantText
from sanchong.office.api.authentication import actor_of
from sanchong.office.api.fields import Day, Number
from sanchong.office.api.operations import answer, expose
from sanchong.office.dated import Dated
from sanchong.office.fields import FenField
from sanchong.office.people import queries
from sanchong.office.people.api.people import Period, PersonSaid, period_said, person_said
from sanchong.office.people.models import Household

router = Router()

RowKind = Literal[
    "member", "registration", "enrolment", "grant", "recognition", "waiver", "referral", "cross_area"
]

TOLD_OTHERWISE: Final = {"id", "person", *(field.name for field in Dated._meta.get_fields())}
"""Fields that every row has, or that the address says."""


class RowSaid(Period):
    """A row as it was recorded. ``row`` is its number, which a fact known later names it by."""

    row: int
    supersedes: int | None
    withdrawn: bool
    recorded_at: InstantText
    fields: dict[str, Any]


class HistorySaid(TypedDict):
    """Every row of a kind, superseded ones too, the oldest first."""

    person: str
    kind: RowKind
    rows: list[RowSaid]


class HouseholdSaid(TypedDict):
    """Who belongs to a household on a day."""

    household: str
    day: DayText
    known_on: DayText
    people: list[PersonSaid]


@expose(
    router,
    "GET",
    "/people/{number}/history/{kind}",
    scope=Scope.READ_PEOPLE,
    answers=HistorySaid,
    zh="参保人历史记录",
    en="A person's history",
)
def person_history(request: HttpRequest, number: Path[Number], kind: Path[RowKind]) -> HttpResponse:
    """某一类记录的全部历史，含已被取代与撤回的；row 即事后更正所用的记录编号。仅限经办机构。

    Every row of a kind, superseded and withdrawn ones too; row is the number that a fact known later names. For the agency only.
    """
    rows = queries.history(actor_of(request), number, kind)
    return answer(HistorySaid(person=number, kind=kind, rows=[_row(row) for row in rows]))


@expose(
    router,
    "GET",
    "/households/{number}",
    scope=Scope.READ_PEOPLE,
    answers=HouseholdSaid,
    zh="户成员",
    en="Members of a household",
)
def household_members(
    request: HttpRequest,
    number: Path[Number],
    day: Query[Day | None] = None,
    known_on: Query[Day | None] = None,
) -> HttpResponse:
    """某日属于一户的人。仅限经办机构。

    Who belongs to a household on a day. For the agency only.
    """
    on, known = day or today(), known_on or today()
    people = queries.household(actor_of(request), number, on, known)
    said: HouseholdSaid = {
        "household": number,
        "day": on.isoformat(),
        "known_on": known.isoformat(),
        "people": [person_said(one) for one in people],
    }
    return answer(said)


def _row(row: Dated) -> RowSaid:
    return {
        **period_said(row),
        "row": row.pk,
        "supersedes": row.supersedes_id,  # type: ignore[attr-defined]
        "withdrawn": row.withdrawn,
        "recorded_at": row.recorded_at.isoformat(),
        "fields": {
            field.name: _plain(field, getattr(row, field.name))
            for field in row._meta.concrete_fields
            if field.name not in TOLD_OTHERWISE
        },
    }


def _plain(field: object, value: Any) -> Any:
    """A column's value as JSON has it: an amount in yuan, a household by its number, an area by its code."""
    if isinstance(value, Household):
        return value.number
    if isinstance(value, Model):
        return value.pk
    return plain_yuan(value) if isinstance(field, FenField) else value
