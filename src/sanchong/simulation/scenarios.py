"""One population settled under several laws: each part is read once and settled under the baseline and every reform.

Settling is that of ``sanchong batch settle`` (:func:`sanchong.batch.part.settle_part`); a reform is an overlay of its
look-ups. What comes back is laid beside the input row by row, so that two scenarios can be compared visit by visit and
person by person.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sanchong.batch.columns import Array
from sanchong.batch.law_rows import LawRows
from sanchong.batch.part import Setting, settle_part
from sanchong.batch.records import Part
from sanchong.batch.tables import CLOSE_ASSISTANCE, CLOSE_CATEGORIES, PEOPLE, VISITS
from sanchong.batch.unusable import Unusable
from sanchong.law.library import Law
from sanchong.law.terms import Overlay
from sanchong.law.values import Figure
from sanchong.money import MAX_AMOUNT, NO_LIMIT
from sanchong.settlement.options import Options
from sanchong.shapes import (
    ASSISTANCE_CAP,
    CATASTROPHIC_CAP,
    CATASTROPHIC_DEDUCTIBLE,
    CATEGORIES,
    MISSING,
    POOLED_ANNUAL_CAP,
    STATEMENT_AMOUNTS,
    UNMODELLED,
)
from sanchong.simulation.frames import ROW, Frame, frame_of, visit_persons
from sanchong.simulation.reforms import Reform

BASELINE: Final = "baseline"
AMOUNTS: Final = (
    "total", "dual_channel", "in_policy", "deductible", "pooled", "quota_excess", "catastrophic", "other",
    "assistance_deductible", "assistance", "hospital", "patient",
)  # fmt: skip
"""The amounts of a statement that measures look at."""
YEAR: Final = ("pooled", "catastrophic_burden", "catastrophic", "assistance", "patient")
assert set(AMOUNTS) <= set(STATEMENT_AMOUNTS)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that no column of the contract shows: how it is lifted, and which payment it withholds."""

    name: str
    first: int
    count: int
    payment: str
    """The statement's amount that the limit lowers."""
    nil: bool
    """Lifted by a deductible of nil, else by a cap that nobody reaches."""


LIMITS: Final = (
    Limit("pooled_annual_cap", POOLED_ANNUAL_CAP, 1, "pooled", False),
    Limit("catastrophic_deductible", CATASTROPHIC_DEDUCTIBLE, 1 + len(CATEGORIES), "catastrophic", True),
    Limit("catastrophic_annual_cap", CATASTROPHIC_CAP, 1 + len(CATEGORIES), "catastrophic", False),
    Limit("assistance_annual_cap", ASSISTANCE_CAP, len(CATEGORIES), "assistance", False),
)
"""How much such a limit withholds is found by settling whom it can bind once more with that one limit lifted."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """The law under a name: the baseline, or a reform laid over it."""

    name: str
    reform: Reform | None
    law: LawRows
    lifted: Mapping[str, LawRows]
    """By limit, the same law with that limit lifted."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """What a lifted limit would have paid, by visit row and, at the year's end, by person row, in fen; never negative."""

    visits: Array
    year_end: Array


@dataclass(slots=True)
class Outcome:
    """A population under one scenario. Rows are those of the input; amounts are fen, 0 where nothing was settled."""

    settled: Array
    """By visit."""
    amounts: dict[str, Array]
    """By visit."""
    refused: Array
    """By person: the year, or what the tables say of the person, was refused."""
    year: dict[str, Array]
    """By person: the columns of a result's year."""
    closing: Array
    """By person: the year-end payment."""
    closing_by_category: Array
    """By category (code − 1) and person."""
    rejects: Counter[tuple[str, str]]
    """Rows refused, by code and where."""
    assumed: set[str]
    """Addresses of assumed values that were used."""
    withheld: dict[str, Withheld] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """A population settled under every scenario; the first is the baseline."""

    frame: Frame
    scenarios: tuple[Scenario, ...]
    outcomes: tuple[Outcome, ...]
    year: int


def scenarios_of(
    law: Law, options: Options, known_on: dt.date, year: int, reforms: Sequence[Reform], *, withhold: bool
) -> tuple[Scenario, ...]:
    """The baseline and a scenario for each reform. ``withhold``: pay no assistance where it is unmodelled."""

    def rows(overlay: Overlay) -> LawRows:
        return LawRows(law, options, known_on, overlay, year, withhold)

    def scenario(name: str, reform: Reform | None) -> Scenario:
        overlay = {} if reform is None else reform.overlay
        lifted = {limit.name: rows({**overlay, **_lifting(limit, law, overlay)}) for limit in LIMITS}
        return Scenario(name, reform, rows(overlay), lifted)

    return (scenario(BASELINE, None), *(scenario(reform.name, reform) for reform in reforms))


def _lifting(limit: Limit, law: Law, overlay: Overlay) -> Overlay:
    """An overlay that lifts a limit where there is one: a missing value stays missing, and falls back as before."""
    there = {value.address.slot for value in law.values() if value.status != "unmodelled"} | set(overlay)
    figure = Figure(0 if limit.nil else MAX_AMOUNT)
    slots = range(limit.first, limit.first + limit.count)
    return {slot: [(dt.date.min, figure)] for slot in slots if slot in there}


# ── running ──────────────────────────────────────────────────────────────────────────────────


def run_scenarios(
    parts: Iterable[Part],
    scenarios: tuple[Scenario, ...],
    year: int,
    workers: int,
    advance: Callable[[int], None] = lambda visits: None,
) -> Run:
    """Settle every part under every scenario, ``workers`` parts at a time; ``advance`` is told of visits done.

    A person's year is closed. Unusable where a column that the measures need is missing.
    """
    setting = Setting(year)
    frames: list[Frame] = []
    outcomes: list[list[Outcome]] = []

    def settle(part: Part) -> tuple[Frame, list[Outcome]]:
        frame = frame_of(part)
        numbered = _numbered(part)
        return frame, [_settle(numbered, frame, scenario, setting) for scenario in scenarios]

    for frame, found in _side_by_side(settle, parts, workers):
        frames.append(frame)
        outcomes.append(found)
        advance(frame.visits)
    whole = [_together([found[i] for found in outcomes]) for i in range(len(scenarios))]
    return Run(Frame.together(frames), scenarios, tuple(whole), year)


def _side_by_side(
    work: Callable[[Part], tuple[Frame, list[Outcome]]], parts: Iterable[Part], workers: int
) -> Iterator[tuple[Frame, list[Outcome]]]:
    """The results in the parts' order, never more than a few parts ahead."""
    with ThreadPoolExecutor(workers, "simulate") as pool:
        ahead: deque[Future[tuple[Frame, list[Outcome]]]] = deque()
        try:
            for part in parts:
                ahead.append(pool.submit(work, part))
                if len(ahead) > workers + 1:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for waiting in ahead:
                waiting.cancel()


def _numbered(part: Part) -> Part:
    """The part with the number of each row of people and visits, which settling carries through, and nothing else."""

    def numbered(table: pa.Table, columns: Sequence[str]) -> pa.Table:
        return table.select(columns).append_column(ROW, pa.array(np.arange(len(table))))

    people, visits = numbered(part.people, PEOPLE.columns), numbered(part.visits, VISITS.columns)
    return Part(people, part.categories, part.recognitions, part.waivers, visits, part.lines)


def _settle(part: Part, frame: Frame, scenario: Scenario, setting: Setting) -> Outcome:
    """A numbered part under one scenario, with what each limit withholds."""
    outcome = _outcome(part, scenario.law, setting)
    for limit in LIMITS:
        bound = _may_be_bound(limit, outcome, scenario.law)
        withheld = Withheld(np.zeros(frame.visits, np.int64), np.zeros(frame.people, np.int64))
        if bound.any():
            lifted = _outcome(_of_people(part, bound), scenario.lifted[limit.name], setting, like=outcome)
            both = lifted.settled & outcome.settled
            more = lifted.amounts[limit.payment] - outcome.amounts[limit.payment]
            withheld.visits[both] = np.maximum(more[both], 0)
            if limit.payment == "assistance":
                same = bound & ~lifted.refused & ~outcome.refused
                withheld.year_end[same] = np.maximum(lifted.closing - outcome.closing, 0)[same]
        outcome.withheld[limit.name] = withheld
    return outcome


def _may_be_bound(limit: Limit, outcome: Outcome, law: LawRows) -> Array:
    """By person, whether the limit can have withheld anything: the year's payments reach the lowest cap in force."""
    if limit.nil:
        return outcome.year["catastrophic_burden"] > 0
    caps = [
        terms.num[slot]
        for terms in law.terms
        for slot in range(limit.first, limit.first + limit.count)
        if terms.status[slot] not in (MISSING, UNMODELLED) and terms.num[slot] != NO_LIMIT
    ]
    if not caps:
        return np.zeros(len(outcome.refused), np.bool_)
    found: Array = (outcome.year[limit.payment] >= min(caps)) & ~outcome.refused
    return found


def _outcome(part: Part, law: LawRows, setting: Setting, like: Outcome | None = None) -> Outcome:
    """What a numbered part comes to; ``like``: the outcome whose rows the part's numbers mean, where it is not whole."""
    visits = len(part.visits) if like is None else len(like.settled)
    people = len(part.people) if like is None else len(like.refused)
    done = settle_part(part, law, setting)
    of_visit, of_person = done.statements[ROW].to_numpy(), done.years[ROW].to_numpy()
    settled = np.zeros(visits, np.bool_)
    settled[of_visit] = True
    refused = np.zeros(people, np.bool_)
    places = pc.index_in(done.rejects["person"], part.people["person"].combine_chunks())
    numbers = part.people[ROW].to_numpy()
    refused[numbers[pc.drop_null(places).to_numpy()]] = True
    by_category = np.stack([_spread(done.years[name], of_person, people) for name in CLOSE_CATEGORIES])
    rejects = Counter(
        (row["code"], row["where"] or "") for row in done.rejects.select(["code", "where"]).to_pylist()
    )
    return Outcome(
        settled,
        {name: _spread(done.statements[name], of_visit, visits) for name in AMOUNTS},
        refused,
        {name: _spread(done.years[name], of_person, people) for name in YEAR},
        _spread(done.years[CLOSE_ASSISTANCE], of_person, people),
        by_category,
        rejects,
        _named(done.statements["assumed"]) | _named(done.years["close_year_assumed"]),
    )


def _spread(column: Any, rows: Array, count: int) -> Array:
    """A column at its rows, 0 elsewhere."""
    found = np.zeros(count, np.int64)
    found[rows] = pc.fill_null(column, 0).to_numpy()
    return found


def _named(column: Any) -> set[str]:
    """The words of a column of lists."""
    found: set[str] = set()
    for chunk in column.chunks:
        words = pc.list_flatten(chunk)
        places = pc.unique(words.indices).to_pylist()
        found |= {words.dictionary[place].as_py() for place in places}
    return found


def _of_people(part: Part, chosen: Array) -> Part:
    """The rows of some people of a numbered part."""
    people = part.people.filter(pa.array(chosen))
    names = people["person"].combine_chunks()

    def theirs(table: pa.Table) -> pa.Table:
        return table.filter(pc.is_in(table["person"], names))

    lines = None if part.lines is None else theirs(part.lines)
    of_visits = visit_persons(part)
    visits = part.visits.filter(pa.array((of_visits >= 0) & chosen[of_visits]))
    return Part(
        people, theirs(part.categories), theirs(part.recognitions), theirs(part.waivers), visits, lines
    )


def _together(outcomes: Sequence[Outcome]) -> Outcome:
    """The parts' outcomes as one, in their order."""

    def joined(arrays: list[Array], axis: int = 0) -> Array:
        return np.concatenate(arrays, axis)

    rejects: Counter[tuple[str, str]] = Counter()
    assumed: set[str] = set()
    for outcome in outcomes:
        rejects.update(outcome.rejects)
        assumed |= outcome.assumed
    withheld = {
        limit.name: Withheld(
            joined([o.withheld[limit.name].visits for o in outcomes]),
            joined([o.withheld[limit.name].year_end for o in outcomes]),
        )
        for limit in LIMITS
    }
    return Outcome(
        joined([o.settled for o in outcomes]),
        {name: joined([o.amounts[name] for o in outcomes]) for name in AMOUNTS},
        joined([o.refused for o in outcomes]),
        {name: joined([o.year[name] for o in outcomes]) for name in YEAR},
        joined([o.closing for o in outcomes]),
        joined([o.closing_by_category for o in outcomes], 1),
        rejects,
        assumed,
        withheld,
    )


def year_of(visits: pa.Table) -> int:
    """The one year of the visits; Unusable where there is none, or more than one."""
    days = pc.min_max(visits["date"]).as_py()
    if days["min"] is None:
        raise Unusable(
            "visits 表没有就诊，无从模拟", "the table visits is empty: there is nothing to simulate"
        )
    first, last = days["min"].year, days["max"].year
    if first != last:
        raise Unusable(
            f"visits 表含 {first} 至 {last} 年的就诊；请用 --year 指定一年，其余年度的行会被拒并列出",
            f"the table visits has visits of {first} to {last}; choose one --year, the rows of others are refused and listed",
        )
    return int(first)
