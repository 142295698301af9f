"""Every computable clause is carried out: the worked case that ``law clauses`` names fails without what carries it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from tests.test_worked_cases import differences

from sanchong import Engine, Options, load_law
from sanchong.dates import Period
from sanchong.law.carriers import CARRIERS, COMPUTING
from sanchong.law.documents import Document
from sanchong.law.library import Law
from sanchong.law.yamlfile import LawError
from sanchong.money import Rate
from sanchong.rules.enrolment import Subsidy
from sanchong.rules.indicators import Proportion
from sanchong.rules.quarterly_limit import Quota
from sanchong.rules.registry import all_rules
from sanchong.rules.rule import Rule
from sanchong.rules.scope import Split
from sanchong.settlement.asked import answered, read_question
from sanchong.settlement.refusal import Refusal
from sanchong.settlement.settle import refused
from sanchong.settlement.worked import Proofs, Worked

NOTHING: dict[str, Any] = {
    "Rate": Rate(0, 1), "Quota": Quota(0, 0), "Split": Split(0, 0, 0, 0, 0, 0), "Subsidy": Subsidy(0, 0, 0),
    "Proportion": Proportion(0, 1), "dt.date": dt.date(1, 1, 1), "WarningKind": -1,
}  # fmt: skip
"""What a rule that is switched off returns, by the unit of its result; 0 for the others."""


@cache
def proofs() -> Proofs:
    return Proofs(load_law())


def result_of(case: Worked, engine: Engine) -> dict[str, Any]:
    """A worked case settled, or its question answered, by a law."""
    if not case.is_question:
        return engine.settle(case.data, Options(accept_assumed=case.accepts, explain=False))
    try:
        asked = read_question(case.data, engine.law.diseases)
        return answered(asked.answer(engine, Options(accept_assumed=case.accepts)))
    except Refusal as refusal:
        return refused(None, refusal)


def comes_out(case: Worked, documents: list[Document] | None = None) -> bool:
    """Whether documents, the shipped ones unless others are given, make a law that says what was worked by hand."""
    try:
        engine = Engine(Law(documents)) if documents is not None else proofs_engine()
        return not list(differences(case.expect, result_of(case, engine)))
    except (AssertionError, LawError):
        return False


@cache
def proofs_engine() -> Engine:
    return Engine(proofs().law)


def computable() -> list[str]:
    law = proofs().law
    return [c.id for c in law.clauses.values() if "computable" in c.kind]


# ── each clause ──────────────────────────────────────────────────────────────────────────────


def test_nothing_is_open() -> None:
    """No computable clause lacks what carries it, or the worked case that meets it."""
    assert not proofs().open


@pytest.mark.parametrize("clause", computable())
def test_a_worked_case_meets_the_clause(clause: str) -> None:
    case = proofs().of(clause)
    assert case is not None, f"no worked case meets {clause}"
    assert comes_out(case)


@pytest.mark.parametrize(
    ("clause", "kind"),
    [
        (clause, kind)
        for clause in computable()
        for kind in COMPUTING
        if kind in proofs().carried[clause]
    ],
)  # fmt: skip
def test_the_case_fails_without_what_carries_the_clause(
    clause: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules switched off, the values withheld, the rows taken out, or the period left open."""
    case = proofs().of(clause)
    assert case is not None
    documents = None
    if kind == "rule":
        for name in proofs().carried[clause]["rule"]:
            monkeypatch.setattr(all_rules()[name], "bare", switched_off(all_rules()[name]))
    else:
        documents = [without(document, clause, kind) for document in proofs().law.documents]
    assert not comes_out(case, documents), f"{case.id} comes out without the {kind} of {clause}"


def test_a_part_of_every_mixed_clause_is_a_duty() -> None:
    """What is computable and procedural at once is carried on both sides."""
    for clause in proofs().law.clauses.values():
        if "procedural" in clause.kind:
            assert proofs().carried[clause.id].get("duty") == [clause.duty], clause.id


def without(document: Document, clause: str, kind: str) -> Document:
    """A document less what of it carries ``clause``."""
    if kind == "value":
        return replace(document, values=tuple(v for v in document.values if v.clause != clause))
    match document.clauses[clause].by if clause in document.clauses else None:
        case "in_force.from":
            return replace(document, in_force=Period(None, document.in_force.end))
        case "in_force.to":
            return replace(document, in_force=Period(document.in_force.start, None))
        case "diseases":
            return replace(document, diseases=())
        case "days":
            return replace(document, notices=())
        case "legacy_codes":
            return replace(document, legacy_codes=None)
    return replace(
        document,
        diseases=tuple(
            replace(
                disease,
                subtype_required=disease.subtype_required and disease.subtype_clause != clause,
                bracket=None if disease.bracket and disease.bracket.clause == clause else disease.bracket,
            )
            for disease in document.diseases
            if disease.clause != clause
        ),
        exclusions=tuple(pair for pair in document.exclusions if pair.clause != clause),
    )


# ── each rule ────────────────────────────────────────────────────────────────────────────────


def switched_off(rule: Rule[..., Any]) -> Callable[..., Any]:
    bare = rule.bare
    if rule.returns == "bool":
        return lambda *args: not bare(*args)
    return lambda *_: NOTHING.get(rule.returns, 0)


@pytest.mark.parametrize("name", all_rules())
def test_without_the_rule_some_worked_case_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each rule by itself, those that share a clause too."""
    rule = all_rules()[name]
    meeting = [case for case in proofs().worked if name in case.called]
    assert meeting, f"no worked case meets {name}"
    assert comes_out(meeting[0])
    monkeypatch.setattr(rule, "bare", switched_off(rule))
    assert not all(comes_out(case) for case in meeting), f"every worked case comes out without {name}"


def test_carriers_are_told_in_one_order() -> None:
    for carried in proofs().carried.values():
        assert list(carried) == [kind for kind in CARRIERS if kind in carried]
