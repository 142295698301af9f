"""Figures as a page shows them: an amount in a unit that fits, a share in per cent; never more places than mean anything."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from sanchong.bill.words import Lang


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of money: so many fen, its name, and how many places are shown."""

    fen: int
    name: str
    places: int

    def show(self, fen: int | Fraction, *, sign: bool = False) -> str:
        """An amount in this unit, without its name."""
        return decimal(Fraction(fen) / self.fen, self.places, sign=sign)


UNITS: Final = {
    "zh": (Unit(100, "元", 0), Unit(100 * 10**4, "万元", 1), Unit(100 * 10**8, "亿元", 2)),
    "en": (Unit(100, "yuan", 0), Unit(100 * 10**3, "thousand yuan", 0), Unit(100 * 10**6, "million yuan", 1)),
}
"""By language, from small to large."""
LEAST: Final = 2
"""A unit is used where the largest amount is at least so many of it; yuan otherwise."""


def unit_for(lang: Lang, *fen: int) -> Unit:
    """The unit in which the largest of some amounts reads best."""
    most = max((abs(amount) for amount in fen), default=0)
    fitting = [unit for unit in UNITS[lang] if most >= LEAST * unit.fen]
    return fitting[-1] if fitting else UNITS[lang][0]


def money(fen: int, lang: Lang, *, sign: bool = False) -> str:
    """An amount with the unit that fits."""
    unit = unit_for(lang, fen)
    return f"{unit.show(fen, sign=sign)} {unit.name}"


def decimal(value: Fraction, places: int, *, sign: bool = False) -> str:
    """A number with so many places, half away from zero, thousands separated."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    digits = f"{whole // 10**places:,}" + (f".{whole % 10**places:0{places}d}" if places else "")
    if whole == 0:
        return digits
    return f"−{digits}" if value < 0 else f"+{digits}" if sign else digits


def per_cent(share: Fraction, places: int = 1, *, sign: bool = False) -> str:
    """A part of 1 in per cent."""
    return decimal(share * 100, places, sign=sign) + "%"


def index(value: float) -> str:
    """An index such as Gini's, three places."""
    return f"{value:.3f}".replace("-", "−")
