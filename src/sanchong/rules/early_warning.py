"""Early warning (因病致贫、因病返贫双预警): whose yearly burden is watched, and when it is too heavy."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final

from sanchong.money import Fen, yuan
from sanchong.rules.catastrophic import Category
from sanchong.rules.rule import rule
from sanchong.shapes import ADDRESS, MONITORED, NEAR_SUBSISTENCE, WARNING_THRESHOLD, Terms

NO_WARNING: Final = -1
FALLING_INTO: Final = ADDRESS["early_warning.threshold.falling_into"].place
"""因病致贫: falling into poverty; its place in the family WARNING_THRESHOLD."""
FALLING_BACK: Final = ADDRESS["early_warning.threshold.falling_back"].place
"""因病返贫: falling back into poverty; its place in the family WARNING_THRESHOLD."""

WarningKind = int
"""Which of the two warnings, by its place in the family WARNING_THRESHOLD; NO_WARNING for neither."""


def _warning_says(v: SimpleNamespace) -> str:
    if v.result == FALLING_INTO:
        return "低保边缘家庭成员：监测因病致贫"
    if v.result == FALLING_BACK:
        return "监测对象：监测因病返贫"
    return "不属于重点监测人群"


@rule("yangquan.b79", says=_warning_says, also=("yangquan.b77",))
def warning_of(category: Category) -> WarningKind:
    """The warning that watches a category: near subsistence may fall in, the monitored back (B77, Q37)."""
    if category == NEAR_SUBSISTENCE:
        return FALLING_INTO
    if category == MONITORED:
        return FALLING_BACK
    return NO_WARNING


@rule("yangquan.b78", says="")
def threshold_of(terms: Terms, warning: WarningKind) -> Fen:
    """The threshold of one of the two warnings, in fen: each its own parameter, by day and area (B78)."""
    return terms.num[WARNING_THRESHOLD + warning]


def _threshold_says(v: SimpleNamespace) -> str:
    said = f"年度累计个人负担 {yuan(v.burden)}，监测标准 {yuan(v.threshold)}"
    return f"{said}：纳入医保监测范围" if v.result else f"{said}：不纳入"


@rule("yangquan.b80", says=_threshold_says)
def passes_threshold(category: Category, burden: Fen, threshold: Fen) -> bool:
    """Whether a watched person's own spending of the year, all of it, is strictly more than the threshold.

    ``burden`` is in fen after all payments, out-of-catalogue cost included (Q37).
    """
    return warning_of(category) != NO_WARNING and burden > threshold
