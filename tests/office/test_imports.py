"""Tables from outside: read without trust, previewed without writing, applied whole, once, or not at all."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from tests.office.master import agency, day, document, refused, register, rows, since

from sanchong.dates import today
from sanchong.money import Rate
from sanchong.office.accounts import services as accounts
from sanchong.office.actor import Actor
from sanchong.office.catalogue.models import Edition, Item
from sanchong.office.imports import cells, export, services, sheet
from sanchong.office.imports.cells import Misread
from sanchong.office.imports.plan import Options
from sanchong.office.imports.services import Done, Preview
from sanchong.office.lawbook import services as lawbook
from sanchong.office.people import queries
from sanchong.office.people import services as people
from sanchong.office.people.models import Enrolment, Grant, Member, Person, Recognition, Registration
from sanchong.office.providers import queries as providers
from sanchong.office.providers import services as provider_services
from sanchong.office.trail.models import Entry
from sanchong.settlement.refusal import Refusal

pytestmark = pytest.mark.django_db

HEADER = ["证件号码", "姓名", "险种", "参保地", "年度", "个人缴费", "资助", "起始日期", "终止日期"]
EDITION = Options(title="2026 年目录", in_force_from=day("2026-01-01"))
CATALOGUE = ["目录编码", "项目名称", "类别", "收费等级", "先行自付比例", "限价", "适用病种"]


@pytest.fixture
def actor() -> Actor:
    return agency()


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


def apply(actor: Actor, kind: str, data: bytes, options: Options | None = None) -> Done:
    return services.apply(actor, kind, data, services.preview(actor, kind, data, options).digest, options)


def told(preview: Preview) -> list[tuple[int, str, str]]:
    return [(p.row, p.column, p.read) for p in preview.problems]


# ── the journey ──────────────────────────────────────────────────────────────────────────────


def test_a_preview_counts_and_writes_nothing_but_its_trail(actor: Actor) -> None:
    data = table(person(1), person(2))
    before = rows()
    preview = services.preview(actor, "people", data)
    assert preview.counts == {"new": 2, "changed": 0, "unchanged": 0, "gone": 0, "bad": 0}
    assert [(c.row, c.key) for c in preview.samples["new"]] == [
        (2, "140302********" + document(1)[-4:]),
        (3, "140302********" + document(2)[-4:]),
    ]
    after = rows()
    assert {t for t in after if after[t] != before[t]} == {"trail.Entry"}


def test_what_was_previewed_is_applied_and_can_then_be_read(actor: Actor) -> None:
    done = apply(actor, "people", table(person(1), person(2)))
    assert done.counts["new"] == 2 and not done.repeated
    found = queries.find_by_identity(actor, document(1))
    assert found is not None and found.name == "张1"
    [enrolment] = queries.rights(actor, found.number, day("2026-05-01"), today()).enrolments
    assert (enrolment.insurance, enrolment.contribution, enrolment.end) == (
        "resident",
        40_000,
        day("2026-12-31"),
    )


def test_the_repeat_gets_the_first_answer_and_a_new_preview_finds_nothing_to_do(actor: Actor) -> None:
    data = table(person(1), person(2))
    digest = services.preview(actor, "people", data).digest
    first = services.apply(actor, "people", data, digest)
    before = rows()
    again = services.apply(actor, "people", data, digest)
    assert again.repeated and again.counts == first.counts and rows() == before
    assert services.preview(actor, "people", data).counts["unchanged"] == 2
    apply(actor, "people", data)
    assert Person.objects.count() == Enrolment.objects.count() == 2


def test_a_world_that_changed_since_the_preview_refuses(actor: Actor) -> None:
    data = table(person(1), person(2))
    digest = services.preview(actor, "people", data).digest
    register(actor, 1, "张1")
    with refused("changed_since"):
        services.apply(actor, "people", data, digest)
    digest = services.preview(actor, "people", data).digest
    with refused("changed_since"):
        services.apply(actor, "people", table(person(1)), digest)


def test_an_import_is_all_or_nothing(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    data = table(person(1), person(2))
    digest = services.preview(actor, "people", data).digest

    def fail(*_: object, **__: object) -> None:
        raise Refusal("broken", "x", "中断", "broken off")

    monkeypatch.setattr("sanchong.office.imports.plan.keep", fail)
    with refused("broken"):
        services.apply(actor, "people", data, digest)
    assert not Person.objects.exists()


def test_one_bad_row_keeps_the_whole_sheet_out(actor: Actor) -> None:
    data = table(person(1), person(2, 参保地="1403"))
    preview = services.preview(actor, "people", data)
    assert preview.digest == "" and preview.counts["bad"] == 1 and preview.counts["new"] == 1
    with refused("bad_rows"):
        services.apply(actor, "people", data, preview.digest)


def test_what_differs_is_corrected_and_what_stood_is_kept(actor: Actor) -> None:
    apply(actor, "people", table(person(1), person(2), person(3)))
    later = table(person(1, 姓名="张改名"), person(2, 资助="280", 终止日期=""), person(3), person(4))
    preview = services.preview(actor, "people", later)
    assert preview.counts == {"new": 1, "changed": 2, "unchanged": 1, "gone": 0, "bad": 0}
    assert [list(c.fields) for c in preview.samples["changed"]] == [["name"], ["subsidy", "end"]]
    apply(actor, "people", later)
    found = queries.find_by_identity(actor, document(2))
    assert found is not None
    first, second = queries.history(actor, found.number, "enrolment")
    assert (first.subsidy, second.subsidy, second.end) == (0, 28_000, None)  # type: ignore[attr-defined]
    assert second.supersedes == first
    assert len(queries.find_by_name(actor, "张改名")) == 1


def test_an_enrolment_that_meets_another_is_bad_and_says_what_stands_there(actor: Actor) -> None:
    apply(actor, "people", table(person(1)))
    preview = services.preview(actor, "people", table(person(1, 起始日期="2026-07-01", 险种="职工")))
    [problem] = preview.problems
    assert problem.row == 2 and "resident 140300 2026 2026-01-01 to 2026-12-31" in problem.en


def test_households_come_with_their_people(actor: Actor) -> None:
    header = [*HEADER, "户编号", "户籍地"]
    data = table(
        [*person(1), "城-1", "140302001001"],
        [*person(2, 起始日期="2025-06-01"), "城-1", "140302001001"],
        [*person(3), "", ""],
        header=header,
    )
    apply(actor, "people", data)
    assert Member.objects.count() == 2
    assert Registration.objects.get().start == day("2025-06-01")
    there = queries.household(actor, "城-1", day("2026-02-01"), today())
    assert {p.name for p in there} == {"张1", "张2"}
    more = table([*person(4), "城-1", ""], [*person(1), "城-1", ""], header=header)
    assert services.preview(actor, "people", more).counts == {
        "new": 1, "changed": 0, "unchanged": 1, "gone": 0, "bad": 0,
    }  # fmt: skip
    apply(actor, "people", more)
    assert len(queries.household(actor, "城-1", day("2026-02-01"), today())) == 3


def test_households_that_do_not_fit_are_bad(actor: Actor) -> None:
    header = [*HEADER, "户编号", "户籍地"]
    apply(actor, "people", table([*person(1), "城-1", "140302"], header=header))
    data = table(
        [*person(1), "城-2", "140302"],
        [*person(2), "城-3", ""],
        [*person(3), "城-4", "999999"],
        [*person(4), "", "140302"],
        [*person(5), "城-5", "140302"],
        [*person(6), "城-5", "140303"],
        [*person(7), "城-1", "140303"],
        header=header,
    )
    preview = services.preview(actor, "people", data)
    assert [(row, column) for row, column, _ in told(preview)] == [
        (2, "户编号"), (3, "户籍地"), (4, "户籍地"), (5, "户编号"), (7, "户籍地"), (8, "户籍地"),
    ]  # fmt: skip


def test_the_trail_of_an_import_tells_nothing_personal(actor: Actor) -> None:
    apply(actor, "people", table(person(1)))
    text = "".join(str(e) for e in Entry.objects.values_list("act", "object_id", "details"))
    assert document(1) not in text and "张1" not in text and "import.apply" in text


def test_a_provider_imports_into_its_sandbox_only(actor: Actor) -> None:
    with refused("agency_only"):
        services.preview(Actor(actor.realm, provider_code="H1"), "people", table(person(1)))
    sandbox = Actor(accounts.sandbox_of("H1").pk, provider_code="H1")
    apply(sandbox, "people", table(person(1)))
    assert queries.find_by_identity(actor, document(1)) is None
    with refused("agency_only"):
        services.preview(sandbox, "catalogue", table(), EDITION)


# ── the other kinds ──────────────────────────────────────────────────────────────────────────


def test_categories_of_persons_and_households(actor: Actor) -> None:
    one = register(actor, 1)
    people.form_household(actor, "140302", [one], since("2020-01-01"), "城-1")
    header = ["证件号码", "户编号", "类别", "认定部门", "起始日期", "终止日期"]
    first = table(
        [document(1), "", "orphan", "民政局", "2026-01-01", ""],
        ["", "城-1", "低保对象", "民政局", "2026/1/1", "2026年12月31日"],
        header=header,
    )
    assert apply(actor, "grants", first).counts["new"] == 2
    rights = queries.rights(actor, one.number, day("2026-12-31"), today())
    assert {(g.category, g.end) for g in rights.grants} == {
        ("orphan", None),
        ("subsistence_allowance", day("2026-12-31")),
    }
    second = table(
        [document(1), "", "孤儿", "民政局", "2026-01-01", "2026-06-30"],
        ["", "城-1", "低保对象", "民政局", "2026-01-01", "2026-12-31"],
        [document(1), "城-1", "低保对象", "民政局", "2026-01-01", ""],
        ["", "", "低保对象", "民政局", "2026-01-01", ""],
        [document(2), "", "低保对象", "民政局", "2026-01-01", ""],
        ["", "城-9", "低保对象", "民政局", "2026-01-01", ""],
        ["", "城-1", "低保对象", "民政局", "2026-05-01", ""],
        [document(1), "", "贫困户", "民政局", "2026-01-01", ""],
        header=header,
    )
    preview = services.preview(actor, "grants", second)
    assert preview.counts == {"new": 0, "changed": 1, "unchanged": 1, "gone": 0, "bad": 6}
    assert [row for row, _, _ in told(preview)] == [4, 5, 6, 7, 8, 9]
    assert (9, "类别", "贫困户") in told(preview)
    assert Grant.objects.count() == 2


def test_recognitions_by_code_or_name_with_the_subtype_that_the_law_asks_for(actor: Actor) -> None:
    lawbook.activate(lawbook.keep(), "启用")
    register(actor, 1)
    header = ["证件号码", "病种", "亚型", "认定机构", "起始日期"]
    good = table(
        [document(1), "透析", "", "市医院", "2026-01-01"],
        [document(1), "transplant", "kidney", "市医院", "2026-01-01"],
        header=header,
    )
    apply(actor, "recognitions", good)
    assert set(Recognition.objects.values_list("disease", "subtype")) == {
        ("dialysis", ""),
        ("transplant", "kidney"),
    }
    bad = table(
        [document(1), "transplant", "", "市医院", "2026-01-01"],
        [document(1), "感冒", "", "市医院", "2026-01-01"],
        [document(1), "透析", "", "市医院", "2026-02-01"],
        [document(1), "dialysis", "", "县医院", "2026-01-01"],
        [document(1), "dialysis", "", "县医院", "2026-01-01"],
        header=header,
    )
    preview = services.preview(actor, "recognitions", bad)
    assert told(preview)[:2] == [(2, "亚型", ""), (3, "病种", "感冒")]
    assert [row for row, _, _ in told(preview)] == [2, 3, 4, 6]
    assert preview.counts["changed"] == 1


def test_providers_with_standing_and_designation(actor: Actor) -> None:
    header = [
        "机构编码", "名称", "类型", "所在地", "等级", "收费类别", "隶属级别", "属性起始日期", "协议编号",
        "定点起始日期", "定点终止日期",
    ]  # fmt: skip
    row = [
        "H1",
        "市医院",
        "医疗机构",
        "140302",
        "3",
        "3",
        "市级",
        "2026-01-01",
        "X-1",
        "2026-01-01",
        "2026-12-31",
    ]
    shop = ["P1", "药房", "pharmacy", "140303", "0", "1", "county", "2026-01-01", "", "", ""]
    apply(actor, "providers", table(row, shop, header=header))
    now = providers.profile("H1", day("2026-05-01"), today())
    assert (now.standings[0].level, now.agreements[0].number) == (3, "X-1")
    assert not providers.profile("P1", day("2026-05-01"), today()).agreements
    lower = [*row[:4], "2", *row[5:7], "2026-07-01", *row[8:]]
    lower[1] = "市人民医院"
    preview = services.preview(actor, "providers", table(lower, shop, header=header))
    assert preview.counts == {"new": 0, "changed": 1, "unchanged": 1, "gone": 0, "bad": 0}
    assert list(preview.samples["changed"][0].fields) == ["name", "level"]
    apply(actor, "providers", table(lower, shop, header=header))
    levels = [
        providers.profile("H1", day(on), today()).standings[0].level for on in ("2026-06-30", "2026-07-01")
    ]
    assert levels == [3, 2]
    bad = table(
        ["H1", "x", "药店", *row[3:]],
        ["H1", "市人民医院", "pharmacy", *row[3:]],
        [*row[:7], "2025-01-01", "", "", ""],
        ["H2", *row[1:9], "", "2026-12-31"],
        ["H3", *row[1:5], "2", "township", *row[7:]],
        header=header,
    )
    places = [(r, c) for r, c, _ in told(services.preview(actor, "providers", bad))]
    assert places == [(2, "类型"), (3, "类型"), (4, "属性起始日期"), (5, "定点起始日期"), (6, "收费类别")]


def test_an_edition_is_the_whole_sheet(actor: Actor) -> None:
    a = ["A1", "甲药", "药品", "甲类", "", "", ""]
    b = ["B1", "乙药", "药品", "B", "10%", "12.50", "diabetes、cancer"]
    apply(actor, "catalogue", table(a, b, header=CATALOGUE), EDITION)
    item = Item.objects.get(code="B1")
    assert (item.advance_num, item.advance_den, item.price_cap, item.diseases) == (
        1, 10, 1250, ["cancer", "diabetes"],
    )  # fmt: skip
    again = services.preview(actor, "catalogue", table(a, b, header=CATALOGUE), EDITION)
    assert again.counts["unchanged"] == 2
    services.apply(actor, "catalogue", table(a, b, header=CATALOGUE), again.digest, EDITION)
    later = Options(title="7 月目录", in_force_from=day("2026-07-01"))
    c = ["C1", "丙材", "医用耗材", "丙类", "", "", ""]
    data = table([*b[:4], "20%", *b[5:]], c, header=CATALOGUE)
    preview = services.preview(actor, "catalogue", data, later)
    assert preview.counts == {"new": 1, "changed": 1, "unchanged": 0, "gone": 1, "bad": 0}
    assert preview.samples["gone"][0].key == "A1"
    services.apply(actor, "catalogue", data, preview.digest, later)
    assert Edition.objects.count() == 2
    back = services.preview(actor, "catalogue", table(a, b, header=CATALOGUE), later)
    assert "2026 年目录" in back.problems[0].zh and back.digest == ""


def test_items_that_cannot_stand_are_bad(actor: Actor) -> None:
    data = table(
        ["A1", "甲", "药品", "甲类", "10%", "", ""],
        ["B1", "乙", "药品", "乙类", "", "", ""],
        ["B2", "乙", "药品", "乙类", "110%", "", ""],
        ["C1", "丙", "药品", "丙类", "", "0", ""],
        ["C2", "丙", "药品", "丙类", "", "", "感冒"],
        ["C3", "丙", "药品", "丙类", "", "", ""],
        ["C3", "丙", "药品", "丙类", "", "", ""],
        header=CATALOGUE,
    )
    preview = services.preview(actor, "catalogue", data, EDITION)
    assert [(r, c) for r, c, _ in told(preview)] == [
        (2, "先行自付比例"), (3, "先行自付比例"), (4, "先行自付比例"), (5, "限价"), (6, "适用病种"), (8, "目录编码"),
    ]  # fmt: skip


def test_an_edition_needs_its_title_and_first_day(actor: Actor) -> None:
    with refused("invalid_input", "title"):
        services.preview(actor, "catalogue", table(header=CATALOGUE))
    with refused("invalid_input", "kind"):
        services.preview(actor, "everything", table())


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


# ── workbooks ────────────────────────────────────────────────────────────────────────────────


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


def test_an_import_takes_no_more_statements_for_more_rows(actor: Actor) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counted = []
    for first, count in ((1, 5), (100, 50)):
        data = table(*[person(i) for i in range(first, first + count)])
        digest = services.preview(actor, "people", data).digest
        with CaptureQueriesContext(connection) as captured:
            services.apply(actor, "people", data, digest)
        counted.append(len(captured))
    assert counted[0] == counted[1], counted


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


def test_a_provider_already_there_by_hand_is_recognised(actor: Actor) -> None:
    made = provider_services.register(actor, "H1", "市医院", "hospital")
    provider_services.stand(actor, made, "140302", 3, 3, "city", since("2020-01-01"))
    header = ["机构编码", "名称", "类型", "所在地", "等级", "收费类别", "隶属级别", "属性起始日期"]
    data = table(["H1", "市医院", "hospital", "140302", "3", "3", "city", "2026-01-01"], header=header)
    assert services.preview(actor, "providers", data).counts["unchanged"] == 1


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
