"""A case: one person, one calendar year, the visits in the order in which they were settled."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

from sanchong.dates import Period
from sanchong.law.terms import Overlay
from sanchong.money import Fen, Rate
from sanchong.rules.categories import counts_as
from sanchong.rules.scope import Split, line_scope
from sanchong.shapes import CATEGORIES, CATEGORY_ALIASES

T = TypeVar("T")

ADMINISTRATIVE_LEVELS: Final = ("province", "city", "county", "township")
OTHER_PAYERS: Final = ("supplementary", "commercial", "mutual_aid")


class Line(NamedTuple):
    """A fee line; ``price_cap`` is NO_LIMIT where there is none."""

    id: str
    amount: Fen
    line_class: int
    advance_rate: Rate
    price_cap: Fen
    related: bool
    conforming: bool
    dual_channel: bool


class Provider(NamedTuple):
    """A designated or other provider (医药机构) as it was on the visit's date."""

    id: str
    region: str
    designated: bool
    level: int
    fee_class: int
    administrative_level: int
    level_exception: bool


class Recognition(NamedTuple):
    """A recognised disease (门诊慢特病资格) for a period; ``subtype`` is "" where there is none."""

    disease: int
    subtype: str
    period: Period
    legacy: bool


class CaseVisit(NamedTuple):
    """A visit as the case tells it. ``disease`` is -1 and ``provider`` None where the kind has none."""

    id: str
    kind: int
    date: dt.date
    admitted: dt.date
    known_on: dt.date | None
    disease: int
    subtype: str
    provider: Provider | None
    referred: bool
    lines: tuple[Line, ...]
    in_scope: Fen
    other: tuple[Fen, ...]
    pooled: Fen | None
    catastrophic: Fen | None


@dataclass(frozen=True, slots=True)
class Person:
    """The insured person (参保人) with everything dated about them."""

    id: str
    insurance: tuple[tuple[int, Period], ...]
    household_region: tuple[tuple[str, Period], ...]
    categories: tuple[tuple[int, Period], ...]
    category_names: tuple[str, ...]
    recognitions: tuple[Recognition, ...]
    waived: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A validated case. ``overlay`` holds its own policy values by slot."""

    id: str
    region: str
    year: int
    known_on: dt.date | None
    overlay: Overlay
    person: Person
    visits: tuple[CaseVisit, ...]
    close_year: bool
    withhold_unmodelled: bool


def category_code(name: str) -> int:
    """The code of a category's name, aliases included."""
    return counts_as((*CATEGORIES, *CATEGORY_ALIASES).index(name) + 1)


def spell_on(spells: tuple[tuple[T, Period], ...], date: dt.date) -> T:
    """The one value that holds on ``date`` (checked when the case was read)."""
    for value, period in spells:
        if date in period:
            return value
    raise LookupError(f"nothing holds on {date}")


def split_line(line: Line) -> Split:
    """The line's amount by where it belongs."""
    return line_scope(
        line.amount,
        line.line_class,
        line.related,
        line.conforming,
        line.dual_channel,
        line.price_cap,
        line.advance_rate,
    )
