"""The parts of which the JSON Schemas of the law files are made."""

from __future__ import annotations

from typing import Any, Final

from sanchong.law.values import MAX_COUNT
from sanchong.money import MAX_AMOUNT
from sanchong.shapes import MAX_BANDS, QUOTA_MODES

Schema = dict[str, Any]


def text(description: str, **more: Any) -> Schema:
    """A text."""
    return {"type": "string", "description": description, **more}


def choice(among: Any, description: str) -> Schema:
    """One of some texts."""
    return {"type": "string", "enum": list(among), "description": description}


def list_of(items: Schema, description: str, **more: Any) -> Schema:
    """A list of one kind of thing."""
    return {"type": "array", "items": items, "description": description, **more}


def closed(fields: Schema, optional: tuple[str, ...] = (), **more: Any) -> Schema:
    """A mapping with these fields and no others."""
    required = [name for name in fields if name not in optional]
    return {
        "type": "object",
        "properties": fields,
        "required": required,
        "additionalProperties": False,
        **more,
    }


WORDS: Final = closed({"zh": text("中文"), "en": text("English")}, description="both languages 中英文")
AREA: Final = text('six digits in quotes, such as "140300" 六位区划代码', pattern="^[0-9]{6}$")
DAY: Final = text("a date YYYY-MM-DD 日期", format="date", **{"x-reads": "date"})
OPEN_DAY: Final = {
    "type": ["string", "null"],
    "description": "a date YYYY-MM-DD, or null for an open end 日期，不限则写 null",
    "format": "date",
    "x-reads": "date",
}
END_DAY: Final = {**OPEN_DAY, "x-reads": "end_date"}
NOTHING: Final = {"not": {}, "description": "no such field here 此处不写"}
FLAG: Final = {"type": "boolean"}
CLAUSE: Final = text("the id of a clause of this document 本文件的条款编号")
AMOUNT_PATTERN: Final = r"^-?[0-9]{1,15}(\.[0-9]{1,2})?$"
RATE: Final = text(
    'a rate such as "70%", "7/10", "0" or "1", in quotes 比例',
    pattern=r"^(0|1|[0-9]{1,9}(\.[0-9]{1,9})?%|[0-9]{1,9}/[0-9]{1,9})$",
    **{"x-reads": "rate"},
)
YUAN: Final = {
    "type": ["string", "integer"],
    "description": 'an amount in yuan such as "1234.50" 金额（元）',
    "pattern": AMOUNT_PATTERN,
    "minimum": 0,
    "maximum": MAX_AMOUNT // 100,
    "x-reads": "yuan",
}
UNITS: Final[dict[str, Schema]] = {
    "yuan": YUAN,
    "yuan_or_none": {
        **YUAN,
        "type": ["string", "integer", "null"],
        "description": 'an amount in yuan such as "1234.50", or null for no limit 金额，不设限则写 null',
        "x-reads": "yuan_or_none",
    },
    "rate": RATE,
    "count": {
        "type": "integer",
        "minimum": 0,
        "maximum": MAX_COUNT,
        "description": f"a whole number from 0 to {MAX_COUNT} 整数",
    },
    "flag": {"type": "boolean", "description": "true or false 是否"},
    "mode": choice(QUOTA_MODES, "pool or per_disease 合用或分算"),
    "date": text("a date YYYY-MM-DD 日期", format="date", **{"x-reads": "date"}),
    "bands": list_of(
        closed({"above": YUAN, "rate": RATE}),
        'bands that rise, such as [{above: "0", rate: "60%"}] 分段比例',
        maxItems=MAX_BANDS,
        **{"x-reads": "bands"},
    ),
}
"""How a value is written, by its address's unit."""
