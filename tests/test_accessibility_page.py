"""docs/accessibility.md names every criterion of WCAG 2.2, A and AA, once; the tests that it names exist."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "accessibility.md").read_text("utf-8")
CRITERIA = {
    "1.1": (1,), "1.2": (1, 2, 3, 4, 5), "1.3": (1, 2, 3, 4, 5), "1.4": (1, 2, 3, 4, 5, 10, 11, 12, 13),
    "2.1": (1, 2, 4), "2.2": (1, 2), "2.3": (1,), "2.4": (1, 2, 3, 4, 5, 6, 7, 11), "2.5": (1, 2, 3, 4, 7, 8),
    "3.1": (1, 2), "3.2": (1, 2, 3, 4, 6), "3.3": (1, 2, 3, 4, 7, 8), "4.1": (2, 3),
}  # fmt: skip
"""Levels A and AA of W3C's Recommendation of 2023: 31 and 24."""


def test_every_criterion_stands_once() -> None:
    rows = re.findall(r"^\| (\d[^|]*)\| (\w+) \|", PAGE, re.MULTILINE)
    named = Counter(number for what, _ in rows for number in re.findall(r"\d\.\d\.\d+", what))
    assert named == Counter(f"{guideline}.{n}" for guideline, all_ in CRITERIA.items() for n in all_)
    assert named.total() == 55
    assert {state for _, state in rows} <= {"met", "none", "open"}


def test_the_tests_it_names_exist() -> None:
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) >= 5 and all(f"def {name}(" in tests for name in named)
