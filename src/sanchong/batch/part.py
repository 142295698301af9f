"""Settling one part: all rows of some people, from Arrow tables to Arrow tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from sanchong.batch import mistakes as m
from sanchong.batch.attribute import line_parts
from sanchong.batch.columns import Array, text
from sanchong.batch.compile import Records
from sanchong.batch.days import NO_YEAR
from sanchong.batch.kernel import walk
from sanchong.batch.law_rows import LawRows
from sanchong.batch.lists import listed
from sanchong.batch.names import put_names
from sanchong.batch.outcome import Out, make_out
from sanchong.batch.records import Part, Rows, rows_of
from sanchong.batch.rejects import Rejects
from sanchong.batch.tables import PEOPLE, STATEMENTS, VISITS, YEAR_AMOUNTS, YEARS, Table
from sanchong.shapes import ADDRESSES, ASSUMED, CATEGORIES, GATES, SETTLED, STEP_SLOTS, UNMODELLED

_ADDRESSES: Final = tuple(address.name for address in ADDRESSES[:STEP_SLOTS])


@dataclass(frozen=True, slots=True)
class Setting:
    """How a batch is settled, beside its law."""

    year: int | None = None
    """The one year to settle; None: each visit belongs to the year of its date."""
    close_year: bool = True
    lines_out: bool = False
    lang: str = "zh"
    """The language of the messages in rejects."""


@dataclass(frozen=True, slots=True)
class SettledPart:
    """What a part comes to."""

    statements: pa.Table
    years: pa.Table
    rejects: pa.Table
    line_parts: pa.Table | None


def settle_part(part: Part, law: LawRows, setting: Setting) -> SettledPart:
    """Settle a part. AssertionError if a statement does not add up, which no input may bring about."""
    rows = rows_of(part, law, setting.lines_out)
    out, count = _walked(rows, law, setting)
    rejects = Rejects(law, setting.lang)
    for column, strays, mistake in rows.strays:
        rejects.add_strays(column, strays, mistake)
    rejects.add_stray_visits(rows.visits, rows.stray_visits)
    rejects.add_refused(rows.people, rows.visits, out, count)
    out.done["refusal"][rows.stray_visits] = m.VISIT_PERSON

    settled = np.flatnonzero(out.done["refusal"] == SETTLED)
    return SettledPart(
        _statements(rows.visit_table, settled, out, law),
        _years(rows.people_table, out.years[:count], law, setting),
        rejects.table(),
        line_parts(rows.lines, settled, out) if setting.lines_out and rows.lines else None,
    )


def _walked(rows: Rows, law: LawRows, setting: Setting) -> tuple[Out, int]:
    """What the walk over a part writes, and of how many person-years."""
    people, visits = rows.tables.people, rows.tables.visits
    calendar = law.calendar(visits["day"])
    only_year = NO_YEAR if setting.year is None else setting.year
    put_names(people, visits, text(rows.visit_table, "visit"), calendar, only_year)
    table = law.table(people["region"], people["household"], calendar)
    out = make_out(len(visits), len(people))
    count = walk(rows.tables, calendar, table, only_year, setting.close_year, out)
    if count < 0:
        person, seq = rows.visits.person.at(-1 - count), visits["seq"][-1 - count]
        raise AssertionError(f"the statement of person {person!r}, seq {seq} does not add up")
    return out, count


def _chosen(table: pa.Table, rows: Array) -> pa.Table:
    """Some rows of a table; the table itself if they are all, in order."""
    every = len(rows) == len(table) and np.array_equal(rows, np.arange(len(rows)))
    return table if every else table.take(pa.array(rows))


def _statements(visits: pa.Table, settled: Array, out: Out, law: LawRows) -> pa.Table:
    chosen = _chosen(visits, settled)
    columns = [chosen[name] for name in ("person", "seq", "visit", "date")]
    if len(settled) == len(visits):
        columns += [pa.array(column[: len(visits)]) for column in out.amounts]
    else:
        columns += [pa.array(column[settled]) for column in out.amounts]
    gates = out.done["gates"].astype(np.int64)[None, :]
    every, nought = np.full((1, 1), -1, np.int64), np.zeros(len(visits), np.int32)
    columns.append(listed(gates, settled, every, nought, GATES))
    terms = np.ascontiguousarray(out.done["terms"])
    for status in (ASSUMED, UNMODELLED):
        columns.append(listed(out.used, settled, law.marked(status), terms, _ADDRESSES))
    return _carrying(STATEMENTS, columns, chosen, VISITS)


def _years(people: pa.Table, years: Records, law: LawRows, setting: Setting) -> pa.Table:
    settled = years[years["refusal"] == SETTLED]
    chosen = _chosen(people, settled["person"])
    columns = [chosen["person"], *(pa.array(settled[name].copy()) for name in ("year", *YEAR_AMOUNTS))]
    if setting.close_year:
        columns.append(pa.array(settled["paid_at_end"].copy()))
        for at in range(len(CATEGORIES)):
            without = settled["turns"] >> at & 1 == 0
            columns.append(pa.array(settled["paid"][:, at].copy(), mask=without))
    else:
        columns += [pa.nulls(len(settled), pa.int64())] * (1 + len(CATEGORIES))
    used, terms = np.ascontiguousarray(settled["used"].T), np.ascontiguousarray(settled["terms"])
    columns.append(listed(used, np.arange(len(settled)), law.marked(ASSUMED), terms, _ADDRESSES))
    return _carrying(YEARS, columns, chosen, PEOPLE)


def _carrying(table: Table, columns: list[Any], given: pa.Table, of: Table) -> pa.Table:
    """The table's own columns, then those of ``given`` that ``of`` does not know."""
    extra = [name for name in given.column_names if name not in of.columns]
    fields = [*table.schema, *(given.schema.field(name) for name in extra)]
    return pa.table([*columns, *(given[name] for name in extra)], pa.schema(fields))
