"""A page that is left open does not outlive its session on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.browser.office import enter
from tests.office import staffed
from tests.office.staffed import Staffed

from sanchong.office.web import sessions

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_is_on_the_screen_goes_with_the_session(
    page: Page, live_server: LiveServer, office: Staffed
) -> None:
    """One minute after the server would end it; another tab's requests count, and the server need not be there."""
    person = staffed.named(office.city.person(), "欧阳明月")
    page.clock.install()
    enter(page, live_server, office, "agency_city")
    page.goto(f"{live_server.url}/people/{person.number}/")
    minutes = page.locator("script[data-minutes]").get_attribute("data-minutes")
    assert int(minutes or 0) * 60 == sessions.IDLE

    page.clock.fast_forward("20:00")
    other = page.context.new_page()
    other.goto(f"{live_server.url}/people/")
    page.clock.fast_forward("20:00")
    assert "欧阳明月" in page.locator("main").inner_text(), "the other tab kept the session"

    page.clock.fast_forward("09:00")
    warning = page.get_by_role("alertdialog")
    assert "2 分钟后将自动退出" in warning.inner_text()
    warning.get_by_role("button", name="继续使用").click()
    warning.wait_for(state="detached")
    page.clock.fast_forward("20:00")
    assert "欧阳明月" in page.locator("main").inner_text(), "whoever is there stays"

    other.close()
    page.route("**/*", lambda route: route.abort())
    page.clock.fast_forward("32:00")
    page.locator("main").wait_for(state="detached")
    assert "欧阳明月" not in page.content()
