"""The candidates' figures, resolved from the law as a settlement would resolve them."""

from __future__ import annotations

import datetime as dt

from benchmarks.rivals.figures import Band, Category, Figures, Rate
from benchmarks.rivals.population import CATEGORIES, CHRONIC_DISEASES, HOSPITALS, MONTHS, YEAR

from sanchong import money, shapes
from sanchong.law.library import Law
from sanchong.law.terms import Resolver
from sanchong.rules.assistance import yearly_deductible
from sanchong.rules.catastrophic import tilted_row
from sanchong.shapes import Terms

AREA = "140300"
KNOWN_ON = dt.date(YEAR, 1, 31)
DAY_OF_MONTH = 15


def visit_day(month: int) -> dt.date:
    """The day of the visit of a month, months counted from 0."""
    return dt.date(YEAR, month + 1, DAY_OF_MONTH)


def terms_of_year(law: Law) -> Terms:
    """The Terms of all visits and of the year's end, illustrations accepted; ValueError if they are not one."""
    resolver = Resolver(law)
    days = [*map(visit_day, range(MONTHS)), dt.date(YEAR, 12, 31)]
    terms = [resolver.resolve(AREA, AREA, day, KNOWN_ON).terms for day in days]
    if any(other != terms[0] for other in terms):
        raise ValueError(f"the law changes within {YEAR}: the rivals know one set of figures")
    return terms[0]


def figures_of(terms: Terms) -> Figures:
    """The figures of one year's Terms; ValueError where a switch stands otherwise than the rivals know it."""
    if terms.num[shapes.QUOTA_MODE] != shapes.POOL or terms.num[shapes.EXCESS_STAYS_IN_POLICY] != 1:
        raise ValueError("the rivals are written for a pooled quota whose excess stays in policy")
    diseases = [shapes.QUARTERLY_LIMIT + shapes.CHRONIC_DISEASES.index(name) for name in CHRONIC_DISEASES]
    classes = [shapes.INPATIENT_CLASSES.index(name) for name in HOSPITALS]
    return Figures(
        outpatient_rate=_rate(terms, shapes.CHRONIC_SPECIAL_RATE),
        quarterly_limits=tuple(terms.num[slot] for slot in diseases),
        stacking_rate=_rate(terms, shapes.STACKING_RATE),
        stacking_max_others=terms.num[shapes.STACKING_MAX_OTHERS],
        pooled_cap=terms.num[shapes.POOLED_ANNUAL_CAP],
        hospital_deductibles=tuple(terms.num[shapes.INPATIENT_DEDUCTIBLE + place] for place in classes),
        hospital_rates=tuple(_rate(terms, shapes.INPATIENT_RATE + place) for place in classes),
        categories=tuple(_category(terms, category_code(name)) for name in CATEGORIES),
    )


def category_code(name: str) -> int:
    """The code of a category of the population's list."""
    return shapes.NO_CATEGORY if name == "none" else shapes.CATEGORIES.index(name) + 1


def _category(terms: Terms, code: int) -> Category:
    deductible = tilted_row(terms, shapes.CATASTROPHIC_DEDUCTIBLE, code)
    cap = tilted_row(terms, shapes.CATASTROPHIC_CAP, code)
    bands = tilted_row(terms, shapes.CATASTROPHIC_BANDS, code)
    first = bands * shapes.MAX_BANDS
    count = terms.num[shapes.CATASTROPHIC_BANDS + bands]
    nothing = Category(
        catastrophic_deductible=terms.num[shapes.CATASTROPHIC_DEDUCTIBLE + deductible],
        catastrophic_cap=_cap(terms, shapes.CATASTROPHIC_CAP + cap),
        bands=tuple(Band(terms.bands_above[at], terms.bands_num[at]) for at in range(first, first + count)),
        bands_den=terms.den[shapes.CATASTROPHIC_BANDS + bands],
        assistance_deductible=0,
        assistance_cap=0,
        stay_rate=Rate(0, 1),
        outpatient_rate=Rate(0, 1),
    )
    if code == shapes.NO_CATEGORY:
        return nothing
    at = code - 1
    income_share = money.Rate(*_rate(terms, shapes.ASSISTANCE_SHARE + at))
    return nothing._replace(
        assistance_deductible=yearly_deductible(income_share, terms.num[shapes.ASSISTANCE_INCOME]),
        assistance_cap=_cap(terms, shapes.ASSISTANCE_CAP + at),
        stay_rate=_rate(terms, shapes.ASSISTANCE_STAY_RATE + at),
        outpatient_rate=_rate(terms, shapes.ASSISTANCE_OUTPATIENT_RATE + at),
    )


def _rate(terms: Terms, slot: int) -> Rate:
    """The rate at ``slot``; 0 where none is in force, which is how outpatient assistance does not reach."""
    return Rate(terms.num[slot], terms.den[slot])


def _cap(terms: Terms, slot: int) -> int | None:
    return None if terms.num[slot] == money.NO_LIMIT else terms.num[slot]
