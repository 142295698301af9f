"""Pages of what all share: a provider and its changes with their preview, the catalogue, imports from file to applied."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from tests.office import entering, staffed
from tests.office.master import document, rows
from tests.office.pages import column, enter, text_of
from tests.office.staffed import Staffed

from sanchong.dates import today
from sanchong.money import Rate
from sanchong.office.catalogue.models import Edition, Item
from sanchong.office.catalogue.services import make_edition
from sanchong.office.catalogue.terms import Terms
from sanchong.office.imports import held
from sanchong.office.imports.models import Applied
from sanchong.office.people.models import Person
from sanchong.office.providers.models import Agreement, Post, Practitioner, Provider, Standing, Suspension
from sanchong.office.trail.models import Entry
from sanchong.office.web import imports as pages

pytestmark = pytest.mark.django_db
CODE = "H14030200001"


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(held, "folder_of_uploads", lambda: tmp_path / "uploads")
    return tmp_path / "uploads"


def digest_of(response: Any) -> str:
    """What a preview gives to confirm it by."""
    return str(response.content.decode().partition('name="digest" value="')[2].partition('"')[0])


# ── a provider ───────────────────────────────────────────────────────────────────────────────


def test_a_suspension_is_previewed_then_confirmed_then_lifted(office: Staffed) -> None:
    person = office.city.person()
    office.city.visit(person, "inpatient", today().isoformat(), ("A1", "100"))
    client, path = enter(office, "agency_city"), f"/providers/{CODE}/change/suspend/"
    asked = {"start": today().isoformat(), "source": "核查发票"}
    before = rows()
    preview = client.post(path, asked)
    text = text_of(preview)
    assert "新记录" in text and "暂停结算" in text and f"{today()} 至 未终止" in text
    assert f"{today()} 起有 1 次就诊还没结算" in text
    assert rows() == before, "a preview writes nothing"
    done = client.post(path, {**asked, "digest": digest_of(preview)}, follow=True)
    assert "暂停结算：已办理" in text_of(done) and "核查发票" in text_of(done)
    (held_now,) = Suspension.objects.current()
    assert (held_now.start, held_now.end, held_now.recorded_by) == (
        today(),
        None,
        office.account("agency_city"),
    )
    assert Entry.objects.filter(act="suspension.record", account=held_now.recorded_by_id).count() == 1
    path = f"/providers/{CODE}/change/lift/"
    asked = {"last": today().isoformat(), "reason": "已整改"}
    preview = client.post(path, asked)
    assert "原记录" in text_of(preview) and f"{today()} 至 {today()}" in text_of(preview)
    client.post(path, {**asked, "digest": digest_of(preview)})
    (held_now,) = Suspension.objects.current()
    assert held_now.end == today()


def test_what_has_changed_since_the_preview_is_not_done(office: Staffed) -> None:
    client, path = enter(office, "agency_city"), f"/providers/{CODE}/change/stand/"
    start = today() + dt.timedelta(days=10)
    asked = {
        "region": "140302", "level": "2", "fee_class": "2", "administrative_level": "county",
        "start": start.isoformat(), "source": "评审结果",
    }  # fmt: skip
    preview = client.post(path, asked)
    assert f"2025-01-01 至 {start - dt.timedelta(days=1)}" in text_of(preview), (
        "the one before ends the day before"
    )
    Agreement.objects.create(
        provider=office.city.hospital, kind="one_stop", start=today(), known_from=today()
    )
    refused = client.post(path, {**asked, "digest": digest_of(preview)})
    assert refused.status_code == 422 and "请重新预览" in text_of(refused)
    assert Standing.objects.count() == 1
    again = client.post(path, asked)
    client.post(path, {**asked, "digest": digest_of(again)})
    assert [(s.level, s.region) for s in Standing.objects.at(start, today())] == [(2, "140302")]


def test_a_row_is_ended_corrected_and_withdrawn(office: Staffed) -> None:
    client = enter(office, "agency_city")
    row = Agreement.objects.get()

    def do(act: str, **asked: str) -> str:
        current = Agreement.objects.current().get()
        path = f"/providers/{CODE}/agreement/{current.pk}/{act}/"
        preview = client.post(path, asked)
        assert preview.status_code == 200, text_of(preview)
        return text_of(client.post(path, {**asked, "digest": digest_of(preview)}, follow=True))

    form = client.get(f"/providers/{CODE}/agreement/{row.pk}/correct/").content.decode()
    assert 'value="2025-01-01"' in form, "what stands is filled in"
    do(
        "correct",
        number="阳医 1 号",
        start="2025-01-01",
        end="2027-12-31",
        reason="漏写编号",
    )
    now = Agreement.objects.current().get()
    assert (now.number, now.end, now.source) == ("阳医 1 号", dt.date(2027, 12, 31), "漏写编号")
    page = do("end", last=today().isoformat(), reason="协议解除")
    assert "已被取代" in page
    assert Agreement.objects.current().get().end == today()
    page = do("withdraw", reason="登记错了机构")
    assert not Agreement.objects.current().exists() and "未定点" in page and "已撤回" in page


def test_a_mistake_is_told_at_its_field_in_chinese(office: Staffed) -> None:
    client = enter(office, "agency_city")
    wrong = client.post(
        f"/providers/{CODE}/change/stand/",
        {"region": "1403", "level": "9", "fee_class": "", "administrative_level": "city", "start": "昨天"},
    )
    text = text_of(wrong)
    assert wrong.status_code == 422
    assert (
        "应为六位行政区划代码" in text
        and "请选择" in text
        and "“昨天”不是日期；请写成 2025-07-01 这样" in text
        and "请填写" in text
    )
    twice = client.post(
        f"/providers/{CODE}/change/designate/",
        {"kind": "designated", "start": today().isoformat(), "source": "新协议"},
    )
    assert twice.status_code == 422
    assert "这段期间已有协议记录" in text_of(twice) and "designated" not in text_of(twice)


def test_a_practitioner_is_posted_and_suspended(office: Staffed) -> None:
    client, path = enter(office, "agency_city"), f"/providers/{CODE}/change/post/"
    asked = {"code": "D1", "name": "陈大夫", "role": "physician", "status": "active", "source": "备案"}
    for start, status in ((today() - dt.timedelta(days=9), "active"), (today(), "suspended")):
        said = {**asked, "start": start.isoformat(), "status": status}
        preview = client.post(path, said)
        assert "陈大夫" in text_of(preview)
        client.post(path, {**said, "digest": digest_of(preview)})
    assert Practitioner.objects.count() == 1
    assert [p.status for p in Post.objects.at(today(), today())] == ["suspended"]
    assert column(client.get("/practitioners/?status=suspended"), 0) == ["陈大夫"]


@pytest.mark.parametrize("role", ["agency_county", "physician", "civil_affairs", "analyst", "reviewer"])
def test_only_who_keeps_the_register_changes_it(office: Staffed, role: str) -> None:
    client, row = enter(office, role), Agreement.objects.get().pk
    before = rows()
    refused = Entry.objects.filter(act="page.refused").count()
    assert "登记协议" not in text_of(client.get(f"/providers/{CODE}/"))
    for path in (
        "/providers/new/",
        f"/providers/{CODE}/change/suspend/",
        f"/providers/{CODE}/agreement/{row}/withdraw/",
    ):
        assert client.get(path).status_code == 403
        assert (
            client.post(path, {"start": today().isoformat(), "source": "x", "reason": "x"}).status_code == 403
        )
    assert Entry.objects.filter(act="page.refused").count() == refused + 6
    assert rows() == {**before, "trail.Entry": before["trail.Entry"] + 6}, "nothing but what was refused"


def test_a_provider_is_registered(office: Staffed) -> None:
    client = enter(office, "agency_city")
    form = {"code": "H14030300009", "name": "新医院", "kind": "hospital"}
    page = text_of(client.post("/providers/new/", form, follow=True))
    assert "新医院" in page and "今天没有有效的机构属性" in page
    again = text_of(client.post("/providers/new/", form))
    assert "已登记" in again and Provider.objects.filter(code="H14030300009").count() == 1


def test_addresses_that_lead_nowhere(office: Staffed) -> None:
    client = enter(office, "agency_city")
    row = Agreement.objects.get().pk
    for path in (
        "/providers/H9/", f"/providers/{CODE}/change/nothing/", f"/providers/{CODE}/agreement/{row + 9}/end/",
        f"/providers/{CODE}/agreement/{row}/nothing/", f"/providers/{CODE}/nothing/{row}/end/", "/catalogue/999/",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path


# ── the catalogue ────────────────────────────────────────────────────────────────────────────


def test_editions_their_items_and_what_differs(office: Staffed) -> None:
    first = Edition.objects.get()
    second = make_edition(
        office.city.actor,
        "新目录",
        today(),
        [
            Terms("A1", "A1", "drug", "B", advance=Rate(1, 5), price_cap=1250),
            Terms("B1", "B1", "drug", "B", advance=Rate(1, 10)),
            Terms("D1", "透析液", "consumable", "A", dual_channel=True, diseases=("diabetes",)),
        ],
    )
    client = enter(office, "civil_affairs")
    page = client.get("/catalogue/")
    assert column(page, 0) == ["新目录", "目录"] and column(page, 1) == ["现行", "已被取代"]
    page = client.get(f"/catalogue/{second.pk}/?sort=-price_cap")
    assert column(page, 5) == ["12.50", "—", "—"] and column(page, 4)[0] == "20%"
    assert column(client.get(f"/catalogue/{second.pk}/?flag=diseases"), 8) == ["糖尿病"]
    assert column(client.get(f"/catalogue/{second.pk}/?class=B&kind=drug&q=B"), 0) == ["B1"]
    text = text_of(client.get(f"/catalogue/{second.pk}/difference/?than={first.pk}"))
    assert "新增 1 变更 1 删除 1 不变 1" in text
    assert "收费等级： 甲类 → 乙类" in text and "先行自付： 无 → 20%" in text
    assert "限价： 无 → 12.50" in text and "透析液" in text
    assert client.get(f"/catalogue/{second.pk}/difference/?than=x").status_code == 404
    exported = client.post(f"/catalogue/{second.pk}/difference/?than={first.pk}", {"export": "xlsx"})
    (sheet, _) = load_workbook(io.BytesIO(exported.content)).worksheets
    said = list(sheet.iter_rows(values_only=True, min_row=2))
    assert said[:2] == [("新增", "D1", "透析液", None, None, None), ("删除", "C1", "C1", None, None, None)]
    assert sorted(row[:4] for row in said[2:]) == [
        ("变更", "A1", "A1", "先行自付"),
        ("变更", "A1", "A1", "收费等级"),
        ("变更", "A1", "A1", "限价"),
    ]
    assert Entry.objects.get(act="list.export").details == {"rows": 5}
    assert column(client.get("/catalogue/?q=新"), 0) == ["新目录"]
    assert column(client.get(f"/catalogue/?to={first.in_force_from}"), 0) == ["目录"]


def test_an_edition_may_be_called_what_no_sheet_may(office: Staffed) -> None:
    title = "阳泉市2026/2027年度药品、医用耗材和诊疗项目目录：[试行]"
    made = make_edition(office.city.actor, title, today(), [Terms("A1", "A1", "drug", "A")])
    exported = enter(office, "agency_city").post(f"/catalogue/{made.pk}/", {"export": "xlsx"})
    sheet = load_workbook(io.BytesIO(exported.content)).worksheets[0]
    assert sheet.title == "阳泉市2026_2027年度药品、医用耗材和诊疗项目目录：_试"
    assert sheet["A2"].value == "A1"


# ── imports ──────────────────────────────────────────────────────────────────────────────────

HEADER = "证件号码,姓名,险种,参保地,年度,个人缴费,资助,起始日期,户编号,户籍地\n"


def upload(client: Client, kind: str, text: str, **options: str) -> Any:
    file = SimpleUploadedFile("名单.csv", text.encode(), "text/csv")
    return client.post(f"/imports/{kind}/", {"file": file, **options})


def people(*who: tuple[int, str]) -> str:
    return HEADER + "".join(
        f"{document(n)},{name},城乡居民,140300,2026,400,0,2026-01-01,H{n},140302\n" for n, name in who
    )


def test_from_a_file_to_applied_and_once_more(office: Staffed) -> None:
    client = enter(office, "agency_county")
    taken = upload(client, "people", people((1, "赵一"), (2, "钱二")), source="村名册")
    assert taken.status_code == 302
    preview = client.get(taken.headers["Location"])
    assert "新增 2 变更 0 删除 0 不变 0 有误 0" in text_of(preview)
    assert "赵一" in text_of(preview) and document(1) not in preview.content.decode(), "named, not numbered"
    assert not Person.objects.exists() and not Applied.objects.exists()
    done = client.post(taken.headers["Location"], {"digest": digest_of(preview)}, follow=True)
    assert "参保人员：已导入（新增 2）" in text_of(done) or "已导入（新增 2）" in text_of(done)
    assert Person.objects.count() == 2
    assert column(done, 2) == ["2"] and column(done, 6) == ["演示县级经办"]
    assert client.get(taken.headers["Location"]).status_code == 404, "the file is gone"
    again = client.get(upload(client, "people", people((1, "赵一"), (2, "钱三"))).headers["Location"])
    assert "新增 0 变更 1 删除 0 不变 1 有误 0" in text_of(again) and "姓名" in text_of(again)


def test_a_preview_names_whom_its_reader_may_see(office: Staffed) -> None:
    near, far = (
        entering.documented(staffed.named(office.city.person(None), name)) for name in ("王秀兰", "孙建国")
    )
    staffed.moved(far, "140303")
    sheet = "证件号码,类别,认定部门,起始日期\n" + "".join(
        f"{one.identity_number},低保对象,城区民政局,2026-01-01\n" for one in (near, far)
    )
    for role, told in (
        ("agency_county", ("新增 1", "王秀兰", "有误 1", "已登记在辖区外")),
        ("agency_city", ("新增 2", "王秀兰", "孙建国")),
    ):
        client = enter(office, role)
        said = text_of(client.get(upload(client, "grants", sheet).headers["Location"]))
        assert [words for words in told if words not in said] == []
        assert ("孙建国" in said) is (role == "agency_city")


def test_whom_one_could_not_see_afterwards_is_not_registered(office: Staffed) -> None:
    """Insured in the city and of no household: the city sees them, a county's office could never find them again."""
    nobody = people((1, "赵一")).replace(",H1,140302", ",,")
    county, city = enter(office, "agency_county"), enter(office, "agency_city")
    said = text_of(county.get(upload(county, "people", nobody).headers["Location"]))
    assert "有误 1" in said and "请写明辖区内的户编号和户籍地" in said
    elsewhere = people((1, "赵一")).replace("140302\n", "140303\n")
    assert "请写明辖区内的户编号和户籍地" in text_of(
        county.get(upload(county, "people", elsewhere).headers["Location"])
    )
    assert "新增 1" in text_of(city.get(upload(city, "people", nobody).headers["Location"]))


def test_every_mistake_has_its_place_and_nothing_is_applied(office: Staffed) -> None:
    client = enter(office, "agency_county")
    bad = people((1, "赵一")) + f"{document(2)},,城乡,140300,2026,四百,0,2026-01-01,H2,140302\n"
    path = upload(client, "people", bad).headers["Location"]
    page = client.get(path)
    assert "有误 1" in text_of(page) and digest_of(page) == ""
    rows_said = list(zip(column(page, 0), column(page, 1), column(page, 3), strict=True))
    assert ("第 3 行", "姓名", "不能为空") in rows_said
    assert ("第 3 行", "险种", "应为下列之一：城乡居民、职工") in rows_said
    downloaded = client.post(path, {"problems": "1"})
    sheet = load_workbook(io.BytesIO(downloaded.content)).active
    assert sheet is not None and [c.value for c in sheet[1]] == ["行", "列", "读到的内容", "问题"]
    assert sheet.max_row == 4  # the header and three mistakes: name, insurance, contribution
    assert client.post(path, {"digest": "0" * 64}).status_code == 200 and not Person.objects.exists()


def test_a_file_that_cannot_be_used_is_refused_before_it_is_kept(office: Staffed, uploads: Path) -> None:
    client = enter(office, "agency_county")
    for content in (b"", b"\xd0\xcf\x11\xe0old"):
        file = SimpleUploadedFile("x.xls", content)
        assert client.post("/imports/people/", {"file": file}).status_code == 422
    named_wrongly = SimpleUploadedFile("名单.xlsx", people((1, "赵一")).encode())
    assert "文件内容是 csv" in text_of(client.post("/imports/people/", {"file": named_wrongly}))
    assert client.post("/imports/people/", {}).status_code == 422
    assert not uploads.exists()


def test_a_waiting_file_is_unreadable_and_its_uploaders_alone(
    office: Staffed, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = enter(office, "agency_county")
    path = upload(client, "people", people((1, "赵一"))).headers["Location"]
    (file,) = uploads.iterdir()
    assert document(1).encode() not in file.read_bytes() and file.stat().st_mode & 0o077 == 0
    assert enter(office, "agency_city").get(path).status_code == 404
    assert client.get(path.replace("/people/", "/grants/")).status_code == 404
    client.post(path, {"drop": "1"})
    assert client.get(path).status_code == 404 and not file.exists()
    path = upload(client, "people", people((1, "赵一"))).headers["Location"]
    monkeypatch.setattr(held, "KEPT", -1)
    assert client.get(path).status_code == 404
    assert held.sweep(dt.datetime.now(dt.UTC)) == 1 and not list(uploads.iterdir())


def test_who_imports_what(office: Staffed) -> None:
    expected = {
        "agency_city": ["people", "grants", "recognitions", "providers", "catalogue"],
        "agency_county": ["people", "grants", "recognitions"],
        "administrator": ["providers", "catalogue"],
        "civil_affairs": [],
        "physician": [],
    }
    for role, kinds in expected.items():
        client = enter(office, role)
        assert client.get("/imports/").status_code == (200 if kinds else 403)
        for kind in pages.ABOUT:
            allowed = 200 if kind in kinds else 403
            assert client.get(f"/imports/{kind}/").status_code == allowed, (role, kind)
            assert client.get(f"/imports/{kind}/example.xlsx").status_code == allowed
        assert ("批量导入" in client.get("/").content.decode()) is bool(kinds)


def test_ones_own_imports_are_listed_to_a_county_all_to_the_city(office: Staffed) -> None:
    county, city = enter(office, "agency_county"), enter(office, "agency_city")
    for client, who in ((county, (1, "赵一")), (city, (2, "钱二"))):
        path = upload(client, "people", people(who)).headers["Location"]
        client.post(path, {"digest": digest_of(client.get(path))})
    assert column(county.get("/imports/"), 6) == ["演示县级经办"]
    assert len(column(city.get("/imports/"), 6)) == 2


def test_the_example_of_each_kind_is_read_by_its_own_columns(office: Staffed) -> None:
    client = enter(office, "agency_city")
    for kind in pages.ABOUT:
        content = client.get(f"/imports/{kind}/example.xlsx").content
        file = SimpleUploadedFile("样表.xlsx", content)
        taken = client.post(
            f"/imports/{kind}/", {"file": file, "title": "目录", "in_force_from": "2026-01-01"}
        )
        assert taken.status_code == 302, (kind, text_of(taken))
    assert Item.objects.filter(code__startswith="XA").count() == 0
