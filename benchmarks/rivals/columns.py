"""The population and its answers as columns, for the candidates that settle all people at once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from benchmarks.rivals.population import MAX_DISEASES, MONTHS, Person
from benchmarks.rivals.worker import AMOUNTS, WIDTH

Column = np.ndarray[Any, np.dtype[Any]]


class Columns(NamedTuple):
    """One row a person. ``diseases`` has a column a place, -1 where there is no further one;
    ``kinds`` and ``amounts`` (fen) a column a month."""

    category: Column
    hospital: Column
    diseases: Column
    special: Column
    kinds: Column
    amounts: Column


def columns_of(people: list[Person]) -> Columns:
    """People as columns."""
    padded = [person.diseases + (-1,) * (MAX_DISEASES - len(person.diseases)) for person in people]
    return Columns(
        category=np.array([person.category for person in people], np.int8),
        hospital=np.array([person.hospital for person in people], np.int8),
        diseases=np.array(padded, np.int8),
        special=np.array([person.special for person in people]),
        kinds=np.array([person.kinds for person in people], np.int8),
        amounts=np.array([person.amounts for person in people], np.int64),
    )


def answers_of(months: list[Column], year_end: Column) -> Column:
    """Answers in fen from one array a compared amount, each people × months, and the year's end payments."""
    rows = np.zeros((len(year_end), WIDTH), np.int64)
    rows[:, :-1] = np.stack(months, axis=2).reshape(len(year_end), MONTHS * len(AMOUNTS))
    rows[:, -1] = year_end
    return rows
