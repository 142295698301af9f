"""The mutants are the ones that are meant, and a mutant put in place is what runs."""

from __future__ import annotations

from pathlib import Path

from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.swap import SOURCE, functions_of_program, swap

from sanchong.rules.application import must_apply
from sanchong.shapes import NEAR_SUBSISTENCE

FILE = '''"""A file."""

from typing import Final

LIMIT: Final = 3
Fen = int


@rule("a.b1", says="{x} 元", also=("a.b2",))
@other("kept")
def capped(x: Fen, least: int = 0) -> Fen:
    """At most the limit."""
    if x > least:
        note("over the limit")
        return min(x, LIMIT)
    return x
'''


def changed(file: Path) -> dict[str, set[str]]:
    """What each function's mutants have in place of a line."""
    found: dict[str, set[str]] = {}
    for mutant in mutants_of(file):
        found.setdefault(mutant.function, set()).add(mutant.change()[1])
    return found


def test_what_is_changed_and_what_is_left_alone(tmp_path: Path) -> None:
    """A rule's clause and its body; no sentence, no annotation, no other decorator, no name of a type."""
    file = tmp_path / "file.py"
    file.write_text(FILE, "utf-8")
    assert changed(file) == {
        "": {
            "LIMIT: Final = None",
            "LIMIT: Final = 4",
            '@rule("XXa.b1XX", says="{x} 元", also=("a.b2",))',
            '@rule("a.b1", says="{x} 元", also=("XXa.b2XX",))',
            "def capped(x: Fen, least: int = 1) -> Fen:",
        },
        "capped": {
            "if x >= least:",
            "if (not (x > least)):",
            "note(None)",
            "pass",
            "return min(None, LIMIT)",
            "return min(x, None)",
            "return max(x, LIMIT)",
        },
    }


def test_a_mutant_is_the_file_with_one_change(tmp_path: Path) -> None:
    """All else stays as it is, what is not ASCII before the change too."""
    file = tmp_path / "file.py"
    file.write_text(FILE, "utf-8")
    (mutant,) = (m for m in mutants_of(file) if m.change()[1] == "if x >= least:")
    assert mutant.source() == FILE.replace("if x > least:", "if x >= least:")
    assert mutant.lines == (13, 15)


def test_a_rule_runs_the_mutant_that_is_put_in_place() -> None:
    """Although its decorator holds the function."""
    mutant = next(
        m for m in mutants_of(SOURCE / "sanchong/rules/application.py") if " not in (" in m.change()[1]
    )
    assert mutant.function == "must_apply"
    bare = must_apply.bare
    whole = bare.__code__
    assert must_apply(NEAR_SUBSISTENCE)
    try:
        assert swap(mutant, functions_of_program())
        assert not must_apply(NEAR_SUBSISTENCE)
    finally:
        bare.__code__ = whole


def test_a_change_that_nothing_here_runs_is_not_put_in_place(tmp_path: Path) -> None:
    """It is imported instead, and never counted as one that no test has killed."""
    file = tmp_path / "file.py"
    file.write_text("def f(x: int) -> int:\n    return x + 1\n")
    for mutant in mutants_of(file):
        assert isinstance(mutant, Mutant)
        assert not swap(mutant, functions_of_program())
