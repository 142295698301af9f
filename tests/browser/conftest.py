"""Fixtures of the office's browser tests: a city with accounts, a page at a desk and on a telephone, a quiet console."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.office import DESK
from tests.office import staffed
from tests.office.staffed import Staffed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

# Playwright runs a loop in this thread, beside which Django would refuse to talk to the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture
def office(transactional_db: None) -> Staffed:
    return staffed.build()


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page at a desk; on a telephone for a walk that asks for it (``on_a_telephone``). ``look`` looks at both sizes."""
    width, height = getattr(request, "param", DESK)
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    expect.set_options(timeout=15_000)  # a machine may be busy
    yield opened
    context.close()


@pytest.fixture(scope="session")
def one_tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def tab(one_tab: Page) -> Page:
    """The tab in which files are opened, one after the other. They keep nothing there, and a window of their own is dear."""
    one_tab.goto("about:blank")
    one_tab.set_viewport_size({"width": 1000, "height": 900})
    one_tab.emulate_media(media="null")
    return one_tab


HARMLESS = (
    "Failed to load resource: the server responded with a status of 4",
    "Autofocus processing was blocked",
    "htmx:afterRequest",
    "htmx:sendAbort",
    "htmx:sendError",
)
"""What Chromium says of a refusal, and of an address with a fragment, whose target has the focus already; what htmx says of
a request that is broken off because the page is left."""


@pytest.fixture
def quiet(page: Page, live_server: LiveServer) -> Iterator[None]:
    """Nothing is said on the console and nobody else is asked: no script or style that the policy forbids."""
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda m: said.append(m.text) if not m.text.startswith(HARMLESS) else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    yield
    assert said == []
    assert all(url.startswith((live_server.url, "data:")) for url in asked)
