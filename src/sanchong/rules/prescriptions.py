"""Long prescriptions (长期处方)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final

from sanchong.rules.rule import rule

DAYS_A_WEEK: Final = 7


def _prescription_says(v: SimpleNamespace) -> str:
    bounds = f"长期处方为 {v.min_weeks} 至 {v.max_weeks} 周"
    return f"{bounds}，{v.days} 天" + ("在其内" if v.result else "不在其内")


@rule("shanxi.a105", says=_prescription_says)
def long_prescription_allowed(days: int, min_weeks: int, max_weeks: int) -> bool:
    """Whether ``days`` is a long prescription's length, both ends included; permitted, never required."""
    return min_weeks * DAYS_A_WEEK <= days <= max_weeks * DAYS_A_WEEK
