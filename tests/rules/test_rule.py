"""What a recorder hears: the calls made while it listens, each with what it called in turn."""

from __future__ import annotations

import pytest

from sanchong.money import Rate
from sanchong.rules.enrolment import subsidy_by_rate, whole_contribution
from sanchong.rules.rule import recording


def test_a_call_its_inputs_its_result_and_its_calls() -> None:
    """A rate of one is the whole contribution, which is a rule by itself."""
    with recording() as trace:
        assert subsidy_by_rate(400_00, Rate(1, 1), 0) == 400_00
        assert whole_contribution(380_00) == 380_00
    outer, second = trace.calls
    (inner,) = outer.calls
    assert (outer.rule.name, outer.inputs, outer.result) == (
        "subsidy_by_rate", (400_00, Rate(1, 1), 0), 400_00,
    )  # fmt: skip
    assert (inner.rule.name, inner.inputs, inner.result) == ("whole_contribution", (400_00,), 400_00)
    assert (second.inputs, second.calls) == ((380_00,), [])


def test_nobody_listens_afterwards() -> None:
    """Also where the block was left by an error; the outer of two hears what the inner heard, and listens on."""
    with recording() as outer:
        with pytest.raises(ZeroDivisionError), recording() as inner:
            whole_contribution(1)
            raise ZeroDivisionError
        whole_contribution(2)
    whole_contribution(3)
    assert [call.inputs for call in inner.calls] == [(1,)]
    assert [call.inputs for call in outer.calls] == [(1,), (2,)]


def test_what_a_rule_says_of_itself() -> None:
    """Its name, its clause, its inputs' units and its result's, its meaning."""
    rule = subsidy_by_rate
    assert (rule.name, rule.clause, rule.returns) == ("subsidy_by_rate", "yangquan.b38", "Fen")
    assert rule.parameters == {"contribution": "Fen", "rate": "Rate", "floor": "Fen"}
    assert rule.__doc__ == rule.bare.__doc__
