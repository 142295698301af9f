"""A refusal: its code, where it stands, and what a clerk reads, in Chinese and in English."""

from __future__ import annotations

from typing import Final

EXPECTED: Final = {
    "mapping": ("应为一个对象 {…}", "expected an object {…}"),
    "list": ("应为一个列表 […]", "expected a list […]"),
    "required": ("缺少必填项", "a required field is missing"),
    "unknown": ("没有这个字段，请核对拼写", "unknown field; check its spelling"),
    "text": ("应为非空文字", "expected a non-empty text"),
    "flag": ("应为 true 或 false", "expected true or false"),
    "date": ("应为日期 YYYY-MM-DD", "expected a date YYYY-MM-DD"),
    "area": ("应为六位行政区划代码，如 \"140300\"", "expected a six-digit area code such as \"140300\""),
    "amount": (
        "应为以元计、至多两位小数、不小于零的金额文字，如 \"1234.50\"",
        "expected an amount in yuan, not negative, at most two places, as text such as \"1234.50\"",
    ),
    "too_large": ("金额（含全年合计）不得超过 10,000,000,000.00", "an amount, and the year's sum, is at most 10,000,000,000.00"),
    "rate": ("应为 0 到 1 之间的比例，如 \"70%\" 或 \"7/10\"", "expected a rate from 0 to 1 such as \"70%\" or \"7/10\""),
    "choice": ("应为下列之一：{choices}", "expected one of {choices}"),
    "whole": ("应为整数", "expected a whole number"),
    "period": ("结束日早于开始日", "the period's end precedes its start"),
    "year": ("日期不在结算年度内", "the date lies outside the case's year"),
    "repeated": ("编号重复", "this id stands twice"),
    "admitted": ("入院日期晚于结算日期", "admitted after the date of settlement"),
    "township": ("乡镇级机构没有二类收费标准", "fee class 2 does not exist at township level"),
    "advance_missing": ("乙类须写先行自付比例 advance_rate", "class B needs advance_rate"),
    "advance_extra": ("只有乙类才有先行自付比例", "only class B has advance_rate"),
    "disease": ("不在 46 个病种之内", "not among the 46 diseases"),
    "subtype_missing": ("此病种须写明亚型 subtype", "this disease needs a subtype"),
    "subtype_extra": ("此病种没有亚型", "this disease has no subtype"),
    "subtype_unknown": ("没有这个亚型", "no such subtype"),
    "subtype_open": (
        "当日认定了该病种的多个亚型，须写明是哪一个，如 \"transplant:kidney\"",
        "several subtypes are recognised on the date; say which, such as \"transplant:kidney\"",
    ),
    "given": ("给定的医保支付超过政策范围内费用", "the insurers' given payments exceed the in-policy amount"),
    "no_place": ("此类就诊没有这一项", "this kind of visit has no such field"),
    "in_force_once": ("当日须恰有一项有效", "exactly one must hold on each visit's date"),
    "address": ("没有这个政策参数，或不能由个案设定", "unknown address, or not one that terms may set"),
    "value_yuan": ("应为以元计的金额，如 \"600\"", "expected an amount in yuan such as \"600\""),
    "value_yuan_or_none": ("应为以元计的金额，不设限额写 null", "expected an amount in yuan, or null for none"),
    "value_rate": ("应为 0 到 1 之间的比例，如 \"70%\"", "expected a rate from 0 to 1 such as \"70%\""),
    "value_count": ("应为 0 到 1000 的整数", "expected a whole number from 0 to 1000"),
    "value_flag": ("应为 true 或 false", "expected true or false"),
    "value_mode": ("应为 pool 或 per_disease", "expected pool or per_disease"),
    "value_date": ("应为日期 YYYY-MM-DD", "expected a date YYYY-MM-DD"),
    "value_bands": (
        "应为至多八行、逐行升高的分段 {\"above\": 元, \"rate\": 比例}，各比例分母的公倍数不超过 1,000,000",
        "expected at most eight rising bands {\"above\": yuan, \"rate\": rate}, the rates' denominators"
        " having a common multiple of at most 1,000,000",
    ),
    "rising": ("dated 各行的 from 须逐行递增", "the dated rows' from must rise"),
    "pair": ("应为两个病种代码", "expected two disease codes"),
    "fen": (
        "应为以分计的整数，不小于零，至多 1,000,000,000,000",
        "expected whole fen, not negative, at most 1,000,000,000,000",
    ),
    "unknown_person": ("people 表中没有这个人", "the table people has no such person"),
    "unknown_visit": ("visits 表中没有这次就诊", "the table visits has no such visit"),
    "two_visits": (
        "此人有两个年度的就诊用了这个 seq，不知费用行属于哪一次；请按年分开，或给出 --year",
        "visits of two years of this person have this seq; settle the years apart, or give each visit its own",
    ),
    "reduced_missing": (
        "应写明全部七项归并金额，或一项也不写而给出 lines 表",
        "expected all seven reduced amounts, or none of them and a table of lines",
    ),
    "reduced_twice": (
        "归并金额与费用行只能给一种",
        "reduced amounts and lines are both given; give one of them",
    ),
    "reduced_sum": ("应等于其余六项之和", "expected the sum of the other six amounts"),
    "drug_amounts": (
        "特药的 total 与 in_policy 须相等，其余归并金额为空或零",
        "a special drug's total equals its in_policy; its other amounts are null or 0",
    ),
    "json": ("不是有效的 JSON", "not valid JSON"),
}  # fmt: skip
"""What was expected, by key, in Chinese and English."""


class Refusal(Exception):
    """A case that cannot be settled. ``where`` is a path in the case, an address or a matter."""

    def __init__(self, code: str, where: str, zh: str, en: str, clause: str = "") -> None:
        super().__init__(f"{code} at {where}: {en}")
        self.code = code
        self.where = where
        self.messages = {"zh": zh, "en": en}
        self.clause = clause


def invalid(where: str, expected: str, **details: str) -> Refusal:
    """An ``invalid_input`` at ``where``; ``expected`` is a key of EXPECTED."""
    zh, en = EXPECTED[expected]
    zh, en = (text.format(**details) for text in (zh, en)) if details else (zh, en)
    place = where or "case"
    return Refusal("invalid_input", place, f"{place}：{zh}", f"{place}: {en}")
