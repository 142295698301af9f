"""What the law says that a population needs to know: when outpatient visits can be settled, what excludes what."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sanchong.law.library import Law
from sanchong.law.terms import Resolver
from sanchong.shapes import ASSISTANCE_AREA, CONDITIONS, SPECIAL_MINIMUM_LEVEL, STATED

EPOCH: Final = dt.date(1970, 1, 1).toordinal()
"""Days are counted from 1970-01-01, as Arrow counts them."""


@dataclass(frozen=True, slots=True)
class Setting:
    """An area and a year, and what the law says of them. Days are counted from 1970-01-01."""

    area: str
    year: int
    first: int
    """1 January."""
    last: int
    """31 December."""
    scheme_first: int
    """The first day of the year on which the outpatient scheme is in force."""
    scheme_last: int
    scheme_start: int
    """The scheme's own first day: recognitions begun before are legacy."""
    exclusions: tuple[tuple[str, str], ...]
    """Pairs of conditions (disease or disease:subtype) that exclude each other."""
    scheme: str
    """The outpatient scheme's document."""
    special_minimum_level: int
    """The least grade of a provider that treats special diseases without a recorded exception."""
    assisted: bool
    """Whether a document says what assistance a household of the area gets."""


class NotInForce(Exception):
    """No outpatient scheme is in force in the area on any day of the year."""


def setting_of(law: Law, area: str, year: int) -> Setting:
    """What ``law`` says of the area and year; NotInForce where it has no outpatient scheme for them."""
    resolver = Resolver(law)
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    covered = [day for day in days if resolver.resolve(area, area, day).outpatient is not None]
    if not covered:
        raise NotInForce(area, year)
    at_end = resolver.resolve(area, area, covered[-1])
    if at_end.outpatient is None:
        raise AssertionError("a covered day has a scheme")
    start = at_end.outpatient.in_force.start or covered[0]
    terms = at_end.terms
    pairs = range(terms.exclusion_count)
    return Setting(
        area=area,
        year=year,
        first=_count(first),
        last=_count(last),
        scheme_first=_count(covered[0]),
        scheme_last=_count(covered[-1]),
        scheme_start=_count(start),
        exclusions=tuple((CONDITIONS[terms.exclusion_a[i]], CONDITIONS[terms.exclusion_b[i]]) for i in pairs),
        scheme=at_end.outpatient.id,
        special_minimum_level=terms.num[SPECIAL_MINIMUM_LEVEL],
        assisted=terms.status[ASSISTANCE_AREA] == STATED,
    )


def _count(day: dt.date) -> int:
    return day.toordinal() - EPOCH
