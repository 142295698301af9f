"""One person-year: its entries taken in their turn, each settled again by the law known then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from sanchong.money import Fen, parse_yuan
from sanchong.office.claims import ledger
from sanchong.office.claims.models import Settlement
from sanchong.office.claims.services.writing import unexplained
from sanchong.office.claims.year import options_of
from sanchong.office.integrity.fold import Fold
from sanchong.office.integrity.report import Finding, finding
from sanchong.office.integrity.rows import YearRows
from sanchong.office.lawbook.services import engine_of
from sanchong.settlement.entry import Entry, settle_entry
from sanchong.settlement.verify import Difference, differences_of
from sanchong.version import ENGINE

Data = dict[str, Any]


class Unproven(Exception):
    """An entry that cannot be settled again: what follows it cannot be compared. It was reported."""


@dataclass(slots=True)
class Kept:
    """An entry with what it keeps, read."""

    row: Settlement
    place: int
    """The turn of the first settlement of its visit: its place in the fold."""
    inputs: Data
    before: Data
    result: Data
    again: Entry | None = None
    """Settled again from ``before``; None if that is refused."""
    readable: bool = True
    engine: str = ENGINE
    """Which engine settled it, in whose words it was explained."""

    @property
    def amounts(self) -> dict[str, Fen]:
        """What each payer bears, in fen."""
        return ledger.amounts_of(self.result)

    def settled_from(self, before: Mapping[str, Any]) -> Entry:
        """The entry settled onto another state; Unproven if it is refused."""
        if before == self.before:
            if self.again is None:
                raise Unproven
            return self.again
        try:
            return self.settle(before)
        except Exception as problem:  # whatever stops the engine, the year is not proven
            raise Unproven from problem

    def settle(self, before: Mapping[str, Any]) -> Entry:
        """The entry settled onto a state, by the law and the acceptances that it was settled with."""
        options = replace(options_of(self.row), told_by=self.engine)
        return settle_entry(engine_of(self.row.bundle_id), self.inputs, before, options)


@dataclass(slots=True)
class Walk:
    """The audit of one year on its way through the entries."""

    rows: YearRows
    fold: Fold[Kept] = field(default_factory=lambda: Fold.by(_after))
    latest: dict[int, Kept] = field(default_factory=dict)
    """What stands, by place; the year's end too."""
    places: dict[int, int] = field(default_factory=dict)
    """The place of every entry, by its id."""
    visits: dict[int, int] = field(default_factory=dict)
    """The place of each visit that stands."""
    closing: int | None = None
    """The place of the year's end."""
    recorded: Data | None = None
    """Where the last settled entry says that it ended, if that is not where the fold is: told once, not again."""

    def findings(self) -> Iterator[Finding]:
        """What does not hold in the year's entries and accumulators."""
        yield from self._turns()
        yield from self._reasons()
        for row in self.rows.entries:
            yield from self._entry(row)
        yield from self._year()
        yield from self._adjusted()

    def _turns(self) -> Iterator[Finding]:
        for expected, row in enumerate(self.rows.entries, 1):
            if row.turn != expected:
                yield finding("turn.gap", row.number, expected=expected, found=row.turn)
                break
        if self.rows.year.entries != len(self.rows.entries):
            yield finding(
                "year.entries",
                self.rows.where,
                found=self.rows.year.entries,
                expected=len(self.rows.entries),
            )

    def _reasons(self) -> Iterator[Finding]:
        """Each reversal has its reason beside it, and nothing else has one."""
        for row in self.rows.entries:
            if row.kind == "reverse" and row.pk not in self.rows.explained:
                yield finding("reversal.unexplained", row.number)
            if row.kind != "reverse" and row.pk in self.rows.explained:
                yield finding("reversal.nothing", row.number)

    # ── an entry ─────────────────────────────────────────────────────────────────────────────

    def _entry(self, row: Settlement) -> Iterator[Finding]:
        replaced, problem = self._place(row)
        if problem is not None:
            yield problem
            return
        if row.kind == "reverse":
            assert replaced is not None and row.visit_id is not None
            if replaced.readable:
                yield from _amounts_agree(row, {payer: -fen for payer, fen in replaced.amounts.items()})
                yield from _total_agrees(row, -ledger.total_of(replaced.result))
            self.fold.take(replaced.place)
            del self.latest[replaced.place], self.visits[row.visit_id]
            self.recorded = None
            return
        try:
            inputs, before, result = map(_read, (row.inputs, row.before, row.result))
            kept = Kept(row, self.places[row.pk], inputs, before, result)
            amounts, total = kept.amounts, ledger.total_of(kept.result)
            lines = list(_lines_add_up(kept))
            kept.engine = str(kept.result["receipt"].pop("engine"))
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            yield finding("entry.unreadable", row.number, problem=problem)
            self._stand(Kept(row, self.places[row.pk], {}, {}, {}, readable=False))
            return
        yield from self._recompute(kept)
        yield from self._before(kept)
        if replaced is None or replaced.readable:
            was = ledger.NOTHING if replaced is None else replaced.amounts
            yield from _amounts_agree(row, ledger.difference(was, amounts))
            yield from _total_agrees(
                row, total - (0 if replaced is None else ledger.total_of(replaced.result))
            )
        yield from lines
        if kept.again is not None:
            yield from self._owner(kept)
        self._stand(kept)

    def _place(self, row: Settlement) -> tuple[Kept | None, Finding | None]:
        """What the entry takes the place of (None: of nothing), or why it cannot stand here."""
        if row.replaces_id is None:
            self.places[row.pk] = row.turn
            if row.kind in ("reverse", "adjust"):
                return None, _misplaced(row, "未写明所更正的结算", "does not say what it replaces")
            if row.visit_id in self.visits:
                return None, _misplaced(row, "该就诊已结算", "its visit was settled before")
            if row.kind == "close" and self.closing is not None:
                return None, _misplaced(row, "该年度已年终结算", "the year was closed before")
            return None, None
        place = self.places.get(row.replaces_id)
        replaced = None if place is None else self.latest.get(place)
        if replaced is None or replaced.row.pk != row.replaces_id or replaced.row.visit_id != row.visit_id:
            self.places[row.pk] = row.turn if place is None else place
            return None, _misplaced(row, "所更正的结算已不在其位", "what it replaces does not stand")
        self.places[row.pk] = replaced.place
        return replaced, None

    def _stand(self, kept: Kept) -> None:
        self.latest[kept.place] = kept
        if kept.row.visit_id is None:
            self.closing = kept.place
            return
        self.visits[kept.row.visit_id] = kept.place
        self.fold.put(kept.place, kept)
        self.recorded = None
        if kept.row.kind == "settle" and kept.again is not None:
            self.recorded = kept.again.after.data()

    def _recompute(self, kept: Kept) -> Iterator[Finding]:
        """The entry, settled again from what it keeps, gives the receipt that it keeps."""
        try:
            kept.again = kept.settle(kept.before)
        except Exception as problem:  # a refusal, or whatever else spoilt inputs or a spoilt bundle lead to
            yield finding("entry.refused", kept.row.number, problem=f"{type(problem).__name__}: {problem}")
            return
        differing = list(differences_of(kept.result, _kept_of(kept.again.result), ""))
        if differing:
            first = next((d for d in differing if not d.where.startswith("receipt")), differing[0])
            yield finding(
                "entry.recompute",
                f"{kept.row.number}.{first.where}",
                found=first.stored,
                expected=first.recomputed,
                count=len(differing),
            )

    def _before(self, kept: Kept) -> Iterator[Finding]:
        """The entry starts where those before it ended."""
        try:
            start = self.fold.state() if kept.row.visit_id is None else self.fold.before(kept.place)
        except Unproven:
            return
        if kept.before != start and kept.before != self.recorded:
            yield _differs("entry.before", kept.row.number, kept.before, start)

    def _owner(self, kept: Kept) -> Iterator[Finding]:
        """The entry is of this person, this year, this visit."""
        row, year, inputs = kept.row, self.rows.year, kept.inputs
        visit = None if row.visit_id is None else self.rows.visits[row.visit_id]
        wrong = [
            what
            for what, right in (
                ("inputs.year", inputs.get("year") == year.year),
                ("inputs.person", inputs.get("person", {}).get("id") == self.rows.person),
                ("inputs.visits", [v["id"] for v in inputs["visits"]] == ([visit.number] if visit else [])),
                ("visit.person", visit is None or visit.person_id == year.person_id),
                ("realm", visit is None or visit.realm_id == row.realm_id),
            )
            if not right
        ]
        if wrong:
            yield finding("entry.owner", row.number, problem=", ".join(wrong))

    # ── the year ─────────────────────────────────────────────────────────────────────────────

    def _year(self) -> Iterator[Finding]:
        """The accumulators are the fold of what stands, and the year is closed if it has an end."""
        year, where = self.rows.year, self.rows.where
        if year.closed != (self.closing is not None):
            yield finding("year.closed", where)
        try:
            stored = orjson.loads(year.state)
        except ValueError as problem:
            yield finding("entry.unreadable", f"{where}.state", problem=problem)
            return
        try:
            state = self.fold.state()
        except Unproven:
            return
        if stored != state:
            yield _differs("year.state", where, stored, state)

    def _adjusted(self) -> Iterator[Finding]:
        """Folded from the start, every entry that stands still comes to what was paid; sums by visit agree."""
        paid: dict[int | None, dict[str, Fen]] = {}
        for row in self.rows.entries:
            sums = paid.setdefault(row.visit_id, dict.fromkeys(ledger.PAYERS, 0))
            for payer in ledger.PAYERS:
                sums[payer] += getattr(row, payer)
        for visit, sums in paid.items():
            place = self.closing if visit is None else self.visits.get(visit)
            kept = None if place is None else self.latest[place]
            if kept is not None and not kept.readable:
                continue
            where = self.rows.where if visit is None else self.rows.visits[visit].number
            yield from _same("visit.sum", where, sums, kept.amounts if kept else ledger.NOTHING)
            if kept is not None:
                yield from self._still(kept)

    def _still(self, kept: Kept) -> Iterator[Finding]:
        try:
            start = self.fold.state() if kept.row.visit_id is None else self.fold.before(kept.place)
            if start == kept.before:
                return
            now = ledger.amounts_of(kept.settled_from(start).result)
        except Unproven:
            return
        yield from _same("entry.unadjusted", kept.row.number, kept.amounts, now)


def _after(kept: Kept, before: Data) -> Data:
    return kept.settled_from(before).after.data()


def _read(text: str | None) -> Data:
    if text is None:
        raise ValueError("missing")
    return dict(orjson.loads(text))


def _kept_of(result: Mapping[str, Any]) -> Data:
    """What must come out again: what is kept of a result, less the engine's name."""
    kept = unexplained(result)
    return {**kept, "receipt": {k: v for k, v in kept["receipt"].items() if k != "engine"}}


def _misplaced(row: Settlement, zh: str, en: str) -> Finding:
    return finding("entry.place", row.number, problem_zh=zh, problem=en)


def _differs(code: str, where: str, stored: Data, right: Data) -> Finding:
    first = next(differences_of(stored, right, ""), Difference("", stored, right))
    return finding(code, where, at=first.where, found=first.stored, expected=first.recomputed)


def _same(code: str, where: str, found: Mapping[str, Fen], expected: Mapping[str, Fen]) -> Iterator[Finding]:
    for payer in ledger.PAYERS:
        if found[payer] != expected[payer]:
            yield finding(code, f"{where}.{payer}", found=found[payer], expected=expected[payer])


def _amounts_agree(row: Settlement, change: Mapping[str, Fen]) -> Iterator[Finding]:
    yield from _same("entry.amounts", row.number, {p: getattr(row, p) for p in ledger.PAYERS}, change)


def _total_agrees(row: Settlement, total: Fen) -> Iterator[Finding]:
    if row.total != total:
        yield finding("entry.amounts", f"{row.number}.total", found=row.total, expected=total)


def _lines_add_up(kept: Kept) -> Iterator[Finding]:
    """The lines of a statement add up to it, payer by payer."""
    for visit in kept.result["visits"]:
        if not visit["lines"]:
            continue
        for payer in ledger.PAYERS:
            lines, right = sum(parse_yuan(line[payer]) for line in visit["lines"]), parse_yuan(visit[payer])
            if lines != right:
                where = f"{kept.row.number}.visits[0].{payer}"
                yield finding("entry.lines", where, found=lines, expected=right)
