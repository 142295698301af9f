"""Where the program and the auditor differ, and the smallest case that shows it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from tests.auditor.auditor import audit
from tests.auditor.generator import Made, places
from tests.auditor.policy import Policies

from sanchong import Engine, Options

Json = dict[str, Any]


def program(engine: Engine, made: Made, explain: bool) -> Json:
    """The program's answer."""
    known_on = date.fromisoformat(made.known_on) if made.known_on else None
    result: Json = engine.settle(
        made.case, Options(accept_assumed=made.accept, known_on=known_on, explain=explain)
    )
    return result


def differences(expected: Any, got: Any, path: str = "") -> Iterator[str]:
    """Every field of the auditor's that the program says otherwise; the program may say more."""
    if isinstance(expected, dict) and isinstance(got, dict):
        if path.endswith("by_category") and expected.keys() != got.keys():
            yield f"{path}: expected {expected}, got {got}"
        for key, value in expected.items():
            if key == "error":
                yield from _errors(value, got.get(key))
            elif key == "assumed":
                if value != sorted(got[key]):
                    yield f"{path}.{key}: expected {value}, got {sorted(got[key])}"
            elif key == "unmodelled":
                if bool(value) != bool(got[key]) or (value != ["assistance"] and value != sorted(got[key])):
                    yield f"{path}.{key}: expected {value}, got {sorted(got[key])}"
            else:
                yield from differences(value, got.get(key, "nothing"), f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for i, (one, other) in enumerate(zip(expected, got, strict=True)):
            yield from differences(one, other, f"{path}[{i}]")
    elif expected != got:
        yield f"{path}: expected {expected!r}, got {got!r}"


def _errors(expected: Json, got: Json | None) -> Iterator[str]:
    if got is None or expected["code"] != got["code"]:
        yield f"error: expected {expected}, got {got}"
    elif expected["code"] in ("missing_value", "unmodelled", "assumed_value", "invalid_input"):
        where = expected["where"]
        if not any(_same_place(one, got["where"], expected["code"]) for one in where):
            yield f"error: expected at {where}, got {got}"


def _same_place(one: str, other: str, code: str) -> bool:
    """The contract fixes addresses; of a case's fields, one may be named or that in which it stands."""
    if one in ("employee", "assistance"):  # "the matter", in free words
        return True
    if code != "invalid_input":
        return one == other
    return one.startswith(other) or other.startswith(one)


class Checker:
    """Settles a case twice and says where the answers differ."""

    def __init__(self, engine: Engine, policies: Policies) -> None:
        self.engine, self.policies = engine, policies

    def results(self, made: Made, explain: bool = False) -> tuple[Json, Json]:
        expected = audit(made.case, self.policies, made.accept, made.known_on)
        return expected, program(self.engine, made, explain)

    def check(self, made: Made, explain: bool = False) -> tuple[Json, list[str]]:
        """The auditor's result, and the differences of the program's from it."""
        expected, got = self.results(made, explain)
        return expected, list(differences(expected, got))

    def shrink(self, made: Made, different: list[str]) -> Made:
        """Drop visits, lines and fields while the first difference stays of the same kind."""
        kind = _kind(different[0])
        found, smaller = made, True
        while smaller:
            smaller = False
            for path in sorted(places(found.case), key=len):
                trial = without(found, path)
                if any(_kind(d) == kind for d in self.check(trial)[1]):
                    found, smaller = trial, True
                    break
        return found


def without(made: Made, path: tuple[str | int, ...]) -> Made:
    """The case without the member at ``path``."""
    trial = copy.deepcopy(made)
    parent: Any = trial.case
    for key in path[:-1]:
        parent = parent[key]
    del parent[path[-1]]
    return trial


def _kind(difference: str) -> str:
    """A difference without its figures and places."""
    return re.sub(r"\d+", "#", difference)[:45]
