"""Checking a law file by its published schema, every mistake with its line. Needs the package jsonschema."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from sanchong.dates import parse_date
from sanchong.law.messages import LONGEST, Fact, Mismatch
from sanchong.law.schemas import IN_FOLDERS, kind_of, schema_of
from sanchong.law.values import parse_figure
from sanchong.law.yamlfile import Key, LawError, line_of, load_yaml
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
        data = load_yaml(file, merging=kind in IN_FOLDERS)
    except LawError as error:
        return [error]
    if kind not in IN_FOLDERS:  # there a date stands in quotes, as in JSON
        data = _as_json(data)
    found = {(m.line, m.expected): m for e in _validator(kind).iter_errors(data) for m in _said(file, e)}
    return [found[key] for key in sorted(found)]


class _Day(str):
    """A date that stands without quotes: what an editor takes for a text, and the loader does not."""

    __slots__ = ()


def _as_json(data: Any, key: str = "") -> Any:
    """A law file as an editor sees it; a date that stands in quotes, which is text, keeps them."""
    if isinstance(data, dict):
        return {str(name): _as_json(value, str(name)) for name, value in data.items()}
    if isinstance(data, list):
        return [_as_json(value, key) for value in data]
    if isinstance(data, dt.date):
        return _Day(data.isoformat())
    if isinstance(data, str) and key != "value" and _DAY.fullmatch(data):
        return repr(data)
    return data


def _figure_of(unit: str) -> Callable[[Any], object]:
    return lambda value: parse_figure(Address("", 0, unit), value)


def _date(value: Any) -> None:
    try:
        parse_date(value)
    except ValueError:
        raise Mismatch("date") from None


def _end_date(value: Any) -> None:
    _date(value)
    if parse_date(value) == dt.date.max:
        raise Mismatch("open_end")


def _period(row: Any) -> None:
    start, end = row.get("from"), row.get("to")
    if start and end and parse_date(end) < parse_date(start):
        raise Mismatch("period")


def _catalogue(rows: Any) -> None:
    if rows and [row.get("code") for row in rows] != list(DISEASES):
        raise Mismatch("catalogue", n=len(DISEASES))


def _year(row: Any) -> None:
    for day in [*row.get("off", ()), *row.get("working", ())]:
        if parse_date(day).year != row.get("year"):
            raise Mismatch("notice_day", day=day, year=row.get("year"))


_READERS: Final[dict[str, Callable[[Any], object]]] = {
    **{unit: _figure_of(unit) for unit in ("yuan", "yuan_or_none", "rate", "bands")},
    "date": _date,
    "end_date": _end_date,
    "period": _period,
    "catalogue": _catalogue,
    "year": _year,
}


def _reads(_validator: Any, reader: str, instance: Any, _schema: Any) -> Iterator[Any]:
    """The keyword ``x-reads``. What is of another type is named by the other keywords."""
    from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]  # ships no types

    try:
        _READERS[reader](instance)
    except Mismatch as found:
        yield ValidationError(str(found), cause=found)
    except (TypeError, AttributeError, ValueError):
        return


def _is_of_type(validator: Any, types: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """The keyword ``type``, to which a date without quotes is a text only where a date is asked for."""
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
    from jsonschema.exceptions import ValidationError

    if isinstance(instance, _Day) and schema.get("format") != "date":
        yield ValidationError(f"{instance} is not a text")
    else:
        yield from Draft202012Validator.VALIDATORS["type"](validator, types, instance, schema)


@cache
def _validator(kind: str) -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend  # type: ignore[import-untyped]  # ships no types

    whole = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    keywords = {"x-reads": _reads, "type": _is_of_type}
    return extend(Draft202012Validator, keywords, type_checker=whole)(schema_of(kind))


def _said(file: Path, error: Any) -> Iterator[LawError]:
    """One line for each mistake that an error of the schema stands for."""
    path: tuple[Key, ...] = tuple(error.absolute_path)

    def at(code: str, *keys: Key, **facts: Fact) -> LawError:
        return LawError(file, line_of(file, (*path, *keys)), code, **facts)

    named = {"name": path[-1]} if path and isinstance(path[-1], str) else {}
    about = error.schema.get("description", "") if isinstance(error.schema, dict) else ""
    match error.validator:
        case "additionalProperties":
            for key in error.instance:
                if key not in error.schema["properties"]:
                    yield at("odd_field", key, key=key, near=_near(key, list(error.schema["properties"])))
        case "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            yield at("missing_fields", keys=", ".join(f"'{key}'" for key in missing))
        case "enum" | "const":
            among = error.validator_value if error.validator == "enum" else [error.validator_value]
            yield at("near", near=_near(str(error.instance), list(map(str, among))), **named)
        case "type" if not about:
            types = error.validator_value
            yield at("type", types=types if isinstance(types, str) else " or ".join(types), **named)
        case "x-reads" if error.validator_value == "period":
            yield at(error.cause.code, "to")
        case "x-reads":
            yield at(error.cause.code, **{**named, **error.cause.facts})
        case "maxItems":
            yield at("most", most=error.validator_value, **named)
        case "minItems":
            yield at("least", least=error.validator_value, **named)
        case _:
            yield at("schema", about=_halves(about) if about else error.message, **named)


def _halves(about: str) -> tuple[str, str]:
    """A description, which is English and then Chinese, as Chinese and English; either may be all there is."""
    start = next((i for i, c in enumerate(about) if "\u4e00" <= c <= "\u9fff"), len(about))
    return about[start:] or about, about[:start].strip() or about


def _near(text: str, among: list[str]) -> tuple[str, str]:
    """The words that may stand, in Chinese and English: all if few, else those like ``text``."""
    if len(among) <= SHOWN:
        said = ", ".join(among)
        return (f" {said}", said) if len(among) == 1 else (f"下列之一：{said}", f"one of {said}")
    near = ", ".join(difflib.get_close_matches(text[:LONGEST], among, 3))
    if near:
        return f"已知的词，相近的有 {near}", f"a known word; near ones are {near}"
    return f"已知的词，而不是 '{text}'", f"a known word, not '{text}'"
