"""Charts as data for inline SVG: where each piece lies, in the units of a view box; beside each stands a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sanchong.money import Fen, yuan

TIERS: Final = {
    "pooled": "统筹基金",
    "catastrophic": "大病保险",
    "assistance": "医疗救助",
    "other": "其他赔付",
    "hospital": "机构承担",
    "patient": "个人负担",
}
"""Payers, in the order in which they pay; each has one colour everywhere."""

WIDTH, HEIGHT, FOOT, LEFT = 640, 240, 28, 56
YUAN: Final = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle of a column or bar: whose, where, and what it says."""

    tier: str
    x: str
    y: str
    width: str
    height: str
    said: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on an axis."""

    at: str
    said: str


@dataclass(frozen=True, slots=True)
class Columns:
    """A column a day, stacked by payer."""

    pieces: tuple[Piece, ...]
    days: tuple[Mark, ...]
    levels: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    foot: int = FOOT

    @property
    def ground(self) -> int:
        """Where the columns stand."""
        return self.height - self.foot


@dataclass(frozen=True, slots=True)
class Share:
    """A payer's part of a sum."""

    tier: str
    title: str
    amount: Fen
    per_cent: str


def columns(days: Sequence[dt.date], amounts: Mapping[dt.date, Mapping[str, Fen]]) -> Columns:
    """What each payer bore on each day. Only what was paid is drawn: a reversal lowers its day, never below nought."""
    most = max((sum(max(v, 0) for v in amounts.get(day, {}).values()) for day in days), default=0)
    top = _round_up(most)
    ground, room = HEIGHT - FOOT, HEIGHT - FOOT - 12
    step = (WIDTH - LEFT) / max(len(days), 1)
    pieces = []
    for place, day in enumerate(days):
        y = float(ground)
        for tier in TIERS:
            amount = max(amounts.get(day, {}).get(tier, 0), 0)
            height = room * amount / top
            if height:
                y -= height
                said = f"{day} {TIERS[tier]} {yuan(amount)}"
                pieces.append(
                    Piece(
                        tier,
                        _at(LEFT + place * step + step * 0.15),
                        _at(y),
                        _at(step * 0.7),
                        _at(height),
                        said,
                    )
                )
    marks = tuple(
        Mark(_at(LEFT + (place + 0.5) * step), str(day.day))
        for place, day in enumerate(days)
        if day.day == 1 or day.day % 5 == 0
    )
    levels = tuple(Mark(_at(ground - room * part / 2), _short(top * part // 2)) for part in (0, 1, 2))
    return Columns(tuple(pieces), marks, levels)


def shares(amounts: Mapping[str, Fen]) -> list[Share]:
    """The parts of a sum, in the payers' order; per cents to one place, of what is above nought."""
    whole = sum(max(amounts.get(tier, 0), 0) for tier in TIERS)
    return [
        Share(tier, title, amounts.get(tier, 0), _per_cent(max(amounts.get(tier, 0), 0), whole))
        for tier, title in TIERS.items()
    ]


def stack(parts: Sequence[Share]) -> list[Piece]:
    """One bar, 100 units long, of the parts above nought."""
    whole = sum(max(part.amount, 0) for part in parts)
    pieces, x = [], 0.0
    for part in parts:
        if part.amount > 0:
            width = 100 * part.amount / whole
            pieces.append(
                Piece(part.tier, _at(x), "0", _at(width), "10", f"{part.title} {yuan(part.amount)}")
            )
            x += width
    return pieces


def meter(left: Fen, limit: Fen) -> str:
    """How much of a limit is left, of 100 units."""
    return _at(100 * min(left, limit) / limit) if limit > 0 else "0"


def bars(counted: Sequence[tuple[str, int]]) -> list[tuple[str, int, str]]:
    """Numbers side by side: each with its name and how long its bar is, the longest 100 units."""
    most = max((n for _, n in counted), default=0)
    return [(name, n, _at(100 * n / most)) for name, n in counted]


def _round_up(most: Fen) -> Fen:
    """A round sum that is at least ``most``: 1, 2, 5 times a power of ten yuan."""
    if most <= 0:
        return 1000 * YUAN
    power: Fen = YUAN
    while power * 10 <= most:
        power *= 10
    return next(step * power for step in (1, 2, 5, 10) if step * power >= most)


def _short(fen: Fen) -> str:
    whole = fen // YUAN
    return f"{whole // 10000} 万" if whole >= 10000 and whole % 10000 == 0 else f"{whole:,}"


def _per_cent(part: Fen, whole: Fen) -> str:
    return f"{(part * 2000 // whole + 1) // 2 / 10:.1f}%" if whole else "0.0%"


def _at(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
