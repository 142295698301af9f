"""What an import does: previewed without writing, applied whole, once, or not at all; each kind of table."""

from __future__ import annotations

import pytest
from tests.office.importing import EDITION, HEADER, apply, person, table, told
from tests.office.master import actor, day, document, refused, register, rows, since

from sanchong.dates import today
from sanchong.office.accounts import services as accounts
from sanchong.office.actor import Actor
from sanchong.office.catalogue.models import Edition, Item
from sanchong.office.imports import services
from sanchong.office.imports.plan import Options
from sanchong.office.lawbook import services as lawbook
from sanchong.office.people import queries
from sanchong.office.people import services as people
from sanchong.office.people.models import Enrolment, Grant, Member, Person, Recognition, Registration
from sanchong.office.providers import queries as providers
from sanchong.office.providers import services as provider_services
from sanchong.office.trail.models import Entry
from sanchong.settlement.refusal import Refusal

pytestmark = pytest.mark.django_db
__all__ = ["actor"]

CATALOGUE = ["目录编码", "项目名称", "类别", "收费等级", "先行自付比例", "限价", "适用病种"]


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


def test_a_provider_already_there_by_hand_is_recognised(actor: Actor) -> None:
    made = provider_services.register(actor, "H1", "市医院", "hospital")
    provider_services.stand(actor, made, "140302", 3, 3, "city", since("2020-01-01"))
    header = ["机构编码", "名称", "类型", "所在地", "等级", "收费类别", "隶属级别", "属性起始日期"]
    data = table(["H1", "市医院", "hospital", "140302", "3", "3", "city", "2026-01-01"], header=header)
    assert services.preview(actor, "providers", data).counts["unchanged"] == 1


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
