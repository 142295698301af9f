"""The rules as an OpenFisca tax and benefit system, written by us: one entity, months, parameters.

OpenFisca computes a variable of a person for a period. So a visit is a month's, and what the year has used is a
variable of each month, from the month before. What is the same all year (the quota, the category's figures) is
a variable of the year, computed once. Amounts are yuan in float32, as OpenFisca holds them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from benchmarks.rivals.figures import Category, Figures, Rate
from benchmarks.rivals.population import (
    CATEGORIES,
    CHRONIC_DISEASES,
    HOSPITALS,
    KINDS,
    MAX_DISEASES,
    MONTHS,
    YEAR,
)
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit, Period, period
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

TILTED = ("extreme_poverty", "subsistence_allowance")
MONTHS_OF_YEAR = [period(f"{YEAR}-{month:02d}") for month in range(1, MONTHS + 1)]
WHOLE_YEAR = period(str(YEAR))
DISEASE_VARIABLES = [f"chronic_disease_{place}" for place in range(1, MAX_DISEASES + 1)]

Person = build_entity(key="person", plural="persons", label="An insured person", is_person=True)

VisitKind = Enum("VisitKind", [(name, name) for name in KINDS])
CategoryName = Enum("CategoryName", [(name, name) for name in CATEGORIES])
HospitalClass = Enum("HospitalClass", [(name, name) for name in HOSPITALS])
ChronicDisease = Enum("ChronicDisease", [(name, name) for name in ("no_disease", *CHRONIC_DISEASES)])

Amounts = Any
"""One number a person."""


def to_cent(amount: Amounts) -> Amounts:
    """Half up to the fen, as far as float32 holds it."""
    return np.floor(amount * 100 + 0.5) / 100


def monthly(variable: type[Variable]) -> type[Variable]:
    """An amount of a month. (OpenFisca reads a variable's own attributes only, not inherited ones.)"""
    return _amount(variable, DateUnit.MONTH)


def yearly(variable: type[Variable]) -> type[Variable]:
    """An amount or a rate of a year."""
    return _amount(variable, DateUnit.YEAR)


def _amount(variable: type[Variable], period: DateUnit) -> type[Variable]:
    variable.value_type, variable.entity, variable.definition_period = float, Person, period
    return variable


# ── what is given ────────────────────────────────────────────────────────────────────────────


class visit_kind(Variable):
    value_type = Enum
    possible_values = VisitKind
    default_value = VisitKind.nothing
    entity = Person
    definition_period = DateUnit.MONTH
    label = "The month's visit, if any"


@monthly
class in_policy(Variable):
    label = "The visit's amount within the policy scope"


class category(Variable):
    value_type = Enum
    possible_values = CategoryName
    default_value = CategoryName.none
    entity = Person
    definition_period = DateUnit.YEAR
    label = "Assistance category"


class hospital_class(Variable):
    value_type = Enum
    possible_values = HospitalClass
    default_value = HospitalClass.first
    entity = Person
    definition_period = DateUnit.YEAR
    label = "Class of the hospital of the year's stays"


def disease_variable(name: str) -> type[Variable]:
    """One of the person's chronic diseases."""
    return type(
        name,
        (Variable,),
        {
            "value_type": Enum,
            "possible_values": ChronicDisease,
            "default_value": ChronicDisease.no_disease,
            "entity": Person,
            "definition_period": DateUnit.YEAR,
            "label": "A recognised chronic disease",
        },
    )


# ── the same all year ────────────────────────────────────────────────────────────────────────


@yearly
class quarterly_quota(Variable):
    label = "The highest limit, and a share of each of the next ones"

    def formula(person: Any, period: Period, parameters: Any) -> Amounts:
        chronic = parameters(period).chronic
        limits = np.stack([chronic.quarterly_limit[person(name, period)] for name in DISEASE_VARIABLES])
        limits = -np.sort(-limits, axis=0)
        others = limits[1 : 1 + chronic.stacking_max_others]
        return limits[0] + to_cent(others * chronic.stacking_rate).sum(axis=0)


@yearly
class hospital_deductible(Variable):
    def formula(person: Any, period: Period, parameters: Any) -> Amounts:
        return parameters(period).hospital.deductible[person("hospital_class", period)]


@yearly
class hospital_rate(Variable):
    def formula(person: Any, period: Period, parameters: Any) -> Amounts:
        return parameters(period).hospital.rate[person("hospital_class", period)]


class is_tilted(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.YEAR
    label = "Whether catastrophic insurance has the higher bands for the category"

    def formula(person: Any, period: Period) -> Amounts:
        names = person("category", period)
        return np.isin(names, [CategoryName[name].index for name in TILTED])


@yearly
class catastrophic_deductible(Variable):
    def formula(person: Any, period: Period, parameters: Any) -> Amounts:
        return parameters(period).catastrophic.deductible[person("category", period)]


@yearly
class catastrophic_cap(Variable):
    def formula(person: Any, period: Period, parameters: Any) -> Amounts:
        return parameters(period).catastrophic.cap[person("category", period)]


@yearly
class assistance_deductible(Variable):
    def formula(person: Any, period: Period, parameters: Any) -> Amounts:
        return parameters(period).assistance.deductible[person("category", period)]


@yearly
class assistance_cap(Variable):
    def formula(person: Any, period: Period, parameters: Any) -> Amounts:
        return parameters(period).assistance.cap[person("category", period)]


@yearly
class assistance_stay_rate(Variable):
    def formula(person: Any, period: Period, parameters: Any) -> Amounts:
        return parameters(period).assistance.stay_rate[person("category", period)]


@yearly
class assistance_outpatient_rate(Variable):
    def formula(person: Any, period: Period, parameters: Any) -> Amounts:
        return parameters(period).assistance.outpatient_rate[person("category", period)]


# ── month by month ───────────────────────────────────────────────────────────────────────────


def so_far(person: Any, period: Period, amount: str, first_months: tuple[int, ...] = (1,)) -> Amounts:
    """The sum of ``amount`` before this month, from 0 in each of ``first_months``."""
    if period.start.month in first_months:
        return person.empty_array()
    before = period.last_month
    return person(f"{amount}_so_far", before) + person(amount, before)


@monthly
class pooled_so_far(Variable):
    def formula(person: Any, period: Period) -> Amounts:
        return so_far(person, period, "pooled")


@monthly
class chronic_pooled(Variable):
    def formula(person: Any, period: Period) -> Amounts:
        return person("pooled", period) * (person("visit_kind", period) == VisitKind.chronic)


@monthly
class chronic_pooled_so_far(Variable):
    label = "What the quarter has paid before"

    def formula(person: Any, period: Period) -> Amounts:
        return so_far(person, period, "chronic_pooled", first_months=(1, 4, 7, 10))


@monthly
class pooled(Variable):
    label = "Paid by the pooled fund"

    def formula(person: Any, period: Period, parameters: Any) -> Amounts:
        pooled_fund = parameters(period).pooled_fund
        kind, amount = person("visit_kind", period), person("in_policy", period)
        over = np.maximum(amount - person("hospital_deductible", period.this_year), 0)
        on_stay = over * person("hospital_rate", period.this_year)
        wanted = to_cent(np.where(kind == VisitKind.stay, on_stay, amount * pooled_fund.outpatient_rate))
        quarter = person("quarterly_quota", period.this_year) - person("chronic_pooled_so_far", period)
        wanted = np.where(kind == VisitKind.chronic, np.minimum(wanted, np.maximum(quarter, 0)), wanted)
        return np.minimum(wanted, np.maximum(pooled_fund.cap - person("pooled_so_far", period), 0))


@monthly
class burden(Variable):
    label = "In-policy burden that the pooled fund leaves"

    def formula(person: Any, period: Period) -> Amounts:
        return person("in_policy", period) - person("pooled", period)


@monthly
class burden_so_far(Variable):
    def formula(person: Any, period: Period) -> Amounts:
        return so_far(person, period, "burden")


@monthly
class catastrophic_so_far(Variable):
    def formula(person: Any, period: Period) -> Amounts:
        return so_far(person, period, "catastrophic")


@monthly
class catastrophic(Variable):
    label = "Paid by catastrophic insurance: the slice of the year's burden by its bands"

    def formula(person: Any, period: Period, parameters: Any) -> Amounts:
        bands = parameters(period).catastrophic.bands
        deductible = person("catastrophic_deductible", period.this_year)
        before = np.maximum(person("burden_so_far", period) - deductible, 0)
        after = np.maximum(person("burden_so_far", period) + person("burden", period) - deductible, 0)
        due = np.where(
            person("is_tilted", period.this_year),
            bands.tilted.calc(after) - bands.tilted.calc(before),
            bands.standard.calc(after) - bands.standard.calc(before),
        )
        room = person("catastrophic_cap", period.this_year) - person("catastrophic_so_far", period)
        return np.minimum(np.minimum(to_cent(due), np.maximum(room, 0)), person("burden", period))


@monthly
class stay_burden(Variable):
    label = "What a stay leaves for assistance"

    def formula(person: Any, period: Period) -> Amounts:
        left = person("burden", period) - person("catastrophic", period)
        return left * (person("visit_kind", period) == VisitKind.stay)


@monthly
class stay_burden_so_far(Variable):
    def formula(person: Any, period: Period) -> Amounts:
        return so_far(person, period, "stay_burden")


@monthly
class assistance_so_far(Variable):
    def formula(person: Any, period: Period) -> Amounts:
        return so_far(person, period, "assistance")


@monthly
class assistance(Variable):
    label = "Assistance with a stay over the yearly deductible, or with a special disease"

    def formula(person: Any, period: Period) -> Amounts:
        kind, year = person("visit_kind", period), period.this_year
        left = person("burden", period) - person("catastrophic", period)
        deductible = person("assistance_deductible", year) - person("stay_burden_so_far", period)
        over = np.maximum(left - np.maximum(deductible, 0), 0)
        due = np.select(
            [kind == VisitKind.stay, kind == VisitKind.special],
            [over * person("assistance_stay_rate", year), left * person("assistance_outpatient_rate", year)],
        )
        room = person("assistance_cap", year) - person("assistance_so_far", period)
        return np.minimum(to_cent(due), np.maximum(room, 0))


@monthly
class patient(Variable):
    label = "What the patient bears"

    def formula(person: Any, period: Period) -> Amounts:
        paid = person("catastrophic", period) + person("assistance", period)
        return person("burden", period) - paid


@yearly
class year_end_assistance(Variable):
    label = "Assistance with the year's chronic visits, paid once"

    def formula(person: Any, period: Period) -> Amounts:
        base, used = person.empty_array(), person.empty_array()
        for month in period.get_subperiods(DateUnit.MONTH):
            left = person("burden", month) - person("catastrophic", month)
            base += left * (person("visit_kind", month) == VisitKind.chronic)
            used += person("assistance", month)
        room = np.maximum(person("assistance_cap", period) - used, 0)
        return np.minimum(to_cent(base * person("assistance_outpatient_rate", period)), room)


VARIABLES = (
    visit_kind, in_policy, category, hospital_class,
    *map(disease_variable, DISEASE_VARIABLES),
    quarterly_quota, hospital_deductible, hospital_rate, is_tilted, catastrophic_deductible, catastrophic_cap,
    assistance_deductible, assistance_cap, assistance_stay_rate, assistance_outpatient_rate,
    pooled_so_far, chronic_pooled, chronic_pooled_so_far, pooled, burden, burden_so_far,
    catastrophic_so_far, catastrophic, stay_burden, stay_burden_so_far, assistance_so_far, assistance,
    patient, year_end_assistance,
)  # fmt: skip


# ── the system ───────────────────────────────────────────────────────────────────────────────


def system(figures: Figures) -> TaxBenefitSystem:
    """The system with the law's figures as its parameters."""
    made = TaxBenefitSystem([Person])
    made.parameters = ParameterNode("", data=_parameters(figures))
    for variable in VARIABLES:
        made.add_variable(variable)
    return made


def _parameters(figures: Figures) -> dict[str, Any]:
    limits = zip(CHRONIC_DISEASES, figures.quarterly_limits, strict=True)
    by_category = dict(zip(CATEGORIES, figures.categories, strict=True))
    for name, found in by_category.items():
        if found.bands != by_category[TILTED[0] if name in TILTED else "none"].bands:
            raise ValueError(f"the bands of {name} are a third kind")
    return {
        "pooled_fund": {
            "outpatient_rate": _value(_rate(figures.outpatient_rate)),
            "cap": _value(_yuan(figures.pooled_cap)),
        },
        "chronic": {
            "quarterly_limit": {
                "no_disease": _value(0.0),
                **{name: _value(_yuan(limit)) for name, limit in limits},
            },
            "stacking_rate": _value(_rate(figures.stacking_rate)),
            "stacking_max_others": _value(figures.stacking_max_others),
        },
        "hospital": {
            "deductible": _node(HOSPITALS, map(_yuan, figures.hospital_deductibles)),
            "rate": _node(HOSPITALS, map(_rate, figures.hospital_rates)),
        },
        "catastrophic": {
            "deductible": _node(CATEGORIES, (_yuan(c.catastrophic_deductible) for c in figures.categories)),
            "cap": _node(CATEGORIES, (_yuan(c.catastrophic_cap) for c in figures.categories)),
            "bands": {"standard": _scale(by_category["none"]), "tilted": _scale(by_category[TILTED[0]])},
        },
        "assistance": {
            "deductible": _node(CATEGORIES, (_yuan(c.assistance_deductible) for c in figures.categories)),
            "cap": _node(CATEGORIES, (_yuan(c.assistance_cap) for c in figures.categories)),
            "stay_rate": _node(CATEGORIES, (_rate(c.stay_rate) for c in figures.categories)),
            "outpatient_rate": _node(CATEGORIES, (_rate(c.outpatient_rate) for c in figures.categories)),
        },
    }


def _node(names: tuple[str, ...], values: Any) -> dict[str, Any]:
    return {name: _value(value) for name, value in zip(names, values, strict=True)}


def _scale(found: Category) -> dict[str, Any]:
    rates = [_rate(Rate(band.num, found.bands_den)) for band in found.bands]
    tops = [_yuan(band.above) for band in found.bands]
    return {
        "brackets": [
            {"threshold": _value(top), "rate": _value(rate)} for top, rate in zip(tops, rates, strict=True)
        ]
    }


def _value(value: float) -> dict[str, Any]:
    return {"values": {f"{YEAR}-01-01": {"value": value}}}


def _yuan(fen: int | None) -> float:
    return float("inf") if fen is None else fen / 100


def _rate(rate: Rate) -> float:
    return rate.num / rate.den
