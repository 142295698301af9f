"""Settling a case: the fold, traced; the obstacles; the result as the contract writes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from operator import attrgetter
from typing import Any, Final

from sanchong.dates import today
from sanchong.law.library import Law
from sanchong.law.terms import Resolution, Resolver, overlaid
from sanchong.money import plain_yuan
from sanchong.rules.assistance import close_year
from sanchong.rules.rule import Version, recording
from sanchong.rules.year import step
from sanchong.settlement.attribution import LinePart, attribute, check_statement
from sanchong.settlement.case import Case, CaseVisit, spell_on, split_line
from sanchong.settlement.explanation import Explainer
from sanchong.settlement.obstacles import refuse_obstacle, refuse_values
from sanchong.settlement.options import Options
from sanchong.settlement.reading import read_case
from sanchong.settlement.receipt import canonical_case, sha256
from sanchong.settlement.reduce import reduce_visit
from sanchong.settlement.refusal import Refusal
from sanchong.settlement.settled import Settled, SettledVisit
from sanchong.shapes import (
    ADDRESSES,
    ASSUMED,
    CATEGORIES,
    GATES,
    KINDS,
    OUTPATIENT,
    STATEMENT_AMOUNTS,
    UNMODELLED,
    Closing,
    State,
    Statement,
    slots_of,
)
from sanchong.version import CURRENT, ENGINE, version_of

NOWHERE: Final = "000000"
"""The household's area at the year's end of whom nothing is due then."""


class Engine:
    """Settles cases by one law. Made once, used for any number of cases, from any thread."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self.resolver = Resolver(law)
        self.explainer = Explainer(law, CURRENT)
        self._former: dict[Version, Explainer] = {}

    def settle(self, data: Any, options: Options | None = None) -> dict[str, Any]:
        """The contract's result of a case given as JSON data: settled, or refused with its error."""
        options = options or Options()
        name = data.get("case") if isinstance(data, dict) else None
        try:
            case = read_case(data, self.law.diseases)
            return self.result(self.fold(case, options), options)
        except Refusal as refusal:
            return refused(name if isinstance(name, str) else None, refusal, options.lang)

    def fold(self, case: Case, options: Options, state: State | None = None, household: str = "") -> Settled:
        """Fold a case's visits in their order; Refusal at the first visit with an obstacle.

        ``state`` is the year before the case, which is carried forward in place; ``household`` the place of
        registration on the last visit before it whose base was deferred.
        """
        known_on = case.known_on or options.known_on or self.law.known_by(today())
        settled = Settled(case, [], None, None, [], state or State(), known_on, household)
        for i, visit in enumerate(case.visits):
            done = self._settle_visit(settled, visit, options)
            refuse_obstacle(self.law, case, i, done, options)
            check_statement(done.book, done.rows)
            settled.visits.append(done)
            _note_documents(settled, done.resolution, done.used, done.visit.known_on or known_on)
            if visit.kind == OUTPATIENT and done.resolution.outpatient:
                settled.documents.setdefault(done.resolution.outpatient.id, visit.known_on or known_on)
            if done.book.deferred_base:
                settled.household = spell_on(case.person.household_region, visit.date)
        if case.close_year:
            self._close(settled, options)
        return settled

    def _settle_visit(self, settled: Settled, visit: CaseVisit, options: Options) -> SettledVisit:
        case = settled.case
        household = spell_on(case.person.household_region, visit.date)
        known_on = visit.known_on or settled.known_on
        resolution = self._resolve(settled, household, visit.date, known_on, options)
        book = Statement()
        lines, trace = recording(), recording()
        with lines if options.explain else nullcontext():
            splits = [split_line(line) for line in visit.lines]
        record = reduce_visit(case, visit, resolution.terms, splits)
        with trace if options.explain else nullcontext():
            step(settled.state, record, resolution.terms, book)
        rows = attribute(splits, book)
        used = slots_of(book.used)
        return SettledVisit(visit, record, book, rows, resolution, used, trace.calls, lines.calls)

    def _resolve(
        self, settled: Settled, household: str, day: dt.date, known_on: dt.date, options: Options
    ) -> Resolution:
        """Terms for a day of the case, its overlay laid once over each state of the law."""
        case = settled.case
        base = self.resolver.resolve(case.region, household, day, known_on, None, options.also_known)
        if not case.overlay:
            return base
        turns = tuple(start <= day for dated in case.overlay.values() for start, _ in dated)
        found = settled.overlaid.get((id(base), turns))
        if found is None:
            found = settled.overlaid[id(base), turns] = overlaid(base, case.overlay, day)
        return found

    def _close(self, settled: Settled, options: Options) -> None:
        case, household = settled.case, settled.household or NOWHERE
        day = dt.date(case.year, 12, 31)
        resolution = self._resolve(settled, household, day, settled.known_on, options)
        closing = Closing()
        trace = recording()
        with trace if options.explain else nullcontext():
            close_year(settled.state, resolution.terms, closing)
        settled.closing_calls = trace.calls
        used = slots_of(closing.used)
        refuse_values(self.law, resolution.terms, used, options, withhold=False)
        settled.closing, settled.closing_resolution = closing, resolution
        _note_documents(settled, resolution, used, settled.known_on)

    def result(self, settled: Settled, options: Options) -> dict[str, Any]:
        """A settled case as the contract writes it, with explanation and receipt."""
        visits = [_visit_result(done) for done in settled.visits]
        closing = _closing_result(settled)
        year = _year_result(settled)
        hashed = {"visits": visits, "close_year": closing, "year": year}
        receipt = {
            "engine": ENGINE,
            "law": {
                name: self.law.digest(name, None if name in options.also_known else on)
                for name, on in sorted(settled.documents.items())
            },
            "inputs": sha256(canonical_case(settled.case)),
            "result": sha256(hashed),
            "known_on": settled.known_on.isoformat(),
        }
        if options.explain:
            explainer = self._explainer_of(options.told_by)
            told = [_explained(explainer, done) for done in settled.visits]
            told_closing = _explained_closing(explainer, settled)
            receipt["explanation"] = sha256({"visits": told, "close_year": told_closing})
            for visit, said in zip(visits, told, strict=True):
                visit["explanation"] = said
            if closing is not None:
                closing["explanation"] = told_closing
        return {
            "case": settled.case.id,
            "ok": True,
            "visits": visits,
            "close_year": closing,
            "year": year,
            "receipt": receipt,
        }

    def _explainer_of(self, engine: str) -> Explainer:
        """That of this engine, or of a former one in whose words a result is told again."""
        version = version_of(engine)
        if version == self.explainer.engine:
            return self.explainer
        return self._former.setdefault(version, Explainer(self.law, version))


def _explained(explainer: Explainer, done: SettledVisit) -> list[dict[str, Any]]:
    said = []
    for line, call in zip(done.visit.lines, done.line_calls, strict=True):
        for node in explainer.nodes([call], done.resolution):
            node.said["line"] = line.id
            said.append(node.said)
    return said + [node.said for node in explainer.nodes(done.calls, done.resolution)]


def _explained_closing(explainer: Explainer, settled: Settled) -> list[dict[str, Any]]:
    if settled.closing_resolution is None:
        return []
    nodes = explainer.nodes(settled.closing_calls, settled.closing_resolution)
    return [node.said for node in nodes]


def refused(name: str | None, refusal: Refusal, lang: str = "zh") -> dict[str, Any]:
    """A refusal as the contract writes it, its message in Chinese or English."""
    error = {"code": refusal.code, "message": refusal.messages[lang], "where": refusal.where}
    if refusal.clause:
        error["clause"] = refusal.clause
    return {"case": name, "ok": False, "error": error}


# ── the result ───────────────────────────────────────────────────────────────────────────────


def _visit_result(done: SettledVisit) -> dict[str, Any]:
    book, status = done.book, done.resolution.terms.status
    said: dict[str, Any] = {
        "id": done.visit.id,
        "kind": KINDS[done.visit.kind],
        "date": done.visit.date.isoformat(),
    }
    said["category"] = CATEGORIES[done.record.category - 1] if done.record.category else None
    said.update(zip(STATEMENT_AMOUNTS, map(plain_yuan, _amounts(book)), strict=True))
    said["gates"] = [gate for bit, gate in enumerate(GATES) if book.gates >> bit & 1]
    said["assumed"] = [ADDRESSES[s].name for s in done.used if status[s] == ASSUMED]
    said["unmodelled"] = [ADDRESSES[s].name for s in done.used if status[s] == UNMODELLED]
    said["lines"] = [
        dict(zip(_LINE, (line.id, *map(plain_yuan, row)), strict=True))
        for line, row in zip(done.visit.lines, done.rows, strict=True)
    ]
    return said


_amounts: Final[Callable[[Statement], tuple[int, ...]]] = attrgetter(*STATEMENT_AMOUNTS)
_LINE: Final = ("id", *LinePart._fields)


def _closing_result(settled: Settled) -> dict[str, Any] | None:
    closing, resolution = settled.closing, settled.closing_resolution
    if closing is None or resolution is None:
        return None
    state = settled.state
    by_category = {
        name: plain_yuan(closing.paid[at]) for at, name in enumerate(CATEGORIES) if state.deferred_turn[at]
    }
    status = resolution.terms.status
    return {
        "assistance": plain_yuan(closing.assistance),
        "by_category": by_category,
        "assumed": [ADDRESSES[s].name for s in slots_of(closing.used) if status[s] == ASSUMED],
    }


def _year_result(settled: Settled) -> dict[str, str]:
    state = settled.state
    paid_at_end = settled.closing.assistance if settled.closing else 0
    return {
        "pooled": plain_yuan(state.pooled),
        "catastrophic_burden": plain_yuan(state.catastrophic_burden),
        "catastrophic": plain_yuan(state.catastrophic),
        "assistance": plain_yuan(state.assistance_used),
        "assistance_deductible": plain_yuan(state.deductible_filled),
        "patient": plain_yuan(state.patient - paid_at_end),
    }


def _note_documents(settled: Settled, resolution: Resolution, used: Iterable[int], known_on: dt.date) -> None:
    """The documents whose values were used, each with the latest date of knowledge it was used with."""
    sources = resolution.sources
    for name in dict.fromkeys(source.document for slot in used if (source := sources[slot]) is not None):
        settled.documents[name] = max(settled.documents.get(name, known_on), known_on)
