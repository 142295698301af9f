"""Fen, rates, the rounding rule, and what is refused as an amount or a rate."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanchong.money import (
    MAX_AMOUNT,
    MAX_RATE_TERM,
    NO_LIMIT,
    Rate,
    half_up,
    parse_rate,
    parse_yuan,
    percent,
    plain_rate,
    plain_yuan,
    room,
    share,
    share_down,
    yuan,
)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (0, 1, 0),
        (7, 1, 7),
        (49, 100, 0),
        (50, 100, 1),
        (149, 100, 1),
        (150, 100, 2),  # not to even
        (250, 100, 3),
        (1, 3, 0),
        (2, 3, 1),
        (499_999, 1_000_000, 0),
        (500_000, 1_000_000, 1),
        (40_555, 2, 20_278),  # C10: 202.775 yuan → 202.78
    ],
)
def test_half_up(numerator: int, denominator: int, expected: int) -> None:
    assert half_up(numerator, denominator) == expected


@pytest.mark.parametrize(
    ("amount", "rate", "nearest", "down"),
    [
        (29_000, Rate(7, 10), 20_300, 20_300),  # C11
        (64_286, Rate(7, 10), 45_000, 45_000),  # C13: 450.002
        (64_287, Rate(7, 10), 45_001, 45_000),  # C14: 450.009
        (1, Rate(1, 2), 1, 0),
        (1, Rate(4999, 10_000), 0, 0),
        (1, Rate(3, 5), 1, 0),  # C32: 0.006 yuan → 0.01
        (12_345, Rate(0, 1), 0, 0),
        (12_345, Rate(1, 1), 12_345, 12_345),
        (0, Rate(7, 10), 0, 0),
    ],
)
def test_share(amount: int, rate: Rate, nearest: int, down: int) -> None:
    assert share(amount, rate) == nearest
    assert share_down(amount, rate) == down


def test_the_largest_product_fits_64_bits() -> None:
    rate = Rate(MAX_RATE_TERM, MAX_RATE_TERM)
    assert share(MAX_AMOUNT, rate) == MAX_AMOUNT
    assert 2 * MAX_AMOUNT * rate.num + rate.den < 2**63
    assert NO_LIMIT > MAX_AMOUNT


@pytest.mark.parametrize(
    ("limit", "used", "left"),
    [
        (100, 0, 100),
        (100, 99, 1),
        (100, 100, 0),
        (100, 101, 0),  # a lowered cap
        (0, 0, 0),
        (NO_LIMIT, 0, NO_LIMIT),
        (NO_LIMIT, MAX_AMOUNT, NO_LIMIT),
    ],
)
def test_room(limit: int, used: int, left: int) -> None:
    assert room(limit, used) == left


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("0.00", 0),
        ("-0", 0),
        ("0.01", 1),
        ("1", 100),
        ("1.5", 150),
        ("1.05", 105),
        ("1234.50", 123_450),
        ("007", 700),
        ("-1.50", -150),
        ("10000000000.00", MAX_AMOUNT),
    ],
)
def test_parse_yuan(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    ["", ".", "-", "1.", ".5", "1.234", "1,000", "1e3", "+1", " 1", "1 ", "1\n", "--1", "1.2.3", "¥1", "1元",
     "0x10", "nan", "inf", "1_000", "1234567890123456"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_yuan(text)


@pytest.mark.parametrize(
    ("fen", "plain", "grouped"),
    [
        (0, "0.00", "0.00"),
        (1, "0.01", "0.01"),
        (10, "0.10", "0.10"),
        (123_450, "1234.50", "1,234.50"),
        (-5, "-0.05", "-0.05"),
        (-123_456_789, "-1234567.89", "-1,234,567.89"),
        (MAX_AMOUNT, "10000000000.00", "10,000,000,000.00"),
    ],
)
def test_writing_an_amount(fen: int, plain: str, grouped: str) -> None:
    assert plain_yuan(fen) == plain
    assert yuan(fen) == grouped
    assert parse_yuan(plain) == fen


def test_no_limit_is_said_in_words() -> None:
    assert yuan(NO_LIMIT) == "不限"


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("0", (0, 1)),
        ("1", (1, 1)),
        ("0%", (0, 1)),
        ("100%", (1, 1)),
        ("70%", (7, 10)),
        ("12.5%", (1, 8)),
        ("33.33%", (3333, 10_000)),
        ("7/10", (7, 10)),
        ("14/20", (7, 10)),  # lowest terms
        ("1/3", (1, 3)),
        ("0/5", (0, 1)),
        ("5/5", (1, 1)),
        ("0.0001%", (1, MAX_RATE_TERM)),
        ("1/1000000", (1, MAX_RATE_TERM)),
        ("2/2000000", (1, MAX_RATE_TERM)),  # the terms that count are the lowest
    ],
)
def test_parse_rate(text: str, rate: tuple[int, int]) -> None:
    assert parse_rate(text) == rate
    assert parse_rate(plain_rate(parse_rate(text))) == rate


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not a rate"),
        ("0.7", "not a rate"),
        ("70", "not a rate"),
        ("2", "not a rate"),
        ("%", "not a rate"),
        ("-10%", "not a rate"),
        ("+10%", "not a rate"),
        ("70 %", "not a rate"),
        ("70.%", "not a rate"),
        (".5%", "not a rate"),
        ("1/0", "not a rate"),
        ("0/0", "not a rate"),
        ("1/-2", "not a rate"),
        ("7 / 10", "not a rate"),
        ("70%\n", "not a rate"),
        ("100.0001%", "between 0 and 1"),
        ("101%", "between 0 and 1"),
        ("11/10", "between 0 and 1"),
        ("1/1000001", "lowest terms"),
        ("0.00001%", "lowest terms"),
    ],
)
def test_what_is_no_rate_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_rate(text)


@pytest.mark.parametrize(
    ("rate", "said", "plain"),
    [
        (Rate(0, 1), "0%", "0"),
        (Rate(1, 1), "100%", "1"),
        (Rate(7, 10), "70%", "7/10"),
        (Rate(14, 20), "70%", "7/10"),
        (Rate(1, 8), "12.5%", "1/8"),
        (Rate(1, 200), "0.5%", "1/200"),
        (Rate(1, MAX_RATE_TERM), "0.0001%", "1/1000000"),
        (Rate(1, 256), "0.390625%", "1/256"),  # six places, the most that are written
        (Rate(1, 512), "1/512", "1/512"),  # 0.1953125 %
        (Rate(1, 3), "1/3", "1/3"),
    ],
)
def test_writing_a_rate(rate: Rate, said: str, plain: str) -> None:
    assert percent(rate) == said
    assert plain_rate(rate) == plain
    assert Fraction(plain) == Fraction(rate.num, rate.den)


@given(st.integers(1, MAX_RATE_TERM).flatmap(lambda den: st.tuples(st.integers(0, den), st.just(den))))
def test_any_rate_is_written_exactly(terms: tuple[int, int]) -> None:
    exact = Fraction(*terms)
    assert plain_rate(Rate(*terms)) == str(exact)
    said = percent(Rate(*terms))
    assert (Fraction(said[:-1]) / 100 if said.endswith("%") else Fraction(said)) == exact
    assert parse_rate(plain_rate(Rate(*terms))) == (exact.numerator, exact.denominator)


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_any_amount_is_written_exactly(fen: int) -> None:
    assert Fraction(plain_yuan(fen)) * 100 == Fraction(yuan(fen).replace(",", "")) * 100 == fen
    assert parse_yuan(plain_yuan(fen)) == fen
