"""Sanchong over columns: the step of the fold as it stands, compiled, on one core."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from benchmarks.rivals.columns import Column, Columns, answers_of, columns_of
from benchmarks.rivals.figures import Figures
from benchmarks.rivals.from_law import category_code, terms_of_year, visit_day
from benchmarks.rivals.population import (
    CATEGORIES,
    CHRONIC,
    CHRONIC_DISEASES,
    HOSPITALS,
    MONTHS,
    NOTHING,
    SPECIAL_DISEASE,
    STAY,
    Person,
)
from benchmarks.rivals.worker import AMOUNTS, Candidate, Run, serve

from sanchong import load_law, shapes
from sanchong.batch.compile import Records, close, fold, record_dtype, to_records
from sanchong.shapes import Closing, State, Statement, Visit

PEOPLE = 100_000
BLOCK = 1_000

_CATEGORIES = np.array([category_code(name) for name in CATEGORIES])
_CLASSES = np.array([shapes.INPATIENT_CLASSES.index(name) for name in HOSPITALS])
_CHRONIC = np.array([shapes.CONDITIONS.index(name) for name in CHRONIC_DISEASES])
_SPECIAL = shapes.CONDITIONS.index(SPECIAL_DISEASE)
_DAYS = np.array([visit_day(month).toordinal() for month in range(MONTHS)])


class Visits(NamedTuple):
    """Records of visits, by person and month, with the person and month of each."""

    records: Records
    person: Column
    month: Column


def visits_of(columns: Columns) -> Visits:
    """The population's visits as the step takes them."""
    person, month = np.nonzero(columns.kinds != NOTHING)
    kind = columns.kinds[person, month]
    outpatient = kind != STAY
    held, active, first = _held(columns)
    visits = np.repeat(to_records([Visit()]), len(person))
    visits["kind"] = np.where(outpatient, shapes.OUTPATIENT, shapes.INPATIENT)
    visits["day"] = _DAYS[month]
    visits["quarter"] = month // 3
    visits["insurance"] = shapes.RESIDENT
    visits["category"] = _CATEGORIES[columns.category][person]
    visits["level"] = 2
    visits["inpatient_class"] = _CLASSES[columns.hospital][person]
    visits["total"] = visits["in_policy"] = columns.amounts[person, month]
    visits["condition"] = np.where(kind == CHRONIC, first[person], _SPECIAL)
    visits["condition"][~outpatient] = shapes.NO_CONDITION
    visits["recognised"] = outpatient
    visits["held"] = held[person]
    visits["active_count"] = (active != shapes.NO_CONDITION).sum(axis=1)[person]
    visits["active"][:, : active.shape[1]] = active[person]
    return Visits(visits, person, month)


def _held(columns: Columns) -> tuple[Column, Column, Column]:
    """By person: what is recognised as bits, listed by first day and catalogue, and the first chronic disease."""
    chronic = np.where(columns.diseases >= 0, _CHRONIC[columns.diseases], len(shapes.CONDITIONS))
    special = np.where(columns.special, _SPECIAL, len(shapes.CONDITIONS))
    active = np.sort(np.column_stack([special, chronic]), axis=1)
    active[active == len(shapes.CONDITIONS)] = shapes.NO_CONDITION
    bits = np.where(active >= 0, np.int64(1) << np.maximum(active, 0), 0).sum(axis=1)
    return bits, active, chronic[:, 0]


Amounts = tuple[list[Column], Column]
"""The compared amounts as columns, people × months each, and the year's end payments."""


class Folding:
    """Folds one block of people after another in the same memory: no page is fetched anew for each block."""

    def __init__(self, terms: Records, people: int) -> None:
        """Room for ``people`` altogether, a block at a time, all under one row of ``terms``."""
        self.terms = terms
        self.terms_of = np.zeros(BLOCK * MONTHS, np.int64)
        self.new = [to_records([shape()])[0] for shape in (State, Statement, Closing)]
        self.states = np.zeros(BLOCK, record_dtype(State))
        self.books = np.zeros(BLOCK * MONTHS, record_dtype(Statement))
        self.closings = np.zeros(BLOCK, record_dtype(Closing))
        self.amounts = [np.zeros((people, MONTHS), np.int64) for _ in AMOUNTS]
        self.year_end = np.zeros(people, np.int64)

    def settle(self, visits: Visits, first: int, people: int) -> None:
        """Fold the years of a block and put its amounts where they belong, from person ``first`` on."""
        states, closings = self.states[:people], self.closings[:people]
        books = self.books[: len(visits.records)]
        states[:], books[:], closings[:] = self.new
        fold(states, visits.records, self.terms, books, visits.person, self.terms_of)
        close(states, self.terms, closings, self.terms_of)
        for name, column in zip(AMOUNTS, self.amounts, strict=True):
            column[first + visits.person, visits.month] = books[name]
        self.year_end[first : first + people] = closings["assistance"]

    def result(self) -> Amounts:
        """All amounts put so far."""
        return self.amounts, self.year_end


def _terms() -> Records:
    return to_records([terms_of_year(load_law())])


def _blocks(columns: Columns) -> list[tuple[int, Columns]]:
    """The population in blocks, each with the place of its first person."""
    firsts = range(0, len(columns.category), BLOCK)
    return [(first, Columns(*(column[first : first + BLOCK] for column in columns))) for first in firsts]


def prepare_fold(people: list[Person], _figures: Figures) -> Run:
    """Visits as records, made ahead: what is measured is the fold, with new states and statements."""
    terms = _terms()
    blocks = [(first, visits_of(part), len(part.category)) for first, part in _blocks(columns_of(people))]

    def run() -> Amounts:
        folding = Folding(terms, len(people))
        for first, visits, count in blocks:
            folding.settle(visits, first, count)
        return folding.result()

    return run


def prepare_columns(people: list[Person], _figures: Figures) -> Run:
    """Plain columns made ahead: the run makes the records too."""
    terms, blocks = _terms(), _blocks(columns_of(people))

    def run() -> Amounts:
        folding = Folding(terms, len(people))
        for first, part in blocks:
            folding.settle(visits_of(part), first, len(part.category))
        return folding.result()

    return run


def answers(result: Amounts) -> Column:
    """The columns side by side."""
    return answers_of(*result)


FOLD = Candidate("sanchong, compiled fold", PEOPLE, prepare_fold, answers)
COLUMNS = Candidate("sanchong, columns to columns", PEOPLE, prepare_columns, answers)

if __name__ == "__main__":
    serve([FOLD, COLUMNS])
