"""Compiled: the walk over a part's people, year by year, through the one step of the fold.

Rows go in, columns come out. Whatever refuses a person's year leaves a number and what is needed to say
it in words; the interpreter is needed for nothing in between.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sanchong.batch import mistakes as m
from sanchong.batch.columns import Array
from sanchong.batch.compile import Records, compiled, kept, to_records
from sanchong.batch.days import NO_YEAR, Calendar
from sanchong.batch.law_rows import LawTable
from sanchong.batch.outcome import (
    CLOSING,
    FACTS,
    NOBODY,
    UNBALANCED,
    VALUES,
    Out,
    adds_up,
    put_reason,
    put_statement,
    put_year,
    refuse,
)
from sanchong.batch.reduce import put_visit
from sanchong.batch.rows import DayRow, PersonRow, Tables, VisitRow
from sanchong.batch.years import check_year, years_of
from sanchong.rules.assistance import close_year
from sanchong.rules.year import step
from sanchong.settlement.reading import FIRST_YEAR
from sanchong.shapes import CONDITIONS, SETTLED, WORDS, Closing, State, Statement, Terms, Visit

_VISIT: Final = to_records([Visit()])
_STATE: Final = to_records([State()])
_BOOK: Final = to_records([Statement()])
_CLOSING: Final = to_records([Closing()])
"""New ones, from which a walk's records are made anew again and again."""
_VISIT_DTYPE, _STATE_DTYPE, _BOOK_DTYPE, _CLOSING_DTYPE = (
    blank.dtype for blank in (_VISIT, _STATE, _BOOK, _CLOSING)
)


class Scratch(NamedTuple):
    """One record of each kind, which a walk uses over and over; the statement also as 64-bit words.

    The walk makes it itself: compiled code then knows that nothing else lies there.
    """

    visit: Records
    state: Records
    book: Records
    book_words: Array
    closing: Records
    since: Array


@kept
def walk(
    tables: Tables,
    calendar: Calendar,
    law: LawTable,
    only_year: int,
    closes: bool,
    out: Out,
) -> int:
    """Settle every person of a part; returns the number of person-years, or −1 − i where visit i does not add up.

    Visits are sorted by (person, seq); ``only_year`` is the one year to settle or NO_YEAR for that of each date.
    """
    people, visits = tables.people, tables.visits
    book = np.empty(1, _BOOK_DTYPE)
    scratch = Scratch(
        np.empty(1, _VISIT_DTYPE),
        np.empty(1, _STATE_DTYPE),
        book,
        book.view(np.int64),
        np.empty(1, _CLOSING_DTYPE),
        np.empty(len(CONDITIONS), np.int64),
    )
    state: State = scratch.state[0]
    closing: Closing = scratch.closing[0]
    count = 0
    for p in range(len(people)):
        person: PersonRow = people[p]
        wrong, cause, least, most = years_of(person, tables, calendar, only_year)
        if wrong != m.NO_MISTAKE:
            refuse(out, visits, person, calendar, NO_YEAR, count, wrong, cause)
            count += 1
            continue
        for year in range(least, most + 1):
            whole = only_year != NO_YEAR or least == most
            there, wrong, cause = check_year(person, tables, calendar, year, whole)
            if not there:
                continue
            if wrong == m.NO_MISTAKE and person.region < 0:
                wrong, cause = m.REGION, NOBODY
            scratch.state[0] = _STATE[0]
            if wrong == m.NO_MISTAKE:
                wrong, cause = fold_year(person, year, whole, tables, calendar, law, scratch, out, count)
            if wrong == UNBALANCED:
                return -1 - cause
            if wrong == m.NO_MISTAKE:
                row = law.row[person.region, person.household, law.close_segment[year - FIRST_YEAR]]
                scratch.closing[0] = _CLOSING[0]
                if closes:
                    close_year(state, law.terms[row], closing)
                    for word in range(WORDS):
                        if closing.used[word] & law.refused_at_close[row, word] != 0:
                            wrong = CLOSING
                put_year(out.years[count], person, year, row, state, closing)
            if wrong != m.NO_MISTAKE:
                refuse(out, visits, person, calendar, NO_YEAR if whole else year, count, wrong, cause)
            count += 1
    return count


@compiled
def fold_year(
    person: PersonRow,
    year: int,
    whole: bool,
    tables: Tables,
    calendar: Calendar,
    law: LawTable,
    scratch: Scratch,
    out: Out,
    place: int,
) -> tuple[int, int]:
    """Fold the visits of a person's year into the scratch's state; what refuses it, and the visit at fault."""
    visits = tables.visits
    state: State = scratch.state[0]
    record: Visit = scratch.visit[0]
    book: Statement = scratch.book[0]
    for i in range(person.visits, person.visits_end):
        visit: VisitRow = visits[i]
        day: DayRow = calendar.days[visit.day - calendar.first]
        if not whole and day.year != year:
            continue
        row = law.row[person.region, person.household, day.segment]
        terms: Terms = law.terms[row]
        scratch.visit[0] = _VISIT[0]
        scratch.book[0] = _BOOK[0]
        put_visit(record, visit, day, terms, person, tables, scratch.since)
        step(state, record, terms, book)
        wrong = m.NO_MISTAKE
        for word in range(WORDS):
            if book.used[word] & law.refused[row, word] != 0:
                wrong = VALUES
        if book.refusal != SETTLED:
            wrong = FACTS
        if wrong != m.NO_MISTAKE:
            put_reason(out.years[place], row, record, book)
            return wrong, i
        if not adds_up(book):
            return UNBALANCED, i
        put_statement(out, i, row, book, scratch.book_words)
    return m.NO_MISTAKE, NOBODY
