"""The catalogue on pages: its editions, the items of one, and what differs between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse

from sanchong.dates import today
from sanchong.law.documents import Disease
from sanchong.money import Rate, parse_rate, percent, yuan
from sanchong.office.actor import Actor
from sanchong.office.catalogue.models import Edition, Item
from sanchong.office.catalogue.queries import difference, edition_on, terms_in
from sanchong.office.catalogue.terms import Terms
from sanchong.office.imports.export import Value
from sanchong.office.lawbook.services import diseases_in_law
from sanchong.office.people.models import INSURANCE_NAMES
from sanchong.office.web.lists import Column, Empty, Filter, Listed, Tag
from sanchong.office.web.lists.export import export_rows
from sanchong.settlement.refusal import Refusal

KINDS: Final = {str(code): str(name) for code, name in Item._meta.get_field("kind").flatchoices}
CLASSES: Final = {"A": "甲类", "B": "乙类", "C": "丙类"}
FLAGS: Final = (
    ("dual_channel", "双通道"), ("special_drug", "特药"), ("price_cap", "有限价"), ("diseases", "限病种"),
)  # fmt: skip
MOST_SHOWN: Final = 100
"""Items of a difference that a page lists of each sort."""


# ── editions ─────────────────────────────────────────────────────────────────────────────────


def state_of(edition: Edition, now: Edition | None) -> str:
    """Whether an edition is the one in force, is to come, or was."""
    if now is not None and edition.pk == now.pk:
        return "现行"
    return "尚未生效" if edition.in_force_from > today() else "已被取代"


def _with_state(rows: Sequence[Edition]) -> list[tuple[Edition, str]]:
    now = edition_on(today(), today())
    return [(edition, state_of(edition, now)) for edition in rows]


EDITIONS: Final = Listed(
    name="editions",
    title="医保目录",
    rows=lambda actor: Edition.objects.select_related("added_by"),
    complete=_with_state,
    columns=(
        Column(
            "title",
            "版本",
            lambda row: row[0].title,
            by=("title",),
            link=lambda row: reverse("web:edition", args=[row[0].pk]),
        ),
        Column("state", "状态", lambda row: [Tag(row[1], "" if row[1] == "现行" else "off")], "tags"),
        Column("in_force", "生效日期", lambda row: row[0].in_force_from, "day", by=("in_force_from",)),
        Column("known", "公布日期", lambda row: row[0].known_from, "day", by=("known_from",)),
        Column("rows", "项目数", lambda row: row[0].rows, "count", by=("rows",)),
        Column("added", "导入时间", lambda row: row[0].added_at, "moment", by=("added_at",)),
        Column("by", "导入人", lambda row: row[0].added_by.name if row[0].added_by else "系统"),
        Column("hash", "内容校验码", lambda row: row[0].hash[:12], "code"),
    ),
    filters=(
        Filter("q", "版本", lambda f, text: f.filter(title__icontains=text), hint="名称中的字"),
        Filter("from", "生效日期起", lambda f, day: f.filter(in_force_from__gte=day), day=True),
        Filter("to", "生效日期止", lambda f, day: f.filter(in_force_from__lte=day), day=True),
    ),
    order="-in_force",
    empty=Empty(
        "还没有导入目录",
        "由市级经办用表格导入整个目录；没有目录，费用明细不能结算。",
        "导入目录",
        "web:imports",
    ),
    unit="版",
)


# ── items ────────────────────────────────────────────────────────────────────────────────────


def _flagged(found: Any, flag: str) -> Any:
    if flag == "price_cap":
        return found.exclude(price_cap=None)
    return found.exclude(diseases=[]) if flag == "diseases" else found.filter(**{flag: True})


def items_of(edition: Edition) -> Listed:
    """The list of an edition's items."""
    return Listed(
        name="items",
        title=f"{edition.title}项目",
        rows=lambda actor: Item.objects.filter(edition=edition),
        complete=_named,
        columns=(
            Column("name", "项目名称", lambda row: row[0].name, by=("name",)),
            Column("code", "目录编码", lambda row: row[0].code, "code", by=("code", "insurance")),
            Column("kind", "类别", lambda row: KINDS[row[0].kind], by=("kind",)),
            Column("line_class", "收费等级", lambda row: CLASSES[row[0].line_class], by=("line_class",)),
            Column("advance", "先行自付", lambda row: advance(row[0].advance_num, row[0].advance_den)),
            Column("price_cap", "限价（元）", lambda row: row[0].price_cap, "money", by=("price_cap",)),
            Column(
                "insurance",
                "险种",
                lambda row: INSURANCE_NAMES.get(row[0].insurance, "全部"),
                by=("insurance",),
            ),
            Column("flags", "标记", lambda row: [Tag(name) for name in flags(row[0])], "tags"),
            Column("diseases", "适用病种", lambda row: row[1]),
        ),
        filters=(
            Filter(
                "q",
                "名称或编码",
                lambda f, text: f.filter(Q(name__icontains=text) | Q(code__istartswith=text)),
                hint="名称中的字，或编码开头",
            ),
            Filter("kind", "类别", lambda f, kind: f.filter(kind=kind), choices=lambda: [*KINDS.items()]),
            Filter(
                "class", "收费等级", lambda f, c: f.filter(line_class=c), choices=lambda: [*CLASSES.items()]
            ),
            Filter("flag", "标记", _flagged, choices=lambda: FLAGS),
        ),
        order="code",
        empty=Empty("这一版没有项目", "请导入新的版本。", "导入目录", "web:imports"),
        unit="项",
    )


def _named(rows: Sequence[Item]) -> list[tuple[Item, str]]:
    """Each item with the names of the diseases for which it counts."""
    names = disease_names() if any(item.diseases for item in rows) else {}
    return [(item, "、".join(names.get(code, code) for code in item.diseases) or "全部") for item in rows]


def disease_names() -> dict[str, str]:
    """The short names of the diseases of the active law, by code; none while no law is active."""
    try:
        known: Sequence[Disease] = diseases_in_law()
    except Refusal:
        return {}
    return {disease.code: disease.short for disease in known}


def advance(num: int | None, den: int | None) -> str:
    """The share that the patient bears first; "" where there is none."""
    return percent(Rate(num, den)) if num is not None and den is not None else ""


def flags(item: Item) -> list[str]:
    """What is special about an item."""
    return [name for field, name in FLAGS[:2] if getattr(item, field)]


# ── two editions ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """An item whose terms differ: what it is, and each field with what stood before and stands after."""

    code: str
    name: str
    fields: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs from one edition to another; of each sort at most :data:`MOST_SHOWN` are listed, all are counted."""

    before: Edition
    after: Edition
    new: Sequence[Terms]
    gone: Sequence[Terms]
    changed: Sequence[ChangedItem]
    counts: dict[str, int]
    most: int = MOST_SHOWN


FIELDS: Final = {
    "name": "名称",
    "kind": "类别",
    "class": "收费等级",
    "advance": "先行自付",
    "price_cap": "限价",
    "dual_channel": "双通道",
    "special_drug": "特药",
    "diseases": "适用病种",
}


def compared(before: Edition, after: Edition) -> Compared:
    """From ``before`` to ``after``."""
    old, new = terms_in(before), terms_in(after)
    found = difference(old, new)
    names = disease_names()
    changed = [
        ChangedItem(
            change.key[0],
            new[change.key].name,
            [(FIELDS[f], _said(f, a, names), _said(f, b, names)) for f, (a, b) in change.fields.items()],
        )
        for change in found.changed[:MOST_SHOWN]
    ]
    counts = {
        "new": len(found.new),
        "gone": len(found.gone),
        "changed": len(found.changed),
        "unchanged": found.unchanged,
    }
    return Compared(before, after, found.new[:MOST_SHOWN], found.gone[:MOST_SHOWN], changed, counts)


def exported(actor: Actor, before: Edition, after: Edition) -> tuple[bytes, str]:
    """All that differs as a workbook, a row an item that is new or gone, and a row each field of one that changed."""
    old, new = terms_in(before), terms_in(after)
    found, names = difference(old, new), disease_names()
    rows: list[Sequence[Value]] = [
        *(["新增", terms.code, terms.name, None, None, None] for terms in found.new),
        *(["删除", terms.code, terms.name, None, None, None] for terms in found.gone),
        *(
            ["变更", change.key[0], new[change.key].name, FIELDS[f], _said(f, a, names), _said(f, b, names)]
            for change in found.changed
            for f, (a, b) in change.fields.items()
        ),
    ]
    title = f"由“{before.title}”到“{after.title}”"
    return export_rows(
        actor, "difference", title, ["变化", "目录编码", "项目名称", "字段", "原来", "现在"], rows
    )


def _said(field: str, value: Any, diseases: dict[str, str]) -> str:
    """A term as people read it; ``value`` as ``Terms.data`` gives it."""
    if field == "kind":
        return KINDS[value]
    if field == "class":
        return CLASSES[value]
    if field == "diseases":
        return "、".join(diseases.get(code, code) for code in value) or "全部病种"
    if value is None:
        return "无"
    if field == "advance":
        return percent(parse_rate(value))
    if field == "price_cap":
        return yuan(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
