"""What an import would do: made from a sheet's records and what stands, writing nothing; then done, all or nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from sanchong.office.actor import Actor
from sanchong.office.dated import Dated
from sanchong.office.imports.columns import Column, Problem, Record, problem_of
from sanchong.office.keeping import Kind, clash, correct_all, group_of, keep, overlap
from sanchong.settlement.refusal import Refusal

D = TypeVar("D", bound=Dated)

NEW: Final = "new"
CHANGED: Final = "changed"
UNCHANGED: Final = "unchanged"
GONE: Final = "gone"
OUTCOMES: Final = (NEW, CHANGED, UNCHANGED, GONE)


@dataclass(frozen=True, slots=True)
class Options:
    """What is said of a whole import. Each kind says which of them it needs."""

    title: str = ""
    """Of an edition of the catalogue."""
    in_force_from: dt.date | None = None
    known_from: dt.date | None = None
    """None is today."""
    source: str = ""
    """On what ground: it stands on every row that is written, and is the reason of every correction."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a row comes to. ``key`` names it without personal data, ``fields`` are those that change.

    ``called`` is the name that the sheet itself gives, ``person`` the key of the registered person whom a sheet names by number
    only: for the page of who gave the sheet. Neither is kept, sent or logged.
    """

    row: int
    outcome: str
    key: str
    fields: Sequence[str] = ()
    called: str = ""
    person: int | None = None


@dataclass
class Plan:
    """All that an import would do, and how."""

    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    basis: list[Any] = field(default_factory=list)
    """Everything that is to be written, with the ids of the rows that it takes the place of: what the digest is over."""
    work: list[Callable[[Actor], object]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Rows by outcome, and the rows that are bad."""
        counted = Counter(change.outcome for change in self.changes)
        bad = len({problem.row for problem in self.problems})
        return {**{outcome: counted[outcome] for outcome in OUTCOMES}, "bad": bad}


@dataclass(frozen=True, slots=True)
class Importer:
    """A kind of import: its columns, and how records become a plan. ``needs`` are the options that it cannot do without."""

    name: str
    zh: str
    columns: Sequence[Column]
    plan: Callable[[Actor, Sequence[Record], Options, Plan], None]
    needs: Sequence[str] = ()


class Ledger(Generic[D]):
    """The rows of one dated kind during the making of a plan: those that stand, and those that are to be written.

    A record's row is new; or the same as one that stands; or it takes the place of one alike that starts on the same day; or it
    overlaps, which is a mistake of the record.
    """

    def __init__(self, kind: Kind, standing: Iterable[D]) -> None:
        self.kind = kind
        self.rows: dict[Hashable, list[D]] = {}
        for row in standing:
            self.rows.setdefault(group_of(kind, row), []).append(row)
        self.planned: set[int] = set()
        self.new: list[D] = []
        self.corrected: list[tuple[D, dict[str, Any]]] = []

    def take(self, row: D, content: Sequence[str], group: Hashable = None) -> tuple[str, list[str]]:
        """Plan a row; its outcome, and the fields in which it differs from the one that stands. Refusal if it cannot be.

        ``group`` is given for a row whose owner is yet to be registered.
        """
        self.kind.check(row)
        if row.end is not None and row.end < row.start:
            raise Refusal(
                "invalid_input",
                "end",
                f"终止日期早于起始日期 {row.start}",
                f"the end precedes the start {row.start}",
            )
        there = self.rows.setdefault(group_of(self.kind, row) if group is None else group, [])
        before = next((other for other in there if other.start == row.start), None)
        others = [other for other in there if other is not before]
        found = clash(self.kind, row, others)
        if found is not None:
            raise overlap(self.kind, found)
        if before is None:
            self._plan(there, row)
            self.new.append(row)
            return NEW, []
        if id(before) in self.planned:
            raise Refusal("repeated", "", "与前面的行重复", "the same as a row above")
        fields = [name for name in (*content, "end") if getattr(before, name) != getattr(row, name)]
        self.planned.add(id(before))
        if not fields:
            return UNCHANGED, []
        self.corrected.append((before, {name: getattr(row, name) for name in fields}))
        there.remove(before)
        self._plan(there, row)
        return CHANGED, fields

    def _plan(self, there: list[D], row: D) -> None:
        there.append(row)
        self.planned.add(id(row))

    def basis(self) -> list[Any]:
        """What is to be written, for the digest."""
        return [
            [self.kind.name, "new", [_said(row) for row in self.new]],
            [
                self.kind.name,
                "correct",
                [[row.pk, {k: str(v) for k, v in c.items()}] for row, c in self.corrected],
            ],
        ]

    def write(self, actor: Actor, options: Options) -> None:
        """Write the rows that are new and those that take another's place."""
        if self.corrected:
            reason = options.source or "批量导入"
            correct_all(self.kind, actor, self.corrected, reason, options.known_from)
        if self.new:
            keep(self.kind, actor, self.new)


def _said(row: Dated) -> dict[str, str]:
    return {
        f.attname: str(getattr(row, f.attname))
        for f in row._meta.concrete_fields
        if f.name not in ("id", "recorded_at", "known_from")
    }


def by_row(
    records: Sequence[Record], columns: Sequence[Column], plan: Plan, take: Callable[[Record], Change]
) -> None:
    """Take every record; a refusal becomes a problem of its row."""
    for record in records:
        try:
            plan.changes.append(take(record))
        except Refusal as refusal:
            plan.problems.append(problem_of(record, refusal, columns))


def outcome_of(outcomes: Iterable[str]) -> str:
    """What a row comes to that does several things: new if the first of them is, changed if any changes."""
    first, *rest = outcomes
    if first == NEW:
        return NEW
    return CHANGED if first == CHANGED or any(o != UNCHANGED for o in rest) else UNCHANGED


def named(choices: Iterable[tuple[Any, Any]]) -> Mapping[str, str]:
    """A field's choices, as a reader of cells takes them."""
    return {str(code): str(name) for code, name in choices}
