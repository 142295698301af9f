"""Indicators (指标) of how far assistance has been carried out: shares of what there is, never of nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final, NamedTuple

from sanchong.dates import Day
from sanchong.money import Fen, yuan
from sanchong.rules.rule import rule
from sanchong.rules.standard_area import Area

SERVICE_LEVELS: Final = ("city", "county", "township", "village")
"""The four levels (市、县、乡、村) that handling has to reach (B142)."""

COUNTIES: Final = 100
"""The last two digits of an admdvs code are the county's, 00 for the city as a whole."""


class Proportion(NamedTuple):
    """An exact share, of persons, places or fen. It may pass 1; over a ``den`` of 0 there is none to speak of."""

    num: int
    den: int


@rule("yangquan.b43", says=lambda v: f"救助对象 {v.recipients} 人，其中当年参保 {v.insured} 人")
def enrolment_rate(insured: int, recipients: int) -> Proportion:
    """The share of the assistance recipients who are insured in the year (参保率)."""
    return Proportion(insured, recipients)


@rule("yangquan.b104", says="")
def counts_for_one_stop(region: Area, area: Area, designated: bool) -> bool:
    """Whether a provider is among those to be reached: designated, and within the city or county ``area``."""
    within = region == area or (area % COUNTIES == 0 and region // COUNTIES == area // COUNTIES)
    return designated and within


@rule("yangquan.b104", says="")
def one_stop_live(day: Day, first: Day, last: Day) -> bool:
    """Whether one-stop settlement is live on ``day``, from ``first`` to ``last``, both included."""
    return first <= day <= last


@rule(
    "yangquan.b104", says=lambda v: f"市域内定点医药机构 {v.designated} 家，当日已开通一站式结算 {v.live} 家"
)
def one_stop_coverage(live: int, designated: int) -> Proportion:
    """The share of the city's designated providers that settle all three tiers in one transaction (覆盖率)."""
    return Proportion(live, designated)


@rule("yangquan.b138", says=lambda v: f"预算 {yuan(v.budget)}，已执行 {yuan(v.executed)}")
def execution_rate(executed: Fen, budget: Fen) -> Proportion:
    """The share of the budget that has been spent (预算执行率), above 1 where it is overspent."""
    return Proportion(executed, budget)


def _level_says(v: SimpleNamespace) -> str:
    return f"{'市县乡村'[v.level]}级 {v.units} 个，设有经办服务点 {v.served} 个"


@rule("yangquan.b142", says=_level_says)
def level_coverage(level: int, served: int, units: int) -> Proportion:
    """The share of one level's units, by its place in SERVICE_LEVELS, that have a service point."""
    return Proportion(served, units)


@rule("yangquan.b142", says=lambda v: "四级全覆盖" if v.result else "尚未四级全覆盖")
def reaches_every_level(
    city: Proportion, county: Proportion, township: Proportion, village: Proportion
) -> bool:
    """Whether every unit of all four levels has a service point; one level never makes up for another."""
    full = city.num == city.den and county.num == county.den
    return full and township.num == township.den and village.num == village.den
