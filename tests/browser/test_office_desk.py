"""The settlement desk in a browser: a stay settled and printed, a clause opened, a clerk without a mouse, a hospital alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from playwright.sync_api import expect
from tests.browser.office import PICTURES, enter, look
from tests.office import staffed
from tests.office.staffed import Staffed

from sanchong.dates import today
from sanchong.office import guards
from sanchong.office.catalogue.models import Item
from sanchong.office.claims.models import Settlement, Visit
from sanchong.office.claims.services.visits import diagnose
from sanchong.office.people.models import Person
from sanchong.office.providers.models import Provider
from sanchong.office.web import policy

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = {"A1": "盐酸二甲双胍缓释片 0.5g×60", "B1": "糖化血红蛋白测定", "C1": "特需床位费"}


@pytest.fixture
def named(office: Staffed) -> Staffed:
    """The city, its catalogue's items named as people know them."""
    with guards.lifted(connection):
        for code, name in NAMES.items():
            Item.objects.filter(code=code).update(name=name)
    for visit in Visit.objects.all():
        for line in visit.lines.all():
            line.name = NAMES[line.item]
            line.save(update_fields=["name"])
    return office


def test_a_stay_of_a_subsistence_allowance_person_is_settled_and_printed(
    page: Page, live_server: LiveServer, named: Staffed, quiet: None
) -> None:
    policy.build()
    waits = Visit.objects.get(state="diagnosed")
    diagnose(named.city.actor, "key-diagnoses", waits.number, [{"code": "E11.900", "name": "2型糖尿病"}])
    enter(page, live_server, named, "agency_city")
    page.goto(f"{live_server.url}/visits/")
    look(page, "visits")
    page.get_by_role("link", name="王秀兰").first.click()
    page.wait_for_url("**/visits/V*/")
    assert "低保对象" in page.locator("main").inner_text()
    look(page, "desk")
    page.get_by_label("项目", exact=False).first.fill("特需床位")
    page.locator("#items option").first.wait_for(state="attached")
    page.get_by_label("单价", exact=True).fill("260")
    page.locator("#quote", has_text="特需床位费").wait_for()
    page.locator("#said", has_text="含正在录入的“特需床位费”").wait_for(state="attached")
    assert "特需床位费" in page.locator("#unsaid").inner_text(), "settling now would leave it out"
    look(page, "desk-typing")
    assert waits.lines.count() == 1, "typing writes nothing"
    page.get_by_role("button", name="加入").click()
    page.locator("tr", has_text="特需床位费").wait_for()
    page.get_by_role("button", name="结算 · 收取个人支付").dblclick()
    expect(page).to_have_url(
        re.compile("/statements/S[^/]+/$")
    )  # the first of two sendings may be broken off
    assert Settlement.objects.filter(visit=waits).count() == 1, "a double click settles once"
    look(page, "statement")
    step = page.locator("summary", has_text="医疗救助").first
    step.click()
    assert "负担" in page.locator(".sb-step", has_text="医疗救助").first.inner_text()
    look(page, "statement-open")
    page.emulate_media(media="print")
    page.screenshot(path=str(PICTURES / "statement-print-desk.png"), full_page=True)
    for gone in (".side", ".top", ".demo-bar"):
        assert not page.locator(gone).is_visible(), gone
    printed = page.pdf(format="A4", path=str(PICTURES / "statement-desk.pdf"))
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 2
    page.emulate_media(media="screen")
    page.locator(".sb-step", has_text="医疗救助").first.locator("a.sb-tag").first.click()
    page.wait_for_url("**/policy/clauses/*.html")
    expect(page.get_by_role("link", name="返回工作台")).to_be_visible()


def test_a_clerk_settles_without_a_mouse(
    page: Page, live_server: LiveServer, named: Staffed, quiet: None
) -> None:
    """From the person to the statement: Tab, arrows, Enter and the access keys that the page names."""
    enter(page, live_server, named, "agency_city")
    person = Person.objects.get(name_index=Person.index_of("name", "王秀兰"))
    page.goto(f"{live_server.url}/visits/new/?person={person.number}")
    look(page, "register")
    keys = page.keyboard
    focus(page, "kind")
    if page.evaluate("document.activeElement.value") != "outpatient":
        keys.press("ArrowDown")
    focus(page, "provider")
    keys.type("H14030200001")
    focus(page, "provider_number")
    keys.type("MZ-100")
    keys.press("Enter")
    page.wait_for_url("**/visits/V*/")
    expect(page.locator("#item")).to_be_focused()  # one can type at once
    for item, quantity, price in (("A1", "4", "28.6"), ("B1", "1", "60")):
        keys.type(item)
        focus(page, "quantity")
        keys.press("Control+A")
        keys.type(quantity)
        focus(page, "unit_price")
        keys.type(price)
        keys.press("Enter")
        page.locator("tr", has_text=NAMES[item]).wait_for()
        expect(page.locator("#item")).to_be_focused()
    focus(page, "code-0")
    keys.type("E11.900")
    keys.press("Enter")
    page.locator(".mistake").wait_for()
    assert page.evaluate("document.activeElement.id") == "name-0", "the cursor is where something is missing"
    assert page.locator("#code-0").input_value() == "E11.900", "what was typed stands"
    look(page, "desk-mistake")
    keys.type("2型糖尿病")
    keys.press("Enter")
    button = page.get_by_role("button", name="结算 · 收取个人支付")
    button.wait_for()
    assert "114.40" in page.locator("main").inner_text()
    look(page, "desk-keyboard")
    for _ in range(80):
        keys.press("Tab")
        assert page.evaluate(SEEN), "nothing hides what has the focus"
        if button.evaluate("b => b === document.activeElement"):
            break
    outline = button.evaluate("b => getComputedStyle(b).outlineStyle")
    assert outline != "none", "where one is can be seen"
    keys.press("Enter")
    page.wait_for_url("**/statements/S*/")
    assert "174.40" in page.locator("main").inner_text()  # 4 × 28.60 + 60.00


SEEN = """() => {
    const e = document.activeElement, box = e.getBoundingClientRect();
    const at = [.1, .5, .9].flatMap(x => [.1, .5, .9].map(y => [box.left + box.width * x, box.top + box.height * y]));
    return at.some(([x, y]) => e.contains(document.elementFromPoint(x, y)));
}"""
"""Whether some of what has the focus lies in the window and under nothing else (WCAG 2.4.11)."""


def focus(page: Page, name: str) -> None:
    """Go on by Tab until the field of that name has the focus."""
    for _ in range(60):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {name} by Tab")


def test_what_is_pasted_is_shown_before_it_is_added(
    page: Page, live_server: LiveServer, named: Staffed, quiet: None
) -> None:
    person = Person.objects.get(name_index=Person.index_of("name", "王秀兰"))
    stay = named.city.visit(person, "inpatient", today().isoformat())
    Visit.objects.filter(pk=stay.pk).update(discharged=None, state="registered")
    enter(page, live_server, named, "provider_operator")
    page.goto(f"{live_server.url}/visits/{stay.number}/")
    look(page, "desk-empty")
    page.locator("summary", has_text="从电子表格粘贴").click()
    page.locator("#pasted").fill(
        "项目\t名称\t数量\t单价\t金额\nA1\t\t30\t28.60\t858.00\nB1\t\t2\t60\t100\n自费\t护工费\t5\t180\t900\n"
    )
    page.get_by_role("button", name="预览").click()
    assert "2 行可以加入" in page.locator("#preview").inner_text()
    look(page, "desk-paste")
    page.locator("#pasted").fill("A1\t30\t28.60\t858.00\nB1\t200\t60\n")
    page.get_by_role("button", name="重新预览").click()
    page.get_by_role("button", name="加入 2 行").click()
    page.locator("tr", has_text="12,000.00").wait_for()
    assert "免" in page.locator(".deposit").inner_text()
    look(page, "desk-stay")


def test_a_hospital_finds_nobody_elses_patients(
    page: Page, live_server: LiveServer, named: Staffed, quiet: None
) -> None:
    other = Provider.objects.create(code="H14030300001", name="矿区医院", kind="hospital")
    stranger = staffed.named(named.city.person(), "陈桂芳")
    hidden = named.city.visit(stranger, "inpatient", today().isoformat(), ("A1", "5200"))
    Visit.objects.filter(pk=hidden.pk).update(provider=other)
    enter(page, live_server, named, "provider_operator")
    page.goto(f"{live_server.url}/visits/?state=")
    text = page.locator("main").inner_text()
    assert "王秀兰" in text and "陈桂芳" not in text
    page.goto(f"{live_server.url}/visits/{hidden.number}/")
    assert "没有这个页面" in page.locator("main").inner_text()
    look(page, "visit-not-ours")
