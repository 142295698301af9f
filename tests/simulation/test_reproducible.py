"""The same seed gives the same people: whoever draws them, and however many others are drawn."""

from __future__ import annotations

import pytest
from tests.simulation.drawn import PEOPLE, SEED, draw, drawn

from sanchong.simulation.people import BLOCK

pytestmark = pytest.mark.batch


def test_the_same_seed_draws_the_same_whatever_the_workers() -> None:
    again = draw(PEOPLE, workers=2)
    assert {name: table.equals(drawn()[name]) for name, table in again.items()} == dict.fromkeys(again, True)


def test_another_seed_draws_others() -> None:
    other = draw(BLOCK // 10, SEED + 1)
    for name in ("people", "recognitions", "visits"):
        assert not other[name].equals(drawn()[name].slice(0, other[name].num_rows)), name


def test_people_do_not_depend_on_how_many_are_drawn() -> None:
    """The first 1,234 of a small population are those of a large one, with all they have."""
    few, many = draw(1_234), drawn()
    last = few["people"]["person"][-1].as_py()
    for name, table in few.items():
        assert table.equals(many[name].slice(0, table.num_rows)), name
        if table.num_rows < many[name].num_rows:
            assert many[name]["person"][table.num_rows].as_py() > last, name


def test_another_year_has_the_same_people() -> None:
    """Households, incomes and insurance are drawn apart from what depends on the calendar."""
    assert draw(2_000, year=2027)["people"].equals(drawn()["people"].slice(0, 2_000))
