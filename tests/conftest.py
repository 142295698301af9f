"""The browser for the tests marked `browser`, and a loud word when they could not run."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.shared import VARIABLE as SHARED

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NEEDED = "install chromium and fonts-noto-cjk"
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the shared folder, in the process that starts the others; it goes when that ends."""
    if not hasattr(config, "workerinput"):
        os.environ[SHARED] = tempfile.mkdtemp(prefix="sanchong-tests-")
        atexit.register(shutil.rmtree, os.environ[SHARED], ignore_errors=True)


def pytest_collection_finish() -> None:
    """What is there before the first test stays to the end: it need not be looked through for garbage, nor as often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)


def executable() -> str | None:
    """The system's Chromium: the one that SANCHONG_CHROMIUM names, else the first one on the path."""
    return os.environ.get("SANCHONG_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium with a profile of its own. Without one: skipped by hand, failed under CI."""
    program = executable()
    if program is None:
        message = f"no Chromium for the browser tests: {NEEDED}"
        if os.environ.get("CI"):
            pytest.fail(message, pytrace=False)
        pytest.skip(message)

    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        browser.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how many browser tests were skipped."""
    skipped = sum("browser" in report.keywords for report in terminalreporter.stats.get("skipped", ()))
    if skipped:
        terminalreporter.write_line(f"SKIPPED {skipped} browser tests: {NEEDED}", red=True, bold=True)
