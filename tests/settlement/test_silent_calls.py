"""A rule that has nothing to say of a call: what it called stands in its place."""

from __future__ import annotations

import datetime as dt

from tests.settlement.contract_cases import engine

from sanchong.law.terms import Resolver
from sanchong.money import Fen
from sanchong.rules.diseases import conflicts
from sanchong.rules.rule import Call, Rule, recording
from sanchong.settlement.settle import Engine
from sanchong.shapes import DISEASES


def double(amount: Fen) -> Fen:
    """Twice the amount."""
    return 2 * amount


def around(amount: Fen) -> Fen:
    """Nothing by itself."""
    return double(amount)


def test_what_a_silent_call_called_stands_in_its_place() -> None:
    inner = Call(Rule(double, "jinzhong.a1", "两倍 {amount} 为 {result}"), (1_00,), 2_00, [])
    silent = Call(Rule(around, "jinzhong.a2", ""), (1_00,), 2_00, [inner])
    day = dt.date(2025, 5, 12)
    resolution = Resolver(engine().law).resolve("140700", "140700", day, day)
    nodes = engine().explainer.nodes([silent, inner], resolution)
    assert [(node.clause, node.text) for node in nodes] == [("jinzhong.a1", "两倍 1.00 为 2.00")] * 2


def test_an_engine_explains_in_its_own_words() -> None:
    """Of a rule whose sentence was mended: by today's, whoever asks the engine's explainer."""
    day = dt.date(2025, 5, 12)
    resolution = Resolver(engine().law).resolve("140300", "140300", day, day)
    held = 1 << DISEASES.index("ckd") | 1 << DISEASES.index("dialysis")
    with recording() as heard:
        conflicts(resolution.terms, held, 0)
    assert [node.text for node in Engine(engine().law).explainer.nodes(heard.calls, resolution)] == [
        "同时认定了互斥病种：慢肾与透析"
    ]
