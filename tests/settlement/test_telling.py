"""How calls are told: the compiled function says what the rule's template or sentence says, word for word."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sanchong.money import NO_LIMIT, Fen, Rate, percent, plain_rate, plain_yuan, yuan
from sanchong.rules.quarterly_limit import Quota
from sanchong.rules.rule import Rule
from sanchong.settlement.explanation import Node
from sanchong.settlement.telling import Words, telling

SHOWN: Words = {
    "Fen": yuan,
    "Rate": percent,
    "int": int,
    "Quota": lambda quota: SimpleNamespace(total=yuan(quota.total), own=yuan(quota.own)),
}
PLAIN: Words = {
    "Fen": lambda fen: None if fen == NO_LIMIT else plain_yuan(fen),
    "Rate": plain_rate,
    "int": int,
}


def part(amount: Fen, rate: Rate, book: object) -> Fen:
    """A rule with an amount, a rate and a record."""
    return amount


def level(least: int) -> Quota:
    """A rule whose result is no amount."""
    return Quota(100_00, 50_00)


def told(bare: Any, says: Any, inputs: tuple[Any, ...], result: Any, *children: Node) -> Any:
    """The node of one call."""
    return telling(Rule(bare, "a.1", says), says, SHOWN, PLAIN)(inputs, result, list(children))


def test_a_node() -> None:
    """Clause, name, sentence, amount, the inputs that are no records."""
    assert told(part, "{amount} × {rate} = {result}", (1234_56, Rate(14, 20), object()), 864_19) == {
        "clause": "a.1",
        "rule": "part",
        "text": "1,234.56 × 70% = 864.19",
        "amount": "864.19",
        "inputs": {"amount": "1234.56", "rate": "7/10"},
        "children": [],
    }


@pytest.mark.parametrize(
    ("says", "text"),
    [
        ("{{{least}}}", "{3}"),
        ("'\"{least}\\n\"'\n", "'\"3\\n\"'\n"),
        ('{least}{least} f"{{x}}"', '33 f"{x}"'),
        ("共 {result.total}，其中 {result.own}", "共 100.00，其中 50.00"),
        ("不变", "不变"),
    ],
)
def test_a_template_is_filled_as_format_fills_it(says: str, text: str) -> None:
    """Quotes, braces, escapes, parts of a result."""
    shown = {"least": 3, "result": SHOWN["Quota"](Quota(100_00, 50_00))}
    assert told(level, says, (3,), Quota(100_00, 50_00))["text"] == text == says.format(**shown)


def test_a_sentence_finds_what_it_speaks_of_by_name() -> None:
    """Inputs, records, result and the nodes beneath, raw."""
    beneath = Node(told(level, "小", (3,), Quota(1, 1)), [], Quota(1, 1))
    book = object()

    def says(v: SimpleNamespace) -> str:
        assert (v.amount, v.rate, v.book, v.result) == (5, Rate(1, 2), book, 3)
        return "＋".join(f"{child.rule}{child.text}{child.result.own}" for child in v.children)

    said = told(part, says, (5, Rate(1, 2), book), 3, beneath)
    assert said["text"] == "level小1"
    assert said["children"] == [beneath.data()]


def named(word: str) -> Fen:
    """A rule with an input of a unit that nothing writes."""
    return 1


def test_an_input_of_another_unit_is_said_as_it_is_and_not_printed() -> None:
    said = told(named, "{word}：{result}", ("甲",), 1_00)
    assert (said["text"], said["inputs"]) == ("甲：1.00", {})


def test_what_says_nothing_has_no_node() -> None:
    """Neither by an empty template nor by an empty sentence."""
    assert told(level, "", (3,), Quota(0, 0)) is None
    assert told(level, lambda v: "", (3,), Quota(0, 0)) is None


def test_no_limit_is_no_amount() -> None:
    """Neither as a result nor as an input."""
    said = told(part, "x", (NO_LIMIT, Rate(0, 1), None), NO_LIMIT)
    assert said["amount"] is None and said["inputs"]["amount"] is None
