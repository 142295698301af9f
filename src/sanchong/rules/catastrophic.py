"""The second tier: catastrophic insurance (大病保险, hifmi_pay) on the slice of the year's burden."""

from __future__ import annotations

from types import SimpleNamespace

from sanchong.money import NO_LIMIT, Fen, half_up, room, yuan
from sanchong.rules.pooled_fund import given_payment
from sanchong.rules.rule import rule
from sanchong.rules.values import number_of
from sanchong.shapes import (
    CATASTROPHIC_BANDS,
    CATASTROPHIC_CAP,
    CATASTROPHIC_DEDUCTIBLE,
    EMPLOYEE,
    MAX_BANDS,
    MISSING,
    NO_CATEGORY,
    NOT_GIVEN,
    RETURNED_TO_POVERTY,
    State,
    Statement,
    Terms,
    Visit,
)

Category = int
"""An assistance category's code; NO_CATEGORY for none."""


def tilted_row(terms: Terms, family: int, category: Category) -> int:
    """The row of ``family`` that applies: the category's own or, where it may, the standard one (B21).

    The first three categories must have rows of their own; the others have them or fall back.
    """
    if NO_CATEGORY < category <= RETURNED_TO_POVERTY:
        return category
    if category != NO_CATEGORY and terms.status[family + category] != MISSING:
        return category
    return 0


def scheduled(over: Fen, terms: Terms, row: int) -> int:
    """What the bands of ``row`` give on ``over`` fen above the deductible, exactly.

    The result is a numerator over the denominator that the bands have in common.
    """
    due = 0
    bands = terms.num[CATASTROPHIC_BANDS + row]
    for band in range(bands):
        at = row * MAX_BANDS + band
        top = over if band + 1 == bands else min(over, terms.bands_above[at + 1])
        due += max(top - terms.bands_above[at], 0) * terms.bands_num[at]
    return due


def _slice_says(v: SimpleNamespace) -> str:
    if v.after <= v.deductible:
        short = yuan(v.deductible - v.after)
        return f"年度累计负担 {yuan(v.after)}，未到起付 {yuan(v.deductible)}（还差 {short}）"
    counted = yuan(v.after - max(v.before, v.deductible))
    return (
        f"年度累计负担由 {yuan(v.before)} 到 {yuan(v.after)}，起付 {yuan(v.deductible)}，"
        f"本次 {counted} 按分段比例：{yuan(v.result)}"
    )


@rule("yangquan.b21", says=_slice_says)
def slice_due(before: Fen, after: Fen, deductible: Fen, terms: Terms, row: int) -> Fen:
    """What the year's burden, grown from ``before`` to ``after``, adds to the schedule, half up, in fen."""
    if after <= deductible:  # where most visits end, without the bands
        return 0
    due_before = scheduled(max(before - deductible, 0), terms, row)
    due_after = scheduled(after - deductible, terms, row)
    return half_up(due_after - due_before, terms.den[CATASTROPHIC_BANDS + row])


def _room_says(v: SimpleNamespace) -> str:
    if v.cap == NO_LIMIT:
        return "大病保险年度不设限额"
    return f"大病保险年度限额 {yuan(v.cap)}，已用 {yuan(v.used)}，余 {yuan(v.result)}"


@rule("yangquan.b21", says=_room_says)
def catastrophic_room(cap: Fen, used: Fen) -> Fen:
    """What is left of catastrophic insurance's annual cap, in fen."""
    return room(cap, used)


def _bounded_says(v: SimpleNamespace) -> str:
    if v.result == v.due:
        return ""
    limit = "年度限额余" if v.left < v.burden else "本次负担"
    return f"不超过{limit} {yuan(v.result)}"


@rule("yangquan.b8", says=_bounded_says)
def within_burden(due: Fen, left: Fen, burden: Fen) -> Fen:
    """A payment within the annual cap's room and never above the visit's burden, in fen."""
    return min(due, left, burden)


def _tier_says(v: SimpleNamespace) -> str:
    said = [
        child.text for child in v.children if child.rule in ("slice_due", "within_burden", "given_payment")
    ]
    return "；".join(text for text in said if text)


@rule("shanxi.a28", says=_tier_says)
def catastrophic_insurance(state: State, visit: Visit, terms: Terms, book: Statement, burden: Fen) -> Fen:
    """What catastrophic insurance pays on this visit's ``burden``, in fen (Q41)."""
    if visit.given_catastrophic != NOT_GIVEN:
        return given_payment(visit.given_catastrophic)
    if visit.insurance == EMPLOYEE:
        return 0
    deductible_row = tilted_row(terms, CATASTROPHIC_DEDUCTIBLE, visit.category)
    deductible = number_of(terms, book, CATASTROPHIC_DEDUCTIBLE + deductible_row)
    bands_row = tilted_row(terms, CATASTROPHIC_BANDS, visit.category)
    number_of(terms, book, CATASTROPHIC_BANDS + bands_row)
    cap_row = tilted_row(terms, CATASTROPHIC_CAP, visit.category)
    cap = number_of(terms, book, CATASTROPHIC_CAP + cap_row)
    before = state.catastrophic_burden
    due = slice_due(before, before + burden, deductible, terms, bands_row)
    return within_burden(due, catastrophic_room(cap, state.catastrophic_used), burden)
