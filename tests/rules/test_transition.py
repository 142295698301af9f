"""Jinzhong's transition: earlier rights, providers that go on, prohibited acts, settlement elsewhere, spending."""

from __future__ import annotations

import pytest

from sanchong.money import Rate
from sanchong.rules.providers import (
    BEYOND_DISEASE,
    DOSE_EXCEEDED,
    NOT_REVIEWED,
    may_go_on_treating,
    prescription_violations,
    settles_elsewhere,
)
from sanchong.rules.recognition import NO_DAY, legacy_right_lasts, within_bracket
from sanchong.rules.spending import spending_deviates

DAY = 739_000


@pytest.mark.parametrize(
    ("expiry", "lasts"), [(NO_DAY, False), (DAY - 1, False), (DAY, True), (DAY + 1, True)]
)
def test_an_earlier_right_lasts_to_its_own_last_day(expiry: int, lasts: bool) -> None:
    assert legacy_right_lasts(DAY, expiry) is lasts


@pytest.mark.parametrize(("until", "may"), [(NO_DAY, True), (DAY - 1, False), (DAY, True)])
def test_the_mark_of_having_served(until: int, may: bool) -> None:
    assert may_go_on_treating(True, DAY, until) is may
    assert not may_go_on_treating(False, DAY, until)


@pytest.mark.parametrize(
    ("dose", "within", "reviewed", "found"),
    [
        (2000, True, True, 0),
        (2001, True, True, DOSE_EXCEEDED),
        (2000, False, True, BEYOND_DISEASE),
        (2000, True, False, NOT_REVIEWED),
        (2001, False, False, DOSE_EXCEEDED | BEYOND_DISEASE | NOT_REVIEWED),
    ],
)
def test_the_three_prohibited_acts(dose: int, within: bool, reviewed: bool, found: int) -> None:
    assert prescription_violations(dose, 2000, within, reviewed) == found


@pytest.mark.parametrize(
    ("open_from", "direct"), [(NO_DAY, False), (DAY + 1, False), (DAY, True), (DAY - 1, True)]
)
def test_direct_settlement_elsewhere(open_from: int, direct: bool) -> None:
    assert settles_elsewhere(DAY, open_from) is direct


@pytest.mark.parametrize(
    ("stated", "admitted", "within"), [(0, 1, True), (1, 1, False), (2, 3, True), (3, 3, False)]
)
def test_a_bracket_admits_its_words_only(stated: int, admitted: int, within: bool) -> None:
    assert within_bracket(stated, admitted) is within


@pytest.mark.parametrize(
    ("spent", "usual", "tolerance", "deviates"),
    [
        (110, 100, Rate(1, 10), False),
        (111, 100, Rate(1, 10), True),
        (90, 100, Rate(1, 10), False),
        (89, 100, Rate(1, 10), True),
        (1, 0, Rate(1, 1), True),  # any spending where there was none
        (0, 0, Rate(0, 1), False),
        (10**12, 3, Rate(1, 3), True),
    ],
)
def test_spending_deviates_beyond_its_tolerance(
    spent: int, usual: int, tolerance: Rate, deviates: bool
) -> None:
    assert spending_deviates(spent, usual, tolerance) is deviates
