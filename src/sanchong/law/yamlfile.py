"""Reading one YAML file of the law: a mistake is named by file, line and what was expected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


class LawError(Exception):
    """A law file says something that cannot be: ``file``, ``line`` (1-based, 0 unknown), ``expected``."""

    def __init__(self, file: Path | str, line: int, expected: str) -> None:
        super().__init__(f"{file}:{line}: {expected}" if line else f"{file}: {expected}")
        self.file = str(file)
        self.line = line
        self.expected = expected


Key = str | int
AREA_DIGITS = 6


class Entry:
    """A mapping in a YAML file, with its place, whose fields are read by name and type."""

    __slots__ = ("data", "file", "place", "seen")

    def __init__(self, file: Path, data: Any, place: tuple[Key, ...] = ()) -> None:
        self.file = file
        self.place = place
        if not isinstance(data, dict):
            raise self.error("expected a mapping")
        self.data: dict[str, Any] = data
        self.seen: set[str] = set()

    def error(self, expected: str, *keys: Key) -> LawError:
        """A LawError at this entry, or at one of its fields."""
        return LawError(self.file, line_of(self.file, (*self.place, *keys)), expected)

    @property
    def line(self) -> int:
        """The line on which this entry starts."""
        return line_of(self.file, self.place)

    def has(self, key: str) -> bool:
        """Whether the field is there at all."""
        return key in self.data

    def raw(self, key: str) -> Any:
        """The field as YAML gives it; LawError if it is absent."""
        self.seen.add(key)
        if key not in self.data:
            raise self.error(f"expected the field '{key}'")
        return self.data[key]

    def text(self, key: str, *, one_of: tuple[str, ...] = ()) -> str:
        """A text field, one of ``one_of`` where given."""
        value = self.raw(key)
        if not isinstance(value, str) or (one_of and value not in one_of):
            wanted = f"one of {', '.join(one_of)}" if one_of else "a text (in quotes where it is digits)"
            raise self.error(f"'{key}': expected {wanted}", key)
        return value

    def area(self, key: str) -> str:
        """An admdvs code: six digits in quotes."""
        area = self.text(key)
        if len(area) != AREA_DIGITS or not (area.isascii() and area.isdigit()):
            raise self.error(f"'{key}': expected six digits such as \"140300\"", key)
        return area

    def texts(self, key: str, *, one_of: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts."""
        value = self.raw(key)
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.error(f"'{key}': expected a list of texts", key)
        if one_of and not set(value) <= set(one_of):
            raise self.error(f"'{key}': expected members of {', '.join(one_of)}", key)
        return tuple(value)

    def words(self, key: str) -> dict[str, str]:
        """A text in both languages: {zh, en}."""
        entry = self.entry(key)
        both = {"zh": entry.text("zh"), "en": entry.text("en")}
        entry.finish()
        return both

    def flag(self, key: str) -> bool:
        """true or false, false where absent."""
        value = self.raw(key) if self.has(key) else False
        if not isinstance(value, bool):
            raise self.error(f"'{key}': expected true or false", key)
        return value

    def date(self, key: str) -> dt.date:
        """A date YYYY-MM-DD."""
        value = self.optional_date(key)
        if value is None:
            raise self.error(f"'{key}': expected a date YYYY-MM-DD", key)
        return value

    def optional_date(self, key: str) -> dt.date | None:
        """A date YYYY-MM-DD, or null for an open end."""
        value = self.raw(key)
        if value is not None and (not isinstance(value, dt.date) or isinstance(value, dt.datetime)):
            raise self.error(f"'{key}': expected a date YYYY-MM-DD or null", key)
        return value

    def dates(self, key: str) -> tuple[dt.date, ...]:
        """A list of dates."""
        value = self.raw(key)
        if not isinstance(value, list) or not all(isinstance(v, dt.date) for v in value):
            raise self.error(f"'{key}': expected a list of dates YYYY-MM-DD", key)
        return tuple(value)

    def whole(self, key: str) -> int:
        """A whole number."""
        value = self.raw(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(f"'{key}': expected a whole number", key)
        return value

    def entry(self, key: str) -> Entry:
        """A mapping inside this one."""
        return Entry(self.file, self.raw(key), (*self.place, key))

    def entries(self, key: str) -> Iterator[Entry]:
        """A list of mappings inside this one."""
        value = self.raw(key)
        if not isinstance(value, list):
            raise self.error(f"'{key}': expected a list", key)
        for i, item in enumerate(value):
            yield Entry(self.file, item, (*self.place, key, i))

    def finish(self) -> None:
        """LawError if the mapping has a field that nobody read."""
        for key in self.data:
            if key not in self.seen:
                known = ", ".join(sorted(self.seen))
                raise self.error(f"unknown field '{key}'; expected some of {known}", key)


def read_mapping(file: Path) -> Entry:
    """A file that is one mapping; LawError if it is not."""
    return Entry(file, _load(file))


def read_rows(file: Path) -> Iterator[Entry]:
    """A file that is a list of mappings; LawError if it is not."""
    rows = _load(file)
    if not isinstance(rows, list):
        raise LawError(file, 1, "expected a list of rows")
    for i, row in enumerate(rows):
        yield Entry(file, row, (i,))


class _Loader(yaml.CSafeLoader):
    """libyaml's safe loader; neither of two values of one field is chosen silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep)
        if len(mapping) != len(node.value):
            names = [name.value for name, _ in node.value]
            twice = next(name for name, _ in reversed(node.value) if names.count(name.value) > 1)
            raise yaml.MarkedYAMLError(problem=f"'{twice.value}' stands twice", problem_mark=twice.start_mark)
        return mapping


class _LocatingLoader(_Loader):
    """Names the line of a value that cannot be, such as the date 2025-02-30; only for errors: it is slower."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError) as error:
            raise yaml.MarkedYAMLError(problem=str(error), problem_mark=node.start_mark) from None


def _load(file: Path, loader: type[_Loader] = _Loader) -> Any:
    try:
        return yaml.load(file.read_bytes(), Loader=loader)
    except OSError as error:
        raise LawError(file, 0, f"expected a readable file: {error.strerror}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise LawError(file, mark.line + 1 if mark else 0, f"expected YAML: {error.problem}") from None
    except yaml.YAMLError:
        raise LawError(file, 0, "expected YAML in UTF-8") from None
    except (ValueError, LookupError, AttributeError):  # PyYAML's own, for a value that its tag cannot hold
        return _load(file, _LocatingLoader)


def line_of(file: Path, place: tuple[Key, ...]) -> int:
    """The 1-based line of a place in a YAML file. Composes the file once more: only for errors and listings."""
    try:
        node: Any = yaml.compose(file.read_bytes(), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError):
        return 0
    line = 1
    for key in place:
        if isinstance(node, yaml.MappingNode):
            found = [(k, v) for k, v in node.value if k.value == str(key)]
            if not found:
                break
            name, node = found[0]
            line = name.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line + 1
        else:
            break
    return line
