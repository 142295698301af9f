"""The waived deposit: case C39. Five conditions, and every combination of them."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

import pytest

from sanchong.rules.deposit import deposit_waived
from sanchong.shapes import (
    EXTREME_POVERTY,
    IMPOVERISHED_BY_ILLNESS,
    MONITORED,
    NEAR_SUBSISTENCE,
    NO_CATEGORY,
    RETURNED_TO_POVERTY,
    SUBSISTENCE_ALLOWANCE,
)

REACHED = [EXTREME_POVERTY, SUBSISTENCE_ALLOWANCE, RETURNED_TO_POVERTY, MONITORED]


@pytest.mark.parametrize("category", REACHED)
def test_all_five_conditions(category: int) -> None:
    for facts in product([True, False], repeat=4):
        assert deposit_waived(category, *facts) is (facts == (True, True, True, True))


@pytest.mark.parametrize("category", [NEAR_SUBSISTENCE, IMPOVERISHED_BY_ILLNESS, NO_CATEGORY])
def test_other_categories(category: int) -> None:
    assert not deposit_waived(category, True, True, True, True)


def test_the_sentence_names_what_is_missing() -> None:
    says = deposit_waived.says
    assert callable(says)
    facts = SimpleNamespace(
        category=NEAR_SUBSISTENCE,
        primary_referral=True,
        in_city=False,
        designated=True,
        inpatient=True,
        result=False,
    )
    said = says(facts)
    assert said == "不免押金，不符合：属特困、低保、返贫致贫、监测对象；在本市域内"
    assert says(SimpleNamespace(result=True)) == "先诊疗后付费，免除住院押金"


@pytest.mark.parametrize("category", REACHED)
def test_the_sentence_does_not_name_what_holds(category: int) -> None:
    says = deposit_waived.says
    assert callable(says)
    facts = SimpleNamespace(
        category=category, primary_referral=True, in_city=True, designated=False, inpatient=True, result=False
    )
    assert says(facts) == "不免押金，不符合：定点医院"
