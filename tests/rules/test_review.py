"""The first review's coverage, and what a line refused at review costs the institution."""

from __future__ import annotations

import pytest

from sanchong.money import Rate
from sanchong.rules.first_review import first_review_coverage, whole_review
from sanchong.rules.refused_cost import deducted_from_provider


@pytest.mark.parametrize(
    ("reviewed", "due", "coverage", "whole"),
    [
        (0, 0, Rate(1, 1), True),  # nothing is due, so nothing is left out
        (0, 1, Rate(0, 1), False),
        (999_999, 1_000_000, Rate(999_999, 1_000_000), False),  # no rounding makes it whole
        (1_000_000, 1_000_000, Rate(1_000_000, 1_000_000), True),
    ],
)
def test_coverage_is_exact(reviewed: int, due: int, coverage: Rate, whole: bool) -> None:
    assert first_review_coverage(reviewed, due) == coverage
    assert whole_review(coverage) is whole


def test_the_institution_returns_what_every_tier_paid() -> None:
    assert deducted_from_provider(6300, 500, 810) == 7610
    assert deducted_from_provider(0, 0, 0) == 0
