"""The law's site in a browser: quiet, narrow, legible, searchable, and usable without script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser.test_bill_page import CONTRAST

from sanchong.law.library import load_law
from sanchong.site.build import build_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

SAMPLES = (
    "index.html",
    "all.html",
    "documents/yangquan.html",
    "clauses/yangquan.b51.html",
    "clauses/shanxi.a54.html",
    "clauses/illustrative.catastrophic.html",
    "clauses/calendar.days.html",
    "clauses/shanxi.a88.html",
    "values/index.html",
    "values/assistance.disposable_income_per_capita.html",
    "values/catastrophic.bands.standard.html",
    "values/catastrophic.bands.html",
    "values/enrolment.contribution.html",
    "rules/index.html",
    "rules/catastrophic_insurance.html",
    "cases/index.html",
    "cases/yangquan.special_drug.C26-poorest.html",
    "cases/shanxi.recognition.C01.html",
    "cases/shanxi.review.A92.html",
    "cases/jinzhong.handling.A60.html",
)
WIDE = 1000
BOTH = [*SAMPLES, *(f"en/{name}" for name in SAMPLES)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "law"
    build_site(load_law(), out)
    return out


@pytest.fixture
def page(tab: Page) -> Page:
    return tab


@pytest.mark.parametrize("name", ["index.html", "en/cases/yangquan.special_drug.C26-poorest.html"])
def test_pages_are_quiet_and_ask_nobody(page: Page, folder: Path, name: str) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / name).as_uri())
    assert said == []
    assert all(url.startswith(folder.as_uri()) for url in asked)


@pytest.mark.parametrize("width", [360, 1000])
@pytest.mark.parametrize("name", BOTH)
def test_pages_fit_and_can_be_read(page: Page, folder: Path, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((folder / name).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = page.evaluate(
        """[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
             && !e.closest('svg, pre, .scroll, .top nav, .quiet, .sb-lab')).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert cut == []
    if width == WIDE and name in SAMPLES:
        assert page.evaluate(CONTRAST.replace(".sb *", "body *")) == []


def test_search_from_the_keyboard(page: Page, folder: Path) -> None:
    page.goto((folder / "clauses/yangquan.b51.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("季度限额 糖尿病")
    page.wait_for_selector("#search li")
    assert "项" in page.inner_text("#search [role=status]")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("values/outpatient.chronic.quarterly_limit.diabetes.html")
    page.click(".switch")
    assert "quarterly limit" in page.inner_text("h1").lower()
    page.fill("#search input", "zzzz")
    page.wait_for_function("document.querySelector('#search [role=status]').textContent !== ''")
    assert "Nothing found" in page.inner_text("#search [role=status]")
    page.keyboard.press("Escape")
    assert page.inner_text("#search [role=status]") == ""


def test_focus_is_seen_and_skips_to_the_text(page: Page, folder: Path) -> None:
    page.goto((folder / "index.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_without_script_everything_but_the_search_box_is_there(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    assert not page.is_visible("#search")
    page.click("text=索引")
    page.click("text=yangquan.b51")
    assert page.url.endswith("clauses/yangquan.b51.html")
    context.close()
