"""The lines' parts of settled statements, by settlement's own attribution."""

from __future__ import annotations

import pyarrow as pa

from sanchong.batch.columns import Array
from sanchong.batch.compile import Records
from sanchong.batch.lines import split
from sanchong.batch.outcome import Out
from sanchong.batch.tables import LINE_PARTS
from sanchong.rules.scope import Split
from sanchong.settlement.attribution import LinePart, attribute, check_statement
from sanchong.shapes import STATEMENT_AMOUNTS, Statement


def line_parts(
    table: pa.Table, lines: Records, rows: Array, visits: pa.Table, settled: Array, out: Out
) -> pa.Table:
    """What each payer bears of each line of the settled visits.

    ``lines`` are the rows of ``table``, and ``rows`` each visit's first line and the end.
    """
    places: list[int] = []
    parts: list[LinePart] = []
    for visit in settled.tolist():
        first, end = rows[visit].tolist()
        if first < end:
            book = Statement(**dict(zip(STATEMENT_AMOUNTS, out.amounts[:, visit].tolist(), strict=True)))
            splits = [Split(*split(lines, row)) for row in range(first, end)]
            found = attribute(splits, book)
            check_statement(book, found)
            places += range(first, end)
            parts += found
    chosen = table.select(["person", "seq", "line"]).take(pa.array(places, pa.int64()))
    columns = list(zip(*parts, strict=True)) or [()] * len(LinePart._fields)
    arrays = [pa.array(column, pa.int64()) for column in columns]
    return pa.table([*chosen.columns, *arrays], LINE_PARTS.schema)
