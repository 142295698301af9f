"""Charts as data: where each bar and line lies. The templates draw them as inline SVG, beside labels that wrap on a telephone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sanchong.simulation.report.figures import Unit, decimal


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a row: its colour's name, its first edge and width in per cent of the row, and what it says."""

    colour: str
    start: float
    width: float
    said: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of bars with its label and, at the right, its figure; ``note`` is small print under the label."""

    label: str
    bars: tuple[Bar, ...]
    figure: str
    note: str = ""
    heading: str = ""
    """Said above the row, where a group of rows begins."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis, in per cent of its length."""

    at: float
    said: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of rows over one axis."""

    title: str
    finding: str
    axis: str
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    legend: tuple[tuple[str, str], ...] = ()
    """Colour and name."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points from 0 to 1, named at its own place."""

    colour: str
    name: str
    """With the index that belongs to it."""
    points: tuple[tuple[float, float], ...]
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """A square chart of cumulative shares."""

    title: str
    finding: str
    x: str
    y: str
    lines: tuple[Line, ...]


def nice(most: float) -> float:
    """A round number that is at least ``most``: 1, 2, 2.5 or 5 times a power of ten; 1 for 0."""
    if most <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(power * step for step in (1, 2, 2.5, 5, 10) if power * step >= most * 0.9999999)


def edges(amounts: Sequence[float]) -> tuple[float, float]:
    """The axis over which amounts of both signs lie: round numbers, 0 among them."""
    low, high = min(0.0, *amounts), max(0.0, *amounts)
    if low == 0 and high == 0:
        return 0.0, 1.0
    step = nice(max(high, -low))
    least = min(-low, step) and nice(-low)
    return -least, nice(high) if high else 0.0


def diverging(amount: float, axis: tuple[float, float], colour: str, said: str) -> Bar:
    """A bar from 0 to ``amount``, to the left of 0 where it is negative."""
    low, high = axis
    length = high - low
    start, end = (min(amount, 0.0) - low) / length * 100, (max(amount, 0.0) - low) / length * 100
    return Bar(colour, round(start, 3), round(end - start, 3), said)


def stacked(parts: Sequence[tuple[str, int, str]], whole: int) -> tuple[Bar, ...]:
    """Pieces side by side: (colour, amount, what it says), each a part of ``whole``."""
    found, at = [], 0
    for colour, amount, said in parts:
        if amount > 0:
            found.append(Bar(colour, round(at / whole * 100, 3), round(amount / whole * 100, 3), said))
            at += amount
    return tuple(found)


def ticks(axis: tuple[float, float], unit: Unit) -> tuple[Tick, ...]:
    """The marks of an axis of money: both ends and 0, in the unit."""
    low, high = axis
    places = 0 if max(high, -low) >= 4 else 2
    marks = sorted({low, 0.0, high})
    return tuple(
        Tick((mark - low) / (high - low) * 100, decimal(Fraction(mark).limit_denominator(1000), places))
        for mark in marks
    )
