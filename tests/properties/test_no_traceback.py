"""Whatever is wrong with a case, settling it gives a result: settled, or a known code with its place."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from tests.drafting import Json, engine
from tests.strategies import CODES, QUICK, person_year

DAMAGED = 2000
BATCHES = 4

EXTREMES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 1.5, float("nan"), float("inf"), 10**12, 10**12 + 1, 10**30, -(10**30),
    "", " ", "0", "-0", "-0.01", "0.001", "1e5", "NaN", "10000000000.00", "10000000000.01", "999999999999999",
    "9999999999999999999", "1,000", "+1", ".5", "1.", "１２", "١٢", "70%", "100.1%", "7/0", "1/1000001",
    "999999999/999999999", "0001-01-01", "9999-12-31", "2025-02-30", "2025-1-1", "2025-W19-6", "20250510  ",
    "2025-05-10T00:00", "140300", "14030", "１４０３００", "A", "C", "orphan", "diabetes", "cancer", "gout",
    "transplant:kidney", "cancer:", ":", "diabetes:x", "psychosis:bipolar", "employee", "outpatient", "inpatient",
    "special_drug", "x" * 10000, "\x00", "💊", "{}", "visits[0]", [], [[]], [None], ["a"], ["a", "b"], [1, 2, 3],
    {}, {"from": "2025-01-01"}, {"from": "2025-12-31", "to": "2025-01-01"}, {"dated": []}, {"dated": [{}]},
    {"dated": [{"from": "2025-01-01", "value": None}]}, [{"above": "0", "rate": "70%"}] * 9,
    [{"above": "0", "rate": "1/999983"}, {"above": "1", "rate": "1/999979"}],
)  # fmt: skip


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a JSON value, the whole first."""
    yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


def damaged(case: Json, rng: random.Random) -> tuple[Any, str]:
    """A copy of a case with one place dropped, renamed, made something else, or doubled; and what was done."""
    case = copy.deepcopy(case)
    path = rng.choice(list(places(case)))
    if not path:
        return rng.choice(EXTREMES), "the whole"
    holder: Any = case
    for key in path[:-1]:
        holder = holder[key]
    key = path[-1]
    how = rng.choice(["drop", "rename", "retype", "extreme", "extreme", "extreme", "double", "nest"])
    value = holder[key]
    if how == "drop":
        del holder[key]
    elif how == "rename" and isinstance(holder, dict):
        holder[rng.choice([key + "s", key.upper(), "", "id", "amount", "value"])] = holder.pop(key)
    elif how == "retype":
        holder[key] = retyped(value, rng)
    elif how == "double" and isinstance(holder, list):
        holder.insert(rng.randrange(len(holder) + 1), copy.deepcopy(value))
    elif how == "nest":
        holder[key] = rng.choice([[value], {"value": value}, {key: value}, [value, value]])
    else:
        holder[key] = rng.choice(EXTREMES)
    return case, f"{how} {path}"


def retyped(value: Any, rng: random.Random) -> Any:
    """The value as another type of JSON."""
    if isinstance(value, str):
        return rng.choice([[value], len(value), value + " ", value.swapcase(), None, 0.5])
    if isinstance(value, bool):
        return rng.choice([str(value), int(value), None])
    if isinstance(value, int):
        return rng.choice([str(value), float(value), value * 10**20, -value, bool(value)])
    if isinstance(value, list):
        return rng.choice([{str(i): item for i, item in enumerate(value)}, str(value), None, len(value)])
    return rng.choice([list(value or ()), str(value), [value], 1])


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_traceback(batch: int) -> None:
    """Damaged in one place, a case is settled or refused; nothing is raised."""
    rng = random.Random(batch)
    refused = 0
    for _ in range(DAMAGED // BATCHES):
        case, what = damaged(person_year(rng, sane=rng.random() < 0.7), rng)
        try:
            result = engine().settle(case, QUICK)
        except Exception as error:
            raise AssertionError(f"{what}: {error!r} on {json.dumps(case, ensure_ascii=False)}") from error
        assert json.loads(json.dumps(result)) == result
        if not result["ok"]:
            refused += 1
            assert result["error"]["code"] in CODES, what
            assert result["error"]["where"], what
            assert result["error"]["message"], what
    assert DAMAGED // BATCHES // 4 < refused < DAMAGED // BATCHES


@pytest.mark.parametrize("case", EXTREMES, ids=lambda value: ascii(value)[:20])
def test_no_case_at_all(case: Any) -> None:
    """Whatever JSON stands where a case should, it is invalid input."""
    result = engine().settle(case, QUICK)
    assert result["ok"] is False
    assert result["error"]["code"] == "invalid_input"
    assert result["error"]["where"]


def test_every_code_occurs_among_damaged_cases() -> None:
    """As by `python -m tests.properties.fuzz`, fewer."""
    from tests.properties.fuzz import fuzz

    found = fuzz(2500, 7)
    assert set(CODES) <= set(found), found
