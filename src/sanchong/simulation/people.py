"""Who lives there: households with their members, their area, insurance, work, income and consumption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sanchong.simulation.marginal_specs import AGE_GROUPS
from sanchong.simulation.marginals import Marginals
from sanchong.simulation.streams import Draws, Flags, Ints, Reals, array, choose, fen, spread

BLOCK: Final = 50_000
"""So many people are drawn together; those of a block depend on the seed and the block's number alone."""

ADULT: Final = 20
PENSION_AGE: Final = 60
SCHOOL_LEAVING_AGE: Final = 16

EMPLOYMENTS: Final = (
    "child", "student", "employed", "farming", "casual", "self_employed", "not_working", "retired",
)  # fmt: skip
CHILD, STUDENT, EMPLOYED, FARMING, CASUAL, SELF_EMPLOYED, NOT_WORKING, RETIRED = range(8)

_DECILES: Final = np.array(
    [-1.2815515655, -0.8416212336, -0.5244005127, -0.2533471031, 0.0,
     0.2533471031, 0.5244005127, 0.8416212336, 1.2815515655]
)  # fmt: skip
"""The deciles of the standard normal distribution."""


@dataclass(frozen=True, slots=True)
class Households:
    """The households of a block; the arrays are by household."""

    size: Ints
    first: Ints
    """The place of the first member; members stand side by side."""
    county: Ints
    township: Ints
    """Its number within the county, from 0."""
    urban: Flags
    decile: Ints
    """0 to 9 by income per head within towns or villages."""
    income: Ints
    """Fen a year, as are the next two."""
    consumption: Ints
    """Other than own payments for health."""
    food: Ints


@dataclass(frozen=True, slots=True)
class People:
    """The people of a block; the arrays are by person, members of one household side by side."""

    households: Households
    household: Ints
    """The place of the person's household."""
    age: Ints
    male: Flags
    employee: Flags
    employment: Ints
    frailty: Reals

    @property
    def count(self) -> int:
        """How many people the block has."""
        return len(self.age)

    @property
    def urban(self) -> Flags:
        """Whether each person lives in a town."""
        return self.households.urban[self.household]


def draw_people(
    marginals: Marginals, homes: Draws, wealth: Draws, cover: Draws, illness: Draws, count: int = BLOCK
) -> People:
    """``count`` people in households: sizes, ages and sexes, then area, income, insurance, work, frailty."""
    size = _sizes(marginals, homes, count)
    household = np.repeat(np.arange(len(size)), size)
    age = _seated(_ages(marginals, homes, count), size, household, homes)
    male = homes.random(count) < marginals.value("sex.male")
    households = _households(marginals, homes, wealth, size)
    urban = households.urban[household]
    employee = cover.random(count) < employee_chance(marginals, age, urban)
    sigma = marginals.value("frailty.sigma")
    return People(
        households=households,
        household=household,
        age=age,
        male=male,
        employee=employee,
        employment=_employment(marginals, cover, age, employee),
        frailty=spread(illness, sigma, count),
    )


def _sizes(marginals: Marginals, rng: Draws, count: int) -> Ints:
    """Sizes of households with ``count`` members in all; the last is cut to fit."""
    size = 1 + choose(rng, array(marginals.values("household.size")), count)
    ends = np.cumsum(size)
    last = int(np.searchsorted(ends, count))
    size = size[: last + 1].copy()
    size[last] -= ends[last] - count
    return size


def age_shares(marginals: Marginals) -> Reals:
    """The share of each of AGE_GROUPS in the population."""
    broad = np.repeat(array(marginals.values("age.broad")), [3, 9, 1, 5])
    return broad * array(marginals.values("age.within"))


def group_starts() -> Ints:
    """The first age of each of AGE_GROUPS, and the age after the last."""
    ends = [int(group.split("-")[0]) for group in AGE_GROUPS]
    return np.array([*ends, int(AGE_GROUPS[-1].split("-")[1]) + 1])


def _ages(marginals: Marginals, rng: Draws, count: int) -> Ints:
    starts = group_starts()
    group = choose(rng, age_shares(marginals), count)
    return starts[group] + (rng.random(count) * np.diff(starts)[group]).astype(np.int64)


def _seated(age: Ints, size: Ints, household: Ints, rng: Draws) -> Ints:
    """The drawn ages dealt to the places of the households, so that families look like families.

    A head is an adult, the old and the young more often in small households; a partner is of about
    the head's age; the other places go by age to children, grown children and parents. Nobody's age
    is changed: the distribution stays the one drawn.
    """
    count, homes = len(age), len(size)
    first = np.cumsum(size) - size
    adults = rng.permutation(np.flatnonzero(age >= ADULT))
    by_eagerness = np.argsort(rng.random(len(adults)) * np.where(age[adults] < 30, 2.0, 1.0))
    heads, others = adults[by_eagerness[:homes]], adults[by_eagerness[homes:]]
    bands = np.searchsorted([30, 50, 60, 75], age[heads], side="right")
    wanted = np.array([2.0, 3.2, 2.7, 2.1, 1.8])[bands] + rng.standard_normal(homes)
    head_of = np.empty(homes, dtype=np.int64)
    head_of[np.argsort(size, kind="stable")] = heads[np.argsort(wanted)]

    dealt = np.empty(count, dtype=np.int64)
    dealt[first] = head_of
    head_age = age[head_of]
    paired = np.flatnonzero(size >= 2)
    partners = others[: len(paired)]
    by_age = np.argsort(head_age[paired] + 3 * rng.standard_normal(len(paired)))
    dealt[first[paired][by_age] + 1] = partners[np.argsort(age[partners], kind="stable")]

    rest = np.concatenate([np.flatnonzero(age < ADULT), others[len(paired) :]])
    places = np.flatnonzero(np.arange(count) - first[household] >= 2)
    apart = np.array([29, 27, 0, -28])[np.searchsorted([ADULT, 36, 60], age[rest], side="right")]
    head_wanted = age[rest] + apart + 4 * rng.standard_normal(len(rest))
    dealt[places[np.argsort(head_age[household[places]], kind="stable")]] = rest[np.argsort(head_wanted)]
    return age[dealt]


def _households(marginals: Marginals, homes: Draws, wealth: Draws, size: Ints) -> Households:
    count = len(size)
    residents = array(marginals.values("county.residents"))
    county = choose(homes, residents / residents.sum(), count)
    urban = homes.random(count) < array(marginals.values("county.urban_share"))[county]
    township = (homes.random(count) * array(marginals.values("county.townships"))[county]).astype(np.int64)
    per_head = marginals.values("income.per_head")
    mean = np.where(urban, per_head["urban"], per_head["rural"])
    sigma, noise = marginals.value("income.sigma"), marginals.value("consumption.sigma")
    normal = wealth.standard_normal(count)
    relative = np.exp(sigma * normal - sigma * sigma / 2)
    spent = marginals.value("consumption.share_of_income") * mean
    spent = spent * relative ** marginals.value("consumption.elasticity") * spread(wealth, noise, count)
    food_share = (
        marginals.value("consumption.food_share")
        * relative ** marginals.value("consumption.food_elasticity")
        * spread(wealth, noise, count)
    )
    return Households(
        size=size,
        first=np.cumsum(size) - size,
        county=county,
        township=township,
        urban=urban,
        decile=np.searchsorted(_DECILES, normal, side="right"),
        income=fen(mean * relative) * size,
        consumption=fen(spent) * size,
        food=fen(spent * np.minimum(food_share, 1.0)) * size,
    )


def employee_chance(marginals: Marginals, age: Ints, urban: Flags) -> Reals:
    """The chance of employees' insurance by age and residence, scaled to the share that the marginal states."""
    by_age = array(marginals.values("insurance.employee_by_age"))
    by_residence = array(marginals.values("insurance.employee_by_residence"))
    shares, starts = age_shares(marginals), group_starts()[:-1]
    mean = float(shares @ by_age[_band_of_cover(starts)])
    in_towns = urban_share(marginals)
    mean *= float(by_residence @ [in_towns, 1 - in_towns])
    relative = by_age[_band_of_cover(age)] * by_residence[np.where(urban, 0, 1)]
    return np.minimum(marginals.value("insurance.employee_share") * relative / mean, 1.0)


def urban_share(marginals: Marginals) -> float:
    """The share of people in towns that the counties' shares come to."""
    residents = array(marginals.values("county.residents"))
    return float(array(marginals.values("county.urban_share")) @ residents / residents.sum())


def _band_of_cover(age: Ints) -> Ints:
    return np.searchsorted([ADULT, PENSION_AGE], age, side="right")


def _employment(marginals: Marginals, rng: Draws, age: Ints, employee: Flags) -> Ints:
    """What people live from, a code of EMPLOYMENTS."""
    found = FARMING + choose(rng, array(marginals.values("employment.resident")), len(age))
    found[employee] = EMPLOYED
    found[(age >= PENSION_AGE) & employee] = RETIRED
    found[(age >= PENSION_AGE) & ~employee & (found != FARMING)] = NOT_WORKING
    found[(age >= SCHOOL_LEAVING_AGE) & (age < ADULT)] = STUDENT
    found[age < SCHOOL_LEAVING_AGE] = CHILD
    return found
