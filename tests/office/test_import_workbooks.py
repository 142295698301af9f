"""Workbooks from outside: what their cells and sheets say; those made to do harm are refused before they are read."""

from __future__ import annotations

import io
import zipfile

import pytest
from tests.office.importing import HEADER, apply, person, saved, table, told, workbook
from tests.office.master import actor, day, document, refused

from sanchong.dates import today
from sanchong.office.actor import Actor
from sanchong.office.imports import services, sheet
from sanchong.office.people import queries

pytestmark = pytest.mark.django_db
__all__ = ["actor"]


def doctored(data: bytes, parts: dict[str, bytes]) -> bytes:
    """A workbook with parts added or put in the place of its own."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            if name not in parts:
                after.writestr(name, before.read(name))
        for name, content in parts.items():
            after.writestr(name, content)
    return out.getvalue()


def test_a_workbook_says_the_same_as_its_csv(actor: Actor) -> None:
    as_text = saved(workbook(HEADER, person(1), person(2)))
    typed = person(3)
    typed[4:7] = [2026, 400, 12.1]  # type: ignore[list-item]
    typed[7] = __import__("datetime").datetime(2026, 1, 1)
    apply(actor, "people", as_text)
    apply(actor, "people", saved(workbook(HEADER, typed)))
    assert services.preview(actor, "people", table(person(1), person(2))).counts["unchanged"] == 2
    found = queries.find_by_identity(actor, document(3))
    assert found is not None
    [enrolment] = queries.rights(actor, found.number, day("2026-01-01"), today()).enrolments
    assert enrolment.subsidy == 1210


def test_formulas_errors_times_and_long_numbers_are_bad_cells(actor: Actor) -> None:
    book = workbook(HEADER, *[person(i) for i in range(1, 6)])
    page = book.active
    page["F2"] = "=400+0"
    page["E3"] = "#N/A"
    page["E3"].data_type = "e"
    page["H4"] = __import__("datetime").datetime(2026, 1, 1, 8, 30)
    page["A5"] = int(document(4)[:17] + "0")
    page["B6"] = '=HYPERLINK("http://example.org","x")'
    preview = services.preview(actor, "people", saved(book))
    assert [(r, c) for r, c, _ in told(preview)] == [
        (2, "个人缴费"), (3, "年度"), (4, "起始日期"), (5, "证件号码"), (6, "姓名"),
    ]  # fmt: skip
    assert "公式" in preview.problems[0].zh and "文本" in preview.problems[3].zh


def test_merged_cells_are_refused_by_their_place(actor: Actor) -> None:
    book = workbook(HEADER, person(1), person(2))
    book.active.merge_cells("D2:D3")
    with refused("file_merged") as caught:
        services.preview(actor, "people", saved(book))
    assert "D2:D3" in caught.value.messages["zh"]


def test_of_several_sheets_the_named_one_is_read(actor: Actor) -> None:
    book = workbook(HEADER, person(1))
    book.create_sheet("说明").append(["填表说明"])
    with refused("file_sheets"):
        services.preview(actor, "people", saved(book))
    book.active.title = "参保人员"
    assert services.preview(actor, "people", saved(book)).counts["new"] == 1


PLAIN = saved(workbook(HEADER, person(1)))
ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">
<c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>"""
OUTSIDE = ENTITIES.replace(b'"aaaaaaaaaa"', b'SYSTEM "file:///etc/passwd"')
FAR = b"""<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>
<row r="99999999"><c r="XFD99999999" t="inlineStr"><is><t>y</t></is></c></row></sheetData></worksheet>"""


TYPES = (
    zipfile.ZipFile(io.BytesIO(PLAIN))
    .read("[Content_Types].xml")
    .replace(
        b"</Types>",
        b'<Override PartName="/xl/sharedStrings.xml" ContentType='
        b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    )
)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"xl/vbaProject.bin": b"x"}, "file_macros"),
        ({"xl/macrosheets/sheet1.xml": b"<x/>"}, "file_macros"),
        ({"xl/externalLinks/externalLink1.xml": b"<x/>"}, "file_links"),
        ({"xl/connections.xml": b"<x/>"}, "file_links"),
        ({"xl/embeddings/oleObject1.bin": b"x"}, "file_objects"),
        ({"xl/media/image1.png": b"\0" * (sheet.MOST_UNPACKED + 1)}, "file_bomb"),
        ({"xl/worksheets/sheet1.xml": b"<a>" + b" " * 20_000_000 + b"</a>"}, "file_bomb"),
        ({f"x/{i}.txt": b"" for i in range(sheet.MOST_PARTS)}, "file_bomb"),
        ({"xl/worksheets/sheet1.xml": ENTITIES}, "file_entities"),
        ({"xl/worksheets/sheet1.xml": OUTSIDE}, "file_entities"),
        ({"xl/workbook.xml": ENTITIES}, "file_entities"),
        ({"xl/sharedStrings.xml": ENTITIES, "[Content_Types].xml": TYPES}, "file_entities"),
        ({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>"}, "file_damaged"),
        ({"[Content_Types].xml": b"nonsense"}, "file_damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else ",".join(value)[:40],
)
def test_workbooks_from_hell_are_refused(actor: Actor, parts: dict[str, bytes], code: str) -> None:
    with refused(code):
        services.preview(actor, "people", doctored(PLAIN, parts))


def test_an_archive_that_is_no_workbook_is_refused(actor: Actor) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with refused("file_type"):
        services.preview(actor, "people", out.getvalue())


def test_a_sheet_that_claims_a_billion_rows_is_not_believed(actor: Actor) -> None:
    preview = services.preview(actor, "people", doctored(PLAIN, {"xl/worksheets/sheet1.xml": FAR}))
    assert preview.problems[0].read == "x" and preview.digest == ""


def test_too_many_tags_are_refused_before_they_are_parsed(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "MOST_TAGS", 1000)
    with refused("file_bomb"):
        services.preview(actor, "people", saved(workbook(HEADER, *[person(i) for i in range(100)])))
