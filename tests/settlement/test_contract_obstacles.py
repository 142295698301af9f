"""Refusals: the whole case is validated first, then visits in order; of several obstacles the first of the list."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.settlement.contract_cases import (
    PROVIDER,
    STATED,
    Json,
    case,
    category,
    drug,
    edited_law,
    error,
    outpatient,
    person,
    recognised,
    settled,
    stay,
    without,
)

from sanchong.settlement.options import Options
from sanchong.settlement.settle import Engine

ACCEPT = Options(accept_assumed=True)
EXCLUDED = recognised("dialysis", "transplant:kidney")
LOW = category("subsistence_allowance")
OVERLAY = "illustrative/overlay/values.yaml"


def codes(*visits: Json, **changes: object) -> str:
    """The code of the refusal of a case, no assumed value being accepted."""
    code: str = error(case(*visits, **changes))["code"]
    return code


# ── the whole case first, then visits in order ───────────────────────────────────────────────


def test_the_whole_case_is_validated_before_any_visit_is_settled() -> None:
    """The first visit is not in force, the second has a mistake."""
    early = outpatient(date="2025-03-31")
    broken = outpatient(id="v-2", lines=[{"id": "l-1", "amount": "x", "class": "A"}])
    refusal = error(case(early, broken))
    assert (refusal["code"], refusal["where"]) == ("invalid_input", "visits[1].lines[0].amount")
    assert codes(early, terms=STATED | {"nowhere": "1"}) == "invalid_input"
    assert codes(early, colour="red") == "invalid_input"


def test_visits_are_settled_in_order() -> None:
    """The first visit's assumed value comes before the second visit's lack of recognition."""
    unrecognised = outpatient(id="v-2", disease="copd")
    assert codes(outpatient(), unrecognised, terms={}) == "assumed_value"
    assert codes(outpatient(id="v-0", disease="copd"), outpatient(), terms={}) == "not_recognised"


def test_where_of_a_second_visit() -> None:
    """Its place among the visits."""
    refusal = error(case(outpatient(), outpatient(id="v-2", date="2025-02-01")))
    assert (refusal["code"], refusal["where"]) == ("not_in_force", "visits[1].date")


# ── of several obstacles in one visit, the first of the list ─────────────────────────────────


def test_invalid_input_before_not_in_force() -> None:
    """Given payments above the in-policy amount, on a day before the assistance document."""
    terms = STATED | {"assistance.in_force_from": "2025-12-01"}
    given = stay(pooled="600", catastrophic="400.01")
    assert codes(given, terms=terms, person=person(categories=LOW)) == "invalid_input"


def test_given_catastrophic_above_what_the_fund_left_before_not_in_force() -> None:
    """The fund's 375 is computed, 625.01 is given: they exceed 1,000 together."""
    terms = STATED | {"assistance.in_force_from": "2025-12-01"}
    given = stay(catastrophic="625.01")
    assert codes(given) == "invalid_input"
    assert settled(case(stay(catastrophic="625")))["visits"][0]["patient"] == "0.00"
    assert codes(given, terms=terms, person=person(categories=LOW)) == "invalid_input"


def test_not_in_force_before_not_recognised_and_mutually_exclusive() -> None:
    """On 2025-03-31."""
    assert codes(outpatient(date="2025-03-31", disease="copd")) == "not_in_force"
    early = [row | {"from": "2025-01-01"} for row in EXCLUDED]
    assert codes(outpatient(date="2025-03-31"), person=person(recognitions=early)) == "not_in_force"


def test_not_recognised_before_mutually_exclusive() -> None:
    """A visit for a disease that is not recognised, beside a pair that is."""
    assert codes(outpatient(disease="copd"), person=person(recognitions=EXCLUDED)) == "not_recognised"


def test_mutually_exclusive_before_values() -> None:
    """With no term stated."""
    assert codes(terms={}, person=person(recognitions=EXCLUDED)) == "mutually_exclusive"


def test_not_in_force_before_missing_value(tmp_path: Path) -> None:
    """Assistance not yet in force, and the fund's cap stated by nobody."""
    law = edited_law(tmp_path, OVERLAY, lambda text: without(text, "pooled_fund.annual_cap"))
    terms = {k: v for k, v in STATED.items() if k != "pooled_fund.annual_cap"}
    data = case(
        stay(), terms=terms | {"assistance.in_force_from": "2025-12-01"}, person=person(categories=LOW)
    )
    assert error(data, ACCEPT, Engine(law))["code"] == "not_in_force"


def test_missing_value_before_unmodelled(tmp_path: Path) -> None:
    """A monitored person's stay, and the fund's cap stated by nobody."""
    law = edited_law(tmp_path, OVERLAY, lambda text: without(text, "pooled_fund.annual_cap"))
    terms = {k: v for k, v in STATED.items() if k != "pooled_fund.annual_cap"}
    refusal = error(
        case(stay(), terms=terms, person=person(categories=category("monitored"))), ACCEPT, Engine(law)
    )
    assert (refusal["code"], refusal["where"]) == ("missing_value", "pooled_fund.annual_cap")


def test_unmodelled_before_assumed() -> None:
    """A monitored person's stay with nothing stated; an employee's visit too."""
    assert codes(stay(), terms={}, person=person(categories=category("monitored"))) == "unmodelled"
    assert codes(terms={}, person=person(insurance="employee")) == "unmodelled"


# ── values that nobody stated ────────────────────────────────────────────────────────────────


def test_a_missing_limit_refuses_every_chronic_visit(tmp_path: Path) -> None:
    """Of any active chronic disease, whichever chronic disease the visit is for; not a special one."""
    address = "outpatient.chronic.quarterly_limit.thyroid"
    missing = Engine(edited_law(tmp_path, OVERLAY, lambda text: without(text, address)))
    who = person(recognitions=recognised("dialysis", "diabetes", "thyroid"))
    for disease in ("diabetes", "thyroid"):
        refusal = error(case(outpatient(disease=disease), person=who), ACCEPT, missing)
        assert (refusal["code"], refusal["where"]) == ("missing_value", address)
    assert settled(case(outpatient(), person=who), ACCEPT, missing)
    ended = person(recognitions=recognised("diabetes") + recognised("thyroid", to="2025-05-09"))
    assert settled(case(outpatient(disease="diabetes"), person=ended), ACCEPT, missing)


@pytest.mark.parametrize("family", ["deductible", "bands", "annual_cap"])
@pytest.mark.parametrize("name", ["extreme_poverty", "subsistence_allowance", "returned_to_poverty"])
def test_the_poorest_must_have_catastrophic_rows_of_their_own(tmp_path: Path, family: str, name: str) -> None:
    """Each of the three addresses by itself; `standard` does not stand in."""
    address = f"catastrophic.{family}.{name}"
    missing = Engine(edited_law(tmp_path, OVERLAY, lambda text: without(text, address)))
    terms = {k: v for k, v in STATED.items() if "subsistence" not in k}
    data = case(outpatient(), terms=terms, person=person(categories=category(name)))
    refusal = error(data, ACCEPT, missing)
    assert (refusal["code"], refusal["where"]) == ("missing_value", address)


@pytest.mark.parametrize("name", ["monitored", "near_subsistence", "impoverished_by_illness"])
def test_everybody_else_falls_back_to_standard(name: str) -> None:
    """Nothing of their own stands anywhere: (1,000 − 500) × 60 % over a deductible of 500."""
    terms = STATED | {"catastrophic.deductible.standard": "500"}
    data = case(
        stay(pooled="0"), terms=terms, person=person(categories=category(name)), withhold_unmodelled=True
    )
    assert settled(data)["visits"][0]["catastrophic"] == "300.00"


def test_what_lies_behind_a_gate_is_not_needed() -> None:
    """At a provider that is not designated no tier pays, so no assumed value refuses."""
    data = case(stay(provider=PROVIDER | {"designated": False}), terms={}, person=person())
    assert settled(data)["visits"][0]["patient"] == "1000.00"


# ── what is left to another document ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["monitored", "returned_to_poverty"])
def test_assistance_on_stays_left_to_another_document(name: str) -> None:
    """Unmodelled unless rate, deductible share and cap are all stated; withheld if so asked."""
    data = case(stay(), person=person(categories=category(name)))
    assert error(data, ACCEPT)["code"] == "unmodelled"
    visit = settled(data | {"withhold_unmodelled": True}, ACCEPT)["visits"][0]
    assert visit["gates"] == ["assistance_unmodelled"]
    assert visit["assistance"] == "0.00"
    assert f"assistance.inpatient.rate.{name}" in visit["unmodelled"]
    stated = {
        f"assistance.inpatient.rate.{name}": "50%",
        f"assistance.inpatient.deductible_income_share.{name}": "0",
        f"assistance.annual_cap.{name}": "20000",
    }
    visit = settled(data | {"terms": STATED | stated}, ACCEPT)["visits"][0]
    assert (visit["assistance"], visit["gates"], visit["unmodelled"]) == ("312.50", [], [])
    for absent in stated:
        some = {k: v for k, v in stated.items() if k != absent}
        assert error(data | {"terms": STATED | some}, ACCEPT)["code"] == "unmodelled"


@pytest.mark.parametrize("visit", [stay(), outpatient(), outpatient(disease="diabetes"), drug()])
def test_a_household_elsewhere_is_unmodelled(visit: Json) -> None:
    """Whatever the visit, if the person has a category."""
    away = person(household_region="140700", categories=LOW)
    assert codes(visit, person=away) == "unmodelled"
    said = settled(case(visit, person=away, withhold_unmodelled=True))["visits"][0]
    assert said["gates"] == ["assistance_unmodelled"]
    assert (said["assistance"], said["deferred_base"]) == ("0.00", "0.00")
    assert said["unmodelled"]
    nobody = settled(case(visit, person=person(household_region="140700")))["visits"][0]
    assert nobody["gates"] == ["no_category"]


def test_withhold_unmodelled_does_not_excuse_an_employees_insurance() -> None:
    """It settles what is modelled: assistance is withheld, basic insurance is not."""
    assert codes(person=person(insurance="employee"), withhold_unmodelled=True) == "unmodelled"
    assert codes(outpatient(catastrophic="0"), person=person(insurance="employee")) == "unmodelled"


# ── lists of periods ─────────────────────────────────────────────────────────────────────────


def test_insurance_and_household_region_as_lists() -> None:
    """Of closed periods: the one that holds on the visit's date counts."""
    away = [
        {"household_region": "140300", "from": "2025-01-01", "to": "2025-05-10"},
        {"household_region": "140700", "from": "2025-05-11", "to": "2025-12-31"},
    ]
    data = case(stay(), person=person(household_region=away, categories=LOW))
    assert settled(data)["visits"][0]["assistance"] == "437.50"
    assert (
        codes(stay(date="2025-05-11"), person=person(household_region=away, categories=LOW)) == "unmodelled"
    )
    insured = [
        {"insurance": "resident", "from": "2025-01-01", "to": "2025-05-10"},
        {"insurance": "employee", "from": "2025-05-11", "to": "2025-12-31"},
    ]
    assert settled(case(stay(), person=person(insurance=insured)))["visits"][0]["pooled"] == "375.00"
    assert codes(stay(date="2025-05-11"), person=person(insurance=insured)) == "unmodelled"


# ── what a refusal says ──────────────────────────────────────────────────────────────────────


def test_a_refusal_has_its_form() -> None:
    """Code, message, where; Chinese unless English is asked for."""
    result = case(outpatient(date="2025-03-31"))
    chinese, english = error(result), error(result, Options(lang="en"))
    assert {"code", "message", "where"} <= set(chinese)
    assert any("\u4e00" <= c <= "\u9fff" for c in chinese["message"])
    assert english["message"].isascii()
    assert english["code"] == chinese["code"] == "not_in_force"
