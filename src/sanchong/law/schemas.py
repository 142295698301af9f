"""The JSON Schema (draft 2020-12) of each kind of law file, made from the code's own tables.

``x-reads`` names a reader of this code for what a schema cannot say (a rate's lowest terms, a
period's order); editors pass over it, :mod:`sanchong.law.schema_check` obeys it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sanchong.law.case_schema import cases, questions
from sanchong.law.documents import DUTIES, FIRST_YEAR, LAST_YEAR, PARTS, SCHEMES
from sanchong.law.documents import KINDS as CLAUSE_KINDS
from sanchong.law.schema_parts import (
    AREA,
    CLAUSE,
    DAY,
    END_DAY,
    FLAG,
    NOTHING,
    OPEN_DAY,
    UNITS,
    WORDS,
    Schema,
    choice,
    closed,
    list_of,
    text,
)  # fmt: skip
from sanchong.law.values import STATUSES
from sanchong.shapes import ADDRESSES, CONDITIONS, DISEASES, MAX_EXCLUSIONS, SPECIAL_DISEASES

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_PERIOD: Final[Schema] = {"x-reads": "period"}
_YEAR: Final[Schema] = {"x-reads": "year"}


def _document() -> Schema:
    clause = closed(
        {
            "id": text("begins with the document's id and a dot 以文件编号加点开头"),
            "place": WORDS,
            "gist": WORDS,
            "rows": list_of({"type": "string"}, "requirement rows 对应的需求条目"),
            "kind": list_of(choice(CLAUSE_KINDS, "what the clause is 条款性质"), "kinds 条款性质"),
            "duty": choice(DUTIES, "the office duty that carries it out 由哪项业务落实"),
            "by": choice(PARTS, "what of the document carries it as a whole 由文件的哪一部分落实"),
        },
        optional=("duty", "by"),
    )
    patterns = list_of({"type": "string"}, "addresses, * for any part 参数地址，可用 *")
    return closed(
        {
            "id": text("short name of the document 文件编号"),
            "area": AREA,
            "title": WORDS,
            "short": WORDS,
            "issuer": WORDS,
            "schemes": list_of(choice(SCHEMES, "a scheme 制度"), "what the document starts 建立的制度"),
            "in_force": closed({"from": OPEN_DAY, "to": END_DAY}, **_PERIOD),
            "known_from": DAY,
            "illustrative": {**FLAG, "description": "true for illustrations only 仅示例文件为 true"},
            "governs": {**patterns, "description": "addresses that areas below may not set 下级不得另定"},
            "leaves_open": {**patterns, "description": "addresses that areas below may set 下级可以另定"},
            "clauses": list_of(clause, "every clause 全部条款"),
        },
        optional=("illustrative",),
    )


def _values() -> Schema:
    units: dict[str, list[str]] = {}
    for address in ADDRESSES:
        if address.unit != "matter":
            units.setdefault(address.unit, []).append(address.name)
    row = closed(
        {
            "address": choice([n for names in units.values() for n in names], "a known address 参数地址"),
            "value": {"description": "written by the address's unit 按地址的单位书写"},
            "status": choice(STATUSES, "stated where absent 不写即文件载明"),
            "clause": CLAUSE,
            "from": OPEN_DAY,
            "to": END_DAY,
            "known_from": DAY,
            "area": AREA,
            "reason": text("why an illustration is plausible 示例的理由"),
        },
        optional=("value", "status", "from", "to", "known_from", "area", "reason"),
        **_PERIOD,
    )
    left = {"properties": {"status": {"const": "unmodelled"}}, "required": ["status"]}
    illustration = {"properties": {"status": {"const": "assumed"}}, "required": ["status"]}
    reason = {"required": ["reason"], "properties": {"reason": {"minLength": 1}}}
    row["allOf"] = [
        {"if": left, "then": {"properties": {"value": NOTHING}}, "else": {"required": ["value"]}},
        {"if": illustration, "then": reason},
        *(
            {
                "if": {"properties": {"address": {"enum": names}}, "required": ["address"]},
                "then": {"properties": {"value": {"$ref": f"#/$defs/{unit}"}}},
            }
            for unit, names in units.items()
        ),
    ]
    return {**list_of(row, "every dated value of the document 文件的全部数值"), "$defs": dict(UNITS)}


def _diseases() -> Schema:
    subtypes = list_of(closed({"code": text("code"), "name": text("名称"), "en": text("name")}), "亚型")
    row = closed(
        {
            "code": choice(DISEASES, "the disease's code 病种代码"),
            "kind": choice(("special", "chronic"), "special or chronic 特殊或慢性"),
            "name": text("中文全称"),
            "short": text("中文简称"),
            "en": text("English name"),
            "national_codes": list_of({"type": "string"}, "national codes 国家病种编码"),
            "clause": CLAUSE,
            "subtype_required": {**FLAG, "description": "whether a recognition names a sub-type 须注明亚型"},
            "subtypes": {**subtypes, "description": "all sub-types there are 全部亚型"},
            "subtypes_named": {**subtypes, "description": "sub-types that an exclusion names 互斥所涉亚型"},
            "subtype_clause": {
                **CLAUSE,
                "description": "the clause that asks for the sub-type 要求亚型的条款",
            },
            "bracket": closed(
                {
                    "admits": list_of({"type": "string"}, "what may be stated 可以申报的"),
                    "name": WORDS,
                    "clause": CLAUSE,
                },
                description="the stage, grade or type in the name 病名括号中的期别、级别或类型",
            ),
        },
        optional=("subtype_required", "subtypes", "subtypes_named", "subtype_clause", "bracket"),
        **{
            "if": {"properties": {"code": {"enum": list(SPECIAL_DISEASES)}}},
            "then": {"properties": {"kind": {"const": "special"}}},
            "else": {"properties": {"kind": {"const": "chronic"}}},
        },
    )
    return list_of(
        row, f"the {len(DISEASES)} diseases in catalogue order 病种目录", **{"x-reads": "catalogue"}
    )


def _exclusions() -> Schema:
    side = choice(CONDITIONS, "a disease, or disease:subtype 病种或病种:亚型")
    rows = closed({"a": side, "b": side, "clause": CLAUSE})
    return list_of(rows, "diseases not enjoyed together 互斥病种", maxItems=MAX_EXCLUSIONS)


def _legacy_codes() -> Schema:
    row = closed(
        {
            "code": text("the code in the earlier scheme 旧编码", minLength=1),
            "disease": choice(DISEASES, "the disease that it is now 对应的新病种"),
            "clause": CLAUSE,
        }
    )
    return list_of(
        row, "codes of an earlier scheme; empty until a document names them 旧编码对照，未公布则空"
    )


def _days() -> Schema:
    row = closed(
        {
            "year": {
                "type": "integer",
                "minimum": FIRST_YEAR,
                "maximum": LAST_YEAR,
                "description": f"the year of the notice, {FIRST_YEAR} to {LAST_YEAR} 通知的年份",
            },
            "known_from": DAY,
            "off": list_of(DAY, 'weekdays that are days off; quote "off" 放假的平日'),
            "working": list_of(DAY, "weekend days that are worked 上班的周末"),
        },
        **_YEAR,
    )
    return list_of(row, "each year's notice of working days 各年放假通知")


_MAKERS: Final[dict[str, tuple[str, Callable[[], Schema]]]] = {
    "document": ("document.yaml: a document of the law 文件", _document),
    "values": ("values.yaml: dated policy values 政策参数", _values),
    "diseases": ("diseases.yaml: the catalogue of diseases 病种目录", _diseases),
    "exclusions": ("exclusions.yaml: diseases not enjoyed together 互斥病种", _exclusions),
    "days": ("days.yaml: working days by notice 工作日", _days),
    "legacy_codes": ("legacy_codes.yaml: codes of an earlier scheme 旧编码对照", _legacy_codes),
    "cases": ("cases/*.yaml: worked cases beside the law 算例", cases),
    "questions": ("questions/*.yaml: small questions worked by hand 小问题算例", questions),
}
IN_FOLDERS: Final = ("cases", "questions")
"""The kinds that are any file of a folder of that name."""
KINDS: Final = tuple(_MAKERS)


def schema_of(kind: str) -> Schema:
    """The schema of a kind of law file."""
    title, make = _MAKERS[kind]
    return {"$schema": DRAFT, "$id": f"urn:sanchong:schema:{kind}", "title": title, **make()}


def text_of(kind: str) -> str:
    """The schema as it is published."""
    return json.dumps(schema_of(kind), ensure_ascii=False, indent=1) + "\n"


def file_name(kind: str) -> str:
    """The file under schemas/ in which a kind's schema is published."""
    return f"{kind}.schema.json"


def kind_of(file: Path) -> str | None:
    """The kind of a law file by its name and folder; None if it is no law file."""
    if file.suffix != ".yaml":
        return None
    if file.parent.name in IN_FOLDERS:
        return file.parent.name
    return file.stem if file.stem in _MAKERS and file.stem not in IN_FOLDERS else None
