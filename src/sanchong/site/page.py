"""A page as its template draws it, and the small records that stand on pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sanchong.bill.model import Segment
from sanchong.law.documents import Clause
from sanchong.settlement.worked import Worked

Entry = tuple[str, str, str, str, str]
"""A page in the search index: kind, title, address, path, further words."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its path in the language's folder, template, heading, where it stands, what it shows."""

    path: str
    template: str
    title: str
    section: str
    crumbs: tuple[tuple[str, str], ...] = ()
    """Label and path of the pages above it."""
    facts: dict[str, Any] = field(default_factory=dict)
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A worked case in short: what it cost and who paid, or why it was refused."""

    case: Worked
    title: str
    total: int
    patient: int
    stack: tuple[Segment, ...]
    refused: str
    answer: str = ""
    """What is answered, of a small question."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A requirement row in the picture of coverage."""

    row: str
    clause: Clause | None
    shade: str
    kinds: str
    carriers: str
    said: str
    met: bool


def legend_of(outcomes: Sequence[Outcome]) -> dict[str, str]:
    """The colours that stand in the bars of some outcomes, with their labels."""
    return {part.colour: part.label for one in outcomes for part in one.stack if part.width}
