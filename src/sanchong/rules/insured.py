"""What reaches whom by the kind of insurance (险种)."""

from __future__ import annotations

from sanchong.rules.rule import rule
from sanchong.shapes import RESIDENT

Insurance = int
"""A code into INSURANCES."""


@rule("shanxi.a6", says="")
def has_residents_benefits(insurance: Insurance) -> bool:
    """Whether rate, limits and exclusions of the outpatient scheme apply: they are the residents' (Q17).

    Employees share its diseases, entry criteria and payment scope, not its benefits.
    """
    return insurance == RESIDENT
