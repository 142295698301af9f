"""Assistance categories: granted to households by means, to persons by their situation, to the sick by their bills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sanchong.simulation.conditions import OPEN
from sanchong.simulation.marginal_specs import HOUSEHOLD_CATEGORIES
from sanchong.simulation.marginals import Marginals
from sanchong.simulation.people import PENSION_AGE, People
from sanchong.simulation.setting import Setting
from sanchong.simulation.streams import Draws, Flags, Ints, array, place

GRANTED: Final = (
    *HOUSEHOLD_CATEGORIES, "extreme_poverty", "orphan", "unsupported_child", "impoverished_by_illness",
)  # fmt: skip
MAJORITY: Final = 18
EARLIER_YEARS: Final = 3
"""Grants that began before the year began within so many years."""


@dataclass(frozen=True, slots=True)
class Grants:
    """Rows of the contract's table of categories: a place in GRANTED, the first and the last day."""

    person: Ints
    category: Ints
    start: Ints
    end: Ints


def draw_grants(marginals: Marginals, setting: Setting, people: People, rng: Draws) -> Grants:
    """Categories granted to households (all members, one period) and to persons."""
    homes = people.households
    ladder = np.array([list(row.values()) for row in marginals.rows("category.households").values()])
    chance = np.where(homes.urban, ladder[:, :1], ladder[:, 1:])
    chance = chance * array(marginals.values("category.by_income_decile"))[homes.decile]
    uniform = rng.random(len(homes.size))
    granted = (uniform >= np.cumsum(chance, axis=0)).sum(axis=0)
    start, end = _periods(marginals, setting, rng, len(homes.size))
    member = np.flatnonzero(granted[people.household] < len(HOUSEHOLD_CATEGORIES))
    home = people.household[member]
    own, what = _to_persons(marginals, people, rng)
    own_start, own_end = _periods(marginals, setting, rng, len(own))
    return Grants(
        person=np.concatenate([member, own]),
        category=np.concatenate([granted[home], what]),
        start=np.concatenate([start[home], own_start]),
        end=np.concatenate([end[home], own_end]),
    )


def _to_persons(marginals: Marginals, people: People, rng: Draws) -> tuple[Ints, Ints]:
    """Extreme poverty of the old who live alone; orphans and unsupported children."""
    shares = marginals.values("category.extreme_poverty")
    alone = (people.households.size[people.household] == 1) & (people.age >= PENSION_AGE)
    poor = alone & (rng.random(people.count) < np.where(people.urban, shares["urban"], shares["rural"]))
    ladder = np.cumsum([*marginals.values("category.children").values(), 0.0])
    ladder[-1] = 1.0
    child = place(rng.random(people.count), ladder)
    child[people.age >= MAJORITY] = len(ladder) - 1
    old, young = np.flatnonzero(poor), np.flatnonzero(child < len(ladder) - 1)
    first = GRANTED.index("extreme_poverty")
    return np.concatenate([old, young]), np.concatenate([np.full(len(old), first), first + 1 + child[young]])


def _periods(marginals: Marginals, setting: Setting, rng: Draws, count: int) -> tuple[Ints, Ints]:
    shares = marginals.values("category.periods")
    days = setting.last - setting.first + 1
    within = rng.random(count)
    begins = rng.random(count) < shares["begins"]
    earlier = setting.first - 1 - np.floor(rng.random(count) * EARLIER_YEARS * days)
    start = np.where(begins, setting.first + np.floor(within * days), earlier).astype(np.int64)
    ends = ~begins & (rng.random(count) < shares["ends"])
    end = np.where(ends, setting.first + np.floor(within * days), OPEN).astype(np.int64)
    return start, end


def grant_for_illness(
    marginals: Marginals, setting: Setting, grants: Grants, count: int, person: Ints, day: Ints, total: Ints,
    stay: Flags, rng: Draws,
) -> Grants:  # fmt: skip
    """``grants`` with those of people whose bills of the year impoverish them; sorted by person, then category."""
    rule = marginals.values("category.impoverished_by_illness")
    year = np.bincount(person, weights=total, minlength=count)
    without = np.ones(count, dtype=bool)
    without[grants.person] = False
    chosen = without & (year >= rule["threshold"] * 100) & (rng.random(count) < rule["share"])
    rows = np.flatnonzero(stay & chosen[person])
    rows = rows[np.lexsort((total[rows], person[rows]))]
    costliest = rows[np.append(np.diff(person[rows]) != 0, True)] if len(rows) else rows
    since = day[costliest] + 1
    costliest, since = costliest[since <= setting.last], since[since <= setting.last]
    what = np.full(len(since), GRANTED.index("impoverished_by_illness"))
    person = np.concatenate([grants.person, person[costliest]])
    category = np.concatenate([grants.category, what])
    order = np.lexsort((category, person))
    start = np.concatenate([grants.start, since])
    end = np.concatenate([grants.end, np.full(len(since), OPEN)])
    return Grants(person[order], category[order], start[order], end[order])
