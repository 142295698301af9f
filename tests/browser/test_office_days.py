"""A field for a day: typed or chosen from the browser's calendar, by keyboard; and the lists that it narrows, in pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.office import enter, look
from tests.office import staffed
from tests.office.staffed import Staffed

from sanchong.dates import today
from sanchong.office.people.models import Person

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_day_is_typed_or_chosen_by_keyboard(
    page: Page, live_server: LiveServer, office: Staffed, quiet: None
) -> None:
    for name, category in (
        ("陈桂芳", "monitored"),
        ("李小明", "near_subsistence"),
        ("刘翠花", "extreme_poverty"),
    ):
        staffed.moved(staffed.named(office.city.person(category), name), "140302001001")
    enter(page, live_server, office, "agency_county")
    page.goto(f"{live_server.url}/recipients/")
    look(page, "recipients")
    page.goto(f"{live_server.url}/visits/?state=")
    look(page, "visits-all", "A1 B1 C1")
    field = page.get_by_role("textbox", name="就诊日期起")
    field.focus()
    page.keyboard.type("2025年7月1日")
    page.keyboard.press("Tab")
    assert field.input_value() == "2025-07-01", "shown as the office writes it"
    opener, native = (
        page.get_by_role("button", name="打开日历，选择就诊日期起"),
        page.locator(".day-native").first,
    )
    assert opener.evaluate("it => it === document.activeElement"), "the button is the next stop"
    page.keyboard.press("Enter")
    assert native.input_value() == "2025-07-01", "the calendar opens on the day that was typed"
    page.keyboard.press("Escape")
    chosen = today().replace(day=1).isoformat()
    # What the browser's calendar does when a day is chosen in it; the calendar itself is no part of the page.
    native.evaluate(
        "(it, day) => { it.value = day; it.dispatchEvent(new Event('change', { bubbles: true })); }", chosen
    )
    assert field.input_value() == chosen and field.evaluate("it => it === document.activeElement")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/visits/?*since={chosen}*")
    assert field.input_value() == chosen
    field.fill("07/01/2025")
    page.keyboard.press("Enter")
    page.get_by_text("“07/01/2025”不是日期；请写成 2025-07-01 这样").wait_for()
    person = Person.objects.get(name_index=Person.index_of("name", "陈桂芳"))
    page.goto(f"{live_server.url}/visits/new/?person={person.number}")
    page.get_by_label("院内编号").fill("ZY-1")
    page.get_by_label("医药机构").fill(office.city.hospital.code)
    admitted = page.get_by_role("textbox", name="开始日期")
    admitted.fill("07/01/2025")
    page.get_by_role("button", name="登记").click()
    expect(admitted).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="打开日历，选择开始日期")).to_be_visible()
    expect(admitted).to_be_focused()  # the calendar's button, which comes later, takes it from nobody
