"""The law as it would be without just one clause, all else as it is: the case that shows the clause notices.

Finer than a rule switched off (test_carried_out): for clauses that no figure of their own carries.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.law.test_carried_out import comes_out, proofs

from sanchong.rules.indicators import Proportion
from sanchong.rules.registry import all_rules, rules_by_clause
from sanchong.rules.scope import Split
from sanchong.settlement.worked import Worked
from sanchong.shapes import (
    CATEGORIES,
    EMPLOYEE,
    INPATIENT,
    NO_CATEGORY,
    SUBSISTENCE_ALLOWANCE,
    WARNING_THRESHOLD,
)

Bare = Callable[..., Any]

WITHOUT: dict[str, dict[str, list[Callable[[Bare], Bare]]]] = {
    "b12": {"assistance_on_stay": [
        lambda bare: lambda state, visit, *rest: 0 if visit.insurance == EMPLOYEE else bare(state, visit, *rest),
    ]},
    "b14": {"counts_as": [
        lambda bare: lambda granted: granted if granted <= len(CATEGORIES) else SUBSISTENCE_ALLOWANCE,
    ]},
    "b23": {"assistance_base": [lambda bare: lambda visit, book, burden: burden]},
    "b26": {"in_policy_burden": [lambda bare: lambda visit, book: visit.total - book.pooled]},
    "b27": {"gate_not_designated": [lambda bare: lambda: 0]},
    "b28": {
        "assistance_on_visit": [lambda bare: lambda *_: 0],
        "deferred_to_year_end": [lambda bare: lambda base: 0],
    },
    "b29": {"line_scope": [lambda bare: lambda amount, *_: Split(0, 0, 0, 0, 0, amount)]},
    "b30": {"in_policy_burden": [
        lambda bare: lambda visit, book: bare(visit, book) - book.deductible,
        # what only the annual cap withheld leaves the base: the fund's rate is 75 %
        lambda bare: lambda visit, book: book.deductible + (visit.in_policy - book.deductible) // 4,
    ]},
    "b43": {"enrolment_rate": [lambda bare: lambda insured, recipients: Proportion(recipients, recipients)]},
    "b46": {"other_payers": [lambda bare: lambda paid, burden: 0, lambda bare: lambda paid, burden: paid]},
    "b61": {"assistance_base": [
        lambda bare: lambda visit, book, burden: burden - book.other,
        lambda bare: lambda visit, book, burden: bare(visit, book, burden) - book.quota_excess,
    ]},
    "b73": {"is_controlled": [
        lambda bare: lambda visit: visit.kind == INPATIENT and visit.designated == 1,
        lambda bare: lambda visit: visit.category == SUBSISTENCE_ALLOWANCE,
    ]},
    "b78": {"threshold_of": [
        lambda bare: lambda terms, warning: terms.num[WARNING_THRESHOLD],
        lambda bare: lambda terms, warning: 20_000_00 if warning == 0 else 15_000_00,
    ]},
    "b85": {"must_apply": [lambda bare: lambda category: category != NO_CATEGORY]},
    "b104": {
        "counts_for_one_stop": [
            lambda bare: lambda region, area, designated: designated,
            lambda bare: lambda region, area, designated: bare(region, area, True),
        ],
        "one_stop_live": [
            lambda bare: lambda day, first, last: first <= day,
            lambda bare: lambda day, first, last: first < day <= last,
        ],
        "one_stop_coverage": [lambda bare: lambda live, designated: Proportion(designated, designated)],
    },
    "b138": {"execution_rate": [lambda bare: lambda executed, budget: Proportion(budget, budget)]},
    "b142": {
        "level_coverage": [lambda bare: lambda level, served, units: Proportion(units, units)],
        "reaches_every_level": [lambda bare: lambda *levels: any(one.num == one.den for one in levels)],
    },
}  # fmt: skip
"""By clause and rule, what the rule would be if the law did not have the clause, and where it has two sides each."""

CARRIED = [(clause, name) for clause, rules in WITHOUT.items() for name in rules]


def showing(clause: str) -> list[Worked]:
    """The worked cases that were written to show a clause."""
    return [case for case in proofs().worked if f"yangquan.{clause}" in case.shows]


@pytest.mark.parametrize("clause", WITHOUT)
def test_a_case_shows_the_clause(clause: str) -> None:
    """As it was worked by hand; and no rule carries the clause that is not tried below."""
    assert showing(clause)
    assert all(comes_out(case) for case in showing(clause))
    assert sorted(rules_by_clause()[f"yangquan.{clause}"]) == sorted(WITHOUT[clause])


@pytest.mark.parametrize(("clause", "name"), CARRIED)
def test_without_just_the_clause_it_fails(clause: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the rule as it would be had the law not the clause, a case that shows it no longer comes out."""
    rule = all_rules()[name]
    for without in WITHOUT[clause][name]:
        monkeypatch.setattr(rule, "bare", without(rule.__wrapped__))
        assert not all(comes_out(case) for case in showing(clause))
