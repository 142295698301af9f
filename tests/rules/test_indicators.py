"""Indicators: what counts, to the day and to the county, and when all four levels are reached."""

from __future__ import annotations

import datetime as dt

import pytest

from sanchong.rules.indicators import (
    Proportion,
    counts_for_one_stop,
    enrolment_rate,
    execution_rate,
    one_stop_live,
    reaches_every_level,
)

DAY = dt.date(2025, 6, 30).toordinal()


@pytest.mark.parametrize(
    ("region", "area", "designated", "counts"),
    [
        (140302, 140300, True, True),  # a county of the city
        (140300, 140300, True, True),  # the city's own
        (140302, 140300, False, False),
        (140700, 140300, True, False),  # another city
        (140302, 140302, True, True),
        (140303, 140302, True, False),  # another county
        (140300, 140302, True, False),  # the city's own is not the county's
    ],
)
def test_who_counts(region: int, area: int, designated: bool, counts: bool) -> None:
    assert counts_for_one_stop(region, area, designated) is counts


@pytest.mark.parametrize(
    ("first", "last", "live"),
    [
        (DAY, DAY, True),
        (DAY - 1, DAY, True),
        (DAY, DAY + 1, True),
        (DAY - 9, DAY - 1, False),
        (DAY + 1, DAY + 9, False),
    ],
)
def test_both_ends_are_live(first: int, last: int, live: bool) -> None:
    assert one_stop_live(DAY, first, last) is live


def test_a_share_is_kept_as_counted() -> None:
    assert enrolment_rate(6, 8) == Proportion(6, 8)
    assert execution_rate(1_500_01, 1_500_00) == Proportion(1_500_01, 1_500_00)


@pytest.mark.parametrize("short", [None, 0, 1, 2, 3])
def test_no_level_makes_up_for_another(short: int | None) -> None:
    levels = [Proportion(1, 1), Proportion(2, 2), Proportion(20, 20), Proportion(900, 900)]
    if short is not None:
        levels[short] = Proportion(levels[short].num - 1, levels[short].den)
    assert reaches_every_level(*levels) is (short is None)
