"""Reading one YAML file of the law: a mistake is named by file, line and what was expected."""

from __future__ import annotations

import datetime as dt
import os
import re
import stat
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from sanchong.law.messages import TOLD, Fact, Lang, Mismatch, said, yaml_problem


class LawError(Exception):
    """A law file says something that cannot be: ``file``, ``line`` (1-based, 0 the whole file), and what.

    ``code`` is one of law.messages.MESSAGES, ``facts`` what its message names.
    """

    def __init__(self, file: Path | str, line: int, code: str, **facts: Fact) -> None:
        self.file = str(file)
        self.line = line
        self.code = code
        self.facts = facts
        super().__init__(self.placed("en"))

    @property
    def expected(self) -> str:
        """What was expected, in English."""
        return self.text("en")

    def text(self, lang: Lang) -> str:
        """What was expected, in ``lang``."""
        return said(self.code, self.facts, lang)

    def placed(self, lang: Lang) -> str:
        """The same after file and line."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.text(lang)}"


Key = str | int
AREA_DIGITS = 6


class Entry:
    """A mapping in a YAML file, with its place, whose fields are read by name and type."""

    __slots__ = ("data", "file", "place", "seen")

    def __init__(self, file: Path, data: Any, place: tuple[Key, ...] = ()) -> None:
        self.file = file
        self.place = place
        if not isinstance(data, dict):
            raise self.error("mapping")
        self.data: dict[str, Any] = data
        self.seen: set[str] = set()

    def error(self, code: str, *keys: Key, **facts: Fact) -> LawError:
        """A LawError at this entry, or at one of its fields."""
        return LawError(self.file, line_of(self.file, (*self.place, *keys)), code, **facts)

    def told(self, zh: str, en: str, *keys: Key) -> LawError:
        """A LawError in a file that is none of the law's, in its reader's own words."""
        return self.error(TOLD, *keys, zh=zh, en=en)

    def wrong(self, code: str, key: str, **facts: Fact) -> LawError:
        """A LawError at a field, whose name the message begins with."""
        return self.error(code, key, name=key, **facts)

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
            raise self.error("missing_field", key=key)
        return self.data[key]

    def text(self, key: str, *, one_of: tuple[str, ...] = ()) -> str:
        """A text field, one of ``one_of`` where given."""
        value = self.raw(key)
        if not isinstance(value, str) or (one_of and value not in one_of):
            code = "choice" if one_of else "text"
            raise self.wrong(code, key, **({"choices": ", ".join(one_of)} if one_of else {}))
        return value

    def area(self, key: str) -> str:
        """An admdvs code: six digits in quotes."""
        area = self.text(key)
        if len(area) != AREA_DIGITS or not (area.isascii() and area.isdigit()):
            raise self.wrong("area", key)
        return area

    def texts(self, key: str, *, one_of: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts."""
        value = self.raw(key)
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.wrong("texts", key)
        if one_of and not set(value) <= set(one_of):
            raise self.wrong("members", key, choices=", ".join(one_of))
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
            raise self.wrong("flag", key)
        return value

    def date(self, key: str) -> dt.date:
        """A date YYYY-MM-DD."""
        value = self.optional_date(key)
        if value is None:
            raise self.wrong("date", key)
        return value

    def optional_date(self, key: str) -> dt.date | None:
        """A date YYYY-MM-DD, or null for an open end."""
        value: dt.date | None = self.raw(key)
        if value is not None and not is_day(value):
            raise self.wrong("open_date", key)
        return value

    def dates(self, key: str) -> tuple[dt.date, ...]:
        """A list of dates."""
        value = self.raw(key)
        if not isinstance(value, list) or not all(map(is_day, value)):
            raise self.wrong("dates", key)
        return tuple(value)

    def end_date(self, key: str) -> dt.date | None:
        """The last day of a period, or null for an open end; 9999-12-31 has no day after it and is no end."""
        value = self.optional_date(key)
        if value == dt.date.max:
            raise self.wrong("open_end", key)
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``."""
        value = self.raw(key)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.wrong("whole_range", key, low=low, high=high)
        return value

    def entry(self, key: str) -> Entry:
        """A mapping inside this one."""
        return Entry(self.file, self.raw(key), (*self.place, key))

    def entries(self, key: str) -> Iterator[Entry]:
        """A list of mappings inside this one."""
        value = self.raw(key)
        if not isinstance(value, list):
            raise self.wrong("list", key)
        for i, item in enumerate(value):
            yield Entry(self.file, item, (*self.place, key, i))

    def finish(self) -> None:
        """LawError if the mapping has a field that nobody read."""
        for key in self.data:
            if key not in self.seen:
                known = ", ".join(sorted(self.seen))
                raise self.error("unknown_field", key, key=key, known=known)


def read_mapping(file: Path) -> Entry:
    """A file that is one mapping; LawError if it is not."""
    return Entry(file, load_yaml(file))


def read_rows(file: Path) -> Iterator[Entry]:
    """A file that is a list of mappings; LawError if it is not."""
    rows = load_yaml(file)
    if not isinstance(rows, list):
        raise LawError(file, 1, "rows")
    for i, row in enumerate(rows):
        yield Entry(file, row, (i,))


def is_day(value: Any) -> bool:
    """Whether a value is a date without a time of day."""
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


# ── YAML ─────────────────────────────────────────────────────────────────────────────────────

MAX_DEPTH: Final = 32
"""Levels of nesting; a law file has six, a worked case ten."""
MAX_NODES: Final = 100_000
"""Items of a file that has aliases, all of them written out; the largest shipped file of cases has 9,000."""
_SAFE_DEPTH: Final = 2000
"""libyaml's composer calls itself level by level: what might be nested deeper is not given to it unmeasured."""
_INDENTED: Final = re.compile(rb"^[ \t?:-]{%d}" % _SAFE_DEPTH, re.MULTILINE)
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
MAX_DIGITS: Final = 40
"""Digits of a whole number; Python itself refuses to print one of thousands."""
_TEXT, _WHOLE, _MERGE = (f"tag:yaml.org,2002:{tag}" for tag in ("str", "int", "merge"))


class _Loader(yaml.CSafeLoader):
    """libyaml's safe loader, to which a whole number is what anybody reads as one: 0600 and 1:30 are texts."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's name and shape
        first: [(tag, pattern) for tag, pattern in rows if tag != _WHOLE]
        for first, rows in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


def _whole(loader: _Loader, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node))
    if _DECIMAL.match(text) is None or len(text) > MAX_DIGITS:
        raise ValueError("not a whole number")
    return int(text)


_Loader.add_implicit_resolver(_WHOLE, _DECIMAL, list("-0123456789"))
_Loader.add_constructor(_WHOLE, _whole)


class _LocatingLoader(_Loader):
    """Names the line of a value that cannot be, such as the date 2025-02-30; only for errors: it is slower."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError) as error:
            raise _mistake(node, "impossible", problem=yaml_problem(str(error))) from None


class _Mistake(Exception):
    """What a file says that a law file may not, and where."""

    def __init__(self, line: int, found: Mismatch) -> None:
        super().__init__(line, found)
        self.line = line
        self.found = found


def _mistake(node: yaml.Node, code: str, **facts: Fact) -> _Mistake:
    return _Mistake(node.start_mark.line + 1, Mismatch(code, **facts))


def load_yaml(file: Path, *, merging: bool = False) -> Any:
    """What a YAML file holds; LawError if it cannot be read, says one thing twice, or does not end.

    ``merging`` allows the merge key ``<<``, which worked cases use.
    """
    data = read_bytes(file)
    try:
        node = _composed(data)
        if node is None:
            return None
        _Measure(merging=merging).check(node, 1)
        try:
            return _constructed(_Loader, node)
        except (
            ValueError,
            LookupError,
            AttributeError,
        ):  # PyYAML's own, for a value that its tag cannot hold
            return _constructed(_LocatingLoader, node)
    except _Mistake as mistake:
        raise LawError(file, mistake.line, mistake.found.code, **mistake.found.facts) from None
    except yaml.reader.ReaderError as error:
        code = "control" if error.reason == "control characters are not allowed" else "encoding"
        raise LawError(file, data.count(b"\n", 0, error.position) + 1, code) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = yaml_problem(str(error.problem))
        raise LawError(file, mark.line + 1 if mark else 0, "yaml", problem=problem) from None


def read_bytes(file: Path) -> bytes:
    """A file's content; LawError if it is no file or cannot be read."""
    try:
        mode = file.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise OSError(0, "Not a regular file")
        return file.read_bytes()
    except OSError as error:
        raise LawError(file, 0, "unreadable", reason=error.strerror) from None


def _composed(data: bytes) -> Any:
    """The nodes of a file. Constructing them changes those that merge, so that they serve once."""
    if data.count(b"[") + data.count(b"{") > _SAFE_DEPTH or _INDENTED.search(data):
        _measure_events(data)
    loader = _Loader(data)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


def _measure_events(data: bytes) -> None:
    depth = 0
    for event in yaml.parse(data, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _Mistake(
                event.start_mark.line + 1 if event.start_mark else 0, Mismatch("nesting", most=MAX_DEPTH)
            )


def _constructed(loader: type[_Loader], node: Any) -> Any:
    made = loader(b"")
    try:
        return made.construct_document(node)
    finally:
        made.dispose()


class _Measure:
    """Goes once over a file's nodes: names that are texts and stand once, no depth or alias without end."""

    def __init__(self, *, merging: bool) -> None:
        self.merging = merging
        self.sizes: dict[int, int] = {}
        """Items of each list and mapping, by the node's id; 0 while it is being gone over."""

    def check(self, node: Any, depth: int) -> int:
        """The number of items that ``node`` stands for, its aliases written out; _Mistake at what cannot be."""
        if isinstance(node, yaml.ScalarNode):
            return 1
        size = self.sizes.get(id(node))
        if size is None:
            if depth > MAX_DEPTH:
                raise _mistake(node, "nesting", most=MAX_DEPTH)
            self.sizes[id(node)] = 0
            inside = self.names(node) if isinstance(node, yaml.MappingNode) else node.value
            below = [
                1 if isinstance(item, yaml.ScalarNode) else self.check(item, depth + 1) for item in inside
            ]
            size = self.sizes[id(node)] = 1 + sum(below)
        if not 0 < size <= MAX_NODES:
            raise _mistake(node, "aliases", most=MAX_NODES)
        return size

    def names(self, node: yaml.MappingNode) -> Iterator[Any]:
        """The values of a mapping, whose names are looked at."""
        seen = set()
        for name, value in node.value:
            if name.tag == _MERGE:
                if not self.merging:
                    raise _mistake(name, "merge")
            elif name.tag != _TEXT or not isinstance(name, yaml.ScalarNode):
                raise _mistake(name, "field_name")
            elif name.value in seen:
                raise _mistake(name, "repeated", key=name.value)
            seen.add(name.value)
            yield value


@lru_cache(maxsize=4)
def _located(data: bytes) -> Any:
    """The nodes of a file, kept for its next mistake."""
    return _composed(data)


def line_of(file: Path, place: tuple[Key, ...]) -> int:
    """The 1-based line of a place in a YAML file; 0 if the file cannot be read."""
    try:
        node = _located(file.read_bytes())
    except (OSError, yaml.YAMLError, _Mistake):
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


def is_there(file: Path) -> bool:
    """Whether a folder has such an entry, be it a link that leads nowhere, which is then named when read."""
    return os.path.lexists(file)
