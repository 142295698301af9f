"""What an explanation says where a limit bites, a fact is given or nothing is left: each sentence whole, worked by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.settlement.contract_cases import (
    LINE,
    STATED,
    Json,
    case,
    category,
    drug,
    outpatient,
    person,
    recognised,
    settled,
    stay,
)

from sanchong import Options
from sanchong.version import ENGINE

LOW = person(categories=category("subsistence_allowance"))
NEAR = person(categories=category("near_subsistence"))
DIALYSIS = outpatient(lines=[LINE | {"amount": "1000"}])
"""1,000 × 70 % = 700 by the fund, 300 left."""
DIABETES = outpatient(disease="diabetes", lines=[LINE | {"amount": "1000"}])
"""Of 700 the quarter pays 600; 400 left."""
LOW_CAP = "assistance.annual_cap.subsistence_allowance"


def walked(nodes: list[Json]) -> Iterator[Json]:
    """Every node of an explanation."""
    for node in nodes:
        yield node
        yield from walked(node["children"])


def said(visit: Json, rule: str, who: Json = LOW, terms: Json | None = None) -> list[str]:
    """What the explanation of a visit, or else of the year's end, says by one rule."""
    result = settled(case(visit, person=who, terms=STATED | (terms or {}), close_year=True))
    nodes = [*result["visits"][0]["explanation"], *result["close_year"]["explanation"]]
    return [node["text"] for node in walked(nodes) if node["rule"] == rule]


def with_other(visit: Json, paid: str) -> Json:
    """The visit with a commercial insurer's payment."""
    return visit | {"other_payments": {"commercial": paid}}


@pytest.mark.parametrize(
    ("cap", "other", "sentence"),
    [
        ("60000", "0", "保险支付后剩余 300.00 × 30%"),  # 90 of 300
        ("40", "0", "保险支付后剩余 300.00 × 30%，年度限额只余 40.00"),
        ("60000", "250", "保险支付后剩余 300.00 × 30%，不超过尚余负担 50.00"),
        ("50", "250", "保险支付后剩余 300.00 × 30%，不超过尚余负担 50.00"),  # both are 50
        ("49.99", "250", "保险支付后剩余 300.00 × 30%，年度限额只余 49.99"),
        ("60000", "210", "保险支付后剩余 300.00 × 30%"),  # 90 left, 90 due
    ],
)
def test_assistance_with_a_special_disease(cap: str, other: str, sentence: str) -> None:
    """The rate on what is left; then what bounds it."""
    found = said(with_other(DIALYSIS, other), "visit_assistance", terms={LOW_CAP: cap})
    assert found == [sentence]
    assert said(with_other(DIALYSIS, other), "assistance_on_visit", terms={LOW_CAP: cap}) == [sentence]


@pytest.mark.parametrize(
    ("cap", "other", "sentence"),
    [
        ("60000", "0", "全年基数 400.00 × 30% = 120.00"),
        ("100", "0", "全年基数 400.00 × 30%，年度限额只余 100.00 = 100.00"),
        ("60000", "350", "全年基数 400.00 × 30%，不超过尚余负担 50.00 = 50.00"),
        ("50", "350", "全年基数 400.00 × 30%，不超过尚余负担 50.00 = 50.00"),
    ],
)
def test_assistance_at_the_years_end(cap: str, other: str, sentence: str) -> None:
    """The rate on the year's base; then what bounds it, and what is paid."""
    found = said(with_other(DIABETES, other), "year_end_assistance", terms={LOW_CAP: cap})
    assert found == [sentence]


@pytest.mark.parametrize(
    ("cap", "sentence"),
    [
        ("60000", "负担 625.00 × 70%"),  # 437.50 of 625
        ("437.50", "负担 625.00 × 70%"),
        ("400", "负担 625.00 × 70%，年度限额只余 400.00"),
    ],
)
def test_assistance_with_a_stay(cap: str, sentence: str) -> None:
    """1,000 less the fund's 375 leaves 625."""
    assert said(stay(), "stay_assistance", terms={LOW_CAP: cap}) == [sentence]
    assert said(stay(), "assistance_on_stay", terms={LOW_CAP: cap}) == [sentence]


def test_a_deductible_of_a_hundredth_is_filled() -> None:
    """10 % of an income of 0.10 is one fen; (625 − 0.01) × 60 % is 374.994, or 374.99."""
    income = {"assistance.disposable_income_per_capita": "0.10"}
    result = settled(case(stay(), person=NEAR, terms=STATED | income))
    assert result["visits"][0]["assistance_deductible"] == "0.01"
    assert result["visits"][0]["assistance"] == "374.99"
    assert said(stay(), "stay_assistance", NEAR, income) == ["（负担 625.00 − 起付 0.01） × 60%"]


def test_a_drug_for_a_category_without_drugs() -> None:
    """The gate is the one for drugs, not the one for outpatient visits."""
    assert said(drug(), "gate_not_entitled_to_drugs", NEAR) == ["低保边缘家庭成员不在特药救助对象之列"]
    assert said(drug(), "gate_not_entitled", NEAR) == []
    assert said(DIALYSIS, "gate_not_entitled", NEAR) == ["低保边缘家庭成员不在门诊救助对象之列"]


BURDEN = stay(lines=[LINE | {"amount": "22500"}])
"""(22,500 − 500) × 75 % = 16,500 by the fund, a burden of 6,000."""


@pytest.mark.parametrize(
    ("deductible", "sentence"),
    [
        ("6000", "年度累计负担 6,000.00，未到起付 6,000.00（还差 0.00）"),
        ("6000.01", "年度累计负担 6,000.00，未到起付 6,000.01（还差 0.01）"),
        ("5000", "年度累计负担由 0.00 到 6,000.00，起付 5,000.00，本次 1,000.00 按分段比例：650.00"),
        ("0", "年度累计负担由 0.00 到 6,000.00，起付 0.00，本次 6,000.00 按分段比例：3,900.00"),
    ],
)
def test_catastrophic_insurance_over_its_deductible(deductible: str, sentence: str) -> None:
    """65 % of what exceeds it."""
    terms = {"catastrophic.deductible.subsistence_allowance": deductible}
    assert said(BURDEN, "slice_due", terms=terms) == [sentence]
    assert said(BURDEN, "catastrophic_insurance", terms=terms) == [sentence]


def test_catastrophic_insurance_within_its_cap() -> None:
    """650 are due, 600 are left."""
    terms = {"catastrophic.annual_cap.subsistence_allowance": "600"}
    assert said(BURDEN, "within_burden", terms=terms) == ["不超过年度限额余 600.00"]
    (whole,) = said(BURDEN, "catastrophic_insurance", terms=terms)
    assert whole.endswith("本次 1,000.00 按分段比例：650.00；不超过年度限额余 600.00")


def conflicts_said(told_by: str, *diseases: str) -> set[str]:
    """What an engine says of earlier recognitions that exclude each other."""
    both = person(recognitions=recognised(*diseases, legacy=True))
    told = settled(
        case(outpatient(disease=diseases[0]), person=both), Options(accept_assumed=True, told_by=told_by)
    )
    return {node["text"] for node in walked(told["visits"][0]["explanation"]) if node["rule"] == "conflicts"}


def test_earlier_recognitions_that_exclude_each_other_are_named() -> None:
    assert conflicts_said(ENGINE, "ckd", "dialysis", "diabetes") == {"同时认定了互斥病种：慢肾与透析"}
    assert conflicts_said(ENGINE, "ckd", "diabetes") == set()


@pytest.mark.parametrize("former", ["sanchong 0.0.9", "sanchong 0.1.0"])
def test_a_former_engines_result_is_told_in_its_own_words(former: str) -> None:
    """Engines to 0.1.0 left a place unfilled, and their receipts hash it: so it comes out again, but for them alone."""
    assert conflicts_said(former, "ckd", "dialysis") == {"同时认定了互斥病种：{held}"}


@pytest.mark.parametrize("other", ["sanchong 0.1.1", "sanchong 99.0.0", "sanchong 0.1", "someone 0.1.0", ""])
def test_what_names_no_former_engine_is_told_as_today(other: str) -> None:
    assert conflicts_said(other, "ckd", "dialysis") == {"同时认定了互斥病种：慢肾与透析"}
