"""Recomputing stored results: what was kept verifies for ever, and what was altered is found and named."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from sanchong import Engine, Options, load_law
from sanchong.settlement.verify import verify

STORED = Path(__file__).parent / "stored"
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load_law())


@pytest.fixture
def case() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXAMPLES / "extreme-poverty.json").read_text("utf-8"))
    return found


def kept() -> list[Path]:
    return sorted(STORED.glob("*.result.json"))


@pytest.mark.parametrize("path", kept(), ids=lambda p: p.stem)
def test_a_result_once_stored_verifies_for_ever(engine: Engine, path: Path) -> None:
    stored = json.loads(path.read_text("utf-8"))
    case = json.loads(path.with_name(path.name.replace(".result.", ".case.")).read_text("utf-8"))
    assert verify(engine, stored, case).same


def test_there_are_stored_results() -> None:
    assert len(kept()) >= 5


def test_an_altered_figure_is_named(engine: Engine, case: dict[str, Any]) -> None:
    stored = engine.settle(case, Options(accept_assumed=True))
    stored["visits"][0]["patient"] = "1.00"
    verdict = verify(engine, stored, case)
    assert [d.where for d in verdict.differences] == ["visits[0].patient"]
    assert "altered" in verdict.reasons[0][1]


def test_an_altered_explanation_is_found(engine: Engine, case: dict[str, Any]) -> None:
    stored = engine.settle(case, Options(accept_assumed=True))
    stored["visits"][0]["explanation"][0]["text"] += "。"
    assert "explanation" in verify(engine, stored, case).reasons[0][1]


def test_another_case_is_found(engine: Engine, case: dict[str, Any]) -> None:
    stored = engine.settle(case, Options(accept_assumed=True))
    other = copy.deepcopy(case)
    other["visits"][0]["lines"][0]["amount"] = "12800.01"
    verdict = verify(engine, stored, other)
    assert any("the case is not the one" in en for _, en in verdict.reasons)
    assert "visits[0].total" in [d.where for d in verdict.differences]


def test_a_receipt_that_does_not_say_what_was_known_verifies(engine: Engine, case: dict[str, Any]) -> None:
    """The contract's receipt has no such day: then all that is known counts."""
    stored = engine.settle(case, Options(accept_assumed=True))
    del stored["receipt"]["known_on"]
    assert verify(engine, stored, case).same


def test_a_refusal_verifies(engine: Engine, case: dict[str, Any]) -> None:
    refused = engine.settle(case)
    assert refused["error"]["code"] == "assumed_value"
    assert verify(engine, refused, case).same
    case["visits"][0]["date"] = "2024-01-01"
    assert not verify(engine, refused, case).same


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["visits"], "x"),
        (["visits"], None),
        (["visits", 0], 7),
        (["visits", 0, "lines"], 7),
        (["visits", 0, "id"], "\ud800"),
        (["receipt", "law"], 7),
        (["receipt", "inputs"], None),
        (["receipt", "explanation"], "0"),
        (["close_year"], []),
        (["ok"], "yes"),
        (["case"], "another"),
    ],
    ids=str,
)
def test_a_damaged_result_differs_and_is_no_traceback(
    engine: Engine, case: dict[str, Any], path: list[Any], value: Any
) -> None:
    stored = engine.settle(case, Options(accept_assumed=True))
    holder: Any = stored
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    assert not verify(engine, stored, case).same


@pytest.mark.parametrize("broken", [{}, {"ok": True}, [], {"ok": True, "receipt": {}, "visits": None}])
def test_what_is_no_result_is_not_the_same(engine: Engine, case: dict[str, Any], broken: Any) -> None:
    assert not verify(engine, broken, case).same
