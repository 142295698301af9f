"""A settled case as the fold leaves it, with all that stands behind each statement."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sanchong.law.terms import Resolution
from sanchong.rules.rule import Call
from sanchong.settlement.attribution import LinePart
from sanchong.settlement.case import Case, CaseVisit
from sanchong.shapes import Closing, State, Statement, Visit


@dataclass(slots=True)
class SettledVisit:
    """One visit of a settled case with all that stands behind its statement."""

    visit: CaseVisit
    record: Visit
    book: Statement
    rows: list[LinePart]
    resolution: Resolution
    used: list[int]
    """The slots of the values that the statement leans on, in order."""
    calls: list[Call]
    line_calls: list[Call]


@dataclass(slots=True)
class Settled:
    """A settled case: its visits, the year-end payment, the person's year."""

    case: Case
    visits: list[SettledVisit]
    closing: Closing | None
    closing_resolution: Resolution | None
    closing_calls: list[Call]
    state: State
    known_on: dt.date
    household: str
    """The place of registration on the last visit whose base was deferred: whose assistance the year's end is."""
    documents: dict[str, dt.date] = field(default_factory=dict)
    """Each document used, and the latest date of knowledge it was used with."""
    overlaid: dict[tuple[int, tuple[bool, ...]], Resolution] = field(default_factory=dict)
