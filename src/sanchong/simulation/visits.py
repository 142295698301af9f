"""When people are treated, where, and what it costs: outpatient visits, stays, special drugs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sanchong.shapes import INPATIENT, OUTPATIENT, SPECIAL_COUNT, SPECIAL_DRUG
from sanchong.simulation.conditions import Conditions, band_of, band_shares, prevalence_with_comorbidity
from sanchong.simulation.marginals import Marginals
from sanchong.simulation.people import People
from sanchong.simulation.setting import Setting
from sanchong.simulation.streams import Draws, Flags, Ints, Reals, array, choose, place, spread

NOWHERE: Final = -1
"""The class of provider of a special drug, which has none."""
REGULARITY: Final = 0.1
"""How far, in parts of the interval, a recurring visit strays from its turn."""


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits in no particular order; the arrays are by visit."""

    person: Ints
    kind: Ints
    day: Ints
    admitted: Ints
    """The first day of a stay; elsewhere the day."""
    disease: Ints
    """What an outpatient visit or a special drug is for; -1 on a stay."""
    subtype: Ints
    provider: Ints
    """The class of provider, or NOWHERE."""
    number: Ints
    """Which of the class."""
    cost: Reals
    """Yuan, as drawn."""


def together(*parts: Visits) -> Visits:
    """All visits of several lists."""
    return Visits(*(np.concatenate([getattr(part, name) for part in parts]) for name in Visits.__slots__))


def order_of_settlement(marginals: Marginals, visits: Visits, rng: Draws) -> Ints:
    """The visits by person, then in the order in which they are presented: by day, but for the late ones."""
    errors = marginals.values("errors")
    late = rng.random(len(visits.day)) < errors["late"]
    delay = np.where(late, rng.random(len(visits.day)) * errors["late_days"], rng.random(len(visits.day)))
    return np.lexsort((visits.day + delay, visits.person))


# ── outpatient visits ─────────────────────────────────────────────────────────────────────────


def draw_outpatient(
    marginals: Marginals, setting: Setting, people: People, held: Conditions, rng: Draws
) -> Visits:
    """Recurring visits for each disease held, on the recognised days on which the scheme is in force."""
    mean = np.array(marginals.column("diseases", "visits"), dtype=np.float64)
    turns = 1 + rng.poisson(mean[held.disease] - 1)
    row, day = _recurring(setting, turns, rng)
    recognised = (held.start[row] <= day) & (day <= held.last[row])
    in_force = (setting.scheme_first <= day) & (day <= setting.scheme_last)
    kept = in_force & (recognised | held.stray[row])
    row, day = row[kept], day[kept]

    special = held.disease < SPECIAL_COUNT
    usual = _providers(marginals, special, rng)
    other = _providers(marginals, special[row], rng)
    loyal = rng.random(len(row)) < marginals.value("outpatient.loyalty")
    cost = np.array(marginals.column("diseases", "yuan"), dtype=np.float64)[held.disease[row]]
    return Visits(
        person=held.person[row],
        kind=np.full(len(row), OUTPATIENT),
        day=day,
        admitted=day,
        disease=held.disease[row],
        subtype=held.subtype[row],
        provider=np.where(loyal, usual[0][row], other[0]),
        number=np.where(loyal, usual[1][row], other[1]),
        cost=cost
        * _frail_cost(marginals, people.frailty[held.person[row]])
        * spread(rng, marginals.value("outpatient.cost_sigma"), len(row)),
    )


def _recurring(setting: Setting, turns: Ints, rng: Draws) -> tuple[Ints, Ints]:
    """For each of ``turns`` so many days of the year at about equal intervals: (row, day) of each."""
    row = np.repeat(np.arange(len(turns)), turns)
    turn = np.arange(len(row)) - np.repeat(np.cumsum(turns) - turns, turns)
    phase = rng.random(len(turns))[row] + turn + REGULARITY * rng.standard_normal(len(row))
    days = setting.last - setting.first + 1
    day = np.floor(phase / turns[row] * days).astype(np.int64)
    return row, setting.first + np.clip(day, 0, days - 1)


def _providers(marginals: Marginals, special: Flags, rng: Draws) -> tuple[Ints, Ints]:
    """A class of provider for an outpatient visit, and which of the class."""
    uniform = rng.random(len(special))
    ladders = [np.cumsum(marginals.column("providers", kind)) for kind in ("special", "chronic")]
    found = np.where(special, place(uniform, ladders[0]), place(uniform, ladders[1]))
    return found, _number(marginals, found, rng)


def _number(marginals: Marginals, provider: Ints, rng: Draws) -> Ints:
    many: Ints = np.array(marginals.column("providers", "number"), dtype=np.int64)
    return (rng.random(len(provider)) * many[provider]).astype(np.int64)


def _frail_cost(marginals: Marginals, frailty: Reals) -> Reals:
    """What frailty does to a cost; 1 on average over visits, which the frail have more of."""
    sigma, power = marginals.value("frailty.sigma"), marginals.value("frailty.cost")
    grown = 1 + power
    mean: float = np.exp(sigma * sigma * (grown * grown - grown) / 2)
    return np.power(frailty, power) / mean


# ── stays ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class StayRates:
    """What the marginals of stays come to for one kind of insurance, so that its rate and mean cost are met."""

    by_band: Reals
    """Stays a year at frailty 1 that no recognised disease explains, by band of age."""
    base_cost: float
    """Mean yuan of such a stay in a provider of cost 1."""


def stay_rates(marginals: Marginals, insurance: str) -> StayRates:
    """Solve the rate and the mean cost for those of the stays that no disease explains.

    rate = those + Σ diseases' stays; rate × mean = cost × (those + Σ diseases' stays × relative cost) × providers'.
    """
    shares = band_shares(marginals, insurance == "employee")
    sick = prevalence_with_comorbidity(marginals) @ shares
    stays = sick * np.array(marginals.column("diseases", "stays"))
    relative = np.array(marginals.column("diseases", "stay_cost"))
    rate = marginals.values("stays.rate")[insurance]
    left = max(rate - float(stays.sum()), 0.0)
    weights = array(marginals.values("stays.by_age"))
    classes = np.array(marginals.column("providers", f"{insurance}_stays"))
    factor = float(classes @ np.array(marginals.column("providers", "cost")))
    cost = marginals.values("stays.mean_yuan")[insurance] * rate
    return StayRates(
        by_band=left * weights / float(weights @ shares),
        base_cost=cost / ((left + float(stays @ relative)) * factor),
    )


def draw_stays(
    marginals: Marginals, setting: Setting, people: People, held: Conditions, rng: Draws
) -> Visits:
    """Stays that frailty and age explain, and those that go with a disease."""
    rates = [stay_rates(marginals, insurance) for insurance in ("resident", "employee")]
    which = people.employee.astype(np.int64)
    by_band = np.array([r.by_band for r in rates])[which, band_of(people.age)]
    plain = np.repeat(np.arange(people.count), rng.poisson(by_band * people.frailty))
    more = np.array(marginals.column("diseases", "stays"), dtype=np.float64)[held.disease]
    row = np.repeat(np.arange(len(held.person)), rng.poisson(more))
    person = np.concatenate([plain, held.person[row]])
    relative = np.array(marginals.column("diseases", "stay_cost"), dtype=np.float64)[held.disease[row]]
    relative = np.concatenate([np.ones(len(plain)), relative])

    uniform = rng.random(len(person))
    ladders = [
        np.cumsum(marginals.column("providers", kind)) for kind in ("resident_stays", "employee_stays")
    ]
    employee = people.employee[person]
    provider = np.where(employee, place(uniform, ladders[1]), place(uniform, ladders[0]))
    base = np.array([r.base_cost for r in rates])[which[person]]
    day = _discharges(marginals, setting, len(person), rng)
    mean_days = marginals.value("stays.days")
    return Visits(
        person=person,
        kind=np.full(len(person), INPATIENT),
        day=day,
        admitted=day - rng.geometric(1 / mean_days, len(person)),
        disease=np.full(len(person), -1),
        subtype=np.zeros(len(person), dtype=np.int64),
        provider=provider,
        number=_number(marginals, provider, rng),
        cost=base
        * relative
        * np.array(marginals.column("providers", "cost"))[provider]
        * _frail_cost(marginals, people.frailty[person])
        * spread(rng, marginals.value("stays.cost_sigma"), len(person)),
    )


def _discharges(marginals: Marginals, setting: Setting, count: int, rng: Draws) -> Ints:
    """Days of discharge: the month by its share, any day of it."""
    months = np.arange(f"{setting.year}-01", f"{setting.year + 1}-01", dtype="datetime64[M]")
    starts = np.append(months.astype("datetime64[D]").astype(np.int64), setting.last + 1)
    month = choose(rng, array(marginals.values("stays.month_share")), count)
    return starts[month] + (rng.random(count) * np.diff(starts)[month]).astype(np.int64)


# ── special drugs ─────────────────────────────────────────────────────────────────────────────


def draw_drugs(
    marginals: Marginals, setting: Setting, people: People, held: Conditions, rng: Draws
) -> Visits:
    """Recurring purchases of a special drug by some of those who hold a disease, while they hold it."""
    drug = marginals.values("special_drug")
    chance = np.array(marginals.column("diseases", "special_drug"), dtype=np.float64)[held.disease]
    users = np.flatnonzero(rng.random(len(held.person)) < chance)
    at, day = _recurring(setting, 1 + rng.poisson(max(drug["visits"] - 1, 0), len(users)), rng)
    row = users[at]
    kept = (held.start[row] <= day) & (day <= held.last[row])
    row, day = row[kept], day[kept]
    return Visits(
        person=held.person[row],
        kind=np.full(len(row), SPECIAL_DRUG),
        day=day,
        admitted=day,
        disease=held.disease[row],
        subtype=held.subtype[row],
        provider=np.full(len(row), NOWHERE),
        number=np.zeros(len(row), dtype=np.int64),
        cost=drug["yuan"] * spread(rng, drug["sigma"], len(row)),
    )
