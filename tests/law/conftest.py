"""What is read and found in a shipped document is read and found once a process: it does not change, and most tests
look at it beside one of their own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sanchong.law import checking, library
from sanchong.law.documents import Document, read_document
from sanchong.law.findings import Report
from sanchong.law.library import shipped_policies

_check = checking.check_document
_read_once = cache(read_document)


@cache
def _checked_once(folder: Path) -> tuple[list[Document], Report]:
    report = Report()
    return _check(folder, report), report


@pytest.fixture(autouse=True)
def shipped_documents_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Of any other document nothing is kept."""
    shipped = shipped_policies()

    def read(folder: Path) -> Document:
        return (_read_once if shipped in folder.parents else read_document)(folder)

    def check_document(folder: Path, report: Report) -> list[Document]:
        if shipped not in folder.parents:
            return _check(folder, report)
        documents, found = _checked_once(folder)
        report.add(found.findings)
        return list(documents)

    monkeypatch.setattr(library, "read_document", read)
    monkeypatch.setattr(checking, "check_document", check_document)
    yield
