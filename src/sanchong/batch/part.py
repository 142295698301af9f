"""Settling one part: all rows of some people, from Arrow tables to Arrow tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from sanchong.batch import mistakes as m
from sanchong.batch.attribute import line_parts
from sanchong.batch.codes import (
    Subtypes,
    read_categories,
    read_lines,
    read_people,
    read_recognitions,
    read_visits,
    read_waivers,
)
from sanchong.batch.columns import NO_SEQ, Array, numbers, sealed, text
from sanchong.batch.compile import Records
from sanchong.batch.days import NO_YEAR
from sanchong.batch.kernel import Tables, walk
from sanchong.batch.law_rows import LawRows
from sanchong.batch.lines import put_lines
from sanchong.batch.lists import listed
from sanchong.batch.names import put_names
from sanchong.batch.outcome import Out, make_out
from sanchong.batch.rejects import Rejects
from sanchong.batch.spans import distinct, first_fall, spans
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
class Part:
    """All rows of some people."""

    people: pa.Table
    categories: pa.Table
    recognitions: pa.Table
    waivers: pa.Table
    visits: pa.Table
    lines: pa.Table | None


@dataclass(frozen=True, slots=True)
class SettledPart:
    """What a part comes to."""

    statements: pa.Table
    years: pa.Table
    rejects: pa.Table
    line_parts: pa.Table | None


def settle_part(part: Part, law: LawRows, setting: Setting) -> SettledPart:
    """Settle a part. AssertionError if a statement does not add up, which no input may bring about."""
    people_table, visit_table = in_order(part.people), in_order(part.visits, "seq")
    diseases, subtypes = law.law.diseases, Subtypes()
    people = read_people(people_table, law.class_of)
    categories = read_categories(in_order(part.categories))
    recognitions = read_recognitions(in_order(part.recognitions), diseases, subtypes)
    waivers = read_waivers(in_order(part.waivers), diseases)
    visits = read_visits(visit_table, diseases, subtypes)

    heads = distinct(people.person)
    persons = people.rows[heads[:-1]]
    persons["row"], persons["rows"] = heads[:-1], np.diff(heads)
    persons["named"] = np.diff(people.person.offsets)[heads[:-1]] > 0
    strays = {}
    for name, table in (
        ("visits", visits), ("categories", categories), ("recognitions", recognitions), ("waivers", waivers),
    ):  # fmt: skip
        found, strays[name] = spans(people.person, heads, table.person)
        persons[name], persons[f"{name}_end"] = found[:, 0], found[:, 1]
    lines, rows_of_lines, stray_lines = None, np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
    if part.lines is not None:
        lines_table = in_order(part.lines, "seq", "line" if setting.lines_out else "")
        lines = read_lines(lines_table)
        of_lines, stray_lines = spans(people.person, heads, lines.person)
        rows_of_lines = put_lines(persons, visits.rows, lines.rows, text(lines_table, "line"), of_lines)

    calendar = law.calendar(visits.rows["day"])
    only_year = NO_YEAR if setting.year is None else setting.year
    put_names(persons, visits.rows, text(visit_table, "visit"), calendar, only_year)
    out = make_out(len(visits.rows), len(persons))
    years = walk(
        Tables(persons, categories.rows, recognitions.rows, waivers.rows, visits.rows),
        calendar,
        law.table(persons["region"], persons["household"], calendar),
        only_year,
        setting.close_year,
        out,
    )
    if years < 0:
        person, seq = visits.person.at(-1 - years), visits.rows["seq"][-1 - years]
        raise AssertionError(f"the statement of person {person!r}, seq {seq} does not add up")

    rejects = Rejects(law, setting.lang)
    for name, table, mistake in (
        ("categories", categories, m.CATEGORY_PERSON),
        ("recognitions", recognitions, m.RECOGNISED_PERSON),
        ("waivers", waivers, m.WAIVED_PERSON),
    ):
        rejects.add_strays(table.person, strays[name], mistake)
    if lines is not None:
        rejects.add_strays(lines.person, stray_lines, m.LINE_PERSON)
    rejects.add_stray_visits(visits, strays["visits"])
    rejects.add_refused(people.person, visits, out, years)
    out.done["refusal"][strays["visits"]] = m.VISIT_PERSON

    settled = np.flatnonzero(out.done["refusal"] == SETTLED)
    with_parts = setting.lines_out and lines is not None
    return SettledPart(
        _statements(visit_table, settled, out, law),
        _years(people_table, out.years[:years], law, setting),
        rejects.table(),
        line_parts(lines_table, lines.rows, rows_of_lines, visit_table, settled, out)
        if with_parts and lines
        else None,
    )


def in_order(table: pa.Table, *columns: str) -> pa.Table:
    """The table sorted by person and ``columns``; as it is, if it is so already."""
    columns = tuple(filter(None, columns))
    table = table.combine_chunks()
    seq = np.zeros(0, np.int32)
    if "seq" in columns:
        seq = numbers(table, "seq", NO_SEQ)
    if "line" not in columns and first_fall(text(table, "person"), sealed(seq)) < 0:
        return table
    return table.sort_by([(name, "ascending") for name in ("person", *columns)]).combine_chunks()


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
