"""Tables for spreadsheets: templates to fill in, lists to work with; any text made harmless on its way out."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeAlias

from sanchong.money import Fen
from sanchong.office.imports.columns import Column

DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""

TEXT_FORMAT: Final = "@"
MONEY_FORMAT: Final = "#,##0.00"
COUNT_FORMAT: Final = "#,##0"
DAY_FORMAT: Final = "yyyy-mm-dd"
LONGEST_SHEET: Final = 31
"""Characters of a sheet's name, which Excel limits, as it does what stands in one."""
_SHEET: Final = re.compile(r"[\\*?:/\[\]]")
NARROWEST, WIDEST = 8, 48
"""Characters of a column; a Chinese one counts twice."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in fen, which a workbook shows in yuan as a number."""

    fen: Fen


Value: TypeAlias = str | int | dt.date | Money | None
"""What a cell of :func:`workbook` holds."""


def harmless(text: str) -> str:
    """A text as a spreadsheet shows it and never runs it: an apostrophe before what would begin a formula.

    Reading a sheet takes it off again.
    """
    return f"'{text}" if text.startswith(DANGEROUS) else text


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV in UTF-8 with a byte order mark, as Excel opens it."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(title: str, rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as a workbook of one sheet, every cell formatted as text so that long numbers keep their digits."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, harmless(text))
            cell.number_format = TEXT_FORMAT
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(
    title: str, header: Sequence[str], rows: Iterable[Sequence[Value]], notes: Sequence[tuple[str, str]]
) -> bytes:
    """A workbook to work with: amounts, counts and days as such, every text as harmless text, the header in sight.

    ``notes`` (what it is, when it was made, of what) stand on a second sheet.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    held = list(rows)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_SHEET.sub("_", title)[:LONGEST_SHEET])
    for place, word in enumerate(header):
        widest = max((_width(row[place]) for row in held), default=0)
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(
            max(widest, _width(word), NARROWEST) + 2, WIDEST
        )
    sheet.freeze_panes = "A2"
    bold = Font(bold=True)
    sheet.append([_bold(WriteOnlyCell(sheet, harmless(word)), bold) for word in header])
    for row in held:
        sheet.append([_cell(WriteOnlyCell, sheet, value) for value in row])
    about = book.create_sheet("说明")
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 20, WIDEST
    for note in notes:
        about.append([_cell(WriteOnlyCell, about, text) for text in note])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _bold(cell: Any, font: Any) -> Any:
    cell.font = font
    return cell


def _cell(make: Any, sheet: Any, value: Value) -> Any:
    if isinstance(value, Money):
        cell, form = make(sheet, Decimal(value.fen).scaleb(-2)), MONEY_FORMAT
    elif isinstance(value, str):
        cell, form = make(sheet, harmless(value)), TEXT_FORMAT
    elif isinstance(value, dt.date):
        cell, form = make(sheet, value), DAY_FORMAT
    else:
        cell, form = make(sheet, value), COUNT_FORMAT
    cell.number_format = form
    return cell


def _width(value: Value) -> int:
    if isinstance(value, Money):
        return len(f"{value.fen:,}") + 1
    return sum(1 if character.isascii() else 2 for character in str(value or ""))


def template(title: str, columns: Sequence[Column], form: str) -> bytes:
    """A header and one example row to fill in; ``form`` is ``csv`` or ``xlsx``."""
    rows = [[column.zh for column in columns], [column.example for column in columns]]
    return csv_bytes(rows) if form == "csv" else xlsx_bytes(title, rows)
