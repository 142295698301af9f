"""The deposit on admission (住院押金): waived where treatment comes before payment (先诊疗后付费)."""

from __future__ import annotations

from types import SimpleNamespace

from sanchong.rules.catastrophic import Category
from sanchong.rules.rule import rule
from sanchong.shapes import EXTREME_POVERTY, MONITORED


def _deposit_says(v: SimpleNamespace) -> str:
    if v.result:
        return "先诊疗后付费，免除住院押金"
    facts = [
        ("经基层首诊转诊", v.primary_referral),
        ("属特困、低保、返贫致贫、监测对象", EXTREME_POVERTY <= v.category <= MONITORED),
        ("在本市域内", v.in_city),
        ("定点医院", v.designated),
        ("住院", v.inpatient),
    ]
    return "不免押金，不符合：" + "；".join(name for name, holds in facts if not holds)


@rule("yangquan.b116", says=_deposit_says)
def deposit_waived(
    category: Category, primary_referral: bool, in_city: bool, designated: bool, inpatient: bool
) -> bool:
    """Whether the deposit is waived as a whole; all five conditions must hold together."""
    reached = EXTREME_POVERTY <= category <= MONITORED
    return reached and primary_referral and in_city and designated and inpatient
