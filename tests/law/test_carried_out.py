"""Each rule of the fold is needed: with it switched off, some worked case no longer comes out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import yaml
from tests.test_worked_cases import _files, differences

from sanchong import Engine, Options, load_law
from sanchong.money import Rate
from sanchong.rules.quarterly_limit import Quota
from sanchong.rules.registry import all_rules
from sanchong.rules.rule import Call, Rule, recording
from sanchong.rules.scope import Split

NOTHING: dict[str, Any] = {"Rate": Rate(0, 1), "Quota": Quota(0, 0), "Split": Split(0, 0, 0, 0, 0, 0)}
"""What a rule that is switched off returns, by the unit of its result; 0 for the others."""

IN_THE_FOLD = (
    "scope", "diseases", "quarterly_limit", "pooled_fund", "catastrophic", "assistance",
    "catalogue_control", "gates", "values", "year",
)  # fmt: skip


@cache
def cases() -> list[dict[str, Any]]:
    return [row for file in _files() for row in yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)]


@cache
def engine() -> Engine:
    return Engine(load_law())


def comes_out(row: dict[str, Any]) -> bool:
    options = Options(accept_assumed=bool(row.get("accept_assumed", False)), explain=False)
    try:
        result = engine().settle(row["case"], options)
    except AssertionError:
        return False
    return not list(differences(row["expect"], result))


def calls(found: list[Call]) -> Iterator[str]:
    for call in found:
        yield call.rule.name
        yield from calls(call.calls)


@cache
def met_by() -> dict[str, list[dict[str, Any]]]:
    """The worked cases in which each rule is called."""
    met: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in cases():
        with recording() as trace:
            engine().settle(
                row["case"], Options(accept_assumed=bool(row.get("accept_assumed")), explain=False)
            )
        for name in dict.fromkeys(calls(trace.calls)):
            met[name].append(row)
    return met


def fold_rules() -> list[str]:
    return [name for name, rule in all_rules().items() if rule.bare.__module__.split(".")[-1] in IN_THE_FOLD]


def switched_off(rule: Rule[..., Any]) -> Callable[..., Any]:
    bare = rule.bare
    if rule.returns == "bool":
        return lambda *args: not bare(*args)
    return lambda *_: NOTHING.get(rule.returns, 0)


@pytest.mark.parametrize("name", fold_rules())
def test_without_the_rule_some_worked_case_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = all_rules()[name]
    meeting = met_by()[name]
    assert meeting, f"no worked case meets {name}"
    assert comes_out(meeting[0])
    monkeypatch.setattr(rule, "bare", switched_off(rule))
    assert not all(comes_out(row) for row in meeting), f"every worked case comes out without {name}"
