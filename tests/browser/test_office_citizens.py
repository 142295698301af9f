"""In a browser: a citizen computes on a telephone; the counter prints a code; an agent reads a parent's statement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.office import enter, look, on_a_telephone
from tests.office import staffed
from tests.office.entering import CITIZENS_PASSWORD, citizen, documented
from tests.office.staffed import Staffed

from sanchong.dates import today
from sanchong.office.accounts.models import Account
from sanchong.office.citizens import corrections, services
from sanchong.office.citizens.models import Authorisation
from sanchong.office.people.models import Person

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def menu(page: Page) -> None:
    """On a telephone, the menu opened."""
    if page.get_by_text("菜单").is_visible():
        page.get_by_text("菜单").click()


def named(name: str) -> Person:
    return Person.objects.filter(name_index=Person.index_of("name", name)).get()


@on_a_telephone
def test_a_citizen_computes_without_signing_in(
    page: Page, live_server: LiveServer, office: Staffed, quiet: None
) -> None:
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("link", name="算一算能报多少").click()
    look(page, "calculate-empty")
    page.get_by_role("link", name="县医院住院").click()
    # 8120 in policy less 400, × 75% = 5790; 8600 − 5790 = 2810
    result = page.locator("#result")
    expect(result).to_contain_text("2,810.00")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")  # where the bar of the answer rests above it
    look(page, "calculate")
    # As one types: 4200 in place of 3200 is 1000 more in policy, 750 of it paid.
    page.get_by_label("第 1 项金额，元").fill("4200")
    expect(result).to_contain_text("3,060.00")
    rate = page.get_by_label("住院支付比例（县级二类）")
    rate.fill("80%")
    rate.blur()
    # (9120 − 400) × 80% = 6976; 9600 − 6976 = 2624
    expect(result).to_contain_text("2,624.00")
    expect(result).to_contain_text("已改，示例为 75%")
    page.get_by_label("第 1 项金额，元").fill("很多")
    wrong = page.locator("#e-amount-0")
    expect(wrong).to_contain_text("请填金额")
    look(page, "calculate-wrong")
    page.get_by_label("第 1 项金额，元").fill("4200")
    expect(wrong).to_be_hidden()
    result.locator("summary", has_text="基本医保").first.click()
    link = result.locator(".sb-detail a").locator("visible=true").first
    assert str(link.get_attribute("href")).startswith("/policy/clauses/")
    assert link.get_attribute("target") == "_blank", "what was typed is not lost by reading a clause"
    page.goto(f"{live_server.url}/calculate/?example=diabetes")
    expect(result).to_contain_text("75.06")
    page.get_by_text("职工", exact=True).click()
    expect(result).to_contain_text("职工医保的比例和限额不在收录的文件里")
    box = page.get_by_label("基本医保已付").bounding_box()
    assert box is not None and box["width"] > 80, "two fields side by side, each wide enough to type in"
    page.get_by_text("城乡居民", exact=True).click()
    expect(result).to_contain_text("75.06")
    page.get_by_role(
        "button", name="算一算"
    ).click()  # answered on the page: what was typed stays, and Back leaves it
    expect(page).to_have_url(f"{live_server.url}/calculate/?example=diabetes")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    look(page, "calculate-diabetes")


def test_it_computes_without_scripts(page: Page, live_server: LiveServer, office: Staffed) -> None:
    assert page.context.browser is not None
    plain = page.context.browser.new_context(java_script_enabled=False, viewport=page.viewport_size)
    bare = plain.new_page()
    bare.goto(f"{live_server.url}/calculate/")
    bare.get_by_label("第 1 项金额，元").fill("1400")
    assert not bare.get_by_label("这次看的病").is_visible(), "asked of outpatient visits alone"
    bare.get_by_role("button", name="算一算").click()
    # (1400 − 400) × 75% = 750
    assert "650.00" in bare.locator("#result").inner_text()
    plain.close()


def test_the_counter_prints_a_code_and_the_citizen_activates(
    page: Page, live_server: LiveServer, office: Staffed, quiet: None
) -> None:
    person = documented(named("王秀兰"))
    enter(page, live_server, office, "agency_county")
    page.goto(f"{live_server.url}/people/{person.number}/")
    page.get_by_role("link", name="账号与代办").click()
    look(page, "counter")
    page.get_by_role("button", name="打印开通码").click()
    code = page.locator(".secret-word").inner_text()
    expect(page.get_by_role("button", name="打印")).to_be_visible()
    look(page, "counter-code", also=f"{code} {live_server.url}/activate/")
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/activate/")
    page.get_by_label("开通码").fill(code)
    page.get_by_label("证件号码").fill(person.identity_number)
    page.get_by_label("手机号码").fill("13800000009")
    page.get_by_label("密码").fill(CITIZENS_PASSWORD)
    page.get_by_role("button", name="开通").click()
    page.wait_for_url("**/mine/")
    look(page, "mine")
    menu(page)
    page.get_by_role("link", name="更正申请").locator("visible=true").first.click()
    page.get_by_label("哪一项不对").select_option("phone")
    page.get_by_label("应该是什么").fill("13911112222")
    page.get_by_label("有什么凭据").fill("手机在手上，可以当场拨打")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status")).to_contain_text("已提交")
    look(page, "mine-corrections")


@on_a_telephone
def test_an_agent_reads_a_parents_statement(
    page: Page, live_server: LiveServer, office: Staffed, quiet: None
) -> None:
    parent, child = documented(named("王秀兰")), staffed.named(office.city.person(None), "王小明")
    citizen(office, child, "13800000001")
    enter(page, live_server, office, "agency_county")
    page.goto(f"{live_server.url}/people/{parent.number}/access/")
    page.get_by_label("代办人手机号码").fill("13800000001")
    page.get_by_label("代办人姓名").fill("王小明")
    page.get_by_label("代办人是本人的").select_option("child")
    page.get_by_label("授权文书").fill("授权委托书 2026-001")
    page.get_by_label("查询结算单").check()
    page.get_by_label("申请更正信息").check()
    page.get_by_role("button", name="授权", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("代办授权已登记")
    look(page, "counter-agents")
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("textbox", name="账号").fill("13800000001")
    page.get_by_label("密码").fill(CITIZENS_PASSWORD)
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url("**/mine/")
    menu(page)
    page.locator("summary", has_text="王小明").locator("visible=true").click()
    page.get_by_role("button", name="王秀兰 · 代办").locator("visible=true").click()
    page.wait_for_url("**/mine/statements/")
    look(page, "mine-statements")
    page.locator(".entry").last.click()  # of the month's first, of whose quota there was most
    expect(page.locator("main")).to_contain_text("您正在代王秀兰办理")
    look(page, "mine-statement")
    row = Authorisation.objects.get()
    assert row.person == parent
    agent = services.actor_for(row)
    asked = corrections.ask(agent, "category", "低保边缘", "民政部门通知书")
    page.context.clear_cookies()
    enter(page, live_server, office, "agency_city")
    look(page, "home-corrections")
    page.goto(f"{live_server.url}/corrections/")
    look(page, "corrections")
    page.goto(f"{live_server.url}/corrections/{asked.pk}/")
    look(page, "correction")


def test_an_administrator_looks_after_accounts(
    page: Page, live_server: LiveServer, office: Staffed, quiet: None
) -> None:
    enter(page, live_server, office, "administrator")
    page.goto(f"{live_server.url}/staff/")
    look(page, "staff")
    page.get_by_role("link", name="开立账号").click()
    page.get_by_role("textbox", name="账号").fill("cj01")
    page.get_by_role("textbox", name="姓名").fill("陈静")
    page.get_by_role("button", name="开立并打印首次密码").click()
    assert re.fullmatch(r"[0-9a-z-]{19}", page.locator(".secret-word").inner_text())
    page.get_by_role("link", name="下一步").click()
    page.get_by_label("角色", exact=True).select_option("agency_county")
    page.get_by_label("单位").fill("城区医保中心")
    page.get_by_label("辖区代码").fill("140302")
    page.get_by_role("button", name="设置", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("岗位已设置")
    assert Account.objects.get(username="cj01").assignments.filter(start=today()).exists()
    look(page, "staff-account")
