"""Random numbers: one counter-based stream for each (seed, block, topic), whoever draws from it and when.

The people of a block thus depend on the seed and the block's number alone: not on the number of
workers, not on how many blocks there are; and a change to how visits are drawn moves no household.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Reals: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Draws: TypeAlias = np.random.Generator

Topic = Literal[
    "households", "income", "insurance", "grants", "illness", "recognition", "exclusion",
    "outpatient", "stays", "drugs", "bills", "payers",
]  # fmt: skip
TOPICS: Final[tuple[Topic, ...]] = get_args(Topic)
"""New topics go at the end: a topic's place is its key."""


def draws(seed: int, block: int, topic: Topic) -> Draws:
    """The stream of a topic in a block."""
    sequence = np.random.SeedSequence(seed, spawn_key=(block, TOPICS.index(topic)))
    return np.random.Generator(np.random.Philox(sequence))


def choose(rng: Draws, shares: npt.ArrayLike, count: int) -> Ints:
    """``count`` places among ``shares``, which add up to 1."""
    return place(rng.random(count), np.cumsum(shares))


def place(uniform: Reals, ladder: Reals) -> Ints:
    """Where uniform numbers fall on a ladder of cumulated shares."""
    return np.minimum(np.searchsorted(ladder, uniform, side="right"), len(ladder) - 1)


def spread(rng: Draws, sigma: float, count: int) -> Reals:
    """Lognormal factors whose mean is 1."""
    return np.exp(sigma * rng.standard_normal(count) - sigma * sigma / 2)


def fen(yuan: Reals) -> Ints:
    """Whole fen of amounts that were drawn. Here drawn numbers become money; nowhere else."""
    return np.rint(yuan * 100).astype(np.int64)


def array(values: Mapping[str, float]) -> Reals:
    """The values of a marginal, in their order."""
    return np.fromiter(values.values(), dtype=np.float64, count=len(values))


def sums(places: Ints, weights: Reals) -> Reals:
    """The sum of the weights at each place."""
    return np.bincount(places, weights).astype(np.float64)
