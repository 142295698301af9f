"""Subsidy of the individual contribution: case C27 and C28, and a fen either side of each bound."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from sanchong.law.library import load_law
from sanchong.law.terms import Resolver
from sanchong.money import Rate
from sanchong.rules.enrolment import (
    Subsidy,
    highest_subsidy,
    is_subsidised,
    raised_to_floor,
    slots_needed,
    subsidy,
    subsidy_by_amount,
    subsidy_by_rate,
    subsidy_unmodelled,
)
from sanchong.rules.rule import recording
from sanchong.shapes import (
    ASSUMED,
    CONTRIBUTION,
    EXTREME_POVERTY,
    IMPOVERISHED_BY_ILLNESS,
    MONITORED,
    NEAR_SUBSISTENCE,
    NO_CATEGORY,
    RETURNED_TO_POVERTY,
    STATED,
    SUBSIDY_AMOUNT,
    SUBSIDY_FLOOR,
    SUBSIDY_RATE,
    SUBSISTENCE_ALLOWANCE,
    UNMODELLED,
    Terms,
)

FULL = Rate(1, 1)
EIGHTY = Rate(4, 5)
FLOOR = 280_00


def bits(*categories: int) -> int:
    """A set of categories as bits."""
    return sum(1 << category - 1 for category in categories)


def put(terms: Terms, slot: int, num: int, den: int = 1, status: int = STATED) -> None:
    terms.num[slot], terms.den[slot], terms.status[slot] = num, den, status


def yangquan(contribution: int = 400_00) -> Terms:
    """Yangquan's subsidies (B37-B39), two categories left to another document (B19)."""
    terms = Terms()
    put(terms, CONTRIBUTION, contribution)
    put(terms, SUBSIDY_RATE + EXTREME_POVERTY - 1, 1)
    put(terms, SUBSIDY_RATE + SUBSISTENCE_ALLOWANCE - 1, 4, 5)
    put(terms, SUBSIDY_FLOOR + SUBSISTENCE_ALLOWANCE - 1, FLOOR)
    terms.status[SUBSIDY_AMOUNT + RETURNED_TO_POVERTY - 1] = UNMODELLED
    terms.status[SUBSIDY_AMOUNT + MONITORED - 1] = UNMODELLED
    return terms


@pytest.mark.parametrize(
    ("contribution", "paid", "own"),
    [
        (400_00, 320_00, 80_00),
        (351_00, 280_80, 70_20),
        (350_01, 280_01, 70_00),  # 280.008, half up
        (350_00, 280_00, 70_00),  # 80 % and the floor are equal
        (349_99, 280_00, 69_99),  # 279.992 → 279.99, below the floor
        (300_00, 280_00, 20_00),
        (280_01, 280_00, 1),
        (280_00, 280_00, 0),
        (279_99, 279_99, 0),  # never above the contribution
        (250_00, 250_00, 0),
        (1, 1, 0),
        (0, 0, 0),
    ],
)
def test_eighty_percent_with_a_floor(contribution: int, paid: int, own: int) -> None:  # C27
    assert subsidy_by_rate(contribution, EIGHTY, FLOOR) == paid
    found = subsidy(yangquan(contribution), bits(SUBSISTENCE_ALLOWANCE))
    assert found == Subsidy(paid, SUBSISTENCE_ALLOWANCE, 0)
    assert contribution - found.amount == own


@pytest.mark.parametrize("contribution", [0, 1, 279_99, 280_00, 400_00])
def test_extreme_poverty_is_subsidised_in_full(contribution: int) -> None:  # C27
    assert subsidy(yangquan(contribution), bits(EXTREME_POVERTY)) == Subsidy(contribution, EXTREME_POVERTY, 0)


@pytest.mark.parametrize(
    ("contribution", "rate", "floor", "paid"),
    [
        (300_00, EIGHTY, 0, 240_00),  # no floor stated
        (3, Rate(1, 2), 0, 2),  # 1.5 → 2
        (5, Rate(3, 10), 0, 2),  # 1.5 → 2
        (48, Rate(3, 100), 0, 1),  # 1.44 → 1
        (400_00, Rate(0, 1), 0, 0),
        (400_00, Rate(0, 1), 100_00, 100_00),
        (400_00, FULL, 280_00, 400_00),
    ],
)
def test_rate(contribution: int, rate: Rate, floor: int, paid: int) -> None:
    assert subsidy_by_rate(contribution, rate, floor) == paid


@pytest.mark.parametrize(
    ("contribution", "amount", "paid"),
    [
        (400_00, 200_00, 200_00),
        (400_00, 0, 0),
        (400_00, 399_99, 399_99),
        (400_00, 400_00, 400_00),
        (400_00, 400_01, 400_00),
        (0, 200_00, 0),
    ],
)
def test_amount(contribution: int, amount: int, paid: int) -> None:
    assert subsidy_by_amount(contribution, amount) == paid


def test_highest_is_not_the_sum() -> None:
    assert highest_subsidy(320_00, 200_00) == 320_00
    assert highest_subsidy(200_00, 320_00) == 320_00
    assert highest_subsidy(200_00, 200_00) == 200_00


@pytest.mark.parametrize(
    ("categories", "local", "expected"),
    [
        ((SUBSISTENCE_ALLOWANCE, EXTREME_POVERTY), None, (400_00, EXTREME_POVERTY, 0)),
        ((SUBSISTENCE_ALLOWANCE, MONITORED), 200_00, (320_00, SUBSISTENCE_ALLOWANCE, 0)),  # not 520
        ((SUBSISTENCE_ALLOWANCE, MONITORED), 320_00, (320_00, SUBSISTENCE_ALLOWANCE, 0)),  # tie: the earlier
        ((SUBSISTENCE_ALLOWANCE, MONITORED), 320_01, (320_01, MONITORED, 0)),
        ((SUBSISTENCE_ALLOWANCE, MONITORED), 350_00, (350_00, MONITORED, 0)),
        ((MONITORED,), 0, (0, MONITORED, 0)),  # a stated nil is not a missing one
        ((NEAR_SUBSISTENCE,), None, (0, NO_CATEGORY, 0)),
        ((IMPOVERISHED_BY_ILLNESS,), None, (0, NO_CATEGORY, 0)),
        ((), None, (0, NO_CATEGORY, 0)),  # self-pay 400
        ((MONITORED,), None, (0, NO_CATEGORY, 1 << 3)),
        ((RETURNED_TO_POVERTY, MONITORED), None, (0, NO_CATEGORY, 1 << 2 | 1 << 3)),
        ((SUBSISTENCE_ALLOWANCE, MONITORED), None, (320_00, SUBSISTENCE_ALLOWANCE, 1 << 3)),
        ((EXTREME_POVERTY, RETURNED_TO_POVERTY, NEAR_SUBSISTENCE), None, (400_00, EXTREME_POVERTY, 1 << 2)),
    ],
)
def test_several_categories(
    categories: tuple[int, ...], local: int | None, expected: tuple[int, int, int]
) -> None:  # C28
    terms = yangquan()
    if local is not None:
        put(terms, SUBSIDY_AMOUNT + MONITORED - 1, local)
    assert subsidy(terms, bits(*categories)) == expected


def test_a_stated_rate_models_a_category() -> None:
    terms = yangquan()
    put(terms, SUBSIDY_RATE + MONITORED - 1, 1, 2)
    assert not subsidy_unmodelled(terms, MONITORED)
    assert subsidy(terms, bits(MONITORED)) == (200_00, MONITORED, 0)


@pytest.mark.parametrize(("amount", "paid"), [(199_99, 200_00), (200_00, 200_00), (200_01, 200_01)])
def test_rate_and_amount_of_one_category_are_not_added(amount: int, paid: int) -> None:
    terms = yangquan()
    put(terms, SUBSIDY_RATE + MONITORED - 1, 1, 2)
    put(terms, SUBSIDY_AMOUNT + MONITORED - 1, amount)
    assert subsidy(terms, bits(MONITORED)).amount == paid


def test_a_floor_alone_is_no_subsidy() -> None:
    terms = yangquan()
    put(terms, SUBSIDY_FLOOR + NEAR_SUBSISTENCE - 1, 100_00)
    assert not is_subsidised(terms, NEAR_SUBSISTENCE)
    assert not subsidy_unmodelled(terms, NEAR_SUBSISTENCE)
    assert subsidy(terms, bits(NEAR_SUBSISTENCE)) == (0, NO_CATEGORY, 0)


def test_a_missing_floor_counts_for_nothing() -> None:
    terms = yangquan(300_00)
    terms.status[SUBSIDY_FLOOR + SUBSISTENCE_ALLOWANCE - 1] = UNMODELLED
    assert subsidy(terms, bits(SUBSISTENCE_ALLOWANCE)).amount == 240_00


def test_slots_needed_name_what_the_caller_must_be_able_to_accept() -> None:
    terms = yangquan()
    put(terms, CONTRIBUTION, 400_00, status=ASSUMED)
    assert slots_needed(terms, bits(NEAR_SUBSISTENCE)) == [CONTRIBUTION]
    assert slots_needed(terms, bits(SUBSISTENCE_ALLOWANCE, MONITORED)) == [
        CONTRIBUTION,
        SUBSIDY_RATE + 1,
        SUBSIDY_FLOOR + 1,
        SUBSIDY_AMOUNT + 3,
    ]
    put(terms, SUBSIDY_RATE + MONITORED - 1, 1, 2)  # the unmodelled amount is then not needed
    assert slots_needed(terms, bits(MONITORED)) == [CONTRIBUTION, SUBSIDY_RATE + 3]


def test_the_trace_cites_each_clause() -> None:
    terms = yangquan(300_00)
    put(terms, SUBSIDY_AMOUNT + MONITORED - 1, 200_00)
    with recording() as recorder:
        subsidy(terms, bits(SUBSISTENCE_ALLOWANCE, MONITORED))
    (root,) = recorder.calls
    assert root.rule.clause == "yangquan.b41"
    assert [call.rule.clause for call in root.calls] == ["yangquan.b36", "yangquan.b36", "yangquan.b40"]
    (by_rate,) = root.calls[0].calls
    assert by_rate.rule.clause == "yangquan.b38"
    assert [call.rule.clause for call in by_rate.calls] == ["yangquan.b39"]


def test_sentences() -> None:
    floor, whole = raised_to_floor.says, subsidy.says
    assert callable(floor) and callable(whole)
    raised = SimpleNamespace(subsidy=240_00, floor=FLOOR, contribution=300_00, result=280_00)
    assert floor(raised) == "低于 280.00，按 280.00 资助（不超过个人缴费）"
    kept = SimpleNamespace(subsidy=320_00, floor=FLOOR, contribution=400_00, result=320_00)
    assert floor(kept) == "不低于 280.00"
    assert whole(SimpleNamespace(result=Subsidy(320_00, SUBSISTENCE_ALLOWANCE, 0))) == "资助参保 320.00"
    assert whole(SimpleNamespace(result=Subsidy(0, NO_CATEGORY, 0))).startswith("不属于资助参保的类别")


def test_of_the_shipped_law() -> None:
    """Yangquan, 2025: the contribution is 400 and the subsidies are those that its text prints."""
    terms = Resolver(load_law()).resolve("140300", "140300", dt.date(2025, 5, 1)).terms
    everybody = bits(1, 2, 3, 4, 5, 6)
    assert subsidy(terms, bits(SUBSISTENCE_ALLOWANCE)) == (320_00, SUBSISTENCE_ALLOWANCE, 0)
    assert subsidy(terms, everybody) == (400_00, EXTREME_POVERTY, 1 << 2 | 1 << 3)
