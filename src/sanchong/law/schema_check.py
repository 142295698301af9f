"""Checking a law file by its published schema, every mistake with its line. Needs the package jsonschema."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from sanchong.dates import parse_date
from sanchong.law.schemas import IN_FOLDERS, kind_of, schema_of
from sanchong.law.values import parse_figure
from sanchong.law.yamlfile import Key, LawError, line_of
from sanchong.shapes import DISEASES, Address

SHOWN: Final = 8
"""How many of the words that may stand a message names."""
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def schema_mistakes(file: Path, kind: str | None = None) -> list[LawError]:
    """What the schema of its kind finds wrong in a file, by line; ImportError without jsonschema."""
    kind = kind or kind_of(file)
    if kind is None:
        return []
    try:
        data = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError) as error:
        return [LawError(file, 0, f"expected YAML: {error}".splitlines()[0])]
    if kind not in IN_FOLDERS:  # there a date stands in quotes, as in JSON
        data = _as_json(data)
    found = {(m.line, m.expected): m for e in _validator(kind).iter_errors(data) for m in _said(file, e)}
    return [found[key] for key in sorted(found)]


def _as_json(data: Any, key: str = "") -> Any:
    """A law file as an editor sees it; a date that stands in quotes, which is text, keeps them."""
    if isinstance(data, dict):
        return {str(name): _as_json(value, str(name)) for name, value in data.items()}
    if isinstance(data, list):
        return [_as_json(value, key) for value in data]
    if isinstance(data, dt.date):
        return data.isoformat()
    if isinstance(data, str) and key != "value" and _DAY.fullmatch(data):
        return repr(data)
    return data


def _figure_of(unit: str) -> Callable[[Any], object]:
    return lambda value: parse_figure(Address("", 0, unit), value)


def _period(row: Any) -> None:
    start, end = row.get("from"), row.get("to")
    if start and end and parse_date(end) < parse_date(start):
        raise ValueError("an end that does not precede its start")


def _catalogue(rows: Any) -> None:
    if rows and [row.get("code") for row in rows] != list(DISEASES):
        raise ValueError(f"the {len(DISEASES)} diseases in catalogue order")


def _year(row: Any) -> None:
    for day in [*row.get("off", ()), *row.get("working", ())]:
        if parse_date(day).year != row.get("year"):
            raise ValueError(f"only days of {row.get('year')}, not {day}")


_READERS: Final[dict[str, Callable[[Any], object]]] = {
    **{unit: _figure_of(unit) for unit in ("yuan", "yuan_or_none", "rate", "bands")},
    "date": lambda value: None if value is None else parse_date(value),
    "period": _period,
    "catalogue": _catalogue,
    "year": _year,
}


def _reads(_validator: Any, reader: str, instance: Any, _schema: Any) -> Iterator[Any]:
    """The keyword ``x-reads``. What is of another type is named by the other keywords."""
    from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]  # ships no types

    try:
        _READERS[reader](instance)
    except ValueError as error:
        yield ValidationError(str(error))
    except (TypeError, AttributeError):
        return


@cache
def _validator(kind: str) -> Any:
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
    from jsonschema.validators import extend  # type: ignore[import-untyped]  # ships no types

    whole = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    return extend(Draft202012Validator, {"x-reads": _reads}, type_checker=whole)(schema_of(kind))


def _said(file: Path, error: Any) -> Iterator[LawError]:
    """One line for each mistake that an error of the schema stands for."""
    path: tuple[Key, ...] = tuple(error.absolute_path)

    def at(expected: str, *keys: Key) -> LawError:
        return LawError(file, line_of(file, (*path, *keys)), expected)

    name = f"'{path[-1]}': " if path and isinstance(path[-1], str) else ""
    about = error.schema.get("description", "") if isinstance(error.schema, dict) else ""
    match error.validator:
        case "additionalProperties":
            for key in error.instance:
                if key not in error.schema["properties"]:
                    near = _near(key, list(error.schema["properties"]))
                    yield at(f"unknown field '{key}'; expected {near}", key)
        case "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            yield at("expected the field " + ", ".join(f"'{key}'" for key in missing))
        case "enum" | "const":
            among = error.validator_value if error.validator == "enum" else [error.validator_value]
            yield at(f"{name}expected {_near(str(error.instance), list(map(str, among)))}")
        case "type" if not about:
            types = error.validator_value
            yield at(f"{name}expected {types if isinstance(types, str) else ' or '.join(types)}")
        case "x-reads" if error.validator_value == "period":
            yield at(f"expected {error.message}", "to")
        case "x-reads":
            yield at(f"{name}expected {error.message}")
        case "maxItems" | "minItems":
            yield at(f"{name}expected {error.validator[:3]} {error.validator_value} items")
        case _:
            yield at(f"{name}expected {about or error.message}")


def _near(text: str, among: list[str]) -> str:
    """The words that may stand: all if few, else those like ``text``."""
    if len(among) <= SHOWN:
        return among[0] if len(among) == 1 else f"one of {', '.join(among)}"
    near = difflib.get_close_matches(text, among, 3)
    return f"a known word; near ones are {', '.join(near)}" if near else f"a known word, not '{text}'"
