"""Imports on pages: the kinds with their columns, a preview in words, and the list of those that were done."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from sanchong.law.labels import CATEGORY
from sanchong.office.accounts.roles import ROLES
from sanchong.office.actor import Actor
from sanchong.office.imports.cells import date, text
from sanchong.office.imports.columns import Column as SheetColumn
from sanchong.office.imports.columns import Problem
from sanchong.office.imports.models import Applied
from sanchong.office.imports.plan import Change, Importer
from sanchong.office.imports.services import IMPORTERS, Preview
from sanchong.office.people.models import INSURANCE_NAMES, Person
from sanchong.office.visibility import visible_people
from sanchong.office.web.catalogue import disease_names
from sanchong.office.web.forms import Field
from sanchong.office.web.lists import Column, Empty, Filter, Listed

OUTCOMES: Final = {"new": "新增", "changed": "变更", "unchanged": "不变", "gone": "删除", "bad": "有误"}
ABOUT: Final = {
    "people": "参保人员、参保和户籍，一人一行；已登记的人按证件号码对应，只改变写了的内容。",
    "grants": "民政、乡村振兴等部门认定的救助对象，一人或一户一行。",
    "recognitions": "门诊慢特病认定，一人一个病种一行。",
    "providers": "医院和药店的属性与定点协议，一家一行。",
    "catalogue": "药品、耗材和诊疗项目的整个目录，作为新的一版；表中没有的项目即从目录中删除。",
}
KEEPERS: Final = ("providers", "catalogue")
"""Kinds that all share: imported by whoever keeps them."""
_CODED: Final = re.compile(r"[A-Za-z0-9_]+（([^（）]+)）")
_ENGLISH: Final = re.compile(r"\s*\([^()]*[a-z]{3,}[^()]*\)")
_FIELDS: Final = {
    "enrolment": "参保",
    "household": "户",
    "agreement": "定点协议",
    "class": "收费等级",
    "end": "终止日期",
}
MOST_PROBLEMS: Final = 100
"""Mistakes that a page lists; the file to download has them all."""

TITLE: Final = Field("title", "版本名称", text(100), "long", hint="如“2026 年医保目录”")
IN_FORCE: Final = Field("in_force_from", "生效日期", date, "day")
KNOWN: Final = Field(
    "known_from", "获知日期", date, "day", required=False, hint="文件公布或收到的日期；不填为今天"
)
SOURCE: Final = Field("source", "依据", text(200), "long", required=False, hint="文号或来函，写入每一条记录")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a preview: where it stands, what it comes to, whom or what it concerns, which of its columns change."""

    row: int
    who: str
    """The name, where the sheet gives it or the reader may see whose it is; ""."""
    key: str
    fields: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What so many rows come to, with the first of them."""

    code: str
    title: str
    number: int
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Shown:
    """A preview as its template draws it."""

    outcomes: Sequence[Outcome]
    problems: Sequence[Problem]
    bad: int
    more_problems: int
    digest: str
    nothing: bool
    """Whether it would change nothing."""


def kinds_for(actor: Actor) -> list[Importer]:
    """The kinds that an actor may import."""
    role = ROLES.get(actor.role)
    if role is None or not (role.serves or role.keeps):
        return []
    return [i for name, i in IMPORTERS.items() if (role.keeps if name in KEEPERS else role.serves)]


def fields_for(kind: str) -> tuple[Field, ...]:
    """What is asked of a whole import."""
    return (TITLE, IN_FORCE, KNOWN) if kind == "catalogue" else (KNOWN, SOURCE)


def columns_of(importer: Importer) -> list[tuple[SheetColumn, str]]:
    """The columns of a kind, each with what may stand in it, in Chinese."""
    return [(column, _ENGLISH.sub("", column.note)) for column in importer.columns]


def shown(actor: Actor, importer: Importer, found: Preview) -> Shown:
    """A preview in words. A registered person is named only to who may see that person."""
    headers = {column.name: column.zh for column in importer.columns} | _FIELDS
    words = _words()
    sampled = [change for sample in found.samples.values() for change in sample]
    wanted = [change.person for change in sampled if change.person is not None]
    people = {person.pk: person for person in visible_people(actor, Person.objects.filter(pk__in=wanted))}
    outcomes = [
        Outcome(
            code,
            OUTCOMES[code],
            found.counts[code],
            [_row(change, headers, words, people) for change in found.samples.get(code, ())],
        )
        for code in ("new", "changed", "gone", "unchanged")
    ]
    problems = [in_chinese(problem) for problem in found.problems]
    return Shown(
        outcomes,
        problems[:MOST_PROBLEMS],
        found.counts["bad"],
        max(0, len(problems) - MOST_PROBLEMS),
        found.digest,
        not any(found.counts[code] for code in ("new", "changed", "gone", "bad")),
    )


def in_chinese(problem: Problem) -> Problem:
    """A mistake without the codes that stand beside the names: a clerk writes the names."""
    return Problem(problem.row, problem.column, problem.read, _CODED.sub(r"\1", problem.zh), problem.en)


def counts_said(counts: Mapping[str, int]) -> str:
    """What an import came to, in one line."""
    return "，".join(f"{OUTCOMES[code]} {counts[code]:,}" for code in OUTCOMES if counts.get(code))


def _words() -> dict[str, str]:
    named = {code: zh for code, (zh, _) in CATEGORY.items()}
    return {**named, **disease_names(), **INSURANCE_NAMES}


def _row(
    change: Change, headers: Mapping[str, str], words: Mapping[str, str], people: Mapping[int, Person]
) -> Row:
    key = " ".join(words.get(part.partition(":")[0], part) for part in change.key.split(" "))
    person = people.get(change.person or 0)
    who = f"{person.name} {person.masked_number()}" if person is not None else change.called
    return Row(
        change.row, who, key, "、".join(dict.fromkeys(headers.get(name, name) for name in change.fields))
    )


# ── those that were done ─────────────────────────────────────────────────────────────────────


def _applied(actor: Actor) -> QuerySet[Applied]:
    """All for whoever keeps what is shared; else one's own."""
    found = Applied.objects.filter(realm=actor.realm).select_related("by")
    role = ROLES.get(actor.role)
    return found if role is not None and role.keeps else found.filter(by=actor.account)


def _count(code: str) -> Any:
    return lambda row: row.counts.get(code, 0)


def _name(kind: str) -> str:
    return IMPORTERS[kind].zh if kind in IMPORTERS else kind


APPLIED: Final = Listed(
    name="imports",
    title="批量导入",
    rows=_applied,
    columns=(
        Column("at", "时间", lambda row: row.at, "moment", by=("at",)),
        Column("kind", "种类", lambda row: _name(row.kind), by=("kind",)),
        Column("new", "新增", _count("new"), "count"),
        Column("changed", "变更", _count("changed"), "count"),
        Column("gone", "删除", _count("gone"), "count"),
        Column("unchanged", "不变", _count("unchanged"), "count"),
        Column("by", "导入人", lambda row: row.by.name if row.by else "系统"),
    ),
    filters=(
        Filter(
            "kind",
            "种类",
            lambda f, kind: f.filter(kind=kind),
            choices=lambda: [(name, i.zh) for name, i in IMPORTERS.items()],
        ),
        Filter("from", "导入日期起", lambda f, day: f.filter(at__date__gte=day), day=True),
        Filter("to", "导入日期止", lambda f, day: f.filter(at__date__lte=day), day=True),
    ),
    order="-at",
    empty=Empty("还没有导入过", "从上面选择种类：下载样表、填写、上传，核对预览后再确认。"),
    unit="次",
)
