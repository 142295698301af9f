"""The same rules in plain Python with Decimal: what one writes without an engine.

No trace, no dates, no refusals, no lines: one set of figures, one class of event. Amounts are yuan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from benchmarks.rivals.figures import Category, Figures, Rate
from benchmarks.rivals.population import CHRONIC, NOTHING, STAY, Person
from benchmarks.rivals.worker import AMOUNTS, Answer, Candidate, Run, serve

CENT = Decimal("0.01")
ZERO = Decimal(0)
NO_CAP = Decimal("Infinity")

PEOPLE = 2_000


class Rules(NamedTuple):
    """The figures as decimals."""

    outpatient_rate: Decimal
    quarterly_limits: list[Decimal]
    stacking_rate: Decimal
    stacking_max_others: int
    pooled_cap: Decimal
    hospital_deductibles: list[Decimal]
    hospital_rates: list[Decimal]
    categories: list[CategoryRules]


class CategoryRules(NamedTuple):
    """A category's figures as decimals; ``bands`` are (from, to, rate) over the deductible."""

    catastrophic_deductible: Decimal
    catastrophic_cap: Decimal
    bands: list[tuple[Decimal, Decimal, Decimal]]
    assistance_deductible: Decimal
    assistance_cap: Decimal
    stay_rate: Decimal
    outpatient_rate: Decimal


class Visit(NamedTuple):
    """A visit: what kind, in which quarter, and its amount in policy."""

    month: int
    kind: int
    in_policy: Decimal


class Paid(NamedTuple):
    """What each tier pays of a visit, and the patient's rest."""

    month: int
    pooled: Decimal
    catastrophic: Decimal
    assistance: Decimal
    patient: Decimal


@dataclass(slots=True)
class Year:
    """What of limits and deductibles the year has used."""

    pooled: Decimal = ZERO
    burden: Decimal = ZERO
    catastrophic: Decimal = ZERO
    deductible: Decimal = ZERO
    assistance: Decimal = ZERO
    deferred: Decimal = ZERO


def to_cent(amount: Decimal) -> Decimal:
    """Half up to the fen."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def settle_year(rules: Rules, person: Person, visits: list[Visit]) -> tuple[list[Paid], Decimal]:
    """A person's visits in order, and the year's end payment."""
    category = rules.categories[person.category]
    quota = quarterly_quota(rules, person)
    quarters = [ZERO] * 4
    year = Year()
    paid = []
    for month, kind, in_policy in visits:
        if kind == STAY:
            deductible = rules.hospital_deductibles[person.hospital]
            pooled = to_cent(max(in_policy - deductible, ZERO) * rules.hospital_rates[person.hospital])
        else:
            pooled = to_cent(in_policy * rules.outpatient_rate)
        if kind == CHRONIC:
            pooled = min(pooled, quota - quarters[month // 3])
        pooled = min(pooled, rules.pooled_cap - year.pooled)
        year.pooled += pooled
        if kind == CHRONIC:
            quarters[month // 3] += pooled

        burden = in_policy - pooled
        before, year.burden = year.burden, year.burden + burden
        due = to_cent(scheduled(category, year.burden) - scheduled(category, before))
        catastrophic = min(due, burden, category.catastrophic_cap - year.catastrophic)
        year.catastrophic += catastrophic

        left = burden - catastrophic
        room = category.assistance_cap - year.assistance
        if kind == STAY:
            taken = min(left, category.assistance_deductible - year.deductible)
            year.deductible += taken
            assistance = min(to_cent((left - taken) * category.stay_rate), room)
        elif kind == CHRONIC:
            year.deferred += left
            assistance = ZERO
        else:
            assistance = min(to_cent(left * category.outpatient_rate), room)
        year.assistance += assistance
        paid.append(Paid(month, pooled, catastrophic, assistance, left - assistance))
    at_end = to_cent(year.deferred * category.outpatient_rate)
    return paid, min(at_end, category.assistance_cap - year.assistance)


def quarterly_quota(rules: Rules, person: Person) -> Decimal:
    """The highest limit, and a share of each of the next ones, rounded each by itself."""
    limits = sorted((rules.quarterly_limits[disease] for disease in person.diseases), reverse=True)
    others = limits[1 : 1 + rules.stacking_max_others]
    return limits[0] + sum((to_cent(limit * rules.stacking_rate) for limit in others), ZERO)


def scheduled(category: CategoryRules, burden: Decimal) -> Decimal:
    """What the bands give on a year's burden, exactly."""
    over = burden - category.catastrophic_deductible
    return sum(((min(over, to) - above) * rate for above, to, rate in category.bands if over > above), ZERO)


# ── as a candidate ───────────────────────────────────────────────────────────────────────────


def rules_of(figures: Figures) -> Rules:
    """The figures as decimals."""
    return Rules(
        _rate(figures.outpatient_rate),
        [yuan(limit) for limit in figures.quarterly_limits],
        _rate(figures.stacking_rate),
        figures.stacking_max_others,
        yuan(figures.pooled_cap),
        [yuan(amount) for amount in figures.hospital_deductibles],
        [_rate(rate) for rate in figures.hospital_rates],
        [_category(category) for category in figures.categories],
    )


def yuan(fen: int | None) -> Decimal:
    """Fen as yuan; None as no cap."""
    return NO_CAP if fen is None else Decimal(fen) / 100


def _rate(rate: Rate) -> Decimal:
    """A rate that is a decimal; ValueError if it is none."""
    value = Decimal(rate.num) / rate.den
    if value * rate.den != rate.num:
        raise ValueError(f"{rate.num}/{rate.den} is no decimal")
    return value


def _category(category: Category) -> CategoryRules:
    tops = [yuan(band.above) for band in category.bands[1:]] + [NO_CAP]
    return CategoryRules(
        yuan(category.catastrophic_deductible),
        yuan(category.catastrophic_cap),
        [
            (yuan(band.above), top, _rate(Rate(band.num, category.bands_den)))
            for band, top in zip(category.bands, tops, strict=True)
        ],
        yuan(category.assistance_deductible),
        yuan(category.assistance_cap),
        _rate(category.stay_rate),
        _rate(category.outpatient_rate),
    )


def prepare(people: list[Person], figures: Figures) -> Run:
    """The people's visits with decimal amounts, made ahead."""
    rules = rules_of(figures)
    given = []
    for person in people:
        months = enumerate(zip(person.kinds, person.amounts, strict=True))
        visits = [Visit(month, kind, yuan(fen)) for month, (kind, fen) in months if kind != NOTHING]
        given.append((person, visits))
    return lambda: [settle_year(rules, person, visits) for person, visits in given]


def answers(results: Iterable[tuple[list[Paid], Decimal]]) -> Iterator[Answer]:
    """The results in fen."""
    for paid, at_end in results:
        answer = [0] * (12 * len(AMOUNTS)) + [int(at_end * 100)]
        for month, *amounts in paid:
            answer[month * len(AMOUNTS) : (month + 1) * len(AMOUNTS)] = [int(a * 100) for a in amounts]
        yield answer


CANDIDATE = Candidate("plain Python with Decimal", PEOPLE, prepare, answers)

if __name__ == "__main__":
    serve([CANDIDATE])
