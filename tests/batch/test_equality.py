"""Interpreted equals compiled, fen for fen and refusal for refusal, on 200,000 visits at the edges."""

from __future__ import annotations

import itertools
from random import Random

import pytest
from tests.batch.equality import Tally, compare, groups

from sanchong import Options
from sanchong.shapes import GATES

pytestmark = pytest.mark.batch

SEEDS = 8
VISITS = 22_600
"""For each seed: with those of test_compiled_step 200,000 and more."""


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_column(seed: int) -> None:
    """Amounts, gates, assumed and unmodelled values, years, lines, and who is refused for what and where."""
    tally = Tally()
    for number, group in enumerate(groups(seed)):
        compare(group, tally, Random(number), lines_out=number % 8 == 0)
        if tally.visits >= VISITS:
            break
    assert set(tally.gates) == set(GATES)
    assert {"invalid_input", "not_in_force", "not_recognised", "mutually_exclusive", "missing_value"} <= set(
        tally.codes
    )
    assert tally.codes["ok"] > tally.cases / 2
    assert tally.lines > 0


def test_nothing_accepted() -> None:
    """With no assumed value accepted, the same visits are refused for the same addresses."""
    tally = Tally()
    for group in itertools.islice(groups(9), 3):
        group.options = Options(accept_assumed=False, known_on=group.options.known_on, explain=False)
        compare(group, tally, Random(0))
    assert tally.codes["assumed_value"] > tally.cases / 10


def test_groups_come_again() -> None:
    """A seed always gives the same cases, so that a failure can be looked at."""
    first, again = (list(itertools.islice(groups(5), 2)) for _ in range(2))
    assert [group.cases for group in first] == [group.cases for group in again]
