"""The security pages keep their word: what they name exists, no point stands twice, the numbers at the top are right."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OFFICE = ROOT / "src" / "sanchong"
STATES = ("met", "open", "not applicable", "the operator")
PAGES = {
    "security-asvs.md": (re.compile(r"\d+\.\d+\.\d+"), 253),
    "security-dengbao.md": (re.compile(r"8\.1\.\d+\.\d+( [a-j])?"), 211),
}
"""Each list, how its ids look, and how many points its standard has."""
PLACE = re.compile(r"`((?:tests|docs|src|office|policies)/[^`]*|[A-Za-z_.]+\.(?:toml|lock|md))`")


def rows(page: str) -> list[list[str]]:
    """The points of a list: id, (level,) gist, state, how."""
    shape, _ = PAGES[page]
    lines = (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")
    ]
    return [row for row in cells if shape.fullmatch(row[0])]


def numbers(page: str) -> str:
    """Points, met, open, not applicable, the operator, as the tables at the top write them."""
    counted = Counter(row[-2] for row in rows(page))
    return " | ".join(str(n) for n in (len(rows(page)), *(counted[state] for state in STATES)))


@cache
def functions_of(file: Path) -> frozenset[str]:
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    )


@pytest.mark.parametrize("page", PAGES)
def test_every_point_stands_once_with_a_state_and_a_word(page: str) -> None:
    found = rows(page)
    assert [i for i, n in Counter(row[0] for row in found).items() if n > 1] == []
    assert len(found) == PAGES[page][1]
    for row in found:
        assert len(row) == (5 if page == "security-asvs.md" else 4), row
        assert row[-2] in STATES and row[-1], row
        if row[-2] == "met":
            assert "`" in row[-1] or "the same" in row[-1], f"{row[0]} names neither a test nor a file"


@pytest.mark.parametrize("page", ["security.md", *PAGES])
def test_what_is_named_exists(page: str) -> None:
    named = PLACE.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
    assert named
    for place in named:
        name, _, test = place.partition("::")
        file = (OFFICE if name.startswith("office/") else ROOT) / name
        assert file.exists(), place
        assert not test or test in functions_of(file), place


def test_the_numbers_at_the_top_are_right() -> None:
    entry = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    for page in PAGES:
        assert f"({page}) | {numbers(page)} |" in entry, f"{page}: {numbers(page)}"
        assert f"| {numbers(page)} |" in (ROOT / "docs" / page).read_text(encoding="utf-8")
