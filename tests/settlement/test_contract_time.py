"""Both time axes, through documents in an extra folder: in force on a day, known on a day; and which area's value."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.settlement.contract_cases import (
    STATED,
    case,
    category,
    outpatient,
    person,
    policy,
    settled,
    stay,
)

from sanchong.law.library import load_law
from sanchong.settlement.options import Options
from sanchong.settlement.settle import Engine

ACCEPT = Options(accept_assumed=True)
CAP = "pooled_fund.annual_cap"


def row(address: str, value: str, clause: str, **changes: str) -> str:
    """One row of a values file."""
    fields = {"address": address, "value": value, "clause": clause} | changes
    return "- {" + ", ".join(f"{k}: {v}" for k, v in fields.items()) + "}\n"


def cap(value: str, **changes: str) -> str:
    """A fund's cap in the document `cap`; `start` and `end` are its period."""
    renamed = {"start": "from", "end": "to"}
    return row(CAP, f'"{value}"', "cap.a", **{renamed.get(k, k): v for k, v in changes.items()})


def by(folder: Path, values: str, area: str = "140300", **head: str) -> Engine:
    """The engine of the shipped law and one more document."""
    return Engine(load_law([policy(folder, "cap", area, values, **head)]))


def pooled(engine: Engine, date: str, known_on: str) -> str:
    """What the fund pays of 100 on a date, as known on another: 70 where the cap leaves room."""
    terms = {k: v for k, v in STATED.items() if k != CAP}
    said = settled(case(outpatient(date=date), terms=terms, known_on=known_on), ACCEPT, engine)
    result: str = said["visits"][0]["pooled"]
    return result


def test_a_citys_value_replaces_the_illustration(tmp_path: Path) -> None:
    """It is stated: nothing assumed is named, nothing need be accepted."""
    engine = by(tmp_path, cap("50"))
    terms = {k: v for k, v in STATED.items() if k != CAP}
    visit = settled(case(terms=terms, known_on="2025-05-10"), None, engine)["visits"][0]
    assert (visit["pooled"], visit["assumed"]) == ("50.00", [])


@pytest.mark.parametrize(
    ("date", "known_on", "expected"),
    [
        ("2025-05-10", "2025-05-31", "50.00"),
        ("2025-05-10", "2025-06-01", "60.00"),
        ("2025-04-30", "2025-05-31", "50.00"),
        ("2025-04-30", "2025-06-01", "50.00"),
        ("2025-05-01", "2025-06-01", "60.00"),
    ],
)
def test_a_value_published_late_holds_backwards_once_known(
    tmp_path: Path, date: str, known_on: str, expected: str
) -> None:
    """50 all year, known from the start; 60 from 05-01, published on 06-01."""
    engine = by(tmp_path, cap("50") + cap("60", start="2025-05-01", known_from="2025-06-01"))
    assert pooled(engine, date, known_on) == expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [("2025-05-14", "50.00"), ("2025-05-15", "60.00"), ("2025-06-30", "60.00"), ("2025-07-01", "70.00")],
)
def test_both_ends_of_a_period_belong_to_it(tmp_path: Path, date: str, expected: str) -> None:
    """50 to 05-14, 60 from 05-15 to 06-30, then the illustrated 70,000."""
    engine = by(tmp_path, cap("50", end="2025-05-14") + cap("60", start="2025-05-15", end="2025-06-30"))
    assert pooled(engine, date, "2025-12-31") == expected


def test_a_document_not_yet_published_says_nothing(tmp_path: Path) -> None:
    """In force from 01-01, known from 06-01."""
    engine = by(tmp_path, cap("50"), known_from="2025-06-01")
    assert pooled(engine, "2025-05-10", "2025-05-31") == "70.00"
    assert pooled(engine, "2025-05-10", "2025-06-01") == "50.00"


def test_each_visit_keeps_its_own_known_on(tmp_path: Path) -> None:
    """Two visits on one day: the first as known before the publication, the second after."""
    engine = by(tmp_path, cap("50") + cap("60", known_from="2025-06-01"))
    terms = {k: v for k, v in STATED.items() if k != CAP}
    visits = [outpatient(known_on="2025-05-31"), outpatient(id="v-2")]
    said = settled(case(*visits, terms=terms, known_on="2025-06-30"), ACCEPT, engine)["visits"]
    assert [visit["pooled"] for visit in said] == ["50.00", "10.00"]


def test_insurance_goes_by_region_and_assistance_by_household(tmp_path: Path) -> None:
    """A cap of Jinzhong's does not reach a person insured in Yangquan."""
    engine = by(tmp_path, cap("50"), area="140700")
    assert pooled(engine, "2025-05-10", "2025-12-31") == "70.00"
    terms = {k: v for k, v in STATED.items() if k != CAP}
    there = case(region="140700", terms=terms, known_on="2025-12-31")
    assert settled(there, ACCEPT, engine)["visits"][0]["pooled"] == "50.00"


def test_the_nearer_area_counts(tmp_path: Path) -> None:
    """The province leaves the cap open; the city's own holds in the city, the province's elsewhere."""
    policy(tmp_path, "cap", "140300", cap("50"))
    province = row(CAP, '"60"', "province.a")
    extra = policy(
        tmp_path, "province", "140000", province, governs='["pooled_fund.*"]', leaves_open=f'["{CAP}"]'
    )
    engine = Engine(load_law([extra]))
    assert pooled(engine, "2025-05-10", "2025-12-31") == "50.00"
    terms = {k: v for k, v in STATED.items() if k != CAP}
    there = case(region="140700", terms=terms, known_on="2025-12-31")
    assert settled(there, None, engine)["visits"][0]["pooled"] == "60.00"


def test_a_city_states_what_the_text_left_to_another_document(tmp_path: Path) -> None:
    """Yangquan's other document on monitored persons: 50 % over nothing, within 20,000; 625 → 312.50."""
    values = "".join(
        [
            row("assistance.inpatient.rate.monitored", '"50%"', "local.a", known_from="2025-06-01"),
            row(
                "assistance.inpatient.deductible_income_share.monitored",
                '"0"',
                "local.a",
                known_from="2025-06-01",
            ),
            row("assistance.annual_cap.monitored", '"20000"', "local.a", known_from="2025-06-01"),
        ]
    )
    engine = Engine(load_law([policy(tmp_path, "local", "140300", values)]))
    data = case(stay(), person=person(categories=category("monitored")))
    assert engine.settle(data | {"known_on": "2025-05-31"})["error"]["code"] == "unmodelled"
    visit = settled(data | {"known_on": "2025-06-01"}, None, engine)["visits"][0]
    assert (visit["assistance"], visit["gates"]) == ("312.50", [])


def test_terms_come_before_every_document(tmp_path: Path) -> None:
    """The case's own cap holds."""
    engine = by(tmp_path, cap("50"))
    assert settled(case(known_on="2025-12-31"), None, engine)["visits"][0]["pooled"] == "70.00"


def test_a_switch_left_open_by_the_country(tmp_path: Path) -> None:
    """A city lets special drugs use up the fund's cap: 1,250 − 1,200 = 50 are left."""
    values = row("special_drug.counts_to_annual_cap", "true", "drugs.a")
    engine = Engine(load_law([policy(tmp_path, "drugs", "140300", values)]))
    used = {
        "id": "v-0",
        "kind": "special_drug",
        "date": "2025-05-01",
        "in_scope": "1200",
        "pooled": "1200",
        "catastrophic": "0",
    }
    data = case(used, outpatient(), terms=STATED | {CAP: "1250"})
    assert settled(data)["visits"][1]["pooled"] == "70.00"
    assert settled(data, None, engine)["visits"][1]["pooled"] == "50.00"
