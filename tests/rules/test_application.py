"""Who applies and who is settled at discharge: case C39 and appendix II."""

from __future__ import annotations

import pytest

from sanchong.rules.application import must_apply, settles_one_stop
from sanchong.shapes import (
    EXTREME_POVERTY,
    IMPOVERISHED_BY_ILLNESS,
    MONITORED,
    NEAR_SUBSISTENCE,
    NO_CATEGORY,
    RETURNED_TO_POVERTY,
    SUBSISTENCE_ALLOWANCE,
)


@pytest.mark.parametrize(
    ("category", "applies", "one_stop"),
    [
        (EXTREME_POVERTY, False, True),
        (SUBSISTENCE_ALLOWANCE, False, True),
        (RETURNED_TO_POVERTY, False, True),
        (MONITORED, False, True),
        (NEAR_SUBSISTENCE, True, False),
        (IMPOVERISHED_BY_ILLNESS, True, False),
        (NO_CATEGORY, False, False),
    ],
)
def test_by_category(category: int, applies: bool, one_stop: bool) -> None:
    assert must_apply(category) is applies
    assert settles_one_stop(category) is one_stop
