"""A list as a workbook: numbers as numbers, no text that a spreadsheet would run, bounded, and told to the trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from sanchong.office.actor import Actor
from sanchong.office.imports.export import Money, Value, workbook
from sanchong.office.trail.services import Act, record, record_all
from sanchong.office.web.lists import asked as asking
from sanchong.office.web.lists.asked import Asked
from sanchong.office.web.lists.declared import Column, Listed
from sanchong.settlement.refusal import Refusal

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST: Final = 20_000
"""Rows of one workbook. More is refused, never cut off."""
AT_ONCE: Final = 500
"""Rows completed together."""


@transaction.atomic
def export(listed: Listed, actor: Actor, asked: Asked) -> tuple[bytes, str]:
    """The workbook of all rows asked for, and its file's name. Refusal ``too_many`` beyond :data:`MOST`, naming what to do."""
    found = list(asking.found(listed, actor, asked)[: MOST + 1])
    if len(found) > MOST:
        raise Refusal(
            "too_many",
            "list",
            f"超过 {MOST:,} {listed.unit}，一次导出不了；请加上筛选条件，分几次导出",
            f"more than {MOST:,} rows: narrow it by a condition, and export in several parts",
        )
    columns = listed.columns_for(actor)
    rows: list[list[Value]] = []
    people: dict[int, None] = {}
    for start in range(0, len(found), AT_ONCE):
        for row in listed.complete(found[start : start + AT_ONCE]):
            rows.append([_value(column, row) for column in columns])
            person = listed.person(row) if listed.person is not None else None
            if person is not None:
                people[person] = None
    record(
        actor,
        "list.export",
        "list",
        listed.name,
        rows=len(rows),
        conditions=sorted(asked.values),
        sort=asked.sort,
    )
    record_all(actor, [Act("list.export", "list", listed.name, person) for person in people])
    header = [column.title for column in columns]
    return _file(listed.name, listed.title, header, rows, _conditions(listed, actor, asked))


@transaction.atomic
def export_rows(
    actor: Actor, name: str, title: str, header: Sequence[str], rows: Sequence[Sequence[Value]]
) -> tuple[bytes, str]:
    """The workbook of rows that are nobody's personal data and stand in no list, and its file's name; told to the trail alike.

    Refusal ``too_many`` beyond :data:`MOST`.
    """
    if len(rows) > MOST:
        raise Refusal(
            "too_many",
            "list",
            f"超过 {MOST:,} 行，一次导出不了；请在各自的列表里按条件分次导出",
            f"more than {MOST:,} rows: export the lists that they are of, in parts",
        )
    record(actor, "list.export", "list", name, rows=len(rows))
    return _file(name, title, header, rows, [])


def _file(
    name: str,
    title: str,
    header: Sequence[str],
    rows: Sequence[Sequence[Value]],
    conditions: Sequence[tuple[str, str]],
) -> tuple[bytes, str]:
    now = timezone.localtime()
    made = now.strftime("%Y-%m-%d %H:%M")
    notes = [("内容", title), ("条数", str(len(rows))), ("导出时间", made), *conditions]
    return workbook(title, header, rows, notes), f"{name}-{now:%Y%m%d-%H%M}.xlsx"


def _conditions(listed: Listed, actor: Actor, asked: Asked) -> list[tuple[str, str]]:
    said = []
    for condition in listed.filters_for(actor):
        text = asked.said.get(condition.name)
        if text:
            named = dict(condition.choices()) if condition.choices is not None else {}
            said.append((f"条件：{condition.title}", named.get(text, text)))
    return said


def _value(column: Column, row: Any) -> Value:
    value = column.read(row)
    if value is None or value == "":
        return None
    if column.shown == "money":
        return Money(value)
    if column.shown == "count":
        return int(value)
    if column.shown == "flag":
        return "是" if value else "否"
    if column.shown == "tags":
        return "、".join(tag.text for tag in value) or None
    if column.shown == "moment":
        return str(timezone.localtime(value).strftime("%Y-%m-%d %H:%M"))
    return value if isinstance(value, dt.date) else str(value)
