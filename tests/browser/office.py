"""What browser tests of the office share: signing in, and what holds on every page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from tests.office.staffed import PASSWORD, Staffed

from sanchong.office.accounts.roles import ROLES

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

PICTURES = Path(__file__).parents[2] / "build" / "pictures"
PICTURES.mkdir(parents=True, exist_ok=True)
KNOWN = {"TOTP", "Excel", "sanchong", "demo"} | set(re.findall("[a-z]{4,}", " ".join(ROLES)))
"""Words that a Chinese page may have: names of a standard and a program, the demonstration's accounts and their password."""
DESK, PHONE = (1280, 800), (360, 740)


def enter(page: Page, live_server: LiveServer, office: Staffed, role: str) -> None:
    """Sign in as a role's account: password, then the code."""
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("textbox", name="账号").fill(role)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("验证码").fill(office.code(role))
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"{live_server.url}/")


def kind_of(page: Page) -> str:
    """At a desk or on a telephone."""
    return "desk" if page.evaluate("innerWidth") == DESK[0] else "phone"


def look(page: Page, name: str, also: str = "") -> None:
    """What holds on every page: it fits, it is accessible, it is Chinese; and its picture.

    ``also`` is text that may stand there in Latin letters: an address, a code.
    """
    page.screenshot(path=str(PICTURES / f"{name}-{kind_of(page)}.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    text = re.sub(
        r"\b[A-Z]\d{8}[0-9A-Z]{12}\b", "", page.locator("body").inner_text()
    )  # numbers such as a settlement's
    english = set(re.findall(r"[A-Za-z]{4,}", text))
    english -= KNOWN | set(re.findall(r"[A-Za-z]{4,}", also))
    assert not english, f"{name}: {english}"
