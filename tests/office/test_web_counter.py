"""At the counter: accounts and codes on paper, agents; and the administrators' pages of accounts."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from django.test import Client
from openpyxl import load_workbook
from tests.office import staffed
from tests.office.entering import CITIZENS_PASSWORD, as_citizen, as_neighbour, citizen
from tests.office.pages import enter
from tests.office.staffed import Staffed

from sanchong.dates import today
from sanchong.office.accounts.models import Account, Assignment, SecondFactor
from sanchong.office.accounts.roles import ROLES
from sanchong.office.citizens import services
from sanchong.office.citizens.models import Authorisation, Holder
from sanchong.office.keeping import When
from sanchong.office.people.models import Person
from sanchong.office.trail.models import Entry

pytestmark = pytest.mark.django_db
PHONE, OTHER = "13800000001", "13800000002"
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
FIRST = re.compile(r"[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}")


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


@pytest.fixture
def person(office: Staffed) -> Person:
    return staffed.named(office.city.person(), "王秀兰")


def page(client: Client, path: str, status: int = 200, **posted: object) -> str:
    answer = client.post(path, posted) if posted else client.get(path)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def acts(person: Person) -> list[str]:
    found = Entry.objects.filter(person_id=person.pk, act__startswith="citizen.").order_by("pk")
    return [act for act in found.values_list("act", flat=True) if act != "citizen.access"]


def only(pattern: re.Pattern[str], text: str) -> str:
    found = set(pattern.findall(text))
    assert len(found) == 1, found
    return str(found.pop())


def test_a_printed_code_opens_the_account(office: Staffed, person: Person) -> None:
    counter = enter(office, "agency_county")
    path = f"/people/{person.number}/access/"
    assert "打印开通码" in page(counter, path)
    slip = page(counter, f"{path}code/", ok="1")
    assert (
        "王秀兰" in slip and str(today() + dt.timedelta(days=30)) in slip and "testserver/activate/" in slip
    )
    assert person.identity_number not in slip, "a sheet that is lost tells no document"
    code = only(CODE, slip)
    assert code not in page(counter, path), "shown once"
    said = page(counter, path)
    assert f"有效至 {today() + dt.timedelta(days=30)}" in said
    home = Client()
    typed = {
        "code": code,
        "identity_number": person.identity_number,
        "phone": PHONE,
        "password": CITIZENS_PASSWORD,
    }
    assert home.post("/activate/", typed).status_code == 302
    assert "138****0001" in page(counter, path)
    assert acts(person) == ["citizen.code", "citizen.activate"]


def test_an_account_is_opened_and_its_password_reset_at_the_counter(office: Staffed, person: Person) -> None:
    counter = enter(office, "agency_county")
    path = f"/people/{person.number}/access/"
    wrong = page(counter, f"{path}open/", 400, phone="1380000")
    assert "手机号码：应为 11 位手机号码" in wrong and "phone：" not in wrong
    first = only(FIRST, page(counter, f"{path}open/", phone=PHONE))
    home = Client()
    assert home.post("/sign-in/", {"username": PHONE, "password": first}).status_code == 302
    assert home.get("/mine/").headers["Location"] == "/account/password/", "who opened it knows the password"
    for _ in range(5):
        Client().post("/sign-in/", {"username": PHONE, "password": "wrong"})
    assert "暂时锁定" in page(counter, path)
    again = only(FIRST, page(counter, f"{path}reset/", ok="1"))
    assert again != first
    assert home.get("/mine/").headers["Location"].startswith("/sign-in/"), "the old session is over"
    assert Client().post("/sign-in/", {"username": PHONE, "password": again}).status_code == 302
    assert acts(person) == ["citizen.open", "citizen.reset_password"]


def test_who_acts_for_a_person_is_authorised_and_no_longer(office: Staffed, person: Person) -> None:
    agent = staffed.named(office.city.person(None), "王小明")
    citizen(office, agent, OTHER)
    counter = enter(office, "agency_county")
    path = f"/people/{person.number}/agents/"
    typed = {
        "phone": OTHER,
        "name": "王大明",
        "relation": "child",
        "source": "授权委托书 2026-001",
        "start": today().isoformat(),
        "matters": ["rights", "statements"],
    }
    assert "手机号码和姓名都相符" in page(counter, path, 400, **typed), "a slip of the pen lets nobody in"
    assert "关系" in page(counter, path, 400, **{**typed, "name": "王小明", "relation": ""})
    assert "授权文书：请写明授权文书" in page(counter, path, 400, **{**typed, "name": "王小明", "source": ""})
    assert "“明天”不是日期；请写成 2025-07-01 这样" in page(
        counter, path, 400, **{**typed, "name": "王小明", "end": "明天"}
    )
    assert not Authorisation.objects.exists()
    page(counter, path, 302, **{**typed, "name": "王小明"})
    row = Authorisation.objects.get()
    assert (row.relation, row.matters, row.source) == (
        "child",
        ["rights", "statements"],
        "授权委托书 2026-001",
    )
    listed = page(counter, f"/people/{person.number}/access/")
    assert "王小明" in listed and "查询待遇与限额、查询结算单" in listed and "有效" in listed
    home = as_citizen(OTHER)
    page(home, "/account/capacity/", 302, capacity=f"agent-{row.pk}")
    assert "您正在代王秀兰办理" in page(home, "/mine/")
    assert page(counter, f"{path}{row.pk}/revoke/", 400, reason="").count('role="alert"') == 1
    page(counter, f"{path}{row.pk}/revoke/", 302, reason="本人撤回")
    assert "您正在代王秀兰办理" not in page(home, "/mine/"), "at once"
    assert "已撤销" in page(counter, f"/people/{person.number}/access/")
    assert "没有这条授权" in page(counter, f"{path}{row.pk}/revoke/", 400, reason="再次")


@pytest.mark.parametrize(
    "role", ["civil_affairs", "provider_operator", "reviewer", "analyst", "administrator"]
)
def test_only_those_who_serve_people_come_to_the_counter(office: Staffed, person: Person, role: str) -> None:
    there = enter(office, role)
    for path in ("access/", "access/code/", "access/open/", "access/reset/", "agents/"):
        whole = f"/people/{person.number}/{path}"
        answer = there.get(whole) if path == "access/" else there.post(whole, {"phone": PHONE})
        assert answer.status_code in (403, 404), path
    assert not Holder.objects.exists() and acts(person) == []


def test_the_neighbours_counter_does_not_know_the_person(office: Staffed, person: Person) -> None:
    neighbour = as_neighbour(office, "agency_county", area="140303")
    path = f"/people/{person.number}"
    for answer in (
        neighbour.get(f"{path}/access/"),
        neighbour.post(f"{path}/access/code/"),
        neighbour.post(f"{path}/access/open/", {"phone": PHONE}),
        neighbour.post(f"{path}/agents/", {"phone": PHONE, "name": "x"}),
    ):
        assert answer.status_code == 404
        assert "王秀兰" not in answer.content.decode()
    assert not Holder.objects.exists() and acts(person) == []


def test_an_agent_of_another_person_is_not_revoked_by_this_address(office: Staffed, person: Person) -> None:
    agent, other = office.city.person(None), office.city.person(None)
    account = citizen(office, agent, OTHER)
    row = services.authorise(
        office.city.actor, account, other, "child", ["rights"], When(today(), source="授权书")
    )
    counter = enter(office, "agency_county")
    page(counter, f"/people/{person.number}/agents/{row.pk}/revoke/", 400, reason="误")
    assert Authorisation.objects.current().filter(pk=row.pk).exists()


# ── accounts of people who work ──────────────────────────────────────────────────────────────


def test_an_administrator_opens_an_account_and_gives_a_post(office: Staffed) -> None:
    desk = enter(office, "administrator")
    assert "已存在" in page(desk, "/staff/new/", 400, username="agency_city", name="重名")
    assert "账号：" in page(desk, "/staff/new/", 400, username="13800000001", name="像手机号")
    first = only(FIRST, page(desk, "/staff/new/", username="chen", name="陈静"))
    chen = Account.objects.get(username="chen")
    path = f"/staff/{chen.pk}/"
    assert "还没有岗位" in page(desk, path)
    typed = {"role": "agency_county", "unit": "城区医保中心", "start": today().isoformat()}
    assert "此角色须写明辖区" in page(desk, f"{path}posts/", 400, **typed)
    assert "辖区：应为县" in page(desk, f"{path}posts/", 400, **typed, area="140300")
    at_provider = {**typed, "role": "physician", "provider_code": "H00000000000"}
    assert "没有这个编码" in page(desk, f"{path}posts/", 400, **at_provider)
    assert not Assignment.objects.filter(account=chen).exists()
    page(desk, f"{path}posts/", 302, **typed, area="140302")
    assert "城区 140302" in page(desk, path)
    hers = Client()
    assert hers.post("/sign-in/", {"username": "chen", "password": first}).status_code == 302
    assert hers.get("/").headers["Location"] == "/account/password/"
    post = Assignment.objects.get(account=chen)
    page(desk, f"{path}posts/{post.pk}/end/", 302, reason="调离")
    assert not Assignment.objects.current().filter(account=chen).exists()
    done = Entry.objects.filter(act__in=("account.open", "assignment.record", "assignment.withdraw"))
    assert done.filter(account=office.account("administrator").pk).count() == 3


def test_an_administrator_helps_somebody_back_in(office: Staffed) -> None:
    desk, county = enter(office, "administrator"), office.account("agency_county")
    path = f"/staff/{county.pk}/"
    assert "解除锁定" not in page(desk, path)
    for _ in range(5):
        Client().post("/sign-in/", {"username": "agency_county", "password": "wrong"})
    assert "解除锁定" in page(desk, path) and "已锁定" in page(desk, "/staff/?state=locked")
    page(desk, f"{path}lock/", 302, ok="1")
    assert "解除锁定" not in page(desk, path)
    page(desk, f"{path}second-factor/", 302, ok="1")
    assert not SecondFactor.objects.filter(user=county).exists()
    first = only(FIRST, page(desk, f"{path}password/", ok="1"))
    assert Client().post("/sign-in/", {"username": "agency_county", "password": first}).status_code == 302
    page(desk, f"{path}close/", 302, ok="1")
    assert Client().post("/sign-in/", {"username": "agency_county", "password": first}).status_code == 401
    own = f"/staff/{office.account('administrator').pk}/close/"
    assert "不能停用自己" in page(desk, own, 400, ok="1")
    kept = Entry.objects.filter(kind="account", object_id=str(county.pk)).values_list("act", flat=True)
    assert {
        "account.release_lock",
        "account.reset_second_factor",
        "account.reset_password",
        "account.close",
    } <= set(kept)


def test_accounts_are_changed_by_who_has_just_proved_themselves(office: Staffed) -> None:
    desk, county = enter(office, "administrator"), office.account("agency_county")
    session = desk.session
    session["proved"] = 0
    session.save()
    for path in ("second-factor/", "password/", "close/", "posts/"):
        answer = desk.post(f"/staff/{county.pk}/{path}", {})
        assert answer.headers["Location"].startswith("/account/prove/"), path
    assert SecondFactor.objects.filter(user=county).exists()


def test_the_list_is_narrowed_sorted_and_holds_no_citizen(office: Staffed, person: Person) -> None:
    citizen(office, person, PHONE)
    desk = enter(office, "administrator")
    names = re.compile(r'<a href="/staff/\d+/">([^<]+)</a>')
    every = names.findall(page(desk, "/staff/"))
    assert len(every) == len(ROLES) and every == sorted(every)
    assert names.findall(page(desk, "/staff/?sort=-username")) == every[::-1]
    assert names.findall(page(desk, "/staff/?role=physician")) == ["physician"]
    assert names.findall(page(desk, "/staff/?q=agency_c")) == ["agency_city", "agency_county"]
    assert "没有符合条件的账号" in page(desk, "/staff/?state=closed")
    assert page(desk, f"/staff/{Account.objects.get(holder__person=person).pk}/", 404)
    exported = desk.post("/staff/", {"export": "xlsx", "role": "physician"})
    rows = list(load_workbook(io.BytesIO(exported.content))["账号与岗位"].iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["账号", "physician"] and rows[1][2].endswith("医保医师")
    assert Entry.objects.get(act="list.export").details["rows"] == 1


@pytest.mark.parametrize("role", ["agency_city", "provider_operator", "finance"])
def test_nobody_else_sees_accounts(office: Staffed, role: str) -> None:
    there, county = enter(office, role), office.account("agency_county")
    for answer in (
        there.get("/staff/"),
        there.post("/staff/", {"export": "xlsx"}),
        there.get("/staff/new/"),
        there.get(f"/staff/{county.pk}/"),
        there.post(f"/staff/{county.pk}/password/"),
        there.post(f"/staff/{county.pk}/second-factor/"),
        there.post(f"/staff/{county.pk}/posts/", {"role": "administrator", "unit": "x"}),
    ):
        assert answer.status_code == 403
