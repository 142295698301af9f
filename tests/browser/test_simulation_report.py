"""The report of a simulation in a browser: quiet, in two languages, readable on a telephone and on paper."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader
from tests.browser.test_bill_page import CONTRAST
from tests.simulation import drawn  # noqa: F401  # skips where the extra is missing

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.batch]

from tests.simulation.reporting import pages as made  # noqa: E402

NAMES = ("report", "tiny", "projection")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    found = {name: folder / f"{name}.html" for name in NAMES}
    for name, file in found.items():
        file.write_text(getattr(made(), name), encoding="utf-8")
    return found


@pytest.fixture
def page(tab: Page) -> Page:
    return tab


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_quiet(page: Page, files: dict[str, Path], name: str) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(files[name].as_uri())
    assert said == []
    assert asked == [files[name].as_uri()]


@pytest.mark.parametrize("name", NAMES)
def test_one_language_at_a_time_by_mouse_and_by_keyboard(
    page: Page, files: dict[str, Path], name: str
) -> None:
    page.goto(files[name].as_uri())
    chinese, english = page.locator("main[lang=zh-CN]"), page.locator("main[lang=en]")
    assert chinese.is_visible() and not english.is_visible()
    page.locator("label[for=lang-en]").click()
    assert english.is_visible() and not chinese.is_visible()
    page.keyboard.press("ArrowLeft")
    assert chinese.is_visible() and not english.is_visible()


@pytest.mark.parametrize("width", [360, 700, 1000])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_overflows_sideways(
    page: Page, files: dict[str, Path], name: str, lang: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(files[name].as_uri())
    page.locator(f"label[for=lang-{lang}]").click()
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = page.evaluate(
        """[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
             && e.getBoundingClientRect().width && !e.closest('svg')).map(e => e.className + ': ' + e.textContent)"""
    )
    assert cut == []


def test_a_bar_is_as_long_as_its_figure(page: Page, files: dict[str, Path]) -> None:
    page.goto(files["tiny"].as_uri())
    rows = page.evaluate(
        """[...document.querySelector('main[lang=zh-CN] .sr-rows').querySelectorAll('.sr-row')].map(row => {
             const whole = row.querySelector('.sr-track').getBoundingClientRect().width;
             const bar = row.querySelector('rect:not(.sr-track)').getBoundingClientRect().width;
             return [row.querySelector('.sr-label').firstChild.textContent, bar / whole] })"""
    )
    shares = {label: share for label, share in rows}
    assert shares["基本医保"] == pytest.approx(9_600 / 16_000, abs=0.005)
    assert shares["医疗救助"] == pytest.approx(240 / 16_000, abs=0.005)
    assert shares["个人负担"] == pytest.approx(6_160 / 16_000, abs=0.005)


@pytest.mark.parametrize("name", NAMES)
def test_text_has_enough_contrast(page: Page, files: dict[str, Path], name: str) -> None:
    page.goto(files[name].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate(CONTRAST.replace(".sb *", "body *")) == []


@pytest.mark.parametrize("name", NAMES)
def test_it_prints_on_a4_in_the_language_shown(page: Page, files: dict[str, Path], name: str) -> None:
    page.goto(files[name].as_uri())
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    sheet = printed.pages[0].mediabox
    assert (round(sheet.width), round(sheet.height)) == (595, 842)
    text = "".join(part.extract_text() for part in printed.pages)
    assert "English" not in text and "how to read" not in text.lower()
    assert len(text) > 200
