"""Every rule carries out a clause that a document here has."""

from __future__ import annotations

import sys
from functools import cache

import pytest

import sanchong.rules as package
from sanchong.law.library import load_law
from sanchong.rules.registry import all_rules, rules_by_clause
from sanchong.rules.rule import RULES

LOOK_UPS = {"number_of", "rate_of"}
"""Their clause is that of the value."""


@cache
def clauses() -> frozenset[str]:
    return frozenset(load_law().clauses)


@pytest.mark.parametrize("name", all_rules())
def test_a_rules_clauses_are_in_the_law(name: str) -> None:
    """The one that it cites, and those that it also carries out."""
    rule = all_rules()[name]
    assert rule.name == name
    assert rule.clause == "" if name in LOOK_UPS else rule.clause in clauses()
    assert clauses().issuperset(rule.also)


def test_rules_by_clause() -> None:
    """Each rule stands under all its clauses, those that cite a clause first."""
    found = rules_by_clause()
    listed = sorted((clause, name) for clause, names in found.items() for name in names)
    carried = [(c, rule.name) for rule in all_rules().values() for c in (rule.clause, *rule.also) if c]
    assert listed == sorted(carried)
    for clause, names in found.items():
        cited = [all_rules()[name].clause == clause for name in names]
        assert cited == sorted(cited, reverse=True), clause


def test_a_rule_is_found_though_nobody_has_imported_its_room(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = all_rules()["deposit_waived"]
    monkeypatch.setattr(package, "deposit", sys.modules["sanchong.rules.deposit"])
    monkeypatch.delitem(sys.modules, "sanchong.rules.deposit")
    monkeypatch.delitem(RULES, rule.name)
    assert all_rules()[rule.name].clause == rule.clause
