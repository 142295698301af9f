"""Lists of what today's work leads to: recognitions and when they end, matters left to a person's judgement, requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse

from sanchong.dates import today
from sanchong.law.documents import Disease
from sanchong.law.labels import address_label
from sanchong.office.accounts.roles import ROLES
from sanchong.office.actor import Actor
from sanchong.office.citizens import corrections
from sanchong.office.citizens.models import DATA, Correction, CorrectionState
from sanchong.office.claims.models import ManualCase
from sanchong.office.lawbook.services import diseases_in_law
from sanchong.office.people.models import Person, Recognition
from sanchong.office.visibility import fields_for, lists_people, visible_people
from sanchong.office.web.lists import Column, Empty, Filter, Listed, Tag
from sanchong.settlement.refusal import Refusal

ENDING: Final = (("30", "30 天内到期"), ("90", "90 天内到期"))


def sees_recognitions(actor: Actor) -> bool:
    """Whether the actor goes through recognised diseases: who lists people and sees what is clinical."""
    return lists_people(actor) and fields_for(actor).clinical


def sees_manual_cases(actor: Actor) -> bool:
    """Whether the actor deals with what the rules leave open: who serves people for the agency."""
    role = ROLES.get(actor.role)
    return role is not None and role.serves


def diseases() -> dict[str, Disease]:
    """The diseases of the active law, by code; none while no law is active."""
    try:
        return {disease.code: disease for disease in diseases_in_law()}
    except Refusal:
        return {}


def of_name(path: str) -> Any:
    """A condition on whose row it is: exactly this name, by its blind index."""
    return lambda found, name: found.filter(**{f"{path}__name_index": Person.index_of("name", name)})


# ── recognitions ─────────────────────────────────────────────────────────────────────────────


def _recognitions(actor: Actor) -> QuerySet[Recognition]:
    held: QuerySet[Recognition] = Recognition.objects.at(today(), today())
    if not sees_recognitions(actor):
        return held.none()
    return held.filter(person__in=visible_people(actor, Person.objects.all())).select_related("person")


def _called(rows: Sequence[Recognition]) -> list[tuple[Recognition, str]]:
    known = diseases()
    return [(row, disease_said(known, row.disease, row.subtype)) for row in rows]


def disease_said(known: dict[str, Disease], code: str, subtype: str) -> str:
    """A disease as people call it, with its kind."""
    disease = known.get(code)
    if disease is None:
        return code
    return f"{disease.short}（{disease.subtype_names[subtype]}）" if subtype else disease.short


def _ending(found: QuerySet[Recognition], days: str) -> QuerySet[Recognition]:
    return found.filter(end__lte=today() + dt.timedelta(days=int(days)))


RECOGNITIONS: Final = Listed(
    name="recognitions",
    title="病种认定",
    rows=_recognitions,
    complete=_called,
    columns=(
        Column(
            "name",
            "姓名",
            lambda row: row[0].person.name,
            link=lambda row: reverse("web:person", args=[row[0].person.number]),
        ),
        Column("number", "人员编号", lambda row: row[0].person.number, by=("person__number",)),
        Column("disease", "病种", lambda row: row[1], by=("disease", "subtype")),
        Column("department", "认定机构", lambda row: row[0].department),
        Column("start", "起始", lambda row: row[0].start, "day", by=("start",)),
        Column("end", "终止", lambda row: row[0].end, "day", by=("end",)),
        Column("left", "剩余天数", lambda row: row[0].end and (row[0].end - today()).days, "count"),
    ),
    filters=(
        Filter("name", "姓名", of_name("person"), personal=True, hint="须写全名", most=50),
        Filter("ending", "到期", _ending, choices=lambda: ENDING),
        Filter(
            "disease",
            "病种",
            lambda found, code: found.filter(disease=code),
            choices=lambda: [(code, disease.short) for code, disease in diseases().items()],
        ),
    ),
    order="end",
    empty=Empty(
        "辖区内没有有效的病种认定", "认定结果由认定机构报送，用表格批量导入。", "批量导入", "web:imports"
    ),
    person=lambda row: row[0].person_id,
)


# ── what the rules leave open ────────────────────────────────────────────────────────────────


def _manual(actor: Actor) -> QuerySet[ManualCase]:
    found = ManualCase.objects.filter(settlement__realm=actor.realm)
    if not sees_manual_cases(actor):
        return found.none()
    people = visible_people(actor, Person.objects.all())
    found = found.filter(settlement__year__person__in=people)
    return found.select_related("settlement__year__person", "settlement__visit__provider").defer(
        "settlement__inputs", "settlement__before", "settlement__result"
    )


def _labelled(rows: Sequence[ManualCase]) -> list[tuple[ManualCase, str]]:
    known = tuple(diseases().values())
    return [(row, address_label(row.matter, known)) for row in rows]


MANUAL_CASES: Final = Listed(
    name="manual_cases",
    title="人工事项",
    rows=_manual,
    complete=_labelled,
    columns=(
        Column(
            "name",
            "姓名",
            lambda row: row[0].settlement.year.person.name,
            link=lambda row: reverse("web:person", args=[row[0].settlement.year.person.number]),
        ),
        Column("matter", "事项", lambda row: row[1], by=("matter",)),
        Column("day", "结算日期", lambda row: row[0].settlement.day, "day", by=("settlement__day",)),
        Column(
            "provider",
            "就诊机构",
            lambda row: row[0].settlement.visit and row[0].settlement.visit.provider.name,
        ),
        Column(
            "number", "结算编号", lambda row: row[0].settlement.number, "code", by=("settlement__number",)
        ),
        Column("opened", "开立", lambda row: row[0].opened_at, "moment", by=("opened_at",)),
    ),
    filters=(
        Filter("name", "姓名", of_name("settlement__year__person"), personal=True, hint="须写全名", most=50),
        Filter("from", "结算日期起", lambda found, day: found.filter(settlement__day__gte=day), day=True),
        Filter("to", "结算日期止", lambda found, day: found.filter(settlement__day__lte=day), day=True),
    ),
    order="-opened",
    empty=Empty("没有人工事项", "结算遇到本地文件没有规定的救助等事项时，会在这里列出，由人判断。"),
    person=lambda row: row[0].settlement.year.person_id,
    unit="件",
)


# ── what people ask to be put right ──────────────────────────────────────────────────────────

TONES: Final[dict[str, Any]] = {CorrectionState.ASKED: "bad", CorrectionState.ACCEPTED: "aid"}


def _corrections(actor: Actor) -> QuerySet[Correction]:
    if not sees_manual_cases(actor):
        return Correction.objects.none()
    return corrections.seen(actor).select_related("person", "answered_by")


CORRECTIONS: Final = Listed(
    name="corrections",
    title="更正申请",
    rows=_corrections,
    columns=(
        Column(
            "name",
            "参保人",
            lambda row: row.person.name,
            link=lambda row: reverse("web:correction", args=[row.pk]),
        ),
        Column("datum", "事项", lambda row: DATA[row.datum], by=("datum",)),
        Column("right", "应为", lambda row: row.right),
        Column("asked", "提交", lambda row: row.asked_at, "moment", by=("asked_at",)),
        Column("by", "提交人", lambda row: "代办人" if row.by_agent else "本人", by=("by_agent",)),
        Column(
            "state",
            "状态",
            lambda row: [Tag(row.get_state_display(), TONES.get(row.state, "off"))],
            "tags",
            by=("state",),
        ),
        Column("answered", "答复", lambda row: row.answered_at, "moment", by=("answered_at",)),
        Column("answered_by", "答复人", lambda row: row.answered_by and row.answered_by.name),
    ),
    filters=(
        Filter("name", "姓名", of_name("person"), personal=True, hint="须写全名", most=50),
        Filter(
            "state",
            "状态",
            lambda found, state: found.filter(state=state),
            choices=lambda: CorrectionState.choices,
            default=lambda: CorrectionState.ASKED.value,
        ),
        Filter(
            "datum",
            "事项",
            lambda found, datum: found.filter(datum=datum),
            choices=lambda: [*DATA.items()],
        ),
        Filter("from", "提交日期起", lambda found, day: found.filter(asked_at__date__gte=day), day=True),
        Filter("to", "提交日期止", lambda found, day: found.filter(asked_at__date__lte=day), day=True),
    ),
    order="asked",
    empty=Empty(
        "没有等待答复的申请", "参保人登录后提交的更正申请会列在这里；已答复的，把状态改为“全部”可以看到。"
    ),
    person=lambda row: row.person_id,
    unit="件",
)
