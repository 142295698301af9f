"""The third tier: medical assistance (医疗救助, maf_pay) on stays, special diseases, special drugs, at year's end."""

from __future__ import annotations

from types import SimpleNamespace

from sanchong.dates import Day
from sanchong.money import NO_LIMIT, Fen, Rate, percent, room, share, yuan
from sanchong.rules.catastrophic import Category
from sanchong.rules.rule import rule
from sanchong.rules.values import is_unmodelled, note_use, number_of, rate_of
from sanchong.shapes import (
    ASSISTANCE_AREA,
    ASSISTANCE_CAP,
    ASSISTANCE_DRUG_RATE,
    ASSISTANCE_FROM,
    ASSISTANCE_INCOME,
    ASSISTANCE_OUTPATIENT_RATE,
    ASSISTANCE_SHARE,
    ASSISTANCE_STAY_RATE,
    INPATIENT,
    MISSING,
    NO_CATEGORY,
    SPECIAL_DRUG,
    Closing,
    State,
    Statement,
    Terms,
    Visit,
)


def reaches(visit: Visit, terms: Terms) -> bool:
    """Whether this kind of assistance reaches the visit's category at all (B60, B65, Q50).

    On stays it reaches all six; elsewhere those for which a rate is in force. Of an area whose
    assistance is not here nothing can be said: it is taken to reach, and found unmodelled after.
    """
    if visit.kind == INPATIENT or is_unmodelled(terms, ASSISTANCE_AREA):
        return True
    family = ASSISTANCE_DRUG_RATE if visit.kind == SPECIAL_DRUG else ASSISTANCE_OUTPATIENT_RATE
    return terms.status[family + visit.category - 1] != MISSING


def area_unmodelled(visit: Visit, terms: Terms, book: Statement) -> bool:
    """Whether the assistance of the household's area is in no document here, for a person who could have it."""
    return visit.category != NO_CATEGORY and _note_unmodelled(terms, book, ASSISTANCE_AREA)


def assistance_unmodelled(visit: Visit, terms: Terms, book: Statement) -> bool:
    """Whether the text leaves this category's assistance to another document; noted as used."""
    at = visit.category - 1
    if visit.kind == INPATIENT:
        found = _note_unmodelled(terms, book, ASSISTANCE_STAY_RATE + at)
        found = _note_unmodelled(terms, book, ASSISTANCE_SHARE + at) or found
    elif visit.kind == SPECIAL_DRUG:
        found = _note_unmodelled(terms, book, ASSISTANCE_DRUG_RATE + at)
    else:
        found = _note_unmodelled(terms, book, ASSISTANCE_OUTPATIENT_RATE + at)
    return _note_unmodelled(terms, book, ASSISTANCE_CAP + at) or found


def _note_unmodelled(terms: Terms, book: Statement, slot: int) -> bool:
    if is_unmodelled(terms, slot):
        note_use(book, slot)
        return True
    return False


@rule("yangquan.b1", says="")
def assistance_in_force(day: Day, first_day: Day) -> bool:
    """Whether assistance by this document is in force on ``day`` (Q46)."""
    return day >= first_day


@rule("yangquan.b23", says="", also=("yangquan.b61",))
def assistance_base(visit: Visit, book: Statement, burden: Fen) -> Fen:
    """The base of assistance, in fen, ``burden`` being what the two insurers left of the in-policy cost.

    On a stay the other payers come before assistance (B23); elsewhere only the insurers do (B61, Q28).
    """
    return burden - book.other if visit.kind == INPATIENT else burden


def _deductible_says(v: SimpleNamespace) -> str:
    if v.income_share.num == 0:
        return "不设救助起付标准"
    return f"救助年度起付标准：上年居民人均可支配收入 {yuan(v.income)} × {percent(v.income_share)} = {yuan(v.result)}"


@rule("yangquan.b48", says=_deductible_says)
def yearly_deductible(income_share: Rate, income: Fen) -> Fen:
    """The category's yearly deductible: a share of last year's income per head, half up, in fen (Q42)."""
    return share(income, income_share)


@rule("yangquan.b48", says="年度起付 {deductible}，此前已计入 {filled}，本次计入 {result}")
def deductible_taken(base: Fen, deductible: Fen, filled: Fen) -> Fen:
    """The part of the base that fills what is left of the yearly deductible, in fen (Q21)."""
    return min(base, room(deductible, filled))


def _cap_says(v: SimpleNamespace) -> str:
    if v.cap == NO_LIMIT:
        return "不设年度救助限额"
    return f"年度救助限额 {yuan(v.cap)}，已用 {yuan(v.used)}，余 {yuan(v.result)}"


@rule("yangquan.b59", says=_cap_says)
def assistance_room(cap: Fen, used: Fen) -> Fen:
    """What is left of the annual cap that stays, outpatient visits and special drugs share, in fen (Q27)."""
    return room(cap, used)


def _stay_says(v: SimpleNamespace) -> str:
    base = f"负担 {yuan(v.base)}"
    if v.taken:
        base = f"（{base} − 起付 {yuan(v.taken)}）"
    said = f"{base} × {percent(v.rate)}"
    if v.result < share(v.base - v.taken, v.rate):
        said += f"，年度限额只余 {yuan(v.left)}"
    return said


@rule("yangquan.b47", says=_stay_says)
def stay_assistance(base: Fen, taken: Fen, rate: Rate, left: Fen) -> Fen:
    """The rate on what exceeds the deductible, within the year's room, in fen."""
    return min(share(base - taken, rate), left)


def _first_child(v: SimpleNamespace) -> str:
    told = ("stay_assistance", "visit_assistance", "drug_assistance")
    text: str = next(child.text for child in v.children if child.rule in told)
    return text


@rule("yangquan.b44", says=_first_child, also=("yangquan.b12",))
def assistance_on_stay(state: State, visit: Visit, terms: Terms, book: Statement) -> Fen:
    """Assistance with one stay on ``book.assistance_base``, in fen; notes the deductible's part (B44–B57).

    The category alone decides: employees and residents are assisted alike (B12).
    """
    at = visit.category - 1
    rate = rate_of(terms, book, ASSISTANCE_STAY_RATE + at)
    income_share = rate_of(terms, book, ASSISTANCE_SHARE + at)
    income = number_of(terms, book, ASSISTANCE_INCOME) if income_share.num > 0 else 0
    left = assistance_room(number_of(terms, book, ASSISTANCE_CAP + at), state.assistance_used)
    deductible = yearly_deductible(income_share, income)
    if deductible > 0:
        book.assistance_deductible = deductible_taken(
            book.assistance_base, deductible, state.deductible_filled
        )
    return stay_assistance(book.assistance_base, book.assistance_deductible, rate, left)


def _visit_says(v: SimpleNamespace) -> str:
    said = f"保险支付后剩余 {yuan(v.base)} × {percent(v.rate)}"
    if v.result < share(v.base, v.rate):
        bound = "年度限额只余" if v.left < v.burden else "不超过尚余负担"
        said += f"，{bound} {yuan(v.result)}"
    return said


@rule("yangquan.b63", says=_visit_says)
def visit_assistance(base: Fen, rate: Rate, left: Fen, burden: Fen) -> Fen:
    """Assistance with a special disease, visit by visit, never above what is still borne, in fen (Q28)."""
    return min(share(base, rate), left, burden)


@rule("yangquan.b66", says=_visit_says)
def drug_assistance(base: Fen, rate: Rate, left: Fen, burden: Fen) -> Fen:
    """Assistance with a special drug (特药), never above what is still borne, in fen."""
    return min(share(base, rate), left, burden)


@rule("yangquan.b62", says=_first_child, also=("yangquan.b28",))
def assistance_on_visit(state: State, visit: Visit, terms: Terms, book: Statement, burden: Fen) -> Fen:
    """Assistance with a special disease or a special drug, in fen (B60–B66)."""
    at = visit.category - 1
    family = ASSISTANCE_DRUG_RATE if visit.kind == SPECIAL_DRUG else ASSISTANCE_OUTPATIENT_RATE
    rate = rate_of(terms, book, family + at)
    left = assistance_room(number_of(terms, book, ASSISTANCE_CAP + at), state.assistance_used)
    if visit.kind == SPECIAL_DRUG:
        return drug_assistance(book.assistance_base, rate, left, burden)
    return visit_assistance(book.assistance_base, rate, left, burden)


@rule("yangquan.b64", says="慢性病年底一次性救助，本次计入基数 {base}", also=("yangquan.b28",))
def deferred_to_year_end(base: Fen) -> Fen:
    """A chronic visit's base is kept for the one payment at the year's end, in fen."""
    return base


def _closing_says(v: SimpleNamespace) -> str:
    said = f"全年基数 {yuan(v.base)} × {percent(v.rate)}"
    if v.result < share(v.base, v.rate):
        bound = "年度限额只余" if v.left < v.burden else "不超过尚余负担"
        said += f"，{bound} {yuan(v.result)}"
    return f"{said} = {yuan(v.result)}"


@rule("yangquan.b64", says=_closing_says)
def year_end_assistance(category: Category, base: Fen, rate: Rate, left: Fen, burden: Fen) -> Fen:
    """The year's one payment on chronic visits of a category, rounded once, in fen (Q29)."""
    return min(share(base, rate), left, burden)


def close_year(state: State, terms: Terms, closing: Closing) -> None:
    """Pay what was deferred, category by category in the order of their first base.

    ``terms`` are those of 31 December. Fills ``closing`` and adds to the state's assistance.
    """
    for turn in range(1, len(state.deferred_turn) + 1):
        for at in range(len(state.deferred_turn)):
            if state.deferred_turn[at] == turn:
                rate = rate_of(terms, closing, ASSISTANCE_OUTPATIENT_RATE + at)
                cap = number_of(terms, closing, ASSISTANCE_CAP + at)
                left = assistance_room(cap, state.assistance_used)
                base, burden = state.deferred_base[at], state.deferred_burden[at]
                paid = year_end_assistance(at + 1, base, rate, left, burden)
                closing.paid[at] = paid
                closing.assistance += paid
                state.assistance_used += paid


def first_day_of_assistance(terms: Terms, book: Statement) -> Day:
    """The first day of the assistance document, noted as used; 0 if none is known, which refuses the visit."""
    return number_of(terms, book, ASSISTANCE_FROM)
