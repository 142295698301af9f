"""Settling in memory on one core, beside copying the same bytes from memory to memory.

    python -m benchmarks.tables.memory FOLDER ROUNDS

Two ways of settling, each in a pair with its own copy, turn about. *The step*: visits already reduced to the flat
record that ``rules.year.step`` takes, person by person, into one statement each. *The walk*: the rows of all tables as
read – checked, facts looked up by date, terms found, year's end – into columns. A copy takes what its partner reads and
what it writes, each byte once, into memory that has been touched before.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.tables.common import law_rows, report, taken, whole
from numba import njit

from sanchong.batch.columns import text
from sanchong.batch.compile import Records, record_dtype, to_records
from sanchong.batch.days import NO_YEAR, Calendar
from sanchong.batch.kernel import walk
from sanchong.batch.law_rows import LawRows, LawTable
from sanchong.batch.names import put_names
from sanchong.batch.outcome import AMOUNTS, make_out
from sanchong.batch.records import Rows, rows_of
from sanchong.batch.reduce import put_visit
from sanchong.batch.rows import Tables
from sanchong.rules.year import step
from sanchong.shapes import CONDITIONS, WORDS, State, Statement, Visit

Numbers = Any
_VISIT, _STATE, _BOOK = to_records([Visit()]), to_records([State()]), to_records([Statement()])
_STATES = _STATE.dtype


@dataclass
class Pair:
    """Something that settles, and the memory that it reads and writes."""

    name: str
    visits: int
    work: Callable[[], Any]
    memory: list[Numbers]
    copies: list[Numbers] = field(default_factory=list)
    times: list[tuple[float, float]] = field(default_factory=list)
    copying: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Each array as bytes, and room for a copy of it."""
        self.memory = [np.ascontiguousarray(array).view(np.uint8).reshape(-1) for array in self.memory]
        self.copies = [array.copy() for array in self.memory]

    def copy(self) -> None:
        """Copy every byte once."""
        for array, copy in zip(self.memory, self.copies, strict=True):
            np.copyto(copy, array)

    def take(self) -> None:
        """Measure one round."""
        self.times.append(taken(self.work))
        self.copying.append(taken(self.copy))

    def said(self) -> dict[str, Any]:
        """What was measured."""
        return {
            "name": self.name,
            "visits": self.visits,
            "bytes": sum(array.nbytes for array in self.memory),
            "times": self.times,
            "copying": self.copying,
        }


def main() -> None:
    """Measure and report."""
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
    law = law_rows()
    rows = rows_of(whole(folder), law, False)
    calendar = law.calendar(rows.tables.visits["day"])
    table = law.table(rows.tables.people["region"], rows.tables.people["household"], calendar)
    pairs = [the_walk(rows, law, calendar, table), the_step(rows, calendar, table)]
    for pair in pairs:
        pair.work(), pair.copy()  # once unmeasured: compiled, and the memory touched
    for _ in range(rounds):
        for pair in pairs:
            pair.take()
    report([pair.said() for pair in pairs])


def the_walk(rows: Rows, law: LawRows, calendar: Calendar, table: LawTable) -> Pair:
    """Rows of all tables in, columns out."""
    tables, ids = rows.tables, text(rows.visit_table, "visit")
    visits = len(tables.visits)
    out = make_out(visits, len(tables.people))

    def work() -> int:
        put_names(tables.people, tables.visits, ids, calendar, NO_YEAR)
        return walk(tables, calendar, table, NO_YEAR, True, out)

    columns = [out.amounts[:AMOUNTS, :visits], out.used[:WORDS, :visits]]
    return Pair("the walk", visits, work, [*tables, *ids, *columns, out.done, out.years[: work()]])


def the_step(rows: Rows, calendar: Calendar, table: LawTable) -> Pair:
    """Reduced visits in, statements out."""
    visits, people = len(rows.tables.visits), len(rows.tables.people)
    reduced, books = np.repeat(_VISIT, visits), np.zeros(visits, record_dtype(Statement))
    terms_of, ends = np.zeros(visits, np.int32), np.zeros(people, np.int32)
    _reduce(rows.tables, calendar, table, reduced, terms_of, ends)

    def work() -> None:
        _fold(reduced, terms_of, ends, table.terms, books)

    return Pair("the step", visits, work, [reduced, terms_of, ends, books])


@njit
def _reduce(
    tables: Tables, calendar: Calendar, law: LawTable, reduced: Records, terms_of: Numbers, ends: Numbers
) -> None:
    since = np.empty(len(CONDITIONS), np.int64)
    for p in range(len(tables.people)):
        person = tables.people[p]
        for i in range(person.visits, person.visits_end):
            visit = tables.visits[i]
            day = calendar.days[visit.day - calendar.first]
            row = law.row[person.region, person.household, day.segment]
            put_visit(reduced[i], visit, day, law.terms[row], person, tables, since)
            terms_of[i] = row
        ends[p] = person.visits_end


@njit(nogil=True)
def _fold(visits: Records, terms_of: Numbers, ends: Numbers, terms: Records, books: Records) -> None:
    states = np.empty(1, _STATES)
    first = 0
    for end in ends:
        if end > first:
            states[0] = _STATE[0]
        for i in range(first, end):
            books[i] = _BOOK[0]
            step(states[0], visits[i], terms[terms_of[i]], books[i])
        first = end


if __name__ == "__main__":
    main()
