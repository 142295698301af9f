"""Everything that a run comes to: the measures of each scenario and of each reform against the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sanchong.batch.columns import Array
from sanchong.simulation.frames import Frame
from sanchong.simulation.measures.binding import Binding, bindings
from sanchong.simulation.measures.burden import (
    Catastrophic,
    Patients,
    catastrophic,
    households_of,
    patients,
    per_head,
    subsistence_line,
)
from sanchong.simulation.measures.changes import (
    Change,
    Step,
    ToldApart,
    changes,
    settled_in_both,
    steps,
    told_apart,
)
from sanchong.simulation.measures.inequality import Curve, curve
from sanchong.simulation.measures.outlay import Outlay, outlays
from sanchong.simulation.scenarios import Outcome, Run

CURVES = ("income", "income_after", "cost", "benefit", "own")
"""Income before and after own payments (Lorenz); all cost, what the tiers paid, own payments (concentration)."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Measures of one scenario over people settled under it and under the baseline; amounts in fen."""

    outlays: tuple[Outlay, ...]
    patients: Patients
    catastrophic: Catastrophic
    curves: dict[str, Curve]


@dataclass(frozen=True, slots=True)
class Measured:
    """One scenario. ``with_baseline`` and what follows are None for the baseline itself."""

    name: str
    outlays: tuple[Outlay, ...]
    """Over everybody settled under it."""
    people_settled: int
    people_refused: int
    rejects: tuple[tuple[str, str, int], ...]
    """Rows refused by code and where."""
    assumed: tuple[str, ...]
    bindings: tuple[Binding, ...]
    own: Compared
    """Over people settled under both."""
    before: Compared
    """The baseline over the same people."""
    changes: tuple[Change, ...]
    steps: tuple[Step, ...]
    apart: ToldApart
    both: int
    """How many people are settled under both."""


@dataclass(frozen=True, slots=True)
class Results:
    """A run measured. The first scenario is the baseline."""

    year: int
    people: int
    households: int
    visits: int
    subsistence: float
    """The subsistence line, in fen a year and equivalent person."""
    scenarios: tuple[Measured, ...]

    @property
    def baseline(self) -> Measured:
        """The law as it stands."""
        return self.scenarios[0]

    @property
    def reforms(self) -> tuple[Measured, ...]:
        """The reforms, in the order in which they were named."""
        return self.scenarios[1:]


def measure(run: Run) -> Results:
    """Measure a run. AssertionError where a table does not add up to the statements."""
    frame, baseline = run.frame, run.outcomes[0]
    homes = households_of(frame, baseline)
    line = subsistence_line(homes, homes.whole)
    return Results(
        run.year,
        frame.people,
        len(homes.size),
        frame.visits,
        line,
        tuple(
            _measured(scenario.name, frame, baseline, outcome, line)
            for scenario, outcome in zip(run.scenarios, run.outcomes, strict=True)
        ),
    )


def _measured(name: str, frame: Frame, baseline: Outcome, outcome: Outcome, line: float) -> Measured:
    own = _compared(frame, baseline, outcome, outcome, line)
    return Measured(
        name,
        tuple(outlays(frame, outcome)),
        int(np.count_nonzero(~outcome.refused)),
        int(np.count_nonzero(outcome.refused)),
        tuple((code, where, rows) for (code, where), rows in sorted(outcome.rejects.items())),
        tuple(sorted(outcome.assumed)),
        tuple(bindings(frame, outcome)),
        own,
        own if outcome is baseline else _compared(frame, baseline, outcome, baseline, line),
        tuple(changes(frame, baseline, outcome)),
        tuple(steps(baseline, outcome)),
        told_apart(frame, baseline, outcome),
        int(np.count_nonzero(settled_in_both(baseline, outcome))),
    )


def _compared(frame: Frame, baseline: Outcome, reform: Outcome, shown: Outcome, line: float) -> Compared:
    """``shown``, one of the two, over the people settled under both."""
    both = settled_in_both(baseline, reform)
    homes = households_of(frame, shown)
    whole = homes.whole & households_of(frame, baseline).whole & households_of(frame, reform).whole
    return Compared(
        tuple(outlays(frame, shown, both)),
        patients(frame, shown, both),
        catastrophic(homes, line, whole),
        _curves(frame, shown, whole),
    )


def _curves(frame: Frame, outcome: Outcome, whole: Array) -> dict[str, Curve]:
    """The curves over the people of whole households. A household's income and payments stand for each member alike."""
    people = whole[frame.household]
    rank = per_head(frame)[people]
    homes = households_of(frame, outcome)
    size = np.maximum(frame.size, 1)
    after = (frame.income - homes.own[frame.household]) // size
    rows = outcome.settled & (frame.of_person >= 0)
    of_person = frame.of_person[rows]

    def by_person(*names: str) -> Array:
        found = np.zeros(frame.people, np.int64)
        for name in names:
            np.add.at(found, of_person, outcome.amounts[name][rows])
        return found

    benefit = by_person("pooled", "catastrophic", "assistance") + outcome.closing
    amounts = {
        "income": rank,
        "income_after": after[people],
        "cost": by_person("total")[people],
        "benefit": benefit[people],
        "own": outcome.year["patient"][people],
    }
    found = {}
    for name in CURVES:
        made = curve(after[people] if name == "income_after" else rank, amounts[name]) if len(rank) else None
        if made is not None:
            found[name] = made
    return found


# ── key figures, for the spread between seeds ─────────────────────────────────────────────────

KEY_FEN = ("pooled", "catastrophic", "assistance", "patient", "mean_own")
KEY_SHARES = ("own_share", "over_10_of_income", "over_25_of_income", "at_40_of_capacity")


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure by which populations of different seeds are compared."""

    scenario: str
    name: str
    value: Fraction
    """In fen, or a part of 1."""
    change: Fraction
    """Against the baseline, over people settled under both; 0 for the baseline."""


def key_figures(results: Results) -> list[KeyFigure]:
    """The key figures of every scenario, over the people settled under it and under the baseline."""
    found = []
    for scenario in results.scenarios:
        now, before = _key(scenario.own), _key(scenario.before)
        found += [KeyFigure(scenario.name, name, now[name], now[name] - before[name]) for name in now]
    return found


def _key(compared: Compared) -> dict[str, Fraction]:
    total = group(compared.outlays, "all", "all")
    fen = {name: Fraction(getattr(total, name)) for name in KEY_FEN if name != "mean_own"}
    shares = {name: compared.catastrophic.share(name) for name in KEY_SHARES if name != "own_share"}
    return {
        **fen, "mean_own": Fraction(compared.patients.mean), "own_share": compared.patients.own_share, **shares,
    }  # fmt: skip


def group(table: Sequence[Outlay], by: str, name: str) -> Outlay:
    """One row of a scenario's outlays."""
    return next(row for row in table if row.by == by and row.group == name)
