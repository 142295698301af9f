"""``sanchong law clauses``: every clause and every requirement row, readable at any width."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from rich.cells import cell_len
from tests.cli.running import run

from sanchong.law.library import load_law

ROWS = {f"A{i}" for i in range(1, 109)} | {f"B{i}" for i in range(1, 145)}


@pytest.fixture(scope="module")
def listed() -> list[dict[str, Any]]:
    """All clauses as data."""
    found: list[dict[str, Any]] = run("law", "clauses", "--format", "json", status=0).json
    return found


def test_every_row_is_carried_by_exactly_one_clause(listed: list[dict[str, Any]]) -> None:
    carried = Counter(row for clause in listed for row in clause["rows"])
    assert set(carried) == ROWS
    assert [row for row, times in carried.items() if times > 1] == []


def test_every_clause_is_complete(listed: list[dict[str, Any]]) -> None:
    assert {clause["id"] for clause in listed} == set(load_law().clauses)
    for clause in listed:
        assert clause["id"].startswith(clause["document"] + ".")
        assert clause["kind"] and set(clause["kind"]) <= {"computable", "procedural", "principle"}
        for lang in ("zh", "en"):
            assert clause["gist"][lang] and clause["place"][lang]


def test_what_carries_a_clause_out_is_named(listed: list[dict[str, Any]]) -> None:
    by_id = {clause["id"]: clause for clause in listed}
    assert "raised_to_floor" in by_id["yangquan.b39"]["rules"]
    assert "outpatient.chronic.quarterly_limit.diabetes" in by_id["illustrative.quarterly_limit"]["values"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [80, 120])
def test_nothing_that_is_looked_up_is_broken_across_lines(
    width: int, lang: str, listed: list[dict[str, Any]]
) -> None:
    said = run("law", "clauses", "--lang", lang, env={"COLUMNS": str(width)}, status=0).out
    assert max(map(cell_len, said.splitlines())) <= width
    words = Counter(re.findall(r"[\w.]+", said, re.ASCII))
    for clause in listed:
        assert words[clause["id"]] == 1, clause["id"]
        for name in (*clause["rows"], *clause["rules"]):
            assert words[name] >= 1, name
    assert ("可计算" in said) == (lang == "zh")
    assert ("computable" in said) == (lang == "en")


def test_one_document() -> None:
    said = run("law", "clauses", "--document", "jinzhong", "--format", "json", status=0).json
    assert {clause["document"] for clause in said} == {"jinzhong"}
    assert "shanxi.a" not in run("law", "clauses", "--document", "jinzhong", status=0).out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--document", "taiyuan"], "no document taiyuan; there are "),
        (["--format", "html"], "--format is table or json"),
        (["--lang", "fr"], "--lang is zh or en"),
    ],
)
def test_unusable_arguments(options: list[str], said: str) -> None:
    done = run("law", "clauses", *options, status=2)
    assert said in done.err and done.err.count("\n") == 1 and done.out == ""
    assert "没有文件" in run("law", "clauses", "--document", "x", "--lang", "zh", status=2).err


def test_the_case_that_proves_a_clause_is_named(listed: list[dict[str, Any]]) -> None:
    """With what carries it; a clause that is open says so and is counted at the end."""
    by_id = {clause["id"]: clause for clause in listed}
    assert by_id["shanxi.a46"]["case"] == "shanxi.quota.C09-mixed"
    assert by_id["shanxi.a46"]["carried_by"] == {"rule": ["highest_limit"]}
    assert by_id["shanxi.a3"]["carried_by"] == {"period": ["to"]}
    assert by_id["jinzhong.a81"]["carried_by"] == {"rule": ["on_fast_track"], "duty": ["recognition"]}
    for clause in listed:
        if "computable" in clause["kind"]:
            assert (clause["case"] is None or set(clause["carried_by"]) <= {"duty"}) == clause["open"]
            assert clause["open"] or clause["cases"] > 0
    said = run("law", "clauses", "--lang", "en", status=0).out
    lacking = sum(clause["open"] for clause in listed)
    ending = (
        f"{lacking} computable clauses are not carried out" if lacking else "every computable clause is met"
    )
    assert said.splitlines()[-1].startswith(ending)
    assert "case shanxi.quota.C09-mixed" in said
    whole = run("law", "clauses", "--document", "jinzhong", "--lang", "zh", status=0).out
    assert whole.splitlines()[-1] == "可计算条款均有算例"
