"""All rules there are: found by walking this package, so that a new rule needs no list."""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from typing import Any

import sanchong.rules as package
from sanchong.rules.rule import RULES, Rule


def all_rules() -> dict[str, Rule[..., Any]]:
    """Every rule by name, its module imported."""
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return RULES


def rules_by_clause() -> dict[str, list[str]]:
    """The names of the rules that carry out each clause, those that cite it before those that also carry it."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, rule in all_rules().items():
        if rule.clause:
            found[rule.clause].append(name)
    for name, rule in all_rules().items():
        for clause in rule.also:
            found[clause].append(name)
    return dict(found)
