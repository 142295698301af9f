"""The quarterly limit at its edges: the least limit there is, and each disease's own place in the year."""

from __future__ import annotations

from sanchong.rules.quarterly_limit import Quota, quarter_place, quarterly_quota
from sanchong.shapes import (
    CHRONIC_COUNT,
    QUARTERLY_LIMIT,
    SPECIAL_COUNT,
    STATED,
    Statement,
    Terms,
    Visit,
)

DIABETES = SPECIAL_COUNT


def test_a_limit_of_a_fen_counts() -> None:
    """The only disease, and the visit's own."""
    terms, visit = Terms(), Visit(condition=DIABETES, active_count=1)
    visit.active[0] = DIABETES
    terms.num[QUARTERLY_LIMIT], terms.status[QUARTERLY_LIMIT] = 1, STATED
    assert quarterly_quota(visit, terms, Statement(), 0) == Quota(1, 1)


def test_each_disease_has_a_place_in_each_quarter() -> None:
    """Quarter by quarter, the catalogue's chronic diseases in their order."""
    places = [
        quarter_place(Visit(quarter=quarter, condition=SPECIAL_COUNT + disease))
        for quarter in range(4)
        for disease in range(CHRONIC_COUNT)
    ]
    assert places == list(range(4 * CHRONIC_COUNT))
