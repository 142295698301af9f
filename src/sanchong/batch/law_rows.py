"""The table of Terms that a batch needs, and how a visit finds its row by whole numbers.

The law changes on few days, so the days fall into segments; and it tells few areas apart, so the
area codes fall into classes. A row of Terms belongs to (class of the insurance area, class of the
household's area, segment).
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from threading import Lock
from typing import Any, Final, NamedTuple

import numpy as np

from sanchong.batch.columns import EPOCH, Array
from sanchong.batch.compile import Records, to_records
from sanchong.batch.days import Calendar
from sanchong.batch.rows import DayRow, pack
from sanchong.dates import quarter_of
from sanchong.law.library import Law
from sanchong.law.terms import Overlay, Resolver, overlaid
from sanchong.settlement.obstacles import refuse_values
from sanchong.settlement.options import Options
from sanchong.settlement.reading import FIRST_YEAR, LAST_YEAR
from sanchong.settlement.refusal import Refusal
from sanchong.shapes import BITS, STATED, STEP_SLOTS, WORDS, Terms

_PAIR: Final = 1 << 14
"""More than the classes of areas that there can be: a class, or a null, is told from the next by it."""


class LawTable(NamedTuple):
    """Terms by row, and beside them which look-ups refuse a visit or a year's end, as bits like ``used``."""

    terms: Records
    row: Array
    """By class of insurance area, class of household area and segment."""
    refused: Array
    refused_at_close: Array
    close_segment: Array
    """The segment of each year's last day, from FIRST_YEAR on."""


class LawRows:
    """Resolves the Terms of a batch once each; safe to use from several threads."""

    def __init__(
        self,
        law: Law,
        options: Options,
        known_on: dt.date,
        overlay: Overlay,
        year: int | None,
        withhold_unmodelled: bool,
    ) -> None:
        self.law = law
        self.options = options
        self.withhold = withhold_unmodelled
        self._resolver = Resolver(law)
        self.known_on = known_on
        self._overlay = overlay
        self._year = year
        starts = {start for dated in overlay.values() for start, _ in dated if start > dt.date.min}
        self._turns = sorted({*self._resolver.turns, *starts})
        self._classes: dict[tuple[str, ...], int] = {}
        self._area_of: list[str] = []
        self._lock = Lock()
        self.terms: list[Terms] = []
        """The Terms of each row."""
        self._row_of: dict[tuple[int, int, int], int] = {}
        self._marked: dict[int, Array] = {}
        self._refused: list[list[int]] = []
        self._refused_at_close: list[list[int]] = []
        self._made: tuple[int, LawTable] | None = None
        self._calendar: Calendar | None = None

    def __getstate__(self) -> dict[str, Any]:
        """All but the lock: a batch's law travels to the workers of a cluster."""
        return {name: value for name, value in vars(self).items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _lock=Lock())

    def class_of(self, area: str) -> int:
        """The class of an area: areas of one class have the same law."""
        covering = self._resolver.covering(area)
        with self._lock:
            found = self._classes.get(covering)
            if found is None:
                found = self._classes[covering] = len(self._area_of)
                self._area_of.append(area)
            return found

    def calendar(self, days: Array) -> Calendar:
        """The calendar of the years in which ``days`` (since 1970-01-01) lie; days outside it are no days to settle."""
        first, last = self._span(days)
        with self._lock:
            kept = self._calendar
            if kept is None or first < kept.first or last >= kept.first + len(kept.days):
                if kept is not None:
                    first, last = min(first, kept.first), max(last, kept.first + len(kept.days) - 1)
                kept = self._calendar = self._make_calendar(first, last)
            return kept

    def _span(self, days: Array) -> tuple[int, int]:
        least, most = _day(FIRST_YEAR, 1, 1), _day(LAST_YEAR, 12, 31)
        if self._year is not None:
            return _day(self._year, 1, 1), _day(self._year, 12, 31)
        within = days[(days >= least) & (days <= most)]
        if len(within) == 0:
            return _day(1970, 1, 1), _day(1970, 12, 31)
        return (
            _day(dt.date.fromordinal(int(within.min()) + EPOCH).year, 1, 1),
            _day(dt.date.fromordinal(int(within.max()) + EPOCH).year, 12, 31),
        )

    def _make_calendar(self, first: int, last: int) -> Calendar:
        days = [dt.date.fromordinal(day + EPOCH) for day in range(first, last + 1)]
        columns = {
            "year": np.array([day.year for day in days]),
            "quarter": np.array([quarter_of(day) for day in days]),
            "segment": np.array([bisect_right(self._turns, day) for day in days]),
        }
        return Calendar(first, pack(DayRow, len(days), columns))

    def table(self, region: Array, household: Array, calendar: Calendar) -> LawTable:
        """The table with every row that people of these pairs of classes can need within ``calendar``."""
        pairs = np.unique(region.astype(np.int32) * _PAIR + household)
        with self._lock:
            segments = np.unique(calendar.days["segment"])
            for pair in pairs.tolist():
                insured, registered = divmod(pair, _PAIR)
                if insured >= 0 and registered < len(self._area_of):
                    for segment in segments.tolist():
                        self._row(insured, registered, segment)
            if self._made is None or self._made[0] != len(self.terms):
                self._made = len(self.terms), self._make_table()
            return self._made[1]

    def _row(self, insured: int, registered: int, segment: int) -> int:
        key = insured, registered, segment
        found = self._row_of.get(key)
        if found is None:
            day = self._turns[segment - 1] if segment else dt.date.min
            base = self._resolver.resolve(
                self._area_of[insured], self._area_of[registered], day, self.known_on
            )
            resolution = overlaid(base, self._overlay, day) if self._overlay else base
            found = self._row_of[key] = len(self.terms)
            self.terms.append(resolution.terms)
            self._refused.append(self._refusing(resolution.terms, self.withhold))
            self._refused_at_close.append(self._refusing(resolution.terms, False))
        return found

    def _make_table(self) -> LawTable:
        classes = len(self._area_of)
        row = np.zeros((classes, classes, len(self._turns) + 1), np.int32)
        for key, place in self._row_of.items():
            row[key] = place
        close = np.array(
            [bisect_right(self._turns, dt.date(year, 12, 31)) for year in range(FIRST_YEAR, LAST_YEAR + 1)],
            np.int16,
        )
        return LawTable(
            to_records(self.terms, Terms), row, _masks(self._refused), _masks(self._refused_at_close), close
        )

    def _refusing(self, terms: Terms, withhold: bool) -> list[int]:
        """The slots whose use refuses a visit; which of several is named is settled when it happens."""
        found = []
        for slot in range(STEP_SLOTS):
            if terms.status[slot] != STATED:
                try:
                    refuse_values(self.law, terms, [slot], self.options, withhold=withhold)
                except Refusal:
                    found.append(slot)
        return found

    def marked(self, status: int) -> Array:
        """By row of Terms, the slots that have ``status``, as bits like ``used``."""
        with self._lock:
            masks = self._marked.get(status)
            if masks is None or len(masks) < len(self.terms):
                masks = self._marked[status] = _masks(
                    [
                        [slot for slot in range(STEP_SLOTS) if terms.status[slot] == status]
                        for terms in self.terms
                    ]
                )
            return masks


def _masks(slots: list[list[int]]) -> Array:
    masks = np.zeros((len(slots), WORDS), np.int64)
    for row, found in enumerate(slots):
        for slot in found:
            masks[row, slot // BITS] |= 1 << (slot % BITS)
    return masks


def _day(year: int, month: int, day: int) -> int:
    return dt.date(year, month, day).toordinal() - EPOCH
