"""The list of visits: those that wait to be settled, or any, as far as the actor sees them; sorted, filtered, paged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from sanchong.law.documents import Disease
from sanchong.money import Fen
from sanchong.office.actor import Actor
from sanchong.office.claims.models import VISIT_KINDS, FeeLine, Visit, VisitState
from sanchong.office.lawbook.services import diseases_in_law
from sanchong.office.trail.services import Act, record_all
from sanchong.office.visibility import fields_for, visible_visits
from sanchong.office.web.desk import disease_name

SIZE: Final = 20

STATES: Final = {
    "waiting": "未结算",
    **{str(state.value): str(state.label) for state in VisitState},
    "all": "全部",
}
WAITING: Final = (VisitState.REGISTERED, VisitState.DIAGNOSED, VisitState.REVERSED)
SORTS: Final = {
    "new": ("登记先后", ("-pk",)),
    "old": ("登记最早", ("pk",)),
    "day": ("就诊日期", ("-day", "-pk")),
    "amount": ("费用高低", ("-charged", "-pk")),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list shows, as the address says it; what it does not know it leaves out."""

    state: str = "waiting"
    kind: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    provider: str = ""
    sort: str = "new"
    page: int = 1

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Filter:
        """From the parts of an address."""
        state, kind, sort = (asked.get(name, "") for name in ("state", "kind", "sort"))
        page = asked.get("page", "")
        return cls(
            state=state if state in STATES else "waiting",
            kind=kind if kind in VISIT_KINDS else "",
            since=day_of(asked.get("since", "")),
            until=day_of(asked.get("until", "")),
            provider=asked.get("provider", "").strip(),
            sort=sort if sort in SORTS else "new",
            page=int(page) if page.isascii() and page.isdigit() and 0 < int(page) < 10_000 else 1,
        )

    @property
    def asked(self) -> dict[str, str]:
        """As parts of an address, without the page."""
        said = {
            "state": self.state,
            "kind": self.kind,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "provider": self.provider,
            "sort": self.sort,
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Row:
    """A visit in the list; ``disease`` is "" for who may not see it."""

    visit: Visit
    state: str
    disease: str
    day: dt.date
    charged: Fen


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of the list."""

    rows: Sequence[Row]
    page: int
    more: bool
    clinical: bool


def day_of(text: str) -> dt.date | None:
    """A date as a form sends it; None if it is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@transaction.atomic
def listed(actor: Actor, by: Filter) -> Listed:
    """A page of visits, with what their lines that stand come to. Each read writes the trail, one entry a person."""
    clinical = fields_for(actor).clinical
    start = (by.page - 1) * SIZE
    rows = list(_found(actor, by)[start : start + SIZE + 1])
    people = {row.person_id: row.person.number for row in rows[:SIZE]}
    record_all(actor, [Act("visit.list", "person", number, pk) for pk, number in people.items()])
    diseases = diseases_in_law() if rows and clinical else ()
    return Listed([_row(row, diseases) for row in rows[:SIZE]], by.page, len(rows) > SIZE, clinical)


def _found(actor: Actor, by: Filter) -> QuerySet[Visit]:
    lines = FeeLine.objects.filter(visit=OuterRef("pk"), withdrawn_at=None).order_by()
    charged = lines.values("visit").annotate(sum=Sum("amount")).values("sum")
    found = visible_visits(actor, Visit.objects.select_related("person", "provider"))
    found = found.annotate(day=Coalesce("discharged", "admitted"), charged=Coalesce(Subquery(charged), 0))
    if by.state == "waiting":
        found = found.filter(state__in=WAITING)
    elif by.state != "all":
        found = found.filter(state=by.state)
    if by.kind:
        found = found.filter(kind=by.kind)
    if by.since:
        found = found.filter(day__gte=by.since)
    if by.until:
        found = found.filter(day__lte=by.until)
    if by.provider:
        found = found.filter(provider__name__icontains=by.provider)
    return found.order_by(*SORTS[by.sort][1])


def _row(row: Any, diseases: Sequence[Disease]) -> Row:
    disease = disease_name(diseases, row.disease) if diseases and row.disease else ""
    return Row(row, str(VisitState(row.state).label), disease, row.day, row.charged)
