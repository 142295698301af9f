"""The day of admission: absent it is the visit's date; anything else that is no date is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sanchong import Engine, Options, load_law

STAY = Path(__file__).parents[2] / "examples" / "near-subsistence.json"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load_law())


def settled(engine: Engine, **changed: Any) -> dict[str, Any]:
    case = json.loads(STAY.read_text("utf-8"))
    case["visits"][0] |= changed
    return engine.settle(case, Options(accept_assumed=True))


@pytest.mark.parametrize("admitted", [None, "", "2025-2-1", 20250201, "2025-03-09"])
def test_what_is_no_earlier_date_is_refused(engine: Engine, admitted: Any) -> None:
    """The first stay was settled on 2025-03-08."""
    error = settled(engine, admitted=admitted)["error"]
    assert (error["code"], error["where"]) == ("invalid_input", "visits[0].admitted")


@pytest.mark.parametrize("admitted", ["2025-03-08", "2024-12-20"])
def test_the_day_itself_and_an_earlier_year_are_fine(engine: Engine, admitted: str) -> None:
    assert settled(engine, admitted=admitted)["ok"]
