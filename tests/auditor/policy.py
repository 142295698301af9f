"""The auditor's own reading of policies/**: which value holds for an area on a date, as known on a day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

ALWAYS, NEVER = "0000-00-00", "9999-99-99"
CATEGORIES = (
    "extreme_poverty",
    "subsistence_allowance",
    "returned_to_poverty",
    "monitored",
    "near_subsistence",
    "impoverished_by_illness",
)
_SPECIAL = (
    "cancer transplant hemophilia dialysis tuberculosis psychosis aplastic_anemia myelofibrosis "
    "polycythemia_vera thrombocythemia itp"
)
_CHRONIC = (
    "diabetes thyroid nephrotic ckd cirrhosis ibd vasculitis femoral_head osteomyelitis copd asthma "
    "cor_pulmonale hypertension chd valve heart_failure hepatitis myasthenia alzheimer epilepsy wilson stroke "
    "parkinson demyelination sjogren ra as knee_oa sle ssc vitiligo psoriasis fluorosis kashin_beck keshan"
)
SPECIAL, CHRONIC = tuple(_SPECIAL.split()), tuple(_CHRONIC.split())
CLASSES = ("first", "second_city", "second_county", "third")
STANDARDS = ("standard", *CATEGORIES)


def _address_table() -> dict[str, str]:
    """The contract's last table: every address that `terms` may set, and what stands there."""
    table = {
        "outpatient.chronic_special.pooled_rate": "rate",
        "outpatient.chronic.stacking.rate": "rate",
        "outpatient.chronic.stacking.max_others": "integer",
        "outpatient.chronic.quota_mode": "mode",
        "outpatient.chronic.excess_stays_in_policy": "switch",
        "outpatient.special.minimum_provider_level": "integer",
        "pooled_fund.annual_cap": "yuan",
        "special_drug.counts_to_annual_cap": "switch",
        "assistance.in_force_from": "date",
        "assistance.disposable_income_per_capita": "yuan",
        "enrolment.contribution": "yuan",
    }
    families = {
        "outpatient.chronic.quarterly_limit": (CHRONIC, "yuan"),
        "inpatient.deductible": (CLASSES, "yuan"),
        "inpatient.pooled_rate": (CLASSES, "rate"),
        "catastrophic.deductible": (STANDARDS, "yuan"),
        "catastrophic.bands": (STANDARDS, "bands"),
        "catastrophic.annual_cap": (STANDARDS, "yuan or null"),
        "assistance.inpatient.deductible_income_share": (CATEGORIES, "rate"),
        "assistance.inpatient.rate": (CATEGORIES, "rate"),
        "assistance.annual_cap": (CATEGORIES, "yuan or null"),
        "assistance.outpatient.rate": (CATEGORIES, "rate"),
        "assistance.special_drug.rate": (CATEGORIES, "rate"),
        "catalogue_control.limit": (CLASSES, "rate"),
        "enrolment.subsidy.rate": (CATEGORIES, "rate"),
        "enrolment.subsidy.floor": (CATEGORIES, "yuan"),
        "enrolment.subsidy.amount": (CATEGORIES, "yuan"),
        "early_warning.threshold": (("falling_into", "falling_back"), "yuan"),
    }
    for family, (members, kind) in families.items():
        table |= {f"{family}.{member}": kind for member in members}
    return table


ADDRESSES = _address_table()
NEUTRAL: dict[str, Any] = {"yuan": 0, "rate": Fraction(0), "integer": 0, "bands": [], "date": ALWAYS}
"""What stands in for a value that is not there, while the visit's other obstacles are looked for."""


@lru_cache(100_000, typed=True)
def fen(amount: Any) -> int:
    """Yuan as written, in fen."""
    return int(Fraction(str(amount)) * 100)


@lru_cache(1_000, typed=True)
def rate(written: Any) -> Fraction:
    """ "70%", "7/10", "0" or "1"."""
    text = str(written)
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def read(address: str, written: Any) -> Any:
    """A value as the rules use it: fen, Fraction, int, bool, mode, ISO date, or bands of (fen, Fraction)."""
    kind = ADDRESSES.get(address, "")
    if written is None:
        return None
    if kind.startswith("yuan"):
        return fen(written)
    if kind == "rate":
        return rate(written)
    if kind == "bands":
        return [(fen(row["above"]), rate(row["rate"])) for row in written]
    return str(written) if kind == "date" else written


def stem(area: str) -> str:
    """140300 → 1403, 140000 → 14, 000000 → nothing."""
    return re.sub("(00)*$", "", area)


@dataclass(frozen=True)
class Row:
    """One value of one document."""

    value: Any
    status: str
    first: str
    last: str
    known: str
    area: str
    illustrative: bool


class Policies:
    """Every values.yaml and exclusions.yaml below a folder."""

    def __init__(self, folder: Path | str) -> None:
        self.rows: dict[str, list[Row]] = {}
        self.pairs: list[tuple[str, str]] = []
        for path in sorted(Path(folder).rglob("document.yaml")):
            document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
            for entry in _list(path.with_name("values.yaml")):
                self._add(document, entry)
            self.pairs += [(pair["a"], pair["b"]) for pair in _list(path.with_name("exclusions.yaml"))]

    def _add(self, document: Mapping[str, Any], entry: Mapping[str, Any]) -> None:
        period = document["in_force"]
        row = Row(
            value=read(entry["address"], entry.get("value")),
            status=entry.get("status", "stated"),
            first=_day(entry.get("from", period["from"]), ALWAYS),
            last=_day(entry.get("to", period["to"]), NEVER),
            known=_day(entry.get("known_from", document["known_from"]), ALWAYS),
            area=stem(str(entry.get("area", document["area"]))),
            illustrative=document.get("illustrative", False),
        )
        self.rows.setdefault(entry["address"], []).append(row)

    def find(self, address: str, area: str, on: str, known_on: str) -> Row | None:
        """A document's before an illustration, nearer before farther, later known before earlier."""
        holding = [
            row
            for row in self.rows.get(address, ())
            if row.first <= on <= row.last and row.known <= known_on and area.startswith(row.area)
        ]
        return max(holding, key=lambda row: (not row.illustrative, len(row.area), row.known), default=None)


def _list(path: Path) -> list[dict[str, Any]]:
    return (yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader) or []) if path.exists() else []


def _day(value: date | str | None, otherwise: str) -> str:
    return otherwise if value is None else str(value)


def from_terms(terms: Mapping[str, Any], address: str, on: str) -> Row | None:
    """A case's own value: stated and known; if dated, the last one that has begun."""
    if address not in terms:
        return None
    written = terms[address]
    if isinstance(written, dict):
        begun = [entry for entry in written["dated"] if entry["from"] <= on]
        if not begun:
            return None
        written = max(begun, key=lambda entry: str(entry["from"]))["value"]
    return Row(read(address, written), "stated", ALWAYS, NEVER, ALWAYS, "", False)
