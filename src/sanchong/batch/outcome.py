"""Compiled: what a walk writes – of visits column by column, of person-years row by row – and who is refused."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sanchong.batch.columns import Array
from sanchong.batch.compile import Records, compiled, record_dtype
from sanchong.batch.days import NO_YEAR, Calendar, year_of
from sanchong.batch.rows import DoneRow, PersonRow, YearRow
from sanchong.shapes import SETTLED, STATEMENT_AMOUNTS, WORDS, Closing, State, Statement, Visit

AMOUNTS: Final = len(STATEMENT_AMOUNTS)
SAME_YEAR: Final = -1
"""Refused because another row of the person's year is."""
FACTS: Final = -2
"""Refused by an obstacle that the step found in the facts."""
VALUES: Final = -3
"""Refused by a policy value that was needed."""
CLOSING: Final = -4
"""Refused by a policy value that the year's end needed."""
UNBALANCED: Final = -5
"""A statement does not add up, which no input may bring about."""
NOBODY: Final = -1
"""No visit is at fault."""


class Out(NamedTuple):
    """What a walk writes: by visit its ``amounts`` and look-ups ``used``, column by column, and the rest; by year."""

    amounts: Array
    used: Array
    done: Records
    years: Records


_first = [record_dtype(Statement).fields[name][1] for name in STATEMENT_AMOUNTS]  # type: ignore[index]
assert _first == [8 * place for place in range(AMOUNTS)], "a statement's amounts are its first words"


def make_out(visits: int, people: int) -> Out:
    """Room for what becomes of so many visits and people."""
    return Out(
        _columns(AMOUNTS, visits),
        _columns(WORDS, visits),
        np.zeros(visits, record_dtype(DoneRow)),
        np.empty(visits + people, record_dtype(YearRow)),
    )


def _columns(count: int, rows: int) -> Array:
    """Columns whose starts do not fall into one set of the processor's cache."""
    whole = np.empty((count, (rows // 512 + 1) * 512 + 24), np.int64)
    return whole


@compiled
def put_statement(out: Out, i: int, row: int, book: Statement, words: Array) -> None:
    """What a visit came to under the terms of ``row``; ``words`` is its statement as 64-bit words."""
    for column in range(AMOUNTS):
        out.amounts[column, i] = words[column]
    for word in range(WORDS):
        out.used[word, i] = book.used[word]
    done: DoneRow = out.done[i]
    done.gates = book.gates
    done.terms = row


@compiled
def adds_up(book: Statement) -> bool:
    """Both identities of a visit, and no payer's part negative: settlement.attribution asserts the same."""
    apart = book.dual_channel + book.out_of_scope + book.out_of_catalogue + book.over_price + book.advance
    paid = book.pooled + book.catastrophic + book.other + book.assistance + book.hospital + book.patient
    least = min(book.pooled, book.catastrophic, book.other, book.assistance, book.hospital, book.patient)
    return book.total == apart + book.in_policy and book.total - book.dual_channel == paid and least >= 0


@compiled
def put_reason(reason: YearRow, row: int, record: Visit, book: Statement) -> None:
    """Of a visit that the step refused under the terms of ``row``: what the refusal's words need."""
    reason.terms = row
    reason.fact = book.refusal
    reason.condition = record.condition
    reason.held = record.held
    reason.waived = record.waived
    for word in range(WORDS):
        reason.used[word] = book.used[word]


@compiled
def refuse(
    out: Out,
    visits: Records,
    person: PersonRow,
    calendar: Calendar,
    year: int,
    place: int,
    refusal: int,
    cause: int,
) -> None:
    """Refuse a person's year (NO_YEAR: every year) for what stands at visit ``cause``, or at NOBODY."""
    refused: YearRow = out.years[place]
    refused.person = person.row
    refused.year = year
    refused.refusal = refusal
    refused.cause = cause
    for i in range(person.visits, person.visits_end):
        if year == NO_YEAR or year_of(visits[i].day, calendar) == year:
            out.done[i].refusal = SAME_YEAR
            out.done[i].year = place
    if cause != NOBODY:
        out.done[cause].refusal = refusal


@compiled
def put_year(done: YearRow, person: PersonRow, year: int, row: int, state: State, closing: Closing) -> None:
    """The sums of a person-year closed under the terms of ``row``, as settlement writes them."""
    done.refusal = SETTLED
    done.person = person.row
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
