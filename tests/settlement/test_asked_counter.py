"""The counter's questions as data: what is read of each, what reaches the answer, and what a field too many costs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.settlement.contract_cases import engine

from sanchong.settlement.asked import Asked, answered, read_question
from sanchong.settlement.options import Options
from sanchong.settlement.questions import Setting
from sanchong.settlement.refusal import Refusal

HERE = {"case": "q-1", "area": "140300", "date": "2025-05-12"}
LIMIT = "outpatient.chronic.quarterly_limit"
LIMITS = {f"{LIMIT}.diabetes": "600", f"{LIMIT}.hypertension": "450"}
TWO: dict[str, Any] = {"question": "quarterly_limit", "inputs": {"diseases": ["hypertension", "diabetes"]}}
ALL = Options(accept_assumed=True)


def read(**data: Any) -> Asked:
    return read_question({**HERE, **data}, engine().law.diseases)


def ask(options: Options | None = None, **data: Any) -> dict[str, Any]:
    return answered(read(**data).answer(engine(), options or Options()))


def refusal(options: Options | None = None, **data: Any) -> tuple[str, str]:
    with pytest.raises(Refusal) as refused:
        ask(options, **data)
    return refused.value.code, refused.value.where


def test_what_was_read() -> None:
    """Its id, its name, where and when, what was given: as pages show it."""
    asked = read(**TWO, known_on="2025-06-01", terms=LIMITS)
    assert (asked.id, asked.name) == ("q-1", "quarterly_limit")
    assert asked.setting == Setting("140300", dt.date(2025, 5, 12), dt.date(2025, 6, 1), LIMITS)
    assert asked.inputs == {"diseases": ["hypertension", "diabetes"]}
    assert read(rule="must_apply", inputs={"category": None}).name == "must_apply"


def test_a_quarterly_limit() -> None:
    """600 and half of 450; without a stated figure only if the illustration is accepted."""
    assert ask(**TWO, terms=LIMITS)["answer"] == {
        "limit": "825.00",
        "shares": {"hypertension": "225.00", "diabetes": "600.00"},
    }
    assert refusal(**TWO)[0] == "assumed_value"
    assert len(ask(ALL, **TWO)["assumed"]) == 2
    assert refusal(question="quarterly_limit", inputs={"disease": []}) == ("invalid_input", "inputs.diseases")
    assert refusal(question="quarterly_limit", inputs={"diseases": [""]}) == (
        "invalid_input",
        "inputs.diseases[0]",
    )


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("recognition_deadline", {"disease": "cancer"}),
        ("early_warning", {"category": "monitored", "burden": "1"}),
    ],
)
def test_what_is_accepted_reaches_the_question(name: str, inputs: dict[str, Any]) -> None:
    """An illustrated figure is named where it was accepted, and only there."""
    data: dict[str, Any] = {
        "question": name,
        "area": "140700" if "disease" in inputs else "140300",
        "inputs": inputs,
    }
    assert len(ask(ALL, **data)["assumed"]) == 1
    if name == "early_warning":
        assert refusal(**data) == ("assumed_value", "early_warning.threshold.falling_back")
    else:
        assert ask(**data)["answer"]["fast_track"] is None


def test_a_field_too_many() -> None:
    """In a line, and beside the address of a value."""
    line = {"id": "l", "pooled": "1", "catastrophic": "0", "assistance": "0", "patient": "0"}
    asked: dict[str, Any] = {"question": "refused_lines"}
    assert ask(**asked, inputs={"lines": [line], "refused": ["l"]})["answer"]["deducted"] == "1.00"
    assert refusal(**asked, inputs={"lines": [{**line, "more": 1}], "refused": []}) == (
        "invalid_input",
        "inputs.lines[0].more",
    )
    rate = {"address": "outpatient.chronic_special.pooled_rate", "more": 1}
    assert refusal(rule="outpatient_share", inputs={"in_policy": "1", "rate": rate}) == (
        "invalid_input",
        "inputs.rate.more",
    )


def test_a_rule_without_a_sentence_answers_with_its_name() -> None:
    said = ask(rule="has_residents_benefits", inputs={"insurance": "resident"})
    assert (said["answer"], said["text"]) == ({"result": True}, "has_residents_benefits")
