"""Worked cases as proofs: which clause they meet, and what a check says of those that show what they do not."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from sanchong.law.findings import Finding
from sanchong.law.library import load_law
from sanchong.law.yamlfile import LawError
from sanchong.settlement.worked import Proofs, unproved

WORDS = {"zh": "某", "en": "some"}
QUESTION = {
    "case": "q",
    "rule": "must_apply",
    "area": "140300",
    "date": "2025-05-12",
    "inputs": {"category": None},
}
ROW: dict[str, Any] = {
    "title": WORDS, "source": "s", "arithmetic": "a", "case": QUESTION,
    "expect": {"ok": True, "answer": {"result": False}},
}  # fmt: skip


@cache
def proofs() -> Proofs:
    return Proofs(load_law())


def added(tmp_path: Path, *rows: Any) -> Path:
    """A document of one computable clause that nothing carries, with these questions."""
    folder = tmp_path / "own"
    (folder / "questions").mkdir(parents=True)
    head = {
        "id": "own", "area": "149900", "title": WORDS, "short": WORDS, "issuer": WORDS, "schemes": [],
        "in_force": {"from": None, "to": None}, "known_from": "X", "governs": [], "leaves_open": [],
        "clauses": [{"id": "own.a", "place": WORDS, "gist": WORDS, "rows": [], "kind": ["computable"]}],
    }  # fmt: skip
    text = yaml.safe_dump(head, allow_unicode=True).replace("X", "2025-01-01")
    (folder / "document.yaml").write_text(text, encoding="utf-8")
    text = "\n".join(yaml.safe_dump([row], allow_unicode=True) for row in rows) or "[]"
    (folder / "questions" / "q.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def said_of_own(root: Path) -> list[Finding]:
    return [finding for finding in unproved(load_law([root])) if "own" in finding.en]


def test_the_shipped_cases_show_what_they_meet() -> None:
    assert [finding for finding in unproved(load_law()) if finding.level == "mistake"] == []


def test_a_clause_is_met_by_trace_refusal_or_table() -> None:
    ids = {clause: [case.id for case in cases] for clause, cases in proofs().by_clause.items()}
    assert "yangquan.stays.C29" in ids["yangquan.b51"]  # a value that it looks up
    assert "shanxi.recognition.C01" in ids["shanxi.a39"]  # its refusal
    assert "shanxi.recognition.C01" in ids["shanxi.a31"]  # the pair that refuses it
    assert ids["shanxi.a3"] == ["shanxi.in_force.C39-after"]  # only what shows it


def test_what_a_rule_also_carries_is_met_only_by_a_case_that_shows_it() -> None:
    called = [case.id for case in proofs().worked if "highest_limit" in case.called]
    assert len(called) > 10
    assert [case.id for case in proofs().by_clause["shanxi.a46"]] == ["shanxi.quota.C09-mixed"]


def test_a_case_that_shows_a_clause_is_named_first() -> None:
    case = proofs().of("shanxi.a15")
    assert case is not None and case.id == "shanxi.quota.C09-mixed"
    assert len(proofs().by_clause["shanxi.a15"]) > 10


def test_what_is_a_question_and_what_is_settled() -> None:
    by_id = {case.id: case for case in proofs().worked}
    stay = by_id["yangquan.stays.C29"]
    assert (stay.is_question, stay.ok, stay.asked) == (False, True, None)
    questions = [case for case in proofs().worked if case.is_question]
    assert len(questions) > 10 and all(case.case is None for case in questions)


def test_a_refused_case_has_called_its_rules() -> None:
    case = next(case for case in proofs().worked if case.id == "shanxi.recognition.C01")
    assert not case.ok and "conflicts" in case.called


@pytest.mark.parametrize(
    ("shows", "said"),
    [
        ("own.gone", "shows the clause own.gone, which does not exist"),
        ("shanxi.a46", "shows shanxi.a46 and meets nothing that carries it"),
    ],
)
def test_a_case_that_shows_what_it_does_not_meet_is_a_mistake(tmp_path: Path, shows: str, said: str) -> None:
    root = added(tmp_path, ROW, {**ROW, "case": {**QUESTION, "case": "r"}, "shows": ["yangquan.b84", shows]})
    (finding,) = [one for one in said_of_own(root) if one.level == "mistake"]
    assert finding.en == f"own.q.r {said}"
    assert finding.file.endswith("q.yaml") and finding.line > 1


def test_a_computable_clause_without_a_case_is_named(tmp_path: Path) -> None:
    law = load_law([added(tmp_path, ROW)])
    assert "own.a" in Proofs(law).open


@pytest.mark.parametrize("row", [{"title": "x"}, {**ROW, "title": {"zh": "x"}}, {**ROW, "shows": "own.a"}, 5])
def test_a_row_that_is_no_worked_case(tmp_path: Path, row: Any) -> None:
    with pytest.raises(LawError, match="worked case 1"):
        Proofs(load_law([added(tmp_path, row)]))


def test_progress_is_told_before_each_case() -> None:
    told: list[tuple[int, int]] = []
    found = Proofs(load_law(), progress=lambda done, all_of_them: told.append((done, all_of_them)))
    assert told == [(at, len(found.worked)) for at in range(len(found.worked))]
