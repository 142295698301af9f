"""A table's columns, declared once a kind; a sheet's rows read by them, every mistake reported with its place."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sanchong.office.imports.cells import Misread, Reader
from sanchong.office.imports.sheet import Row
from sanchong.settlement.refusal import Refusal

SHOWN: Final = 50
"""Characters of a cell that a report shows."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its English name, its Chinese header, how a cell is read, whether it must hold something."""

    name: str
    zh: str
    read: Reader
    example: str
    required: bool = True
    note: str = ""
    """What an empty cell means, where it may be empty."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a sheet: the row as the spreadsheet counts it, the column's header, what was read, what was expected."""

    row: int
    column: str
    read: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Record:
    """A row that could be read: values by column, None where an optional cell is empty."""

    row: int
    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


def read_records(rows: Sequence[Row], columns: Sequence[Column]) -> tuple[list[Record], list[Problem]]:
    """The rows that can be read, and every mistake. Mistakes in the header leave no row to be read."""
    places, problems = _read_header(rows[0], columns)
    if problems:
        return [], problems
    records = []
    for row in rows[1:]:
        values: dict[str, Any] = {column.name: None for column in columns}
        found = _read_row(row, places, values)
        problems += found
        if not found:
            records.append(Record(row.number, values))
    if len(rows) == 1:
        problems.append(Problem(rows[0].number, "", "", "只有表头，没有数据行", "a header and no rows"))
    return records, problems


def problem_of(record: Record, refusal: Refusal, columns: Sequence[Column]) -> Problem:
    """A row's refusal by a service's rule, at the column that the refusal names."""
    header = next((column.zh for column in columns if column.name == refusal.where), "")
    read = record.values.get(refusal.where)
    return Problem(
        record.row,
        header,
        "" if read is None else str(read)[:SHOWN],
        refusal.messages["zh"].removeprefix(f"{refusal.where}："),
        refusal.messages["en"].removeprefix(f"{refusal.where}: "),
    )


def _read_header(header: Row, columns: Sequence[Column]) -> tuple[dict[int, Column], list[Problem]]:
    named = {_plain(word): column for column in columns for word in (column.name, column.zh)}
    places: dict[int, Column] = {}
    problems = []
    for place, word in enumerate(header.cells):
        column = named.get(_plain(word))
        if column is not None and column not in places.values():
            places[place] = column
        elif column is not None:
            problems.append(Problem(header.number, word, word, "此列出现两次", "this column stands twice"))
        elif word:
            problems.append(_unknown(header.number, word, columns))
    there = set(map(id, places.values()))
    for column in columns:
        if column.required and id(column) not in there:
            problems.append(
                Problem(
                    header.number,
                    column.zh,
                    "",
                    f"缺少列“{column.zh}”",
                    f"the column {column.name} is missing",
                )
            )
    return places, problems


def _unknown(row: int, word: str, columns: Sequence[Column]) -> Problem:
    words = {column.zh: column for column in columns} | {column.name: column for column in columns}
    near = difflib.get_close_matches(word, words, 1, 0.5)
    if near:
        column = words[near[0]]
        return Problem(
            row,
            word[:SHOWN],
            word[:SHOWN],
            f"没有这一列；是否应为“{column.zh}”？",
            f"no such column; did you mean {column.zh} ({column.name})?",
        )
    among = "、".join(column.zh for column in columns)
    english = ", ".join(column.name for column in columns)
    return Problem(
        row, word[:SHOWN], word[:SHOWN], f"没有这一列；可用：{among}", f"no such column; there are {english}"
    )


def _plain(word: str) -> str:
    """A header as it is compared: half width, lower case, no spaces, no mark of a required column."""
    return "".join(unicodedata.normalize("NFKC", word).lower().split()).strip("*")


def _read_row(row: Row, places: dict[int, Column], values: dict[str, Any]) -> list[Problem]:
    """Fill ``values`` from a row; every mistake in it."""
    problems = []
    for place, column in places.items():
        cell = row.cells[place] if place < len(row.cells) else ""
        fault = row.faults.get(place)
        if fault is not None:
            problems.append(Problem(row.number, column.zh, fault.read[:SHOWN], fault.zh, fault.en))
            continue
        if not cell:
            if column.required:
                problems.append(Problem(row.number, column.zh, "", "不能为空", "may not be empty"))
            continue
        try:
            values[column.name] = column.read(cell)
        except Misread as problem:
            problems.append(
                Problem(row.number, column.zh, cell[:SHOWN], f"应为{problem.zh}", f"expected {problem.en}")
            )
    for place, cell in enumerate(row.cells):
        if cell and place not in places:
            where = f"第 {place + 1} 列"
            problems.append(
                Problem(row.number, where, cell[:SHOWN], "此处没有表头", "no header stands above it")
            )
    return problems
