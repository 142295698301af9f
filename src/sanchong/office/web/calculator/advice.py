"""What to do about a visit: where to apply and what to heed, each by the clause that says so; what no text says is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sanchong.law.library import Law
from sanchong.office.web.bill import clause_page
from sanchong.office.web.calculator.form import Form

DIRECT: Final = frozenset(
    {
        "extreme_poverty",
        "orphan",
        "unsupported_child",
        "subsistence_allowance",
        "returned_to_poverty",
        "monitored",
    }
)
"""Who is assisted without applying (B85), at discharge (B107), and without a deposit (B116)."""
ALWAYS: Final = "看病和结算一般带：身份证、社保卡或医保电子凭证。"
TO_RECOGNISE: Final = "申请认定一般带：身份证或社保卡、近期的出院记录或门诊病历、检查化验报告。"
TO_APPLY: Final = "申请救助一般带：身份证、户口本、结算单和费用清单。"
LOCAL: Final = "要带的东西是一般做法，收录的文件没有写材料和窗口；去之前请先问参保地、户籍地的医保经办机构。"
YANGQUAN: Final = "1403"
JINZHONG: Final = "1407"


@dataclass(frozen=True, slots=True)
class Advice:
    """A sentence with the clause behind it; no clause: no text here says it."""

    text: str
    label: str = ""
    page: str = ""


def advice_of(form: Form, law: Law) -> list[Advice]:
    """Where to apply, what to heed and what to bring."""
    found = []
    for text, clause in _said(form, law):
        known = law.clauses.get(clause)
        if known is None:
            continue
        label = f"{law.by_id[known.document].short['zh']} {known.place['zh']}"
        found.append(Advice(text, label, clause_page(clause)))
    return [*found, *map(Advice, _to_bring(form)), Advice(LOCAL)]


def _to_bring(form: Form) -> Iterator[str]:
    """What people usually bring: no text here says it, and the last sentence tells so."""
    if form.kind == "outpatient" and form.disease not in form.diseases:
        yield TO_RECOGNISE
    if form.category and form.category not in DIRECT and form.household.startswith(YANGQUAN):
        yield TO_APPLY
    yield ALWAYS


def _said(form: Form, law: Law) -> Iterator[tuple[str, str]]:
    if form.kind == "outpatient":
        yield from _outpatient(form, law)
    if form.category and form.household.startswith(YANGQUAN):
        yield from _assistance(form)


def _outpatient(form: Form, law: Law) -> Iterator[tuple[str, str]]:
    code = form.disease.split(":")[0]
    disease = next((disease for disease in law.diseases if disease.code == code), None)
    if disease is None:
        return
    if form.disease not in form.diseases:
        yield "先到承担认定工作的定点医院申请门诊慢特病资格，认定后才能按这个病种报销。", "shanxi.a71"
        if form.region.startswith(JINZHONG):
            yield "也可以在网上申请。", "jinzhong.a84"
            yield "受理后 20 个工作日内办结。", "jinzhong.a80"
    if disease.kind == "special" and form.at.level < 2:
        yield "这个病要到二级及以上的定点医院看，否则各项都不支付。", "shanxi.a62"
    if disease.kind == "chronic" and form.region.startswith(JINZHONG):
        yield "可以继续在原来提供这项服务的定点医院或药店看病购药。", "jinzhong.a63"
    if disease.kind == "chronic" and form.category in DIRECT:
        yield "按季度限额管理的病，医疗救助不在当次支付，年底一次算清。", "yangquan.b64"


def _assistance(form: Form) -> Iterator[tuple[str, str]]:
    direct = form.category in DIRECT
    if direct:
        yield "医疗救助不用另外申请，认定身份后直接享受。", "yangquan.b85"
    else:
        yield "医疗救助要先申请：获准后，当年已结算的住院可以一并计算。", "yangquan.b84"
        yield "可以请乡镇（街道）、村（社区）或基层医疗机构代为申请。", "yangquan.b110"
    if form.kind != "inpatient":
        return
    if direct:
        yield "出院时一站式结算，救助当场扣除，只付自己的部分。", "yangquan.b107"
    yield "住院要先在基层看病、按规定转诊；没有转诊的，医疗救助原则上不付。", "yangquan.b119"
    if direct and form.where == "here" and form.designated != "no":
        yield "经基层首诊转诊、在本市定点医院住院，免交押金，先看病后付钱。", "yangquan.b116"
