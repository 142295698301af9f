"""Money is whole fen, a rate is an exact fraction, and rounding is one function."""

from __future__ import annotations

import re
from functools import lru_cache
from math import gcd
from typing import Final, NamedTuple, TypeAlias

Fen: TypeAlias = int
"""An amount in fen (1/100 yuan)."""

MAX_AMOUNT: Final = 10**12
"""The largest amount, and the largest sum of a person's year, in fen: checked where data enter."""

MAX_RATE_TERM: Final = 10**6
"""The largest numerator or denominator of a rate, so that amount × term × 2 fits 64 bits."""

NO_LIMIT: Final = 10**15
"""A cap that is none. Larger than any sum of a year and never 0."""

_CENTS: Final = tuple(f".{cents:02d}" for cents in range(100))
"""What follows the yuan, by fen: written once, as amounts are written far more often than anything else."""

_WRITTEN: Final = 4096
"""So many amounts, and so many rates, are kept as written: a visit writes each of its few some dozen times."""

_YUAN = re.compile(r"(-?)(\d{1,15})(?:\.(\d{1,2}))?", re.ASCII)
_PERCENT = re.compile(r"(\d{1,9})(?:\.(\d{1,9}))?%", re.ASCII)
_FRACTION = re.compile(r"(\d{1,9})/(\d{1,9})", re.ASCII)


class Rate(NamedTuple):
    """An exact fraction from 0 to 1; ``num`` and ``den`` are whole and at most 10⁶."""

    num: int
    den: int


def half_up(numerator: int, denominator: int) -> Fen:
    """The rounding rule: a non-negative fraction to the nearest whole fen, halves upwards (Q40)."""
    return (2 * numerator + denominator) // (2 * denominator)


def share(amount: Fen, rate: Rate) -> Fen:
    """``rate`` of a non-negative amount, half up to the fen."""
    return half_up(amount * rate.num, rate.den)


def share_down(amount: Fen, rate: Rate) -> Fen:
    """``rate`` of an amount, rounded down: for limits that must not be passed (Q33)."""
    return amount * rate.num // rate.den


def room(limit: Fen, used: Fen) -> Fen:
    """What is left of a limit, never below 0; ``NO_LIMIT`` stays without limit."""
    if limit == NO_LIMIT:
        return NO_LIMIT
    return max(limit - used, 0)


def parse_yuan(text: str) -> Fen:
    """Fen of a decimal string in yuan with at most two places; ValueError if it is not one."""
    match = _YUAN.fullmatch(text)
    if match is None:
        raise ValueError("not a decimal amount in yuan with at most two places")
    sign, whole, cents = match.groups()
    fen = int(whole) * 100
    if cents:
        fen += int(cents) if len(cents) == 2 else int(cents) * 10
    return -fen if sign else fen


@lru_cache(_WRITTEN)
def plain_yuan(fen: Fen) -> str:
    """``fen`` in yuan as the contract writes it: two places, no separators."""
    if fen < 0:
        return f"-{plain_yuan(-fen)}"
    return f"{fen // 100}{_CENTS[fen % 100]}"


@lru_cache(_WRITTEN)
def yuan(fen: Fen) -> str:
    """``fen`` in yuan as people read it: two places, thousands separated; 不限 for no limit."""
    if fen == NO_LIMIT:
        return "不限"
    if fen < 0:
        return f"-{yuan(-fen)}"
    return f"{fen // 100:,}{_CENTS[fen % 100]}"


def parse_rate(text: str) -> Rate:
    """The exact rate of "70%", "7/10", "0" or "1", in lowest terms; ValueError otherwise.

    A rate lies between 0 and 1 and its lowest terms are at most 10⁶.
    """
    if text in ("0", "1"):
        return Rate(int(text), 1)
    if match := _PERCENT.fullmatch(text):
        whole, places = match.group(1), match.group(2) or ""
        num, den = int(whole + places), 100 * 10 ** len(places)
    elif (match := _FRACTION.fullmatch(text)) and int(match.group(2)):
        num, den = int(match.group(1)), int(match.group(2))
    else:
        raise ValueError('not a rate such as "70%", "7/10", "0" or "1"')
    if num > den:
        raise ValueError("a rate lies between 0 and 1")
    rate = lowest_terms(num, den)
    if rate.den > MAX_RATE_TERM:
        raise ValueError("a rate's lowest terms are at most 1,000,000")
    return rate


def lowest_terms(num: int, den: int) -> Rate:
    """The rate ``num``/``den`` in lowest terms; ``den`` is positive."""
    common = gcd(num, den)
    return Rate(num // common, den // common)


@lru_cache(_WRITTEN)
def plain_rate(rate: Rate) -> str:
    """A rate in lowest terms as canonical text: "7/10", "0" or "1"."""
    num, den = lowest_terms(rate.num, rate.den)
    return f"{num}/{den}" if den > 1 else str(num)


@lru_cache(_WRITTEN)
def percent(rate: Rate) -> str:
    """A rate as people read it: "70%", "12.5%", or the fraction where no short decimal says it."""
    for places in range(7):
        scaled, left = divmod(rate.num * 100 * 10**places, rate.den)
        if left == 0:
            return f"{_with_point(scaled, places)}%"
    return plain_rate(rate)


def _with_point(digits: int, places: int) -> str:
    """A number of so many decimal places, given by its digits."""
    if places == 0:
        return str(digits)
    text = str(digits).rjust(places + 1, "0")
    return f"{text[:-places]}.{text[-places:]}"
