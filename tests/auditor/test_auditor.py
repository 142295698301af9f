"""The program beside a second implementation of the settle contract that shares no code with it."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.auditor.compare import Checker, differences, program
from tests.auditor.desk import OBSTACLES
from tests.auditor.examples import EXAMPLES, Example
from tests.auditor.generator import Made
from tests.auditor.policy import Policies
from tests.auditor.run import POLICIES, batch, report, table

from sanchong import Engine, load_law

VISITS = 10_000
"""Person-years that hold so many visits are a little over 2,000."""


@cache
def checker() -> Checker:
    return Checker(Engine(load_law()), Policies(POLICIES))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_program_settles_as_the_auditor_does(seed: int) -> None:
    counts, found = batch((seed, VISITS))
    print(table(counts))
    assert counts["cases"] >= 2_000
    assert not found, "\n\n".join(report(made, different, checker()) for made, different in found[:3])
    missing = {"ok", *OBSTACLES} - counts.keys()
    assert not missing, f"nothing here is refused as {missing}"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_both_settle_the_worked_examples(example: Example) -> None:
    made = Made(example.case)
    expected, got = checker().results(made)
    assert expected["ok"] is example.ok
    for i, figures in enumerate(example.visits):
        shown = expected["visits"][i]
        assert {name: shown[name] for name in figures} == figures, f"auditor, visit {i}"
    if example.close is not None:
        assert expected["close_year"]["assistance"] == example.close
    if example.code:
        assert expected["error"]["code"] == example.code
    assert not list(differences(expected, got))


def _worked() -> list[Any]:
    files = sorted(path for path in POLICIES.rglob("*.yaml") if path.parent.name == "cases")
    return [pytest.param(file, id=f"{file.parents[1].name}-{file.stem}") for file in files]


@pytest.mark.parametrize("file", _worked())
def test_both_agree_on_the_cases_beside_the_law(file: Path) -> None:
    for row in yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader):
        made = Made(row["case"], row.get("accept_assumed", False))
        expected, got = checker().results(made)
        assert not list(differences(expected, got)), row["title"]


class Forgetful(Checker):
    """Beside a program that forgets the advance of class B."""

    def results(self, made: Made, explain: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
        forgotten = copy.deepcopy(made)
        for visit in forgotten.case.get("visits", ()):
            for line in visit.get("lines", ()):
                if "advance_rate" in line:
                    line["advance_rate"] = "0"
        return super().results(made)[0], program(self.engine, forgotten, explain)


def test_a_difference_is_shown_by_its_smallest_case() -> None:
    forgetful = Forgetful(checker().engine, checker().policies)
    made = Made(next(example.case for example in EXAMPLES if example.name == "C11"))
    different = forgetful.check(made)[1]
    smallest = forgetful.shrink(made, different)
    assert [line["class"] for line in smallest.case["visits"][0]["lines"]] == ["B"]
    assert "categories" not in smallest.case["person"]
    assert "auditor: " in report(made, different, forgetful)
