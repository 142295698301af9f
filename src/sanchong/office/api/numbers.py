"""JSON as the interface reads it: numbers are decimals, and what other readers pass over in silence is refused.

A float would lose fen, the last of two equal keys would win unseen, NaN would stand where an amount belongs. Each is refused with
its place: by line and column where the text is no JSON, by its path where it is.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from sanchong.settlement.refusal import Refusal

MOST_DEPTH: Final = 32
MOST_DIGITS: Final = 40
"""A number written longer, or with an exponent, is read as infinite: no field takes it, and its field is named."""

_SMALL: Final = re.compile(r"-?[0-9](?:\.[0-9]+)?[eE]-0?[1-9]", re.ASCII)
"""But a unit price of 0.00005 leaves many a program as 5e-05, as JSON may write it."""

_TOKENS: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|NaN|-?Infinity|[\[\]{}]', re.DOTALL)
"""Strings, so that they are stepped over (one that never ends, to the end), and what is looked for between them."""


class _Twice(dict[str, Any]):
    """An object in which a key stands twice."""

    key = ""


class _Constant(ValueError):
    """NaN or Infinity, which JSON does not have."""


def read_json(body: bytes) -> Any:
    """The data of a JSON text: whole numbers as int, others as Decimal. Refusal ``malformed`` with the place if it is none."""
    try:
        text = body.decode()
    except UnicodeDecodeError as problem:
        at = problem.start
        raise malformed(f"byte {at}", f"第 {at} 字节起不是 UTF-8", f"not UTF-8 from byte {at} on") from None
    _check_depth(text)
    twice: list[_Twice] = []

    def an_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        names = [name for name, _ in pairs]
        repeated = _Twice(found)
        repeated.key = next(name for name in names if names.count(name) > 1)
        twice.append(repeated)
        return repeated

    decoder = json.JSONDecoder(
        object_pairs_hook=an_object, parse_float=_decimal, parse_int=_whole, parse_constant=_constant
    )
    try:
        data = decoder.decode(text)
    except json.JSONDecodeError as problem:
        raise _at(text, problem.pos, "不是有效的 JSON", "not valid JSON") from None
    except _Constant:
        place = next(m.start() for m in _TOKENS.finditer(text) if m[0].endswith(("NaN", "Infinity")))
        raise _at(text, place, "JSON 中没有 NaN 与 Infinity", "JSON has neither NaN nor Infinity") from None
    if twice:
        path, key = next(_repeated(data, ""))
        raise malformed(path, f"字段 {key!r} 出现两次", f"the key {key!r} stands twice")
    return data


def malformed(where: str, zh: str, en: str) -> Refusal:
    """A request that cannot be read at all."""
    return Refusal("malformed", where, zh, en)


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MOST_DEPTH:
        return
    depth = 0
    for match in _TOKENS.finditer(text):
        depth += (match[0] in ("[", "{")) - (match[0] in ("]", "}"))
        if depth > MOST_DEPTH:
            raise _at(text, match.start(), f"嵌套超过 {MOST_DEPTH} 层", f"nested deeper than {MOST_DEPTH}")


def _at(text: str, place: int, zh: str, en: str) -> Refusal:
    line, column = text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
    return malformed(
        f"line {line}, column {column}",
        f"第 {line} 行第 {column} 列：{zh}",
        f"line {line}, column {column}: {en}",
    )


def _repeated(data: Any, path: str) -> Iterator[tuple[str, str]]:
    """The paths and names of keys that stand twice."""
    if isinstance(data, list):
        for i, item in enumerate(data):
            yield from _repeated(item, f"{path}[{i}]")
    elif isinstance(data, dict):
        if isinstance(data, _Twice):
            yield f"{path}.{data.key}".lstrip("."), data.key
        for key, value in data.items():
            yield from _repeated(value, f"{path}.{key}".lstrip("."))


def _decimal(text: str) -> Decimal | float:
    plain = "e" not in text.lower() or _SMALL.fullmatch(text)
    return Decimal(text) if plain and len(text) <= MOST_DIGITS else math.inf


def _whole(text: str) -> int | float:
    return int(text) if len(text) <= MOST_DIGITS else math.inf


def _constant(name: str) -> Any:
    raise _Constant(name)
