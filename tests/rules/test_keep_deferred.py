"""What is kept of a chronic visit for the year's end: by category, in the order in which each first had a base."""

from __future__ import annotations

from sanchong.rules.year import keep_deferred
from sanchong.shapes import State, Statement, Visit


def test_the_turn_of_each_category() -> None:
    """Six categories, the fourth first; a second visit keeps its category's turn."""
    state = State()
    for category in (4, 2, 6, 4, 1, 3, 5, 2):
        keep_deferred(state, Visit(category=category), Statement(deferred_base=100, other=30))
    assert state.deferred_turn == [4, 2, 5, 1, 6, 3]
    assert state.deferred_base == [100, 200, 100, 200, 100, 100]
    assert state.deferred_burden == [70, 140, 70, 140, 70, 70]
