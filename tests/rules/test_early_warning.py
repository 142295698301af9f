"""Early warning: case C39's lines on monitoring."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sanchong.rules.early_warning import (
    FALLING_BACK,
    FALLING_INTO,
    NO_WARNING,
    passes_threshold,
    warning_of,
)
from sanchong.shapes import (
    ADDRESSES,
    EXTREME_POVERTY,
    IMPOVERISHED_BY_ILLNESS,
    MONITORED,
    NEAR_SUBSISTENCE,
    NO_CATEGORY,
    RETURNED_TO_POVERTY,
    SUBSISTENCE_ALLOWANCE,
    WARNING_THRESHOLD,
)

THRESHOLD = 20_000_00
UNWATCHED = [
    NO_CATEGORY,
    EXTREME_POVERTY,
    SUBSISTENCE_ALLOWANCE,
    RETURNED_TO_POVERTY,
    IMPOVERISHED_BY_ILLNESS,
]


@pytest.mark.parametrize("category", [NEAR_SUBSISTENCE, MONITORED])
@pytest.mark.parametrize(
    ("burden", "passes"),
    [(0, False), (19_999_99, False), (20_000_00, False), (20_000_01, True), (90_000_00, True)],
)
def test_strictly_more_than_the_threshold(category: int, burden: int, passes: bool) -> None:
    assert passes_threshold(category, burden, THRESHOLD) is passes


@pytest.mark.parametrize("category", UNWATCHED)
def test_only_two_categories_are_watched(category: int) -> None:
    assert warning_of(category) == NO_WARNING
    assert not passes_threshold(category, 90_000_00, THRESHOLD)


def test_a_threshold_of_nil() -> None:
    assert not passes_threshold(MONITORED, 0, 0)
    assert passes_threshold(MONITORED, 1, 0)


def test_which_warning_applies() -> None:
    assert warning_of(NEAR_SUBSISTENCE) == FALLING_INTO
    assert warning_of(MONITORED) == FALLING_BACK


@pytest.mark.parametrize(
    ("warning", "name"), [(FALLING_INTO, "falling_into"), (FALLING_BACK, "falling_back")]
)
def test_a_warning_is_its_place_in_the_family(warning: int, name: str) -> None:
    assert ADDRESSES[WARNING_THRESHOLD + warning].name == f"early_warning.threshold.{name}"


def test_sentences() -> None:
    says = passes_threshold.says
    assert callable(says)
    assert says(SimpleNamespace(burden=20_000_01, threshold=THRESHOLD, result=True)) == (
        "年度累计个人负担 20,000.01，监测标准 20,000.00：纳入医保监测范围"
    )
    assert says(SimpleNamespace(burden=THRESHOLD, threshold=THRESHOLD, result=False)).endswith("：不纳入")
    says = warning_of.says
    assert callable(says)
    assert [says(SimpleNamespace(result=w)) for w in (FALLING_INTO, FALLING_BACK, NO_WARNING)] == [
        "低保边缘家庭成员：监测因病致贫",
        "监测对象：监测因病返贫",
        "不属于重点监测人群",
    ]
