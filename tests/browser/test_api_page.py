"""The interface's page in a browser: asks nobody else, fits, and its first line can be copied and runs."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from tests.office.world import build

from sanchong.office.api.sandbox import open_sandbox

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Playwright runs a loop in this thread, which Django takes for an asynchronous view.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="zh-CN")
    yield context.new_page()
    context.close()


def opened(page: Page, live_server: Any, token: str = "") -> None:
    page.goto(f"{live_server.url}/api/v1/" + (f"#token={token}" if token else ""))
    page.wait_for_selector("details.op")


def test_the_page_is_quiet_and_asks_this_host_alone(page: Page, live_server: Any) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    opened(page, live_server)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.wait_for_timeout(200)
    assert said == []
    assert all(url.startswith((live_server.url, "data:")) for url in asked)


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("english", [False, True])
def test_the_page_fits_with_everything_open(page: Page, live_server: Any, width: int, english: bool) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, live_server)
    if english:
        page.click("#lang")
        assert page.inner_text("h1").isascii()
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.wait_for_timeout(200)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_first_call_works_by_copying_one_line(page: Page, live_server: Any) -> None:
    city = build()
    token = open_sandbox(city.actor, city.hospital.code).secret
    opened(page, live_server, token)
    assert "token" not in page.url
    kept = page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie])")
    assert token not in kept, "a token is kept nowhere in the browser"
    line = page.inner_text("#start .line pre")
    done = subprocess.run([*shlex.split(line), "-s"], capture_output=True, text=True, timeout=30, check=True)
    assert "测试甲" in done.stdout
    page.click("#start li:nth-child(3) .run")
    page.locator("#start li:nth-child(3) .out", has_text='"eligible": true').wait_for()


def test_a_token_that_opens_nothing_says_so(page: Page, live_server: Any) -> None:
    build()
    opened(page, live_server)
    page.fill("#token", "sc_nobodys")
    page.click("#start li:nth-child(2) .run")
    page.locator("#start li:nth-child(2) .out", has_text="令牌无效").wait_for()
