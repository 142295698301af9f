"""Obstacles: why a visit cannot be settled, in the contract's order, each with what to do next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from sanchong.law.labels import address_label, condition_label
from sanchong.law.library import Law
from sanchong.rules.diseases import conflicts
from sanchong.settlement.case import Case
from sanchong.settlement.explanation import members
from sanchong.settlement.options import Options
from sanchong.settlement.refusal import Refusal, invalid
from sanchong.settlement.settled import SettledVisit
from sanchong.shapes import (
    ADDRESSES,
    ASSISTANCE_AREA,
    ASSUMED,
    CONDITIONS,
    EMPLOYEE_BASIC_INSURANCE,
    INVALID_INPUT,
    MISSING,
    MUTUALLY_EXCLUSIVE,
    NOT_IN_FORCE,
    NOT_RECOGNISED,
    OUTPATIENT,
    SETTLED,
    STATED,
    UNMODELLED,
    Statement,
    Terms,
    Visit,
)


def refuse_obstacle(law: Law, case: Case, i: int, done: SettledVisit, options: Options) -> None:
    """Raise the first obstacle of the contract's list that the visit met."""
    book, terms = done.book, done.resolution.terms
    refuse_facts(law, done.record, book, terms, f"visits[{i}]")
    refuse_values(law, terms, done.used, options, withhold=case.withhold_unmodelled)


def refuse_facts(law: Law, record: Visit, book: Statement, terms: Terms, where: str) -> None:
    """Raise the obstacle that the facts of a reduced visit raised, if any; ``where`` is the visit's path."""
    if book.refusal == SETTLED:
        return
    day = dt.date.fromordinal(record.day)
    if book.refusal == INVALID_INPUT:
        raise invalid(f"{where}.catastrophic", "given")
    if book.refusal == NOT_IN_FORCE:
        raise _not_in_force(where, record.kind, day, terms)
    if book.refusal == NOT_RECOGNISED:
        disease = condition_label(record.condition, law.diseases)
        raise Refusal(
            "not_recognised",
            f"{where}.disease",
            f"{day} 没有有效的{disease}门诊慢特病认定，不能按该病种结算；请先办理资格认定或核对认定起止日期",
            f"{CONDITIONS[record.condition]} is not recognised on {day}; check the recognition's period",
            "shanxi.a8",
        )
    if book.refusal == MUTUALLY_EXCLUSIVE:
        pairs = conflicts(terms, record.held, record.waived)
        raise mutually_exclusive(law, terms, pairs, f"{where}.disease")
    raise AssertionError(f"unknown refusal {book.refusal}")


def _not_in_force(where: str, kind: int, day: dt.date, terms: Terms) -> Refusal:
    if kind == OUTPATIENT and terms.outpatient_in_force == 0:
        return Refusal(
            "not_in_force",
            f"{where}.date",
            f"{day} 本地没有施行中的门诊慢特病规定（山西省：2025-04-01 至 2030-03-31）",
            f"no outpatient scheme is in force here on {day} (Shanxi: 2025-04-01 to 2030-03-31)",
            "shanxi.a2",
        )
    return Refusal(
        "not_in_force",
        f"{where}.date",
        f"{day} 早于医疗救助规定的施行日期",
        f"{day} precedes the first day of the assistance document",
        "yangquan.b1",
    )


def mutually_exclusive(law: Law, terms: Terms, pairs: int, where: str) -> Refusal:
    """The refusal of some exclusion pairs, given as bits."""
    both = [(terms.exclusion_a[pair], terms.exclusion_b[pair]) for pair in members(pairs)]
    zh = "；".join(
        f"{condition_label(a, law.diseases)} 与 {condition_label(b, law.diseases)}" for a, b in both
    )
    en = "; ".join(f"{CONDITIONS[a]} and {CONDITIONS[b]}" for a, b in both)
    return Refusal(
        "mutually_exclusive",
        where,
        f"同时认定了互斥病种：{zh}，不可同时享受待遇。请由本人选定一种并终止另一种，或登记豁免",
        f"mutually exclusive diseases are recognised: {en}. End one of them or record a waiver",
        "shanxi.a39",
    )


_EXCUSED_FROM: Final = ASSISTANCE_AREA
"""With withhold_unmodelled, unmodelled values of assistance (from this slot on) withhold it and do not refuse."""


def refuse_values(law: Law, terms: Terms, slots: Iterable[int], options: Options, *, withhold: bool) -> None:
    """Raise for a value that is missing, unmodelled or assumed and not accepted, in this order."""
    slots = [slot for slot in slots if terms.status[slot] != STATED]
    if not slots:
        return
    for slot in slots:
        if terms.status[slot] == MISSING:
            raise _of_value(
                law,
                "missing_value",
                slot,
                "没有任何文件或设定给出“{label}”（{name}），不能结算；请在政策库或个案 terms 中写明",
                "no document states {name}; state it in a policy folder or in the case's terms",
            )
    if EMPLOYEE_BASIC_INSURANCE in slots:
        raise Refusal(
            "unmodelled",
            ADDRESSES[EMPLOYEE_BASIC_INSURANCE].name,
            "职工医保的待遇不在本系统收录的文件里；请在就诊中写明医保已付的 pooled 和 catastrophic，再结算其余部分",
            "employees' insurance is not modelled; give the visit's pooled and catastrophic payments",
        )
    if ASSISTANCE_AREA in slots and not withhold:
        raise Refusal(
            "unmodelled",
            ADDRESSES[ASSISTANCE_AREA].name,
            "户籍地的医疗救助规定不在本系统收录的文件里；请增加该市的政策目录，或以 withhold_unmodelled 先结算其余部分",
            "the assistance rules of the household's area are not here; add its policy folder, or settle the rest by"
            " withhold_unmodelled",
        )
    for slot in slots:
        if terms.status[slot] == UNMODELLED and not (withhold and slot >= _EXCUSED_FROM):
            raise _of_value(
                law,
                "unmodelled",
                slot,
                "“{label}”（{name}）由另外的文件规定，本系统未收录；请在 terms 中写明，或以 withhold_unmodelled 先结算其余部分",
                "{name} is left to a document that is not here; state it in terms, or settle the rest by withhold_unmodelled",
            )
    for slot in slots:
        if terms.status[slot] == ASSUMED and not options.accepts(ADDRESSES[slot].name):
            raise _of_value(
                law,
                "assumed_value",
                slot,
                "“{label}”（{name}）只有示例数据，没有文件依据，未经认可不能使用；可用 --accept-assumed 认可，或在 terms 中写明",
                "{name} has only an assumed value; accept it by --accept-assumed or state it in terms",
            )


def _of_value(law: Law, code: str, slot: int, zh: str, en: str) -> Refusal:
    """The refusal of the value at ``slot``; the messages name its {label} and its {name}."""
    name = ADDRESSES[slot].name
    label = address_label(name, law.diseases)
    return Refusal(code, name, zh.format(label=label, name=name), en.format(name=name))
