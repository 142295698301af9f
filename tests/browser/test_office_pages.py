"""The office in a browser: signed in with a second factor, a person found, every page legible at a desk and on a telephone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.office import KNOWN, enter, look, on_a_telephone, picture
from tests.office import staffed
from tests.office.staffed import PASSWORD, Staffed

from sanchong.dates import today
from sanchong.office.accounts import staff
from sanchong.office.accounts.models import Account, SecondFactor
from sanchong.office.citizens import services as citizens
from sanchong.office.keeping import When
from sanchong.office.people.models import Person
from sanchong.office.web import policy

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BACK_OFFICE = {
    "index": "",
    "areas": "people/area/",
    "provider": "providers/provider/",
    "edition": "catalogue/edition/",
    "items": "catalogue/item/",
    "accounts": "accounts/account/",
}


def test_sign_in_then_home_then_a_person(
    page: Page, live_server: LiveServer, office: Staffed, quiet: None
) -> None:
    page.goto(f"{live_server.url}/people/")
    assert "/sign-in/?next=" in page.url, "nobody comes in without signing in"
    page.get_by_role("textbox", name="账号").fill("agency_city")
    page.get_by_label("密码").fill("not the password 1")
    page.get_by_role("button", name="下一步").click()
    assert "账号或密码不对" in page.get_by_role("alert").inner_text()
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="下一步").click()
    code = office.code("agency_city")
    assert code in page.locator(".demo").inner_text(), "a demonstration shows its code"
    look(page, "second")
    page.get_by_label("验证码").fill("000000" if code != "000000" else "111111")
    page.get_by_role("button", name="登录").click()
    assert "验证码不对" in page.get_by_role("alert").inner_text()
    page.wait_for_timeout(1100)  # a wrong code makes the next one wait a second
    page.get_by_label("验证码").fill(office.code("agency_city"))
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/people/")
    look(page, "people")
    page.get_by_role("searchbox").fill("王秀兰")
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**/people/P*/")
    assert "王秀兰" in page.get_by_role("heading", level=1).inner_text()
    text = page.locator("main").inner_text()
    assert "低保对象" in text and "糖尿病" in text and "示例数据" in text
    look(page, "person")
    page.goto(f"{live_server.url}/")
    assert page.locator(".work li", has_text="待结算").locator("b").inner_text() == "1"
    look(page, "home-agency")


def test_pages_before_one_is_in(page: Page, live_server: LiveServer, office: Staffed, quiet: None) -> None:
    page.goto(f"{live_server.url}/sign-in/")
    look(page, "sign-in")
    page.get_by_role("link", name="首次使用").click()
    look(page, "activate")
    page.goto(f"{live_server.url}/nowhere")
    look(page, "not-found")


def test_each_has_a_first_page(page: Page, live_server: LiveServer, office: Staffed, quiet: None) -> None:
    number = Person.objects.get(name_index=Person.index_of("name", "王秀兰")).number
    for role in ("provider_operator", "civil_affairs", "analyst", "expert", "administrator"):
        enter(page, live_server, office, role)
        look(page, f"home-{role}")
        if role == "civil_affairs":
            page.goto(f"{live_server.url}/people/{number}/")
            text = page.locator("main").inner_text()
            assert "低保对象" in text and "糖尿病" not in text and "慢病" not in text
            look(page, "person-department")
        page.goto(f"{live_server.url}/manage/")
        allowed = role == "administrator"
        assert ("当前岗位不能打开这个页面" in page.locator("body").inner_text()) is not allowed
        if role == "analyst":
            look(page, "forbidden")
        if allowed:
            back_office(page, live_server)
        page.context.clear_cookies()


def back_office(page: Page, live_server: LiveServer) -> None:
    """unfold's pages fit and are Chinese; their markup is its own, so that axe does not judge it here."""
    for name, path in BACK_OFFICE.items():
        page.goto(f"{live_server.url}/manage/{path}")
        page.wait_for_function("!document.querySelector('html[x-cloak]')")
        picture(page, f"manage-{name}")
        page.evaluate("document.querySelectorAll('.material-symbols-outlined').forEach(e => e.remove())")
        assert "演示环境" in page.locator("body").inner_text()
        words = set(re.findall(r"[A-Za-z]{4,}", page.locator("body").inner_text()))
        assert sorted(words - KNOWN) == [], path


def test_somebody_new_sets_up_a_second_factor_and_a_password(
    page: Page, live_server: LiveServer, office: Staffed, quiet: None
) -> None:
    opened = staff.open_account(office.city.actor, "chen", "陈静")
    staff.assign(
        office.city.actor, opened.account, "agency_county", "城区医保中心", When(today()), area="140302"
    )
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("textbox", name="账号").fill("chen")
    page.get_by_label("密码").fill(opened.password)
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url("**/account/password/")
    look(page, "password")
    page.get_by_label("原密码").fill(opened.password)
    page.get_by_label("新密码", exact=False).first.fill("雨天要带雨伞-2026")
    page.get_by_label("再输一次新密码").fill("雨天要带雨伞-2026")
    page.get_by_role("button", name="修改").click()
    page.wait_for_url("**/account/second-factor/")
    assert page.locator("img.qr").evaluate("i => i.complete && i.naturalWidth") > 100
    look(page, "set-up")
    page.get_by_label("验证码").fill(SecondFactor.objects.get(user=opened.account).code_now())
    page.get_by_role("button", name="绑定").click()
    page.wait_for_url(f"{live_server.url}/")
    assert "城区医保中心" in page.locator("body").inner_text()


@on_a_telephone
def test_an_agent_acts_for_a_parent(
    page: Page, live_server: LiveServer, office: Staffed, quiet: None
) -> None:
    own = staffed.named(office.city.person(None), "王小明")
    parent = Person.objects.get(name_index=Person.index_of("name", "王秀兰"))
    code = citizens.print_code(office.city.actor, own)
    page.goto(f"{live_server.url}/activate/")
    page.get_by_label("开通码").fill(code)
    page.get_by_label("证件号码").fill(own.identity_number)
    page.get_by_label("手机号码").fill("13800000001")
    page.get_by_label("密码").fill("雨天要带雨伞-2026")
    page.get_by_role("button", name="开通").click()
    page.wait_for_url("**/mine/")
    assert "王小明" in page.locator("main").inner_text()
    agent = Account.objects.get(holder__person=own)
    citizens.authorise(
        office.city.actor, agent, parent, "child", ["rights"], When(today(), source="授权书 2026-01")
    )
    page.goto(f"{live_server.url}/mine/")
    if page.get_by_text("菜单").is_visible():
        page.get_by_text("菜单").click()
    page.locator("summary", has_text="王小明").locator("visible=true").click()
    page.get_by_role("button", name="王秀兰 · 代办").locator("visible=true").click()
    page.wait_for_url("**/mine/")
    assert "您正在代王秀兰办理" in page.locator("main").inner_text()
    look(page, "mine-agent")


def test_the_law_is_read_inside_the_office(page: Page, live_server: LiveServer, office: Staffed) -> None:
    policy.build()
    page.goto(f"{live_server.url}/policy/")
    page.wait_for_url("**/policy/index.html")
    expect(page.get_by_role("link", name="返回登录")).to_be_visible()
    assert "演示环境" in page.locator(".office-bar").inner_text()
    picture(page, "policy", whole=False)
    page.get_by_role("link", name="返回登录").click()
    page.wait_for_url("**/sign-in/**")


def test_large_type_enlarges(page: Page, live_server: LiveServer, office: Staffed) -> None:
    page.goto(f"{live_server.url}/sign-in/")
    size = "() => parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)"
    before = page.evaluate(size)
    page.get_by_role("button", name="大字").click()
    page.get_by_role("button", name="大字", pressed=True).wait_for()
    assert page.evaluate(size) > before * 1.2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
