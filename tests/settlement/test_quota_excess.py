"""What the quarter withheld, where it leaves the policy scope: it is no burden of the year, to the fen."""

from __future__ import annotations

import pytest
from tests.settlement.contract_cases import LINE, STATED, case, outpatient, settled


@pytest.mark.parametrize(
    ("amount", "rate", "excess", "burden"),
    [
        (
            "857.15",
            "70%",
            "0.01",
            "257.14",
        ),  # 600.005, or 600.01, is due of which 600 are paid; 857.15 − 600 − 0.01
        ("857.14", "70%", "0.00", "257.14"),  # 599.998, or 600.00, is due and paid
        ("1000", "100%", "400.00", "0.00"),  # 1,000 are due, 600 paid: 1,000 − 600 − 400
    ],
)
def test_the_excess_is_no_burden(amount: str, rate: str, excess: str, burden: str) -> None:
    """The quarter pays 600."""
    terms = STATED | {
        "outpatient.chronic.excess_stays_in_policy": False,
        "outpatient.chronic_special.pooled_rate": rate,
    }
    visit = outpatient(disease="diabetes", lines=[LINE | {"amount": amount}])
    result = settled(case(visit, terms=terms))
    assert result["visits"][0]["quota_excess"] == excess
    assert result["year"]["catastrophic_burden"] == burden
