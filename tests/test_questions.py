"""The small questions as functions: what an answer holds, what is refused and why."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sanchong import (
    Answer,
    Engine,
    Options,
    Refusal,
    Setting,
    early_warning,
    enrolment_subsidy,
    load_law,
    quarterly_limit,
    recognition_deadline,
)
from sanchong.settlement.explanation import Node

LIMIT = "outpatient.chronic.quarterly_limit"
LIMITS = {f"{LIMIT}.diabetes": "600", f"{LIMIT}.hypertension": "450"}
DAY = dt.date(2025, 5, 12)
HERE = Setting("140300", DAY)
ALL = Options(accept_assumed=True)


@pytest.fixture(scope="module")
def engine() -> Engine:
    """An engine by the shipped law."""
    return Engine(load_law())


def refusal(ask: Callable[[], Answer]) -> Refusal:
    """What a question is refused with, checked to be said in both languages."""
    with pytest.raises(Refusal) as raised:
        ask()
    assert raised.value.messages["zh"] and raised.value.messages["en"].isprintable()
    return raised.value


def nodes(answer: Answer) -> Iterator[Node]:
    """Every node of an answer's explanation."""
    left = list(answer.nodes)
    while left:
        node = left.pop()
        left += node.children
        yield node


QUESTIONS: dict[str, Callable[[Engine], Answer]] = {
    "limit": lambda e: quarterly_limit(e, HERE, ["hypertension", "diabetes"], ALL),
    "subsidy": lambda e: enrolment_subsidy(e, HERE, ["subsistence_allowance"], ALL),
    "deadline": lambda e: recognition_deadline(e, Setting("140700", DAY), "cancer", ALL),
    "warning": lambda e: early_warning(e, HERE, "near_subsistence", 20_000_01, ALL),
}


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_an_answer_is_data_with_its_clauses(engine: Engine, ask: Callable[[Engine], Answer]) -> None:
    answer = ask(engine)
    assert answer.text and not answer.text.isascii()
    assert json.loads(json.dumps(answer.data)) == answer.data
    cited = {node.clause for node in nodes(answer) if node.clause}
    assert cited and cited <= set(engine.law.clauses)
    assert all(node.text for node in nodes(answer))
    assert [json.dumps(node.data()) for node in answer.nodes]
    assert ask(engine).text == answer.text and ask(engine).data == answer.data
    with pytest.raises(dataclasses.FrozenInstanceError):
        answer.text = ""  # type: ignore[misc]


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_assumed_values_are_named_where_they_stand(engine: Engine, ask: Callable[[Engine], Answer]) -> None:
    answer = ask(engine)
    values = {
        n.inputs["address"] for n in nodes(answer) if n.rule == "value" and n.inputs["status"] == "assumed"
    }
    assert set(answer.assumed) == values and len(set(answer.assumed)) == len(answer.assumed)


# ── the quarterly limit ──────────────────────────────────────────────────────────────────────


def limit_of(engine: Engine, *diseases: str, **terms: Any) -> Answer:
    """The answer under stated limits."""
    return quarterly_limit(engine, Setting("140300", DAY, terms=LIMITS | terms), diseases)


def test_limit_and_shares(engine: Engine) -> None:
    answer = limit_of(engine, "hypertension", "diabetes")
    assert answer.data == {"limit": "825.00", "shares": {"hypertension": "225.00", "diabetes": "600.00"}}
    assert "825.00" in answer.text and answer.assumed == []


@pytest.mark.parametrize("diseases", [(), ("dialysis",), ("cancer:lung",), ("psychosis:bipolar", "itp")])
def test_no_chronic_disease_has_no_limit_rather_than_nil(engine: Engine, diseases: tuple[str, ...]) -> None:
    answer = quarterly_limit(engine, HERE, diseases)
    assert answer == Answer(answer.text, {"limit": None, "shares": {}}, [], [])


def test_the_order_of_recognition_decides_a_tie(engine: Engine) -> None:
    same = {f"{LIMIT}.hypertension": "600"}
    first = limit_of(engine, "hypertension", "diabetes", **same).data["shares"]
    assert first == {"hypertension": "600.00", "diabetes": "300.00"}
    other = limit_of(engine, "diabetes", "hypertension", **same).data["shares"]
    assert other == {"diabetes": "600.00", "hypertension": "300.00"}


def test_limits_leaning_on_assumed_values(engine: Engine) -> None:
    refused = refusal(lambda: quarterly_limit(engine, HERE, ["diabetes"]))
    assert (refused.code, refused.where) == ("assumed_value", f"{LIMIT}.diabetes")
    some = Options(accept_assumed=[f"{LIMIT}.diabetes"])
    assert quarterly_limit(engine, HERE, ["diabetes"], some).assumed == [f"{LIMIT}.diabetes"]


@pytest.mark.parametrize(
    ("diseases", "code", "where"),
    [
        (["plague"], "invalid_input", "diseases[0]"),
        (["diabetes", ""], "invalid_input", "diseases[1]"),
        (["diabetes:x"], "invalid_input", "diseases[0]"),
        (["psychosis:x"], "invalid_input", "diseases[0]"),
        (["dialysis", "transplant:kidney"], "mutually_exclusive", "diseases"),
    ],
)
def test_limits_refused(engine: Engine, diseases: list[str], code: str, where: str) -> None:
    refused = refusal(lambda: quarterly_limit(engine, HERE, diseases, ALL))
    assert (refused.code, refused.where) == (code, where)


@pytest.mark.parametrize(
    ("area", "day"), [("140300", "2025-03-31"), ("140300", "2030-04-01"), ("110000", "2025-05-01")]
)
def test_no_scheme_in_force(engine: Engine, area: str, day: str) -> None:
    setting = Setting(area, dt.date.fromisoformat(day))
    refused = refusal(lambda: quarterly_limit(engine, setting, ["diabetes"], ALL))
    assert (refused.code, refused.where, refused.clause) == ("not_in_force", "on", "shanxi.a2")


def test_what_was_not_yet_known(engine: Engine) -> None:
    early = Setting("140300", DAY, known_on=dt.date(2024, 1, 1))
    assert refusal(lambda: quarterly_limit(engine, early, ["diabetes"], ALL)).code == "not_in_force"


@pytest.mark.parametrize("terms", [{"no.such": "1"}, {f"{LIMIT}.diabetes": 1.5}, {f"{LIMIT}.diabetes": "-1"}])
def test_terms_that_cannot_be(engine: Engine, terms: dict[str, Any]) -> None:
    refused = refusal(lambda: quarterly_limit(engine, Setting("140300", DAY, terms=terms), ["diabetes"]))
    assert refused.code == "invalid_input" and refused.where.startswith("terms.")


# ── the subsidy of the contribution ──────────────────────────────────────────────────────────


def test_subsidy(engine: Engine) -> None:
    answer = enrolment_subsidy(engine, HERE, ["subsistence_allowance", "near_subsistence"])
    assert answer.data == {
        "contribution": "400.00", "subsidy": "320.00", "self_pay": "80.00", "category": "subsistence_allowance",
    }  # fmt: skip
    assert answer.assumed == [] and "320.00" in answer.text
    (own,) = [node for node in nodes(answer) if node.rule == "subsidy"]
    assert own.inputs == {"categories": ["subsistence_allowance", "near_subsistence"]}


def test_nobody_is_subsidised_without_a_category(engine: Engine) -> None:
    data = enrolment_subsidy(engine, HERE, []).data
    assert (data["subsidy"], data["self_pay"], data["category"]) == ("0.00", "400.00", None)


def test_subsidy_of_an_alias(engine: Engine) -> None:
    assert enrolment_subsidy(engine, HERE, ["unsupported_child"]).data["category"] == "extreme_poverty"


def test_subsidies_refused(engine: Engine) -> None:
    refused = refusal(lambda: enrolment_subsidy(engine, HERE, ["monitored"], ALL))
    assert (refused.code, refused.where) == ("unmodelled", "enrolment.subsidy.amount.monitored")
    refused = refusal(lambda: enrolment_subsidy(engine, HERE, ["orphan", "rich"]))
    assert (refused.code, refused.where) == ("invalid_input", "categories[1]")
    refused = refusal(lambda: enrolment_subsidy(engine, Setting("140300", dt.date(1990, 1, 1)), [], ALL))
    assert (refused.code, refused.where) == ("missing_value", "enrolment.contribution")


# ── the time limit of an application ─────────────────────────────────────────────────────────


def test_deadline(engine: Engine) -> None:
    answer = recognition_deadline(engine, Setting("140700", DAY))
    assert answer.data == {
        "accepted": "2025-05-12", "working_days": 20, "last_day": "2025-06-10", "fast_track": None,
    }  # fmt: skip
    assert "2025-06-10" in answer.text and answer.assumed == []


def test_fast_track_has_a_day_only_where_its_length_is_accepted(engine: Engine) -> None:
    setting = Setting("140700", DAY)
    assert recognition_deadline(engine, setting, "cancer").data["fast_track"] is None
    accepted = recognition_deadline(engine, setting, "cancer", ALL)
    assert accepted.data["fast_track"] == "2025-05-19"
    assert accepted.assumed == ["recognition.fast_track.working_days"]
    slow = recognition_deadline(engine, setting, "hemophilia", ALL)
    assert slow.data["fast_track"] is None and slow.assumed == []


def test_deadlines_refused(engine: Engine) -> None:
    refused = refusal(lambda: recognition_deadline(engine, Setting("140700", dt.date(2027, 1, 4))))
    assert (refused.code, refused.where) == ("missing_value", "calendar.2027")
    late = Setting("140700", dt.date(2025, 12, 20), known_on=dt.date(2025, 11, 3))
    assert refusal(lambda: recognition_deadline(engine, late)).where == "calendar.2026"
    refused = refusal(lambda: recognition_deadline(engine, Setting("140300", DAY)))
    assert (refused.code, refused.where) == ("missing_value", "recognition.time_limit.working_days")
    refused = refusal(lambda: recognition_deadline(engine, Setting("140700", DAY), "plague"))
    assert (refused.code, refused.where) == ("invalid_input", "disease")


# ── the warning ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("burden", "passes"), [(0, False), (20_000_00, False), (20_000_01, True)])
@pytest.mark.parametrize(("category", "kind"), [("near_subsistence", "into"), ("monitored", "back")])
def test_warning(engine: Engine, category: str, kind: str, burden: int, passes: bool) -> None:
    terms = {f"early_warning.threshold.falling_{kind}": "20000"}
    answer = early_warning(engine, Setting("140300", DAY, terms=terms), category, burden)
    assert answer.data == {"watched": True, "passes": passes, "threshold": "20000.00"}
    assert ("未超过" in answer.text) != passes


@pytest.mark.parametrize("category", ["extreme_poverty", "subsistence_allowance", "orphan"])
def test_who_is_not_watched(engine: Engine, category: str) -> None:
    answer = early_warning(engine, HERE, category, 90_000_00)
    assert answer.data == {"watched": False, "passes": False, "threshold": None} and answer.assumed == []


def test_warnings_refused(engine: Engine) -> None:
    refused = refusal(lambda: early_warning(engine, HERE, "monitored", 1))
    assert (refused.code, refused.where) == ("assumed_value", "early_warning.threshold.falling_back")
    assert refusal(lambda: early_warning(engine, HERE, "", 1)).where == "category"


def test_a_waived_pair_may_be_held_together(engine: Engine) -> None:
    """Of kidney disease beside dialysis only the first has a quarterly limit; which side the waiver names first is all one."""
    setting = Setting("140300", DAY, terms=LIMITS | {f"{LIMIT}.ckd": "500"})
    held = ["ckd", "dialysis"]
    assert refusal(lambda: quarterly_limit(engine, setting, held)).code == "mutually_exclusive"
    for waived in (("ckd", "dialysis"), ("dialysis", "ckd")):
        answer = quarterly_limit(engine, setting, held, waived=[waived])
        assert answer.data["limit"] == "500.00"
    other = [("copd", "cor_pulmonale")]
    assert refusal(lambda: quarterly_limit(engine, setting, held, waived=other)).code == "mutually_exclusive"
