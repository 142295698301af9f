"""One source, two executions: compiled, the step gives to the fen what it gives interpreted.

What goes in is what a settlement hands to the step: the cases are settled, and the flat records of
each call are kept. The same records then run compiled, and every field must be equal: refusal,
look-ups used, gates, all amounts, the state that remains, the year's end.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import yaml
from tests.drafting import Json, engine
from tests.strategies import QUICK, person_year

from sanchong.batch.compile import Records, close, fold, to_records
from sanchong.law.library import shipped_policies
from sanchong.rules import assistance, year
from sanchong.settlement import settle
from sanchong.shapes import GATES, REFUSALS, Closing, State, Statement, Terms, Visit

pytestmark = pytest.mark.batch

RANDOM_VISITS = 20_000
CHUNK = 2_500
"""Visits compared at a time: each may have Terms of its own."""


@dataclass
class Kept:
    """The flat records that settlements handed to the step, and what the interpreted step made of them."""

    case: Json = field(default_factory=dict)
    cases: list[Json] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    books: list[Statement] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    terms: list[Terms] = field(default_factory=list)
    state_of: list[int] = field(default_factory=list)
    terms_of: list[int] = field(default_factory=list)
    state_of_closing: list[int] = field(default_factory=list)
    terms_of_closing: list[int] = field(default_factory=list)
    rows: dict[int, int] = field(default_factory=dict)

    def step(self, state: State, visit: Visit, terms: Terms, book: Statement) -> None:
        """The step, kept."""
        year.step(state, visit, terms, book)
        self.visits.append(visit)
        self.books.append(book)
        self.state_of.append(self._state(state))
        self.terms_of.append(self._row(terms))

    def close_year(self, state: State, terms: Terms, closing: Closing) -> None:
        """The year's end, kept."""
        assistance.close_year(state, terms, closing)
        self.closings.append(closing)
        self.state_of_closing.append(self._state(state))
        self.terms_of_closing.append(self._row(terms))

    def _state(self, state: State) -> int:
        if not self.states or self.states[-1] is not state:
            self.states.append(state)
            self.cases.append(self.case)
        return len(self.states) - 1

    def _row(self, terms: Terms) -> int:
        """The row of some Terms, by identity: they are kept, so none comes twice."""
        if id(terms) not in self.rows:
            self.rows[id(terms)] = len(self.terms)
            self.terms.append(terms)
        return self.rows[id(terms)]


def settle_and_keep(monkeypatch: pytest.MonkeyPatch, cases: Iterable[Json]) -> Kept:
    """Settle cases by the engine, listening where it calls the step."""
    kept = Kept()
    with monkeypatch.context() as patch:
        patch.setattr(settle, "step", kept.step)
        patch.setattr(settle, "close_year", kept.close_year)
        for case in cases:
            kept.case = case
            engine().settle(case, QUICK)
    return kept


def compare(kept: Kept) -> None:
    """Run the same records compiled; every field of every record must be equal."""
    states = to_records([State() for _ in kept.states], State)
    books = to_records([Statement() for _ in kept.books], Statement)
    visits, terms = to_records(kept.visits, Visit), to_records(kept.terms, Terms)
    fold(states, visits, terms, books, np.array(kept.state_of, np.int64), np.array(kept.terms_of, np.int64))
    closed = states[kept.state_of_closing]
    closings = to_records([Closing() for _ in kept.closings], Closing)
    close(closed, terms, closings, np.array(kept.terms_of_closing, np.int64))
    states[kept.state_of_closing] = closed
    assert_equal(books, to_records(kept.books, Statement), [kept.cases[i] for i in kept.state_of])
    assert_equal(states, to_records(kept.states, State), kept.cases)
    assert_equal(closings, to_records(kept.closings, Closing), [kept.cases[i] for i in kept.state_of_closing])


def assert_equal(compiled: Records, interpreted: Records, cases: list[Json]) -> None:
    """Equal in every field, or the first case that differs."""
    assert len(compiled) == len(interpreted) == len(cases)
    for name in compiled.dtype.names or ():
        differs = np.argwhere(compiled[name] != interpreted[name])
        if len(differs):
            at = differs[0][0]
            raise AssertionError(
                f"{name}: compiled {compiled[name][at]}, interpreted {interpreted[name][at]} in {cases[at]}"
            )


def worked_cases() -> list[Any]:
    """The worked cases beside the law."""
    found: list[Any] = []
    for file in sorted(shipped_policies().rglob("cases/*.yaml")):
        rows = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader) or []
        found += [row["case"] for row in rows]
    return found


def test_worked_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """On every worked case beside the law."""
    compare(settle_and_keep(monkeypatch, worked_cases()))


def test_random_visits(monkeypatch: pytest.MonkeyPatch) -> None:
    """On 20,000 visits at the edges of every threshold, refused ones included."""
    seed = count = closed = 0
    gates: Counter[str] = Counter()
    refusals: Counter[str] = Counter()
    while count < RANDOM_VISITS:
        cases: list[Json] = []
        while sum(len(case["visits"]) for case in cases) < CHUNK:
            cases.append(person_year(random.Random(seed)))
            seed += 1
        kept = settle_and_keep(monkeypatch, cases)
        compare(kept)
        count += len(kept.visits)
        closed += sum(closing.assistance > 0 for closing in kept.closings)
        for book in kept.books:
            refusals[REFUSALS[book.refusal]] += 1
            gates.update(gate for bit, gate in enumerate(GATES) if book.gates >> bit & 1)
    assert set(gates) == set(GATES)
    assert {"", "not_in_force", "not_recognised", "mutually_exclusive"} <= set(refusals)
    assert closed > 0


def test_nothing_at_all() -> None:
    """No visits, no states: nothing happens."""
    compare(Kept())


def test_a_number_too_large_for_its_column() -> None:
    """What does not fit is an error, never a smaller number."""
    with pytest.raises(OverflowError):
        to_records([Visit(level=300)])


def test_nothing_else_needs_numba() -> None:
    """Without numba and numpy everything but sanchong.batch can be imported, and a case settles."""
    program = (
        "import sys; sys.modules.update(numba=None, numpy=None); import sanchong, sanchong.cli; "
        "print(sanchong.Engine(sanchong.load_law()).settle({})['error']['code'])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "invalid_input"
