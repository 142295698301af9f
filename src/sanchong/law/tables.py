"""Whether the law's tables agree with each other: diseases, exclusions, working days, what is governed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from sanchong.law.documents import Document
from sanchong.law.findings import Finding
from sanchong.law.yamlfile import line_of
from sanchong.shapes import ADDRESS, CONDITIONS

SATURDAY = 5


def tables(documents: Collection[Document], today: dt.date) -> Iterator[Finding]:
    """Everything that is odd about the tables of these documents."""
    yield from _diseases(documents)
    for document in documents:
        yield from _exclusions(document)
        yield from _patterns(document)
    yield from _calendar(documents, today)


def _at(file: Path, level: str, kind: str, zh: str, en: str, *place: int | str) -> Finding:
    return Finding(level, kind, zh, en, str(file), line_of(file, place) if place else 0)


def _diseases(documents: Collection[Document]) -> Iterator[Finding]:
    bringing = [document for document in documents if document.diseases]
    for document in bringing[1:]:
        zh, en = (
            f"病种目录已由 {bringing[0].id} 给出，这一份不会使用",
            f"'{bringing[0].id}' brings the diseases; these are not used",
        )
        yield _at(document.folder / "diseases.yaml", "warning", "diseases", zh, en)
    for document in bringing:
        file = document.folder / "diseases.yaml"
        for key in ("name", "short", "en"):
            names = Counter(getattr(disease, key) for disease in document.diseases)
            for name in (name for name, count in names.items() if count > 1):
                yield _at(
                    file,
                    "warning",
                    "diseases",
                    f"两个病种同名：{name}",
                    f"two diseases have one name: {name}",
                )
        for row, disease in enumerate(document.diseases):
            if (disease.subtypes or disease.subtype_names) and not disease.subtype_required:
                zh, en = (
                    f"{disease.code} 列有亚型，却不要求注明",
                    f"{disease.code} lists sub-types but needs none",
                )
                yield _at(file, "warning", "diseases", zh, en, row)


def _exclusions(document: Document) -> Iterator[Finding]:
    file = document.folder / "exclusions.yaml"
    seen: set[frozenset[int]] = set()
    for row, pair in enumerate(document.exclusions):
        if pair.a == pair.b:
            zh, en = f"{CONDITIONS[pair.a]} 与自身互斥", f"{CONDITIONS[pair.a]} excludes itself"
            yield _at(file, "mistake", "exclusions", zh, en, row)
        elif frozenset((pair.a, pair.b)) in seen:
            yield _at(file, "warning", "exclusions", "这一对已经写过", "this pair stands twice", row)
        seen.add(frozenset((pair.a, pair.b)))


def _patterns(document: Document) -> Iterator[Finding]:
    for key in ("governs", "leaves_open"):
        for place, pattern in enumerate(getattr(document, key)):
            if not any(fnmatchcase(name, pattern) for name in ADDRESS):
                zh, en = f"{key}：{pattern} 不合任何地址", f"'{key}': {pattern} matches no address"
                yield _at(document.folder / "document.yaml", "warning", "address", zh, en, key, place)


def _calendar(documents: Collection[Document], today: dt.date) -> Iterator[Finding]:
    years: set[int] = set()
    for document in documents:
        file = document.folder / "days.yaml"
        seen: set[tuple[int, dt.date]] = set()
        for row, notice in enumerate(document.notices):
            if (notice.year, notice.known_from) in seen:
                zh, en = f"{notice.year} 年的通知重复", f"two notices of {notice.year}, known from one day"
                yield _at(file, "mistake", "calendar", zh, en, row)
            seen.add((notice.year, notice.known_from))
            for key, days, weekend in (("off", notice.off, False), ("working", notice.working, True)):
                for place, day in enumerate(days):
                    if (day.weekday() >= SATURDAY) != weekend:
                        zh = f"{day} 本来就{'上班' if weekend else '休息'}，不必列出"
                        en = f"{day} is a {'weekday' if weekend else 'weekend day'} anyway"
                        yield _at(file, "warning", "calendar", zh, en, row, key, place)
                    if day in days[:place]:
                        zh, en = f"{day} 列了两次", f"{day} stands twice"
                        yield _at(file, "warning", "calendar", zh, en, row, key, place)
            years.add(notice.year)
    if not years:
        yield Finding("warning", "calendar", "没有工作日通知", "there is no notice of working days")
        return
    missing = sorted(set(range(min(years), today.year + 1)) - years)
    if missing:
        said = ", ".join(map(str, missing))
        yield Finding(
            "warning", "calendar", f"没有工作日通知的年份：{said}", f"no notice of working days for {said}"
        )
    elif today.year + 1 not in years:
        zh, en = (
            f"{today.year + 1} 年的工作日通知尚未收录",
            f"no notice yet of the working days of {today.year + 1}",
        )
        yield Finding("note", "calendar", zh, en)
