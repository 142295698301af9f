"""Every measure on six people, worked by hand (the table stands in tests/simulation/tiny.py)."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from tests.simulation import drawn  # noqa: F401  # skips where the extra is missing

pytestmark = pytest.mark.batch

import numpy as np  # noqa: E402
from tests.simulation import tiny  # noqa: E402

from sanchong.batch.streams import part_of  # noqa: E402
from sanchong.simulation.measures.burden import (  # noqa: E402
    capacity_to_pay,
    households_of,
    nearest_rank,
    subsistence_line,
)
from sanchong.simulation.measures.inequality import curve  # noqa: E402
from sanchong.simulation.measures.outlay import PAYERS  # noqa: E402
from sanchong.simulation.reforms import load_reform  # noqa: E402
from sanchong.simulation.results import Results, group, measure  # noqa: E402
from sanchong.simulation.scenarios import Run, run_scenarios, scenarios_of  # noqa: E402

YUAN = 100


@cache
def run() -> Run:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trial.yaml"
        file.write_text(tiny.REFORM, encoding="utf-8")
        reform = load_reform(file, tiny.LAW)
    scenarios = scenarios_of(tiny.LAW, tiny.OPTIONS, tiny.KNOWN, tiny.YEAR, [reform], withhold=False)
    return run_scenarios([part_of(tiny.tables(), False)], scenarios, tiny.YEAR, 1)


@cache
def results() -> Results:
    return measure(run())


def test_who_pays() -> None:
    row = group(results().baseline.outlays, "all", "all")
    assert (row.visits, row.persons, row.total) == (4, 4, 16_000 * YUAN)
    assert row.pooled == (3_000 + 600 + 1_000 + 5_000) * YUAN
    assert row.assistance == (40 + 200) * YUAN
    assert row.patient == (2_000 + 360 + 800 + 3_000) * YUAN
    assert (row.catastrophic, row.other, row.hospital) == (0, 0, 0)
    poor = group(results().baseline.outlays, "category", "subsistence_allowance")
    assert (poor.visits, poor.pooled, poor.assistance, poor.patient) == (1, 600 * YUAN, 40 * YUAN, 360 * YUAN)
    assert group(results().baseline.outlays, "disease", "cancer").total == 16_000 * YUAN
    assert group(results().baseline.outlays, "hospital", "none").total == 16_000 * YUAN
    assert group(results().baseline.outlays, "month", "09").total == 16_000 * YUAN


def test_every_table_adds_up_to_the_statements() -> None:
    for scenario in results().scenarios:
        whole = group(scenario.outlays, "all", "all")
        for by in {row.by for row in scenario.outlays}:
            for name in ("total", "visits", *PAYERS):
                parts = sum(getattr(row, name) for row in scenario.outlays if row.by == by)
                assert parts == getattr(whole, name), (scenario.name, by, name)


def test_patients() -> None:
    found = results().baseline.own.patients
    assert (found.people, found.own, found.mean, found.most) == (4, 6_160 * YUAN, 1_540 * YUAN, 3_000 * YUAN)
    # 360, 800, 2,000, 3,000: the second is the first that half do not exceed, the third three quarters, then the last
    assert found.percentiles == (800 * YUAN, 2_000 * YUAN, 3_000 * YUAN, 3_000 * YUAN, 3_000 * YUAN)
    assert found.own_share == Fraction(6_160, 16_000)


def test_capacity_to_pay() -> None:
    # Food shares of total consumption: h1 4,000/10,000 = .40, h2 1,500/2,360 = .64, h3 4,000/20,800 = .19,
    # h4 3,000/10,000 = .30, h5 2,000/8,000 = .25. Percentiles 45 and 55 are .29 and .32: h4 alone, 3,000 for one.
    homes = households_of(run().frame, run().outcomes[0])
    assert subsistence_line(homes, homes.whole) == 3_000 * YUAN
    # h3: 3,000 × 2^0.56 = 4,422.8 exceeds its food of 4,000, so that is subtracted; likewise h2 and h5.
    expected = [10_000 - 3_000, 2_360 - 1_500, 20_800 - 4_000, 10_000 - 3_000, 8_000 - 2_000]
    assert capacity_to_pay(homes, 3_000.0 * YUAN).tolist() == [yuan * YUAN for yuan in expected]


def test_subsistence_grows_with_the_household_by_its_size_to_the_056th() -> None:
    homes = households_of(run().frame, run().outcomes[0])
    line = 1_000.0 * YUAN  # two people: 1,000 × 2^0.56 = 1,474.269… yuan, below their food of 4,000
    assert capacity_to_pay(homes, line)[2] == 20_800 * YUAN - 147_427


def test_catastrophic_households() -> None:
    # of income: h1 2,000/10,000, h2 360/3,000, h5 3,000/6,000 exceed 10 %; h5 alone 25 %.
    # of capacity: h1 2,000/7,000 = 29 %, h2 360/860 = 42 %, h3 800/16,800 = 5 %, h5 3,000/6,000 = 50 %.
    found = results().baseline.own.catastrophic
    assert (found.households, found.over_10_of_income, found.over_25_of_income, found.at_40_of_capacity) == (
        5,
        3,
        1,
        2,
    )
    assert found.share("at_40_of_capacity") == Fraction(2, 5)
    # After the reform h2 pays 280 of 2,280 − 1,500 = 780: 36 %. The line stays the baseline's.
    assert results().reforms[0].own.catastrophic.at_40_of_capacity == 1


def test_exactly_forty_per_cent_is_catastrophic_and_exactly_ten_is_not() -> None:
    from sanchong.simulation.measures.burden import Households, catastrophic

    one = np.array([1])
    # income 100, pays 10: not more than a tenth. consumption 25 + 10 − food 10 = 25, of which 10 is 40 %.
    homes = Households(one, one * 100, one * 25, one * 10, one * 10, one > 0)
    found = catastrophic(homes, 1_000.0, homes.whole)
    assert (found.over_10_of_income, found.at_40_of_capacity) == (0, 1)


def test_lorenz_and_concentration() -> None:
    # Income per head: 3,000, 6,000, 10,000 and thrice 20,000 (one step, being equal), of 79,000 in all.
    income = results().baseline.own.curves["income"]
    assert income.people == pytest.approx((0, 1 / 6, 2 / 6, 3 / 6, 1))
    assert income.amount == pytest.approx((0, 3 / 79, 9 / 79, 19 / 79, 1))
    # Area: (3/2 + (3+9)/2 + (9+19)/2)/6/79 + (19+79)/2/2/79 = 337/948; Gini 1 − 337/474 = 137/474.
    assert income.index == pytest.approx(137 / 474)
    assert income.at(0.2) == pytest.approx(
        (3 + 6 * 0.2) / 79
    )  # a fifth of people: one sixth, and 0.2 of the next
    # Own payments in that order: 360, 3,000, 2,000, then 800 among three: 1 − 2 × (11,840/3)/6,160 = −65/231.
    assert results().baseline.own.curves["own"].index == pytest.approx(-65 / 231)


def test_curves_of_equal_and_of_nothing() -> None:
    equal = curve(np.array([1, 2, 3]), np.array([5, 5, 5]))
    assert equal is not None and equal.index == pytest.approx(0)
    one_has_all = curve(np.array([1, 2, 3, 4]), np.array([0, 0, 0, 8]))
    assert one_has_all is not None and one_has_all.index == pytest.approx(0.75)
    assert curve(np.array([1, 2]), np.array([0, 0])) is None


def test_nearest_rank() -> None:
    assert nearest_rank(np.array([]), 50) == 0
    assert [nearest_rank(np.array([1, 2, 3]), p) for p in (1, 33, 34, 66, 67, 99, 100)] == [
        1,
        1,
        2,
        2,
        3,
        3,
        3,
    ]


def test_winners_and_losers() -> None:
    reform = results().reforms[0]
    rows = {(c.unit, c.by, c.group): c for c in reform.changes}
    everybody = rows["person", "all", "all"]
    assert (everybody.counted, everybody.winners, everybody.losers) == (6, 1, 1)
    assert (everybody.gained, everybody.lost) == (80 * YUAN, 100 * YUAN)
    assert rows["household", "all", "all"].counted == 5
    assert rows["household", "all", "all"].gained == 80 * YUAN
    assert rows["person", "category", "subsistence_allowance"].gained == 80 * YUAN
    assert rows["person", "category", "extreme_poverty"].lost_most == 100 * YUAN
    assert rows["person", "category", "none"].counted == 4
    assert sum(rows["person", "fifth", str(n)].gained for n in range(1, 6)) == 80 * YUAN
    assert [(s.above, s.winners, s.losers) for s in reform.steps if s.winners or s.losers] == [(0, 1, 1)]
    before, after = group(reform.before.outlays, "all", "all"), group(reform.own.outlays, "all", "all")
    assert after.assistance - before.assistance == (80 - 100) * YUAN
    assert after.patient - before.patient == (100 - 80) * YUAN
    assert (reform.apart.newly_settled, reform.apart.newly_refused, reform.both) == (0, 0, 6)
