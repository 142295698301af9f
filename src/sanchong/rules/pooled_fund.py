"""The first tier: basic insurance's pooled fund (基本医保统筹基金, hifp_pay)."""

from __future__ import annotations

from types import SimpleNamespace

from sanchong.money import Fen, Rate, percent, room, share, yuan
from sanchong.rules.diseases import Conditions, is_chronic
from sanchong.rules.insured import has_residents_benefits
from sanchong.rules.quarterly_limit import quarterly_room
from sanchong.rules.rule import rule
from sanchong.rules.values import number_of, rate_of
from sanchong.shapes import (
    CHRONIC_SPECIAL_RATE,
    INPATIENT,
    INPATIENT_DEDUCTIBLE,
    INPATIENT_RATE,
    NOT_GIVEN,
    POOLED_ANNUAL_CAP,
    State,
    Statement,
    Terms,
    Visit,
)


@rule(
    "shanxi.a51",
    says="政策范围内 {in_policy} × {rate} = {result}（不设起付标准）",
    also=("shanxi.a49",),
)
def outpatient_share(in_policy: Fen, rate: Rate) -> Fen:
    """The fund's share of an outpatient visit, without a deductible, in fen (A49, A51)."""
    return share(in_policy, rate)


@rule("yangquan.b20", says="（政策范围内 {in_policy} − 起付标准 {deductible}）× {rate} = {result}")
def inpatient_share(in_policy: Fen, deductible: Fen, rate: Rate) -> Fen:
    """The fund's share of a stay over the part that its deductible took, in fen."""
    return share(in_policy - deductible, rate)


def _within(v: SimpleNamespace) -> str:
    if v.result < v.wanted:
        return f"应付 {yuan(v.wanted)}，限额只余 {yuan(v.left)}：支付 {yuan(v.result)}"
    return ""


@rule("shanxi.a54", says=_within)
def within_quarter(wanted: Fen, left: Fen) -> Fen:
    """A chronic disease's payment within what the quarter still pays, in fen (Q4)."""
    return min(wanted, left)


@rule("shanxi.a27", says=_within, also=("shanxi.a42", "shanxi.a53"))
def within_year(wanted: Fen, left: Fen) -> Fen:
    """The fund's payment within the room of its one annual cap, in fen (A27, A42, A53)."""
    return min(wanted, left)


@rule("shanxi.a27", says="统筹基金年度最高支付限额 {cap}，已用 {used}，余 {result}")
def annual_room(cap: Fen, used: Fen) -> Fen:
    """What is left of the fund's annual cap, shared by stays and outpatient visits, in fen."""
    return room(cap, used)


@rule("yangquan.b6", says="按医保部门给出的数额：{payment}")
def given_payment(payment: Fen) -> Fen:
    """An insurer's payment that comes with the visit and is not computed, in fen."""
    return payment


def _pooled_says(v: SimpleNamespace) -> str:
    book, visit = v.book, v.visit
    if visit.given_pooled != NOT_GIVEN:
        return f"按给定数额 {yuan(v.result)}"
    slot = INPATIENT_RATE + visit.inpatient_class if visit.kind == INPATIENT else CHRONIC_SPECIAL_RATE
    rate = Rate(v.terms.num[slot], v.terms.den[slot])
    base = f"政策范围内 {yuan(visit.in_policy)}"
    if visit.kind == INPATIENT:
        base = f"（{base} − 起付 {yuan(book.deductible)}）"
    said = f"{base} × {percent(rate)}"
    if book.quota_excess:
        said += f"，季度限额扣下 {yuan(book.quota_excess)}"
    if v.children[-1].rule == "within_year":
        said += "，受年度限额所限"
    return said


@rule("yangquan.b22", says=_pooled_says)
def basic_insurance(state: State, visit: Visit, terms: Terms, book: Statement, waiting: Conditions) -> Fen:
    """What the pooled fund pays, in fen; notes the stay's deductible and what the quarter withheld."""
    if visit.given_pooled != NOT_GIVEN:
        return given_payment(visit.given_pooled)
    if not has_residents_benefits(visit.insurance):
        return 0
    if visit.kind == INPATIENT:
        deductible = number_of(terms, book, INPATIENT_DEDUCTIBLE + visit.inpatient_class)
        rate = rate_of(terms, book, INPATIENT_RATE + visit.inpatient_class)
        book.deductible = min(deductible, visit.in_policy)
        wanted = inpatient_share(visit.in_policy, book.deductible, rate)
    else:
        wanted = outpatient_share(visit.in_policy, rate_of(terms, book, CHRONIC_SPECIAL_RATE))
        if is_chronic(visit.condition):
            paid = within_quarter(wanted, quarterly_room(state, visit, terms, book, waiting))
            book.quota_excess = wanted - paid
            wanted = paid
    cap = number_of(terms, book, POOLED_ANNUAL_CAP)
    return within_year(wanted, annual_room(cap, state.pooled_used))
