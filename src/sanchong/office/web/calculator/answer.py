"""The answer: the form's case settled by the office's own law, drawn as a bill; or why it cannot be, at the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sanchong import Engine, Options
from sanchong.dates import today
from sanchong.law.labels import address_label
from sanchong.money import Fen, parse_yuan
from sanchong.office.imports.cells import Misread
from sanchong.office.web.bill import ShownBill, bill_of, clause_page
from sanchong.office.web.calculator import figures
from sanchong.office.web.calculator.advice import Advice, advice_of
from sanchong.office.web.calculator.form import Form, case_of, names_of
from sanchong.office.web.forms import day
from sanchong.shapes import ADDRESS, ADDRESSES, ASSISTANCE_AREA, EMPLOYEE_BASIC_INSURANCE

HINTS: Final = {
    "amount": "请填金额：不小于零、不超过 100 亿，至多两位小数，如 1234.50",
    "advance": "乙类请填先由个人负担的比例，如 10%",
    "class": "请选择类别",
    "disease": "请选择这次看的病",
    "diseases": "请重新选择已认定的病",
    "in_scope": "请填金额：不小于零，至多两位小数，如 20000",
    "pooled": "请填基本医保已付的金额，没有填 0",
    "catastrophic": "请填大病保险已付的金额，没有填 0",
    "commercial": "请填金额：不小于零，至多两位小数，如 1000",
    "figure": "请按原来的写法填写",
}
"""What to type, by the kind of field: said where the engine's own sentence is for programmers."""
EMPLOYEE: Final = "职工医保的比例和限额不在收录的文件里。请填基本医保、大病保险已付的金额（结算单上有），再算后面的医疗救助。"
_ENGLISH: Final = re.compile(r"[A-Za-z_]{4,}|文字")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page shows beside the form: a bill, or what is wrong; and what is assumed, left out, to be done."""

    form: Form
    bill: ShownBill | None = None
    at_years_end: Fen = 0
    """What assistance pays at the year's end, in fen."""
    figures: list[figures.Field] = field(default_factory=list)
    wrong: str = ""
    wrong_at: str = ""
    """The field at which it is wrong; "" if at none."""
    clause: str = ""
    advice: list[Advice] = field(default_factory=list)
    unmodelled: list[str] = field(default_factory=list)

    @property
    def wrong_row(self) -> int:
        """The number of the fee at which it is wrong, from 1; 0 if at none."""
        name, _, row = self.wrong_at.rpartition("-")
        return int(row) + 1 if name in ("amount", "advance", "class") else 0

    @property
    def clause_page(self) -> str:
        """Where the clause of the refusal is read."""
        return clause_page(self.clause) if self.clause else ""


def answer(form: Form, engine: Engine) -> Answer:
    """Settle what the form says: twice at most, by the law alone and with the figures that were typed."""
    if form.empty:
        return Answer(form)
    try:
        on = day(form.date)
    except Misread as problem:
        return Answer(form, wrong=problem.zh, wrong_at="date")
    law = engine.law
    resolution = engine.resolver.resolve(form.region, form.household, on, law.known_by(today()))
    terms = figures.overlay(form.figures, resolution)
    options = Options(accept_assumed=True)
    case, places = case_of(form, terms, law)
    result = engine.settle(case, options)
    named = _assumed(result) | set(terms)
    if terms:
        named |= _assumed(engine.settle({**case, "terms": {}}, options))
    shown = figures.fields(named, form.figures, terms, resolution, law)
    if not result["ok"]:
        said, at = _refusal(result["error"], places, engine)
        clause = result["error"].get("clause", "")
        return Answer(
            form, figures=shown, wrong=said, wrong_at=at, clause=clause, advice=advice_of(form, law)
        )
    closing = result["close_year"]
    bill = bill_of(case, result, law, names=names_of(form))
    return Answer(
        form,
        bill,
        at_years_end=parse_yuan(closing["assistance"]) if closing else 0,
        figures=shown,
        advice=advice_of(form, law),
        unmodelled=_unmodelled(result["visits"][0], engine),
    )


def _assumed(result: Mapping[str, Any]) -> set[str]:
    if not result["ok"]:
        return set()
    named = set(result["visits"][0]["assumed"])
    return named | set((result["close_year"] or {}).get("assumed", ()))


def _unmodelled(visit: Mapping[str, Any], engine: Engine) -> list[str]:
    """What another document decides, in words."""
    area = ADDRESSES[ASSISTANCE_AREA].name
    return [
        "户籍地的医疗救助规定" if name == area else address_label(name, engine.law.diseases)
        for name in visit["unmodelled"]
    ]


def _refusal(error: Mapping[str, Any], places: Mapping[str, str], engine: Engine) -> tuple[str, str]:
    """A refusal in plain Chinese, and the field that it is shown at."""
    where, message = error["where"], str(error["message"]).removeprefix(f"{error['where']}：")
    at = places.get(where, "")
    if where == ADDRESSES[EMPLOYEE_BASIC_INSURANCE].name:
        return EMPLOYEE, "pooled"
    if error["code"] in ("missing_value", "unmodelled") and where in ADDRESS:
        label = address_label(where, engine.law.diseases)
        return f"“{label}”在收录的文件里没有，也没有示例，算不出来。请向当地医保经办机构询问。", at
    if _ENGLISH.search(message):
        message = HINTS.get(at.rpartition("-")[0] or at, "有一项填写不对，请核对")
        if at.startswith("figure-"):
            message = HINTS["figure"]
    return message, at
