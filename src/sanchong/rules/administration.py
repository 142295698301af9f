"""How assistance is run: whom joint help may reach, which institutions are watched, whether money and people suffice."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final

from sanchong.money import Fen, Rate, yuan
from sanchong.rules.catastrophic import Category
from sanchong.rules.rule import rule
from sanchong.shapes import NO_CATEGORY

CITY: Final = 0
COUNTY: Final = 1
TOWNSHIP: Final = 2
"""Places of the levels in indicators.SERVICE_LEVELS that need somebody for assistance."""


def _top_up_says(v: SimpleNamespace) -> str:
    left = f"三重保障后政策范围内负担 {yuan(v.burden)}，筛查线 {yuan(v.threshold)}"
    return f"{left}：列入倾斜救助会商" if v.result else f"{left}：不列入倾斜救助会商"


@rule("yangquan.b68", says=_top_up_says)
def may_have_top_up(
    category: Category, referred: bool, in_province: bool, burden: Fen, threshold: Fen
) -> bool:
    """Whether a case is put to the departments that decide top-up assistance (倾斜救助); the sum is never computed.

    A recipient, properly referred, treated in the province, whose in-policy burden after all three tiers exceeds the
    screening threshold; both in fen (B68, Q38).
    """
    return category != NO_CATEGORY and referred and in_province and burden > threshold


@rule("yangquan.b103", says="抽查比例 {result}")
def sampling_rate(serves_assistance: bool, usual: Rate, raised: Rate) -> Rate:
    """The share of an institution's claims that is sampled: the raised one where it serves assistance (B103)."""
    return raised if serves_assistance else usual


@rule("yangquan.b121", says="{indicators} 项指标中达标 {met} 项，得 {result} 分（满分 {full}）")
def performance_score(met: int, indicators: int, full: int) -> int:
    """A county's score for carrying the policy out: its share of the ``full`` points, rounded down (B121).

    ``indicators`` is the number of indicators that are judged, at least 1.
    """
    return full * met // indicators


@rule("yangquan.b136", says=lambda v: "支出快于预算进度：告警" if v.result else "支出未超预算进度")
def spends_ahead_of_budget(spent: Fen, budget: Fen, days_gone: int, days: int) -> bool:
    """Whether more of the budget is spent than of the year is gone, in fen and days (B136)."""
    return spent * days > budget * days_gone


@rule("yangquan.b141", says=lambda v: "缺少救助经办机构或专人" if v.result else "救助经办人员到位")
def lacks_handling(level: int, own_unit: bool, own_person: bool) -> bool:
    """Whether a unit of administration lacks those who handle assistance (B141).

    ``level`` is its place in SERVICE_LEVELS: a city and a county need a unit of their own, a township a named person.
    """
    if level == TOWNSHIP:
        return not own_person
    return level in (CITY, COUNTY) and not own_unit
