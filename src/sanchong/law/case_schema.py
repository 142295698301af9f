"""The JSON Schema of a file of worked cases: the case as the settle contract writes it, and what to expect."""

from __future__ import annotations

from typing import Any, Final

from sanchong.law.labels import ADMINISTRATIVE_LEVEL, CATEGORY
from sanchong.law.schema_parts import (
    AREA,
    DAY,
    FLAG,
    NOTHING,
    OPEN_DAY,
    RATE,
    UNITS,
    WORDS,
    YUAN,
    Schema,
    choice,
    closed,
    list_of,
    text,
)  # fmt: skip
from sanchong.shapes import (
    ADDRESSES,
    CATEGORIES,
    DISEASES,
    GATES,
    INSURANCES,
    LINE_CLASSES,
    REFUSALS,
    STATEMENT_AMOUNTS,
    TERMS_SLOTS,
)
from sanchong.shapes import KINDS as VISIT_KINDS

OTHER_PAYERS: Final = ("supplementary", "commercial", "mutual_aid")
LINE_AMOUNTS: Final = ("pooled", "catastrophic", "other", "assistance", "hospital", "patient")
YEAR_AMOUNTS: Final = (
    "pooled", "catastrophic_burden", "catastrophic", "assistance", "assistance_deductible", "patient",
)  # fmt: skip

PLAIN: Final = text(
    'an amount with two places, such as "290.00" 两位小数的金额', pattern=r"^-?[0-9]+\.[0-9]{2}$"
)
ID: Final = {"type": "string", "minLength": 1}
CONDITION: Final = {
    "description": "a disease, or disease:subtype 病种或病种:亚型",
    "anyOf": [
        {"enum": list(DISEASES)},
        {"type": "string", "pattern": f"^({'|'.join(DISEASES)}):[a-z0-9_]+$"},
    ],
}
_SPAN: Final = {"from": DAY, "to": OPEN_DAY}


def cases() -> Schema:
    """A worked-case file. A case whose refusal is ``invalid_input`` may be anything at all."""
    row = _worked({"description": "a case as sanchong settle reads it 个案"}, _expect())
    damaged = {"properties": {"code": {"const": "invalid_input"}}, "required": ["code"]}
    row["if"] = {"properties": {"expect": {"properties": {"error": damaged}, "required": ["error"]}}}
    row["else"] = {"properties": {"case": {"$ref": "#/$defs/case"}}}
    return {**list_of(row, "worked cases 算例"), "$defs": {"case": _case(), **_dated_units(), **UNITS}}


def questions() -> Schema:
    """A file of small questions: what is asked, where and when, and what is answered or refused."""
    asked = closed(
        {
            "case": ID,
            "question": text("a question of the counter 问题"),
            "rule": text("the name of a rule, asked by itself 单独询问的规则"),
            "area": AREA,
            "date": DAY,
            "known_on": OPEN_DAY,
            "terms": {"type": "object"},
            "inputs": {"type": "object", "description": "what is given, by name 已知事项"},
        },
        optional=("question", "rule", "known_on", "terms"),
        oneOf=[{"required": ["question"]}, {"required": ["rule"]}],
    )
    expect = closed(
        {
            "ok": {"type": "boolean", "description": "whether it is answered 能否回答"},
            "answer": {"type": "object", "description": "only what is named is compared 只比对写出的项"},
            "assumed": list_of({"type": "string"}, "addresses 地址"),
            "error": _error(),
        },
        optional=("answer", "assumed", "error"),
    )
    return list_of(_worked(asked, expect), "questions worked by hand 小问题算例")


def _worked(case: Schema, expect: Schema) -> Schema:
    return closed(
        {
            "title": WORDS,
            "source": text("where the case comes from 出处", minLength=1),
            "arithmetic": text("the working by hand 手算过程", minLength=1),
            "shows": list_of(
                {"type": "string"}, "the clauses that it was written to show 本例为哪些条款而写"
            ),
            "case": case,
            "accept_assumed": {
                "anyOf": [FLAG, list_of({"type": "string"}, "addresses or prefixes 地址或前缀")],
                "description": "which illustrations are accepted 认可的示例数据",
            },
            "expect": expect,
        },
        optional=("shows", "accept_assumed"),
    )


def _error() -> Schema:
    return closed(
        {"code": choice(REFUSALS[1:], "the refusal's code 拒绝代码"), "where": text("path or address 位置")},
        optional=("where",),
    )


def _expect() -> Schema:
    names = list_of({"type": "string"}, "addresses 地址")
    line = _some({"id": ID, **dict.fromkeys(LINE_AMOUNTS, PLAIN)})
    visit = _some(
        {
            "id": ID,
            **dict.fromkeys(STATEMENT_AMOUNTS, PLAIN),
            "gates": list_of(choice(GATES, "a gate 不予支付的原因"), "gates 不予支付的原因"),
            "assumed": names,
            "unmodelled": names,
            "lines": list_of(line, "what falls on each line 逐项分摊"),
        }
    )
    closing = _some(
        {
            "assistance": PLAIN,
            "by_category": {
                "type": "object",
                "propertyNames": {"enum": list(CATEGORIES)},
                "additionalProperties": PLAIN,
            },
        }
    )
    expect = closed(
        {
            "ok": {"type": "boolean", "description": "whether it settles 能否结算"},
            "visits": list_of(visit, "only what is named is compared 只比对写出的项"),
            "close_year": {**closing, "type": ["object", "null"]},
            "year": _some(dict.fromkeys(YEAR_AMOUNTS, PLAIN)),
            "error": _error(),
        },
        optional=("visits", "close_year", "year", "error"),
    )
    expect["if"] = {"properties": {"ok": {"const": True}}}
    expect["then"] = {"properties": {"error": NOTHING}}
    expect["else"] = {
        "required": ["error"],
        "properties": dict.fromkeys(("visits", "close_year", "year"), NOTHING),
    }
    return expect


def _case() -> Schema:
    terms = {
        address.name: {"$ref": f"#/$defs/dated_{address.unit}"}
        for address in ADDRESSES
        if address.slot < TERMS_SLOTS and address.unit != "matter"
    }
    return closed(
        {
            "case": ID,
            "region": AREA,
            "year": {"type": "integer", "minimum": 1900, "maximum": 2999},
            "known_on": OPEN_DAY,
            "terms": {"type": "object", "properties": terms, "additionalProperties": False},
            "person": _person(),
            "visits": list_of(_visit(), "in the order of settlement 按结算先后"),
            "close_year": FLAG,
            "withhold_unmodelled": FLAG,
        },
        optional=("known_on", "terms", "close_year", "withhold_unmodelled"),
    )


def _person() -> Schema:
    category = closed({"category": choice(CATEGORY, "a category 救助对象类别"), **_SPAN})
    recognition = closed(
        {"disease": CONDITION, "subtype": {"type": ["string", "null"]}, **_SPAN, "legacy": FLAG},
        optional=("subtype", "legacy"),
    )
    return closed(
        {
            "id": ID,
            "insurance": _spells("insurance", choice(INSURANCES, "resident or employee 居民或职工")),
            "household_region": _spells("household_region", AREA),
            "categories": list_of(category, "dated categories 救助对象类别"),
            "recognitions": list_of(recognition, "recognised diseases 认定的病种"),
            "waived_exclusions": list_of(
                {"type": "array", "items": CONDITION, "minItems": 2, "maxItems": 2}, "waived pairs 豁免的互斥"
            ),
        },
        optional=("categories", "recognitions", "waived_exclusions"),
    )


def _spells(name: str, one: Schema) -> Schema:
    """One value, or a list of closed periods in which it is called ``name`` or ``value``."""
    either = [closed({key: one, **_SPAN}) for key in (name, "value")]
    return {"if": {"type": "array"}, "then": {"items": {"anyOf": either}}, "else": one}


def _visit() -> Schema:
    fields: Schema = {
        "id": ID,
        "kind": choice(VISIT_KINDS, "the kind of visit 就诊类别"),
        "date": DAY,
        "admitted": OPEN_DAY,
        "known_on": OPEN_DAY,
        "disease": CONDITION,
        "provider": _provider(),
        "referred": FLAG,
        "lines": list_of(_line(), "fee lines 费用明细"),
        "in_scope": YUAN,
        "other_payments": _some(dict.fromkeys(OTHER_PAYERS, YUAN)),
        "pooled": YUAN,
        "catastrophic": YUAN,
    }
    needs = {
        "outpatient": (("disease", "provider", "lines"), ("in_scope",)),
        "inpatient": (("provider", "lines", "referred"), ("in_scope", "disease")),
        "special_drug": (("in_scope", "pooled", "catastrophic"), ("provider", "lines", "disease")),
    }
    visit = closed(fields, optional=tuple(name for name in fields if name not in ("id", "kind", "date")))
    visit["allOf"] = [
        {
            "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
            "then": {"required": list(needed), "properties": dict.fromkeys(foreign, NOTHING)},
        }
        for kind, (needed, foreign) in needs.items()
    ]
    return visit


def _provider() -> Schema:
    return closed(
        {
            "id": ID,
            "region": AREA,
            "designated": FLAG,
            "level": {"type": "integer", "minimum": 0, "maximum": 3},
            "fee_class": {"type": "integer", "minimum": 1, "maximum": 3},
            "administrative_level": choice(ADMINISTRATIVE_LEVEL, "administrative level 行政级别"),
            "level_exception": FLAG,
        },
        optional=("level_exception",),
    )


def _line() -> Schema:
    fields: Schema = {
        "id": ID,
        "amount": YUAN,
        "class": choice(LINE_CLASSES, "A 甲, B 乙, C 目录外"),
        "advance_rate": RATE,
        "price_cap": UNITS["yuan_or_none"],
        **dict.fromkeys(("related", "conforming", "dual_channel"), FLAG),
    }
    line = closed(fields, optional=tuple(name for name in fields if name not in ("id", "amount", "class")))
    line["if"] = {"properties": {"class": {"const": "B"}}}
    line["then"] = {"required": ["advance_rate"]}
    line["else"] = {"properties": {"advance_rate": NOTHING}}
    return line


def _dated_units() -> dict[str, Any]:
    """By unit, a value of ``terms``: plain, or dated."""
    found = {}
    for unit in UNITS:
        plain = {"$ref": f"#/$defs/{unit}"}
        rows = list_of(closed({"from": DAY, "value": plain}), "rising 依次递后")
        found[f"dated_{unit}"] = {"if": {"type": "object"}, "then": closed({"dated": rows}), "else": plain}
    return found


def _some(fields: Schema) -> Schema:
    """A mapping with any of these fields."""
    return closed(fields, optional=tuple(fields))
