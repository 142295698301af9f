"""The step of the fold: one visit settled against a person's year so far.

``step`` reads like the contract's ten points. It uses whole numbers, flat records and fixed
arrays only, so that the same source runs traced for one bill and compiled over columns.
"""

from __future__ import annotations

from types import SimpleNamespace

from sanchong.money import Fen, yuan
from sanchong.rules.assistance import (
    assistance_base,
    assistance_in_force,
    assistance_on_stay,
    assistance_on_visit,
    assistance_unmodelled,
    deferred_to_year_end,
    first_day_of_assistance,
)
from sanchong.rules.catalogue_control import borne_by_hospital, is_controlled
from sanchong.rules.catastrophic import catastrophic_insurance
from sanchong.rules.diseases import Conditions, excluded, giving_way, is_chronic
from sanchong.rules.gates import (
    WITHHOLD_ALL,
    WITHHOLD_ASSISTANCE,
    gate_assistance_unmodelled,
    gates_of,
)
from sanchong.rules.insured import has_residents_benefits
from sanchong.rules.pooled_fund import basic_insurance, given_payment
from sanchong.rules.quarterly_limit import quarter_place
from sanchong.rules.rule import rule
from sanchong.rules.values import note_use, number_of
from sanchong.shapes import (
    EMPLOYEE,
    EMPLOYEE_BASIC_INSURANCE,
    EXCESS_STAYS_IN_POLICY,
    INPATIENT,
    INVALID_INPUT,
    MUTUALLY_EXCLUSIVE,
    NOT_GIVEN,
    NOT_IN_FORCE,
    NOT_RECOGNISED,
    OUTPATIENT,
    SETTLED,
    SPECIAL_DRUG,
    SPECIAL_DRUG_COUNTS,
    State,
    Statement,
    Terms,
    Visit,
)


def step(state: State, visit: Visit, terms: Terms, book: Statement) -> None:
    """Settle one visit: fill ``book``, a new Statement, and carry ``state`` forward.

    An obstacle in the facts stands in ``book.refusal``; one in the values follows from
    ``book.used`` and the statuses in ``terms``. After either, the amounts mean nothing.
    """
    copy_amounts(visit, book)
    book.refusal = obstacle(visit, terms)
    if book.refusal != SETTLED:
        return
    waiting = 0
    if visit.kind == OUTPATIENT and has_residents_benefits(visit.insurance):
        waiting = giving_way(visit, terms, book)
    book.gates = gates_of(visit, terms, book, waiting)
    if visit.insurance == EMPLOYEE and (
        visit.given_pooled == NOT_GIVEN or visit.given_catastrophic == NOT_GIVEN
    ):
        note_use(book, EMPLOYEE_BASIC_INSURANCE)

    if book.gates & WITHHOLD_ALL == 0:
        burden = insure(state, visit, terms, book, waiting)
        book.other = other_payers(visit.other_paid, burden)
        assist(state, visit, terms, book, burden)
    if is_controlled(visit):
        book.hospital = borne_by_hospital(visit, terms, book)
    book.patient = borne_by_patient(book)
    carry(state, visit, terms, book)


def copy_amounts(visit: Visit, book: Statement) -> None:
    """The reduced visit's amounts, as they stand on the statement."""
    book.total = visit.total
    book.dual_channel = visit.dual_channel
    book.out_of_scope = visit.out_of_scope
    book.out_of_catalogue = visit.out_of_catalogue
    book.over_price = visit.over_price
    book.advance = visit.advance
    book.in_policy = visit.in_policy


def obstacle(visit: Visit, terms: Terms) -> int:
    """The first obstacle that the facts of an outpatient visit raise, or SETTLED (A2, A39)."""
    if visit.kind != OUTPATIENT:
        return SETTLED
    if terms.outpatient_in_force == 0:
        return NOT_IN_FORCE
    if visit.recognised == 0:
        return NOT_RECOGNISED
    if has_residents_benefits(visit.insurance) and excluded(visit, terms):
        return MUTUALLY_EXCLUSIVE
    return SETTLED


def insure(state: State, visit: Visit, terms: Terms, book: Statement, waiting: Conditions) -> Fen:
    """The two insurers' tiers; returns the in-policy burden that they leave, in fen."""
    if visit.kind == SPECIAL_DRUG:
        book.pooled = given_payment(visit.given_pooled)
        book.catastrophic = given_payment(visit.given_catastrophic)
        return in_policy_burden(visit, book) - book.catastrophic
    book.pooled = basic_insurance(state, visit, terms, book, waiting)
    burden = in_policy_burden(visit, book)
    if book.quota_excess > 0 and number_of(terms, book, EXCESS_STAYS_IN_POLICY) == 0:
        burden = max(burden - book.quota_excess, 0)
    book.catastrophic = catastrophic_insurance(state, visit, terms, book, burden)
    state.catastrophic_burden += burden
    if book.catastrophic > visit.in_policy - book.pooled:
        book.refusal = INVALID_INPUT
    return max(burden - book.catastrophic, 0)


@rule("yangquan.b26", says="", also=("yangquan.b30",))
def in_policy_burden(visit: Visit, book: Statement) -> Fen:
    """What the pooled fund left of the in-policy cost, in fen: where catastrophic insurance and assistance start.

    Nothing outside the policy enters it (B26). What the fund left because of its deductible, a quarterly
    limit or its annual cap stays in it (B30, Q8, Q47).
    """
    return visit.in_policy - book.pooled


def _other_says(v: SimpleNamespace) -> str:
    if v.paid == 0:
        return ""
    if v.result < v.paid:
        return f"其他赔付 {yuan(v.paid)}，计至政策范围内尚余负担 {yuan(v.result)}"
    return f"补充、商业保险与互助共 {yuan(v.paid)}，先于救助扣除"


@rule("yangquan.b45", says=_other_says, also=("yangquan.b46",))
def other_payers(paid: Fen, burden: Fen) -> Fen:
    """Supplementary and commercial insurance and mutual aid, up to the in-policy burden, in fen (B45, B46)."""
    return min(paid, burden)


def assist(state: State, visit: Visit, terms: Terms, book: Statement, burden: Fen) -> None:
    """The third tier; ``burden`` is what the insurers left, in fen."""
    base = assistance_base(visit, book, burden)
    if visit.kind == INPATIENT:
        book.assistance_base = base
    if book.gates & WITHHOLD_ASSISTANCE != 0:
        return
    deferred = visit.kind == OUTPATIENT and is_chronic(visit.condition)
    if visit.kind != INPATIENT and not deferred:
        book.assistance_base = base
    if assistance_unmodelled(visit, terms, book):
        book.gates |= gate_assistance_unmodelled()
        return
    if not assistance_in_force(visit.day, first_day_of_assistance(terms, book)) and book.refusal == SETTLED:
        book.refusal = NOT_IN_FORCE
    if visit.kind == INPATIENT:
        book.assistance = assistance_on_stay(state, visit, terms, book)
    elif deferred:
        book.deferred_base = deferred_to_year_end(base)
    else:
        book.assistance = assistance_on_visit(state, visit, terms, book, burden - book.other)


def _patient_says(v: SimpleNamespace) -> str:
    book = v.book
    covered = book.pooled + book.catastrophic + book.other + book.assistance
    parts = [
        ("政策范围内", book.in_policy - covered),
        ("先行自付", book.advance),
        ("超限价", book.over_price),
        ("目录外", book.out_of_catalogue - book.hospital),
        ("范围外", book.out_of_scope),
    ]
    return " ＋ ".join(f"{name} {yuan(part)}" for name, part in parts if part) or "个人不负担"


@rule("yangquan.b8", says=_patient_says)
def borne_by_patient(book: Statement) -> Fen:
    """The rest, in fen, so that the parts always add up to the visit."""
    paid = book.pooled + book.catastrophic + book.other + book.assistance + book.hospital
    return book.total - book.dual_channel - paid


def carry(state: State, visit: Visit, terms: Terms, book: Statement) -> None:
    """Carry the visit into the year: what counts against limits, and the sums."""
    state.pooled += book.pooled
    state.catastrophic += book.catastrophic
    state.patient += book.patient
    state.assistance_used += book.assistance
    state.deductible_filled += book.assistance_deductible
    if visit.kind == SPECIAL_DRUG:
        if number_of(terms, book, SPECIAL_DRUG_COUNTS) == 1:
            state.pooled_used += book.pooled
        return
    state.pooled_used += book.pooled
    state.catastrophic_used += book.catastrophic
    if visit.kind == OUTPATIENT and is_chronic(visit.condition):
        state.quarter_used[visit.quarter] += book.pooled
        state.quarter_disease_used[quarter_place(visit)] += book.pooled
    if book.deferred_base > 0:
        keep_deferred(state, visit, book)


def keep_deferred(state: State, visit: Visit, book: Statement) -> None:
    """Keep a chronic visit's base, and what is still borne of it, by the category of its date."""
    at = visit.category - 1
    if state.deferred_turn[at] == 0:
        turn = 1
        for other in range(len(state.deferred_turn)):
            if state.deferred_turn[other] > 0:
                turn += 1
        state.deferred_turn[at] = turn
    state.deferred_base[at] += book.deferred_base
    state.deferred_burden[at] += book.deferred_base - book.other
