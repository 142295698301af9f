"""Under which assistance category (救助对象类别) a person counts."""

from __future__ import annotations

from sanchong.dates import Day
from sanchong.rules.catastrophic import Category
from sanchong.rules.recognition import NO_DAY
from sanchong.rules.rule import rule
from sanchong.shapes import CATEGORIES, EXTREME_POVERTY, NEAR_SUBSISTENCE, SUBSISTENCE_ALLOWANCE

Granted = int
"""The name by which a category was granted: its place, from 1, among CATEGORIES and then CATEGORY_ALIASES."""


@rule("yangquan.b14", says="")
def counts_as(granted: Granted) -> Category:
    """The category that a name stands for: 孤儿 and 事实无人抚养儿童 are in extreme poverty everywhere (B14)."""
    return granted if granted <= len(CATEGORIES) else EXTREME_POVERTY


@rule(
    "yangquan.b15",
    says=lambda v: (
        "不属前三类，且有高额医疗支出凭证，可认定为因病致贫重病患者"
        if v.result
        else "不符合因病致贫重病患者的前提"
    ),
)
def may_be_impoverished_by_illness(held: Category, expenses_shown: bool) -> bool:
    """Whether somebody who holds the category ``held`` may be recognised as impoverished by illness.

    Only who is none of extreme poverty, subsistence allowance and near subsistence, and shows the high spending (B15).
    """
    first_three = held in (EXTREME_POVERTY, SUBSISTENCE_ALLOWANCE, NEAR_SUBSISTENCE)
    return not first_three and expenses_shown


@rule("yangquan.b18", says=lambda v: "按省定标准认定" if v.result else "按市内现行标准认定")
def provincial_standard_applies(applied: Day, first_day: Day) -> bool:
    """Whether an application is decided by the province's standard: made on or after its first day (B18).

    NO_DAY as the first day: the province has issued none yet.
    """
    return first_day != NO_DAY and applied >= first_day


@rule(
    "yangquan.b34",
    says=lambda v: "已参保，享有三重保障" if v.result else "未参保：列入参保跟进名单，不自动救助",
)
def enjoys_three_tiers(insured: bool) -> bool:
    """Whether a person in need enjoys the three tiers: being insured is their condition (B34, Q45)."""
    return insured
