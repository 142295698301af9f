"""What holds on every page of the office beside what axe finds: its frame, and WCAG's reflow and text spacing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE: Final = Axe().axe_script
RULES: Final[dict[str, Any]] = {
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}},
}
"""For axe: all that it looks at by itself, and targets of 24 pixels (WCAG 2.5.8)."""

NARROWEST: Final = 320
"""Pixels: a window of 1280 enlarged four times (WCAG 1.4.10)."""

HOLDS: Final = """() => {
    const said = [], root = document.documentElement;
    const fits = how => { if (root.scrollWidth > innerWidth) said.push(`${how}: ${root.scrollWidth} of ${innerWidth}`); };
    if (document.querySelectorAll("h1").length !== 1) said.push("one h1");
    if (!/[一-鿿].* · 三重$/.test(document.title)) said.push(`title: ${document.title}`);
    if (!document.querySelector("a.skip[href='#main']") || !document.querySelector("main#main")) said.push("no way to the text");
    fits("as it stands");
    const large = root.classList.contains("large");
    root.classList.add("large");
    fits("large type");
    root.classList.toggle("large", large);
    const spaced = new CSSStyleSheet();
    spaced.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
        p { margin-bottom: 2em !important; }`);
    document.adoptedStyleSheets = [spaced];
    fits("text spaced");
    const cuts = value => value === "hidden" || value === "clip";
    for (const e of document.querySelectorAll("main *:not(.hidden, svg, svg *)")) {
        const style = getComputedStyle(e);
        const wide = cuts(style.overflowX) && e.scrollWidth > e.clientWidth + 1;
        const high = cuts(style.overflowY) && e.scrollHeight > e.clientHeight + 1;
        if ((wide || high) && e.textContent.trim()) said.push(`text spaced is cut: ${e.outerHTML.slice(0, 80)}`);
    }
    document.adoptedStyleSheets = [];
    return said;
}"""
"""What is wrong with a page's frame, its width, and its text with the spacing of WCAG 1.4.12; an empty list if nothing is."""


def violations(page: Page) -> str:
    """What axe finds on the page as it stands, in words; "" if nothing."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = AxeResults(page.evaluate("rules => axe.run(document, rules)", RULES))
    return found.generate_report() if found.violations_count else ""


def holds(page: Page, name: str) -> None:
    """The page's frame and text are right at the size of its window; a narrow one's also at 320 pixels."""
    wrong = page.evaluate(HOLDS)
    assert wrong == [], f"{name}: {wrong}"
    size = page.viewport_size
    if size and size["width"] < 2 * NARROWEST:
        page.set_viewport_size({"width": NARROWEST, "height": size["height"]})
        wide = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size(size)
        assert wide <= NARROWEST, f"{name}: {wide} of {NARROWEST}"
