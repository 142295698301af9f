"""Mutual exclusion: each of the ten pairs by itself, waived, and what is near but no pair (C02 to C05)."""

from __future__ import annotations

from itertools import permutations

import pytest
from tests.settlement.contract_cases import (
    case,
    error,
    outpatient,
    person,
    recognised,
    settled,
    where_invalid,
)

from sanchong.settlement.options import Options

ACCEPT = Options(accept_assumed=True)

PAIRS = (
    ("dialysis", "transplant:kidney"),
    ("ckd", "dialysis"),
    ("ckd", "transplant:kidney"),
    ("nephrotic", "dialysis"),
    ("nephrotic", "transplant:kidney"),
    ("cirrhosis", "transplant:liver"),
    ("cirrhosis", "hepatitis"),
    ("myelofibrosis", "cancer:acute_leukemia"),
    ("cor_pulmonale", "copd"),
    ("asthma", "copd"),
)
"""Appendix I of the requirements."""


@pytest.mark.parametrize("pair", [order for pair in PAIRS for order in permutations(pair)])
def test_each_pair_excludes(pair: tuple[str, str]) -> None:
    """C02: each of the ten pairs alone, in both orders, for a visit for either."""
    for disease in pair:
        data = case(outpatient(disease=disease), person=person(recognitions=recognised(*pair)))
        assert error(data, ACCEPT)["code"] == "mutually_exclusive"


@pytest.mark.parametrize("pair", PAIRS)
def test_each_pair_can_be_waived(pair: tuple[str, str]) -> None:
    """The waiver names the pair in either order."""
    for waiver in permutations(pair):
        who = person(recognitions=recognised(*pair), waived_exclusions=[list(waiver)])
        assert settled(case(outpatient(disease=pair[0]), person=who), ACCEPT)


NEAR_PAIRS = (
    ("ckd", "nephrotic"),
    ("cor_pulmonale", "asthma"),
    ("hepatitis", "transplant:liver"),
    ("epilepsy", "psychosis:epileptic"),
    ("hypertension", "chd"),
    ("ckd", "transplant:liver"),
    ("cirrhosis", "transplant:kidney"),
    ("myelofibrosis", "cancer:lung"),
)


@pytest.mark.parametrize("pair", NEAR_PAIRS)
def test_what_is_near_does_not_exclude(pair: tuple[str, str]) -> None:
    """The relation is that of the ten pairs and no further."""
    who = person(recognitions=recognised(*pair))
    for disease in pair:
        assert settled(case(outpatient(disease=disease), person=who), ACCEPT)


def test_a_waiver_of_an_unknown_disease_is_invalid() -> None:
    """It names two conditions."""
    for waived in ([["gout", "dialysis"]], [["dialysis"]], ["dialysis"]):
        assert where_invalid(case(person=person(waived_exclusions=waived))).startswith(
            "person.waived_exclusions"
        )
