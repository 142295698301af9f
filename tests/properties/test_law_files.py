"""Whatever is wrong with a law file, it is loaded or refused by code, file and line; as by tests.properties.fuzz_law."""

from __future__ import annotations

from tests.properties.fuzz_law import fuzz

from sanchong.law.messages import MESSAGES

TRIALS = 250
MOST_CODES = 30


def test_damaged_law_files() -> None:
    """No other exception, no hang, no disagreement with the schemas; what loads settles or refuses by a code."""
    found = fuzz(TRIALS, 7)
    assert found["loaded"] > TRIALS // 10
    assert found["settled"] > TRIALS // 10
    assert len(set(MESSAGES) & set(found)) > MOST_CODES, found
