"""What no document states, or one leaves to another: the visit is refused by its address, never settled in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.settlement.contract_cases import (
    STATED,
    Json,
    case,
    category,
    drug,
    edited_law,
    error,
    outpatient,
    person,
    policy,
    settled,
    stay,
    without,
)

from sanchong.law.library import load_law
from sanchong.settlement.options import Options
from sanchong.settlement.settle import Engine

ACCEPT = Options(accept_assumed=True)
OVERLAY = "illustrative/overlay/values.yaml"
LOW = person(categories=category("subsistence_allowance"))
MONITORED = person(categories=category("monitored"))
VISITS = [
    pytest.param(stay(), id="stay"),
    pytest.param(drug(), id="drug"),
    pytest.param(outpatient(), id="special"),
    pytest.param(outpatient(disease="diabetes"), id="chronic"),
]


@pytest.mark.parametrize("visit", VISITS)
def test_the_first_day_of_assistance_is_needed(visit: Json, tmp_path: Path) -> None:
    """It is looked up whenever assistance is computed or a base is kept."""
    law = edited_law(tmp_path, OVERLAY, lambda text: without(text, "assistance.in_force_from"))
    terms = {address: value for address, value in STATED.items() if address != "assistance.in_force_from"}
    refusal = error(case(visit, terms=terms, person=LOW), ACCEPT, Engine(law))
    assert (refusal["code"], refusal["where"]) == ("missing_value", "assistance.in_force_from")


@pytest.mark.parametrize(
    ("address", "visit"),
    [
        ("assistance.special_drug.rate.monitored", drug()),
        ("assistance.outpatient.rate.monitored", outpatient()),
        ("assistance.outpatient.rate.monitored", outpatient(disease="diabetes")),
    ],
)
def test_a_rate_left_to_another_document(address: str, visit: Json, tmp_path: Path) -> None:
    """A district's document leaves one rate open: that kind of visit is refused by it, or its assistance withheld."""
    row = f"- {{address: {address}, status: unmodelled, clause: open.a}}\n"
    engine = Engine(load_law([policy(tmp_path, "open", "140300", row)]))
    terms = STATED | {"assistance.annual_cap.monitored": "1000"}
    data = case(visit, terms=terms, person=MONITORED)
    refusal = error(data, ACCEPT, engine)
    assert (refusal["code"], refusal["where"]) == ("unmodelled", address)
    done = settled(data | {"withhold_unmodelled": True}, ACCEPT, engine)["visits"][0]
    assert done["gates"] == ["assistance_unmodelled"]
    assert done["unmodelled"] == [address]
    assert (done["assistance"], done["deferred_base"]) == ("0.00", "0.00")


@pytest.mark.parametrize(
    "other", ["assistance.special_drug.rate.monitored", "assistance.outpatient.rate.monitored"]
)
def test_a_rate_of_the_other_kind_left_open(other: str, tmp_path: Path) -> None:
    """What a drug needs, an outpatient visit does not, nor the other way round: monitored persons are not reached."""
    row = f"- {{address: {other}, status: unmodelled, clause: open.a}}\n"
    engine = Engine(load_law([policy(tmp_path, "open", "140300", row)]))
    visit = outpatient() if "drug" in other else drug()
    done = settled(case(visit, person=MONITORED), ACCEPT, engine)["visits"][0]
    assert (done["gates"], done["unmodelled"]) == (["not_entitled"], [])
