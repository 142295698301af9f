"""What patients bear: of people by percentile, of households against income and capacity to pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from sanchong.batch.columns import Array
from sanchong.money import half_up
from sanchong.simulation.frames import Frame
from sanchong.simulation.measures.outlay import grouped
from sanchong.simulation.scenarios import Outcome

PERCENTILES: Final = (50, 75, 90, 95, 99)
EQUIVALENCE: Final = 0.56
"""The power of household size that makes food of households of different size comparable (WHO)."""
MIDDLE: Final = (45, 55)
"""The percentiles of the food share between which households set the subsistence line (WHO)."""


@dataclass(frozen=True, slots=True)
class Households:
    """Facts by household, in fen a year; ``whole`` where nobody's year was refused."""

    size: Array
    income: Array
    consumption: Array
    """Other than own payments for health."""
    food: Array
    own: Array
    """Own payments for health of all members."""
    whole: Array


@dataclass(frozen=True, slots=True)
class Patients:
    """Own payments of those who had a settled visit, in fen."""

    people: int
    cost: int
    """All that anybody paid for them."""
    own: int
    mean: int
    """Half up to the fen."""
    percentiles: tuple[int, ...]
    """By :data:`PERCENTILES`, nearest rank: each is what somebody pays."""
    most: int

    @property
    def own_share(self) -> Fraction:
        """The part of the cost that patients bear."""
        return Fraction(self.own, self.cost) if self.cost else Fraction(0)


@dataclass(frozen=True, slots=True)
class Catastrophic:
    """How many of the counted households bear more than a share of what they have."""

    households: int
    over_10_of_income: int
    over_25_of_income: int
    at_40_of_capacity: int

    def share(self, name: str) -> Fraction:
        """One of the counts as a part of all households."""
        return Fraction(getattr(self, name), self.households) if self.households else Fraction(0)


def households_of(frame: Frame, outcome: Outcome) -> Households:
    """The households of a frame with what they pay under one scenario."""
    _, first = np.unique(frame.household, return_index=True)
    count = len(first)
    refused = grouped(outcome.refused.astype(np.int64), frame.household, count)
    own = grouped(outcome.year["patient"], frame.household, count)
    return Households(
        frame.size[first], frame.income[first], frame.consumption[first], frame.food[first], own, refused == 0
    )


def patients(frame: Frame, outcome: Outcome, among: Array) -> Patients:
    """What patients of ``among`` (a mask of people) pay."""
    rows = outcome.settled & (frame.of_person >= 0) & among[frame.of_person]
    seen = np.unique(frame.of_person[rows])
    paid = np.sort(outcome.year["patient"][seen])
    cost = int((outcome.amounts["total"][rows] - outcome.amounts["dual_channel"][rows]).sum())
    own, people = int(paid.sum()), len(paid)
    mean = half_up(own, people) if people else 0
    found = tuple(nearest_rank(paid, percent) for percent in PERCENTILES)
    return Patients(people, cost, own, mean, found, int(paid[-1]) if people else 0)


def nearest_rank(rising: Array, percent: int) -> int:
    """The smallest value that at least ``percent`` in a hundred do not exceed; 0 of nothing."""
    count = len(rising)
    return int(rising[max(-(-percent * count // 100) - 1, 0)]) if count else 0


def subsistence_line(homes: Households, among: Array) -> float:
    """Food of one equivalent person in the households whose food share lies in the middle, in fen a year (WHO).

    The mean of food ÷ size^0.56 over the households from the 45th to the 55th percentile of food ÷ total consumption, own
    payments for health included. An indicator: floating point. 0 where there is no household.
    """
    total = (homes.consumption + homes.own)[among]
    food, size = homes.food[among], homes.size[among]
    used = total > 0
    if not used.any():
        return 0.0
    share = food[used] / total[used]
    low, high = np.percentile(share, MIDDLE)
    middle = (share >= low) & (share <= high)
    if not middle.any():  # a handful of households, none of them between the two: those nearest to the middle
        distance = np.abs(share - np.median(share))
        middle = distance == distance.min()
    return float(np.mean(food[used][middle] / size[used][middle] ** EQUIVALENCE))


def capacity_to_pay(homes: Households, line: float) -> Array:
    """By household, total consumption less subsistence, whole fen; less its own food where that is lower (WHO)."""
    subsistence = np.floor(line * homes.size**EQUIVALENCE + 0.5).astype(np.int64)
    found: Array = homes.consumption + homes.own - np.minimum(subsistence, homes.food)
    return found


def catastrophic(homes: Households, line: float, among: Array) -> Catastrophic:
    """Counts of households: above 10 % and 25 % of income; 40 % of capacity to pay or more. Compared as whole numbers."""
    own, income = homes.own[among], homes.income[among]
    capacity = capacity_to_pay(homes, line)[among]
    paying = own > 0
    return Catastrophic(
        len(own),
        int(np.count_nonzero(paying & (own * 10 > income))),
        int(np.count_nonzero(paying & (own * 4 > income))),
        int(np.count_nonzero(paying & (own * 5 >= capacity * 2))),
    )


def fifths(frame: Frame, among: Array) -> Array:
    """By person, the fifth of income per head (0 the poorest) among the people of ``among``; -1 for others."""
    place = np.full(frame.people, -1, np.int64)
    rows = np.flatnonzero(among)
    order = rows[np.lexsort((frame.household[rows], per_head(frame)[rows]))]
    place[order] = np.arange(len(order)) * 5 // max(len(order), 1)
    return place


def per_head(frame: Frame) -> Array:
    """By person, the household's income per head in fen, rounded down: for ranking."""
    found: Array = frame.income // np.maximum(frame.size, 1)
    return found


def whole_in_all(homes: Sequence[Households]) -> Array:
    """The households of which nobody was refused in any of the scenarios."""
    found: Array = np.logical_and.reduce([h.whole for h in homes])
    return found
