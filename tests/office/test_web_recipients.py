"""The list of recipients of assistance: of a day, of whom one sees, of a household each member; and to Excel."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from tests.office import staffed
from tests.office.pages import column, enter, text_of
from tests.office.staffed import Staffed

from sanchong.dates import today
from sanchong.office.accounts.roles import ROLES
from sanchong.office.people.models import Area, Enrolment, Grant, Member, Person
from sanchong.office.trail.models import Entry
from sanchong.office.web.recipients import sees_recipients

pytestmark = pytest.mark.django_db
FROM = dt.date(2025, 1, 1)
MAY = {
    "agency_city", "agency_county", "agency_township", "agency_village", "contracted",
    "civil_affairs", "rural_revitalisation",
}  # fmt: skip


@pytest.fixture
def office() -> Staffed:
    office = staffed.opened()
    Area.objects.create(code="140400", name="长治市", level="city", parent_id="140000")
    return office


def recipient(
    office: Staffed, name: str, category: str | None = "subsistence_allowance", area: str = "140302001001"
) -> Person:
    return staffed.moved(staffed.named(office.city.person(category), name), area)


def opened(response: Any) -> list[list[Any]]:
    assert response.status_code == 200, text_of(response)
    sheet = load_workbook(io.BytesIO(response.content))["救助对象"]
    return [[cell.value for cell in row] for row in sheet]


def names(client: Client, query: str = "") -> list[str]:
    return sorted(column(client.get(f"/recipients/{query}"), 0))


def test_who_had_a_category_on_the_day_is_listed_with_its_document(office: Staffed) -> None:
    one = recipient(office, "王秀兰")
    recipient(office, "李建国", None)
    staffed.instead(
        Grant.objects.get(), end=dt.date(2026, 3, 31), department="城区民政局", source="城民〔2025〕7号"
    )
    client = enter(office, "agency_county")
    assert "辖区内这一天没有救助对象" in text_of(client.get("/recipients/")), "the category has ended"
    page = client.get("/recipients/?day=2026.3.31")
    assert column(page, 0) == ["王秀兰"]
    row = [column(page, at)[0] for at in range(1, 10)]
    assert row == [
        one.masked_number(), "低保对象", "户", "城区上站街道新华社区", "2025-01-01", "2026-03-31",
        "城区民政局", "城民〔2025〕7号", "城乡居民",
    ]  # fmt: skip
    assert names(client, "?day=2026-04-01") == [], "the day after its last"
    assert names(client, "?day=2024-12-31") == [], "the day before its first"


def test_a_households_category_is_each_members_and_a_persons_own_stands_beside(office: Staffed) -> None:
    one = recipient(office, "王秀兰", "monitored")
    child = recipient(office, "王小明", None)
    home = Member.objects.current().get(person=one).household
    staffed.instead(Member.objects.current().get(person=child), household=home, start=dt.date(2026, 1, 1))
    Grant.objects.create(
        person=child, category="orphan", department="城区民政局", start=FROM, known_from=FROM
    )
    client = enter(office, "agency_county")
    page = client.get("/recipients/?sort=category")
    listed = list(zip(column(page, 0), column(page, 2), column(page, 3), strict=True))
    assert sorted(listed[:2]) == [("王小明", "监测对象", "户"), ("王秀兰", "监测对象", "户")]
    assert listed[2:] == [("王小明", "孤儿", "个人")]
    before = client.get("/recipients/?day=2025-12-31")
    assert sorted(zip(column(before, 0), column(before, 2), strict=True)) == [
        ("王小明", "孤儿"),
        ("王秀兰", "监测对象"),
    ], "not yet a member"


def test_conditions_narrow_it(office: Staffed) -> None:
    poor = recipient(office, "王秀兰", "extreme_poverty")
    recipient(office, "李建国", "monitored", "140303")
    recipient(office, "赵铁柱", "monitored")
    staffed.instead(Grant.objects.get(category="extreme_poverty"), end=today() + dt.timedelta(days=40))
    insured = Enrolment.objects.current().get(person=poor)
    staffed.instead(insured, end=today() - dt.timedelta(days=1))
    client = enter(office, "agency_city")
    assert names(client) == ["李建国", "王秀兰", "赵铁柱"]
    assert names(client, "?category=monitored") == ["李建国", "赵铁柱"]
    assert names(client, "?area=140302001") == ["王秀兰", "赵铁柱"]
    assert names(client, "?area=140303") == ["李建国"]
    assert names(client, "?ending=30") == [] and names(client, "?ending=90") == ["王秀兰"]
    assert names(client, "?insured=no") == ["王秀兰"] and names(client, "?insured=yes") == [
        "李建国",
        "赵铁柱",
    ]
    assert client.get("/recipients/?name=王秀兰").status_code == 400, "a name stands in no address"
    assert column(client.post("/recipients/", {"name": "赵铁柱"}), 0) == ["赵铁柱"]
    wrong = client.get("/recipients/?day=昨天")
    assert wrong.status_code == 422 and "“昨天”不是日期；请写成 2025-07-01 这样" in text_of(wrong)
    assert "王秀兰" not in text_of(wrong)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_roles_that_use_it_have_it_and_next_door_sees_nobody(office: Staffed, role: str) -> None:
    here = recipient(office, "王秀兰")
    recipient(office, "邻居", area="140400")
    client, export = enter(office, role), {"export": "xlsx"}
    assert sees_recipients(office.actor(role)) is (role in MAY)
    assert ('href="/recipients/"' in client.get("/").content.decode()) is (role in MAY)
    if role not in MAY:
        assert client.get("/recipients/").status_code == 403
        assert client.post("/recipients/", export).status_code == 403
        return
    assert names(client) == ["王秀兰"] == [row[0] for row in opened(client.post("/recipients/", export))[1:]]
    head = opened(client.post("/recipients/", export))[0]
    assert ("人员编号" in head) is ROLES[role].serves and not {"病种", "诊断"} & set(head)
    staffed.moved(here, "140400")
    assert names(client) == [] and len(client.post("/recipients/", export).content) < 100_000
    assert "王秀兰" not in text_of(client.post("/recipients/", {"name": "王秀兰"}))


def test_an_export_is_of_the_day_and_in_the_trail(office: Staffed) -> None:
    one = recipient(office, "=1+1")
    client = enter(office, "civil_affairs")
    rows = opened(client.post("/recipients/", {"export": "xlsx", "day": "2026年5月1日"}))
    assert rows[0][:3] == ["姓名", "证件号码", "类别"] and rows[1][0] == "'=1+1"
    assert rows[1][rows[0].index("起始")] == dt.datetime(2025, 1, 1)
    told = Entry.objects.filter(act="list.export", account=office.account("civil_affairs").pk)
    assert [entry.person_id for entry in told.order_by("pk")] == [None, one.pk]
    assert told.order_by("pk")[0].details == {"rows": 1, "conditions": ["day"], "sort": ""}


def test_pages_take_as_many_statements_however_many_people(office: Staffed) -> None:
    recipient(office, "王秀兰")
    client = enter(office, "agency_county")
    client.get("/recipients/")
    with CaptureQueriesContext(connection) as few:
        assert len(names(client)) == 1
    for number in range(30):
        recipient(office, f"低保{number}")
    with CaptureQueriesContext(connection) as many:
        first = client.get("/recipients/?page=1")
    assert len(many) == len(few)
    both = column(first, 0) + column(client.get("/recipients/?page=2"), 0)
    assert len(both) == len(set(both)) == 31 and "共 31 人次" in text_of(first)


def test_an_empty_list_says_what_to_do(office: Staffed) -> None:
    county = client_text(office, "agency_county")
    assert "用表格批量导入" in county and "导入" in county
    department = client_text(office, "civil_affairs")
    assert "交给医保经办机构导入" in department


def client_text(office: Staffed, role: str) -> str:
    return text_of(enter(office, role).get("/recipients/"))
