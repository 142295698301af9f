"""``terms``: values by address for this case only, plain or dated, refused where they cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from tests.settlement.contract_cases import (
    STATED,
    Json,
    case,
    category,
    engine,
    error,
    outpatient,
    person,
    settled,
    stay,
)

from sanchong.settlement.options import Options

RATE = "outpatient.chronic_special.pooled_rate"


def with_terms(**changes: Any) -> Json:
    """The dialysis case with further terms."""
    return case(terms=STATED | changes)


@pytest.mark.parametrize(
    "address",
    ["pooled_fund", "pooled_fund.annual_capp", "outpatient.chronic.quarterly_limit.dialysis", "", "inpatient.deductible.second",
     "assistance.inpatient.rate.orphan", "assistance.inpatient.rate.standard", "catastrophic.bands"],
)  # fmt: skip
def test_an_unknown_address_is_invalid(address: str) -> None:
    """Families take the members that the table names and no others."""
    refusal = error(with_terms(**{address: "1"}))
    assert refusal["code"] == "invalid_input"
    assert refusal["where"].startswith("terms")


VALUES: tuple[tuple[str, Any, bool], ...] = (
    (RATE, "70%", True),
    (RATE, "7/10", True),
    (RATE, "1", True),
    (RATE, "170%", False),
    (RATE, 0.7, False),
    (RATE, "seventy", False),
    ("pooled_fund.annual_cap", "100000", True),
    ("pooled_fund.annual_cap", 100000, True),
    ("pooled_fund.annual_cap", 100000.5, False),
    ("pooled_fund.annual_cap", "-1", False),
    ("pooled_fund.annual_cap", None, False),
    ("pooled_fund.annual_cap", "10000000000.01", False),
    ("outpatient.chronic.stacking.max_others", 2, True),
    ("outpatient.chronic.stacking.max_others", "2", False),
    ("outpatient.chronic.stacking.max_others", -1, False),
    ("outpatient.chronic.quota_mode", "pool", True),
    ("outpatient.chronic.quota_mode", "per_disease", True),
    ("outpatient.chronic.quota_mode", "shared", False),
    ("outpatient.chronic.excess_stays_in_policy", False, True),
    ("outpatient.chronic.excess_stays_in_policy", "false", False),
    ("special_drug.counts_to_annual_cap", True, True),
    ("special_drug.counts_to_annual_cap", 1, False),
    ("catastrophic.annual_cap.standard", None, True),
    ("catastrophic.deductible.standard", None, False),
    ("assistance.annual_cap.near_subsistence", None, True),
    ("assistance.in_force_from", "2023-01-01", True),
    ("assistance.in_force_from", "2023-13-01", False),
    ("assistance.in_force_from", None, False),
    ("assistance.inpatient.rate.monitored", "50%", True),
    ("enrolment.contribution", "400", True),
    ("enrolment.subsidy.rate.monitored", "50%", True),
    ("enrolment.subsidy.floor.monitored", "280", True),
    ("enrolment.subsidy.amount.monitored", "200", True),
    ("early_warning.threshold.falling_into", "20000", True),
    ("early_warning.threshold.falling_back", "20000", True),
    ("catalogue_control.limit.third", "15%", True),
)


@pytest.mark.parametrize(("address", "value", "sound"), VALUES)
def test_values_of_each_kind(address: str, value: Any, sound: bool) -> None:
    """Yuan, yuan or null, rates, integers, switches, modes, dates."""
    data = with_terms(**{address: value})
    if sound:
        settled(data)
    else:
        refusal = error(data)
        assert refusal["code"] == "invalid_input"
        assert refusal["where"] == f"terms.{address}"


BANDS = "catastrophic.bands.standard"
ROW = {"above": "0", "rate": "60%"}


@pytest.mark.parametrize(
    ("rows", "sound"),
    [
        ([ROW], True),
        ([{"above": "500", "rate": "60%"}], True),
        ([{"above": str(i), "rate": "10%"} for i in range(8)], True),
        ([{"above": str(i), "rate": "10%"} for i in range(9)], False),
        ([ROW, {"above": "0", "rate": "70%"}], False),
        ([{"above": "2", "rate": "60%"}, {"above": "1", "rate": "70%"}], False),
        ([ROW | {"below": "1"}], False),
        ([{"above": "0"}], False),
        ([{"rate": "60%"}], False),
        ([{"above": "-1", "rate": "60%"}], False),
        ([{"above": "0", "rate": "160%"}], False),
        ([{"above": 0.5, "rate": "60%"}], False),
        ({"above": "0", "rate": "60%"}, False),
        ("60%", False),
        ([{"above": "0", "rate": "1/1000"}, {"above": "1", "rate": "1/999"}], True),
        ([{"above": "0", "rate": "1/1000"}, {"above": "1", "rate": "1/1001"}], False),
    ],
)
def test_bands(rows: Any, sound: bool) -> None:
    """At most eight rows, rising; the rates' denominators have a common multiple of at most 1,000,000."""
    data = with_terms(**{BANDS: rows})
    if sound:
        settled(data)
    else:
        assert error(data)["code"] == "invalid_input"


def dated(*rows: tuple[str, Any]) -> Json:
    """A dated value."""
    return {"dated": [{"from": start, "value": value} for start, value in rows]}


def test_a_dated_value_holds_from_its_day() -> None:
    """70 % until 05-14, 80 % from 05-15."""
    visits = [outpatient(id=f"v-{day}", date=f"2025-05-{day}") for day in ("14", "15", "16")]
    data = case(*visits, terms=STATED | {RATE: dated(("2025-01-01", "70%"), ("2025-05-15", "80%"))})
    assert [visit["pooled"] for visit in settled(data)["visits"]] == ["70.00", "80.00", "80.00"]


@pytest.mark.parametrize(
    "value",
    [
        {"dated": [{"from": "2025-01-01", "value": "70%", "to": None}]},
        {"dated": [{"from": "2025-01-01"}]},
        {"dated": [{"value": "70%"}]},
        {"dated": [{"from": "2025-1-1", "value": "70%"}]},
        {"dated": [{"from": "2025-01-01", "value": "170%"}]},
        {"dated": "70%"},
        {"dates": []},
        {"dated": [{"from": "2025-01-01", "value": "70%"}], "else": "60%"},
    ],
)
def test_a_dated_value_has_its_form(value: Any) -> None:
    """``dated``, and in each row ``from`` and ``value``: nothing absent, nothing unknown."""
    refusal = error(with_terms(**{RATE: value}))
    assert refusal["code"] == "invalid_input"
    assert refusal["where"].startswith(f"terms.{RATE}")


def test_terms_are_stated_and_known() -> None:
    """They need no acceptance, are not named as assumed, and hold whatever the known-on date."""
    visit = settled(case(known_on="2025-05-10"))["visits"][0]
    assert visit["assumed"] == []
    early = case(stay(date="2025-01-10"), known_on="1999-01-01", person=person())
    assert settled(early)["visits"][0]["pooled"] == "375.00"


def test_terms_are_for_this_case_only() -> None:
    """The next case of the same engine is settled by the law."""
    assert settled(with_terms(**{RATE: "80%"}))["visits"][0]["pooled"] == "80.00"
    assert settled(with_terms())["visits"][0]["pooled"] == "70.00"


def test_terms_come_before_a_stated_value_of_the_law() -> None:
    """Assistance 70 % of 625 is 437.50, 50 % is 312.50."""
    low = person(categories=category("subsistence_allowance"))
    assert settled(case(stay(), person=low))["visits"][0]["assistance"] == "437.50"
    terms = STATED | {"assistance.inpatient.rate.subsistence_allowance": "50%"}
    assert settled(case(stay(), person=low, terms=terms))["visits"][0]["assistance"] == "312.50"


@pytest.mark.parametrize(
    ("accepted", "where"),
    [
        (("catastrophic",), "pooled_fund.annual_cap"),
        (("pooled_fund.annual_cap", "catastrophic.deductible", "catastrophic.annual_cap"), "catastrophic.bands.standard"),
        (("pooled_fund", "catastrophic.deductible", "catastrophic.bands"), "catastrophic.annual_cap.standard"),
        (True, None),
        (("pooled_fund", "catastrophic"), None),
        (("pooled_fund.annual_cap", "catastrophic.deductible.standard", "catastrophic.bands.standard",
          "catastrophic.annual_cap.standard"), None),
    ],
)  # fmt: skip
def test_accept_assumed(accepted: Any, where: str | None) -> None:
    """All, or addresses and prefixes: what is not among them refuses, ``where`` being its address."""
    data = case(terms={})
    if where is None:
        visit = settled(data, Options(accept_assumed=accepted))["visits"][0]
        assert set(visit["assumed"]) == {
            "pooled_fund.annual_cap",
            "catastrophic.deductible.standard",
            "catastrophic.bands.standard",
            "catastrophic.annual_cap.standard",
        }
        return
    refusal = error(data, Options(accept_assumed=accepted))
    assert (refusal["code"], refusal["where"]) == ("assumed_value", where)


def test_every_assumed_value_used_is_named() -> None:
    """With two chronic diseases both limits; the annual caps; never what was not needed."""
    data = case(outpatient(disease="diabetes"), terms={}, person=person())
    visit = settled(data, Options(accept_assumed=True))["visits"][0]
    assert "outpatient.chronic.quarterly_limit.diabetes" in visit["assumed"]
    assert "outpatient.chronic.quarterly_limit.hypertension" not in visit["assumed"]
    assert "assistance.in_force_from" not in visit["assumed"]
    assert not [a for a in visit["assumed"] if a.startswith("inpatient.")]
    assert engine().settle(data)["ok"] is False


def test_the_first_day_of_assistance_is_needed_when_a_base_is_kept() -> None:
    """Not where assistance is gated, but on a chronic visit whose base is only kept."""
    terms = {k: v for k, v in STATED.items() if k != "assistance.in_force_from"}
    low = person(categories=category("subsistence_allowance"))
    refusal = error(case(outpatient(disease="diabetes"), terms=terms, person=low))
    assert (refusal["code"], refusal["where"]) == ("assumed_value", "assistance.in_force_from")
    assert settled(case(outpatient(disease="diabetes"), terms=terms))
    assert settled(case(stay(referred=False), terms=terms, person=low))
