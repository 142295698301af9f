"""All law that is read: the shipped policies/ and any folders added, checked as a whole."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from sanchong.dates import Calendar
from sanchong.law.documents import Clause, Disease, Document, calendar_of, read_document
from sanchong.law.values import Value
from sanchong.law.yamlfile import LawError, line_of
from sanchong.shapes import CONDITIONS

PROVINCE_DIGITS = 2


def shipped_policies() -> Path:
    """The folder of the policies that come with the package."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "policies"
    return inside if inside.is_dir() else package.parents[1] / "policies"


def covers(area: str, other: str) -> bool:
    """Whether ``area`` is ``other`` or one of the areas above it ("140000" covers "140300")."""
    return other.startswith(significant(area))


def significant(area: str) -> str:
    """The digits of an area code that say something: "1403" of "140300"."""
    while area.endswith("00"):
        area = area[:-2]
    return area


class Law:
    """The documents of all folders read, and what can be asked of them as a whole."""

    def __init__(self, documents: Iterable[Document]) -> None:
        """Check the documents against each other; LawError where they cannot stand together."""
        self.documents = tuple(documents)
        for mistake in mistakes_between(self.documents):
            raise mistake
        self.by_id = {document.id: document for document in self.documents}

    def values(self) -> Iterator[Value]:
        """Every value of every document."""
        for document in self.documents:
            yield from document.values

    @cached_property
    def clauses(self) -> dict[str, Clause]:
        """Every clause by its id."""
        return {c.id: c for d in self.documents for c in d.clauses.values()}

    @cached_property
    def diseases(self) -> tuple[Disease, ...]:
        """The catalogue of diseases, in its order; LawError if no document brings one."""
        for document in self.documents:
            if document.diseases:
                return document.diseases
        raise LawError(shipped_policies(), 0, "no_diseases")

    def known_by(self, day: dt.date) -> dt.date:
        """The last day up to ``day`` on which anything of this law became known: what "all known" means."""
        before = bisect_right(self._known_days, day)
        return self._known_days[before - 1] if before else day

    @cached_property
    def _known_days(self) -> list[dt.date]:
        return sorted({d.known_from for d in self.documents} | {v.known_from for v in self.values()})

    def calendar(self, known_on: dt.date | None = None) -> Calendar:
        """Working days as known on ``known_on``."""
        return calendar_of(self.documents, known_on)

    def clause_label(self, clause: str, lang: str = "zh") -> str:
        """A clause as a tag beside a figure: short title and place."""
        found = self.clauses.get(clause)
        if found is None:
            return clause
        return f"{self.by_id[found.document].short[lang]} {found.place[lang]}"

    def digest(self, document: str, known_on: dt.date | None) -> str:
        """SHA-256 of what a document said as known on ``known_on``: periods, values and tables.

        A value added later, or a gist put better, changes no digest.
        """
        key = (document, known_on)
        if key not in self._digests:
            self._digests[key] = _digest(self.by_id[document], known_on)
        return self._digests[key]

    @cached_property
    def _digests(self) -> dict[tuple[str, dt.date | None], str]:
        return {}


def load_law(folders: Iterable[Path | str] = ()) -> Law:
    """Read the shipped policies, those of SANCHONG_POLICIES and ``folders``; LawError on a mistake."""
    return Law(read_document(folder) for folder in document_folders(folders))


def law_in(folder: Path) -> Law:
    """The law that stands in one folder of policies, and none beside it; LawError on a mistake."""
    return Law(read_document(path.parent) for path in sorted(folder.rglob("document.yaml")))


def document_folders(folders: Iterable[Path | str] = ()) -> list[Path]:
    """The documents' folders in the shipped policies, those of SANCHONG_POLICIES and ``folders``."""
    found: list[Path] = []
    for folder in policy_folders(folders):
        if not folder.is_dir():
            raise LawError(folder, 0, "folder")
        found += sorted(Path(place) for place, inside in _walk(folder) if "document.yaml" in inside)
    return list(dict.fromkeys(path.resolve() for path in found))


def _walk(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Every folder with the names in it, links that lead nowhere too; LawError if one cannot be read."""

    def refuse(error: OSError) -> None:
        raise LawError(error.filename, 0, "unreadable", reason=error.strerror)

    for place, folders, files in os.walk(folder, onerror=refuse):
        yield place, folders + files


def policy_folders(folders: Iterable[Path | str] = ()) -> list[Path]:
    """The shipped policies, the folders that SANCHONG_POLICIES names, and ``folders``."""
    extra = [Path(p) for p in os.environ.get("SANCHONG_POLICIES", "").split(os.pathsep) if p]
    return [shipped_policies(), *extra, *map(Path, folders)]


def mistakes_between(documents: tuple[Document, ...]) -> Iterator[LawError]:
    """Where documents cannot stand together: an id twice, a disease unnamed, a level overstepped, two values."""
    seen: set[str] = set()
    for document in documents:
        if document.id in seen:
            file = document.folder / "document.yaml"
            yield LawError(file, line_of(file, ("id",)), "document_twice", document=document.id)
        seen.add(document.id)
    yield from _unnamed_diseases(documents)
    yield from _levels_overstepped(documents)
    yield from _conflicts(value for document in documents for value in document.values)


def _unnamed_diseases(documents: tuple[Document, ...]) -> Iterator[LawError]:
    """Everything that is said of a disease needs its names, of a sub-type that an exclusion names too."""
    catalogue = next((document.diseases for document in documents if document.diseases), None)
    if catalogue is None:
        yield LawError(shipped_policies(), 0, "no_diseases")
        return
    known = {disease.code: disease for disease in catalogue}
    for document in documents:
        file = document.folder / "exclusions.yaml"
        for row, pair in enumerate(document.exclusions):
            for key, side in (("a", pair.a), ("b", pair.b)):
                code, colon, subtype = CONDITIONS[side].partition(":")
                if colon and (code not in known or subtype not in known[code].subtype_names):
                    line = line_of(file, (row, key))
                    yield LawError(file, line, "no_subtype", disease=code, subtype=subtype)


def _levels_overstepped(documents: tuple[Document, ...]) -> Iterator[LawError]:
    """A document may set only what the documents of the areas above leave open (A4, B31)."""
    stated = [d for d in documents if not d.illustrative]
    for upper in stated:
        fixed = {v.address.name for v in upper.values}
        for lower in stated:
            if lower is upper or lower.area == upper.area or not covers(upper.area, lower.area):
                continue
            for value in lower.values:
                name = value.address.name
                governed = name in fixed or _matches(name, upper.governs)
                if governed and not _matches(name, upper.leaves_open):
                    file, row = Path(value.place[0]), value.place[1]
                    yield LawError(
                        file,
                        line_of(file, (row,)),
                        "level",
                        address=name,
                        upper=upper.id,
                        upper_area=upper.area,
                        area=lower.area,
                    )


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _conflicts(values: Iterable[Value]) -> Iterator[LawError]:
    """No two values of one address and area, known from the same day, may be in force on one day."""
    groups: dict[tuple[str, str, dt.date, bool], list[Value]] = defaultdict(list)
    for value in values:
        groups[value.address.name, value.area, value.known_from, value.status == "assumed"].append(value)
    for rivals in groups.values():
        for i, value in enumerate(rivals):
            for other in rivals[:i]:
                if value.period.overlaps(other.period):
                    file, row = Path(value.place[0]), value.place[1]
                    yield LawError(
                        file,
                        line_of(file, (row,)),
                        "two_values",
                        address=value.address.name,
                    )


def _digest(document: Document, known_on: dt.date | None) -> str:
    values = [v for v in document.values if known_on is None or v.known_from <= known_on]
    said = {
        "id": document.id,
        "area": document.area,
        "schemes": document.schemes,
        "in_force": [_day(document.in_force.start), _day(document.in_force.end)],
        "values": sorted(
            [
                v.address.name,
                v.area,
                _day(v.period.start),
                _day(v.period.end),
                _day(v.known_from),
                v.status,
                v.said(),
            ]
            for v in values
        ),
        "diseases": [[d.code, d.kind] for d in document.diseases],
        "exclusions": sorted([e.a, e.b] for e in document.exclusions),
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
