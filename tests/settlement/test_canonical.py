"""Canonical JSON: byte for byte what the standard library writes, whatever the text, the keys, the numbers."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanchong.settlement.options import Options
from sanchong.settlement.receipt import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
"""Any text that UTF-8 can write: control characters, what lies beyond the BMP, noncharacters."""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=30,
)


def by_the_standard_library(data: Any) -> bytes:
    """Keys sorted by code point, no spaces, nothing escaped but what JSON must escape."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@given(JSON)
def test_as_the_standard_library_writes_it(data: Any) -> None:
    """On any JSON without floats, whole numbers beyond 64 bits included."""
    assert canonical(data) == by_the_standard_library(data)


def test_every_character() -> None:
    """Each of Unicode's characters, as a text and as a key."""
    characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    assert canonical(characters) == by_the_standard_library(characters)
    keys = dict.fromkeys(reversed(characters), 0)
    assert canonical(keys) == by_the_standard_library(keys)


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1, 10**30])
def test_a_great_whole_number_keeps_its_digits(number: int) -> None:
    """Nothing becomes a float."""
    assert canonical([number]) == f"[{number}]".encode()


def test_great_depth() -> None:
    """Deeper than any result."""
    deep: list[Any] = []
    for _ in range(400):
        deep = [deep]
    assert canonical(deep) == b"[" * 401 + b"]" * 401


@pytest.mark.parametrize("data", [{"a": {1, 2}}, [object()], {("a",): 1}, [dt.date(2025, 1, 1)], [Options()]])
def test_what_json_cannot_write(data: Any) -> None:
    """An error, never something like it."""
    with pytest.raises(TypeError):
        canonical(data)


def test_half_a_surrogate_pair() -> None:
    """No UTF-8 writes it."""
    with pytest.raises(UnicodeEncodeError):
        canonical(["\ud800"])


def test_keys_are_sorted_beside_a_great_number_too() -> None:
    assert canonical({"b": 2**64, "a": {"d": 1, "c": 2}}) == b'{"a":{"c":2,"d":1},"b":18446744073709551616}'
