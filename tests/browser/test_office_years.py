"""A year in a browser: an earlier visit is reversed, and the later one is seen adjusted in the timeline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.office import enter, look, on_a_telephone
from tests.office import staffed
from tests.office.staffed import Staffed

from sanchong.dates import today
from sanchong.office.citizens import services as citizens
from sanchong.office.claims import services
from sanchong.office.people.models import Person

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, PASSWORD = "13800000009", "雨天要带雨伞-2026"


def a_year(office: Staffed) -> Person:
    """Somebody's year, with two long stays among shorter visits."""
    city = office.city
    person = staffed.named(city.person("subsistence_allowance", "diabetes", "hypertension"), "周玉梅")
    for day, kind, amount, disease in (
        ("01-12", "outpatient", "310", "diabetes"),
        ("02-20", "inpatient", "12000", ""),
        ("04-09", "outpatient", "450", "hypertension"),
        ("05-18", "inpatient", "30000", ""),
        ("06-30", "outpatient", "280", "diabetes"),
    ):
        date = f"{today().year}-{day}"
        visit = city.visit(person, kind, date, ("A1", amount), ("B1", "120"), disease=disease)
        services.settle(visit.number, f"year-{visit.number}", city.actor)
    return person


def test_an_earlier_visit_is_reversed_and_the_later_one_adjusted(
    page: Page, live_server: LiveServer, office: Staffed, quiet: None
) -> None:
    person = a_year(office)
    enter(page, live_server, office, "agency_county")
    page.goto(f"{live_server.url}/people/{person.number}/")
    page.get_by_role("link", name="年度时间轴").click()
    page.wait_for_url("**/year/*/")
    assert page.locator(".timeline > li").count() == 5
    look(page, "year")
    page.locator("#turn-2").get_by_role("link", name="撤销").click()
    page.wait_for_url("**/reverse/")
    assert "现在还没有撤销" in page.locator("main").inner_text()
    told = (
        page.locator("#later + article .verdict, article.later .verdict")
        .first.inner_text()
        .partition("；")[0]
    )
    look(page, "reversal")
    page.get_by_label("撤销原因").fill("费用登记有误，重新录入")
    page.get_by_role("button", name="确认撤销").click()
    page.wait_for_url("**/reversed/")
    assert told in page.locator("main").inner_text(), "what was shown is what was done"
    look(page, "reversed")
    page.get_by_role("link", name=f"看 {today().year} 年度").click()
    page.wait_for_url("**/year/*/")
    assert "已由第 6 笔撤销" in page.locator("#turn-2").inner_text()
    assert "因第 6 笔而重算" in page.locator("#turn-7").inner_text()
    look(page, "year-reversed")
    page.locator("#turn-7").get_by_role("link", name="因第 6 笔而重算").click()
    expect(page).to_have_url(re.compile("#turn-6$"))
    assert "撤销，理由：费用登记有误，重新录入" in page.locator("#turn-6").inner_text()
    page.locator("#turn-2").get_by_role("link", name="结算单").click()
    page.wait_for_url("**/statements/*/")
    look(page, "statement-reversed")


@on_a_telephone
def test_a_citizen_reads_their_year(
    page: Page, live_server: LiveServer, office: Staffed, quiet: None
) -> None:
    person = a_year(office)
    code = citizens.print_code(office.city.actor, person)
    citizens.activate(code, person.identity_number, PHONE, PASSWORD)
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("textbox", name="账号").fill(PHONE)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url("**/mine/")
    page.get_by_role("link", name=f"看 {today().year} 年每一笔").click()
    page.wait_for_url("**/mine/year/*/")
    assert page.locator(".timeline > li").count() == 5
    look(page, "my-year")
    page.goto(f"{live_server.url}/mine/year/2025/")
    look(page, "my-year-empty")


def test_a_recovery_is_decided_and_paid(
    page: Page, live_server: LiveServer, office: Staffed, quiet: None
) -> None:
    person = a_year(office)
    stay = person.visits.order_by("pk")[1]
    services.reverse(stay.number, "reverse-stay", office.city.actor, "误结")
    enter(page, live_server, office, "agency_county")
    page.goto(f"{live_server.url}/recoveries/")
    assert page.locator("tbody tr").count() == 2
    look(page, "dues")
    page.locator("tbody a").last.click()
    look(page, "due")
    page.get_by_label("决定的依据").fill("撤销后重算，由经办科室集体研究决定")
    page.get_by_role("button", name="决定追回").click()
    page.get_by_label("本次收回金额").fill("100.50")
    page.get_by_role("button", name="登记收回").click()
    page.get_by_role("heading", name="已收付").wait_for()
    assert "100.50" in page.locator(".parts-paid").inner_text()
    look(page, "due-paid")


def test_a_fact_known_later_is_previewed(
    page: Page, live_server: LiveServer, office: Staffed, quiet: None
) -> None:
    person = a_year(office)
    enter(page, live_server, office, "agency_county")
    page.goto(f"{live_server.url}/people/{person.number}/later/")
    page.get_by_label("类别").select_option("extreme_poverty")
    page.get_by_label("认定部门").fill("城区民政局")
    page.get_by_role("textbox", name="开始日期").fill(f"{today().year}-01-01")
    page.get_by_role("button", name="预览影响").click()
    page.get_by_role("heading", name="合计").wait_for()
    look(page, "later")
