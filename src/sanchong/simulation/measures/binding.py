"""How often each cap, quota and deductible binds: visits, people, and fen.

Three stand in a column of the statement: the part of a stay that its deductible took, what the quarter withheld, the part that
filled the yearly deductible of assistance. The others have no column: whom they can bind is settled once more with that one
limit lifted (:data:`sanchong.simulation.scenarios.LIMITS`), and what the tier then pays more is what the limit withheld.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sanchong.batch.columns import Array
from sanchong.simulation.frames import Frame
from sanchong.simulation.scenarios import LIMITS, Outcome

COLUMNS: Final = {
    "inpatient_deductible": "deductible",
    "quarterly_limit": "quota_excess",
    "assistance_deductible": "assistance_deductible",
}
"""Limits that a column of the contract shows."""
ORDER: Final = (
    "inpatient_deductible", "quarterly_limit", "pooled_annual_cap", "catastrophic_deductible", "catastrophic_annual_cap",
    "assistance_deductible", "assistance_annual_cap",
)  # fmt: skip
TAKEN: Final = frozenset({"inpatient_deductible", "assistance_deductible"})
"""Of these the amount is what lay below the deductible, before the rate; of the others a payment withheld."""


@dataclass(frozen=True, slots=True)
class Binding:
    """How often a limit bound. A year-end payment that it lowered counts its person and amount, but no visit."""

    limit: str
    visits: int
    persons: int
    amount: int
    """In fen."""


def bindings(frame: Frame, outcome: Outcome) -> list[Binding]:
    """Every limit in the order of the tiers."""
    lifted = {limit.name for limit in LIMITS}
    assert lifted | set(COLUMNS) == set(ORDER)
    found = []
    for name in ORDER:
        if name in lifted:
            withheld = outcome.withheld[name]
            found.append(_binding(name, frame, withheld.visits, withheld.year_end))
        else:
            found.append(
                _binding(name, frame, outcome.amounts[COLUMNS[name]], np.zeros(frame.people, np.int64))
            )
    return found


def _binding(name: str, frame: Frame, visits: Array, year_end: Array) -> Binding:
    bound = visits > 0
    persons = year_end > 0
    persons[frame.of_person[bound]] = True
    return Binding(name, int(bound.sum()), int(persons.sum()), int(visits[bound].sum()) + int(year_end.sum()))
