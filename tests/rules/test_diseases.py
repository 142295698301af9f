"""Mutual exclusion and what gives way, on records: tables and choices that the shipped law does not have."""

from __future__ import annotations

import pytest

from sanchong.rules.diseases import (
    conflicts,
    disease_of,
    excluded,
    giving_way,
    is_chronic,
    lower_benefit,
)
from sanchong.shapes import (
    CANCER,
    CONDITIONS,
    DISEASE_COUNT,
    SPECIAL_COUNT,
    TRANSPLANT,
    Statement,
    Terms,
    Visit,
)

DIALYSIS, CKD, KIDNEY, COPD, ASTHMA = map(
    CONDITIONS.index, ("dialysis", "ckd", "transplant:kidney", "copd", "asthma")
)


def bits(*conditions: int) -> int:
    """A set of conditions."""
    return sum(1 << condition for condition in conditions)


def excluding(*pairs: tuple[int, int]) -> Terms:
    """A law with these pairs alone."""
    terms = Terms(exclusion_count=len(pairs))
    for place, pair in enumerate(pairs):
        terms.exclusion_a[place], terms.exclusion_b[place] = pair
    return terms


def holding(*conditions: int, legacy: int = 0) -> Visit:
    """A visit of someone who holds these, first recognised first."""
    visit = Visit(held=bits(*conditions), legacy=legacy, active_count=len(conditions))
    visit.active[: len(conditions)] = conditions
    return visit


@pytest.mark.parametrize(
    ("condition", "disease"),
    [
        ("transplant:kidney", TRANSPLANT),
        ("transplant:liver", TRANSPLANT),
        ("cancer:acute_leukemia", CANCER),
        ("cancer", CANCER),
        ("keshan", DISEASE_COUNT - 1),
    ],
)
def test_the_disease_of_a_condition(condition: str, disease: int) -> None:
    assert disease_of(CONDITIONS.index(condition)) == disease


def test_chronic_diseases_lie_between() -> None:
    """The 11 special diseases before them, the sub-types after."""
    chronic = [c for c in range(len(CONDITIONS)) if is_chronic(c)]
    assert chronic == list(range(SPECIAL_COUNT, DISEASE_COUNT))
    assert len(chronic) == 35


def test_every_pair_held_is_found() -> None:
    """Two pairs at once, of three; one of them waived."""
    terms = excluding((DIALYSIS, KIDNEY), (CKD, DIALYSIS), (ASTHMA, COPD))
    held = bits(DIALYSIS, KIDNEY, CKD, ASTHMA)
    assert conflicts(terms, held, 0) == 0b011
    assert conflicts(terms, held, 0b001) == 0b010


def test_a_law_with_one_pair_excludes() -> None:
    assert excluded(holding(DIALYSIS, KIDNEY), excluding((DIALYSIS, KIDNEY)))
    assert not excluded(holding(DIALYSIS), excluding((DIALYSIS, KIDNEY)))
    assert not excluded(holding(DIALYSIS, KIDNEY), excluding())


@pytest.mark.parametrize(
    ("legacy", "found"),
    [(0, True), (bits(DIALYSIS), True), (bits(KIDNEY), True), (bits(DIALYSIS, KIDNEY), False)],
)
def test_only_two_legacy_recognitions_may_wait(legacy: int, found: bool) -> None:
    """One of the two alone is no earlier right to both."""
    assert excluded(holding(DIALYSIS, KIDNEY, legacy=legacy), excluding((DIALYSIS, KIDNEY))) is found


@pytest.mark.parametrize(
    ("a", "b", "limit_a", "limit_b", "a_first", "lower"),
    [
        (DIALYSIS, CKD, 0, 0, True, CKD),  # a special disease outranks a chronic one, at either place
        (CKD, DIALYSIS, 0, 0, True, CKD),
        (ASTHMA, COPD, 300_00, 450_00, True, ASTHMA),  # the higher limit outranks
        (ASTHMA, COPD, 450_00, 300_00, False, COPD),
        (ASTHMA, COPD, 300_00, 300_00, True, COPD),  # a tie: the earlier recognised
        (ASTHMA, COPD, 300_00, 300_00, False, ASTHMA),
    ],
)
def test_the_lower_benefit(a: int, b: int, limit_a: int, limit_b: int, a_first: bool, lower: int) -> None:
    assert lower_benefit(a, b, limit_a, limit_b, a_first) == lower


def test_of_each_pair_one_gives_way() -> None:
    """Dialysis outranks chronic kidney disease and, being recognised first, the transplant."""
    terms = excluding((DIALYSIS, KIDNEY), (CKD, DIALYSIS))
    everything = bits(DIALYSIS, KIDNEY, CKD)
    first = holding(DIALYSIS, KIDNEY, CKD, legacy=everything)
    assert giving_way(first, terms, Statement()) == bits(KIDNEY, CKD)
    later = holding(KIDNEY, DIALYSIS, CKD, legacy=everything)
    assert giving_way(later, terms, Statement()) == bits(DIALYSIS, CKD)
