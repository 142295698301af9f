"""What browser tests of the office share: signing in, and what holds on every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from tests.browser.holding import holds, violations
from tests.office import pages
from tests.office.staffed import Staffed

from sanchong.office.accounts.roles import ROLES

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

PICTURES = Path(__file__).parents[2] / "build" / "pictures"
PICTURES.mkdir(parents=True, exist_ok=True)
KNOWN = {"TOTP", "Excel", "sanchong", "demo"} | set(re.findall("[a-z]{4,}", " ".join(ROLES)))
"""Words that a Chinese page may have: names of a standard and a program, the demonstration's accounts and their password."""
DESK, PHONE = (1280, 800), (360, 740)

on_a_telephone = pytest.mark.parametrize("page", [pytest.param(PHONE, id="phone")], indirect=True)
"""A walk that people take with a telephone in their hand."""


def enter(page: Page, live_server: LiveServer, office: Staffed, role: str) -> None:
    """Come in as a role's account, past the pages of signing in (which test_office_pages walks), and see the first page."""
    session = pages.enter(office, role).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/")


def sizes(page: Page) -> Iterator[str]:
    """The page at a desk, then on a telephone, then as it was."""
    page.wait_for_load_state("load")  # what a click has only just asked for is an empty document at first
    before = page.viewport_size
    assert before is not None
    for name, (width, height) in (("desk", DESK), ("phone", PHONE)):
        page.set_viewport_size({"width": width, "height": height})
        yield name
    page.set_viewport_size(before)


def picture(page: Page, name: str, whole: bool = True) -> None:
    """A page's pictures, of a page that nothing else is asked of here."""
    for size in sizes(page):
        page.screenshot(path=str(PICTURES / f"{name}-{size}.png"), full_page=whole)


def unrolled(page: Page) -> None:
    """A window as high as the page: a bar that rides at its foot then lies over nothing, wherever somebody had scrolled to."""
    size = page.viewport_size
    assert size is not None
    whole = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], whole)})


def look(page: Page, name: str, also: str = "") -> None:
    """What holds on every page, at a desk and on a telephone, and its pictures.

    It fits, also at 320 pixels and with spaced text; it is accessible; it is Chinese.

    ``also`` is text that may stand there in Latin letters: an address, a code.
    """
    for size in sizes(page):
        unrolled(page)
        page.screenshot(path=str(PICTURES / f"{name}-{size}.png"), full_page=True)
        holds(page, f"{name}, {size}")
        found = violations(page)
        assert not found, f"{name}, {size}: {found}"
    text = re.sub(
        r"\b[A-Z]\d{8}[0-9A-Z]{12}\b", "", page.locator("body").inner_text()
    )  # numbers such as a settlement's
    english = set(re.findall(r"[A-Za-z]{4,}", text))
    english -= KNOWN | set(re.findall(r"[A-Za-z]{4,}", also))
    assert not english, f"{name}: {english}"
