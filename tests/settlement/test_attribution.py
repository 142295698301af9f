"""Spreading an amount over lines, and the identities that are asserted in production."""

from __future__ import annotations

import pytest

from sanchong.rules.scope import Split
from sanchong.settlement.attribution import LinePart, attribute, check_statement, spread
from sanchong.shapes import Statement


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),  # a tie: the earlier
        (100, [1, 2, 4], [14, 29, 57]),  # 14 2/7, 28 4/7, 57 1/7
        (2, [1, 1, 1], [1, 1, 0]),
        (0, [3, 4], [0, 0]),
        (5, [0, 0], [0, 0]),  # nothing that could bear it
        (7, [0, 7], [0, 7]),
        (0, [], []),
    ],
)
def test_by_largest_remainder(amount: int, weights: list[int], parts: list[int]) -> None:
    """The parts add up to the amount wherever there is a weight."""
    assert spread(amount, weights) == parts


def book(**changes: int) -> Statement:
    """A line of 100 fen in policy and one of 10 out of catalogue: 60 + 10 + 5 + 5 paid, 2 by the hospital, 28 left."""
    statement = Statement(total=110, out_of_catalogue=10, in_policy=100)
    paid = {"pooled": 60, "catastrophic": 10, "other": 5, "assistance": 5, "hospital": 2, "patient": 28}
    for name, amount in (paid | changes).items():
        setattr(statement, name, amount)
    return statement


SPLITS = [Split(0, 0, 0, 0, 0, 100), Split(0, 0, 10, 0, 0, 0)]


def test_a_statement_that_adds_up() -> None:
    """Each payer's part lies on the line that it pays for."""
    rows = attribute(SPLITS, book())
    assert rows == [LinePart(60, 10, 5, 5, 0, 20), LinePart(0, 0, 0, 0, 2, 8)]
    check_statement(book(), rows)
    check_statement(book(), [])


def test_each_tier_by_what_the_tiers_before_it_left() -> None:
    """Lines of 100 and 50 fen in policy; out of scope, out of catalogue, over price and in advance 1 to 4 beside them.

    Pooled 90: 60 and 30, which leaves 40 and 20. Catastrophic 31: 20 2/3 and 10 1/3, so 21 and 10, which leaves 19 and
    10. Other 10: 6 16/29 and 3 13/29, so 7 and 3, which leaves 12 and 7. Assistance 18: 11 7/19 and 6 12/19, so 11 and
    7, which leaves 1 and nothing. The hospital's 2 lie on the only line out of catalogue.
    """
    splits = [Split(0, 1, 0, 0, 4, 100), Split(0, 0, 2, 3, 0, 50)]
    whole = Statement(total=160, out_of_scope=1, out_of_catalogue=2, over_price=3, advance=4, in_policy=150)
    whole.pooled, whole.catastrophic, whole.other, whole.assistance = 90, 31, 10, 18
    whole.hospital, whole.patient = 2, 160 - 90 - 31 - 10 - 18 - 2
    rows = attribute(splits, whole)
    assert rows == [LinePart(60, 21, 7, 11, 0, 1 + 1 + 4), LinePart(30, 10, 3, 7, 2, 3)]
    check_statement(whole, rows)


@pytest.mark.parametrize(
    "part",
    ["total", "dual_channel", "out_of_scope", "out_of_catalogue", "over_price", "advance", "in_policy"],
)
def test_the_parts_of_the_total_must_add_up(part: str) -> None:
    """One fen more of any of them."""
    wrong = book()
    setattr(wrong, part, getattr(wrong, part) + 1)
    with pytest.raises(AssertionError, match="parts of the total"):
        check_statement(wrong, [])


@pytest.mark.parametrize("payer", LinePart._fields)
@pytest.mark.parametrize("more", [1, -1])
def test_the_payers_must_add_up(payer: str, more: int) -> None:
    """One fen more or less of any of them."""
    wrong = book()
    setattr(wrong, payer, getattr(wrong, payer) + more)
    with pytest.raises(AssertionError, match="payers do not add up"):
        check_statement(wrong, [])


@pytest.mark.parametrize("payer", LinePart._fields)
def test_no_payers_part_is_negative(payer: str) -> None:
    """Although all of them add up; a part of nothing is none."""
    other = "pooled" if payer != "pooled" else "patient"
    paid = getattr(book(), payer) + getattr(book(), other)
    check_statement(book(**{payer: 0, other: paid}), [])
    with pytest.raises(AssertionError, match="negative"):
        check_statement(book(**{payer: -1, other: paid + 1}), [])


@pytest.mark.parametrize("payer", LinePart._fields)
def test_the_lines_must_add_up(payer: str) -> None:
    """Column by column, and no line's part is negative."""
    rows = attribute(SPLITS, book())
    first, second = rows[0]._asdict(), rows[1]._asdict()
    more = LinePart(**(first | {payer: first[payer] + 1}))
    with pytest.raises(AssertionError, match="lines do not add up"):
        check_statement(book(), [more, rows[1]])
    whole = first[payer] + second[payer]
    shifted = LinePart(**(first | {payer: whole + 1})), LinePart(**(second | {payer: -1}))
    with pytest.raises(AssertionError, match="lines do not add up"):
        check_statement(book(), shifted)
