"""What a case may say: required and optional fields, amounts, rates, dates, ids; where a mistake stands."""

from __future__ import annotations

from typing import Any

import pytest
from tests.settlement.contract_cases import (
    LINE,
    PROVIDER,
    Json,
    case,
    category,
    drop,
    drug,
    error,
    outpatient,
    person,
    put,
    recognised,
    settled,
    stay,
    where_invalid,
)

FULL = case(
    outpatient(lines=[LINE, {"id": "l-2", "amount": "100", "class": "B", "advance_rate": "10%"}]),
    stay(id="v-2"),
    drug(id="v-3"),
    person=person(categories=category("subsistence_allowance")),
)


def test_the_full_case_settles() -> None:
    """What the tests below spoil is sound: 70 % of 100 and of 90."""
    assert settled(FULL)["visits"][0]["pooled"] == "133.00"


REQUIRED = (
    "case", "region", "year", "person", "visits",
    "person.id", "person.insurance", "person.household_region",
    "person.categories[0].category", "person.categories[0].from", "person.categories[0].to",
    "person.recognitions[0].disease", "person.recognitions[0].from", "person.recognitions[0].to",
    "visits[0].id", "visits[0].kind", "visits[0].date", "visits[0].disease", "visits[0].provider", "visits[0].lines",
    "visits[0].provider.id", "visits[0].provider.region", "visits[0].provider.designated",
    "visits[0].provider.level", "visits[0].provider.fee_class", "visits[0].provider.administrative_level",
    "visits[0].lines[0].id", "visits[0].lines[0].amount", "visits[0].lines[0].class",
    "visits[0].lines[1].advance_rate",
    "visits[1].referred",
    "visits[2].in_scope", "visits[2].pooled", "visits[2].catastrophic",
)  # fmt: skip


@pytest.mark.parametrize("path", REQUIRED)
def test_anything_else_absent_is_invalid(path: str) -> None:
    """A required field that is absent is named by its own path."""
    assert where_invalid(drop(FULL, path)) == path


UNKNOWN = (
    "colour", "person.colour", "person.categories[0].colour", "person.recognitions[0].colour",
    "visits[0].colour", "visits[0].provider.colour", "visits[0].lines[0].colour", "visits[1].colour",
    "visits[2].colour",
)  # fmt: skip


@pytest.mark.parametrize("path", UNKNOWN)
def test_any_unknown_field_is_invalid(path: str) -> None:
    """At every level."""
    assert where_invalid(put(FULL, path, "1")) == path


def test_an_unknown_payer_is_invalid() -> None:
    """The three members of other_payments are all there are."""
    data = case(outpatient(other_payments={"charity": "1"}))
    assert where_invalid(data) == "visits[0].other_payments.charity"


DEFAULTS: tuple[tuple[str, Any], ...] = (
    ("close_year", False),
    ("withhold_unmodelled", False),
    ("person.waived_exclusions", []),
    ("visits[0].referred", True),
    ("visits[2].referred", True),
    ("visits[0].admitted", "2025-05-10"),
    ("visits[1].admitted", "2025-05-10"),
    ("visits[0].provider.level_exception", False),
    ("visits[0].lines[0].dual_channel", False),
    ("visits[0].lines[0].related", True),
    ("visits[0].lines[0].conforming", True),
    ("visits[0].other_payments", {}),
    ("visits[0].other_payments", {"supplementary": "0", "commercial": "0.00", "mutual_aid": 0}),
)


@pytest.mark.parametrize(("path", "value"), DEFAULTS)
def test_a_default_written_out_changes_nothing(path: str, value: Any) -> None:
    """Neither the result nor the hash of the inputs, in which defaults are filled in."""
    plain, written = settled(FULL), settled(put(FULL, path, value))
    assert plain["receipt"]["inputs"] == written["receipt"]["inputs"]
    assert plain["receipt"]["result"] == written["receipt"]["result"]


def test_empty_lists_of_the_person_are_the_default() -> None:
    """categories and recognitions may be absent: nobody's category, nothing recognised."""
    bare = case(stay(), person={"id": "p-1", "insurance": "resident", "household_region": "140300"})
    written = put(put(bare, "person.categories", []), "person.recognitions", [])
    assert settled(bare)["receipt"]["inputs"] == settled(written)["receipt"]["inputs"]
    assert settled(bare)["visits"][0]["gates"] == ["no_category"]


def test_terms_may_be_absent() -> None:
    """Then every value is the law's: here given payments and no category need none of the assumed."""
    data = drop(case(drug()), "terms")
    assert settled(data)["visits"][0]["patient"] == "700.00"
    assert settled(data)["receipt"]["inputs"] == settled(data | {"terms": {}})["receipt"]["inputs"]


WRONG: tuple[tuple[str, Any], ...] = (
    ("year", "2025"), ("close_year", "true"), ("close_year", 1), ("region", "1403"), ("region", 140300),
    ("known_on", "soon"), ("terms", []), ("visits", {}), ("person", []),
    ("person.insurance", "student"), ("person.household_region", "14030"),
    ("person.categories", {}), ("person.categories[0].category", "poor"),
    ("person.recognitions[0].disease", "gout"), ("person.recognitions[0].from", "2025-4-1"),
    ("visits[0].kind", "dental"), ("visits[0].disease", "gout"), ("visits[0].known_on", "2025-02-30"),
    ("visits[0].provider.designated", "yes"), ("visits[0].provider.level", 4), ("visits[0].provider.level", -1),
    ("visits[0].provider.fee_class", 0), ("visits[0].provider.fee_class", 4),
    ("visits[0].provider.administrative_level", "village"), ("visits[0].provider.region", "14030x"),
    ("visits[0].lines[0].class", "D"), ("visits[0].lines[0].class", "a"),
    ("visits[1].referred", "no"),
)  # fmt: skip


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_a_value_of_the_wrong_kind_is_invalid(path: str, value: Any) -> None:
    """It is named by its path."""
    assert where_invalid(put(FULL, path, value)) == path


@pytest.mark.parametrize("date", ["2024-12-31", "2026-01-01"])
def test_a_date_outside_the_year_is_invalid(date: str) -> None:
    """The visits are those of one calendar year."""
    assert where_invalid(put(FULL, "visits[1].date", date)) == "visits[1].date"


def test_a_repeated_id_is_invalid() -> None:
    """Among visits, and among one visit's lines; another visit's lines may have it."""
    assert where_invalid(put(FULL, "visits[2].id", "v-1")) == "visits[2].id"
    assert where_invalid(put(FULL, "visits[0].lines[1].id", "l-1")) == "visits[0].lines[1].id"
    assert settled(case(outpatient(), outpatient(id="v-2")))


@pytest.mark.parametrize("spells", ["categories", "recognitions"])
def test_a_period_that_ends_before_it_starts_is_invalid(spells: str) -> None:
    """One day is a period: both ends are included."""
    assert where_invalid(put(FULL, f"person.{spells}[0].to", "2024-12-31")) == f"person.{spells}[0].to"
    one_day = put(put(FULL, f"person.{spells}[0].from", "2025-05-10"), f"person.{spells}[0].to", "2025-05-10")
    assert settled(one_day)["visits"][0]["pooled"] == "133.00"


def test_a_special_drug_has_no_provider_and_no_lines() -> None:
    """Nor a disease; and a stay has no disease."""
    for key, value in (("provider", PROVIDER), ("lines", []), ("disease", "dialysis")):
        assert where_invalid(case(drug(**{key: value}))) == f"visits[0].{key}"
    assert where_invalid(case(stay(disease="dialysis"))) == "visits[0].disease"
    assert where_invalid(case(stay(in_scope="1"))) == "visits[0].in_scope"


def test_class_b_alone_has_an_advance() -> None:
    """It must have one; A and C must not."""
    for name in ("A", "C"):
        line = {"id": "l-1", "amount": "1", "class": name, "advance_rate": "10%"}
        assert where_invalid(case(outpatient(lines=[line]))) == "visits[0].lines[0].advance_rate"


SUBTYPES: tuple[tuple[Json, bool], ...] = (
    ({"disease": "transplant"}, False),
    ({"disease": "cancer"}, False),
    ({"disease": "psychosis"}, False),
    ({"disease": "transplant", "subtype": "heart_2"}, True),
    ({"disease": "transplant", "subtype": "Heart"}, False),
    ({"disease": "transplant", "subtype": ""}, False),
    ({"disease": "cancer:acute_leukemia"}, True),
    ({"disease": "psychosis", "subtype": "bipolar"}, True),
    ({"disease": "psychosis", "subtype": "neurosis"}, False),
    ({"disease": "diabetes", "subtype": "kidney"}, False),
    ({"disease": "hemophilia:a"}, False),
)


@pytest.mark.parametrize(("said", "sound"), SUBTYPES)
def test_subtypes(said: Json, sound: bool) -> None:
    """Transplant and cancer need any, psychosis one of six, no other disease has one."""
    data = case(stay(), person=person(recognitions=[said | {"from": "2025-01-01", "to": None}]))
    if sound:
        settled(data)
    else:
        assert where_invalid(data).startswith("person.recognitions[0].")


@pytest.mark.parametrize(
    "subtype", ["schizophrenia", "bipolar", "delusional", "schizoaffective", "epileptic", "retardation"]
)
def test_the_six_kinds_of_psychosis(subtype: str) -> None:
    """A visit may name it or leave it out."""
    who = person(recognitions=recognised(f"psychosis:{subtype}"))
    for disease in ("psychosis", f"psychosis:{subtype}"):
        assert settled(case(outpatient(disease=disease), person=who))["visits"][0]["pooled"] == "70.00"


def test_both_spellings_of_a_subtype_are_one() -> None:
    """``disease:subtype`` writes both together."""
    apart = case(stay(), person=person(recognitions=[recognised("transplant")[0] | {"subtype": "kidney"}]))
    together = case(stay(), person=person(recognitions=recognised("transplant:kidney")))
    assert settled(apart)["receipt"]["result"] == settled(together)["receipt"]["result"]


@pytest.mark.parametrize("data", [[], None, "case", 7])
def test_a_case_is_an_object(data: Any) -> None:
    """What is not has no name either."""
    assert error(data)["code"] == "invalid_input"


def test_the_name_of_a_refused_case_is_kept() -> None:
    """So that its line in the output can be found."""
    assert error(case(year="x"))["where"] == "year"
