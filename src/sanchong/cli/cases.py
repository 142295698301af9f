"""Reading cases from a file or standard input: JSON, an array, or JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sanchong.settlement.refusal import EXPECTED, Refusal


@dataclass(frozen=True, slots=True)
class Input:
    """The cases of an input: each is JSON data, or the refusal of a line that is none."""

    cases: list[Any]
    single: bool
    """Whether the input was one case by itself, so that JSON output is one result by itself."""


def read_cases(text: str) -> Input:
    """The cases of a text. What is not JSON becomes a Refusal in its place, never an exception."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    whole = _parse(text, "line 1")
    if isinstance(whole, Refusal) and _is_lines(lines):
        return Input([_parse(line, f"line {number}") for number, line in lines], False)
    if isinstance(whole, list):
        return Input(whole, False)
    return Input([whole], True)


def _is_lines(lines: list[tuple[int, str]]) -> bool:
    """JSON Lines if some line by itself is an object: a broken single document has none."""
    return len(lines) > 1 and any(isinstance(case, dict) for case in _objects(lines))


def _objects(lines: list[tuple[int, str]]) -> Iterator[Any]:
    for number, line in lines:
        if line.lstrip().startswith("{"):
            yield _parse(line, f"line {number}")


def _parse(text: str, where: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        if where == "line 1":
            where = f"line {error.lineno}"
        return _not_json(where, f"{error.msg}, column {error.colno}")
    except (ValueError, RecursionError) as error:
        return _not_json(where, str(error))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {twice!a} stands twice")
    return found


def _not_json(where: str, detail: str) -> Refusal:
    zh, en = EXPECTED["json"]
    return Refusal("invalid_input", where, f"{where}：{zh}（{detail}）", f"{where}: {en} ({detail})")
