"""Tables for spreadsheets: templates to fill in, and any text made harmless on its way out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from sanchong.office.imports.columns import Column

DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""

TEXT_FORMAT: Final = "@"


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


def template(title: str, columns: Sequence[Column], form: str) -> bytes:
    """A header and one example row to fill in; ``form`` is ``csv`` or ``xlsx``."""
    rows = [[column.zh for column in columns], [column.example for column in columns]]
    return csv_bytes(rows) if form == "csv" else xlsx_bytes(title, rows)
