"""Asking the law: what stands at an address here, on a day, as then known; its history; what differs."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sanchong.law.documents import Disease, Document
from sanchong.law.labels import STATUS, address_label, word
from sanchong.law.library import Law
from sanchong.law.terms import Resolution, Resolver
from sanchong.law.values import Figure, Value, plain_figure
from sanchong.money import NO_LIMIT, Rate, percent, yuan
from sanchong.shapes import (
    ADDRESS,
    ADDRESSES,
    QUARTERLY_LIMIT,
    SPECIAL_COUNT,
    STATED,
    UNMODELLED,
    Address,
)

SUGGESTIONS: Final = 5
LIKENESS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Moment:
    """Where and when the law is asked: an area, a day, and the day whose knowledge counts (None: all)."""

    area: str
    day: dt.date
    known_on: dt.date | None = None

    def data(self) -> dict[str, Any]:
        """The moment as canonical data."""
        return {"area": self.area, "on": _day(self.day), "known_on": _day(self.known_on)}


@dataclass(frozen=True, slots=True)
class Holding:
    """What stands at an address: a law file's word for its status, else ``missing`` or ``unmodelled``.

    A matter that no value can state has no ``value``; it is ``stated`` where some document regulates it.
    """

    address: Address
    status: str
    value: Value | None

    @property
    def holds(self) -> bool:
        """Whether anything may be computed with it."""
        return self.status not in ("missing", "unmodelled")


@dataclass(frozen=True, slots=True)
class Answer:
    """A holding with every value that ever reaches the area there, by first day, then day of knowledge."""

    at: Moment
    holding: Holding
    history: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """An address at which two moments disagree, in value or in status."""

    old: Holding
    new: Holding


@dataclass(frozen=True, slots=True)
class Covered:
    """A disease of the outpatient scheme; a chronic one with what stands at its quarterly limit's address."""

    disease: Disease
    limit: Holding | None


def covered(resolver: Resolver, at: Moment) -> tuple[Document, list[Covered]] | None:
    """The outpatient scheme in force and its diseases in catalogue order; None where none is in force."""
    found = _resolve(resolver, at)
    if found.outpatient is None:
        return None
    rows = []
    for place, disease in enumerate(resolver.law.diseases, -SPECIAL_COUNT):
        limit = _holding(found, ADDRESSES[QUARTERLY_LIMIT + place]) if place >= 0 else None
        rows.append(Covered(disease, limit))
    return found.outpatient, rows


def ask(resolver: Resolver, address: Address, at: Moment) -> Answer:
    """The value in force, by the one look-up there is, and the history it was chosen from."""
    holding = _holding(_resolve(resolver, at), address)
    return Answer(at, holding, tuple(resolver.history(address.slot, at.area, at.area)))


def differences(resolver: Resolver, before: Moment, after: Moment) -> list[Difference]:
    """The addresses whose value or status differs between two moments, in the order of the addresses."""
    old, new = _resolve(resolver, before), _resolve(resolver, after)
    pairs = [Difference(_holding(old, address), _holding(new, address)) for address in ADDRESSES]
    return [pair for pair in pairs if _said(pair.old) != _said(pair.new)]


def _resolve(resolver: Resolver, at: Moment) -> Resolution:
    return resolver.resolve(at.area, at.area, at.day, at.known_on)


def _holding(found: Resolution, address: Address) -> Holding:
    value = found.sources[address.slot]
    if value is not None:
        return Holding(address, value.status, value)
    status = {STATED: "stated", UNMODELLED: "unmodelled"}.get(found.terms.status[address.slot], "missing")
    return Holding(address, status, None)


def _said(holding: Holding) -> tuple[str, Any]:
    return holding.status, holding.value.said() if holding.value else None


def members(name: str) -> list[Address]:
    """The address of that name, or the members of the family that it is the prefix of; [] if neither."""
    if name in ADDRESS:
        return [ADDRESS[name]]
    prefix = name.rstrip(".") + "."
    return [address for address in ADDRESSES if address.name.startswith(prefix)]


def families() -> Iterator[str]:
    """Every prefix that has members, shortest first within its branch."""
    seen = set()
    for address in ADDRESSES:
        parts = address.name.split(".")
        for length in range(1, len(parts)):
            prefix = ".".join(parts[:length])
            if prefix not in seen:
                seen.add(prefix)
                yield prefix


def nearest(name: str, labels: Mapping[str, str]) -> list[str]:
    """Addresses and families like ``name``: those that contain it, by name or by label, then the alike."""
    names = [*families(), *ADDRESS]
    text = name.strip(".").lower()
    holding = [known for known in names if text and (text in known or text in labels.get(known, ""))]
    if holding:
        return holding[:SUGGESTIONS]
    alike = difflib.get_close_matches(text, names, SUGGESTIONS, LIKENESS)
    tails = {known.rpartition(".")[2]: known for known in names}
    alike += [tails[t] for t in difflib.get_close_matches(text.rpartition(".")[2], tails, 2, 0.75)]
    return list(dict.fromkeys(alike))[:SUGGESTIONS]


def labels_of(law: Law, lang: str) -> dict[str, str]:
    """What people call each address and each family."""
    return {name: address_label(name, law.diseases, lang) for name in (*families(), *ADDRESS)}


# ── as people read it ────────────────────────────────────────────────────────────────────────

_WORDS: Final = {
    "no_limit": ("不限", "no limit"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "pool": ("各病种合用", "one room for all"),
    "per_disease": ("各病种分算", "by disease"),
    "band": ("超出 {above} 以上 {rate}", "{rate} above {above}"),
    "yuan": ("{amount} 元", "{amount} yuan"),
    "regulated": ("有规定", "regulated"),
}


def show_figure(address: Address, figure: Figure, lang: str) -> str:
    """A figure as people read it, with its unit."""

    def said(key: str, **facts: str) -> str:
        return _WORDS[key][lang == "en"].format(**facts)

    match address.unit:
        case "yuan" | "yuan_or_none":
            return said("no_limit") if figure.num == NO_LIMIT else said("yuan", amount=yuan(figure.num))
        case "rate":
            return percent(Rate(figure.num, figure.den))
        case "flag":
            return said("yes" if figure.num else "no")
        case "mode":
            return said(plain_figure(address, figure))
        case "bands":
            rows = [(yuan(above), percent(Rate(num, figure.den))) for above, num in figure.bands]
            return ("；" if lang == "zh" else "; ").join(said("band", above=a, rate=r) for a, r in rows)
    return str(plain_figure(address, figure))


def show_value(value: Value, lang: str) -> str:
    """A value as people read it; an unmodelled one by that word."""
    if value.status == "unmodelled":
        return word(STATUS, "unmodelled", lang)
    return show_figure(value.address, value.figure, lang)


def show_holding(holding: Holding, lang: str) -> str:
    """What stands there as people read it."""
    if holding.value is not None:
        return show_value(holding.value, lang)
    return _WORDS["regulated"][lang == "en"] if holding.holds else word(STATUS, holding.status, lang)


# ── as data ──────────────────────────────────────────────────────────────────────────────────


def answer_data(law: Law, answer: Answer, *, history: bool = True) -> dict[str, Any]:
    """An answer as canonical data: figures as the settle contract writes them."""
    holding = answer.holding
    said: dict[str, Any] = {
        "address": holding.address.name,
        "label": _label(law, holding.address),
        "unit": holding.address.unit,
        **answer.at.data(),
        **holding_data(law, holding),
    }
    if history:
        said["history"] = [{**value_data(v), "holds": v is holding.value} for v in answer.history]
    return said


def holding_data(law: Law, holding: Holding) -> dict[str, Any]:
    """What stands there: value, status, clause with place and gist, document, since when."""
    value = holding.value
    if value is None:
        nothing = dict.fromkeys(("value", "from", "to", "known_from", "reach", "clause", "document"))
        return {**nothing, "status": holding.status, "reason": ""}
    clause, document = law.clauses[value.clause], law.by_id[value.document]
    return {
        **value_data(value),
        "clause": {"id": clause.id, "place": clause.place, "gist": clause.gist},
        "document": {"id": document.id, "title": document.title, "issuer": document.issuer},
    }


def value_data(value: Value) -> dict[str, Any]:
    """One row of the law's values."""
    return {
        "value": value.said(),
        "status": value.status,
        "from": _day(value.period.start),
        "to": _day(value.period.end),
        "known_from": _day(value.known_from),
        "reach": value.area,
        "clause": value.clause,
        "document": value.document,
        "reason": value.reason,
    }


def covered_data(law: Law, one: Covered) -> dict[str, Any]:
    """A disease with its names, codes, sub-types, clause and quarterly limit."""
    disease = one.disease
    return {
        "code": disease.code,
        "kind": disease.kind,
        "name": {"zh": disease.name, "short": disease.short, "en": disease.en},
        "national_codes": list(disease.national_codes),
        "subtype_required": disease.subtype_required,
        "subtypes_closed": disease.subtypes is not None,
        "subtypes": [{"code": code, "name": name} for code, name in disease.subtype_names.items()],
        "clause": disease.clause,
        "quarterly_limit": holding_data(law, one.limit) if one.limit else None,
    }


def difference_data(law: Law, found: Difference) -> dict[str, Any]:
    """One address with what stood and what stands there."""
    address = found.old.address
    return {
        "address": address.name,
        "label": _label(law, address),
        "unit": address.unit,
        "old": holding_data(law, found.old),
        "new": holding_data(law, found.new),
    }


def _label(law: Law, address: Address) -> dict[str, str]:
    return {lang: address_label(address.name, law.diseases, lang) for lang in ("zh", "en")}


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
