"""A list as a page: some rows, headers that sort, a form that filters, and the way to Excel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from sanchong.money import yuan
from sanchong.office.actor import Actor
from sanchong.office.trail.services import Act, record_all
from sanchong.office.web.lists import asked as asking
from sanchong.office.web.lists.asked import Asked, NotThere
from sanchong.office.web.lists.declared import NUMERIC, Column, Filter, Listed, Tag
from sanchong.office.web.lists.export import MEDIA_TYPE, export
from sanchong.office.web.views.errors import BAD, trouble
from sanchong.settlement.refusal import Refusal

NONE: Final = "—"
MOST_COUNTED: Final = 20_000
"""Rows that are counted and paged through; a city has millions of visits, of which nobody turns the ten thousandth page."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it is shown."""

    title: str
    text: str
    numeric: bool
    tags: Sequence[Tag] = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's header: how it sorts now, and what to ask for to sort it (the other way)."""

    title: str
    numeric: bool
    sort: str
    """"" does not sort."""
    now: str
    """``ascending``, ``descending`` or ""."""
    address: str


@dataclass(frozen=True, slots=True)
class Field:
    """A condition in the form."""

    name: str
    title: str
    kind: str
    value: str
    choices: Sequence[tuple[str, str]]
    hint: str
    wrong: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a list, as its template draws it."""

    listed: Listed
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    fields: Sequence[Field]
    by_post: bool
    """Whether the form's conditions are personal, or one of them may be."""
    personal: bool
    """Whether one of them is, now: then headers and pages are buttons of the form."""
    state: Sequence[tuple[str, str]]
    """All that is asked, for a form that asks the same."""
    sort: str
    filtered: bool
    narrowed: bool
    """Whether any condition holds, be it one that is asked unless something else is."""
    total: int
    more: bool
    """Whether there are more than ``total``: so many are not counted, nor paged through."""
    page: int
    pages: int
    before: str
    after: str

    @property
    def first(self) -> int:
        """The number of the first row on this page."""
        return (self.page - 1) * self.listed.size + 1

    @property
    def last(self) -> int:
        """The number of the last one."""
        return self.first + len(self.rows) - 1


def answer(
    request: HttpRequest,
    listed: Listed,
    actor: Actor,
    template: str = "web/list.html",
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page of a list, or its workbook. ``more`` is for templates that extend ``web/list.html``."""
    by_post = request.method == "POST"
    try:
        asked = asking.read(listed, actor, request.POST if by_post else request.GET, by_post=by_post)
    except NotThere:
        return trouble(request, BAD, 400)
    wrong, status = "", 200
    if asked.wrong:
        status = 422
    elif by_post and "export" in request.POST:
        try:
            content, name = export(listed, actor, asked)
        except Refusal as refusal:
            wrong, status = refusal.messages["zh"], 422
        else:
            return taken(content, name)
    elif by_post and not asked.personal:
        return redirect(request.path + asked.address(page=asked.page if asked.page > 1 else ""))
    sheet = sheet_of(listed, actor, asked)
    return render(request, template, {"list": sheet, "wrong": wrong, **(more or {})}, status=status)


def taken(content: bytes, name: str) -> HttpResponse:
    """A workbook to take away."""
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def sheet_of(listed: Listed, actor: Actor, asked: Asked) -> Sheet:
    """One page of what is asked for; whose data it shows stands in the trail."""
    columns = [column for column in listed.columns_for(actor) if column.screen]
    with transaction.atomic():
        rows = asking.found(listed, actor, asked)
        counted = rows.order_by().values("pk")[: MOST_COUNTED + 1].count()
        total = min(counted, MOST_COUNTED)
        pages = max(1, -(-total // listed.size))
        page = min(asked.page, pages)
        start = (page - 1) * listed.size
        read = listed.complete(list(rows[start : min(start + listed.size, total)]))
        note_people(listed, actor, read, "read")
    filters = listed.filters_for(actor)
    return Sheet(
        listed,
        [_heading(column, listed, asked) for column in columns],
        [[_cell(column, row) for column in columns] for row in read],
        [_field(condition, asked) for condition in filters],
        any(condition.personal for condition in filters),
        asked.personal,
        [*asked.said.items(), *([(asking.SORT, asked.sort)] if asked.sort else [])],
        asked.sort,
        asked.filtered,
        any(asked.said.values()),
        total,
        counted > total,
        page,
        pages,
        asked.address(page=page - 1) if page > 1 else "",
        asked.address(page=page + 1) if page < pages else "",
    )


def note_people(listed: Listed, actor: Actor, rows: Sequence[Any], act: str) -> None:
    """One entry of the trail for each person whose data ``rows`` are."""
    if listed.person is None:
        return
    people = dict.fromkeys(person for row in rows if (person := listed.person(row)) is not None)
    record_all(actor, [Act(f"list.{act}", "list", listed.name, person) for person in people])


def said(value: Any, shown: str) -> str:
    """A value as people write it here; "—" where there is none."""
    if value is None or value == "":
        return NONE
    if shown == "money":
        return yuan(value)
    if shown == "count":
        return f"{value:,}"
    if shown == "flag":
        return "是" if value else NONE
    if shown == "moment":
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _cell(column: Column, row: Any) -> Cell:
    value = column.read(row)
    link = column.link(row) if column.link is not None else ""
    if column.shown == "tags":
        return Cell(column.title, "" if value else NONE, False, tuple(value), link)
    return Cell(column.title, said(value, column.shown), column.shown in NUMERIC, (), link)


def _heading(column: Column, listed: Listed, asked: Asked) -> Heading:
    numeric = column.shown in NUMERIC
    if not column.by:
        return Heading(column.title, numeric, "", "", "")
    now = asked.sort or listed.order
    if now.removeprefix("-") != column.name:
        return Heading(column.title, numeric, column.name, "", asked.address(sort=column.name))
    down = now.startswith("-")
    other = column.name if down else f"-{column.name}"
    return Heading(
        column.title, numeric, other, "descending" if down else "ascending", asked.address(sort=other)
    )


def _field(condition: Filter, asked: Asked) -> Field:
    kind = "choice" if condition.choices is not None else "day" if condition.day else "text"
    return Field(
        condition.name,
        condition.title,
        kind,
        asked.said.get(condition.name, ""),
        condition.choices() if condition.choices is not None else (),
        condition.hint,
        asked.wrong.get(condition.name, ""),
    )
