"""The worked cases beside the law: each settled or answered by the shipped law and compared with the hand's working."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from sanchong.law.library import load_law, shipped_policies
from sanchong.settlement.asked import answered, read_question
from sanchong.settlement.options import Options
from sanchong.settlement.refusal import Refusal
from sanchong.settlement.settle import Engine, refused

FIELDS = {"title", "source", "arithmetic", "shows", "case", "accept_assumed", "expect"}
OPTIONAL = {"shows", "accept_assumed"}
UNORDERED = {"assumed", "unmodelled"}
"""Lists of addresses, whose order the contract leaves open."""


def _files(kind: str) -> list[Path]:
    return sorted(path for path in shipped_policies().rglob("*.yaml") if path.parent.name == kind)


def _worked(kind: str = "cases") -> list[Any]:
    rows = []
    for file in _files(kind):
        for row in yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader):
            rows.append(pytest.param(row, id=f"{file.parents[2].name}/{file.stem}/{row['case']['case']}"))
    return rows


@cache
def _engine() -> Engine:
    return Engine(load_law())


def differences(expected: Any, got: Any, path: str = "") -> Iterator[str]:
    """What ``expected`` mentions and ``got`` does not say, one line each."""
    if isinstance(expected, dict):
        if not isinstance(got, dict):
            yield f"{path}: expected an object, got {got!r}"
            return
        for key, value in expected.items():
            at = f"{path}.{key}" if path else key
            if key not in got:
                yield f"{at}: expected {value!r}, absent"
            elif key in UNORDERED:
                yield from differences(sorted(value), sorted(got[key]), at)
            elif key == "by_category" and set(value) != set(got[key]):
                yield f"{at}: expected {value!r}, got {got[key]!r}"
            else:
                yield from differences(value, got[key], at)
    elif isinstance(expected, list):
        if not isinstance(got, list) or len(expected) != len(got):
            yield f"{path}: expected {expected!r}, got {got!r}"
            return
        for i, (one, other) in enumerate(zip(expected, got, strict=True)):
            yield from differences(one, other, f"{path}[{i}]")
    elif type(expected) is not type(got) or expected != got:
        yield f"{path}: expected {expected!r}, got {got!r}"


@pytest.mark.parametrize("row", _worked())
def test_worked_case(row: dict[str, Any]) -> None:
    """The program says what was worked by hand."""
    accepted = row.get("accept_assumed", False)
    result = _engine().settle(row["case"], Options(accept_assumed=accepted, explain=False))
    found = list(differences(row["expect"], result))
    if found and not result["ok"]:
        found.append(f"error: {result['error']}")
    arithmetic = row["arithmetic"]
    assert not found, "\n".join([f"{row['source']}: {row['title']['zh']}", *found, f"by hand: {arithmetic}"])


@pytest.mark.parametrize("row", _worked("questions"))
def test_worked_question(row: dict[str, Any]) -> None:
    """A small question is answered as it was worked by hand, its illustrations accepted and named."""
    options = Options(accept_assumed=row.get("accept_assumed", False))
    try:
        asked = read_question(row["case"], _engine().law.diseases)
        result = answered(asked.answer(_engine(), options))
    except Refusal as refusal:
        result = refused(None, refusal)
    found = list(differences(row["expect"], result))
    assert not found, "\n".join([f"{row['source']}: {row['title']['zh']}", *found, str(result.get("error"))])
    assert FIELDS - OPTIONAL <= set(row) <= FIELDS
    assert result["ok"] or "answer" not in row["expect"]
    if not row.get("accept_assumed", False) and result["ok"]:
        assert result["assumed"] == []


@pytest.mark.parametrize("row", _worked())
def test_worked_case_is_complete(row: dict[str, Any]) -> None:
    """It has its fields, a title in both languages, and leans on no illustration unless it says so."""
    assert FIELDS - OPTIONAL <= set(row) <= FIELDS
    assert set(row["title"]) == {"zh", "en"}
    assert row["source"]
    assert row["arithmetic"]
    assert "ok" in row["expect"]
    if not row.get("accept_assumed", False) and row["expect"]["ok"]:
        result = _engine().settle(row["case"], Options(explain=False))
        assert all(visit["assumed"] == [] for visit in result.get("visits", []))


def test_every_case_has_a_name_of_its_own() -> None:
    """The cases' ids are their names in a report."""
    names = [str(param.id) for kind in ("cases", "questions") for param in _worked(kind)]
    assert len(names) == len(set(names))
    assert len(names) > 100
