"""A person-year while it is being drawn: what has been said of the person, and what every part of the drawing asks."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeVar

from sanchong.law.library import load_law
from sanchong.settlement.settle import Engine
from sanchong.shapes import Terms

Json = dict[str, Any]
T = TypeVar("T")

YANGQUAN: Final = "140300"
UNPUBLISHED: Final = 2020
"""A year for which no income per head is known, and no outpatient scheme."""
COMMON_CHRONIC: Final = ("diabetes", "hypertension", "chd", "stroke", "ra", "knee_oa")


@cache
def engine() -> Engine:
    """The engine of the shipped law."""
    return Engine(load_law())


def fen(amount: Any) -> int:
    """A result's amount in fen, read without the program's own parser."""
    whole, _, cents = str(amount).partition(".")
    return int(whole) * 100 + (-1 if whole.startswith("-") else 1) * int((cents + "00")[:2])


@dataclass
class Draft:
    """A case being drawn: what is known of the person, and the sums that given payments make certain."""

    rng: random.Random
    terms: Json
    person: Json
    region: str
    year: int
    sane: bool
    legacy: tuple[str, ...] = ()
    pooled: int = 0
    burden: int = 0
    catastrophic: int = 0
    figures: Terms = field(default_factory=Terms)

    def chance(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def pick(self, among: Sequence[T]) -> T:
        return among[self.rng.randrange(len(among))]
