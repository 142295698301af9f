"""Designated providers (定点医药机构) in the transition: who may go on, what nobody may do, who settles elsewhere."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final

from sanchong.dates import Day
from sanchong.rules.recognition import NO_DAY
from sanchong.rules.rule import rule

DOSE_EXCEEDED: Final = 1
BEYOND_DISEASE: Final = 2
NOT_REVIEWED: Final = 4
VIOLATIONS: Final = ("dose_exceeded", "beyond_disease", "not_reviewed")
"""超剂量、超范围、不审核处方: the three prohibited acts, by their bit."""

Violations = int
"""A set of VIOLATIONS, as bits."""
_ZH: Final = ("超剂量", "超范围", "未经药师审方")


@rule(
    "jinzhong.a63",
    says=lambda v: (
        "原已承担，可继续提供慢性病服务" if v.result else "没有原已承担标记或标记已满期，不能提供慢性病服务"
    ),
)
def may_go_on_treating(served_before: bool, day: Day, mark_until: Day) -> bool:
    """Whether a designated provider may treat chronic diseases on ``day``: it carries the mark of having served.

    ``mark_until`` is the mark's last day, NO_DAY while no later document has set one (A64).
    """
    return served_before and (mark_until == NO_DAY or day <= mark_until)


def _violations_says(v: SimpleNamespace) -> str:
    found = [name for bit, name in enumerate(_ZH) if v.result >> bit & 1]
    return "违规：" + "、".join(found) if found else "处方没有违规"


@rule("jinzhong.a67", says=_violations_says)
def prescription_violations(dose: int, highest_dose: int, within_disease: bool, reviewed: bool) -> Violations:
    """The prohibited acts in a prescription; ``dose`` and ``highest_dose`` are in one unit, such as milligrams.

    NOT_REVIEWED among them, the pharmacist's signature is lacking and nothing may be settled.
    """
    found = 0
    if dose > highest_dose:
        found |= DOSE_EXCEEDED
    if not within_disease:
        found |= BEYOND_DISEASE
    if not reviewed:
        found |= NOT_REVIEWED
    return found


@rule("jinzhong.a83", says=lambda v: "已开通异地直接结算" if v.result else "未开通异地直接结算，走手工报销")
def settles_elsewhere(day: Day, open_from: Day) -> bool:
    """Whether a disease is settled directly in another region on ``day``; NO_DAY: it is not open at all."""
    return open_from != NO_DAY and day >= open_from
