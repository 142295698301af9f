"""The population that all candidates settle: a person's year with at most one visit a month.

Reduced to what every candidate can say: one insured resident of Yangquan, one assistance category and one
class of hospital all year, up to five chronic diseases and perhaps one special disease recognised all year, and
each month nothing, an outpatient visit or a stay whose whole amount lies within the policy scope. Whole fen,
drawn from a seed, the same in every environment: only the standard library is used.
"""

from __future__ import annotations

import random
from typing import Final, NamedTuple

YEAR: Final = 2026
MONTHS: Final = 12
SEED: Final = 140300

NOTHING: Final = 0
CHRONIC: Final = 1
SPECIAL: Final = 2
STAY: Final = 3
KINDS: Final = ("nothing", "chronic", "special", "stay")

CATEGORIES: Final = (
    "none", "extreme_poverty", "subsistence_allowance", "near_subsistence", "impoverished_by_illness",
)  # fmt: skip
HOSPITALS: Final = ("first", "second_city", "second_county", "third")
CHRONIC_DISEASES: Final = (
    "diabetes", "hypertension", "chd", "stroke", "ra", "epilepsy", "parkinson", "thyroid",
)  # fmt: skip
"""Of these no two exclude each other, nor any the special disease."""
SPECIAL_DISEASE: Final = "hemophilia"
MAX_DISEASES: Final = 5

_CATEGORY_WEIGHTS: Final = (50, 8, 20, 12, 10)
_KIND_WEIGHTS: Final = {True: (4, 5, 2, 1), False: (4, 6, 0, 2)}
"""Of twelve months, by whether a special disease is recognised."""
_MOST: Final = {CHRONIC: 150_000, SPECIAL: 1_500_000, STAY: 3_000_000}
_TIMES: Final = (1, 5, 25)
_TIMES_WEIGHTS: Final = (88, 11, 1)
"""Some people's amounts are several times those of others, so that every cap is met by some."""


class Person(NamedTuple):
    """A person's year. ``category`` and ``hospital`` are places in their lists, ``diseases`` in CHRONIC_DISEASES.

    ``kinds`` and ``amounts`` (fen, 0 where there is nothing) are by month.
    """

    category: int
    hospital: int
    diseases: tuple[int, ...]
    special: bool
    kinds: tuple[int, ...]
    amounts: tuple[int, ...]


def population(count: int, seed: int = SEED) -> list[Person]:
    """The first ``count`` people of a seed: a smaller population begins a larger one."""
    source = random.Random(seed)
    return [_person(source) for _ in range(count)]


def visits_of(people: list[Person]) -> int:
    """How many visits they have."""
    return sum(MONTHS - person.kinds.count(NOTHING) for person in people)


def _person(source: random.Random) -> Person:
    special = source.random() < 0.3
    times = source.choices(_TIMES, _TIMES_WEIGHTS)[0]
    kinds = tuple(source.choices(range(len(KINDS)), _KIND_WEIGHTS[special], k=MONTHS))
    diseases = source.sample(range(len(CHRONIC_DISEASES)), source.randint(1, MAX_DISEASES))
    return Person(
        category=source.choices(range(len(CATEGORIES)), _CATEGORY_WEIGHTS)[0],
        hospital=source.randrange(len(HOSPITALS)),
        diseases=tuple(sorted(diseases)),
        special=special,
        kinds=kinds,
        amounts=tuple(source.randint(1, _MOST[kind] * times) if kind else 0 for kind in kinds),
    )
