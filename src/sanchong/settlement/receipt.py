"""Canonical JSON and its SHA-256: what a receipt is made of."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any, Final

import orjson

from sanchong.dates import Period
from sanchong.law.values import plain_figure
from sanchong.money import NO_LIMIT, plain_rate, plain_yuan
from sanchong.settlement.case import ADMINISTRATIVE_LEVELS, OTHER_PAYERS, Case, CaseVisit, Line, Person
from sanchong.shapes import (
    ADDRESSES,
    CLASS_B,
    DISEASES,
    INSURANCES,
    KINDS,
    LINE_CLASSES,
    OUTPATIENT,
    SPECIAL_DRUG,
)

_SORTED: Final = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def canonical(data: Any) -> bytes:
    """Canonical JSON: keys sorted by code point, UTF-8, no spaces. For data without floats, as all that is hashed is.

    TypeError or UnicodeEncodeError for what JSON cannot write.
    """
    try:
        return orjson.dumps(data, option=_SORTED)
    except (
        TypeError
    ):  # over 64 bits, very deep, half a surrogate pair: a stored file may claim it, no result has it
        return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(data: Any) -> str:
    """The SHA-256 of ``data`` as canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(data)).hexdigest()


def canonical_case(case: Case) -> dict[str, Any]:
    """A case with its defaults filled in, amounts with two places and rates in lowest terms."""
    return {
        "case": case.id,
        "region": case.region,
        "year": case.year,
        "known_on": _day(case.known_on),
        "terms": {
            ADDRESSES[slot].name: {
                "dated": [
                    {
                        "from": None if start == dt.date.min else start.isoformat(),
                        "value": plain_figure(ADDRESSES[slot], figure),
                    }
                    for start, figure in dated
                ]
            }
            for slot, dated in case.overlay.items()
        },
        "person": _person(case.person),
        "visits": [_visit(visit) for visit in case.visits],
        "close_year": case.close_year,
        "withhold_unmodelled": case.withhold_unmodelled,
    }


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _period(period: Period) -> dict[str, str | None]:
    return {"from": _day(period.start), "to": _day(period.end)}


def _person(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "insurance": [{"insurance": INSURANCES[code], **_period(p)} for code, p in person.insurance],
        "household_region": [{"household_region": area, **_period(p)} for area, p in person.household_region],
        "categories": [
            {"category": name, **_period(p)}
            for name, (_, p) in zip(person.category_names, person.categories, strict=True)
        ],
        "recognitions": [
            {
                "disease": DISEASES[r.disease],
                "subtype": r.subtype or None,
                "legacy": r.legacy,
                **_period(r.period),
            }
            for r in person.recognitions
        ],
        "waived_exclusions": [list(pair) for pair in person.waived],
    }


def _visit(visit: CaseVisit) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": visit.id,
        "kind": KINDS[visit.kind],
        "date": visit.date.isoformat(),
        "known_on": _day(visit.known_on),
        "other_payments": {k: plain_yuan(v) for k, v in zip(OTHER_PAYERS, visit.other, strict=True)},
        "pooled": None if visit.pooled is None else plain_yuan(visit.pooled),
        "catastrophic": None if visit.catastrophic is None else plain_yuan(visit.catastrophic),
    }
    if visit.kind == SPECIAL_DRUG:
        return said | {"in_scope": plain_yuan(visit.in_scope)}
    if visit.kind == OUTPATIENT:
        said["disease"] = DISEASES[visit.disease] + (f":{visit.subtype}" if visit.subtype else "")
    provider = visit.provider
    assert provider is not None
    return said | {
        "admitted": visit.admitted.isoformat(),
        "referred": visit.referred,
        "provider": {
            "id": provider.id,
            "region": provider.region,
            "designated": provider.designated,
            "level": provider.level,
            "fee_class": provider.fee_class,
            "administrative_level": ADMINISTRATIVE_LEVELS[provider.administrative_level],
            "level_exception": provider.level_exception,
        },
        "lines": [_line(line) for line in visit.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": line.id,
        "amount": plain_yuan(line.amount),
        "class": LINE_CLASSES[line.line_class],
        "price_cap": None if line.price_cap == NO_LIMIT else plain_yuan(line.price_cap),
        "related": line.related,
        "conforming": line.conforming,
        "dual_channel": line.dual_channel,
    }
    if line.line_class == CLASS_B:
        said["advance_rate"] = plain_rate(line.advance_rate)
    return said
