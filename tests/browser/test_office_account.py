"""Where one is signed in, and the trail: at a desk and on a telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from playwright.sync_api import expect
from tests.browser.office import enter, look
from tests.office.staffed import PASSWORD, Staffed

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_one_ends_the_sessions_elsewhere(
    page: Page, live_server: LiveServer, office: Staffed, quiet: None
) -> None:
    elsewhere = Client(headers={"user-agent": "Mozilla/5.0 (Linux; Android 14) Mobile Safari/537.36"})
    elsewhere.post("/sign-in/", {"username": "agency_county", "password": PASSWORD})
    elsewhere.post("/sign-in/second/", {"code": office.code("agency_county")})
    enter(page, live_server, office, "agency_county")
    if page.get_by_text("菜单").is_visible():
        page.get_by_text("菜单").click()
    page.get_by_role("link", name="登录情况").click()
    page.wait_for_url("**/account/sessions/")
    expect(page.get_by_role("row", name="本机")).to_have_count(1)
    look(page, "sessions")
    page.get_by_role("button", name="退出别处的全部登录").click()
    page.get_by_text("已退出 1 处登录").wait_for()
    assert elsewhere.get("/").status_code == 302


def test_an_auditor_reads_the_trail(
    page: Page, live_server: LiveServer, office: Staffed, quiet: None
) -> None:
    enter(page, live_server, office, "auditor")
    look(page, "home-auditor")
    page.goto(f"{live_server.url}/trail/")
    assert page.get_by_role("row").count() > 2
    look(page, "trail")
