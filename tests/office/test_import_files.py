"""Tables from outside, read without trust: headers, rows, cells, encodings; and what leaves as a table comes back."""

from __future__ import annotations

import io
from contextlib import nullcontext

import pytest
from openpyxl import load_workbook
from tests.office.importing import EDITION, HEADER, apply, person, table, told
from tests.office.master import actor, day, document, refused

from sanchong.money import Rate
from sanchong.office.actor import Actor
from sanchong.office.imports import cells, export, services, sheet
from sanchong.office.imports.cells import Misread
from sanchong.office.lawbook import services as lawbook
from sanchong.office.people import queries
from sanchong.office.people import services as people
from sanchong.settlement.refusal import Refusal

pytestmark = pytest.mark.django_db
__all__ = ["actor"]


# ── headers and rows ─────────────────────────────────────────────────────────────────────────


def test_a_misspelt_header_is_answered_with_a_suggestion(actor: Actor) -> None:
    header = [{"证件号码": "证件号", "险种": "险种类", "年度": "颜色"}.get(h, h) for h in HEADER]
    preview = services.preview(actor, "people", table(person(1), header=header))
    by = {p.read: p for p in preview.problems if p.read}
    assert "“证件号码”" in by["证件号"].zh and "identity_number" in by["证件号"].en
    assert "“险种”" in by["险种类"].zh
    assert "可用：" in by["颜色"].zh
    missing = {p.column for p in preview.problems if not p.read}
    assert missing == {"证件号码", "险种", "年度"}
    assert all(p.row == 1 for p in preview.problems)


def test_a_column_that_stands_twice_and_cells_without_a_header_are_reported(actor: Actor) -> None:
    twice = services.preview(actor, "people", table([*person(1), "x"], header=[*HEADER, "姓名"]))
    assert told(twice) == [(1, "姓名", "姓名")]
    beyond = services.preview(actor, "people", table([*person(1), "x"]))
    assert told(beyond) == [(2, "第 10 列", "x")]


def test_english_headers_serve_as_well(actor: Actor) -> None:
    header = [
        "identity_number",
        "NAME",
        "insurance",
        "region",
        "year",
        "contribution",
        "subsidy",
        "Start",
        "end",
    ]
    assert services.preview(actor, "people", table(person(1), header=header)).counts["new"] == 1


def test_a_thousand_bad_rows_are_each_reported_where_the_spreadsheet_shows_them(actor: Actor) -> None:
    data = table(*[person(1, 年度="二〇二六", 个人缴费="四百") for _ in range(1000)])
    preview = services.preview(actor, "people", data)
    assert preview.counts["bad"] == 1000 and len(preview.problems) == 2000
    last = preview.problems[-1]
    assert (last.row, last.column, last.read) == (1001, "个人缴费", "四百")
    assert "1234.50" in last.zh and "1234.50" in last.en


def test_blank_lines_do_not_shift_the_row_numbers(actor: Actor) -> None:
    data = table(person(1), [""] * 9, [""] * 9, person(2, 参保地="x"))
    assert told(services.preview(actor, "people", data)) == [(5, "参保地", "x")]


def test_one_document_on_two_rows_is_bad(actor: Actor) -> None:
    preview = services.preview(actor, "people", table(person(1), person(2), person(1)))
    assert [(r, c) for r, c, _ in told(preview)] == [(4, "证件号码")] and "第 2 行" in preview.problems[0].zh


def test_a_card_of_somebody_else_is_bad(actor: Actor) -> None:
    people.register_person(actor, people.Identity(document(9), "李四", card="K9"))
    header = [*HEADER, "社保卡号"]
    data = table([*person(1), "k9"], [*person(2), "K2"], [*person(3), "K2"], header=header)
    preview = services.preview(actor, "people", data)
    assert [(r, c) for r, c, _ in told(preview)] == [(2, "社保卡号"), (4, "社保卡号")]


@pytest.mark.parametrize(
    ("name", "cell", "column"),
    [
        ("证件号码", "140302199001010010", "证件号码"),
        ("证件号码", "", "证件号码"),
        ("姓名", "张\x07三", "姓名"),
        ("姓名", "张" * 51, "姓名"),
        ("险种", "新农合", "险种"),
        ("年度", "26", "年度"),
        ("个人缴费", "400.005", "个人缴费"),
        ("个人缴费", "-1", "个人缴费"),
        ("起始日期", "2026-02-30", "起始日期"),
        ("起始日期", "46023", "起始日期"),
        ("终止日期", "2025-12-31", "终止日期"),
    ],
)
def test_every_bad_cell_is_reported_at_its_column(actor: Actor, name: str, cell: str, column: str) -> None:
    preview = services.preview(actor, "people", table(person(1, **{name: cell})))
    assert [(r, c) for r, c, _ in told(preview)] == [(2, column)]
    assert preview.problems[0].zh and preview.problems[0].en


# ── cells ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01", "2026-3-1", "2026.3.1", "2026/3/1", "20260301", "2026年3月1日", "2026年03月01日",
    ],
)  # fmt: skip
def test_dates_as_people_write_them(text: str) -> None:
    assert cells.date(text) == day("2026-03-01")


@pytest.mark.parametrize(
    "text",
    [
        "01/03/2026",
        "2026-3/1",
        "202631",
        "2026-13-01",
        "明天",
        "２０２６-03-01",
        "2026-03-01日",
        "2026年3月1",
        "2026-3/1",
        "2026.3-1",
    ],
)
def test_dates_that_could_be_two_are_none(text: str) -> None:
    with pytest.raises(Misread):
        cells.date(text)


def test_rates_are_exact(actor: Actor) -> None:
    assert cells.rate("10%") == cells.rate("1/10") == cells.rate("0.1") == cells.rate("0.10") == Rate(1, 10)
    assert cells.rate("1.0") == Rate(1, 1)
    for wrong in ("1.1", "10", "0.1%%", "-0.1", "0.1234567", "十分之一"):
        with pytest.raises(Misread):
            cells.rate(wrong)


# ── encodings ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_the_encodings_that_spreadsheets_write(actor: Actor, encoding: str) -> None:
    data = table(person(1, 姓名="欧阳娜娜")).decode().encode(encoding)
    apply(actor, "people", data)
    assert len(queries.find_by_name(actor, "欧阳娜娜")) == 1


@pytest.mark.parametrize(
    "data",
    [
        table(person(1)).decode().encode("utf-16"),
        table(person(1)) + b"\xff\xfe\xff",
        table(person(1), person(2)).replace("张1".encode(), "张1".encode()[:-2]),
        "證件號碼,姓名,險種,參保地\r\n140302,張三,城鄉居民,陽泉礦區".encode("big5"),
    ],
    ids=["utf-16", "rubbish at the end", "half a character", "big5"],
)
def test_another_encoding_is_refused_or_shown_never_read_as_rubbish(actor: Actor, data: bytes) -> None:
    try:
        preview = services.preview(actor, "people", data)
    except Refusal as refusal:
        assert refusal.code == "file_encoding" and "UTF-8" in refusal.messages["zh"]
    else:
        assert preview.problems and not preview.digest


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n\r\n", "file_empty"),
        (b",,,\r\n,,\r\n", "file_empty"),
        (b"a,b\x00c\r\n", "file_type"),
        (b'a,b\r\n1,"unclosed\r\n', "file_csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_type"),
        (b"PK\x03\x04 this is no archive", "file_damaged"),
        (b"a" * (sheet.MOST_BYTES + 1), "file_large"),
        (b",".join([b"a"] * 101), "file_columns"),
        (b"a\r\n" * (sheet.MOST_ROWS + 2), "file_rows"),
    ],
    ids=["empty", "blank", "commas", "nul", "unclosed", "old excel", "no zip", "large", "wide", "long"],
)
def test_a_file_that_is_none_is_refused(actor: Actor, data: bytes, code: str) -> None:
    with refused(code):
        services.preview(actor, "people", data)


def test_a_header_alone_is_no_table(actor: Actor) -> None:
    preview = services.preview(actor, "people", table())
    assert preview.digest == "" and preview.counts["bad"] == 1


# ── out again ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", list(services.IMPORTERS))
def test_a_template_is_read_without_a_word_on_its_cells(actor: Actor, kind: str, form: str) -> None:
    """Save for the person in it, whose number cannot be anybody's: a forgotten example does no harm."""
    lawbook.activate(lawbook.keep(), "启用")
    preview = services.preview(actor, kind, services.template(kind, form), EDITION)
    assert {p.column for p in preview.problems} <= {"证件号码"}
    assert preview.counts["bad"] == (kind not in ("providers", "catalogue"))


@pytest.mark.parametrize("text", ["=1+1", "+86 138", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_what_leaves_is_harmless_and_comes_back_as_it_was(text: str) -> None:
    assert export.harmless(text) == f"'{text}"
    [row] = sheet.read_sheet(export.csv_bytes([[text, "x"]]), "")
    assert row.cells[0] == text
    data = export.xlsx_bytes("t", [[text, "x"]])
    cell = load_workbook(io.BytesIO(data)).active["A1"]
    assert cell.data_type == "s" and cell.value == f"'{text}"
    [row] = sheet.read_sheet(data, "t")
    assert row.cells[0] == text


def test_plain_text_leaves_as_it_is() -> None:
    assert [export.harmless(text) for text in ("", "张三", "a=b", "1-2")] == ["", "张三", "a=b", "1-2"]


@pytest.mark.parametrize(
    ("name", "data", "fits"),
    [
        ("人员.CSV", b"a,b", True),
        ("people.xlsx", b"PK\x03\x04", True),
        ("people.csv", b"PK\x03\x04", False),
        ("people.xlsx", b"a,b", False),
        ("people.exe", b"a,b", False),
        ("", b"a,b", False),
    ],
)
def test_a_file_is_named_for_what_it_is(name: str, data: bytes, fits: bool) -> None:
    with nullcontext() if fits else refused("file_type", "file"):
        sheet.check_name(name, data)
