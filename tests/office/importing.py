"""What the tests of imports share: a row of people, sheets as text and as workbooks, and what a preview tells."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from tests.office.master import day, document

from sanchong.office.actor import Actor
from sanchong.office.imports import services
from sanchong.office.imports.plan import Options
from sanchong.office.imports.services import Done, Preview

HEADER = ["证件号码", "姓名", "险种", "参保地", "年度", "个人缴费", "资助", "起始日期", "终止日期"]
EDITION = Options(title="2026 年目录", in_force_from=day("2026-01-01"))


def person(serial: int, **said: str) -> list[str]:
    """A row of HEADER."""
    row = {
        "证件号码": document(serial),
        "姓名": f"张{serial}",
        "险种": "城乡居民",
        "参保地": "140300",
        "年度": "2026",
        "个人缴费": "400",
        "资助": "0",
        "起始日期": "2026-01-01",
        "终止日期": "2026-12-31",
    }
    return [{**row, **said}[name] for name in HEADER]


def table(*rows: Sequence[str], header: Sequence[str] = HEADER) -> bytes:
    return "\r\n".join(",".join(row) for row in (header, *rows)).encode()


def workbook(*rows: Sequence[Any], title: str = "Sheet1") -> Workbook:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(list(row))
    return book


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def apply(actor: Actor, kind: str, data: bytes, options: Options | None = None) -> Done:
    return services.apply(actor, kind, data, services.preview(actor, kind, data, options).digest, options)


def told(preview: Preview) -> list[tuple[int, str, str]]:
    return [(p.row, p.column, p.read) for p in preview.problems]
