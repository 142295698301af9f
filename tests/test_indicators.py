"""The indicators as functions: the answer's data and text, and what is refused; figures stand in policies/."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from sanchong import (
    Answer,
    Engine,
    Refusal,
    Setting,
    budget_execution,
    enrolled_recipients,
    load_law,
    one_stop_providers,
    service_points,
)

HERE = Setting("140300", dt.date(2025, 6, 30))
Ask = Callable[[Engine, Setting, Any], Answer]

RECIPIENT = {"id": "p-1", "insured": {"2025": True}}
PROVIDER = {"id": "h-1", "region": "140302", "designated": True, "one_stop": []}
ITEM = {"id": "stays", "budget": "10", "executed": "2.50"}
UNITS = [
    {"id": level, "level": level, "service_point": True}
    for level in ("city", "county", "township", "village")
]
GOOD: list[tuple[Ask, list[Any], str]] = [
    (enrolled_recipients, [RECIPIENT], "yangquan.b43"),
    (one_stop_providers, [PROVIDER], "yangquan.b104"),
    (budget_execution, [ITEM], "yangquan.b138"),
    (service_points, UNITS, "yangquan.b142"),
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    """An engine by the shipped law."""
    return Engine(load_law())


def refusal(engine: Engine, ask: Ask, rows: Any, setting: Setting = HERE) -> Refusal:
    """What an indicator is refused with, checked to be said in both languages."""
    with pytest.raises(Refusal) as raised:
        ask(engine, setting, rows)
    assert raised.value.messages["zh"] and raised.value.messages["en"].isprintable()
    return raised.value


@pytest.mark.parametrize(("ask", "rows", "clause"), GOOD)
def test_an_answer_is_data_with_its_clause(engine: Engine, ask: Ask, rows: list[Any], clause: str) -> None:
    answer = ask(engine, HERE, rows)
    assert json.loads(json.dumps(answer.data)) == answer.data
    assert answer.data["clause"] == clause
    assert {node.clause for node in answer.nodes} == {clause}
    assert answer.data["percent"] in answer.text and all(
        name in answer.text for name in answer.data["missing"]
    )
    assert answer.assumed == []


@pytest.mark.parametrize(("ask", "rows", "clause"), GOOD)
def test_a_share_of_nothing_is_refused(engine: Engine, ask: Ask, rows: list[Any], clause: str) -> None:
    refused = refusal(engine, ask, [])
    assert (refused.code, refused.clause) == ("missing_value", clause)


@pytest.mark.parametrize(("ask", "rows", "clause"), GOOD)
def test_an_area_whose_document_does_not_ask_for_it(
    engine: Engine, ask: Ask, rows: list[Any], clause: str
) -> None:
    elsewhere = Setting("140700", HERE.on)
    refused = refusal(engine, ask, rows, elsewhere)
    assert (refused.code, refused.where, refused.clause) == ("unmodelled", "area", clause)


@pytest.mark.parametrize(("ask", "rows", "clause"), GOOD)
def test_rows_that_cannot_be(engine: Engine, ask: Ask, rows: list[Any], clause: str) -> None:
    unknown, nameless = {**rows[0], "more": 1}, {**rows[0], "id": ""}
    lists: list[Any] = [{}, None, [5], [unknown], [nameless], [rows[0], rows[0]]]
    for damaged in lists:
        assert refusal(engine, ask, damaged).code == "invalid_input"
    for field in rows[0]:
        lacking = {name: value for name, value in rows[0].items() if name != field}
        assert refusal(engine, ask, [lacking]).where.endswith(f"[0].{field}")


@pytest.mark.parametrize(
    ("ask", "row", "where"),
    [
        (enrolled_recipients, {**RECIPIENT, "insured": {"2024": True}}, "recipients[0].insured.2025"),
        (enrolled_recipients, {**RECIPIENT, "insured": {"2025": "yes"}}, "recipients[0].insured.2025"),
        (
            enrolled_recipients,
            {**RECIPIENT, "insured": {"2025": True, "2024": 1}},
            "recipients[0].insured.2024",
        ),
        (one_stop_providers, {**PROVIDER, "region": "1403"}, "providers[0].region"),
        (
            one_stop_providers,
            {**PROVIDER, "one_stop": [{"from": "2025-01-01"}]},
            "providers[0].one_stop[0].to",
        ),
        (
            one_stop_providers,
            {**PROVIDER, "one_stop": [{"from": "2025-01-01", "to": None, "by": "x"}]},
            "providers[0].one_stop[0].by",
        ),
        (budget_execution, {**ITEM, "executed": "-1"}, "items[0].executed"),
        (budget_execution, {**ITEM, "budget": 1.5}, "items[0].budget"),
        (service_points, {**UNITS[0], "level": "province"}, "units[0].level"),
    ],
)
def test_the_field_is_named(engine: Engine, ask: Ask, row: dict[str, Any], where: str) -> None:
    assert refusal(engine, ask, [row]).where == where


def test_several_periods_of_one_stop_settlement(engine: Engine) -> None:
    """Live again after an interruption; an open end goes on."""
    spells = [{"from": "2024-01-01", "to": "2024-12-31"}, {"from": "2025-06-30", "to": None}]
    provider = {**PROVIDER, "one_stop": spells}
    assert one_stop_providers(engine, HERE, [provider]).data["missing"] == []
    between = Setting("140300", dt.date(2025, 6, 29))
    assert one_stop_providers(engine, between, [provider]).data["missing"] == ["h-1"]


def test_more_than_the_budget_is_more_than_the_whole(engine: Engine) -> None:
    """12.50 of 10: 5/4 = 125 %."""
    data = budget_execution(engine, HERE, [{**ITEM, "executed": "12.50"}]).data
    assert (data["rate"], data["percent"], data["missing"], data["over"]) == ("5/4", "125.00%", [], ["stays"])
