"""The seed's spread: the same figures for populations drawn with other seeds, so that chance is told from effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sanchong.simulation.results import KeyFigure


@dataclass(frozen=True, slots=True)
class Spread:
    """One key figure over several seeds; of ``value`` and of ``change`` the mean, least and most."""

    scenario: str
    name: str
    seeds: tuple[int, ...]
    values: tuple[Fraction, ...]
    changes: tuple[Fraction, ...]

    @property
    def mean(self) -> Fraction:
        """The mean value."""
        return sum(self.values, Fraction(0)) / len(self.values)

    @property
    def change_mean(self) -> Fraction:
        """The mean change against the baseline."""
        return sum(self.changes, Fraction(0)) / len(self.changes)


def spreads(seeds: Sequence[int], figures: Sequence[Sequence[KeyFigure]]) -> list[Spread]:
    """Each key figure over the seeds, in the order of the first seed's figures."""
    found = []
    for rows in zip(*figures, strict=True):
        first = rows[0]
        assert all((row.scenario, row.name) == (first.scenario, first.name) for row in rows)
        found.append(
            Spread(
                first.scenario,
                first.name,
                tuple(seeds),
                tuple(r.value for r in rows),
                tuple(r.change for r in rows),
            )
        )
    return found
