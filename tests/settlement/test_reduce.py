"""A case's visit as the whole numbers that the step takes: what is held, since when, in which order."""

from __future__ import annotations

from typing import Any

import pytest
from tests.settlement.contract_cases import Json, case, category, engine, outpatient, person, stay

from sanchong.law.terms import Resolver
from sanchong.settlement.case import split_line
from sanchong.settlement.reading import read_case
from sanchong.settlement.reduce import reduce_visit
from sanchong.shapes import CONDITIONS, NO_CATEGORY, NO_CONDITION, Terms, Visit

LAW = engine().law
CKD, DIALYSIS, COPD, TRANSPLANT, KIDNEY, LIVER = map(
    CONDITIONS.index, ("ckd", "dialysis", "copd", "transplant", "transplant:kidney", "transplant:liver")
)


def reduced(data: Json) -> Visit:
    """The first visit of a case."""
    read = read_case(data, LAW.diseases)
    visit = read.visits[0]
    terms: Terms = Resolver(LAW).resolve("140300", "140300", visit.date, visit.date).terms
    return reduce_visit(read, visit, terms, [split_line(line) for line in visit.lines])


def holding(*rows: tuple[str, str, bool]) -> Json:
    """A person's recognitions: disease, first day, whether legacy."""
    return person(
        recognitions=[
            {"disease": d, "from": since, "to": None, "legacy": legacy} for d, since, legacy in rows
        ]
    )


def bits(*conditions: int) -> int:
    return sum(1 << condition for condition in conditions)


def test_what_is_held_by_first_day() -> None:
    """Of two recognitions of one disease the earlier counts; on one day the catalogue's order; what has ended does not."""
    who = holding(
        ("copd", "2025-04-03", False),
        ("ckd", "2025-04-04", False),
        ("dialysis", "2025-04-03", False),
        ("ckd", "2025-04-02", False),
    )
    who["recognitions"].append({"disease": "asthma", "from": "2025-04-01", "to": "2025-05-09"})
    visit = reduced(case(outpatient(disease="ckd"), person=who))
    assert visit.active_count == 3
    assert visit.active[:4] == [CKD, DIALYSIS, COPD, NO_CONDITION]
    assert visit.held == bits(CKD, DIALYSIS, COPD)
    assert (visit.condition, visit.recognised, visit.legacy, visit.waived) == (CKD, 1, 0, 0)


def test_of_two_recognitions_the_earlier_counts_whichever_is_written_first() -> None:
    who = holding(("ckd", "2025-04-02", False), ("copd", "2025-04-03", False), ("ckd", "2025-04-04", False))
    visit = reduced(case(outpatient(disease="ckd"), person=who))
    assert visit.active[:3] == [CKD, COPD, NO_CONDITION]


def test_the_first_disease_of_the_catalogue_may_be_legacy() -> None:
    """Its bit is the lowest."""
    who = holding(("ckd", "2025-04-01", False))
    who["recognitions"].append(
        {"disease": "cancer", "subtype": "lung", "from": "2025-04-01", "to": None, "legacy": True}
    )
    assert (
        reduced(case(outpatient(disease="ckd"), person=who)).legacy == bits(CONDITIONS.index("cancer")) == 1
    )


@pytest.mark.parametrize(
    ("rows", "legacy"),
    [
        ([("ckd", True), ("dialysis", True)], bits(CKD, DIALYSIS)),
        ([("ckd", True), ("dialysis", False)], bits(CKD)),
        ([("ckd", True), ("ckd", False), ("dialysis", True)], bits(DIALYSIS)),  # recognised anew
        (
            [("dialysis", False), ("copd", False), ("dialysis", True), ("copd", True), ("ckd", True)],
            bits(CKD),
        ),
    ],
)
def test_what_is_only_legacy(rows: list[tuple[str, bool]], legacy: int) -> None:
    who = holding(*((disease, "2025-04-01", old) for disease, old in rows))
    assert reduced(case(outpatient(disease="dialysis"), person=who)).legacy == legacy


@pytest.mark.parametrize(
    ("disease", "held", "condition", "recognised"),
    [
        ("transplant", "transplant:kidney", KIDNEY, 1),
        ("transplant:kidney", "transplant:kidney", KIDNEY, 1),
        ("transplant:liver", "transplant:kidney", TRANSPLANT, 0),
        ("transplant", "transplant:lung", TRANSPLANT, 1),  # no exclusion names it
        ("dialysis", "transplant:kidney", DIALYSIS, 0),
    ],
)
def test_what_a_visit_is_for(disease: str, held: str, condition: int, recognised: int) -> None:
    visit = reduced(case(outpatient(disease=disease), person=holding((held, "2025-04-01", False))))
    assert (visit.condition, visit.recognised) == (condition, recognised)


def test_a_subtype_is_held_with_its_disease() -> None:
    visit = reduced(
        case(outpatient(disease="transplant"), person=holding(("transplant:liver", "2025-04-01", False)))
    )
    assert visit.held == bits(TRANSPLANT, LIVER)
    assert visit.active[:3] == [TRANSPLANT, LIVER, NO_CONDITION]


@pytest.mark.parametrize(
    ("fee_class", "level", "place"),
    [
        (1, "city", 0),
        (1, "county", 0),
        (2, "province", 1),
        (2, "city", 1),
        (2, "county", 2),
        (3, "township", 3),
    ],
)
def test_the_class_of_a_stay(fee_class: int, level: str, place: int) -> None:
    visit = stay()
    visit["provider"] |= {"fee_class": fee_class, "administrative_level": level}
    assert reduced(case(visit)).inpatient_class == place


@pytest.mark.parametrize(("region", "inside"), [("140300", 1), ("140000", 1), ("150300", 0), ("114000", 0)])
def test_in_the_province(region: str, inside: int) -> None:
    visit = stay()
    visit["provider"] |= {"region": region, "designated": False, "level": 1}
    record = reduced(case(visit))
    assert (record.in_province, record.designated, record.level, record.level_exception) == (inside, 0, 1, 0)


@pytest.mark.parametrize(
    ("names", "code"), [([], NO_CATEGORY), (["monitored"], 4), (["monitored", "orphan"], 1)]
)
def test_the_first_category_in_order(names: list[str], code: int) -> None:
    held: list[Any] = [row for name in names for row in category(name)]
    assert reduced(case(stay(), person=person(categories=held))).category == code


def test_waived_pairs() -> None:
    """The second and the first of the law's pairs, one named the other way round."""
    pairs = [["dialysis", "ckd"], ["dialysis", "transplant:kidney"]]
    who = holding(("dialysis", "2025-04-01", False)) | {"waived_exclusions": pairs}
    assert reduced(case(person=who)).waived == 0b11
