"""Cases of the settle contract as tables of the batch contract, and a result's paths in the tables' terms."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from random import Random
from typing import Any

import pyarrow as pa
from tests.auditor.auditor import sort_line

from sanchong.batch.records import Part
from sanchong.batch.tables import (
    CATEGORIES_TABLE,
    INPUTS,
    LINES,
    PEOPLE,
    RECOGNITIONS,
    REDUCED,
    VISITS,
    WAIVERS,
    Table,
)
from sanchong.money import parse_rate

Json = dict[str, Any]
PAYERS = ("supplementary", "commercial", "mutual_aid")
PROVIDER = ("designated", "level", "fee_class", "administrative_level", "level_exception")


def tables_of(cases: Sequence[Json], rng: Random | None = None) -> Part:
    """The tables that say what the cases say; the person of case ``n`` is named ``p`` and five digits.

    With ``rng``, about half of the visits whose lines can be sorted come as reduced amounts. Rows are
    shuffled.
    """
    rows: dict[str, list[Json]] = {table.name: [] for table in INPUTS}
    for number, case in enumerate(cases):
        _add_case(rows, f"p{number:05d}", case, rng)
    if rng is not None:
        for found in rows.values():
            rng.shuffle(found)
    made = [_table(table, rows[table.name]) for table in INPUTS]
    return Part(*made)


def _table(table: Table, rows: list[Json]) -> pa.Table:
    return pa.table(
        [pa.array([row.get(field.name) for row in rows], field.type) for field in table.schema], table.schema
    )


def _add_case(rows: dict[str, list[Json]], name: str, case: Json, rng: Random | None) -> None:
    person = case["person"]
    rows[PEOPLE.name].append(
        {
            "person": name,
            "region": case.get("region"),
            "household_region": person.get("household_region"),
            "insurance": person.get("insurance"),
        }
    )
    for category in person.get("categories", []):
        rows[CATEGORIES_TABLE.name].append(_dated(category) | {"person": name})
    for recognition in person.get("recognitions", []):
        rows[RECOGNITIONS.name].append(_dated(recognition) | {"person": name})
    for a, b in person.get("waived_exclusions", []):
        rows[WAIVERS.name].append({"person": name, "disease_a": a, "disease_b": b})
    for seq, visit in enumerate(case["visits"], 1):
        rows[VISITS.name].append(_visit(rows, name, seq, visit, rng))


def _dated(row: Json) -> Json:
    return row | {key: _day(row.get(key)) for key in ("from", "to")}


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def fen(text: str) -> int:
    """Yuan as written, in fen; quicker than the auditor's, by which it is checked."""
    whole, _, cents = text.lstrip("-").partition(".")
    amount = int(whole) * 100 + int((cents + "00")[:2])
    return -amount if text.startswith("-") else amount


def _fen(text: str | None) -> int | None:
    return None if text is None else fen(text)


def _visit(rows: dict[str, list[Json]], name: str, seq: int, visit: Json, rng: Random | None) -> Json:
    provider = visit.get("provider", {})
    found: Json = {"person": name, "seq": seq, "visit": visit.get("id"), "date": _day(visit.get("date"))}
    found |= {key: visit.get(key) for key in ("kind", "disease", "referred")}
    found |= {key: provider.get(key) for key in PROVIDER} | {"provider_region": provider.get("region")}
    found |= {key: _fen(visit.get("other_payments", {}).get(key)) for key in PAYERS}
    found |= {f"given_{key}": _fen(visit.get(key)) for key in ("pooled", "catastrophic")}
    halved = rng is not None and not visit.get("spoilt") and rng.random() < 0.5
    if halved and isinstance(found["disease"], str):
        disease, colon, subtype = found["disease"].partition(":")
        if colon and subtype:
            found |= {"disease": disease, "subtype": subtype}
    if visit.get("kind") == "special_drug":
        return found | {key: _fen(visit.get("in_scope")) for key in ("total", "in_policy")}
    if rng is not None and rng.random() < 0.5 and not visit.get("spoilt"):
        parts = [sort_line(line) for line in visit["lines"]]
        return (
            found
            | {key: sum(part[key] for part in parts) for key in REDUCED if key != "total"}
            | {"total": sum(fen(line["amount"]) for line in visit["lines"])}
        )
    for line in visit.get("lines", ()):
        rows[LINES.name].append(_line(line) | {"person": name, "seq": seq})
    return found


def _line(line: Json) -> Json:
    found = {key: line.get(key) for key in ("class", "related", "conforming", "dual_channel")}
    found |= {
        "line": line["id"],
        "amount": _fen(line.get("amount")),
        "price_cap": _fen(line.get("price_cap")),
    }
    if "advance_rate" in line:
        rate = parse_rate(line["advance_rate"])
        found |= {"advance_rate_num": rate.num, "advance_rate_den": rate.den}
    return found


_PLACES = (
    (r"visits\[\d+\]\.provider\.region", "visits.provider_region"),
    (r"visits\[\d+\]\.provider\.", "visits."),
    (r"visits\[\d+\]\.other_payments\.", "visits."),
    (r"visits\[\d+\]\.lines\[\d+\]\.id", "lines.line"),
    (r"visits\[\d+\]\.lines\[\d+\]\.advance_rate", "lines.advance_rate_num"),
    (r"visits\[\d+\]\.lines\[\d+\]\.", "lines."),
    (r"visits\[\d+\]\.in_scope", "visits.in_policy"),
    (r"visits\[\d+\]\.id", "visits.visit"),
    (r"visits\[\d+\]\.(pooled|catastrophic)", r"visits.given_\1"),
    (r"visits\[\d+\]$", "visits.total"),
    (r"visits\[\d+\]\.", "visits."),
    (r"person\.waived_exclusions\[\d+\]\[0\]", "waivers.disease_a"),
    (r"person\.waived_exclusions\[\d+\]\[1\]", "waivers.disease_b"),
    (r"person\.(categories|recognitions)\[\d+\]\.", r"\1."),
    (r"person\.", "people."),
    (r"region$", "people.region"),
)


def place_of(where: str) -> tuple[int | None, str]:
    """The seq (None: no visit's) and ``table.column`` of a result's path; an address stays as it is."""
    seq = re.match(r"visits\[(\d+)\]", where)
    for pattern, place in _PLACES:
        found = re.match(pattern, where)
        if found:
            return (int(seq[1]) + 1 if seq else None), found.expand(place) + where[found.end() :]
    return None, where
