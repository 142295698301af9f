"""Winners and losers of a reform: who pays less or more than under the baseline, among people settled under both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sanchong.batch.columns import Array
from sanchong.money import half_up
from sanchong.shapes import CATEGORIES
from sanchong.simulation.frames import Frame
from sanchong.simulation.measures.burden import fifths
from sanchong.simulation.measures.outlay import NO_GROUP, PAYERS, grouped
from sanchong.simulation.scenarios import Outcome

FIFTHS: Final = ("1", "2", "3", "4", "5")
STEPS: Final = (0, 10_000, 50_000, 100_000, 500_000, 1_000_000)
"""Lower bounds in fen of the steps by which gains and losses are counted: over 0, 100, 500, 1,000, 5,000, 10,000 yuan."""


@dataclass(frozen=True, slots=True)
class Change:
    """Winners and losers of one group; amounts in fen, all positive."""

    unit: str
    """person or household."""
    by: str
    group: str
    counted: int
    winners: int
    losers: int
    gained: int
    lost: int
    gained_median: int
    lost_median: int
    gained_most: int
    lost_most: int

    @property
    def gained_mean(self) -> int:
        """Of a winner, half up to the fen."""
        return half_up(self.gained, self.winners) if self.winners else 0

    @property
    def lost_mean(self) -> int:
        """Of a loser, half up to the fen."""
        return half_up(self.lost, self.losers) if self.losers else 0


@dataclass(frozen=True, slots=True)
class Step:
    """How many people gain or lose above one bound and up to the next, and how much together, in fen."""

    above: int
    winners: int
    losers: int
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class ToldApart:
    """People settled under only one of the two laws, and what they come to under it, in fen."""

    newly_settled: int
    newly_refused: int
    newly: dict[str, int]
    """By payer, over the people newly settled."""
    no_longer: dict[str, int]
    """By payer, over the people newly refused, under the baseline."""


def settled_in_both(baseline: Outcome, reform: Outcome) -> Array:
    """By person, whether the year was refused under neither."""
    found: Array = ~baseline.refused & ~reform.refused
    return found


def changes(frame: Frame, baseline: Outcome, reform: Outcome) -> list[Change]:
    """Winners and losers: people together, by category and by fifth of income per head; households together."""
    both = settled_in_both(baseline, reform)
    less = np.where(both, baseline.year["patient"] - reform.year["patient"], 0)
    place = fifths(frame, both)
    found = [_change("person", "all", "all", less[both])]
    found += [
        _change("person", "category", name, less[both & (frame.held == code)])
        for code, name in enumerate((NO_GROUP, *CATEGORIES))
    ]
    found += [_change("person", "fifth", name, less[place == i]) for i, name in enumerate(FIFTHS)]
    homes = int(frame.household.max()) + 1 if frame.people else 0
    whole = grouped((~both).astype(np.int64), frame.household, homes) == 0
    found.append(_change("household", "all", "all", grouped(less, frame.household, homes)[whole]))
    return found


def _change(unit: str, by: str, group: str, less: Array) -> Change:
    gains, losses = np.sort(less[less > 0]), np.sort(-less[less < 0])

    def middle(rising: Array) -> int:
        return int(rising[(len(rising) - 1) // 2]) if len(rising) else 0

    def most(rising: Array) -> int:
        return int(rising[-1]) if len(rising) else 0

    return Change(
        unit, by, group, len(less), len(gains), len(losses), int(gains.sum()), int(losses.sum()),
        middle(gains), middle(losses), most(gains), most(losses),
    )  # fmt: skip


def steps(baseline: Outcome, reform: Outcome) -> list[Step]:
    """Winners and losers by how much: each step is above its bound and up to the next one's."""
    both = settled_in_both(baseline, reform)
    less = (baseline.year["patient"] - reform.year["patient"])[both]
    found = []
    for above, upto in zip(STEPS, (*STEPS[1:], None), strict=True):
        gains = less[(less > above) & (less <= upto if upto is not None else True)]
        losses = -less[(-less > above) & (-less <= upto if upto is not None else True)]
        found.append(Step(above, len(gains), len(losses), int(gains.sum()), int(losses.sum())))
    return found


def told_apart(frame: Frame, baseline: Outcome, reform: Outcome) -> ToldApart:
    """Whom only one of the two laws settles."""
    newly, no_longer = baseline.refused & ~reform.refused, reform.refused & ~baseline.refused
    return ToldApart(
        int(newly.sum()), int(no_longer.sum()), _paid(frame, reform, newly), _paid(frame, baseline, no_longer)
    )


def _paid(frame: Frame, outcome: Outcome, among: Array) -> dict[str, int]:
    rows = outcome.settled & (frame.of_person >= 0) & among[frame.of_person]
    closing = int(outcome.closing[among].sum())
    moved = {"assistance": closing, "patient": -closing}
    return {name: int(outcome.amounts[name][rows].sum()) + moved.get(name, 0) for name in PAYERS}
