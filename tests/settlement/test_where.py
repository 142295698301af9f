"""Where a mistake stands in a case, and what should stand there."""

from __future__ import annotations

from typing import Any

import pytest
from tests.settlement.contract_cases import (
    LINE,
    STATED,
    Json,
    case,
    drug,
    error,
    outpatient,
    person,
    put,
    recognised,
    settled,
    stay,
)

from sanchong.settlement.options import Options
from sanchong.settlement.refusal import EXPECTED

ENGLISH = Options(lang="en", accept_assumed=True)
PERIOD = {"from": "2025-01-01", "to": None}
CAP = "pooled_fund.annual_cap"


def told(data: Json) -> tuple[str, str]:
    """Where a case is invalid, and what its English message says there."""
    refusal = error(data, ENGLISH)
    assert refusal["code"] == "invalid_input"
    place, _, message = refusal["message"].partition(": ")
    assert place == refusal["where"]
    return place, message


def recognition(**fields: Any) -> Json:
    """A case of someone with one recognition."""
    return case(person=person(recognitions=[PERIOD | fields]))


@pytest.mark.parametrize(
    ("fields", "field", "expected"),
    [
        ({"disease": "transplant:kidney", "subtype": "kidney"}, "subtype", "unknown"),
        ({"disease": "transplant", "subtype": 1}, "subtype", "text"),
        ({"disease": "transplant", "subtype": []}, "subtype", "text"),
        ({"disease": "transplant", "subtype": "Kidney"}, "subtype", "subtype_unknown"),
        ({"disease": "psychosis", "subtype": "other"}, "subtype", "subtype_unknown"),
        ({"disease": "transplant:Kidney"}, "disease", "subtype_unknown"),
        ({"disease": "transplant:"}, "disease", "subtype_unknown"),
        ({"disease": "diabetes", "subtype": "one"}, "subtype", "subtype_extra"),
        ({"disease": "diabetes:one"}, "disease", "subtype_extra"),
        ({"disease": "transplant"}, "subtype", "subtype_missing"),
        ({"disease": "nothing", "subtype": "kidney"}, "disease", "disease"),
        ({"disease": "diabetes", "legacy": 1}, "legacy", "flag"),
        ({"disease": "diabetes", "colour": 1}, "colour", "unknown"),
    ],
)
def test_a_recognition(fields: Json, field: str, expected: str) -> None:
    assert told(recognition(**fields)) == (f"person.recognitions[0].{field}", EXPECTED[expected][1])


@pytest.mark.parametrize("subtype", ["kidney", "a_b", "x9", None])
def test_a_subtype_that_may_stand(subtype: str | None) -> None:
    """Small letters, digits and the low line; null is none."""
    who = [PERIOD | {"disease": "dialysis"}, PERIOD | {"disease": "cancer", "subtype": subtype}]
    data = case(person=person(recognitions=who if subtype else who[:1]))
    assert settled(data)["visits"][0]["pooled"] == "70.00"


@pytest.mark.parametrize("key", ["insurance", "household_region"])
@pytest.mark.parametrize(
    ("spell", "where", "expected"),
    [
        ({"value": 1}, "[0].value", ""),
        ({"SELF": 1}, "[0].SELF", ""),
        ({}, "[0].SELF", "required"),
        ("resident", "[0]", "mapping"),
    ],
)
def test_a_spell(key: str, spell: Any, where: str, expected: str) -> None:
    """Its value stands under ``value`` or under the field's own name."""
    if isinstance(spell, dict):
        spell = PERIOD | {name.replace("SELF", key): value for name, value in spell.items()}
    place, message = told(case(person=person(**{key: [spell]})))
    assert place == f"person.{key}{where.replace('SELF', key)}"
    if expected:
        assert message == EXPECTED[expected][1]


@pytest.mark.parametrize(("key", "value"), [("insurance", "resident"), ("household_region", "140300")])
def test_both_ways_to_write_a_spell(key: str, value: str) -> None:
    for name in ("value", key):
        assert settled(case(person=person(**{key: [PERIOD | {name: value}]})))
        wrong = PERIOD | {name: value, "colour": 1}
        assert told(case(person=person(**{key: [wrong]}))) == (
            f"person.{key}[0].colour",
            EXPECTED["unknown"][1],
        )


@pytest.mark.parametrize("second", ["2025-03-01", "2025-02-28"])
def test_dated_terms_must_rise(second: str) -> None:
    """The same day twice does not."""
    dated = [{"from": "2025-03-01", "value": "1"}, {"from": second, "value": "2"}]
    data = case(terms=STATED | {CAP: {"dated": dated}})
    assert told(data) == (f"terms.{CAP}.dated", EXPECTED["rising"][1])


@pytest.mark.parametrize(
    "address", ["basic_insurance.employee", "assistance.household_region", "nowhere", CAP + "s"]
)
def test_what_terms_cannot_set(address: str) -> None:
    """A matter is no value."""
    assert told(case(terms={address: "1"})) == (f"terms.{address}", EXPECTED["address"][1])


def test_a_year_of_too_much() -> None:
    """10,000,000,000 yuan and one fen, together; the visit at which the sum passes the bound."""
    whole = drug(in_scope="9999999999.99", pooled="0", catastrophic="0")
    more = drug(id="v-2", in_scope="0.02", pooled="0", catastrophic="0")
    assert told(case(whole, more)) == ("visits[1]", EXPECTED["too_large"][1])
    assert settled(case(whole, more | {"in_scope": "0.01"}))
    assert settled(case(outpatient(lines=[LINE | {"amount": "10000000000"}])))


@pytest.mark.parametrize(
    ("visit", "field"),
    [
        (outpatient(in_scope="1"), "in_scope"),
        (stay(in_scope="1"), "in_scope"),
        (stay(disease="dialysis"), "disease"),
        (drug(provider={}), "provider"),
        (drug(lines=[]), "lines"),
        (drug(disease="dialysis"), "disease"),
    ],
)
def test_a_field_of_another_kind(visit: Json, field: str) -> None:
    assert told(case(visit)) == (f"visits[0].{field}", EXPECTED["no_place"][1])


@pytest.mark.parametrize(
    ("path", "value", "where", "expected"),
    [
        ("visits[0].date", "2024-05-10", "visits[0].date", "year"),
        ("visits[0].admitted", "2025-05-11", "visits[0].admitted", "admitted"),
        ("visits[0].provider.administrative_level", "township", "visits[0].provider.fee_class", "township"),
        ("visits[0].lines[0].class", "B", "visits[0].lines[0].advance_rate", "advance_missing"),
        ("visits[0].lines[0].advance_rate", "10%", "visits[0].lines[0].advance_rate", "advance_extra"),
        ("visits[0].lines", [LINE, LINE], "visits[0].lines[1].id", "repeated"),
        ("visits[0].provider", [], "visits[0].provider", "mapping"),
        ("visits[0].other_payments", {"gift": "1"}, "visits[0].other_payments.gift", "unknown"),
        ("visits[0].pooled", "100.01", "visits[0].pooled", "given"),
        ("visits[0].catastrophic", "100.01", "visits[0].catastrophic", "given"),
        ("visits[0].disease", "nothing", "visits[0].disease", "disease"),
        ("person.waived_exclusions", [["ckd"]], "person.waived_exclusions[0]", "pair"),
        ("person.waived_exclusions", [["ckd", 1]], "person.waived_exclusions[0]", "pair"),
        ("person.waived_exclusions", [["ckd", "no"]], "person.waived_exclusions[0][1]", "disease"),
        (
            "person.waived_exclusions",
            [["ckd", "dialysis"], ["no", "ckd"]],
            "person.waived_exclusions[1][0]",
            "disease",
        ),
        ("person.categories", {}, "person.categories", "list"),
        ("person.categories", [1], "person.categories[0]", "mapping"),
    ],
)
def test_a_mistake_and_its_place(path: str, value: Any, where: str, expected: str) -> None:
    assert told(put(case(), path, value)) == (where, EXPECTED[expected][1])


def test_two_subtypes_on_the_date() -> None:
    """The visit must say which; on another day only one is recognised."""
    both = recognised("transplant:kidney") + recognised("transplant:liver", **{"from": "2025-06-01"})
    data = case(outpatient(disease="transplant", date="2025-06-01"), person=person(recognitions=both))
    assert told(data) == ("visits[0].disease", EXPECTED["subtype_open"][1])
    before = case(outpatient(disease="transplant", date="2025-05-31"), person=person(recognitions=both))
    assert settled(before)


@pytest.mark.parametrize("key", ["insurance", "household_region"])
def test_exactly_one_must_hold(key: str) -> None:
    """None on the date, or two."""
    value = {"insurance": "resident", "household_region": "140300"}[key]
    ended = {"value": value, "from": "2025-01-01", "to": "2025-05-09"}
    for spells in ([ended], [PERIOD | {"value": value}] * 2):
        data = case(person=person(**{key: spells}))
        assert told(data) == (f"person.{key}", EXPECTED["in_force_once"][1])
