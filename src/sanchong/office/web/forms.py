"""A form's fields, declared once: how each is asked, how its text is read, what is said where it cannot be.

The readers are those of imported tables (``imports.cells``), so that a form and a sheet take the same words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sanchong.office.imports.cells import Misread, Reader, date

Kind = Literal["text", "long", "day", "choice", "pick", "area", "flag", "number"]
"""``pick``: one of a few that were looked for, each with its button; ``area``: a code and a name, from a list or typed."""
Choices = Callable[[], Sequence[tuple[str, str]]]

TICKED: Final = "1"
EXAMPLE_DAY: Final = "2025-07-01"
"""How a day is shown everywhere, and asked for."""
MOST_REPEATED: Final = 30
"""Characters of what was typed that a refusal repeats."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, its label, how its text is read. Of several ``choices`` the code is read."""

    name: str
    title: str
    read: Reader
    kind: Kind = "text"
    choices: Choices | None = None
    required: bool = True
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A field as its template draws it: what stands in it, and what is wrong with that."""

    field: Field
    text: str
    wrong: str = ""
    choices: Sequence[tuple[str, str]] = ()


def day(text: str) -> dt.date:
    """A day as people write one: 2025-07-01, 2025.7.1, 2025/7/1, 20250701, 2025年7月1日.

    Misread for anything else, with the whole sentence: what was typed, and how a day is written.
    """
    try:
        return date(text.strip())
    except Misread:
        raise Misread(_no_day(text.strip()), f"expected a date such as {EXAMPLE_DAY}") from None


def _no_day(text: str) -> str:
    if not text:
        return f"请填写日期，如 {EXAMPLE_DAY}"
    return f"“{text[:MOST_REPEATED]}”不是日期；请写成 {EXAMPLE_DAY} 这样"


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that came back."""

    asked: Sequence[Asked]
    values: Mapping[str, Any]
    """What was read, None where an optional field is empty."""

    @property
    def wrong(self) -> bool:
        """Whether anything cannot be read."""
        return any(asked.wrong for asked in self.asked)

    def pointed(self, where: str, said: str) -> Filled:
        """The same with a refusal of the service shown at the field that it names."""
        asked = [
            Asked(a.field, a.text, said if a.field.name == where else a.wrong, a.choices) for a in self.asked
        ]
        return Filled(asked, self.values)


def ask(fields: Sequence[Field], known: Mapping[str, str] | None = None) -> list[Asked]:
    """The fields before anything was filled in, but for what is known."""
    return [_asked(field, (known or {}).get(field.name, "")) for field in fields]


def fill(fields: Sequence[Field], data: Mapping[str, str]) -> Filled:
    """What came back, read; every mistake at its field."""
    asked: list[Asked] = []
    values: dict[str, Any] = {}
    for field in fields:
        text = data.get(field.name, "").strip()
        wrong = ""
        values[field.name] = None
        if field.kind == "flag":
            values[field.name] = bool(text)
        elif text:
            try:
                values[field.name] = field.read(text)
            except Misread as problem:
                wrong = _no_day(text) if field.kind == "day" else f"应为{problem.zh}"
        elif field.required:
            wrong = "请选择" if field.choices is not None else "请填写"
        asked.append(_asked(field, text, wrong))
    return Filled(asked, values)


def _asked(field: Field, text: str, wrong: str = "") -> Asked:
    return Asked(field, text, wrong, field.choices() if field.choices is not None else ())
