"""The bill's page in a browser: quiet, readable on a telephone, printable, openable by keyboard."""

from __future__ import annotations

import io
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader
from tests.bill.cases import samples

from sanchong.bill.html import bill_page
from sanchong.law.library import load_law
from sanchong.settlement.options import Options
from sanchong.settlement.settle import Engine

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LAW = load_law()
SAMPLES = samples()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each sample as a file, and all of them as one ("all"); the same in English ("en")."""
    engine, folder = Engine(LAW), tmp_path_factory.mktemp("bills")
    pairs = {n: (c, engine.settle(c, Options(accept_assumed=True))) for n, c in SAMPLES.items()}
    made = {name: bill_page([pair], LAW) for name, pair in pairs.items()}
    made["all"] = bill_page(list(pairs.values()), LAW)
    made["en"] = bill_page(list(pairs.values()), LAW, "en")
    files = {}
    for at, (name, text) in enumerate(made.items()):
        files[name] = folder / f"{at}.html"
        files[name].write_text(text, encoding="utf-8")
    return files


@pytest.fixture
def page(tab: Page) -> Page:
    return tab


@pytest.mark.parametrize("name", ["all", "en"])
def test_a_page_is_quiet(page: Page, pages: dict[str, Path], name: str) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(pages[name].as_uri())
    assert said == []
    assert asked == [pages[name].as_uri()]


def test_a_bar_opens_its_clause_and_its_arithmetic(page: Page, pages: dict[str, Path]) -> None:
    page.goto(pages["商保"].as_uri())
    step = page.locator(".sb-step", has_text="医疗救助").first
    detail = step.locator(".sb-detail")
    assert not detail.is_visible()
    step.locator("summary").click()
    assert detail.is_visible()
    text = detail.inner_text()
    assert "3,686.25 × 70% = 2,580.38" in text
    assert "阳泉市健全重特大疾病医疗保险和救助制度实施细则" in text
    step.locator("summary").focus()
    page.keyboard.press("Enter")
    assert not detail.is_visible(), "the keyboard closes it again"


def test_the_year_leads_to_each_visit(page: Page, pages: dict[str, Path]) -> None:
    page.goto(pages["全年"].as_uri())
    page.locator(".sb-visits a").nth(7).click()
    assert page.url.endswith("#c1-v8")
    assert page.locator("#c1-v8 h2").is_visible()


@pytest.mark.parametrize("width", [360, 700, 1000])
@pytest.mark.parametrize("name", ["all", "en"])
def test_nothing_overflows_sideways(page: Page, pages: dict[str, Path], name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(pages[name].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = page.evaluate(
        """[...document.querySelectorAll('.sb *')].filter(e => e.getBoundingClientRect().right > innerWidth
             && !e.closest('svg') && !e.matches('.sb-lab')).map(e => e.className + ': ' + e.textContent)"""
    )
    assert cut == []


def test_the_bars_lie_where_the_model_says(page: Page, pages: dict[str, Path]) -> None:
    page.goto(pages["商保"].as_uri())
    edges = page.evaluate(
        """[...document.querySelectorAll('.sb-bar svg')].map(svg => {
             const all = svg.getBoundingClientRect(), bar = svg.querySelector('rect').getBoundingClientRect();
             return [(bar.left - all.left) / all.width, (bar.right - all.left) / all.width] })"""
    )
    for before, after in itertools.pairwise(edges[:-1]):
        assert after[1] == pytest.approx(before[0], abs=0.01)


@pytest.mark.parametrize("name", [*SAMPLES, "all", "en"])
def test_each_bill_prints_on_one_sheet(page: Page, pages: dict[str, Path], name: str) -> None:
    page.goto(pages[name].as_uri())
    bills = page.locator(".sb").count()
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(printed.pages) == bills
    sheet = printed.pages[0].mediabox
    assert (round(sheet.width), round(sheet.height)) == (595, 842)


def test_text_has_enough_contrast(page: Page, pages: dict[str, Path]) -> None:
    page.goto(pages["all"].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    weak = page.evaluate(CONTRAST)
    assert weak == []


CONTRAST = """() => {
  const rgb = s => s.match(/[\\d.]+/g).map(Number);
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b };
  const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c } return [255, 255, 255] };
  const weak = new Set();
  for (const e of document.querySelectorAll('.sb *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || e.closest('svg')) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) weak.add(e.className + ' ' + getComputedStyle(e).color);
  }
  return [...weak];
}"""
"""The elements whose text is below the 4.5 : 1 that WCAG's level AA asks of it."""
