"""The list of visits: those that wait to be settled, unless others are asked for, as far as the actor sees them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from sanchong.office.actor import Actor
from sanchong.office.claims.models import VISIT_KINDS, FeeLine, Visit, VisitState
from sanchong.office.powers import powers_of
from sanchong.office.visibility import fields_for, lists_people, visible_visits
from sanchong.office.web.desk import disease_name
from sanchong.office.web.lists import Column, Empty, Filter, Listed, Tag
from sanchong.office.web.matters import diseases, of_name

WAITING: Final = (VisitState.REGISTERED, VisitState.DIAGNOSED, VisitState.REVERSED)
STATES: Final = {
    "waiting": "未结算",
    **{str(state.value): str(state.label) for state in VisitState},
}
TONES: Final[dict[str, Any]] = {
    VisitState.SETTLED: "aid",
    VisitState.REVERSED: "bad",
    VisitState.CANCELLED: "off",
}


def visits_for(actor: Actor) -> Listed:
    """The list, which tells whoever may register a visit how."""
    if "register" not in powers_of(actor):
        return VISITS
    then = "登记就诊：先在上方查询参保人，打开后点“登记就诊”。"
    return dataclasses.replace(VISITS, empty=Empty(VISITS.empty.title, then))


def _rows(actor: Actor) -> QuerySet[Visit]:
    """The visits, with the day by which they are found and what their lines that stand come to."""
    if not fields_for(actor).amounts:
        return Visit.objects.none()
    lines = FeeLine.objects.filter(visit=OuterRef("pk"), withdrawn_at=None).order_by()
    charged = lines.values("visit").annotate(sum=Sum("amount")).values("sum")
    found = visible_visits(actor, Visit.objects.select_related("person", "provider"))
    return found.annotate(day=Coalesce("discharged", "admitted"), charged=Coalesce(Subquery(charged), 0))


def _called(rows: Sequence[Any]) -> list[tuple[Any, str]]:
    """Each visit with the name of its disease."""
    known = tuple(diseases().values()) if any(row.disease for row in rows) else ()
    return [(row, disease_name(known, row.disease) if row.disease else "") for row in rows]


def _in_state(found: QuerySet[Visit], state: str) -> QuerySet[Visit]:
    return found.filter(state__in=WAITING) if state == "waiting" else found.filter(state=state)


VISITS: Final = Listed(
    name="visits",
    title="就诊结算",
    rows=_rows,
    complete=_called,
    columns=(
        Column(
            "person",
            "参保人",
            lambda row: row[0].person.name,
            link=lambda row: reverse("web:visit", args=[row[0].number]),
        ),
        Column("kind", "类型", lambda row: VISIT_KINDS[row[0].kind], by=("kind",)),
        Column("disease", "病种", lambda row: row[1], may=lambda actor: fields_for(actor).clinical),
        Column("day", "开始", lambda row: row[0].admitted, "day", by=("admitted",)),
        Column("discharged", "出院", lambda row: row[0].discharged, "day", by=("discharged",)),
        Column(
            "provider",
            "医药机构",
            lambda row: row[0].provider.name,
            by=("provider__code",),
            may=lambda actor: not actor.provider_code,
        ),
        Column(
            "state",
            "状态",
            lambda row: [Tag(str(VisitState(row[0].state).label), TONES.get(row[0].state, ""))],
            "tags",
            by=("state",),
        ),
        Column("new", "登记", lambda row: timezone.localtime(row[0].registered_at).date(), "day", by=("id",)),
        Column("amount", "费用", lambda row: row[0].charged, "money", by=("charged",)),
        Column("number", "就诊编号", lambda row: row[0].number, "code", screen=False),
    ),
    filters=(
        Filter("name", "姓名", of_name("person"), personal=True, hint="须写全名", most=50, may=lists_people),
        Filter("state", "状态", _in_state, choices=lambda: [*STATES.items()], default=lambda: "waiting"),
        Filter("kind", "类型", lambda f, kind: f.filter(kind=kind), choices=lambda: [*VISIT_KINDS.items()]),
        Filter("since", "就诊日期起", lambda f, day: f.filter(day__gte=day), day=True),
        Filter("until", "就诊日期止", lambda f, day: f.filter(day__lte=day), day=True),
        Filter(
            "provider",
            "医药机构",
            lambda f, text: f.filter(provider__name__icontains=text),
            hint="名称的一部分",
            may=lambda actor: not actor.provider_code,
        ),
    ),
    order="-new",
    empty=Empty("没有等待结算的就诊", "看已经结算的，请把上面的状态改为“已结算”或“全部”。"),
    person=lambda row: row[0].person_id,
    unit="次",
)
