"""The auditor's own check of a case's form: what the contract calls invalid_input before any visit is settled."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any

from tests.auditor.policy import ADDRESSES, CATEGORIES, CHRONIC, SPECIAL, fen, rate

Check = Callable[[Any, str], None]
MOST = fen("10000000000")
PSYCHOSES = ("schizophrenia", "bipolar", "delusional", "schizoaffective", "epileptic", "retardation")


class Invalid(Exception):
    """Why a case is `invalid_input`: where."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


def _must(condition: bool, where: str) -> None:
    if not condition:
        raise Invalid(where)


def text(value: Any, where: str) -> None:
    _must(isinstance(value, str), where)


def switch(value: Any, where: str) -> None:
    _must(isinstance(value, bool), where)


def count(value: Any, where: str) -> None:
    """A number of things. (Silent: the program takes 0 to 1,000; none below 0 means anything.)"""
    integer(value, where)
    _must(0 <= value <= 1000, where)


def integer(value: Any, where: str) -> None:
    _must(isinstance(value, int) and not isinstance(value, bool), where)


def year(value: Any, where: str) -> None:
    integer(value, where)
    _must(1900 <= value <= 2999, where)


def area(value: Any, where: str) -> None:
    _must(isinstance(value, str) and re.fullmatch("[0-9]{6}", value) is not None, where)


def money(value: Any, where: str) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    written = isinstance(value, str) and re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?", value) is not None
    _must((whole or written) and fen(value) <= MOST, where)


def share(value: Any, where: str) -> None:
    shapes = r"[0-9]+(\.[0-9]+)?%|[0-9]+/0*[1-9][0-9]*|0|1"
    _must(isinstance(value, str) and re.fullmatch(shapes, value) is not None and rate(value) <= 1, where)


def day(value: Any, where: str) -> None:
    _must(isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None, where)
    try:
        date.fromisoformat(value)
    except ValueError:
        raise Invalid(where) from None


def one_of(*values: Any) -> Check:
    def check(value: Any, where: str) -> None:
        _must(any(type(value) is type(v) and value == v for v in values), where)

    return check


def or_null(check: Check) -> Check:
    return lambda value, where: None if value is None else check(value, where)


def many(check: Check) -> Check:
    def checks(value: Any, where: str) -> None:
        _must(isinstance(value, list), where)
        for i, item in enumerate(value):
            check(item, f"{where}[{i}]")

    return checks


def fields(needed: Mapping[str, Check], allowed: Mapping[str, Check] | None = None) -> Check:
    """An object with all of `needed`, perhaps some of `allowed`, and nothing else."""
    known = {**needed, **(allowed or {})}

    def check(value: Any, where: str) -> None:
        _must(isinstance(value, dict), where)
        at = f"{where}." if where else ""
        for name in (*value, *needed):
            _must(name in value and name in known, at + name)
        for name, item in value.items():
            known[name](item, at + name)

    return check


def period(check: Check) -> Check:
    def checks(value: Any, where: str) -> None:
        check(value, where)
        _must(value["to"] is None or value["from"] <= value["to"], where)

    return checks


def disease(value: Any, where: str) -> None:
    """`disease` or `disease:subtype`."""
    text(value, where)
    name, _, subtype = value.partition(":")
    _must(name in SPECIAL or name in CHRONIC, where)
    if ":" in value:
        _subtype(name, subtype, where)


def _subtype(name: str, subtype: Any, where: str) -> None:
    if name == "psychosis":
        _must(subtype in PSYCHOSES, where)
    else:
        _must(name in ("transplant", "cancer") and isinstance(subtype, str), where)
        _must(re.fullmatch("[a-z0-9_]+", subtype) is not None, where)


def recognition(value: Any, where: str) -> None:
    parts = {"disease": disease, "from": day, "to": or_null(day)}
    period(fields(parts, {"subtype": text, "legacy": switch}))(value, where)
    if ":" in value["disease"]:
        return _must("subtype" not in value, where)
    if "subtype" in value or value["disease"] in ("transplant", "cancer", "psychosis"):
        _subtype(value["disease"], value.get("subtype"), where)


def pair(value: Any, where: str) -> None:
    many(disease)(value, where)
    _must(len(value) == 2, where)


def over_time(name: str, check: Check) -> Check:
    """A string, or a list of closed periods."""

    def checks(value: Any, where: str) -> None:
        if not isinstance(value, list):
            return check(value, where)
        for i, item in enumerate(value):
            at = f"{where}[{i}]"
            _must(isinstance(item, dict), at)
            key = "value" if "value" in item else name
            period(fields({"from": day, "to": or_null(day), key: check}))(item, at)

    return checks


def line(value: Any, where: str) -> None:
    free = {"advance_rate": share, "related": switch, "conforming": switch, "dual_channel": switch}
    fields(
        {"id": text, "amount": money, "class": one_of("A", "B", "C")}, {**free, "price_cap": or_null(money)}
    )(value, where)
    _must(("advance_rate" in value) == (value["class"] == "B"), f"{where}.advance_rate")


def provider(value: Any, where: str) -> None:
    parts: dict[str, Check] = {"id": text, "region": area, "designated": switch, "level": one_of(0, 1, 2, 3)}
    parts |= {"fee_class": one_of(1, 2, 3)}
    parts |= {"administrative_level": one_of("province", "city", "county", "township")}
    fields(parts, {"level_exception": switch})(value, where)
    _must((value["fee_class"], value["administrative_level"]) != (2, "township"), where)


OTHERS = fields({}, {"supplementary": money, "commercial": money, "mutual_aid": money})
COMMON: dict[str, Check] = {"id": text, "date": day}
GIVEN: dict[str, Check] = {"pooled": money, "catastrophic": money}
FREE: dict[str, Check] = {"known_on": or_null(day), "other_payments": OTHERS}
KINDS = {
    "outpatient": fields(
        {"kind": text, **COMMON, "disease": disease, "provider": provider, "lines": many(line)},
        {**FREE, **GIVEN},
    ),
    "inpatient": fields(
        {"kind": text, **COMMON, "referred": switch, "provider": provider, "lines": many(line)},
        {**FREE, **GIVEN, "admitted": day},
    ),
    "special_drug": fields({"kind": text, **COMMON, **GIVEN, "in_scope": money}, FREE),
}


def visit(value: Any, where: str) -> None:
    _must(isinstance(value, dict), where)
    one_of(*KINDS)(value.get("kind"), f"{where}.kind")
    KINDS[value["kind"]](value, where)
    _must(value.get("admitted", value["date"]) <= value["date"], f"{where}.admitted")
    _once((entry["id"] for entry in value.get("lines", ())), f"{where}.lines", "id")


def _once(names: Iterable[Any], where: str, field: str) -> None:
    seen = set()
    for i, name in enumerate(names):
        _must(name not in seen, f"{where}[{i}].{field}")
        seen.add(name)


def _rising(items: list[Any], where: str) -> None:
    _must(all(a < b for a, b in itertools.pairwise(items)), where)


def bands(value: Any, where: str) -> None:
    many(fields({"above": money, "rate": share}))(value, where)
    limits, rates = [fen(row["above"]) for row in value], [rate(row["rate"]) for row in value]
    _must(len(value) <= 8, where)
    _rising(limits, where)
    _must(lcm(*(Fraction(r).denominator for r in rates)) <= 1_000_000, where)


TERMS: dict[str, Check] = {
    "yuan": money,
    "yuan or null": or_null(money),
    "rate": share,
    "integer": count,
    "switch": switch,
    "mode": one_of("pool", "per_disease"),
    "date": day,
    "bands": bands,
}


def terms(value: Any, where: str) -> None:
    _must(isinstance(value, dict), where)
    for address, item in value.items():
        at = f"{where}.{address}"
        _must(address in ADDRESSES, at)
        check = TERMS[ADDRESSES[address]]
        dated = fields({"dated": many(fields({"from": day, "value": check}))})
        (dated if isinstance(item, dict) else check)(item, at)
        if isinstance(item, dict):
            _rising([entry["from"] for entry in item["dated"]], at)


PERSON = fields(
    {
        "id": text,
        "insurance": over_time("insurance", one_of("resident", "employee")),
        "household_region": over_time("household_region", area),
    },
    {
        "categories": many(
            period(
                fields(
                    {
                        "category": one_of(*CATEGORIES, "orphan", "unsupported_child"),
                        "from": day,
                        "to": or_null(day),
                    }
                )
            )
        ),
        "recognitions": many(recognition),
        "waived_exclusions": many(pair),
    },
)
CASE = fields(
    {"case": text, "region": area, "year": year, "person": PERSON, "visits": many(visit)},
    {"known_on": or_null(day), "terms": terms, "close_year": switch, "withhold_unmodelled": switch},
)


def check_case(case: Any) -> None:
    """Raise Invalid unless the case has the form that the contract gives it."""
    CASE(case, "")
    for i, item in enumerate(case["visits"]):
        _must(item["date"][:4] == f"{case['year']:04d}", f"visits[{i}].date")
    _once((item["id"] for item in case["visits"]), "visits", "id")
