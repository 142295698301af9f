"""The one payment at the year's end, for someone who was of all six categories in turn."""

from __future__ import annotations

from sanchong.rules.assistance import close_year
from sanchong.shapes import (
    ASSISTANCE_CAP,
    ASSISTANCE_OUTPATIENT_RATE,
    CATEGORIES,
    STATED,
    Closing,
    State,
    Terms,
)

COUNT = len(CATEGORIES)


def year(cap: int) -> Closing:
    """100 yuan of each category, the last category first; 30 % each, within one cap of all (fen)."""
    terms, state, closing = Terms(), State(), Closing()
    for at in range(COUNT):
        for slot, num, den in ((ASSISTANCE_OUTPATIENT_RATE + at, 3, 10), (ASSISTANCE_CAP + at, cap, 1)):
            terms.num[slot], terms.den[slot], terms.status[slot] = num, den, STATED
        state.deferred_turn[at] = COUNT - at
        state.deferred_base[at] = state.deferred_burden[at] = 100_00
    close_year(state, terms, closing)
    assert state.assistance_used == closing.assistance == sum(closing.paid)
    return closing


def test_every_category_is_paid() -> None:
    """Six times 30 yuan."""
    assert year(1000_00).paid == [30_00] * 6


def test_the_first_to_have_a_base_is_paid_first() -> None:
    """Of 100 yuan the last three categories take 30 each, the one before them the 10 that are left."""
    assert year(100_00).paid == [0, 0, 10_00, 30_00, 30_00, 30_00]
