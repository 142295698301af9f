"""Compiled: the walk over a part's people, year by year, through the one step of the fold.

Rows go in, columns come out. Whatever refuses a person's year leaves a number and what is needed to say
it in words; the interpreter is needed for nothing in between.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sanchong.batch import mistakes as m
from sanchong.batch.checks import content_mistake, disease_mistake, naming_mistake, person_mistake
from sanchong.batch.codes import inpatient_classes
from sanchong.batch.columns import EPOCH, Array, Text
from sanchong.batch.compile import Records, compiled, kept, record_dtype, to_records
from sanchong.batch.law_rows import LawTable
from sanchong.batch.reduce import category_on, put_diseases, put_facts, subtype_open, waived_pairs
from sanchong.batch.rows import DayRow, DoneRow, PersonRow, VisitRow, YearRow
from sanchong.batch.spans import compare
from sanchong.money import MAX_AMOUNT
from sanchong.rules.assistance import close_year
from sanchong.rules.year import step
from sanchong.settlement.reading import FIRST_YEAR
from sanchong.shapes import (
    CONDITIONS,
    OUTPATIENT,
    SETTLED,
    STATEMENT_AMOUNTS,
    WORDS,
    Closing,
    State,
    Statement,
    Terms,
    Visit,
)

AMOUNTS: Final = len(STATEMENT_AMOUNTS)
SAME_YEAR: Final = -1
"""Refused because another row of the person's year is."""
FACTS: Final = -2
"""Refused by an obstacle that the step found in the facts."""
VALUES: Final = -3
"""Refused by a policy value that was needed."""
CLOSING: Final = -4
"""Refused by a policy value that the year's end needed."""
NO_YEAR: Final = 0
"""The year of a refusal that is no year's."""
NOBODY: Final = -1
"""No visit is at fault."""
FEW: Final = 32
"""Up to so many visits of a year their ids are compared pair by pair."""
_LATE: Final = 9999


class Tables(NamedTuple):
    """A part's rows. ``ids`` are the visits' ids."""

    people: Records
    categories: Records
    recognitions: Records
    waivers: Records
    visits: Records
    ids: Text


class Scratch(NamedTuple):
    """Records that one walk uses over and over, each beside itself as 64-bit words."""

    visit: Records
    visit_words: Array
    blank_visit: Array
    state: Records
    state_words: Array
    book: Records
    book_words: Array
    closing: Records
    closing_words: Array
    since: Array
    classes: Array


class Out(NamedTuple):
    """What a walk writes: by visit its ``amounts`` and look-ups ``used``, column by column, and the rest; by year."""

    amounts: Array
    used: Array
    done: Records
    years: Records


def make_scratch() -> Scratch:
    """Room for one walk."""
    visit, state = to_records([Visit()]), to_records([State()])
    book, closing = to_records([Statement()]), to_records([Closing()])
    for blank in (state, book, closing):
        assert not _words(blank).any()
    return Scratch(
        visit,
        _words(visit),
        _words(visit).copy(),
        state,
        _words(state),
        book,
        _words(book),
        closing,
        _words(closing),
        np.zeros(len(CONDITIONS), np.int64),
        inpatient_classes(),
    )


def _words(records: Records) -> Array:
    return records.view(np.int64)


_first = [record_dtype(Statement).fields[name][1] for name in STATEMENT_AMOUNTS]  # type: ignore[index]
assert _first == [8 * place for place in range(AMOUNTS)], "a statement's amounts are its first words"


def make_out(visits: int, people: int) -> Out:
    """Room for what becomes of so many visits and people."""
    return Out(
        _columns(AMOUNTS, visits),
        _columns(WORDS, visits),
        np.zeros(visits, record_dtype(DoneRow)),
        np.zeros(visits + people, record_dtype(YearRow)),
    )


def _columns(count: int, rows: int) -> Array:
    """Columns whose starts do not fall into one set of the processor's cache."""
    whole = np.empty((count, (rows // 512 + 1) * 512 + 24), np.int64)
    return whole


@compiled
def year_of(day: int, days: Records, first_day: int) -> int:
    """The year of a date, NO_YEAR where it is none that can be settled."""
    if day < first_day or day >= first_day + len(days):
        return NO_YEAR
    return int(days[day - first_day].year)


@kept
def walk(
    tables: Tables,
    days: Records,
    first_day: int,
    law: LawTable,
    only_year: int,
    closes: bool,
    scratch: Scratch,
    out: Out,
) -> int:
    """Settle every person of a part; returns the number of person-years, or −1 − i where visit i does not add up.

    Visits are sorted by (person, seq). ``days`` is the calendar from ``first_day`` on; ``only_year`` is the one year to
    settle or NO_YEAR for that of each date.
    """
    people, visits = tables.people, tables.visits
    categories, recognitions, waivers = tables.categories, tables.recognitions, tables.waivers
    terms_table, row_of, close_segment = law.terms, law.row, law.close_segment
    refused_slots, refused_at_close = law.refused, law.refused_at_close
    record: Visit = scratch.visit[0]
    state: State = scratch.state[0]
    book: Statement = scratch.book[0]
    closing: Closing = scratch.closing[0]
    visit_words, blank_visit = scratch.visit_words, scratch.blank_visit
    state_words, book_words, closing_words = scratch.state_words, scratch.book_words, scratch.closing_words
    since, classes = scratch.since, scratch.classes
    amounts, used, done, years = out.amounts, out.used, out.done, out.years
    count = 0
    for p in range(len(people)):
        person: PersonRow = people[p]
        first, end = person.visits, person.visits_end
        wrong, cause, least, most = years_of(
            person, categories, recognitions, waivers, visits, days, first_day, only_year
        )
        if wrong != m.NO_MISTAKE:
            refuse(done, years, visits, first, end, days, first_day, NO_YEAR, count, person.row, wrong, cause)
            count += 1
            continue
        for year in range(least, most + 1):
            whole = only_year != NO_YEAR or least == most
            refused_year = NO_YEAR if whole else year
            there, wrong, cause = check_year(
                person, visits, tables.ids, recognitions, days, first_day, year, whole
            )
            if not there:
                continue
            if wrong == m.NO_MISTAKE and person.region < 0:
                wrong, cause = m.REGION, NOBODY
            state_words[:] = 0
            for i in range(first, end):
                if wrong != m.NO_MISTAKE:
                    break
                visit: VisitRow = visits[i]
                day: DayRow = days[visit.day - first_day]
                if not whole and day.year != year:
                    continue
                row = row_of[person.region, person.household, day.segment]
                terms: Terms = terms_table[row]
                visit_words[:] = blank_visit
                book_words[:] = 0
                record.day = visit.day + EPOCH
                record.quarter = day.quarter
                record.insurance = person.insurance
                record.category = category_on(categories, person.categories, person.categories_end, visit.day)
                put_facts(record, visit, classes)
                if visit.kind == OUTPATIENT:
                    put_diseases(
                        record, visit, recognitions, person.recognitions, person.recognitions_end, since
                    )
                    record.waived = waived_pairs(terms, waivers, person.waivers, person.waivers_end)
                step(state, record, terms, book)
                for word in range(WORDS):
                    used[word, i] = book.used[word]
                    if book.used[word] & refused_slots[row, word] != 0:
                        wrong = VALUES
                if book.refusal != SETTLED:
                    wrong = FACTS
                put_done(done[i], row, book, record)
                if wrong != m.NO_MISTAKE:
                    cause = i
                elif not adds_up(book):
                    return -1 - i
                for column in range(AMOUNTS):
                    amounts[column, i] = book_words[column]
            if wrong != m.NO_MISTAKE:
                refuse(
                    done,
                    years,
                    visits,
                    first,
                    end,
                    days,
                    first_day,
                    refused_year,
                    count,
                    person.row,
                    wrong,
                    cause,
                )
                count += 1
                continue
            row = row_of[person.region, person.household, close_segment[year - FIRST_YEAR]]
            closing_words[:] = 0
            if closes:
                close_year(state, terms_table[row], closing)
                for word in range(WORDS):
                    if closing.used[word] & refused_at_close[row, word] != 0:
                        wrong = CLOSING
            if wrong != m.NO_MISTAKE:
                refuse(
                    done,
                    years,
                    visits,
                    first,
                    end,
                    days,
                    first_day,
                    refused_year,
                    count,
                    person.row,
                    wrong,
                    NOBODY,
                )
            put_year(years[count], person.row, year, row, state, closing)
            count += 1
    return count


@compiled
def years_of(
    person: PersonRow,
    categories: Records,
    recognitions: Records,
    waivers: Records,
    visits: Records,
    days: Records,
    first_day: int,
    only_year: int,
) -> tuple[int, int, int, int]:
    """The mistake that refuses all of a person's years with the visit at fault; the first year and the last."""
    wrong = person_mistake(person, categories, recognitions, waivers)
    cause, least, most = NOBODY, only_year, only_year
    if wrong == m.NO_MISTAKE and only_year == NO_YEAR:
        least, most = _LATE, NO_YEAR
        for i in range(person.visits, person.visits_end):
            year = year_of(visits[i].day, days, first_day)
            if year == NO_YEAR and wrong == m.NO_MISTAKE:
                wrong, cause = m.DATE, i
            least, most = min(least, year), max(most, year)
    return wrong, cause, least, most


@compiled
def refuse(
    done: Records,
    years: Records,
    visits: Records,
    first: int,
    end: int,
    days: Records,
    first_day: int,
    year: int,
    place: int,
    person: int,
    refusal: int,
    cause: int,
) -> None:
    """Refuse a person's year (NO_YEAR: every year) for what stands at visit ``cause``, or at NOBODY."""
    refused: YearRow = years[place]
    refused.person = person
    refused.year = year
    refused.refusal = refusal
    refused.cause = cause
    for i in range(first, end):
        if year == NO_YEAR or year_of(visits[i].day, days, first_day) == year:
            done[i].refusal = SAME_YEAR
            done[i].year = place
    if cause != NOBODY:
        done[cause].refusal = refusal


@compiled
def check_year(
    person: PersonRow,
    visits: Records,
    ids: Text,
    recognitions: Records,
    days: Records,
    first_day: int,
    year: int,
    whole: bool,
) -> tuple[bool, int, int]:
    """Whether the person has visits in the year, and the first mistake among them with the visit that has it.

    ``whole``: all the person's visits are taken to be of the year.
    """
    first, end = person.visits, person.visits_end
    before = -1
    total = 0
    again = repeated_visit(visits, ids, first, end, days, first_day, year, whole)
    for i in range(first, end):
        visit: VisitRow = visits[i]
        its_year = year_of(visit.day, days, first_day)
        if not whole and its_year != year:
            continue
        wrong = naming_mistake(visit)
        if wrong == m.NO_MISTAKE and its_year != year:
            wrong = m.DATE_YEAR
        if wrong == m.NO_MISTAKE and before >= 0 and visits[before].seq == visit.seq:
            wrong = m.SEQ_REPEATED
        if wrong == m.NO_MISTAKE:
            wrong = disease_mistake(visit)
        if wrong == m.NO_MISTAKE and subtype_open(
            visit, recognitions, person.recognitions, person.recognitions_end
        ):
            wrong = m.SUBTYPE_OPEN
        if wrong == m.NO_MISTAKE:
            wrong = content_mistake(visit)
        if wrong == m.NO_MISTAKE and i == again:
            wrong = m.VISIT_REPEATED
        if wrong == m.NO_MISTAKE:
            total += visit.total
            if total > MAX_AMOUNT:
                wrong = m.YEAR_TOO_LARGE
        if wrong != m.NO_MISTAKE:
            return True, wrong, i
        before = i
    return before >= 0, m.NO_MISTAKE, NOBODY


@compiled
def repeated_visit(
    visits: Records, ids: Text, first: int, end: int, days: Records, first_day: int, year: int, whole: bool
) -> int:
    """The first visit of the year whose id an earlier one has, or -1."""
    if end - first > FEW:
        return repeated_among_many(visits, ids, first, end, days, first_day, year, whole)
    for i in range(first + 1, end):
        for j in range(first, i):
            if visits[i].id == visits[j].id and same_visit(visits, ids, i, j, days, first_day, year, whole):
                return i
    return -1


@compiled
def same_visit(
    visits: Records, ids: Text, i: int, j: int, days: Records, first_day: int, year: int, whole: bool
) -> bool:
    """Whether two visits whose ids have one hash are both of the year and have one id."""
    of_year = whole or (
        year_of(visits[i].day, days, first_day) == year and year_of(visits[j].day, days, first_day) == year
    )
    return of_year and compare(ids, i, ids, j) == 0


@compiled
def repeated_among_many(
    visits: Records, ids: Text, first: int, end: int, days: Records, first_day: int, year: int, whole: bool
) -> int:
    """:func:`repeated_visit` where pair by pair would be too slow: sorted by hash."""
    hashes = np.empty(end - first, np.int64)
    for i in range(first, end):
        hashes[i - first] = visits[i].id
    order = np.argsort(hashes)
    found = end
    for a in range(len(order)):
        b = a + 1
        while b < len(order) and hashes[order[b]] == hashes[order[a]]:
            i, j = first + order[a], first + order[b]
            if same_visit(visits, ids, i, j, days, first_day, year, whole):
                found = min(found, max(i, j))
            b += 1
    return found if found < end else -1


@compiled
def put_done(done: DoneRow, row: int, book: Statement, record: Visit) -> None:
    """What a visit came to beside its amounts, and what a refusal's words need."""
    done.gates = book.gates
    done.terms = row
    done.fact = book.refusal
    done.condition = record.condition
    done.held = record.held
    done.waived = record.waived


@compiled
def adds_up(book: Statement) -> bool:
    """Both identities of a visit, and no payer's part negative: settlement.attribution asserts the same."""
    apart = book.dual_channel + book.out_of_scope + book.out_of_catalogue + book.over_price + book.advance
    paid = book.pooled + book.catastrophic + book.other + book.assistance + book.hospital + book.patient
    least = min(book.pooled, book.catastrophic, book.other, book.assistance, book.hospital, book.patient)
    return book.total == apart + book.in_policy and book.total - book.dual_channel == paid and least >= 0


@compiled
def put_year(done: YearRow, person: int, year: int, row: int, state: State, closing: Closing) -> None:
    """The sums of a person-year, as settlement writes them."""
    done.person = person
    done.year = year
    done.terms = row
    done.pooled = state.pooled
    done.catastrophic_burden = state.catastrophic_burden
    done.catastrophic = state.catastrophic
    done.assistance = state.assistance_used
    done.assistance_deductible = state.deductible_filled
    done.patient = state.patient - closing.assistance
    done.paid_at_end = closing.assistance
    turns = 0
    for at in range(len(closing.paid)):
        done.paid[at] = closing.paid[at]
        if state.deferred_turn[at] > 0:
            turns |= 1 << at
    done.turns = turns
    for word in range(WORDS):
        done.used[word] = closing.used[word]
