"""Who applies for assistance (依申请救助), and who gets it at discharge (一站式结算)."""

from __future__ import annotations

from sanchong.rules.catastrophic import Category
from sanchong.rules.rule import rule
from sanchong.shapes import EXTREME_POVERTY, IMPOVERISHED_BY_ILLNESS, MONITORED, NEAR_SUBSISTENCE


@rule(
    "yangquan.b84",
    says=lambda v: "医疗救助须由本人申请" if v.result else "无须申请救助",
    also=("yangquan.b85",),
)
def must_apply(category: Category) -> bool:
    """Whether the category must apply: the other four are assisted directly (B84, B85)."""
    return category in (NEAR_SUBSISTENCE, IMPOVERISHED_BY_ILLNESS)


@rule("yangquan.b107", says=lambda v: "直接纳入一站式结算" if v.result else "不直接纳入一站式结算")
def settles_one_stop(category: Category) -> bool:
    """Whether assistance is settled at discharge without further ado: from extreme poverty to monitored."""
    return EXTREME_POVERTY <= category <= MONITORED
