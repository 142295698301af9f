"""The calendar of a batch: what is to be known of each day, found by whole numbers."""

from __future__ import annotations

from typing import Final, NamedTuple

from sanchong.batch.compile import Records, compiled

NO_YEAR: Final = 0
"""The year of a day that is none, or of a refusal that is no year's."""


class Calendar(NamedTuple):
    """What is to be known of each day from ``first`` (days since 1970-01-01) on: rows of DayRow."""

    first: int
    days: Records


@compiled
def year_of(day: int, calendar: Calendar) -> int:
    """The year of a date, NO_YEAR where it is none that can be settled."""
    if day < calendar.first or day >= calendar.first + len(calendar.days):
        return NO_YEAR
    return int(calendar.days[day - calendar.first].year)
