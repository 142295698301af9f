"""One document of the law, as its folder under policies/ says it: title, dates, clauses, values, tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sanchong.dates import Calendar, Period
from sanchong.law.values import Value, read_value
from sanchong.law.yamlfile import Entry, LawError, is_there, line_of, read_mapping, read_rows
from sanchong.shapes import CONDITIONS, DISEASES, MAX_EXCLUSIONS, SPECIAL_COUNT

KINDS: Final = ("computable", "procedural", "principle")
SCHEMES: Final = ("outpatient", "assistance")
PARTS: Final = ("in_force.from", "in_force.to", "diseases", "days", "legacy_codes")
"""What of a document can carry a clause as a whole: its first and last day, a table."""
FIRST_YEAR, LAST_YEAR = 1900, 2999
DUTIES: Final = (
    "recognition", "assistance", "enrolment", "early_warning", "supervision", "funds", "claims", "people",
    "providers", "catalogue", "accounts", "gateway", "law",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its document, place and gist in own words (zh and en), and the requirement rows it carries."""

    id: str
    document: str
    place: dict[str, str]
    gist: dict[str, str]
    rows: tuple[str, ...]
    kind: tuple[str, ...]
    duty: str | None
    by: str | None = None
    """What of its document carries it as a whole, of PARTS; None where rules, values or rows cite it."""


@dataclass(frozen=True, slots=True)
class Bracket:
    """What stands in brackets in a disease's name: a stage, grade or type that an application has to state."""

    admits: tuple[str, ...]
    name: dict[str, str]
    clause: str


@dataclass(frozen=True, slots=True)
class Disease:
    """One of the 46 diseases (病种) with its names, national codes and the sub-types that are named."""

    code: str
    kind: str
    name: str
    short: str
    en: str
    national_codes: tuple[str, ...]
    clause: str
    subtype_required: bool
    subtypes: dict[str, str] | None
    """All sub-types there are, by code; None where any may stand."""
    subtype_names: dict[str, str]
    subtype_clause: str | None = None
    """The clause by which a recognition has to name a sub-type."""
    bracket: Bracket | None = None

    def clauses(self) -> list[str]:
        """Every clause that the row carries."""
        more = (self.subtype_clause, self.bracket.clause if self.bracket else None)
        return [self.clause, *(clause for clause in more if clause)]


@dataclass(frozen=True, slots=True)
class LegacyCode:
    """A disease's code in an earlier scheme, and the disease that it is now (A60)."""

    code: str
    disease: str
    clause: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Two conditions (codes into CONDITIONS) whose benefits may not be enjoyed together."""

    a: int
    b: int
    clause: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A year's notice of working days."""

    year: int
    known_from: dt.date
    off: tuple[dt.date, ...]
    working: tuple[dt.date, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A document with everything it brings; the period is that of its force, both ends included."""

    id: str
    area: str
    title: dict[str, str]
    short: dict[str, str]
    issuer: dict[str, str]
    schemes: tuple[str, ...]
    in_force: Period
    known_from: dt.date
    governs: tuple[str, ...]
    leaves_open: tuple[str, ...]
    illustrative: bool
    clauses: dict[str, Clause]
    values: tuple[Value, ...]
    diseases: tuple[Disease, ...]
    exclusions: tuple[Exclusion, ...]
    notices: tuple[Notice, ...]
    folder: Path
    legacy_codes: tuple[LegacyCode, ...] | None = None
    """The codes of an earlier scheme; None where the document has no such table."""

    def has(self, part: str) -> bool:
        """Whether one of PARTS is there; a table of codes may be there and empty."""
        there: dict[str, object] = {
            "in_force.from": self.in_force.start,
            "in_force.to": self.in_force.end,
            "diseases": self.diseases,
            "days": self.notices,
            "legacy_codes": self.legacy_codes is not None,
        }
        return bool(there[part])


def read_document(folder: Path) -> Document:
    """Read one document's folder; LawError names file, line and what was expected."""
    head = read_mapping(folder / "document.yaml")
    name = head.text("id")
    area = head.area("area")
    force = head.entry("in_force")
    in_force = Period(force.optional_date("from"), force.end_date("to"))
    force.finish()
    if in_force.start and in_force.end and in_force.end < in_force.start:
        raise head.wrong("period", "in_force")
    known_from = head.date("known_from")
    illustrative = head.flag("illustrative")
    clauses = {}
    for row in head.entries("clauses"):
        clause = read_clause(row, name)
        if clause.id in clauses:
            raise row.error("clause_twice", "id", clause=clause.id)
        clauses[clause.id] = clause
    values = tuple(
        read_value(row, name, area, in_force, known_from, clauses, illustrative)
        for row in _rows(folder / "values.yaml")
    )
    document = Document(
        id=name,
        area=area,
        title=head.words("title"),
        short=head.words("short"),
        issuer=head.words("issuer"),
        schemes=head.texts("schemes", one_of=SCHEMES),
        in_force=in_force,
        known_from=known_from,
        governs=head.texts("governs"),
        leaves_open=head.texts("leaves_open"),
        illustrative=illustrative,
        clauses=clauses,
        values=values,
        diseases=_read_diseases(folder / "diseases.yaml", clauses),
        exclusions=_read_exclusions(folder / "exclusions.yaml", clauses),
        notices=tuple(read_notice(row) for row in _rows(folder / "days.yaml")),
        folder=folder,
        legacy_codes=_read_legacy_codes(folder / "legacy_codes.yaml", clauses),
    )
    head.finish()
    for place, clause in enumerate(clauses.values()):
        if clause.by and not document.has(clause.by):
            raise LawError(
                head.file,
                line_of(head.file, ("clauses", place, "by")),
                "no_part",
                part=clause.by,
            )
    return document


def _rows(file: Path) -> list[Entry]:
    return list(read_rows(file)) if is_there(file) else []


def read_clause(row: Entry, document: str) -> Clause:
    """One clause of document.yaml."""
    clause = Clause(
        id=row.text("id"),
        document=document,
        place=row.words("place"),
        gist=row.words("gist"),
        rows=row.texts("rows"),
        kind=row.texts("kind", one_of=KINDS),
        duty=row.text("duty", one_of=DUTIES) if row.has("duty") else None,
        by=row.text("by", one_of=PARTS) if row.has("by") else None,
    )
    row.finish()
    if not clause.id.startswith(f"{document}."):
        raise row.error("clause_id", "id", document=document)
    return clause


def _clause_of(row: Entry, clauses: Container[str], key: str = "clause") -> str:
    clause = row.text(key)
    if clause not in clauses:
        raise row.error("clause_unknown", key, clause=clause)
    return clause


def _read_diseases(file: Path, clauses: dict[str, Clause]) -> tuple[Disease, ...]:
    found = tuple(read_disease(row, clauses) for row in _rows(file))
    if found and tuple(disease.code for disease in found) != DISEASES:
        raise LawError(file, 1, "catalogue", n=len(DISEASES))
    for place, disease in enumerate(found):
        kind = "special" if place < SPECIAL_COUNT else "chronic"
        if disease.kind != kind:
            raise LawError(
                file, line_of(file, (place, "kind")), "disease_kind", disease=disease.code, kind=kind
            )
    return found


def read_disease(row: Entry, clauses: Container[str]) -> Disease:
    """One row of diseases.yaml."""
    closed = _subtypes(row, "subtypes") if row.has("subtypes") else None
    named = _subtypes(row, "subtypes_named") if row.has("subtypes_named") else {}
    disease = Disease(
        code=row.text("code"),
        kind=row.text("kind", one_of=("special", "chronic")),
        name=row.text("name"),
        short=row.text("short"),
        en=row.text("en"),
        national_codes=row.texts("national_codes"),
        clause=_clause_of(row, clauses),
        subtype_required=row.flag("subtype_required"),
        subtypes=closed,
        subtype_names=closed or named,
        subtype_clause=_clause_of(row, clauses, "subtype_clause") if row.has("subtype_clause") else None,
        bracket=_read_bracket(row.entry("bracket"), clauses) if row.has("bracket") else None,
    )
    row.finish()
    return disease


def _read_bracket(row: Entry, clauses: Container[str]) -> Bracket:
    bracket = Bracket(row.texts("admits"), row.words("name"), _clause_of(row, clauses))
    row.finish()
    return bracket


def _subtypes(row: Entry, key: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in row.entries(key):
        code = item.text("code")
        if code in found:
            raise item.error("subtype_twice", "code", subtype=code)
        found[code] = item.text("name")
        item.text("en")
        item.finish()
    return found


def _read_exclusions(file: Path, clauses: Container[str]) -> tuple[Exclusion, ...]:
    found = tuple(read_exclusion(row, clauses) for row in _rows(file))
    if len(found) > MAX_EXCLUSIONS:
        raise LawError(file, line_of(file, (MAX_EXCLUSIONS,)), "pairs", most=MAX_EXCLUSIONS)
    return found


def read_exclusion(row: Entry, clauses: Container[str]) -> Exclusion:
    """One row of exclusions.yaml."""
    a, b = (CONDITIONS.index(row.text(key, one_of=CONDITIONS)) for key in ("a", "b"))
    exclusion = Exclusion(a, b, _clause_of(row, clauses))
    row.finish()
    return exclusion


def _read_legacy_codes(file: Path, clauses: Container[str]) -> tuple[LegacyCode, ...] | None:
    if not is_there(file):
        return None
    found: dict[str, LegacyCode] = {}
    for row in read_rows(file):
        legacy = read_legacy_code(row, clauses)
        if legacy.code in found:
            raise row.error("code_twice", "code", legacy=legacy.code)
        found[legacy.code] = legacy
    return tuple(found.values())


def read_legacy_code(row: Entry, clauses: Container[str]) -> LegacyCode:
    """One row of legacy_codes.yaml."""
    code = row.text("code")
    if not code:
        raise row.wrong("text", "code")
    legacy = LegacyCode(code, row.text("disease", one_of=DISEASES), _clause_of(row, clauses))
    row.finish()
    return legacy


def read_notice(row: Entry) -> Notice:
    """One year of days.yaml."""
    notice = Notice(
        row.whole("year", FIRST_YEAR, LAST_YEAR),
        row.date("known_from"),
        row.dates("off"),
        row.dates("working"),
    )
    row.finish()
    for key, days in (("off", notice.off), ("working", notice.working)):
        for place, day in enumerate(days):
            if day.year != notice.year:
                raise row.error("notice_day", key, place, day=day, year=notice.year)
    return notice


def calendar_of(documents: tuple[Document, ...], known_on: dt.date | None) -> Calendar:
    """The working days of all notices known on ``known_on``; a later notice of a year replaces the earlier."""
    notices = [n for d in documents for n in d.notices if known_on is None or n.known_from <= known_on]
    latest = {notice.year: notice for notice in sorted(notices, key=lambda n: n.known_from)}
    return Calendar(
        {year: frozenset(n.off) for year, n in latest.items()},
        {year: frozenset(n.working) for year, n in latest.items()},
    )
