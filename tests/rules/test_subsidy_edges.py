"""The subsidy's floor at its edges, and which values a category leans on, slot by slot."""

from __future__ import annotations

import pytest

from sanchong.money import Rate
from sanchong.rules.enrolment import slots_needed, subsidy_by_rate, subsidy_of_category, subsidy_unmodelled
from sanchong.rules.rule import Call, recording
from sanchong.shapes import (
    CONTRIBUTION,
    MONITORED,
    STATED,
    SUBSIDY_FLOOR,
    SUBSIDY_RATE,
    UNMODELLED,
    Terms,
)

AT = MONITORED - 1


def named(calls: list[Call]) -> list[str]:
    """The rules called, one below the other."""
    return [name for call in calls for name in (call.rule.name, *named(call.calls))]


def stated(slot: int, num: int, den: int = 1) -> Terms:
    """Terms with one value."""
    terms = Terms()
    terms.num[slot], terms.den[slot], terms.status[slot] = num, den, STATED
    return terms


@pytest.mark.parametrize(("floor", "raised"), [(0, False), (1, True)])
def test_a_floor_is_looked_at_where_there_is_one(floor: int, raised: bool) -> None:
    """A quarter of one fen is nothing, half up; the least floor is a fen."""
    with recording() as trace:
        assert subsidy_by_rate(1, Rate(1, 4), floor) == floor
    assert ("raised_to_floor" in named(trace.calls)) is raised


def test_a_category_without_a_floor() -> None:
    """Its rate alone; no floor is spoken of."""
    terms = stated(SUBSIDY_RATE + AT, 1, 4)
    with recording() as trace:
        assert subsidy_of_category(MONITORED, 400_00, terms) == 100_00
    assert "raised_to_floor" not in named(trace.calls)


def test_a_rate_that_is_left_open() -> None:
    """It is that category's, and no other's."""
    terms = Terms()
    terms.status[SUBSIDY_RATE + AT] = UNMODELLED
    assert [subsidy_unmodelled(terms, category) for category in range(1, 7)] == [
        False, False, False, True, False, False,
    ]  # fmt: skip


def test_the_slots_of_a_rate_with_a_floor() -> None:
    """The contribution, the rate, the floor; without the rate the floor is not needed."""
    terms = stated(SUBSIDY_RATE + AT, 4, 5)
    terms.status[SUBSIDY_FLOOR + AT] = STATED
    assert slots_needed(terms, 1 << AT) == [CONTRIBUTION, SUBSIDY_RATE + AT, SUBSIDY_FLOOR + AT]
    assert slots_needed(stated(SUBSIDY_FLOOR + AT, 1), 1 << AT) == [CONTRIBUTION]
