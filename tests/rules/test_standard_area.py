"""Whose assistance standard applies: case C39."""

from __future__ import annotations

from types import SimpleNamespace

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


def test_sentences() -> None:
    says = standard_area.says
    assert callable(says)
    facts = SimpleNamespace(household_area=YANGQUAN, treatment_area=JINZHONG, result=YANGQUAN)
    assert says(facts) == "按户籍地 140300 的救助标准，不按就医地 140700"
    facts = SimpleNamespace(household_area=YANGQUAN, treatment_area=YANGQUAN, result=YANGQUAN)
    assert says(facts) == "按户籍地 140300 的救助标准"
    facts = SimpleNamespace(household_area=YANGQUAN, treatment_area=JINZHONG, result=NO_AREA)
    assert says(facts) == "未按规定转诊：不纳入医疗救助"
