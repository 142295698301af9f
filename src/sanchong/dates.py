"""Days, quarters, closed periods, and working days of a given calendar. Asia/Shanghai throughout."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

Day: TypeAlias = int
"""A date as its proleptic Gregorian ordinal."""

SHANGHAI: Final = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def parse_date(text: str) -> dt.date:
    """The date of YYYY-MM-DD; ValueError if it is not one."""
    if _DATE.fullmatch(text) is None:
        raise ValueError("not a date YYYY-MM-DD")
    return dt.date.fromisoformat(text)


def today() -> dt.date:
    """Today in Shanghai."""
    return dt.datetime.now(SHANGHAI).date()


def quarter_of(day: dt.date) -> int:
    """The calendar quarter, 0 to 3 (Q9)."""
    return (day.month - 1) // 3


@dataclass(frozen=True, slots=True)
class Period:
    """A closed period: both ends belong to it; an end of None is open."""

    start: dt.date | None
    end: dt.date | None

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, dt.date):
            return False
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def overlaps(self, other: Period) -> bool:
        """Whether the two periods have a day in common."""
        first = max(self.start or dt.date.min, other.start or dt.date.min)
        last = min(self.end or dt.date.max, other.end or dt.date.max)
        return first <= last


class NoCalendar(LookupError):
    """No notice of working days is known for ``year``."""

    def __init__(self, year: int) -> None:
        super().__init__(year)
        self.year = year


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days: Monday to Friday, but for the days that a year's notice changes."""

    off: Mapping[int, Collection[dt.date]]
    """By year, the weekdays that are days off."""
    working: Mapping[int, Collection[dt.date]]
    """By year, the weekend days that are worked."""

    def is_working_day(self, day: dt.date) -> bool:
        """Whether ``day`` is worked; NoCalendar for a year without notice."""
        if day.year not in self.off:
            raise NoCalendar(day.year)
        if day.weekday() < 5:
            return day not in self.off[day.year]
        return day in self.working[day.year]

    def working_day_after(self, day: dt.date, count: int) -> dt.date:
        """The ``count``-th working day after ``day``, which itself is day 0 (Q19)."""
        while count > 0:
            day += dt.timedelta(days=1)
            count -= self.is_working_day(day)
        return day
