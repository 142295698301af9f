"""Reading cases from a file or standard input: JSON, an array, or JSON Lines."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, Final

from sanchong.settlement.refusal import EXPECTED, Refusal

MAX_DIGITS: Final = 1000
"""A number with more digits than this is read as infinite: no field takes it, and its field is named."""


class Unread(Refusal):
    """A case that could not be read, with its name where it has one."""

    def __init__(self, case: str | None, where: str, zh: str, en: str) -> None:
        super().__init__("invalid_input", where, f"{where}：{zh}", f"{where}: {en}")
        self.case = case


@dataclass(frozen=True, slots=True)
class Input:
    """The cases of an input, each as JSON data or unread."""

    cases: list[Any]
    single: bool
    """Whether the input was one case by itself, so that JSON output is one result by itself."""


def read_cases(text: str) -> Input:
    """The cases of a text. What cannot be read becomes Unread in its place, never an exception."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        return Input([], False)
    whole = _parse(text)
    if isinstance(whole, Unread) and _is_lines(lines):
        return Input([_checked(_parse(line, number)) for number, line in lines], False)
    if isinstance(whole, list):
        return Input([_checked(case) for case in whole], False)
    return Input([_checked(whole)], True)


def _is_lines(lines: list[tuple[int, str]]) -> bool:
    """JSON Lines if some line by itself is an object: a single broken document has indented ones only."""
    if len(lines) == 1 or lines[0][1].startswith("["):
        return False
    return any(isinstance(_parse(line), dict) for _, line in lines if line.startswith("{"))


class _Twice(dict[str, Any]):
    """An object in which a field stands twice."""

    field = ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _ in pairs]
    twice = _Twice(found)
    twice.field = next(name for name in names if names.count(name) > 1)
    return twice


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= MAX_DIGITS else math.inf


def _parse(text: str, line: int | None = None) -> Any:
    """JSON data; Unread with the line of the mistake where it is none."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=_whole)
    except json.JSONDecodeError as error:
        return _not_json(line or error.lineno, f"{error.msg}, column {error.colno}")
    except (ValueError, RecursionError) as error:
        return _not_json(line or 1, str(error))


def _not_json(line: int, detail: str) -> Unread:
    zh, en = EXPECTED["json"]
    return Unread(None, f"line {line}", f"{zh}（{detail}）", f"{en} ({detail})")


def _checked(case: Any) -> Any:
    """The case, or Unread if a field of it stands twice: neither of two values may be chosen silently."""
    left: list[tuple[str, Any]] = [("", case)]
    while left:
        path, data = left.pop()
        if isinstance(data, _Twice):
            where = ascii(f"{path}.{data.field}".lstrip("."))[1:-1]
            name = case.get("case") if isinstance(case, dict) else None
            return Unread(
                name if isinstance(name, str) else None, where, "此字段出现了两次", "this field stands twice"
            )
        if isinstance(data, dict):
            left += [(f"{path}.{name}", value) for name, value in data.items()]
        elif isinstance(data, list):
            left += [(f"{path}[{i}]", value) for i, value in enumerate(data)]
    return case
