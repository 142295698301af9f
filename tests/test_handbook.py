"""The handbook: its pictures are there, are made by browser tests, and are all used; its links lead somewhere."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest
from tests.browser.handbook import HANDBOOK, KEPT, ROOT, is_made, named

PAGES = sorted(HANDBOOK.glob("*.md"))
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
MOST_BYTES = 3_000_000
"""Of all pictures together."""


def test_every_picture_is_there_and_none_lies_unused() -> None:
    wanted = {f"{name}.webp" for name in chain.from_iterable(named().values())}
    kept = {path.name for path in KEPT.iterdir()}
    assert kept == wanted, "run make handbook after the browser tests"


def test_every_picture_is_one_that_a_browser_test_makes() -> None:
    strange = {page: [name for name in names if not is_made(name)] for page, names in named().items()}
    assert not any(strange.values()), strange
    assert not is_made("no-such-page-desk")
    assert not is_made("sign-in"), "a picture is of a desk or of a telephone"


def test_the_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in KEPT.iterdir()) < MOST_BYTES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for to in LINK.findall(page.read_text("utf-8")):
        file, _, anchor = to.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.is_relative_to(ROOT) and target.exists(), to
        if anchor:
            assert anchor in _anchors(target), to


def test_every_page_is_reached_from_the_contents() -> None:
    reached = set(LINK.findall((HANDBOOK / "README.md").read_text("utf-8")))
    assert {page.name for page in PAGES} - {"README.md"} <= reached


def _anchors(page: Path) -> set[str]:
    """The anchors that a page's headings give: words joined by hyphens, without punctuation."""
    headings = re.findall(r"(?m)^#+ (.+)$", page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
