"""Recognition of a disease (门诊慢特病资格认定): the bracket of its name, and rights from before the scheme."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final

from sanchong.dates import Day
from sanchong.rules.rule import rule

NO_DAY: Final[Day] = 0
"""No day is on record."""

Word = int
"""The place of a word among those that a table admits; their number for any other word."""


@rule(
    "shanxi.a19",
    says=lambda v: (
        "所报期别、级别或类型在准入条件之内" if v.result else "所报期别、级别或类型不在准入条件之内"
    ),
)
def within_bracket(stated: Word, admitted: int) -> bool:
    """Whether the stage, grade or type that an application states is one of the ``admitted`` of the name."""
    return stated < admitted


def _legacy_says(v: SimpleNamespace) -> str:
    if v.expiry == NO_DAY:
        return "原有资格没有到期日，须由管理员补定，不当作永久有效"
    return "原有资格仍在有效期内，免再申请" if v.result else "原有资格已满期，按通常程序申请"


@rule("jinzhong.a58", says=_legacy_says)
def legacy_right_lasts(day: Day, expiry: Day) -> bool:
    """Whether a recognition from before the scheme still holds on ``day``; its own last day is included.

    NO_DAY as its expiry: an administrator has yet to set one, and until then it does not hold (Q14).
    """
    return expiry != NO_DAY and day <= expiry
