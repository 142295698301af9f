"""The rivals that need no environment of their own give the Engine's answers, to the fen.

A benchmark of something that computes another thing would say nothing. OpenFisca-core and zen-engine
are compared by the benchmark itself, which stops where they differ.
"""

from __future__ import annotations

import importlib.util
import json
import os
import warnings
from functools import cache
from pathlib import Path

import pytest
from benchmarks.rivals import figures as figures_file
from benchmarks.rivals import plain_decimal, sanchong_engine
from benchmarks.rivals.figures import Figures
from benchmarks.rivals.from_law import figures_of, terms_of_year
from benchmarks.rivals.population import MONTHS, population
from benchmarks.rivals.worker import AMOUNTS, Candidate

from sanchong import load_law

if importlib.util.find_spec("duckdb") is None:
    NEEDED = "SKIPPED: the DuckDB query was not compared; install the extra `batch`"
    if os.environ.get("CI"):
        raise ImportError(NEEDED)
    warnings.warn(NEEDED, stacklevel=1)
    pytest.skip(NEEDED, allow_module_level=True)

from benchmarks.rivals import duckdb_query

pytestmark = pytest.mark.batch

PEOPLE = 150
MANY = 5_000


@cache
def figures() -> Figures:
    """The law's figures."""
    return figures_of(terms_of_year(load_law()))


def answers(candidate: Candidate, people: int) -> list[list[int]]:
    """A candidate's answers, one list a person."""
    run = candidate.prepare(population(people), figures())
    return [list(map(int, answer)) for answer in candidate.answers(run())]


@pytest.mark.parametrize("rival", [plain_decimal.CANDIDATE, duckdb_query.CANDIDATE], ids=lambda c: c.name)
def test_the_engines_answers(rival: Candidate) -> None:
    """Each tier of each month and the year's end, person by person."""
    assert answers(rival, PEOPLE) == answers(sanchong_engine.UNEXPLAINED, PEOPLE)


def test_decimal_and_query_agree_where_every_cap_is_met() -> None:
    """On more people, among whom each cap of the year is used up by someone."""
    found = answers(plain_decimal.CANDIDATE, MANY)
    assert answers(duckdb_query.CANDIDATE, MANY) == found
    years = [(_sum(answer, "pooled"), _sum(answer, "catastrophic")) for answer in found]
    assistance = {_sum(answer, "assistance") + answer[-1] for answer in found}
    assert max(pooled for pooled, _ in years) == 7_000_000  # 70,000 yuan
    assert 40_000_000 in {catastrophic for _, catastrophic in years}  # 400,000 yuan, where there is a cap
    assert {4_000_000, 6_000_000} <= assistance  # 40,000 and 60,000 yuan
    assert any(answer[-1] > 0 for answer in found)


def _sum(answer: list[int], amount: str) -> int:
    """The year's sum of one compared amount."""
    return sum(answer[AMOUNTS.index(amount) : len(AMOUNTS) * MONTHS : len(AMOUNTS)])


def test_figures_survive_the_file(tmp_path: Path) -> None:
    """What the other environments read is what the law says."""
    file = tmp_path / "figures.json"
    figures_file.write(figures(), file)
    assert figures_file.read(file) == figures()
    assert json.loads(file.read_bytes())[0] == [7, 10]  # 70 % of an outpatient visit


def test_a_smaller_population_begins_a_larger_one() -> None:
    """So the people of one candidate are among those of another."""
    assert population(PEOPLE) == population(MANY)[:PEOPLE]
