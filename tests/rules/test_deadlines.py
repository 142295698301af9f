"""The fast track and the twenty working days: case C39, and a day either side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import pytest

from sanchong.dates import Calendar, NoCalendar
from sanchong.law.library import load_law
from sanchong.rules.deadlines import is_in_time, last_day, on_fast_track, working_days_allowed
from sanchong.shapes import CONDITIONS

ONE_DAY = dt.timedelta(days=1)
DRAGON_BOAT = dt.date(2025, 6, 2)
SHIFTED = dt.date(2025, 5, 17)


def calendar(off: Collection[dt.date] = (), working: Collection[dt.date] = ()) -> Calendar:
    """2025 with only these changes to the week."""
    return Calendar({2025: off}, {2025: working})


def test_the_fast_track_is_three_diseases() -> None:
    on = [name for code, name in enumerate(CONDITIONS) if on_fast_track(code)]
    assert on == [
        "cancer",
        "transplant",
        "dialysis",
        "transplant:kidney",
        "transplant:liver",
        "cancer:acute_leukemia",
    ]


@pytest.mark.parametrize("name", ["hemophilia", "diabetes", "tuberculosis", "ckd"])
def test_others_are_not_on_it(name: str) -> None:
    assert not on_fast_track(CONDITIONS.index(name))


@pytest.mark.parametrize(
    ("fast_track", "limit", "own", "expected"),
    [
        (False, 20, 5, 20),
        (True, 20, 5, 5),
        (True, 20, 20, 20),
        (True, 20, 21, 20),  # 20 is the outer limit
        (False, 20, 0, 20),
    ],
)
def test_working_days_allowed(fast_track: bool, limit: int, own: int, expected: int) -> None:
    assert working_days_allowed(fast_track, limit, own) == expected


HOLIDAYS_OF_OCTOBER = [dt.date(2025, 10, day) for day in range(1, 9)]
WORKED_FOR_THEM = [dt.date(2025, 9, 28), dt.date(2025, 10, 11)]


@pytest.mark.parametrize(
    ("accepted", "days", "expected"),
    [
        # Mon 05-12: 4 days that week, 5, 5, 5, and the 20th is Mon 06-09.
        (dt.date(2025, 5, 12), calendar(), dt.date(2025, 6, 9)),
        (dt.date(2025, 5, 12), calendar([DRAGON_BOAT]), dt.date(2025, 6, 10)),
        (dt.date(2025, 5, 12), calendar([DRAGON_BOAT], [SHIFTED]), dt.date(2025, 6, 9)),
        # Sat 05-17: 5, 5, 4 (holiday), 5, and the 20th is Mon 06-16.
        (dt.date(2025, 5, 17), calendar([DRAGON_BOAT]), dt.date(2025, 6, 16)),
        # Accepted on the worked Saturday itself: still day 0.
        (dt.date(2025, 5, 17), calendar([DRAGON_BOAT], [SHIFTED]), dt.date(2025, 6, 16)),
        # Mon 09-22: 23-26 (4), 28-30 (7), 9-11 Oct. (10), 13-17 (15), 20-24 (20).
        (dt.date(2025, 9, 22), calendar(HOLIDAYS_OF_OCTOBER, WORKED_FOR_THEM), dt.date(2025, 10, 24)),
    ],
)
def test_the_twentieth_working_day(accepted: dt.date, days: Calendar, expected: dt.date) -> None:
    last = last_day(accepted, 20, days)
    assert last == expected
    assert is_in_time(last - ONE_DAY, last)
    assert is_in_time(last, last)
    assert not is_in_time(last + ONE_DAY, last)


def test_by_the_shipped_notices() -> None:
    shipped = load_law().calendar()
    assert last_day(dt.date(2025, 9, 22), 20, shipped) == dt.date(2025, 10, 24)
    # Mon 04-28: 29, 30 (2); 1, 2 and 5 May off; 6-9 May, so the 5th is Thu 8 May.
    assert last_day(dt.date(2025, 4, 28), 5, shipped) == dt.date(2025, 5, 8)


def test_a_year_without_notice_is_not_guessed() -> None:
    december = dt.date(2025, 12, 29)
    assert last_day(december, 2, calendar()) == dt.date(2025, 12, 31)
    with pytest.raises(NoCalendar) as refusal:
        last_day(december, 3, calendar())
    assert refusal.value.year == 2026
