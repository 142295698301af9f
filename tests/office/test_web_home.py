"""The first page and the lists to which it leads: the same numbers, for each role its own, nothing of next door."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from tests.office import staffed
from tests.office.pages import column, enter, text_of
from tests.office.staffed import Staffed
from tests.office.test_visibility import next_door

from sanchong.dates import today
from sanchong.office.accounts.acting import posts_of
from sanchong.office.accounts.models import Account, SecondFactor
from sanchong.office.accounts.passwords import set_password
from sanchong.office.accounts.roles import ROLES
from sanchong.office.claims import services as claims
from sanchong.office.claims.models import ManualCase, Settlement
from sanchong.office.keeping import When
from sanchong.office.people.models import Grant, Person, Recognition
from sanchong.office.providers import services as providers
from sanchong.office.providers.models import Provider
from sanchong.office.trail.models import Entry
from sanchong.office.visibility import visible_people
from sanchong.office.web.today import work

pytestmark = pytest.mark.django_db
LISTS = {"web:recognitions": 1, "web:manual_cases": 1, "web:providers": 1}
"""Pages that list what a count counts."""


@pytest.fixture
def office() -> Staffed:
    """One recognition that ends soon, one that does not; a manual case; a provider suspended, one whose agreement ends."""
    staffed_ = staffed.opened()
    city = staffed_.city
    soon = staffed.named(city.person("subsistence_allowance", "diabetes"), "王秀兰")
    staffed.instead(Recognition.objects.get(), end=today() + dt.timedelta(days=12))
    city.person(None, "diabetes")
    visit = city.visit(soon, "inpatient", today().isoformat(), ("A1", "5200"))
    claims.settle(visit.number, "home-0001", city.actor)
    ManualCase.objects.create(settlement=Settlement.objects.get(), matter="assistance.annual_cap.monitored")
    for code, name in (("H14030300001", "停办医院"), ("H14030300002", "到期医院")):
        providers.register(city.actor, code, name, "hospital")
    stopped, ending = (Provider.objects.get(code=f"H1403030000{n}") for n in (1, 2))
    providers.suspend(city.actor, stopped, When(today(), source="核查"))
    until = today() + dt.timedelta(days=20)
    providers.agree(city.actor, ending, "designated", When(dt.date(2025, 1, 1), until))
    return staffed_


@pytest.mark.parametrize("role", ["agency_city", "agency_county", "expert", "administrator"])
def test_a_count_leads_to_a_list_of_as_many(office: Staffed, role: str) -> None:
    client = enter(office, role)
    followed = 0
    for matter in work(office.actor(role)):
        if matter.query:
            rows = column(client.get(reverse(matter.path) + matter.query), 0)
            assert len(rows) == matter.number == 1, matter
            followed += 1
    assert followed == {"expert": 1, "administrator": 2}.get(role, 3)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_has_a_home_with_links_that_open(office: Staffed, role: str) -> None:
    client = enter(office, role)
    page = client.get("/")
    assert page.status_code == 200
    paths = {p.partition('"')[0] for p in page.content.decode().split('<li><a href="')[1:]}
    assert "/" in paths and "/providers/" in paths
    for path in paths - {"/policy/", "/manage/"}:
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("role", ["civil_affairs", "agency_county"])
def test_recipients_are_counted_by_category(office: Staffed, role: str) -> None:
    """王秀兰 is of one category; a neighbour of two is counted in both; whoever has none in neither."""
    since = dt.date(2025, 1, 1)
    neighbour = office.city.person("subsistence_allowance")
    Grant.objects.create(
        person=neighbour, category="monitored", department="民政局", start=since, known_from=since
    )
    page = enter(office, role).get("/").content.decode()
    shown = page.partition('class="bars"')[2].partition("</ul>")[0]
    assert re.findall(r"<span>(.*?)</span>.*?<b class=\"n\">(\d+)</b>", shown) == [
        ("低保对象", "2"),
        ("监测对象", "1"),
    ]
    assert 'class="bars"' not in enter(office, "provider_operator").get("/").content.decode()


def test_recognitions_by_when_they_end_and_whose(office: Staffed) -> None:
    client = enter(office, "agency_county")
    page = client.get("/recognitions/")
    assert column(page, 0) == ["王秀兰", "张三"] and column(page, 6) == ["12", "—"]
    assert column(page, 2) == ["糖尿病", "糖尿病"]
    assert client.get("/recognitions/?name=王秀兰").status_code == 400
    assert column(client.post("/recognitions/", {"name": "王秀兰"}), 0) == ["王秀兰"]
    assert column(client.get("/manual-cases/"), 1) == ["年度救助限额（监测对象）"]


def test_a_list_of_people_takes_the_same_statements_however_many(office: Staffed) -> None:
    client = enter(office, "agency_city")
    client.get("/recognitions/")
    with CaptureQueriesContext(connection) as few:
        client.get("/recognitions/")
    for _ in range(20):
        office.city.person(None, "diabetes")
    with CaptureQueriesContext(connection) as many:
        assert len(column(client.get("/recognitions/"), 0)) == 22
    assert len(many) == len(few)


def test_whoever_is_shown_stands_in_the_trail_once_a_person(office: Staffed) -> None:
    client, account = enter(office, "agency_county"), office.account("agency_county").pk
    client.get("/recognitions/?ending=30")
    (read,) = Entry.objects.filter(account=account, act="list.read")
    assert read.person_id == Person.objects.get(name_index=Person.index_of("name", "王秀兰")).pk
    exported = client.post("/recognitions/", {"export": "xlsx"})
    rows = load_workbook(io.BytesIO(exported.content))["病种认定"].max_row
    of_people = Entry.objects.filter(account=account, act="list.export").exclude(person_id=None)
    assert rows == 3 and of_people.count() == 2
    whole = Entry.objects.get(account=account, act="list.export", person_id=None)
    assert whole.details["rows"] == 2 and "王秀兰" not in str(whole.details)


@pytest.mark.parametrize("role", ["agency_county", "expert"])
def test_next_door_has_nobody_in_its_lists(office: Staffed, role: str) -> None:
    actor = next_door(office, role)
    assert actor.account is not None
    account = Account.objects.get(pk=actor.account)
    SecondFactor.objects.create(user=account, name="邻", key=SecondFactor.new_key(), confirmed=True)
    set_password(account, staffed.PASSWORD)
    account.save()
    client = enter(office, account.username)
    assert posts_of(account)[0].area == "140303"
    assert not visible_people(actor, Person.objects.all()).exists()
    for path in ("/recognitions/", "/manual-cases/") if role == "agency_county" else ("/recognitions/",):
        page = client.get(path)
        assert page.status_code == 200 and column(page, 0) == [], path
        assert column(client.post(path, {"name": "王秀兰"}), 0) == []
        book = load_workbook(io.BytesIO(client.post(path, {"export": "xlsx"}).content))
        assert all(sheet.max_row == 1 for sheet in book.worksheets[:1])
    assert not Entry.objects.filter(account=account.pk).exclude(person_id=None).exists()


@pytest.mark.parametrize(
    "role", ["civil_affairs", "finance", "physician", "analyst", "administrator", "insurer"]
)
def test_who_may_not_see_diseases_or_lists_is_turned_away(office: Staffed, role: str) -> None:
    client = enter(office, role)
    for path in ("/recognitions/", "/manual-cases/"):
        assert client.get(path).status_code == 403
        assert client.post(path, {"export": "xlsx"}).status_code == 403
    assert "病种认定" not in text_of(client.get("/"))
