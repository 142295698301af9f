"""The lines' parts of settled statements, by settlement's own attribution, compiled.

Compiled whole numbers have 64 bits. Shares are worked out as amount × line, so a visit with more than
some 30 million yuan in policy or out of catalogue is left to the interpreter, which has no such bound.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from sanchong.batch.columns import Array
from sanchong.batch.compile import Records, kept, to_records
from sanchong.batch.lines import split
from sanchong.batch.outcome import AMOUNTS, Out
from sanchong.batch.records import Lines
from sanchong.batch.tables import LINE_PARTS
from sanchong.rules.scope import Split
from sanchong.settlement.attribution import LinePart, attribute, check_statement, lines_add_up
from sanchong.shapes import STATEMENT_AMOUNTS, Statement

WIDEST: Final = 3_000_000_000
"""The largest amount, in fen, that is shared out compiled: its square fits 64 bits."""
MOST_LINES: Final = 1_000_000
"""The most lines of a visit that is shared out compiled: WIDEST times their number fits 64 bits, too."""
PAYERS: Final = len(LinePart._fields)
_BOOK: Final = to_records([Statement()])


def line_parts(lines: Lines, settled: Array, out: Out) -> pa.Table:
    """What each payer bears of each line of the settled visits.

    AssertionError where the lines of a visit do not add up to it, which no input may bring about.
    """
    spans = lines.of_visit[settled]
    starts = np.append(0, np.cumsum(spans[:, 1] - spans[:, 0]))
    places, parts = np.empty(starts[-1], np.int64), np.empty((PAYERS, starts[-1]), np.int64)
    left = np.empty(len(settled), np.int64)
    count = _attribute_all(lines.rows, spans, settled, out.amounts, starts, places, parts, left)
    for at in left[:count].tolist():
        amounts = out.amounts[:, settled[at]].tolist()
        book = Statement(**dict(zip(STATEMENT_AMOUNTS, amounts, strict=True)))
        splits = [Split(*split(lines.rows, row)) for row in range(*spans[at].tolist())]
        found = attribute(splits, book)
        check_statement(book, found)
        parts[:, starts[at] : starts[at + 1]] = np.array(found).T
    chosen = lines.table.select(["person", "seq", "line"]).take(pa.array(places))
    return pa.table([*chosen.columns, *map(pa.array, parts)], LINE_PARTS.schema)


@kept
def _attribute_all(
    lines: Records,
    spans: Array,
    settled: Array,
    amounts: Array,
    starts: Array,
    places: Array,
    parts: Array,
    left: Array,
) -> int:
    """Attribute what fits; ``left`` gets the places in ``settled`` of what is left over, and how many is returned.

    So does a visit whose lines do not add up: the interpreter then says so.
    """
    count = 0
    room = _BOOK.copy()
    book, words = room[0], room.view(np.int64)
    for at in range(len(settled)):
        first, end = spans[at]
        for column in range(AMOUNTS):
            words[column] = amounts[column, settled[at]]
        for place in range(first, end):
            places[starts[at] + place - first] = place
        fits = max(book.in_policy, book.out_of_catalogue) <= WIDEST and end - first <= MOST_LINES
        if first < end and fits:
            found = attribute([split(lines, place) for place in range(first, end)], book)
            fits = lines_add_up(book, found)
            for place in range(len(found)):
                part = found[place]
                to = starts[at] + place
                for payer in range(PAYERS):
                    parts[payer, to] = part[payer]
        if not fits:
            left[count] = at
            count += 1
    return count
