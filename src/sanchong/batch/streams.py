"""Parts of sorted input: all tables read side by side, cut where a person ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from sanchong.batch.columns import sealed, text
from sanchong.batch.records import Part
from sanchong.batch.sources import Source
from sanchong.batch.spans import first_fall
from sanchong.batch.tables import CATEGORIES_TABLE, LINES, PEOPLE, RECOGNITIONS, VISITS, WAIVERS

_NO_SEQ = sealed(np.zeros(0, np.int32))


class Unsorted(Exception):
    """A table's rows do not come sorted by person."""


class _Stream:
    """One sorted table, read ahead by some rows."""

    def __init__(self, source: Source, rows: int) -> None:
        self._tables = source.tables(rows)
        self._rows = rows
        self._held: pa.Table = source.schema.empty_table()
        self._ended = False

    def boundary(self) -> str | None:
        """Read ahead; the last person of whom all rows are here, None where no row is left unread."""
        while not self._ended:
            if len(self._held) >= self._rows:
                last = self._held["person"][-1].as_py()
                first = self._first_from(last)
                if first > 0:
                    found: str = self._held["person"][first - 1].as_py()
                    return found
            self._read()
        return None

    def _read(self) -> None:
        table = next(self._tables, None)
        if table is None:
            self._ended = True
            return
        whole = pa.concat_tables([self._held, table])  # its chunks are joined by who settles the part
        if first_fall(text(whole.slice(max(len(self._held) - 1, 0)), "person"), _NO_SEQ) >= 0:
            raise Unsorted
        self._held = whole

    def _first_from(self, person: str) -> int:
        """The first held row that does not stand before ``person``."""
        names = self._held["person"]
        low, high = 0, len(names)
        wanted = person.encode()
        while low < high:
            middle = (low + high) // 2
            if names[middle].as_py().encode() < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def take_through(self, person: str | None) -> pa.Table:
        """All held rows up to and with ``person``; None: all rows."""
        end = len(self._held) if person is None else self._first_from(person + "\0")
        taken, self._held = self._held.slice(0, end), self._held.slice(end)
        return taken


def sorted_parts(sources: Mapping[str, Source], with_lines: bool, rows: int) -> Iterator[Part]:
    """Parts of about ``rows`` rows of the longest table each; Unsorted as soon as a row stands out of order."""
    streams = {name: _Stream(source, rows) for name, source in sources.items()}
    while True:
        ends = [end for stream in streams.values() if (end := stream.boundary()) is not None]
        through = min(ends, key=str.encode) if ends else None
        taken = {name: stream.take_through(through) for name, stream in streams.items()}
        yield part_of(taken, with_lines)
        if through is None:
            return


def part_of(tables: Mapping[str, pa.Table], with_lines: bool) -> Part:
    """A part from its tables by name."""
    return Part(
        tables[PEOPLE.name],
        tables[CATEGORIES_TABLE.name],
        tables[RECOGNITIONS.name],
        tables[WAIVERS.name],
        tables[VISITS.name],
        tables[LINES.name] if with_lines else None,
    )
