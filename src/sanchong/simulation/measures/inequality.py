"""Lorenz and concentration curves over people ranked by the income per head of their household.

Indicators, so floating point; what goes in is whole fen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sanchong.batch.columns import Array


@dataclass(frozen=True, slots=True)
class Curve:
    """Cumulative shares of people and of the amount, from (0, 0) to (1, 1), and the index that belongs to them.

    The index is 1 − 2 × the area under the curve: the Gini coefficient where people are ranked by the amount itself,
    else the concentration index, below 0 where the poorer have more than their share.
    """

    people: Array
    amount: Array
    index: float

    def at(self, share: float) -> float:
        """The share of the amount that the poorest ``share`` of people have."""
        return float(np.interp(share, self.people, self.amount))

    def thinned(self, points: int = 50) -> tuple[tuple[float, float], ...]:
        """The curve at so many equal steps and 0."""
        steps = np.arange(points + 1) / points
        amounts = np.interp(steps, self.people, self.amount)
        return tuple(zip(steps.tolist(), amounts.tolist(), strict=True))


def curve(rank: Array, amount: Array) -> Curve | None:
    """The curve of ``amount`` (by person, fen) over people in rising order of ``rank``; None where it adds up to nothing.

    People of one rank are one step: the order in which they stand has no meaning.
    """
    total = int(amount.sum())
    if total <= 0:
        return None
    order = np.argsort(rank, kind="stable")
    ends = np.flatnonzero(np.diff(rank[order], append=rank.max() + 1)) + 1
    sums = np.cumsum(amount[order])[ends - 1]
    people = np.concatenate([[0.0], ends / len(rank)])
    shares = np.concatenate([[0.0], sums / total])
    area = float(np.sum((people[1:] - people[:-1]) * (shares[1:] + shares[:-1])) / 2)
    return Curve(people, shares, 1 - 2 * area)
