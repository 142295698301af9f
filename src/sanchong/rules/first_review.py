"""The first review (初审) of claims, which has to reach every one before it is paid."""

from __future__ import annotations

from types import SimpleNamespace

from sanchong.money import Rate
from sanchong.rules.rule import rule


def _coverage_says(v: SimpleNamespace) -> str:
    if v.due == 0:
        return "没有应审的费用"
    short = v.due - v.reviewed
    return f"应审 {v.due} 笔，已审 {v.reviewed} 笔" + (f"，未审 {short} 笔" if short else "，全部覆盖")


@rule("shanxi.a88", says=_coverage_says)
def first_review_coverage(reviewed: int, due: int) -> Rate:
    """How many of the claims ``due`` for payment have passed the automatic first review; 1 if none is due."""
    return Rate(reviewed, due) if due > 0 else Rate(1, 1)


@rule("shanxi.a88", says=lambda v: "初审覆盖率达到100%" if v.result else "初审覆盖率不足100%，未审的不得付款")
def whole_review(coverage: Rate) -> bool:
    """Whether the first review reached every claim: nothing short of all of them is enough."""
    return coverage.num >= coverage.den
