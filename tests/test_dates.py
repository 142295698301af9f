"""Days, quarters, closed periods, and working days."""

from __future__ import annotations

import datetime as dt

import pytest

from sanchong.dates import SHANGHAI, Calendar, NoCalendar, Period, parse_date, quarter_of, today
from sanchong.law.library import load_law


def day(month: int, number: int) -> dt.date:
    """A date in 2025, a year that begins on a Wednesday."""
    return dt.date(2025, month, number)


def test_parse_date() -> None:
    assert parse_date("2025-04-01") == day(4, 1)
    assert parse_date("2024-02-29") == dt.date(2024, 2, 29)


@pytest.mark.parametrize(
    "text",
    ["", "2025-4-1", "20250401", "2025-04-01T00", "2025/04/01", "2025-02-29", "2025-13-01", "2025-04-31",
     "0000-01-01", " 2025-04-1", "01-04-2025", "２０２５-０４-０１",
     "2025-W14-2"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_date(text)


def test_today_is_shanghais() -> None:
    before = dt.datetime.now(dt.UTC).astimezone(SHANGHAI).date()
    assert before <= today() <= before + dt.timedelta(days=1)
    assert SHANGHAI.utcoffset(None) == dt.timedelta(hours=8)


@pytest.mark.parametrize(
    ("first", "last", "quarter"),
    [
        (day(1, 1), day(3, 31), 0),
        (day(4, 1), day(6, 30), 1),
        (day(7, 1), day(9, 30), 2),
        (day(10, 1), day(12, 31), 3),
    ],
)
def test_quarters(first: dt.date, last: dt.date, quarter: int) -> None:
    assert quarter_of(first) == quarter_of(last) == quarter


def test_a_period_includes_both_ends() -> None:
    period = Period(dt.date(2025, 4, 1), dt.date(2030, 3, 31))
    assert dt.date(2025, 3, 31) not in period
    assert dt.date(2025, 4, 1) in period
    assert dt.date(2030, 3, 31) in period
    assert dt.date(2030, 4, 1) not in period
    assert "2026-01-01" not in period


def test_open_ends() -> None:
    assert dt.date.min in Period(None, day(1, 1))
    assert day(1, 2) not in Period(None, day(1, 1))
    assert dt.date.max in Period(day(1, 1), None)
    assert dt.date(2024, 12, 31) not in Period(day(1, 1), None)
    assert day(1, 1) in Period(None, None)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Period(day(1, 1), day(1, 31)), Period(day(1, 31), day(2, 28)), True),  # one day in common
        (Period(day(1, 1), day(1, 31)), Period(day(2, 1), day(2, 28)), False),  # one follows the other
        (Period(day(1, 1), None), Period(day(12, 31), None), True),
        (Period(None, day(1, 31)), Period(day(2, 1), None), False),
        (Period(None, None), Period(day(2, 1), day(2, 1)), True),
        (Period(day(1, 1), day(12, 31)), Period(day(5, 1), day(5, 1)), True),
    ],
)
def test_overlaps(one: Period, other: Period, expected: bool) -> None:
    assert one.overlaps(other) is expected
    assert other.overlaps(one) is expected


HOLIDAY = day(5, 1)  # a Thursday
WORKED_SUNDAY = day(4, 27)
CALENDAR = Calendar({2025: {HOLIDAY}}, {2025: {WORKED_SUNDAY}})


@pytest.mark.parametrize(
    ("date", "worked"),
    [
        (day(4, 25), True),  # Friday
        (day(4, 26), False),  # Saturday
        (WORKED_SUNDAY, True),
        (day(4, 28), True),  # Monday
        (HOLIDAY, False),
        (day(5, 2), True),
        (day(5, 4), False),  # Sunday
    ],
)
def test_working_days(date: dt.date, worked: bool) -> None:
    assert CALENDAR.is_working_day(date) is worked


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (day(4, 25), 0, day(4, 25)),  # the day itself is day 0
        (day(4, 26), 0, day(4, 26)),
        (day(4, 25), 1, WORKED_SUNDAY),
        (day(4, 26), 1, WORKED_SUNDAY),
        (day(4, 25), 4, day(4, 30)),
        (day(4, 25), 5, day(5, 2)),  # over the holiday
        (day(4, 25), 6, day(5, 5)),  # over a weekend
    ],
)
def test_working_day_after(start: dt.date, count: int, expected: dt.date) -> None:
    assert CALENDAR.working_day_after(start, count) == expected


@pytest.mark.parametrize("year", [2024, 2026])
def test_a_year_without_notice_is_refused(year: int) -> None:
    with pytest.raises(NoCalendar) as refusal:
        CALENDAR.is_working_day(dt.date(year, 1, 6))
    assert refusal.value.year == year


def test_the_shipped_notices() -> None:
    shipped = load_law().calendar()
    assert not shipped.is_working_day(day(5, 1))
    assert shipped.is_working_day(day(9, 28))  # a Sunday
    assert not shipped.is_working_day(day(10, 8))  # a Wednesday
    assert shipped.is_working_day(day(10, 9))
    assert shipped.is_working_day(day(10, 11))  # a Saturday


def test_a_notice_counts_from_the_day_on_which_it_is_known() -> None:
    """The notice for 2026 is of 4 November 2025."""
    law = load_law()
    new_year = dt.date(2026, 1, 1)
    assert not law.calendar(dt.date(2025, 11, 4)).is_working_day(new_year)
    with pytest.raises(NoCalendar):
        law.calendar(dt.date(2025, 11, 3)).is_working_day(new_year)
