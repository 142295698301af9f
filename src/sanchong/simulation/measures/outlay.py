"""Who pays: every payer's outlay by kind, category, disease, hospital class, insurance and month, to the fen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sanchong.batch.columns import Array
from sanchong.shapes import CATEGORIES, DISEASES, INPATIENT_CLASSES, INSURANCES, KINDS
from sanchong.simulation.frames import NONE, Frame
from sanchong.simulation.scenarios import Outcome

PAYERS: Final = ("pooled", "catastrophic", "other", "assistance", "hospital", "patient")
"""Who bears a visit's cost, save what a dual channel settles elsewhere."""
TIERS: Final = ("pooled", "catastrophic", "assistance")
YEAR_END: Final = "year_end"
"""The group of the year-end payment where it belongs to no visit."""
NO_GROUP: Final = "none"
GROUPS: Final = {
    "all": ("all",),
    "kind": (*KINDS, YEAR_END),
    "category": (NO_GROUP, *CATEGORIES),
    "disease": (*DISEASES, NO_GROUP, YEAR_END),
    "hospital": (*INPATIENT_CLASSES, NO_GROUP, YEAR_END),
    "insurance": INSURANCES,
    "month": (*(f"{month:02d}" for month in range(1, 13)), YEAR_END),
}
"""The groups of each dimension, in order."""


@dataclass(frozen=True, slots=True)
class Outlay:
    """What the visits of one group come to, in fen; ``total`` includes ``dual_channel``, which nobody here pays.

    ``assistance`` has the year-end payment and ``patient`` is less it.
    """

    by: str
    group: str
    visits: int
    persons: int
    total: int
    dual_channel: int
    in_policy: int
    pooled: int
    catastrophic: int
    other: int
    assistance: int
    hospital: int
    patient: int

    @property
    def tiers(self) -> int:
        """What the three tiers pay."""
        return self.pooled + self.catastrophic + self.assistance


SUMMED: Final = ("total", "dual_channel", "in_policy", *PAYERS)


def outlays(frame: Frame, outcome: Outcome, persons: Array | None = None) -> list[Outlay]:
    """Every dimension's table over the settled visits of ``persons`` (a mask; None: all). AssertionError if one does
    not add up to the statements."""
    among = np.ones(frame.people, np.bool_) if persons is None else persons
    rows = outcome.settled & (frame.of_person >= 0) & among[frame.of_person]
    closing = np.where(among, outcome.closing, 0)
    by_category = np.where(among, outcome.closing_by_category, 0)
    found: list[Outlay] = []
    for by, groups in GROUPS.items():
        table = _table(by, groups, frame, outcome, rows, closing, by_category)
        _reconcile(table, outcome, rows, int(closing.sum()))
        found += table
    return found


def _table(
    by: str,
    groups: Sequence[str],
    frame: Frame,
    outcome: Outcome,
    rows: Array,
    closing: Array,
    by_category: Array,
) -> list[Outlay]:
    place = _places(by, frame)[rows]
    of_person = frame.of_person[rows]
    sums = {name: grouped(outcome.amounts[name][rows], place, len(groups)) for name in SUMMED}
    visits = np.bincount(place, minlength=len(groups))
    pairs = np.unique(place.astype(np.int64) * frame.people + of_person)
    persons = np.bincount(pairs // max(frame.people, 1), minlength=len(groups))
    paid = np.zeros(len(groups), np.int64)
    if by == "category":
        paid[1:] = by_category.sum(axis=1)
    elif by == "insurance":
        paid += grouped(closing, np.maximum(frame.insurance, 0), len(groups))
    else:
        paid[-1] = closing.sum()
        if YEAR_END in groups:
            persons[-1] = np.count_nonzero(closing)
    sums["assistance"] = sums["assistance"] + paid
    sums["patient"] = sums["patient"] - paid
    return [
        Outlay(by, group, int(visits[i]), int(persons[i]), **{name: int(sums[name][i]) for name in SUMMED})
        for i, group in enumerate(groups)
    ]


def _places(by: str, frame: Frame) -> Array:
    """By visit, the place of its group."""
    groups = GROUPS[by]
    match by:
        case "kind":
            return frame.kind.astype(np.int64)
        case "category":
            return frame.category.astype(np.int64)
        case "disease" | "hospital":
            codes = (frame.disease if by == "disease" else frame.hospital).astype(np.int64)
            return np.where(codes == NONE, groups.index(NO_GROUP), codes)
        case "insurance":
            return frame.insurance[frame.of_person].astype(np.int64)
        case "month":
            return frame.month.astype(np.int64) - 1
    return np.zeros(frame.visits, np.int64)


def grouped(amounts: Array, place: Array, groups: int) -> Array:
    """Exact sums of whole fen by place."""
    found = np.zeros(groups, np.int64)
    np.add.at(found, place, amounts)
    return found


def _reconcile(table: Sequence[Outlay], outcome: Outcome, rows: Array, closing: int) -> None:
    """The groups add up to the statements, and the payers to the cost."""
    for name in SUMMED:
        moved = {"assistance": closing, "patient": -closing}.get(name, 0)
        stated = int(outcome.amounts[name][rows].sum()) + moved
        said = sum(getattr(row, name) for row in table)
        if said != stated:
            raise AssertionError(f"{table[0].by}: {name} comes to {said}, the statements to {stated}")
    for row in table:
        if row.total - row.dual_channel != sum(getattr(row, name) for name in PAYERS):
            raise AssertionError(f"{row.by} {row.group}: the payers do not add up to the cost")
