"""A year settled entry by entry is the year settled as one case."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import yaml
from tests.test_worked_cases import _files

from sanchong import Engine, Options, load_law
from sanchong.settlement.entry import YearSoFar, settle_entry

CASES = [
    row
    for file in _files("cases")
    for row in yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
    if "case" in row
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load_law())


def by_entries(engine: Engine, case: dict[str, Any], options: Options) -> tuple[list[Any], Any, Any]:
    """The visits, the year's end and the year of a case, settled one visit at a time through stored states."""
    before: dict[str, Any] = {}
    visits, closing, year = [], None, None
    alone = {**case, "close_year": False}
    turns = [{**alone, "visits": [visit]} for visit in case["visits"]]
    if case.get("close_year"):
        turns.append({**case, "visits": []})
    for turn in turns:
        entry = settle_entry(engine, turn, before, options)
        before = json.loads(json.dumps(entry.after.data()))
        visits += entry.result["visits"]
        closing, year = entry.result["close_year"], entry.result["year"]
    return visits, closing, year


def test_entry_by_entry_every_worked_case_comes_out_as_a_whole(engine: Engine) -> None:
    compared = 0
    for row in CASES:
        options = Options(accept_assumed=bool(row.get("accept_assumed", False)))
        case = row["case"]
        whole = engine.settle(case, options)
        if not whole["ok"] or not case["visits"]:
            continue
        assert by_entries(engine, case, options) == (whole["visits"], whole["close_year"], whole["year"])
        compared += len(case["visits"]) > 1
    assert compared > 30


def test_a_new_year_is_empty_and_comes_back_as_it_was_written() -> None:
    assert YearSoFar().data() == {}
    assert YearSoFar.of({}) == YearSoFar()
    some = YearSoFar.of({"pooled_used": 5, "quarter_used": [1, 0, 0, 0], "household": "140300"})
    assert YearSoFar.of(some.data()) == some
    assert some.data() == {"pooled_used": 5, "quarter_used": [1, 0, 0, 0], "household": "140300"}


def test_an_unknown_field_of_a_stored_year_is_refused() -> None:
    with pytest.raises(TypeError):
        YearSoFar.of({"pooled_use": 5})


def test_the_receipt_names_the_year_before(engine: Engine) -> None:
    """By the SHA-256 of its canonical JSON; of a new year that is ``{}``."""
    row = next(row for row in CASES if len(row["case"]["visits"]) == 1 and not row["case"].get("close_year"))
    options = Options(accept_assumed=True)
    first = settle_entry(engine, row["case"], {}, options)
    assert first.result["receipt"]["before"] == hashlib.sha256(b"{}").hexdigest()
    later = settle_entry(engine, row["case"], {"pooled_used": 5}, options)
    assert later.result["receipt"]["before"] == hashlib.sha256(b'{"pooled_used":5}').hexdigest()
