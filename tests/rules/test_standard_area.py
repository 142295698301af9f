"""Whose assistance standard applies: case C39."""

from __future__ import annotations

import pytest

from sanchong.rules.standard_area import NO_AREA, standard_area

YANGQUAN = 140300
JINZHONG = 140700


@pytest.mark.parametrize(
    ("household", "treated_in", "referred", "expected"),
    [
        (YANGQUAN, JINZHONG, True, YANGQUAN),
        (YANGQUAN, JINZHONG, False, NO_AREA),
        (JINZHONG, YANGQUAN, True, JINZHONG),
        (YANGQUAN, YANGQUAN, True, YANGQUAN),
        (YANGQUAN, YANGQUAN, False, NO_AREA),
    ],
)
def test_the_household_decides(household: int, treated_in: int, referred: bool, expected: int) -> None:
    assert standard_area(household, treated_in, referred) == expected
