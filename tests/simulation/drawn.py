"""A population drawn once for all tests, and small ways to look at it."""

from __future__ import annotations

import importlib.util
import os
import warnings
from functools import cache
from typing import Any

import pytest

if importlib.util.find_spec("pyarrow") is None:
    NEEDED = "SKIPPED: no population was drawn; install the extra `batch`"
    if os.environ.get("CI"):
        raise ImportError(NEEDED)
    warnings.warn(NEEDED, stacklevel=1)
    pytest.skip(NEEDED, allow_module_level=True)

import numpy as np
import pyarrow as pa

from sanchong.law.library import load_law
from sanchong.simulation.marginals import Marginals, load_marginals, shipped
from sanchong.simulation.people import BLOCK
from sanchong.simulation.population import Population, Tables, draw_blocks
from sanchong.simulation.setting import Setting, setting_of

AREA = "140300"
YEAR = 2026
PEOPLE = BLOCK + 30_000
SEED = 20_260_101


@cache
def marginals() -> Marginals:
    """The marginals that come with the package."""
    return load_marginals(shipped(AREA))


@cache
def setting(year: int = YEAR) -> Setting:
    """What the shipped law says of the area and year."""
    return setting_of(load_law(), AREA, year)


def draw(people: int, seed: int = SEED, year: int = YEAR, workers: int = 1) -> Tables:
    """A population's tables, each as one Arrow table."""
    population = Population(marginals(), setting(year), seed, people)
    blocks = list(draw_blocks(population, workers))
    return {name: pa.Table.from_batches([block[name] for block in blocks]) for name in blocks[0]}


@cache
def drawn() -> Tables:
    """The population that most tests look at: a whole block and part of another."""
    return draw(PEOPLE)


def column(tables: Tables, table: str, name: str) -> Any:
    """A column as a NumPy array; a code as its words, a day as days from 1970."""
    found = tables[table][name].combine_chunks()
    if pa.types.is_dictionary(found.type):
        found = found.dictionary_decode()
    if pa.types.is_date(found.type):
        found = found.cast(pa.int32())
    return found.to_numpy(zero_copy_only=False)


def rows(tables: Tables, table: str) -> list[dict[str, Any]]:
    """A table as dictionaries."""
    found: list[dict[str, Any]] = tables[table].to_pylist()
    return found


def by_person(tables: Tables, table: str) -> dict[str, list[dict[str, Any]]]:
    """A table's rows by person."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows(tables, table):
        found.setdefault(row["person"], []).append(row)
    return found


def place_of(names: Any) -> Any:
    """The numbers of people from 0, from names such as p000000001."""
    return np.array([int(name[1:]) for name in names]) - 1
