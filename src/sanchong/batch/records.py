"""A part as records: its tables in order, read row by row, with each person's rows found in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from sanchong.batch import mistakes as m
from sanchong.batch.codes import (
    Read,
    Subtypes,
    read_categories,
    read_lines,
    read_people,
    read_recognitions,
    read_visits,
    read_waivers,
)
from sanchong.batch.columns import NO_SEQ, Array, Text, numbers, sealed, text
from sanchong.batch.compile import Records
from sanchong.batch.law_rows import LawRows
from sanchong.batch.lines import put_lines
from sanchong.batch.rows import Tables
from sanchong.batch.spans import distinct, first_fall, spans


@dataclass(frozen=True, slots=True)
class Part:
    """All rows of some people."""

    people: pa.Table
    categories: pa.Table
    recognitions: pa.Table
    waivers: pa.Table
    visits: pa.Table
    lines: pa.Table | None


class Lines(NamedTuple):
    """The fee lines of a part: their table, its rows as records, and of each visit the first line and the end."""

    table: pa.Table
    rows: Records
    of_visit: Array


class Strays(NamedTuple):
    """Rows of a table whose person is not in people: the column that names them, the rows, the mistake."""

    person: Text
    rows: Array
    mistake: int


class Rows(NamedTuple):
    """A part as records, for the walk, and what is needed to write its results."""

    people_table: pa.Table
    visit_table: pa.Table
    people: Text
    visits: Read
    tables: Tables
    stray_visits: Array
    strays: list[Strays]
    """Those of the other tables."""
    lines: Lines | None


def rows_of(part: Part, law: LawRows, lines_in_order: bool) -> Rows:
    """The rows of a part. ``lines_in_order``: the lines of a visit are to stand in the order of their ids."""
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
    stray = {}
    for name, table in (
        ("visits", visits), ("categories", categories), ("recognitions", recognitions), ("waivers", waivers),
    ):  # fmt: skip
        found, stray[name] = spans(people.person, heads, table.person)
        persons[name], persons[f"{name}_end"] = found[:, 0], found[:, 1]
    strays = [
        Strays(categories.person, stray["categories"], m.CATEGORY_PERSON),
        Strays(recognitions.person, stray["recognitions"], m.RECOGNISED_PERSON),
        Strays(waivers.person, stray["waivers"], m.WAIVED_PERSON),
    ]
    lines = None
    if part.lines is not None:
        lines_table = in_order(part.lines, "seq", "line" if lines_in_order else "")
        read = read_lines(lines_table)
        of_person, stray_lines = spans(people.person, heads, read.person)
        of_visit = put_lines(persons, visits.rows, read.rows, text(lines_table, "line"), of_person)
        lines = Lines(lines_table, read.rows, of_visit)
        strays.append(Strays(read.person, stray_lines, m.LINE_PERSON))
    tables = Tables(persons, categories.rows, recognitions.rows, waivers.rows, visits.rows)
    return Rows(people_table, visit_table, people.person, visits, tables, stray["visits"], strays, lines)


def in_order(table: pa.Table, *columns: str) -> pa.Table:
    """The table sorted by person and ``columns``; as it is, if it is so already."""
    columns = tuple(filter(None, columns))
    table = table.combine_chunks()
    seq: Any = np.zeros(0, np.int32)
    if "seq" in columns:
        seq = numbers(table, "seq", NO_SEQ)
    if "line" not in columns and first_fall(text(table, "person"), sealed(seq)) < 0:
        return table
    return table.sort_by([(name, "ascending") for name in ("person", *columns)]).combine_chunks()
