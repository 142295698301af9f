"""Long prescriptions: case C39."""

from __future__ import annotations

from types import SimpleNamespace

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


def test_sentences() -> None:
    says = long_prescription_allowed.says
    assert callable(says)
    facts = SimpleNamespace(days=28, min_weeks=4, max_weeks=12, result=True)
    assert says(facts) == "长期处方为 4 至 12 周，28 天在其内"
    facts = SimpleNamespace(days=85, min_weeks=4, max_weeks=12, result=False)
    assert says(facts) == "长期处方为 4 至 12 周，85 天不在其内"
