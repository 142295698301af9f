"""How a case writes amounts, rates and dates, and what is none."""

from __future__ import annotations

from typing import Any

import pytest
from tests.settlement.contract_cases import (
    LINE,
    case,
    category,
    drug,
    error,
    outpatient,
    person,
    put,
    settled,
    stay,
    where_invalid,
)

FULL = case(
    outpatient(lines=[LINE, {"id": "l-2", "amount": "100", "class": "B", "advance_rate": "10%"}]),
    stay(id="v-2"),
    drug(id="v-3"),
    person=person(categories=category("subsistence_allowance")),
)

AMOUNTS = ("1234.50", "0", "0.01", "0.1", "10000000000", "10000000000.00", 0, 1234)
NO_AMOUNTS: tuple[Any, ...] = (
    "", "-1", "-0.01", "1.234", "1e3", "1,000", "abc", "１２", "NaN", "Infinity", " 1", "1 ", "0x10",
    1.0, 0.5, True, None, [], "10000000000.01", 10_000_000_001,
)  # fmt: skip


@pytest.mark.parametrize("amount", AMOUNTS)
def test_amounts(amount: Any) -> None:
    """A decimal string in yuan with at most two places, or a JSON number that is an integer."""
    assert settled(case(drug(in_scope=amount, pooled="0", catastrophic="0")))


@pytest.mark.parametrize("amount", NO_AMOUNTS)
@pytest.mark.parametrize("path", ["visits[0].lines[0].amount", "visits[2].in_scope", "visits[2].pooled"])
def test_no_amounts(path: str, amount: Any) -> None:
    """Never a float, never more than two places, never negative, never above the bound."""
    assert where_invalid(put(FULL, path, amount)) == path


@pytest.mark.parametrize("amount", ["0.001", "-1", 0.5])
def test_no_amounts_of_other_fields(amount: Any) -> None:
    """A line's price cap, other payers and given payments are amounts too."""
    for path in ("visits[0].lines[0].price_cap", "visits[0].pooled", "visits[1].catastrophic"):
        assert where_invalid(put(FULL, path, amount)) == path
    data = put(FULL, "visits[0].other_payments", {"commercial": amount})
    assert where_invalid(data) == "visits[0].other_payments.commercial"


def test_the_sum_of_a_year_is_bounded() -> None:
    """10,000,000,000.00 in a year is settled, a fen more is not."""
    half = drug(in_scope="5000000000", pooled="0", catastrophic="0")
    assert settled(case(half, half | {"id": "v-2"}))["year"]["patient"] == "10000000000.00"
    assert error(case(half, half | {"id": "v-2", "in_scope": "5000000000.01"}))["code"] == "invalid_input"
    lines = [LINE | {"amount": "10000000000"}, LINE | {"id": "l-2", "amount": "0.01"}]
    assert error(case(stay(lines=lines)))["code"] == "invalid_input"


RATES = (("10%", "10.00"), ("1/10", "10.00"), ("0", "0.00"), ("1", "100.00"), ("12.5%", "12.50"), ("0%", "0.00"),
         ("100%", "100.00"), ("1/3", "33.33"), ("2/3", "66.67"), ("0.005%", "0.01"))  # fmt: skip


@pytest.mark.parametrize(("rate", "advance"), RATES)
def test_rates(rate: str, advance: str) -> None:
    """A percentage with decimals, an exact fraction, 0 or 1, of 100 yuan, half up to the fen."""
    data = case(outpatient(lines=[{"id": "l-1", "amount": "100", "class": "B", "advance_rate": rate}]))
    assert settled(data)["visits"][0]["advance"] == advance


NO_RATES = (
    "110%",
    "-10%",
    "0.7",
    "70",
    "7/0",
    "11/10",
    "",
    "%",
    "1/",
    "2",
    "７0%",
    0.7,
    True,
    None,
    "100.01%",
)


@pytest.mark.parametrize("rate", NO_RATES)
def test_no_rates(rate: Any) -> None:
    """Outside 0 to 1, or not written as a rate."""
    data = put(FULL, "visits[0].lines[1].advance_rate", rate)
    assert where_invalid(data) == "visits[0].lines[1].advance_rate"


NO_DATES = (
    "2025-5-10",
    "20250510",
    "2025-02-30",
    "2025-W19-6",
    "2025-130",
    "10.05.2025",
    "2025-05-10T00:00",
    "",
    20250510,
    None,
)


@pytest.mark.parametrize("date", NO_DATES)
def test_no_dates(date: Any) -> None:
    """Dates are YYYY-MM-DD."""
    assert where_invalid(put(FULL, "visits[0].date", date)) == "visits[0].date"
