"""A value on both axes of time: a grid of when it was in force and since when that was known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sanchong.bill.words import Lang
from sanchong.law.asking import Moment, ask, show_value
from sanchong.law.library import covers
from sanchong.law.terms import Resolver
from sanchong.law.values import Value
from sanchong.shapes import Address

DAY = dt.timedelta(days=1)
NARROW, WIDE = 8, 15


@dataclass(frozen=True, slots=True)
class Box:
    """Cells side by side in a row that hold one value: its place and width in cells, what it shows."""

    column: int
    row: int
    width: int
    shown: str
    status: str

    def fitted(self, pixels: int) -> str:
        """What it shows, cut to about this many pixels: a Chinese character is as wide as two others."""
        room = 0
        for at, letter in enumerate(self.shown):
            room += NARROW if letter.isascii() else WIDE
            if room > pixels:
                return f"{self.shown[: max(at - 2, 1)]}…"
        return self.shown


@dataclass(frozen=True, slots=True)
class Picture:
    """The grid for one area: the days at its vertical and horizontal lines, and its boxes."""

    area: str
    days: tuple[str, ...]
    """The day on which each column after the first begins."""
    known: tuple[str, ...]
    """The day from which each row, from below, was known."""
    columns: int
    boxes: tuple[Box, ...]


def pictures(resolver: Resolver, address: Address, history: Sequence[Value], lang: Lang) -> list[Picture]:
    """One picture for each area that has values of its own and none below it that has."""
    areas = sorted({value.area for value in history})
    lowest = [area for area in areas if not any(area != other and covers(area, other) for other in areas)]
    return [_picture(resolver, address, history, area, lang) for area in lowest]


def _picture(
    resolver: Resolver, address: Address, history: Sequence[Value], area: str, lang: Lang
) -> Picture:
    reaching = [value for value in history if covers(value.area, area)]
    turns = sorted(
        {value.period.start for value in reaching if value.period.start}
        | {
            value.period.end + DAY
            for value in reaching
            if value.period.end and value.period.end < dt.date.max
        }
    )
    knowns = sorted({value.known_from for value in reaching})
    first = turns[0] - DAY if turns else knowns[0]
    samples = [first, *turns]
    boxes = []
    for row, known in enumerate(knowns):
        held = [ask(resolver, address, Moment(area, day, known)).holding.value for day in samples]
        start = 0
        for column in range(1, len(held) + 1):
            if column < len(held) and held[column] is held[start]:
                continue
            value = held[start]
            boxes.append(
                Box(
                    start,
                    row,
                    column - start,
                    show_value(value, lang) if value else "",
                    value.status if value else "missing",
                )
            )
            start = column
    return Picture(
        area,
        tuple(day.isoformat() for day in turns),
        tuple(day.isoformat() for day in knowns),
        len(samples),
        tuple(boxes),
    )
