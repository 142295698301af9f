"""Whether the law files can stand: every mistake by file and line, then what their keeper should look at."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from sanchong.dates import Period
from sanchong.law import asking, coverage
from sanchong.law.documents import (
    Document,
    read_clause,
    read_disease,
    read_document,
    read_exclusion,
    read_legacy_code,
    read_notice,
)
from sanchong.law.findings import Finding, Report, mistake_of
from sanchong.law.library import Law, document_folders, mistakes_between, policy_folders
from sanchong.law.messages import LONGEST
from sanchong.law.schemas import IN_FOLDERS, kind_of
from sanchong.law.tables import tables
from sanchong.law.values import read_value
from sanchong.law.yamlfile import Entry, LawError, is_there, load_yaml, read_mapping, read_rows
from sanchong.shapes import ADDRESS

BESIDE: Final = (".yaml", ".yml")
OF_THE_WHOLE: Final = ("no_diseases", "no_subtype")
"""What may only seem so while a document cannot be read."""


def check_law(
    folders: Iterable[Path | str],
    rules: Mapping[str, Collection[str]],
    today: dt.date,
    prove: Callable[[Law], Iterable[Finding]] = lambda law: (),
) -> Report:
    """Check the shipped policies with ``folders``; ``rules`` are the names of the rules by clause.

    What the loader refuses is collected document by document and row by row. Where there is none of
    it, the documents are looked at as a whole, up to the end of next year; ``prove`` says what is to be
    found in their worked cases, which this room cannot settle.
    """
    report, folders = Report(), list(folders)
    try:
        found = document_folders(folders)
    except LawError as error:
        report.add([mistake_of(error)])
        return report
    documents: list[Document] = []
    cases = [file for folder in found for kind in IN_FOLDERS for file in folder.glob(f"{kind}/*.yaml")]
    for folder in found:
        documents += check_document(folder, report)
    whole = len(documents) == len(found)
    between = mistakes_between(tuple(documents))
    report.add(mistake_of(one) for one in between if whole or one.code not in OF_THE_WHOLE)
    report.add(_stray_files(policy_folders(folders), set(found)))
    report.add(tables(documents, today))
    report.add(coverage.gaps(documents))
    report.counts = {
        "documents": len(found),
        "clauses": sum(len(document.clauses) for document in documents),
        "values": sum(len(document.values) for document in documents),
        "cases": len(cases),
        "days": 0,
    }
    if not report.mistakes:
        law = Law(documents)
        report.counts["days"], swept = coverage.sweep(law, dt.date(today.year + 1, 12, 31))
        report.add(swept)
        report.add(coverage.clauses(law, rules))
        report.add(prove(law))
    return report


def check_document(folder: Path, report: Report) -> list[Document]:
    """Add to ``report`` what is wrong in one document's folder; the document, if it can be read."""
    read: list[Document] = []
    try:
        read.append(read_document(folder))
    except LawError as first:
        report.add(_distinct(itertools.chain([first], _row_mistakes(folder))))
    report.add(_schema_mistakes(folder, report))
    return read


def _distinct(errors: Iterable[LawError]) -> Iterator[Finding]:
    for error in errors:
        wrong = str(error.facts["address"])[:LONGEST] if error.code == "address" else ""
        near = [name for name in asking.nearest(wrong, {}) if name in ADDRESS] if wrong else []
        hint = ("；相近的有 " + "、".join(near), "; near ones are " + ", ".join(near)) if near else ("", "")
        yield mistake_of(error, hint)


# ── row by row ───────────────────────────────────────────────────────────────────────────────


def _row_mistakes(folder: Path) -> Iterator[LawError]:
    """What is wrong in the clauses and tables of a document that cannot be read as a whole."""
    try:
        head = read_mapping(folder / "document.yaml")
    except LawError:
        return
    clauses: set[str] = set()
    rows = head.data.get("clauses")
    for place, row in enumerate(rows if isinstance(rows, list) else []):
        try:
            clauses.add(read_clause(Entry(head.file, row, ("clauses", place)), str(head.data.get("id"))).id)
        except LawError as error:
            yield error
            if isinstance(row, dict) and isinstance(row.get("id"), str):
                clauses.add(row["id"])  # what cites it is not wrong for that
    illustrative = head.data.get("illustrative") is True

    def value(row: Entry) -> object:
        return read_value(row, "", "", Period(None, None), dt.date.min, clauses, illustrative)

    readers: dict[str, Callable[[Entry], object]] = {
        "values.yaml": value,
        "diseases.yaml": lambda row: read_disease(row, clauses),
        "exclusions.yaml": lambda row: read_exclusion(row, clauses),
        "days.yaml": read_notice,
        "legacy_codes.yaml": lambda row: read_legacy_code(row, clauses),
    }
    for name, read in readers.items():
        if is_there(folder / name):
            yield from _mistakes_of(folder / name, read)


def _mistakes_of(file: Path, read: Callable[[Entry], object]) -> Iterator[LawError]:
    try:
        for row in read_rows(file):
            try:
                read(row)
            except LawError as error:
                yield error
    except LawError as error:
        yield error


# ── files ────────────────────────────────────────────────────────────────────────────────────


def _schema_mistakes(folder: Path, report: Report) -> Iterator[Finding]:
    """What the schemas find beyond that, where the package jsonschema is there; of cases, what can be said without."""
    for file in sorted(folder.rglob("*.yaml")):
        if kind_of(file) in IN_FOLDERS and file.parent.parent == folder:
            yield from map(mistake_of, _case_mistakes(file))
        elif kind_of(file) is None or file.parent != folder:
            continue
        if find_spec("jsonschema") is None:
            continue
        from sanchong.law.schema_check import schema_mistakes

        known = {finding.line for finding in report.mistakes if finding.file == str(file)}
        for error in schema_mistakes(file):
            if error.line not in known and (error.line or not known):
                yield mistake_of(error)


def _case_mistakes(file: Path) -> Iterator[LawError]:
    """What is wrong in a file of worked cases, which unlike a law file may merge one row into another."""
    try:
        rows = load_yaml(file, merging=True)
    except LawError as error:
        yield error
        return
    if not isinstance(rows, list):
        yield LawError(file, 1, "rows")
        return
    for place, row in enumerate(rows):
        try:
            _read_case(Entry(file, row, (place,)))
        except LawError as error:
            yield error


def _read_case(row: Entry) -> None:
    """A worked case, as far as a law file goes: what it holds is for the settlement to read."""
    row.words("title")
    row.text("source")
    row.text("arithmetic")
    if row.has("shows"):
        row.texts("shows")
    row.raw("case")
    row.entry("expect").flag("ok")
    if row.has("accept_assumed") and not isinstance(row.raw("accept_assumed"), bool):
        row.texts("accept_assumed")
    if row.has("shows"):
        row.texts("shows")
    row.finish()


def _stray_files(roots: Iterable[Path], folders: set[Path]) -> Iterator[Finding]:
    """Files that look like law and are not read."""
    for root in roots:
        for file in sorted(path for path in root.rglob("*") if path.suffix in BESIDE):
            home = file.parent.parent if file.parent.name in IN_FOLDERS else file.parent
            if home.resolve() not in folders:
                zh, en = (
                    "旁边没有 document.yaml，不会读取",
                    "there is no document.yaml beside it; it is not read",
                )
            elif kind_of(file) is None:
                zh, en = "不是政策文件的名称，不会读取", "not the name of a law file; it is not read"
            else:
                continue
            yield Finding("warning", "stray", zh, en, str(file.resolve()))
