"""The figures that all candidates use, as handed to environments that do not have the law.

They are taken from the law once, by :mod:`benchmarks.rivals.from_law`, and written as JSON: no figure is typed a
second time. Only the standard library is used here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple


class Rate(NamedTuple):
    """An exact fraction."""

    num: int
    den: int


class Band(NamedTuple):
    """A band of catastrophic insurance: from so many fen over the deductible, the numerator of its rate."""

    above: int
    num: int


class Category(NamedTuple):
    """What differs by assistance category. Amounts are fen; a cap that is none is None."""

    catastrophic_deductible: int
    catastrophic_cap: int | None
    bands: tuple[Band, ...]
    bands_den: int
    assistance_deductible: int
    assistance_cap: int | None
    stay_rate: Rate
    outpatient_rate: Rate


class Figures(NamedTuple):
    """All figures. Amounts are fen; lists are in the order of the population's own lists."""

    outpatient_rate: Rate
    quarterly_limits: tuple[int, ...]
    stacking_rate: Rate
    stacking_max_others: int
    pooled_cap: int
    hospital_deductibles: tuple[int, ...]
    hospital_rates: tuple[Rate, ...]
    categories: tuple[Category, ...]


def write(figures: Figures, file: Path) -> None:
    """Write them as JSON, each tuple as a list."""
    file.write_text(json.dumps(figures), encoding="utf-8")


def read(file: Path) -> Figures:
    """The figures as :func:`write` wrote them."""
    rate, limits, stacking, others, cap, deductibles, rates, categories = json.loads(file.read_bytes())
    return Figures(
        outpatient_rate=Rate(*rate),
        quarterly_limits=tuple(limits),
        stacking_rate=Rate(*stacking),
        stacking_max_others=others,
        pooled_cap=cap,
        hospital_deductibles=tuple(deductibles),
        hospital_rates=tuple(Rate(*r) for r in rates),
        categories=tuple(_category(*row) for row in categories),
    )


def _category(
    catastrophic_deductible: int,
    catastrophic_cap: int | None,
    bands: list[list[int]],
    bands_den: int,
    assistance_deductible: int,
    assistance_cap: int | None,
    stay_rate: list[int],
    outpatient_rate: list[int],
) -> Category:
    return Category(
        catastrophic_deductible,
        catastrophic_cap,
        tuple(Band(*band) for band in bands),
        bands_den,
        assistance_deductible,
        assistance_cap,
        Rate(*stay_rate),
        Rate(*outpatient_rate),
    )
