"""Compiled: the reduced amounts of visits that come with fee lines, line by line by rules.scope."""

from __future__ import annotations

from math import gcd

import numpy as np

from sanchong.batch import mistakes as m
from sanchong.batch.checks import line_mistake
from sanchong.batch.columns import NO_FEN, Array, Text
from sanchong.batch.compile import Records, compiled, kept
from sanchong.batch.rows import LineRow, PersonRow, VisitRow
from sanchong.batch.spans import compare
from sanchong.money import MAX_AMOUNT, NO_LIMIT, Rate
from sanchong.rules.scope import Split, line_scope
from sanchong.shapes import CLASS_B, SPECIAL_DRUG


def put_lines(people: Records, visits: Records, lines: Records, ids: Text, line_spans: Array) -> Array:
    """Give visits the amounts of their lines, or the mistake in them. Both tables are sorted by (person, seq).

    Returns each visit's first line and the end. A person's lines of a visit that there is not are noted on the person.
    """
    rows = np.zeros((len(visits), 2), np.int64)
    _put_lines(people, visits, lines, ids, line_spans, rows)
    return rows


@kept
def split(lines: Records, place: int) -> Split:
    """A line's amount by where it belongs."""
    line: LineRow = lines[place]
    rate = Rate(0, 1)
    if line.line_class == CLASS_B:
        common = gcd(line.rate_num, line.rate_den)
        rate = Rate(line.rate_num // common, line.rate_den // common)
    return line_scope(
        line.amount,
        int(line.line_class),
        line.related != 0,
        line.conforming != 0,
        line.dual_channel == 1,
        NO_LIMIT if line.price_cap == NO_FEN else line.price_cap,
        rate,
    )


@kept
def _put_lines(
    people: Records, visits: Records, lines: Records, ids: Text, line_spans: Array, rows: Array
) -> None:
    for p in range(len(people)):
        person: PersonRow = people[p]
        at, last = line_spans[p]
        for i in range(person.visits, person.visits_end):
            visit: VisitRow = visits[i]
            while at < last and lines[at].seq < visit.seq:
                person.stray_line = m.LINE_SEQ
                at += 1
            stop = at
            while stop < last and lines[stop].seq == visit.seq:
                stop += 1
            rows[i, 0], rows[i, 1] = at, stop
            alike = i + 1 < person.visits_end and visits[i + 1].seq == visit.seq
            if stop > at and (alike or (i > person.visits and visits[i - 1].seq == visit.seq)):
                visit.line_mistake = m.LINE_TWO_YEARS
            else:
                visit.line_mistake = _put_sums(visit, lines, ids, at, stop)
            if not alike:
                at = stop
        if at < last:
            person.stray_line = m.LINE_SEQ


@compiled
def _put_sums(visit: VisitRow, lines: Records, ids: Text, first: int, end: int) -> int:
    """Put the sums of a visit's lines in place of the amounts that it does not state; the mistake in them, if any."""
    stated = (
        visit.total != NO_FEN
        or visit.dual_channel != NO_FEN
        or visit.out_of_scope != NO_FEN
        or visit.out_of_catalogue != NO_FEN
        or visit.over_price != NO_FEN
        or visit.advance != NO_FEN
        or visit.in_policy != NO_FEN
    )
    if end == first and (stated or visit.kind == SPECIAL_DRUG):
        return m.NO_MISTAKE
    if visit.kind == SPECIAL_DRUG:
        return m.LINE_NO_PLACE
    if stated:
        return m.REDUCED_TWICE
    for place in range(first, end):
        wrong = line_mistake(lines[place])
        if wrong != m.NO_MISTAKE:
            return wrong
        for other in range(first, place):
            if lines[other].id == lines[place].id and compare(ids, other, ids, place) == 0:
                return m.LINE_REPEATED
    total = dual_channel = out_of_scope = out_of_catalogue = over_price = advance = in_policy = 0
    for place in range(first, end):
        part = split(lines, place)
        dual_channel += part.dual_channel
        out_of_scope += part.out_of_scope
        out_of_catalogue += part.out_of_catalogue
        over_price += part.over_price
        advance += part.advance
        in_policy += part.in_policy
        total += lines[place].amount
        if total > MAX_AMOUNT:
            return m.YEAR_TOO_LARGE
    visit.total = total
    visit.dual_channel = dual_channel
    visit.out_of_scope = out_of_scope
    visit.out_of_catalogue = out_of_catalogue
    visit.over_price = over_price
    visit.advance = advance
    visit.in_policy = in_policy
    return m.NO_MISTAKE
