"""Reading fields: the path that a refusal names, whatever the field is called."""

from __future__ import annotations

import pytest

from sanchong.money import MAX_AMOUNT
from sanchong.settlement.fields import Fields
from sanchong.settlement.refusal import Refusal

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
