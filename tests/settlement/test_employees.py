"""Employees' insurers are not computed: both payments have to be given, whatever they come to."""

from __future__ import annotations

import pytest
from tests.settlement.contract_cases import Json, case, error, outpatient, person, recognised, settled, stay


@pytest.mark.parametrize("given", [{}, {"pooled": "1000"}, {"catastrophic": "1000"}])
def test_one_payment_alone_is_not_enough(given: Json) -> None:
    """Also where it is the whole in-policy amount of 1,000, so that the other could only be nothing."""
    refusal = error(case(stay(**given), person=person(insurance="employee")))
    assert (refusal["code"], refusal["where"]) == ("unmodelled", "basic_insurance.employee")


def test_both_payments() -> None:
    """800 and 200 of 1,000."""
    given = stay(pooled="800", catastrophic="200")
    visit = settled(case(given, person=person(insurance="employee")))["visits"][0]
    assert (visit["pooled"], visit["catastrophic"], visit["patient"]) == ("800.00", "200.00", "0.00")


def test_exclusions_are_residents() -> None:
    """Two earlier recognitions that now exclude each other gate a resident's visit, not an employee's."""
    both = recognised("ckd", "dialysis", legacy=True)
    visit = outpatient(disease="ckd", pooled="70", catastrophic="0")
    for insurance, gates in (
        ("resident", ["no_category", "exclusion_pending"]),
        ("employee", ["no_category"]),
    ):
        who = person(insurance=insurance, recognitions=both)
        assert settled(case(visit, person=who))["visits"][0]["gates"] == gates
