"""The year's end and the receipt: which values they use, as known on which day, and what stops a wrong sum."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tests.settlement.contract_cases import (
    STATED,
    Json,
    case,
    category,
    edited_law,
    engine,
    error,
    outpatient,
    person,
    policy,
    recognised,
    settled,
)
from tests.settlement.test_contract_time import by, cap, row

from sanchong.law.library import load_law
from sanchong.rules.year import step
from sanchong.settlement import settle
from sanchong.settlement.attribution import attribute
from sanchong.settlement.options import Options
from sanchong.settlement.settle import Engine

RATE, CAP = "assistance.outpatient.rate.monitored", "assistance.annual_cap.monitored"
VALUES = (RATE, '"50%"'), (CAP, '"20000"')


def closed(**changes: Any) -> Json:
    """A monitored person's diabetes, 70 by the fund, 30 left for the year's end."""
    chronic = outpatient(disease="diabetes", **changes)
    return case(chronic, person=person(categories=category("monitored")), close_year=True)


def later(folder: Path) -> Engine:
    """The engine of a law in which Yangquan states what a monitored person gets, from 2025-06-01 on."""
    values = "".join(row(*value, "local.a", known_from="2025-06-01") for value in VALUES)
    return Engine(load_law([policy(folder, "local", "140300", values)]))


def test_the_years_end_by_what_the_case_knows(tmp_path: Path) -> None:
    """The visit knows the document and defers 30; the year's end pays 50 % of it only if the case knows it too."""
    engine, data = later(tmp_path), closed(known_on="2025-06-01")
    assert settled(data | {"known_on": "2025-06-01"}, None, engine)["close_year"]["assistance"] == "15.00"
    unknown = data | {"known_on": "2025-05-31"}
    for withheld in (False, True):
        refused = error(unknown | {"withhold_unmodelled": withheld}, None, engine)
        assert (refused["code"], refused["where"]) == ("missing_value", RATE)


def test_an_illustration_at_the_years_end(tmp_path: Path) -> None:
    """Refused unless accepted, by its address; then named there and not at the visit, which does not use it."""
    rate = row(RATE, '"50%"', "illustrative.assistance", status="assumed", reason="test")
    by_law = Engine(edited_law(tmp_path, "illustrative/overlay/values.yaml", lambda text: text + rate))
    data = closed() | {"terms": STATED | {CAP: "20000"}}
    refused = error(data, None, by_law)
    assert (refused["code"], refused["where"]) == ("assumed_value", RATE)
    said = settled(data, Options(accept_assumed=[RATE]), by_law)
    assert (said["close_year"]["assistance"], said["close_year"]["assumed"]) == ("15.00", [RATE])
    assert said["visits"][0]["assumed"] == []


def test_who_has_no_category_has_none() -> None:
    assert settled(case())["visits"][0]["category"] is None


@pytest.mark.parametrize("name", [5, None, ["c"]])
def test_a_refusal_bears_no_name_that_is_no_text(name: Any) -> None:
    assert engine().settle({"case": name})["case"] is None


# ── the receipt ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("known_on", [["2025-05-31", "2025-06-30"], ["2025-06-30", "2025-05-31"]])
def test_a_document_by_the_latest_day_it_was_used_with(tmp_path: Path, known_on: list[str]) -> None:
    """A cap of 50; 60 since June, 70 since December: two visits, known in May and in June, in either order."""
    rows = cap("50") + cap("60", known_from="2025-06-01") + cap("70", known_from="2025-12-01")
    by_law = by(tmp_path, rows)
    terms = {k: v for k, v in STATED.items() if k != "pooled_fund.annual_cap"}
    visits = [outpatient(id=f"v-{i}", known_on=day) for i, day in enumerate(known_on)]
    said = settled(case(*visits, terms=terms, known_on="2025-12-31"), None, by_law)
    digests = {day: by_law.law.digest("cap", _day(day)) for day in ("2025-05-31", "2025-06-30", "2025-12-31")}
    assert len(set(digests.values())) == 3
    assert said["receipt"]["law"]["cap"] == digests["2025-06-30"]


def test_a_document_taken_as_known(tmp_path: Path) -> None:
    """The whole of it, though the case knows only May; the others as the case knows them."""
    by_law = by(tmp_path, cap("50") + cap("60", known_from="2025-06-01"))
    terms = {k: v for k, v in STATED.items() if k != "pooled_fund.annual_cap"}
    data = case(terms=terms, known_on="2025-05-31")
    whole, then = by_law.law.digest("cap", None), by_law.law.digest("cap", _day("2025-05-31"))
    assert whole != then
    assert settled(data, None, by_law)["receipt"]["law"]["cap"] == then
    also = Options(also_known=frozenset({"cap"}))
    said = settled(data, also, by_law)
    assert (said["visits"][0]["pooled"], said["receipt"]["law"]["cap"]) == ("60.00", whole)
    assert said["receipt"]["law"]["shanxi"] == by_law.law.digest("shanxi", _day("2025-05-31"))


def test_the_scheme_is_in_the_receipt_even_if_the_case_states_every_value() -> None:
    """Its list of diseases and of exclusions was used all the same."""
    own = {
        "outpatient.chronic_special.pooled_rate": "70%",
        "outpatient.chronic.quota_mode": "pool",
        "outpatient.chronic.stacking.rate": "50%",
        "outpatient.chronic.stacking.max_others": 2,
    }
    data = case(
        outpatient(disease="diabetes"),
        terms=STATED | own,
        person=person(recognitions=recognised("diabetes")),
    )
    said = settled(data)
    assert not [v for v in _values(said["visits"][0]["explanation"]) if v["clause"]]
    assert said["receipt"]["law"] == {
        "shanxi": engine().law.digest("shanxi", _day(said["receipt"]["known_on"]))
    }


def test_what_a_visit_knew_and_its_sub_type_are_among_the_hashed_inputs() -> None:
    """Two cases that differ in one of them alone are two cases."""
    who = person(recognitions=recognised("transplant:kidney"))

    def inputs(**changes: Any) -> Any:
        visit = {"disease": "transplant:kidney", "known_on": "2025-06-01"} | changes
        said: Json = settled(case(outpatient(**visit), person=who, known_on="2025-06-01"))
        return said["receipt"]["inputs"]

    assert inputs() == inputs()
    assert len({inputs(), inputs(known_on=None), inputs(disease="transplant")}) == 3


# ── sums that cannot be ──────────────────────────────────────────────────────────────────────


def test_a_rule_that_loses_a_fen_settles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def losing(state: Any, record: Any, terms: Any, book: Any) -> None:
        step(state, record, terms, book)
        book.patient -= 1

    monkeypatch.setattr(settle, "step", losing)
    with pytest.raises(AssertionError, match="the payers do not add up"):
        engine().settle(case())


def test_lines_that_do_not_add_up_settle_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def losing(splits: Any, book: Any) -> Any:
        (part,) = attribute(splits, book)
        return [part._replace(patient=part.patient - 1)]

    monkeypatch.setattr(settle, "attribute", losing)
    with pytest.raises(AssertionError, match="the lines do not add up"):
        engine().settle(case())


def _day(day: str) -> dt.date:
    return dt.date.fromisoformat(day)


def _values(nodes: Any) -> list[Any]:
    """The nodes of policy values in some explanations."""
    found = [node for node in nodes if node["rule"] == "value"]
    return found + [value for node in nodes for value in _values(node["children"])]
