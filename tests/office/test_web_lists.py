"""Lists: paged, sorted, filtered and exported within what one sees; no personal condition in an address."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from tests.office import staffed
from tests.office.pages import column, enter, text_of
from tests.office.staffed import Staffed

from sanchong.dates import today
from sanchong.office.imports.export import Money, workbook
from sanchong.office.providers.models import (
    Agreement,
    Post,
    Practitioner,
    Provider,
    Standing,
    Suspension,
)
from sanchong.office.trail.models import Entry
from sanchong.office.web.lists import export, page

pytestmark = pytest.mark.django_db
SINCE = {"start": dt.date(2025, 1, 1), "known_from": dt.date(2025, 1, 1)}


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


def hospital(number: int, name: str, level: int | None = 2, kind: str = "hospital") -> Provider:
    provider = Provider.objects.create(code=f"H14030300{number:03d}", name=name, kind=kind)
    if level is not None:
        Standing.objects.create(
            provider=provider,
            region="140303",
            level=level,
            fee_class=3,
            administrative_level="county",
            **SINCE,
        )
    return provider


def works(provider: Provider, code: str, name: str) -> Post:
    who = Practitioner.objects.create(code=code, name=name)
    return Post.objects.create(
        practitioner=who, provider=provider, role="physician", status="active", **SINCE
    )


def test_pages_take_the_same_statements_however_many_rows(office: Staffed) -> None:
    client = enter(office, "agency_county")
    for number in range(5):
        hospital(number, f"医院 {number}")
    client.get("/providers/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert len(column(client.get("/providers/"), 0)) == 6  # five and the city's own
    for number in range(5, 60):
        hospital(number, f"医院 {number}")
    with CaptureQueriesContext(connection) as many:
        page = client.get("/providers/")
    assert len(many) == len(few)
    assert len(column(page, 0)) == 25 and "第 1–25 家，共 61 家" in text_of(page)
    last = client.get("/providers/?page=3")
    assert len(column(last, 0)) == 11 and "第 51–61 家" in text_of(last)  # 61 = 25 + 25 + 11
    assert "下一页" not in text_of(last) and "上一页" in text_of(last)
    assert "第 51–61 家" in text_of(client.get("/providers/?page=9")), "beyond the end is the last page"


def test_more_rows_than_anybody_turns_pages_for_are_not_counted(
    office: Staffed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "MOST_COUNTED", 30)
    for number in range(30):
        hospital(number, f"医院 {number}")
    client = enter(office, "agency_county")
    last = client.get("/providers/?page=2")
    assert len(column(last, 0)) == 5 and "超过 30 家，请加上筛选条件" in text_of(
        last
    )  # 31 with the city's own
    assert "下一页" not in text_of(last)
    assert "共 30 家" in text_of(client.get("/providers/?q=H140303")), "as many as are counted"


def test_headers_sort_either_way_and_what_is_missing_stands_last(office: Staffed) -> None:
    hospital(1, "甲", 2)
    hospital(2, "乙", None)
    hospital(3, "丙", 1)
    client = enter(office, "agency_county")
    page = client.get("/providers/?sort=level")
    assert column(page, 4) == ["一级", "二级", "三级", "—"]
    assert 'aria-sort="ascending"' in page.content.decode() and "sort=-level" in page.content.decode()
    assert column(client.get("/providers/?sort=-level"), 4) == ["三级", "二级", "一级", "—"]


def test_conditions_narrow_a_list_and_stand_in_its_address(office: Staffed) -> None:
    one, two = hospital(1, "甲医院"), hospital(2, "乙药店", 0, "pharmacy")
    Agreement.objects.create(
        provider=one, kind="designated", start=SINCE["start"], known_from=SINCE["start"], end=today()
    )
    Suspension.objects.create(provider=two, source="核查", **SINCE)
    client = enter(office, "agency_county")

    def names(query: str) -> list[str]:
        return sorted(column(client.get(f"/providers/?{query}"), 0))

    assert names("q=甲") == ["甲医院"]
    assert names("q=h140303") == ["乙药店", "甲医院"], "a code as it begins, in either case"
    assert names("kind=pharmacy") == names("level=0") == names("state=suspended") == ["乙药店"]
    assert names("state=ending") == ["甲医院"]
    assert names("state=designated") == ["市第一医院", "甲医院"]
    assert names("area=140303&state=none") == ["乙药店"]
    assert "没有符合条件的医药机构" in text_of(client.get("/providers/?q=没有的"))


@pytest.mark.parametrize(
    "query", ["sort=password", "sort=-state", "kind=temple", "page=0", "page=x", "page=99999999999"]
)
def test_what_no_form_of_ours_asks_is_refused(office: Staffed, query: str) -> None:
    assert enter(office, "agency_county").get(f"/providers/?{query}").status_code == 400


def test_a_persons_name_is_asked_by_post_and_stands_in_no_address(office: Staffed) -> None:
    works(office.city.hospital, "D1", "陈大夫")
    works(office.city.hospital, "D2", "林药师")
    client = enter(office, "agency_county")
    assert client.get("/practitioners/?name=陈").status_code == 400
    page = client.post("/practitioners/", {"name": "陈"})
    assert column(page, 0) == ["陈大夫"]
    said = page.content.decode()
    assert 'href="?' not in said, "headers are buttons of the form"
    assert '<button class="sort" form="filters-practitioners" name="sort" value="name">' in said
    assert column(client.post("/practitioners/", {"sort": "-code", "name": ""}, follow=True), 0) == [
        "林药师",
        "陈大夫",
    ]


def opened(response: Any) -> Any:
    assert response.status_code == 200, text_of(response)
    return load_workbook(io.BytesIO(response.content))


def test_an_export_holds_what_was_asked_for_and_runs_nothing(office: Staffed) -> None:
    hospital(1, "=1+1")
    hospital(2, "@甲", 0)
    client = enter(office, "agency_county")
    response = client.post("/providers/", {"export": "xlsx", "sort": "-code", "area": "140303"})
    assert "attachment" in response.headers["Content-Disposition"]
    book = opened(response)
    rows = [[cell.value for cell in row] for row in book["医药机构"]]
    assert rows[0][:5] == ["名称", "机构编码", "类型", "所在地", "等级"]
    assert [row[:5] for row in rows[1:]] == [
        ["'@甲", "H14030300002", "医疗机构", "矿区", "未定级"],
        ["'=1+1", "H14030300001", "医疗机构", "矿区", "二级"],
    ]
    assert all(cell.data_type != "f" for row in book["医药机构"] for cell in row)
    notes = {row[0].value: row[1].value for row in book["说明"]}
    assert notes["条数"] == "2" and notes["条件：所在地"] == "矿区"
    entry = Entry.objects.get(act="list.export")
    assert entry.object_id == "providers" and entry.account == office.account("agency_county").pk
    assert entry.details == {"rows": 2, "conditions": ["area"], "sort": "-code"}


def test_an_export_that_is_too_large_is_refused_not_cut_off(
    office: Staffed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST", 2)
    hospital(1, "甲")
    hospital(2, "乙")
    client = enter(office, "agency_county")
    refused = client.post("/providers/", {"export": "xlsx"})
    assert refused.status_code == 422 and "请加上筛选条件" in text_of(refused)
    assert not Entry.objects.filter(act="list.export").exists()
    assert client.post("/providers/", {"export": "xlsx", "area": "140303"}).status_code == 200


def test_a_workbook_has_amounts_and_days_as_numbers() -> None:
    data = workbook(
        "表",
        ["金额", "日期", "数", "文字"],
        [[Money(-123456), dt.date(2026, 3, 1), 7, "+86"], [None] * 4],
        [],
    )
    sheet = load_workbook(io.BytesIO(data))["表"]
    amount, day, count, text = sheet[2]
    assert (amount.value, amount.number_format) == (-1234.56, "#,##0.00")
    assert day.value == dt.datetime(2026, 3, 1) and day.number_format == "yyyy-mm-dd"
    assert (count.value, text.value) == (7, "'+86")
    assert [cell.value for cell in sheet[3]] == [None] * 4


def test_next_door_sees_who_works_there_only_by_its_role(office: Staffed) -> None:
    elsewhere = hospital(1, "邻院")
    works(office.city.hospital, "D1", "陈大夫")
    works(elsewhere, "D2", "邻大夫")
    expected = {
        "agency_county": ["陈大夫", "邻大夫"],
        "reviewer": ["陈大夫", "邻大夫"],
        "provider_operator": ["陈大夫"],
        "civil_affairs": [],
        "analyst": [],
    }
    for role, names in expected.items():
        client = enter(office, role)
        assert column(client.get("/practitioners/"), 0) == names, role
        exported = client.post("/practitioners/", {"export": "xlsx"})
        assert [row[0].value for row in opened(exported)["医保医师与药师"]][1:] == names, role
        page = text_of(client.get("/providers/H14030300001/"))
        assert ("邻大夫" in page) is ("邻大夫" in names), role


def test_an_empty_list_says_what_to_do_next(office: Staffed) -> None:
    page = text_of(enter(office, "agency_city").get("/imports/"))
    assert "还没有导入过" in page and "下载样表" in page
