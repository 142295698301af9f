"""Long prescriptions: case C39."""

from __future__ import annotations

import pytest

from sanchong.rules.prescriptions import long_prescription_allowed


@pytest.mark.parametrize(
    ("days", "allowed"), [(0, False), (27, False), (28, True), (56, True), (84, True), (85, False)]
)
def test_four_to_twelve_weeks(days: int, allowed: bool) -> None:
    assert long_prescription_allowed(days, 4, 12) is allowed


@pytest.mark.parametrize(("days", "allowed"), [(13, False), (14, True), (15, False)])
def test_the_bounds_are_parameters(days: int, allowed: bool) -> None:
    assert long_prescription_allowed(days, 2, 2) is allowed
