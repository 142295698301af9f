"""Catalogue control (目录外控费): what exceeds the hospital's limit outside the catalogues is the hospital's."""

from __future__ import annotations

from types import SimpleNamespace

from sanchong.money import Fen, Rate, percent, share_down, yuan
from sanchong.rules.rule import rule
from sanchong.rules.values import rate_of
from sanchong.shapes import (
    CONTROL_LIMIT,
    EXTREME_POVERTY,
    INPATIENT,
    SUBSISTENCE_ALLOWANCE,
    Statement,
    Terms,
    Visit,
)


@rule("yangquan.b73", says="")
def is_controlled(visit: Visit) -> bool:
    """A stay of the two poorest categories in a designated hospital of the province, referred or not (B73)."""
    poorest = visit.category == EXTREME_POVERTY or visit.category == SUBSISTENCE_ALLOWANCE
    return visit.kind == INPATIENT and poorest and visit.designated == 1 and visit.in_province == 1


@rule("yangquan.b74", says="目录外费用上限：总费用 {total} × {limit} = {result}")
def catalogue_limit(total: Fen, limit: Rate) -> Fen:
    """What may lie outside the catalogues, rounded down, in fen (Q31–Q33)."""
    return share_down(total, limit)


def _control_says(v: SimpleNamespace) -> str:
    book, slot = v.book, CONTROL_LIMIT + v.visit.inpatient_class
    limit = percent(Rate(v.terms.num[slot], v.terms.den[slot]))
    ceiling = yuan(v.children[-1].result)
    if v.result:
        return f"目录外 {yuan(book.out_of_catalogue)} 超过控费比例 {limit}（上限 {ceiling}）的部分由医院承担"
    return f"目录外未超控费比例 {limit}（上限 {ceiling}）"


@rule("yangquan.b75", says=_control_says)
def borne_by_hospital(visit: Visit, terms: Terms, book: Statement) -> Fen:
    """What of the stay's out-of-catalogue amount the hospital bears, in fen; changes no tier."""
    limit = rate_of(terms, book, CONTROL_LIMIT + visit.inpatient_class)
    return max(visit.out_of_catalogue - catalogue_limit(visit.total, limit), 0)
