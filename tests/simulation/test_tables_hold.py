"""The tables are those of the batch contract, and their rows agree with each other."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from tests.simulation.drawn import PEOPLE, YEAR, by_person, column, draw, drawn, marginals, rows, setting

from sanchong.batch import tables as contract
from sanchong.money import MAX_AMOUNT
from sanchong.shapes import CATEGORIES, CATEGORY_ALIASES, SPECIAL_DISEASES
from sanchong.simulation.tables import SCHEMAS

pytestmark = pytest.mark.batch

BY_NAME = {table.name: table for table in contract.INPUTS if table.name != "lines"}


@pytest.mark.parametrize("name", BY_NAME)
def test_schema(name: str) -> None:
    """The contract's columns first, with its types; further ones only where it carries them."""
    wanted, found = BY_NAME[name].schema, drawn()[name].schema
    assert found == SCHEMAS[name]
    assert pa.schema(list(found)[: len(wanted)]) == wanted
    assert len(found) == len(wanted) or BY_NAME[name].carries
    further = set(found.names[len(wanted) :])
    assert not further & {column for table in contract.OUTPUTS for column in table.columns}


@pytest.mark.parametrize(
    ("name", "empty"),
    [
        ("people", set()),
        ("categories", {"to"}),
        ("recognitions", {"to", "subtype"}),
        ("waivers", set()),
        (
            "visits",
            {
                "disease", "subtype", "provider_region", "designated", "level", "fee_class", "administrative_level",
                "level_exception", "referred", "given_pooled", "given_catastrophic", "admitted", "provider",
                "provider_class", "treated_for",
            },
        ),
    ],
)  # fmt: skip
def test_what_may_be_empty(name: str, empty: set[str]) -> None:
    table = drawn()[name]
    assert table.num_rows > 0
    assert {field for field in table.schema.names if table[field].null_count} == empty


def test_people_are_named_once_and_in_order() -> None:
    names = column(drawn(), "people", "person")
    assert len(names) == PEOPLE and (names[1:] > names[:-1]).all()
    for table in ("categories", "recognitions", "waivers", "visits"):
        person = column(drawn(), table, "person")
        assert (person[1:] >= person[:-1]).all() and set(person) <= set(names), table


def test_members_of_a_household_share_what_is_the_household_s() -> None:
    shared = (
        "household_region", "household_size", "urban", "township", "household_income", "household_food",
    )  # fmt: skip
    homes: dict[str, set[tuple[object, ...]]] = {}
    for row in rows(drawn(), "people"):
        homes.setdefault(row["household"], set()).add(tuple(row[name] for name in shared))
    assert all(len(said) == 1 for said in homes.values())


def test_seq_counts_a_person_s_visits_by_date_but_for_late_ones() -> None:
    person, seq, day = (column(drawn(), "visits", name) for name in ("person", "seq", "date"))
    first = np.append(True, person[1:] != person[:-1])
    assert (seq[first] == 1).all() and (np.diff(seq)[~first[1:]] == 1).all()
    backward = (np.diff(day) < 0) & ~first[1:]
    assert 0 < backward.sum() < 2 * marginals().values("errors")["late"] * len(day)


def test_dates() -> None:
    day, kind = column(drawn(), "visits", "date"), column(drawn(), "visits", "kind")
    assert (setting().first <= day).all() and (day <= setting().last).all()
    admitted = column(drawn(), "visits", "admitted")
    stay = kind == "inpatient"
    assert (admitted[stay] < day[stay]).all() and np.isnan(admitted[~stay]).all()


def test_no_outpatient_visit_before_the_scheme() -> None:
    """The scheme began on 2025-04-01: a population of 2025 has stays from January, outpatient visits from April."""
    of_2025 = draw(20_000, year=2025)
    first: dict[str, dt.date] = {}
    for row in rows(of_2025, "visits"):
        first[row["kind"]] = min(row["date"], first.get(row["kind"], row["date"]))
    assert first["outpatient"] == dt.date(2025, 4, 1)
    assert first["inpatient"] == dt.date(2025, 1, 1)


def test_amounts_add_up() -> None:
    amount = {name: column(drawn(), "visits", name) for name in contract.REDUCED}
    parts = np.sum([amount[name] for name in contract.REDUCED if name != "total"], axis=0)
    assert (parts == amount["total"]).all()
    assert all((values >= 0).all() for values in amount.values())
    bounds = marginals().values("bill.bounds")
    assert amount["total"].min() >= bounds["least"] * 100
    assert amount["total"].max() <= bounds["most"] * 100 < MAX_AMOUNT
    assert (amount["in_policy"] > 0).all()


def test_payments_given() -> None:
    """Where no rule computes them (employees, special drugs), and never more than is in policy."""
    kind = column(drawn(), "visits", "kind")
    employees = {row["person"] for row in rows(drawn(), "people") if row["insurance"] == "employee"}
    given = np.array([p in employees for p in column(drawn(), "visits", "person")]) | (kind == "special_drug")
    pooled, catastrophic = (column(drawn(), "visits", f"given_{n}") for n in ("pooled", "catastrophic"))
    assert (~np.isnan(pooled) == given).all() and (~np.isnan(catastrophic) == given).all()
    left = column(drawn(), "visits", "in_policy") - np.nan_to_num(pooled) - np.nan_to_num(catastrophic)
    assert (left >= 0).all()


def test_a_special_drug_has_no_provider_and_a_stay_no_disease() -> None:
    for row in rows(drawn(), "visits"):
        if row["kind"] == "special_drug":
            assert row["provider_region"] is row["designated"] is row["level"] is row["provider"] is None
            assert row["total"] == row["in_policy"] and row["treated_for"]
        else:
            assert row["provider_region"] and row["level"] is not None and row["fee_class"] in (1, 2, 3)
            assert not (row["fee_class"] == 2 and row["administrative_level"] == "township")
        if row["kind"] == "outpatient":
            assert row["disease"] == row["treated_for"] and row["referred"]
            special_below = row["disease"] in SPECIAL_DISEASES and row["provider_class"] in (
                "pharmacy",
                "township",
            )
            assert special_below or not row["level_exception"]
        else:
            assert row["disease"] is row["subtype"] is None


def test_providers_keep_their_attributes() -> None:
    seen: dict[str, set[tuple[object, ...]]] = {}
    for row in rows(drawn(), "visits"):
        if row["provider"]:
            said = (row["provider_region"], row["level"], row["fee_class"], row["administrative_level"])
            seen.setdefault(row["provider"], set()).add((*said, row["provider_class"]))
    assert all(len(said) == 1 for said in seen.values()) and len(seen) > 50


def test_periods() -> None:
    start_of_year = dt.date(YEAR, 1, 1)
    for table in ("categories", "recognitions"):
        for row in rows(drawn(), table):
            assert row["to"] is None or row["from"] <= row["to"], row
            assert row["to"] is None or row["to"] >= start_of_year, row
            assert row["from"] <= dt.date(YEAR + 3, 12, 31)


def test_categories() -> None:
    known = {*CATEGORIES, *CATEGORY_ALIASES}
    assert set(column(drawn(), "categories", "category")) <= known
    by_home: dict[tuple[str, str], set[tuple[object, object]]] = {}
    homes = dict(
        zip(column(drawn(), "people", "person"), column(drawn(), "people", "household"), strict=True)
    )
    granted = set(marginals().rows("category.households"))
    for row in rows(drawn(), "categories"):
        if row["category"] in granted:
            by_home.setdefault((homes[row["person"]], row["category"]), set()).add((row["from"], row["to"]))
    assert all(len(periods) == 1 for periods in by_home.values())
    ages = dict(zip(column(drawn(), "people", "person"), column(drawn(), "people", "age"), strict=True))
    for row in rows(drawn(), "categories"):
        if row["category"] in ("orphan", "unsupported_child"):
            assert ages[row["person"]] < 18


def test_recognitions() -> None:
    """A sub-type where and only where the disease has them; legacy before the scheme, and never endless."""
    for held in by_person(drawn(), "recognitions").values():
        spans = sorted((row["disease"], row["from"], row["to"] or dt.date.max) for row in held)
        for before, after in pairwise(spans):
            assert before[0] != after[0] or before[2] < after[1], held
        for row in held:
            assert bool(row["subtype"]) == (row["disease"] in ("cancer", "transplant", "psychosis"))
            assert row["legacy"] == (row["from"] < dt.date(2025, 4, 1))
            assert not (row["legacy"] and row["to"] is None)


def excluded_pairs(held: list[dict[str, object]], day: dt.date) -> set[frozenset[str]]:
    """The exclusion pairs among what a person holds on a day."""
    on_day = [
        r
        for r in held
        if r["from"] <= day and (r["to"] is None or day <= r["to"])  # type: ignore[operator]
    ]
    names = {str(r["disease"]) for r in on_day} | {f"{r['disease']}:{r['subtype']}" for r in on_day}
    return {frozenset(pair) for pair in setting().exclusions if names >= set(pair)}


def test_excluded_pairs_are_waived_pending_or_a_few_errors() -> None:
    waived = {
        (row["person"], frozenset((row["disease_a"], row["disease_b"]))) for row in rows(drawn(), "waivers")
    }
    errors = both = 0
    end = dt.date(YEAR, 12, 31)
    for person, held in by_person(drawn(), "recognitions").items():
        for pair in excluded_pairs(held, end):
            both += 1
            sides = [r for r in held if r["disease"] in {name.split(":")[0] for name in pair}]
            pending = all(r["legacy"] for r in sides)
            errors += not pending and (person, pair) not in waived
    assert waived and both > len(waived)
    assert errors <= 5  # 1 % of some 200 would-be holders, and Poisson's four standard errors


def test_visits_fall_within_recognition_but_for_a_documented_few() -> None:
    recognised = by_person(drawn(), "recognitions")
    outside = 0
    for person, visits in by_person(drawn(), "visits").items():
        stray = False
        for visit in visits:
            if visit["kind"] == "outpatient":
                stray |= not any(
                    r["disease"] == visit["disease"]
                    and r["subtype"] == visit["subtype"]
                    and r["from"] <= visit["date"]
                    and (r["to"] is None or visit["date"] <= r["to"])
                    for r in recognised.get(person, [])
                )
        outside += stray
    share = marginals().values("errors")["outside_recognition"]
    assert 0 < outside < share * len(recognised)


def test_irregularities_exist_and_are_few() -> None:
    kind = column(drawn(), "visits", "kind")
    treated = kind != "special_drug"
    designated = column(drawn(), "visits", "designated")[treated].astype(bool)
    assert 0.99 < designated.mean() < 1
    referred = column(drawn(), "visits", "referred")[kind == "inpatient"].astype(bool)
    shares = marginals().rows("providers").values()
    least = min(row["referred"] for row in shares)
    assert least < referred.mean() < 1


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


def is_identity_number(text: str) -> bool:
    """Whether a text is a resident identity number with the right check digit (GB 11643)."""
    if not re.fullmatch(r"\d{17}[\dX]", text):
        return False
    return text[17] == CHECKS[sum(int(d) * w for d, w in zip(text, WEIGHTS, strict=False)) % 11]


def test_no_identity_numbers() -> None:
    assert is_identity_number("11010519491231002X")  # the standard's own example
    for name, table in drawn().items():
        for field in table.schema:
            words = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
            if pa.types.is_string(words):
                texts = table[field.name].combine_chunks()
                texts = texts.dictionary if pa.types.is_dictionary(field.type) else texts.unique()
                assert not any(is_identity_number(text) for text in texts.to_pylist()), (name, field.name)
