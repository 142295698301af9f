"""Reading a case: everything is validated before anything is settled; the first mistake is named by its path."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any, Final, TypeVar

from sanchong.dates import Period
from sanchong.law.documents import Disease
from sanchong.law.terms import Overlay
from sanchong.law.values import Figure, parse_figure
from sanchong.money import MAX_AMOUNT, NO_LIMIT, Fen, Rate
from sanchong.settlement.case import (
    ADMINISTRATIVE_LEVELS,
    OTHER_PAYERS,
    Case,
    CaseVisit,
    Line,
    Person,
    Provider,
    Recognition,
    category_code,
    split_line,
)
from sanchong.settlement.fields import Fields, area_of
from sanchong.settlement.refusal import invalid
from sanchong.shapes import (
    ADDRESS,
    CATEGORIES,
    CATEGORY_ALIASES,
    CLASS_B,
    DISEASES,
    INPATIENT,
    INSURANCES,
    KINDS,
    LINE_CLASSES,
    OUTPATIENT,
    SPECIAL_DRUG,
    TERMS_SLOTS,
)

T = TypeVar("T")

_PLACE: Final = {code: place for place, code in enumerate(DISEASES)}
"""Where a disease stands in the catalogue, which the law's table has to bear out."""
TOWNSHIP: Final = ADMINISTRATIVE_LEVELS.index("township")
FIRST_YEAR, LAST_YEAR = 1900, 2999
NO_ADVANCE: Final = Rate(0, 1)
NOT_PAID: Final = (0,) * len(OTHER_PAYERS)


def read_case(data: Any, diseases: tuple[Disease, ...]) -> Case:
    """Validate a case as JSON gave it; Refusal (invalid_input) with the path of the first mistake."""
    case = Fields(data)
    name = case.text("case")
    year = case.whole("year", FIRST_YEAR, LAST_YEAR)
    person = _read_person(case.object("person"), diseases)
    visits: dict[str, CaseVisit] = {}
    total = 0
    for row in case.objects("visits"):
        visit = _read_visit(row, year, person, diseases)
        if visit.id in visits:
            raise invalid(row.at("id"), "repeated")
        visits[visit.id] = visit
        total += visit.in_scope + sum(line.amount for line in visit.lines)
        if total > MAX_AMOUNT:
            raise invalid(row.path, "too_large")
    read = Case(
        id=name,
        region=case.area("region"),
        year=year,
        known_on=case.optional_date("known_on"),
        overlay=read_overlay(case.raw("terms", {}), "terms"),
        person=person,
        visits=tuple(visits.values()),
        close_year=case.flag("close_year", False),
        withhold_unmodelled=case.flag("withhold_unmodelled", False),
    )
    case.finish()
    return read


def read_overlay(data: Any, path: str) -> Overlay:
    """A case's ``terms``: values by address, plain or dated."""
    overlay: dict[int, list[tuple[dt.date, Figure]]] = {}
    terms = Fields(data, path)
    for name, value in terms.data.items():
        address = ADDRESS.get(name)
        if address is None or address.slot >= TERMS_SLOTS or address.unit == "matter":
            raise invalid(terms.at(name), "address")
        rows: list[tuple[dt.date, Any]] = [(dt.date.min, value)]
        if isinstance(value, dict):
            dated = Fields(value, terms.at(name))
            rows = [(row.date("from"), _only_value(row)) for row in dated.objects("dated")]
            dated.finish()
            if any(later[0] <= earlier[0] for earlier, later in itertools.pairwise(rows)):
                raise invalid(dated.at("dated"), "rising")
        try:
            overlay[address.slot] = [(start, parse_figure(address, said)) for start, said in rows]
        except ValueError:
            raise invalid(terms.at(name), f"value_{address.unit}") from None
    return overlay


def _only_value(row: Fields) -> Any:
    value = row.raw("value")
    row.finish()
    return value


def _read_person(row: Fields, diseases: tuple[Disease, ...]) -> Person:
    categories = row.objects("categories", [])
    names = (*CATEGORIES, *CATEGORY_ALIASES)
    found = tuple(names[c.choice("category", names)] for c in categories)
    person = Person(
        id=row.text("id"),
        insurance=_spells(row, "insurance", _insurance),
        household_region=_spells(row, "household_region", area_of),
        categories=tuple((category_code(n), c.period()) for n, c in zip(found, categories, strict=True)),
        category_names=found,
        recognitions=tuple(_read_recognition(r, diseases) for r in row.objects("recognitions", [])),
        waived=tuple(
            _read_pair(item, f"{row.at('waived_exclusions')}[{i}]", diseases)
            for i, item in enumerate(row.items("waived_exclusions", []))
        ),
    )
    for c in categories:
        c.finish()
    row.finish()
    return person


def _insurance(value: Any, path: str) -> int:
    if not isinstance(value, str) or value not in INSURANCES:
        raise invalid(path, "choice", choices=", ".join(INSURANCES))
    return INSURANCES.index(value)


def _spells(row: Fields, key: str, read: Callable[[Any, str], T]) -> tuple[tuple[T, Period], ...]:
    """A field that is one value for all time or a list of closed periods."""
    value = row.raw(key)
    if not isinstance(value, list):
        return ((read(value, row.at(key)), Period(None, None)),)
    spells = []
    for i, item in enumerate(value):
        spell = Fields(item, f"{row.at(key)}[{i}]")
        name = "value" if spell.has("value") else key
        spells.append((read(spell.raw(name), spell.at(name)), spell.period()))
        spell.finish()
    return tuple(spells)


def _read_recognition(row: Fields, diseases: tuple[Disease, ...]) -> Recognition:
    named = row.text("disease")
    subtype = row.raw("subtype", None)
    if subtype is not None:
        if ":" in named:
            raise invalid(row.at("subtype"), "unknown")
        if not isinstance(subtype, str):
            raise invalid(row.at("subtype"), "text")
        named = f"{named}:{subtype}"
    place = row.at("disease" if subtype is None else "subtype")
    disease, sub = read_condition(named, row.at("disease"), diseases, place)
    if diseases[disease].subtype_required and not sub:
        raise invalid(row.at("subtype"), "subtype_missing")
    recognition = Recognition(disease, sub, row.period(), row.flag("legacy", False))
    row.finish()
    return recognition


def read_condition(
    named: str, path: str, diseases: tuple[Disease, ...], subtype_path: str = ""
) -> tuple[int, str]:
    """The disease and sub-type ("" for none) of ``disease`` or ``disease:subtype``."""
    subtype_path = subtype_path or path
    code, colon, subtype = named.partition(":")
    place = _PLACE.get(code, len(diseases))
    if place >= len(diseases) or diseases[place].code != code:
        raise invalid(path, "disease")
    if colon:
        disease = diseases[place]
        if not disease.subtype_required:
            raise invalid(subtype_path, "subtype_extra")
        plain = bool(subtype) and all(
            c.isascii() and (c.islower() or c.isdigit() or c == "_") for c in subtype
        )
        if not plain or (disease.subtypes is not None and subtype not in disease.subtypes):
            raise invalid(subtype_path, "subtype_unknown")
    return place, subtype


def _read_pair(item: Any, path: str, diseases: tuple[Disease, ...]) -> tuple[str, str]:
    if not isinstance(item, list) or len(item) != 2 or not all(isinstance(x, str) for x in item):
        raise invalid(path, "pair")
    for i, named in enumerate(item):
        read_condition(named, f"{path}[{i}]", diseases)
    return item[0], item[1]


def _read_visit(row: Fields, year: int, person: Person, diseases: tuple[Disease, ...]) -> CaseVisit:
    name = row.text("id")
    kind = row.choice("kind", KINDS)
    date = row.date("date")
    if date.year != year:
        raise invalid(row.at("date"), "year")
    admitted = row.date("admitted") if row.has("admitted") else date
    if admitted > date:
        raise invalid(row.at("admitted"), "admitted")
    for key in _FOREIGN[kind]:
        if row.has(key):
            raise invalid(row.at(key), "no_place")
    disease, subtype = -1, ""
    if kind == OUTPATIENT:
        disease, subtype = read_condition(row.text("disease"), row.at("disease"), diseases)
        _check_one_subtype(row, person, disease, subtype, date)
    drug = kind == SPECIAL_DRUG
    visit = CaseVisit(
        id=name,
        kind=kind,
        date=date,
        admitted=admitted,
        known_on=row.optional_date("known_on"),
        disease=disease,
        subtype=subtype,
        provider=None if drug else _read_provider(row.object("provider")),
        referred=row.flag("referred") if kind == INPATIENT else row.flag("referred", True),
        lines=() if drug else _read_lines(row),
        in_scope=row.amount("in_scope") if drug else 0,
        other=_read_other(row.object("other_payments")) if row.has("other_payments") else NOT_PAID,
        pooled=row.amount("pooled") if drug or row.has("pooled") else None,
        catastrophic=row.amount("catastrophic") if drug or row.has("catastrophic") else None,
    )
    row.finish()
    _check_given(row, visit)
    _check_one_spell(person.insurance, date, "person.insurance")
    _check_one_spell(person.household_region, date, "person.household_region")
    return visit


_FOREIGN: Final = {
    OUTPATIENT: ("in_scope",),
    INPATIENT: ("in_scope", "disease"),
    SPECIAL_DRUG: ("provider", "lines", "disease"),
}
"""The fields that a kind of visit does not have."""


def _check_one_subtype(row: Fields, person: Person, disease: int, subtype: str, date: dt.date) -> None:
    if subtype:
        return
    held = {r.subtype for r in person.recognitions if r.disease == disease and date in r.period}
    if len(held) > 1:
        raise invalid(row.at("disease"), "subtype_open")


def _check_one_spell(spells: tuple[tuple[T, Period], ...], date: dt.date, path: str) -> None:
    if sum(date in period for _, period in spells) != 1:
        raise invalid(path, "in_force_once")


def _read_provider(row: Fields) -> Provider:
    provider = Provider(
        id=row.text("id"),
        region=row.area("region"),
        designated=row.flag("designated"),
        level=row.whole("level", 0, 3),
        fee_class=row.whole("fee_class", 1, 3),
        administrative_level=row.choice("administrative_level", ADMINISTRATIVE_LEVELS),
        level_exception=row.flag("level_exception", False),
    )
    if provider.fee_class == 2 and provider.administrative_level == TOWNSHIP:
        raise invalid(row.at("fee_class"), "township")
    row.finish()
    return provider


def _read_lines(visit: Fields) -> tuple[Line, ...]:
    lines: dict[str, Line] = {}
    for row in visit.objects("lines"):
        line_class = row.choice("class", LINE_CLASSES)
        if line_class == CLASS_B and not row.has("advance_rate"):
            raise invalid(row.at("advance_rate"), "advance_missing")
        if line_class != CLASS_B and row.has("advance_rate"):
            raise invalid(row.at("advance_rate"), "advance_extra")
        name, amount = row.text("id"), row.amount("amount")
        advance_rate = row.rate("advance_rate") if line_class == CLASS_B else NO_ADVANCE
        price_cap = row.optional_amount("price_cap")
        line = Line(
            name,
            amount,
            line_class,
            advance_rate,
            NO_LIMIT if price_cap is None else price_cap,
            row.flag("related", True),
            row.flag("conforming", True),
            row.flag("dual_channel", False),
        )
        row.finish()
        if name in lines:
            raise invalid(row.at("id"), "repeated")
        lines[name] = line
    return tuple(lines.values())


def _read_other(row: Fields) -> tuple[Fen, ...]:
    paid = tuple(row.amount(key, 0) for key in OTHER_PAYERS)
    row.finish()
    return paid


def in_policy_of(visit: CaseVisit) -> Fen:
    """What of the visit lies within the policy scope, in fen."""
    if visit.kind == SPECIAL_DRUG:
        return visit.in_scope
    return sum(split_line(line).in_policy for line in visit.lines)


def _check_given(row: Fields, visit: CaseVisit) -> None:
    if visit.pooled is None and visit.catastrophic is None:
        return
    in_policy = in_policy_of(visit)
    if (visit.pooled or 0) > in_policy:
        raise invalid(row.at("pooled"), "given")
    if (visit.pooled or 0) + (visit.catastrophic or 0) > in_policy:
        raise invalid(row.at("catastrophic"), "given")
