"""Reading fields: the path that a refusal names, whatever the field is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sanchong.money import MAX_AMOUNT
from sanchong.settlement.fields import ABSENT, Fields, amount_of
from sanchong.settlement.refusal import EXPECTED, Refusal

HALF = "\ud800"
"""Half a surrogate pair: JSON lets it through, UTF-8 cannot write it."""


@pytest.mark.parametrize(
    ("path", "key", "where"),
    [
        ("", "year", "year"),
        ("person", "id", "person.id"),
        ("person", "姓名", "person.姓名"),
        ("", f"a{HALF}z", r"a\ud800z"),
        ("person", HALF, r"person.\ud800"),
        ("", "\udfff", r"\udfff"),
        ("", "\ud7ff\ue000", "\ud7ff\ue000"),  # beside the surrogates
    ],
)
def test_the_path_of_a_field(path: str, key: str, where: str) -> None:
    """As it is written, or escaped where it cannot be."""
    fields = Fields({key: 1}, path)
    assert fields.at(key) == where
    with pytest.raises(Refusal) as refused:
        fields.finish()
    assert refused.value.where == where
    where.encode()


@pytest.mark.parametrize("text", ["", HALF, f"p{HALF}", 1, None])
def test_what_is_no_text(text: object) -> None:
    """Empty, not a text, or not to be written."""
    with pytest.raises(Refusal) as refused:
        Fields({"id": text}).text("id")
    assert refused.value.where == "id"


@pytest.mark.parametrize(
    ("value", "fine"), [(MAX_AMOUNT // 100, True), (MAX_AMOUNT // 100 + 1, False), (-1, False)]
)
def test_the_largest_amount(value: int, fine: bool) -> None:
    """10,000,000,000 yuan, as a whole number or as text."""
    for written in (value, str(value), f"{value}.00"):
        fields = Fields({"amount": written})
        if fine:
            assert fields.amount("amount") == MAX_AMOUNT
        else:
            with pytest.raises(Refusal):
                fields.amount("amount")


READERS: list[Callable[[Fields], Any]] = [
    lambda fields: fields.raw("a"),
    lambda fields: fields.peek("a"),
    lambda fields: fields.text("a"),
    lambda fields: fields.choice("a", ("x",)),
    lambda fields: fields.flag("a"),
    lambda fields: fields.whole("a", 0, 9),
    lambda fields: fields.date("a"),
    lambda fields: fields.area("a"),
    lambda fields: fields.amount("a"),
    lambda fields: fields.rate("a"),
    lambda fields: fields.object("a"),
    lambda fields: fields.objects("a"),
    lambda fields: fields.items("a"),
]


@pytest.mark.parametrize("read", READERS)
def test_what_is_absent_is_said_to_be_absent(read: Callable[[Fields], Any]) -> None:
    """Not that it is no date, no amount, none of the choices."""
    with pytest.raises(Refusal) as refused:
        read(Fields({}, "person"))
    assert (refused.value.code, refused.value.where) == ("invalid_input", "person.a")
    assert refused.value.messages["zh"].endswith(EXPECTED["required"][0])


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (lambda fields: fields.text("a"), "text"),
        (lambda fields: fields.flag("a"), "flag"),
        (lambda fields: fields.whole("a", 0, 9), "whole"),
        (lambda fields: fields.date("a"), "date"),
        (lambda fields: fields.area("a"), "area"),
        (lambda fields: fields.amount("a"), "amount"),
        (lambda fields: fields.rate("a"), "rate"),
        (lambda fields: fields.items("a"), "list"),
    ],
)
def test_what_is_null_is_not_absent(read: Callable[[Fields], Any], expected: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(Fields({"a": None}))
    assert refused.value.messages["zh"].endswith(EXPECTED[expected][0])


def test_a_number_beyond_its_bounds_is_told_them() -> None:
    with pytest.raises(Refusal) as refused:
        Fields({"level": 4}).whole("level", 1, 3)
    assert "1…3" in refused.value.messages["zh"] and "1…3" in refused.value.messages["en"]
    with pytest.raises(Refusal) as refused:
        Fields({}).whole("level", 1, 3)
    assert "1…3" not in refused.value.messages["zh"]


def test_an_amount_elsewhere_is_refused_at_its_place() -> None:
    for value in ("1.234", None, ABSENT):
        with pytest.raises(Refusal) as refused:
            amount_of(value, "terms.cap")
        assert refused.value.where == "terms.cap"
