"""The pictures of docs/handbook: `python -m tests.browser.handbook` takes those that its pages name from build/pictures.

The browser tests make them there, so that the handbook shows the pages as they are.
"""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT: Final = Path(__file__).parents[2]
MADE: Final = ROOT / "build" / "pictures"
HANDBOOK: Final = ROOT / "docs" / "handbook"
KEPT: Final = HANDBOOK / "pictures"
WIDEST: Final = 1000
HIGHEST: Final = 1800
"""Pixels, of both. A desk's picture is scaled down; what stands lower on a long page is left out."""

NAMED = re.compile(r"!\[[^\]]*\]\(pictures/([^)]+)\.webp\)")
LOOKED = re.compile(r'(?:look|picture)\(\s*\w+, f?"([^"]+)"')
SHOT = re.compile(r'PICTURES / f?"([^"]+)\.png"')
FILLED = re.compile(r"\\{[^}]+\\}")

SHRINK: Final = """async ([png, widest, highest]) => {
    const picture = new Image();
    picture.src = "data:image/png;base64," + png;
    await picture.decode();
    const scale = Math.min(1, widest / picture.width);
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.min(Math.round(picture.height * scale), highest);
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, picture.width * scale, picture.height * scale);
    return canvas.toDataURL("image/webp", 0.82).split(",")[1];
}"""


def named() -> dict[str, list[str]]:
    """The pictures that each page of the handbook names, without ending."""
    return {page.name: NAMED.findall(page.read_text("utf-8")) for page in sorted(HANDBOOK.glob("*.md"))}


def is_made(name: str) -> bool:
    """Whether a browser test makes a picture of that name."""
    return any(made.fullmatch(name) for made in _made())


def _made() -> list[re.Pattern[str]]:
    """What browser tests call their pictures; a part filled in when the test runs (`f"home-{role}"`) may be any word."""
    sources = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    said = [f"{name}-{{size}}" for name in LOOKED.findall(sources)] + SHOT.findall(sources)
    return [re.compile(FILLED.sub("[a-z_]+", re.escape(name))) for name in said]


def take(page: Page) -> list[str]:
    """Put what is named into the handbook's folder, scaled down, and remove the rest; the names of which there is no picture."""
    KEPT.mkdir(exist_ok=True)
    wanted = {name for names in named().values() for name in names}
    for kept in KEPT.iterdir():
        if kept.stem not in wanted:
            kept.unlink()
    missing = []
    for name in sorted(wanted):
        png = MADE / f"{name}.png"
        if not png.exists():
            missing.append(name)
            continue
        given = [base64.b64encode(png.read_bytes()).decode(), WIDEST, HIGHEST]
        (KEPT / f"{name}.webp").write_bytes(base64.b64decode(page.evaluate(SHRINK, given)))
    return missing


def main() -> int:
    """Exit status 1 if a picture that is named was not made."""
    from playwright.sync_api import sync_playwright
    from tests.conftest import ARGUMENTS, executable

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        missing = take(browser.new_page())
        browser.close()
    if missing:
        print(f"not in build/pictures, so run the browser tests first: {', '.join(missing)}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
