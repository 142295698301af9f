"""Small questions as data: both forms, how inputs are read, what is refused and where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sanchong import Engine, Options, Refusal, load_law
from sanchong.rules.registry import all_rules
from sanchong.settlement.asked import answered, askable, read_question

HERE = {"case": "q", "area": "140300", "date": "2025-05-12"}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load_law())


def ask(engine: Engine, **data: Any) -> dict[str, Any]:
    return answered(read_question({**HERE, **data}, engine.law.diseases).answer(engine, Options()))


def refusal(engine: Engine, **data: Any) -> tuple[str, str]:
    with pytest.raises(Refusal) as raised:
        ask(engine, **data)
    return raised.value.code, raised.value.where


def test_a_rule_answers_with_its_sentence_and_its_values(engine: Engine) -> None:
    weeks = {name: {"address": f"prescription.long.{name}"} for name in ("min_weeks", "max_weeks")}
    said = ask(engine, rule="long_prescription_allowed", inputs={"days": 84, **weeks})
    assert said["answer"] == {"result": True} and said["assumed"] == []
    assert "84 天在其内" in said["text"]
    assert [node["rule"] for node in said["explanation"]] == ["value", "value", "long_prescription_allowed"]
    assert {node["clause"] for node in said["explanation"]} == {"shanxi.a105"}
    assert json.loads(json.dumps(said)) == said


def test_a_value_that_is_asked_for_is_that_of_the_day_and_may_be_set(engine: Engine) -> None:
    given = {"in_policy": "100", "rate": {"address": "outpatient.chronic_special.pooled_rate"}}
    assert ask(engine, rule="outpatient_share", inputs=given)["answer"] == {"result": "70.00"}
    own = {"outpatient.chronic_special.pooled_rate": "80%"}
    assert ask(engine, rule="outpatient_share", inputs=given, terms=own)["answer"] == {"result": "80.00"}
    late = {**HERE, "date": "2030-04-01", "rule": "outpatient_share", "inputs": given}
    with pytest.raises(Refusal, match="missing_value"):
        read_question(late, engine.law.diseases).answer(engine, Options())


def test_an_illustration_is_refused_unless_accepted(engine: Engine) -> None:
    days = {"address": "recognition.fast_track.working_days"}
    given = {"fast_track": True, "limit": 20, "fast_track_limit": days}
    assert refusal(engine, rule="working_days_allowed", inputs=given) == ("assumed_value", days["address"])
    asked = read_question({**HERE, "rule": "working_days_allowed", "inputs": given}, engine.law.diseases)
    answer = asked.answer(engine, Options(accept_assumed=True))
    assert answer.data == {"result": 5} and answer.assumed == [days["address"]]


BAD: list[tuple[dict[str, Any], str]] = [
    ({"rule": "no_such_rule", "inputs": {}}, "rule"),
    ({"rule": "quarterly_quota", "inputs": {}}, "rule"),  # it takes records: only a settlement can ask it
    ({"question": "no_such_question", "inputs": {}}, "question"),
    ({"rule": "must_apply", "inputs": {}}, "inputs.category"),
    ({"rule": "must_apply", "inputs": {"category": "rich"}}, "inputs.category"),
    ({"rule": "must_apply", "inputs": {"category": None, "age": 5}}, "inputs.age"),
    ({"rule": "catalogue_limit", "inputs": {"total": "-1", "limit": "10%"}}, "inputs.total"),
    ({"rule": "catalogue_limit", "inputs": {"total": "1", "limit": 0.1}}, "inputs.limit"),
    (
        {"rule": "catalogue_limit", "inputs": {"total": "1", "limit": {"address": "x"}}},
        "inputs.limit.address",
    ),
    ({"rule": "on_fast_track", "inputs": {"condition": "gout"}}, "inputs.condition"),
    ({"rule": "standard_area", "inputs": {"household_area": 140300}}, "inputs.household_area"),
    ({"question": "first_review", "inputs": {"due": ["a", "a"], "reviewed": []}}, "due[1]"),
    ({"question": "first_review", "inputs": {"due": [5], "reviewed": []}}, "inputs.due[0]"),
    ({"question": "refused_lines", "inputs": {"lines": [], "refused": ["l-1"]}}, "refused[0]"),
    ({"question": "entry_criterion", "inputs": {"disease": "transplant", "stated": "x"}}, "disease"),
    ({"question": "entry_criterion", "inputs": {"disease": "ckd"}}, "stated"),
    ({"question": "first_review", "inputs": {"due": [], "reviewed": []}, "extra": 1}, "extra"),
    ({"question": "first_review", "inputs": {"due": [], "reviewed": []}, "terms": "x"}, "terms"),
    ({"question": "first_review", "inputs": []}, "inputs"),
]


@pytest.mark.parametrize(("data", "where"), BAD, ids=str)
def test_what_cannot_be_asked_is_named_by_its_path(engine: Engine, data: dict[str, Any], where: str) -> None:
    assert refusal(engine, **data) == ("invalid_input", where)


@pytest.mark.parametrize(("date", "area"), [("2025-03-31", "140700"), ("2025-05-12", "130100")])
def test_no_criterion_and_no_codes_where_no_document_is_in_force(
    engine: Engine, date: str, area: str
) -> None:
    here = {"date": date, "area": area}
    criterion = {"question": "entry_criterion", "inputs": {"disease": "ckd", "stated": "3"}}
    assert refusal(engine, **criterion, **here) == ("not_in_force", "on")
    codes = {"question": "disease_of_legacy_code", "inputs": {"code": "4"}}
    assert refusal(engine, **codes, **here) == ("not_in_force", "on")


def test_every_rule_with_plain_inputs_can_be_asked() -> None:
    names = {name for name, rule in all_rules().items() if askable(rule)}
    assert {"deposit_waived", "spending_deviates", "whole_contribution", "prescription_violations"} <= names
    assert names.isdisjoint({"basic_insurance", "number_of", "quarterly_quota", "last_day"})


def test_an_earlier_code_once_a_document_names_it(tmp_path: Path) -> None:
    """One row, no code; a code beside it stays refused."""
    folder = tmp_path / "later"
    folder.mkdir()
    (folder / "document.yaml").write_text(
        """id: later
area: "140700"
title: {zh: 某, en: some}
short: {zh: 某, en: some}
issuer: {zh: 某, en: some}
schemes: []
in_force: {from: 2025-04-01, to: null}
known_from: 2025-04-01
governs: []
leaves_open: []
clauses:
  - {id: later.codes, place: {zh: 某, en: some}, gist: {zh: 某, en: some}, rows: [], kind: [computable], by: legacy_codes}
""",
        encoding="utf-8",
    )
    (folder / "legacy_codes.yaml").write_text(
        "- {code: '4', disease: copd, clause: later.codes}\n", encoding="utf-8"
    )
    engine = Engine(load_law([tmp_path]))
    asked: dict[str, Any] = {"question": "disease_of_legacy_code", "area": "140700"}
    assert ask(engine, **asked, inputs={"code": "4"})["answer"] == {"disease": "copd"}
    assert refusal(engine, **asked, inputs={"code": "5"}) == ("unmodelled", "legacy_codes.5")


def test_a_number_is_bounded(engine: Engine) -> None:
    weeks = {name: {"address": f"prescription.long.{name}"} for name in ("min_weeks", "max_weeks")}
    given = {"rule": "long_prescription_allowed"}
    assert ask(engine, **given, inputs={"days": 10**9, **weeks})["answer"] == {"result": False}
    assert refusal(engine, **given, inputs={"days": 10**9 + 1, **weeks}) == ("invalid_input", "inputs.days")
    assert ask(engine, **given, inputs={"days": 0, **weeks})["answer"] == {"result": False}
    assert refusal(engine, **given, inputs={"days": -1, **weeks}) == ("invalid_input", "inputs.days")


def test_a_day_and_nobodys_category_are_written_as_they_were_asked(engine: Engine) -> None:
    """No first day is no day, not one; who has no category is not the last of them."""

    def inputs(rule: str, **given: Any) -> Any:
        (node,) = ask(engine, rule=rule, inputs=given)["explanation"]
        return node["inputs"]

    days = {"applied": "2025-05-12", "first_day": None}
    assert inputs("provincial_standard_applies", **days) == days
    assert inputs("settles_one_stop", category=None) == {"category": None}
    assert inputs("settles_one_stop", category="orphan") == {"category": "extreme_poverty"}
