"""A file from outside as rows of text: CSV, or the one sheet of an Excel workbook. Nothing in it is run or believed.

Refused before anything is parsed: what unpacks to too much, macros, external links, embedded objects. Formulas are not
evaluated, entities not expanded. What a cell means is not known here: see columns.py.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sanchong.settlement.refusal import Refusal

MOST_BYTES: Final = 32 * 2**20
"""Of a file as it is uploaded."""
MOST_UNPACKED: Final = 128 * 2**20
"""Of everything in a workbook together."""
MOST_RATIO: Final = 200
"""How many times a part of a workbook may grow when unpacked; parts below 1 MB may grow as they like."""
SMALL_PART: Final = 2**20
MOST_PARTS: Final = 500
MOST_TAGS: Final = 10_000_000
"""Tags in a workbook's part, which bounds the memory that reading it takes. A larger table comes as CSV."""
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 100
MOST_CHARACTERS: Final = 4000
"""In a cell."""
MOST_DIGITS: Final = 15
"""Excel keeps no more of a number."""

ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0"

FORBIDDEN: Final = (
    (re.compile(r"vbaProject|macrosheets/", re.I), "macros", "宏", "macros"),
    (re.compile(r"externalLinks/", re.I), "links", "外部链接", "links to other files"),
    (re.compile(r"embeddings/|activeX/|oleObject", re.I), "objects", "嵌入对象", "embedded objects"),
    (re.compile(r"(^|/)connections\.xml$|queryTables/", re.I), "links", "外部数据连接", "data connections"),
)  # fmt: skip
_MERGED: Final = re.compile(rb"<(?:\w+:)?mergeCell\s+ref=[\"']([A-Z0-9:]{1,30})[\"']")
_UNESCAPED: Final = ("'=", "'+", "'-", "'@")


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be read at all: what stands there, and what was expected."""

    read: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its number in the sheet (the header is row 1): each cell as trimmed text, "" where there is none."""

    number: int
    cells: Sequence[str]
    faults: dict[int, Fault] = field(default_factory=dict)
    """By the cell's place."""


def read_sheet(data: bytes, title: str) -> list[Row]:
    """The rows that have anything in them. Of several sheets the one named ``title`` is read.

    Refusal ``file_…`` for a file that cannot be used as a whole, saying what to do.
    """
    if not data.strip():
        raise refuse("empty", "文件是空的", "the file is empty")
    if len(data) > MOST_BYTES:
        raise refuse("large", f"文件超过 {MOST_BYTES >> 20} MB", f"the file exceeds {MOST_BYTES >> 20} MB")
    if data.startswith(OLE):
        raise refuse(
            "type",
            "旧版 .xls 或加密的工作簿；请另存为不加密的 .xlsx 或 CSV",
            "an old .xls or an encrypted workbook; save it as a plain .xlsx or as CSV",
        )
    rows = list(_workbook(data, title) if data.startswith(ZIP) else _csv(data))
    if not rows:
        raise refuse("empty", "表中没有任何内容", "nothing stands in the sheet")
    return rows


def check_name(name: str, data: bytes) -> None:
    """Refusal ``file_type`` unless a file is named for what it is: .csv or .xlsx."""
    ending = ".xlsx" if data.startswith(ZIP) else ".csv"
    if not data.startswith(OLE) and not name.lower().endswith(ending):
        raise refuse(
            "type",
            f"文件内容是 {ending[1:]}，文件名却不以 {ending} 结尾；请核对是否选错了文件",
            f"the file holds {ending[1:]} and its name does not end in {ending}: is it the right one?",
        )


def refuse(what: str, zh: str, en: str) -> Refusal:
    """A file that cannot be used as a whole."""
    return Refusal(f"file_{what}", "file", zh, en)


# ── CSV ──────────────────────────────────────────────────────────────────────────────────────


def _csv(data: bytes) -> Iterator[Row]:
    text = _decode(data)
    if "\0" in text:
        raise refuse("type", "不是文字文件（含有空字符）", "not a text file: it holds NUL characters")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            raise refuse(
                "csv",
                f"文件第 {reader.line_num} 行引号不配对或单元格过长",
                f"line {reader.line_num} of the file: {problem}",
            ) from None
        number += 1
        yield from _row(number, list(enumerate(cells)), {})


def _decode(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise refuse(
            "encoding", "编码为 UTF-16；请另存为 UTF-8 的 CSV", "encoded in UTF-16; save it as CSV in UTF-8"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        place = problem.start + 1
    half = data.decode("utf-8", "replace")
    bad = half.count("\ufffd")
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as problem:
        place, text = problem.start + 1, ""
    # UTF-8 with a broken byte, and Big5, both pass for GB18030 now and then: as characters that nobody writes.
    damaged = sum(not c.isascii() for c in half) > 2 * bad
    if not text or damaged or any(unicodedata.category(c) in ("Co", "Cn") for c in text):
        raise refuse(
            "encoding",
            f"既不是完好的 UTF-8 也不是 GB18030（第 {place} 个字节）",
            f"neither sound UTF-8 nor GB18030 (byte {place})",
        )
    return text


# ── Excel ────────────────────────────────────────────────────────────────────────────────────


def _workbook(data: bytes, title: str) -> Iterator[Row]:
    _inspect(data)
    from defusedxml.common import DefusedXmlException
    from openpyxl import DEFUSEDXML, load_workbook

    if not DEFUSEDXML:
        raise refuse("type", "未安装 defusedxml，不读取 Excel", "defusedxml is not in use: no Excel is read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's remarks on styles
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
            sheet = _the_sheet(book, title)
            sheet.reset_dimensions()
            cells = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS)
            for number, row in enumerate(cells, 1):
                yield from _cells(number, row)
    except Refusal:
        raise
    except Exception as problem:
        if isinstance(problem, DefusedXmlException) or isinstance(problem.__cause__, DefusedXmlException):
            raise refuse(
                "entities", "工作簿的 XML 中定义了实体，不予读取", "the workbook's XML defines entities"
            ) from None
        # A file made by hand can break openpyxl in any way; none of them is the office's own mistake.
        raise refuse(
            "damaged",
            "工作簿已损坏，无法读取；请用表格软件重新保存",
            f"the workbook is damaged ({type(problem).__name__}); save it anew with a spreadsheet program",
        ) from None


def _inspect(data: bytes) -> None:
    """Refuse by the archive's own list, and by what its parts hold, before any of it is parsed as XML."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _inspect_parts(parts)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    _inspect_part(archive, part)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise refuse("damaged", "工作簿已损坏或加密", "the workbook is damaged or encrypted") from None


def _inspect_parts(parts: Sequence[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS or len({part.filename for part in parts}) < len(parts):
        raise refuse("bomb", "压缩包的条目过多或重名", "too many parts, or parts of one name")
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        most = MOST_UNPACKED >> 20
        raise refuse(
            "bomb", f"解压后超过 {most} MB；请改用 CSV", f"it unpacks to more than {most} MB; use CSV instead"
        )
    for part in parts:
        if part.file_size > SMALL_PART and part.file_size > MOST_RATIO * part.compress_size:
            raise refuse("bomb", "压缩率异常，疑为压缩炸弹", "packed beyond measure: a decompression bomb?")
        for pattern, what, zh, en in FORBIDDEN:
            if pattern.search(part.filename):
                raise refuse(
                    what,
                    f"工作簿含有{zh}；请另存为不含{zh}的 .xlsx",
                    f"the workbook has {en}: save it without",
                )
    if not any(part.filename == "[Content_Types].xml" for part in parts):
        raise refuse("type", "不是 Excel 工作簿（.xlsx）", "not an Excel workbook (.xlsx)")


def _inspect_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    tags, before = 0, b""
    with archive.open(part) as stream:
        while chunk := stream.read(2**20):
            tags += chunk.count(b"<")
            if tags > MOST_TAGS:
                raise refuse("bomb", "内容过多；请改用 CSV", "too much in it; use CSV instead")
            merged = _MERGED.search(before + chunk)
            if merged and part.filename.startswith("xl/worksheets/"):
                where = merged[1].decode()
                raise refuse(
                    "merged",
                    f"有合并单元格 {where}；请取消合并",
                    f"cells are merged at {where}: unmerge them",
                )
            before = chunk[-100:]


def _the_sheet(book: Any, title: str) -> Any:
    sheets = book.worksheets
    if len(sheets) == 1:
        return sheets[0]
    for sheet in sheets:
        if sheet.title == title:
            return sheet
    raise refuse(
        "sheets",
        f"有 {len(sheets)} 个工作表；请只留一个，或把要导入的命名为“{title}”",
        f"{len(sheets)} sheets: keep one, or name the one to import {title!r}",
    )


def _cells(number: int, row: Sequence[Any]) -> Iterator[Row]:
    texts: list[tuple[int, str]] = []
    faults: dict[int, Fault] = {}
    for place, cell in enumerate(row):
        if cell.value is None:
            continue
        text = _text(cell.value, cell.data_type)
        if isinstance(text, Fault):
            faults[place] = text
            text = text.read
        texts.append((place, text))
    yield from _row(number, texts, faults)


def _text(value: Any, data_type: str) -> str | Fault:
    """A cell's value as the text that a person would type."""
    if data_type == "f":
        said = str(getattr(value, "text", value))
        return Fault(said[:100], "公式不予计算，请粘贴为数值", "formulas are not evaluated: paste the value")
    if data_type == "e":
        return Fault(str(value), "单元格是错误值", "the cell is an error")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        if value.time() != dt.time():
            return Fault(value.isoformat(" "), "应为日期，不带时间", "expected a date without a time")
        return value.date().isoformat()
    if isinstance(value, int | float):
        return _number(value)
    return str(value)


def _number(value: int | float) -> str | Fault:
    """A number's shortest decimal, which is what was typed; one too long for Excel is not believed."""
    if abs(value) >= 10**MOST_DIGITS or value != value:
        return Fault(
            str(value),
            "以数字保存的长号码已丢失末几位；请把该列设为文本后重新填写",
            "a long number loses its last digits: format the column as text and type it anew",
        )
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    text = repr(value)
    return text if "e" not in text else format(value, ".20f").rstrip("0")


# ── both ─────────────────────────────────────────────────────────────────────────────────────


def _row(number: int, cells: list[tuple[int, str]], faults: dict[int, Fault]) -> Iterator[Row]:
    """The row, if anything stands in it."""
    texts = [""] * (cells[-1][0] + 1 if cells else 0)
    for place, text in cells:
        trimmed = text.strip(" \t\r\n\u3000\u00a0\u200b\ufeff")
        if len(trimmed) > MOST_CHARACTERS:
            faults[place] = Fault(
                trimmed[:50], f"至多 {MOST_CHARACTERS} 个字符", f"at most {MOST_CHARACTERS} characters"
            )
        texts[place] = trimmed[1:] if trimmed.startswith(_UNESCAPED) else trimmed
    if not any(texts):
        return
    if number > MOST_ROWS + 1:
        raise refuse("rows", f"超过 {MOST_ROWS} 行；请分成几个文件", f"more than {MOST_ROWS} rows: split it")
    if len(texts) > MOST_COLUMNS:
        raise refuse("columns", f"超过 {MOST_COLUMNS} 列", f"more than {MOST_COLUMNS} columns")
    yield Row(number, texts, faults)
