"""Monitoring what the fund spends (基金支出监测)."""

from __future__ import annotations

from types import SimpleNamespace

from sanchong.money import Fen, Rate, percent, yuan
from sanchong.rules.rule import rule


def _deviates_says(v: SimpleNamespace) -> str:
    said = f"支出 {yuan(v.spent)}，平时 {yuan(v.usual)}，容许偏离 {percent(v.tolerance)}"
    return f"{said}：告警" if v.result else f"{said}：正常"


@rule("shanxi.a98", says=_deviates_says)
def spending_deviates(spent: Fen, usual: Fen, tolerance: Rate) -> bool:
    """Whether spending lies further from the usual than ``tolerance`` of it, upwards or downwards; both in fen.

    Of a month or a quarter, a disease or an institution. The text prints no tolerance: the office sets one.
    """
    return abs(spent - usual) * tolerance.den > usual * tolerance.num
