"""What is asked of a list: conditions, an order, a page; read from an address or a form, strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet

from sanchong.office.actor import Actor
from sanchong.office.checking import is_plain
from sanchong.office.imports.cells import Misread
from sanchong.office.web.forms import day
from sanchong.office.web.lists.declared import Column, Filter, Listed

SORT: Final = "sort"
PAGE: Final = "page"
MOST_PAGES: Final = 10_000


class NotThere(Exception):
    """A name or a choice that the list does not have, or a personal condition in an address: no form of ours asks so."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, as text by condition (only those that say something), and as values."""

    said: Mapping[str, str]
    """"" where all is asked of what has a default."""
    values: Mapping[str, Any]
    wrong: Mapping[str, str]
    """What cannot be read, in Chinese, by condition. Then nothing is looked up."""
    sort: str
    page: int
    personal: bool
    """Whether a condition is personal: then everything goes by POST."""
    filtered: bool
    """Whether anything is asked but what is asked unless something else is."""

    def address(self, **changes: str | int) -> str:
        """The query of an address with the conditions, and what changes; "?" where there is none."""
        state = {**self.said, SORT: self.sort, PAGE: "", **{k: str(v) for k, v in changes.items()}}
        return "?" + urlencode({name: text for name, text in state.items() if text or name in self.said})


def read(listed: Listed, actor: Actor, data: Mapping[str, str], *, by_post: bool) -> Asked:
    """What ``data`` (an address's or a form's) asks. NotThere for what no form of ours would send."""
    said, values, wrong, personal, filtered = {}, {}, {}, False, False
    for condition in listed.filters_for(actor):
        text = data.get(condition.name, "").strip()
        usual = condition.default() if condition.default is not None else ""
        if usual and (condition.name not in data or (not text and condition.choices is None)):
            text = usual
        filtered = filtered or text != usual
        if not text:
            if usual:
                said[condition.name] = ""
            continue
        if condition.personal and not by_post:
            raise NotThere(condition.name)
        said[condition.name] = text
        personal = personal or condition.personal
        try:
            values[condition.name] = _value(condition, text)
        except ValueError as problem:
            wrong[condition.name] = str(problem)
    sort = data.get(SORT, "")
    if sort and not _sortable(listed, actor, sort):
        raise NotThere(SORT)
    page = data.get(PAGE, "") or "1"
    if not (page.isascii() and page.isdigit() and 1 <= int(page[:9]) <= MOST_PAGES):
        raise NotThere(PAGE)
    return Asked(said, values, wrong, sort, int(page), personal, filtered)


def found(listed: Listed, actor: Actor, asked: Asked) -> QuerySet[Any]:
    """The rows that are asked for, in their order; none while something cannot be read."""
    rows = listed.rows(actor)
    if asked.wrong:
        return rows.none()
    for condition in listed.filters_for(actor):
        if condition.name in asked.values:
            rows = condition.apply(rows, asked.values[condition.name])
    wanted = asked.sort or listed.order
    column = column_of(listed, wanted)
    order = column.order(down=wanted.startswith("-")) if column else []
    return rows.order_by(*order, *listed.key)


def column_of(listed: Listed, sort: str) -> Column | None:
    """The column that an order names."""
    return next((c for c in listed.columns if c.name == sort.removeprefix("-") and c.by), None)


def _sortable(listed: Listed, actor: Actor, sort: str) -> bool:
    column = column_of(listed, sort)
    return column is not None and column.may(actor)


def _value(condition: Filter, text: str) -> Any:
    if condition.choices is not None:
        if text not in dict(condition.choices()):
            raise NotThere(condition.name)
        return text
    if condition.day:
        try:
            return day(text)
        except Misread as problem:
            raise ValueError(problem.zh) from None
    if len(text) > condition.most:
        raise ValueError(f"至多 {condition.most} 个字符")
    if not is_plain(text):
        raise ValueError("含有控制字符")
    return text
