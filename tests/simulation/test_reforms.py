"""Reform files: the shipped ones and those that cannot be; and what the shipped ones do to a population."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import pytest
from tests.simulation.drawn import draw

from sanchong.law.library import load_law
from sanchong.law.yamlfile import LawError
from sanchong.simulation.reforms import Change, Reform, find_reform, load_reform, shipped_reforms

pytestmark = pytest.mark.batch

import dataclasses  # noqa: E402

import numpy as np  # noqa: E402

from sanchong.batch.streams import part_of  # noqa: E402
from sanchong.settlement.options import Options  # noqa: E402
from sanchong.simulation.measures.outlay import PAYERS  # noqa: E402
from sanchong.simulation.results import Measured, Results, group, measure  # noqa: E402
from sanchong.simulation.scenarios import AMOUNTS, Run, run_scenarios, scenarios_of  # noqa: E402

LAW = load_law()
NAMES = tuple(shipped_reforms())
PEOPLE = 6_000
MIDDLE = dt.date(2026, 7, 1)
HEAD = """\
title: {zh: 试验, en: Trial}
author: {zh: 某人, en: Somebody}
reasons: {zh: 缘由, en: Reasons}
area: "140300"
values:
"""


def reform(name: str) -> Reform:
    return load_reform(find_reform(name), LAW)


def simulated(year: int, reforms: tuple[Reform, ...], *, withhold: bool = False) -> Run:
    options = Options(accept_assumed=True)
    scenarios = scenarios_of(LAW, options, dt.date(2026, 1, 1), year, reforms, withhold=withhold)
    tables = draw(PEOPLE, seed=11, year=year)
    return run_scenarios([part_of(tables, False)], scenarios, year, 1)


@cache
def whole_year(*, withhold: bool = False) -> tuple[Run, Results]:
    run = simulated(2026, tuple(map(reform, NAMES)), withhold=withhold)
    return run, measure(run)


def result_of(name: str, *, withhold: bool = False) -> tuple[Measured, int, dict[str, int]]:
    """A reform's measures, its number in the run, and by how much each payer's part changes."""
    results = whole_year(withhold=withhold)[1]
    found = results.reforms[NAMES.index(name)]
    before, after = group(found.before.outlays, "all", "all"), group(found.own.outlays, "all", "all")
    return (
        found,
        NAMES.index(name) + 1,
        {payer: getattr(after, payer) - getattr(before, payer) for payer in PAYERS},
    )


# ── shipped ──────────────────────────────────────────────────────────────────────────────────


def test_three_reforms_are_shipped() -> None:
    assert NAMES == ("catastrophic-deductible-80", "monitored-assistance", "stacking-70")
    for name in NAMES:
        made = reform(name)
        assert made.name == name and made.start == dt.date(2026, 1, 1)
        for words in (made.title, made.author, made.reasons):
            assert words["zh"] and words["en"]


@pytest.mark.parametrize("withhold", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_a_year_before_the_start_is_unchanged_to_the_fen(name: str, withhold: bool) -> None:
    run = simulated(2025, (reform(name),), withhold=withhold)
    baseline, changed = run.outcomes
    assert baseline.settled.any()
    assert np.array_equal(baseline.settled, changed.settled) and np.array_equal(
        baseline.refused, changed.refused
    )
    for column in AMOUNTS:
        assert np.array_equal(baseline.amounts[column], changed.amounts[column]), column
    assert np.array_equal(baseline.closing, changed.closing)


@pytest.mark.parametrize("name", NAMES)
def test_within_a_year_visits_before_the_start_are_unchanged_and_later_ones_are_not(name: str) -> None:
    shipped = reform(name)
    later = tuple(Change(c.address, MIDDLE, c.figure) for c in shipped.changes)
    run = simulated(2026, (dataclasses.replace(shipped, changes=later),), withhold=True)
    baseline, changed = run.outcomes
    before = run.frame.month < MIDDLE.month
    both = baseline.settled & changed.settled
    differs = np.zeros(run.frame.visits, np.bool_)
    for column in AMOUNTS:
        differs |= both & (baseline.amounts[column] != changed.amounts[column])
    assert not differs[before].any()
    assert differs[~before].any()
    assert (both & before).sum() == baseline.settled[before].sum()


def test_stacking_pays_more_of_several_diseases() -> None:
    found, at, changed = result_of("stacking-70")
    baseline, after = whole_year()[0].outcomes[0], whole_year()[0].outcomes[at]
    assert changed["pooled"] > 0 > changed["patient"]
    withheld = sum(b.amount for b in whole_year()[1].baseline.bindings if b.limit == "quarterly_limit")
    assert sum(b.amount for b in found.bindings if b.limit == "quarterly_limit") < withheld
    less = baseline.year["patient"] - after.year["patient"]
    assert (less >= 0).all(), "nobody pays more because a limit rises"
    assert next(c for c in found.changes if c.by == "all").winners == int((less > 0).sum()) > 0


def test_a_lower_catastrophic_deductible_pays_more_and_assistance_less() -> None:
    found, _, changed = result_of("catastrophic-deductible-80")
    assert changed["catastrophic"] > 0 > changed["patient"]
    assert changed["pooled"] == 0 and changed["assistance"] <= 0
    assert sum(changed.values()) == 0, "the same cost, divided otherwise"
    assert found.own.catastrophic.at_40_of_capacity <= found.before.catastrophic.at_40_of_capacity


def test_monitored_people_settle_only_under_the_reform_and_are_told_apart() -> None:
    found, at, changed = result_of("monitored-assistance")
    run, results = whole_year()
    frame, baseline, after = run.frame, run.outcomes[0], run.outcomes[at]
    newly = baseline.refused & ~after.refused
    assert found.apart.newly_settled == int(newly.sum()) > 0
    assert (frame.held[newly] > 0).all(), "each held some category"
    assert {code for code, _, _ in results.baseline.rejects} >= {"unmodelled"}
    assert "unmodelled" not in {code for code, _, _ in found.rejects}
    assert not any(changed.values()), "nothing changes for people settled under both"
    assert (
        next(c for c in found.changes if c.by == "all").counted
        == found.both
        == PEOPLE - int(baseline.refused.sum())
    )
    whole, both = group(found.outlays, "all", "all"), group(found.own.outlays, "all", "all")
    for payer in PAYERS:
        assert getattr(whole, payer) - getattr(both, payer) == found.apart.newly[payer], payer


def test_withheld_instead_of_refused_monitored_people_are_winners() -> None:
    found, _, changed = result_of("monitored-assistance", withhold=True)
    assert found.apart.newly_settled == 0
    assert changed["assistance"] == -changed["patient"] > 0
    winners = {c.group: c.winners for c in found.changes if c.by == "category"}
    assert winners["monitored"] > 0 and winners["none"] == 0


def test_nothing_that_a_limit_withholds_is_left_when_it_is_lifted() -> None:
    """What binds is found by lifting; the pooled fund's cap, lifted, would pay exactly what is said to be withheld."""
    run, _ = whole_year()
    bound = run.outcomes[0].withheld["pooled_annual_cap"].visits
    pooled, in_policy = run.outcomes[0].amounts["pooled"], run.outcomes[0].amounts["in_policy"]
    assert (bound >= 0).all() and (pooled + bound <= in_policy).all()
    never = run.outcomes[0].year["pooled"] < 70_000_00
    assert not bound[never[run.frame.of_person]].any(), "who stays below the cap of 70,000 is not bound by it"


# ── files that cannot be ─────────────────────────────────────────────────────────────────────

STACK = "  - {address: outpatient.chronic.stacking.rate, "
ROW = STACK + 'from: 2026-01-01, value: "70%"}\n'
BAD = {
    "unknown address": (
        '  - {address: outpatient.chronic.staking.rate, from: 2026-01-01, value: "70%"}',
        6,
        "did you mean 'outpatient.chronic.stacking.rate'",
    ),
    "a matter": (
        '  - {address: basic_insurance.employee, from: 2026-01-01, value: "1"}',
        6,
        "unknown address",
    ),
    "not used": (
        '  - {address: enrolment.contribution, from: 2026-01-01, value: "500"}',
        6,
        "does not use it",
    ),
    "another unit": (STACK + 'from: 2026-01-01, value: "600"}', 6, "a rate from 0 to 1"),
    "a float": (
        "  - {address: pooled_fund.annual_cap, from: 2026-01-01, value: 1.5}",
        6,
        "an amount in yuan",
    ),
    "no start": (STACK + 'value: "70%"}', 6, "the first day on which the value holds"),
    "no such day": (STACK + 'from: 2026-02-30, value: "70%"}', 6, "day is out of range"),
    "a day in quotes": (STACK + 'from: "2026-01-01", value: "70%"}', 6, "a date YYYY-MM-DD"),
    "null start": (STACK + 'from: null, value: "70%"}', 6, "a date YYYY-MM-DD"),
    "falling dates": (ROW + ROW.replace("2026", "2025"), 7, "dates that rise"),
    "twice a field": ('  - {address: a.b, address: a.c, from: 2026-01-01, value: "1"}', 6, "stands twice"),
    "unknown field": (STACK + 'from: 2026-01-01, to: null, value: "70%"}', 6, "unknown field 'to'"),
    "no value": (
        "  - {address: outpatient.chronic.stacking.rate, from: 2026-01-01}",
        6,
        "expected the field 'value'",
    ),
    "no values": ("  []", 5, "at least one value"),
    "before the scheme": (STACK + 'from: 2024-01-01, value: "70%"}', 6, "no outpatient scheme is in force"),
    "the province's": (
        '  - {address: catalogue_control.limit.first, from: 2026-01-01, value: "20%"}',
        6,
        "every hospital of 140000",
    ),
    "not what stands": (
        STACK + 'from: 2026-01-01, value: "70%", was: "60%"}',
        6,
        "the law says 1/2 on 2026-01-01, not 3/5",
    ),
    "not yaml": ("  - {address: [", 7, "expected YAML"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_reform_is_named_by_file_line_and_what_was_expected(tmp_path: Path, name: str) -> None:
    text, line, expected = BAD[name]
    file = tmp_path / "bad.yaml"
    file.write_text(HEAD + text + "\n", encoding="utf-8")
    with pytest.raises(LawError) as error:
        load_reform(file, LAW)
    assert f"{file}:{line}: " in str(error.value)
    assert expected in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "line", "expected"),
    [
        ('area: "140300"', "area: 140300", 4, "a text"),
        ('area: "140300"', 'area: "1403"', 4, "six digits"),
        ("title: {zh: 试验, en: Trial}", "title: Trial", 1, "expected a mapping"),
        ("title: {zh: 试验, en: Trial}", "title: {zh: 试验}", 1, "'en'"),
        ("reasons: {zh: 缘由, en: Reasons}\n", "", 1, "'reasons'"),
    ],
)
def test_a_bad_head(tmp_path: Path, old: str, new: str, line: int, expected: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text((HEAD + ROW).replace(old, new), encoding="utf-8")
    with pytest.raises(LawError) as error:
        load_reform(file, LAW)
    assert f"{file}:{line}: " in str(error.value) and expected in str(error.value)


def test_an_area_whose_assistance_no_document_regulates(tmp_path: Path) -> None:
    file = tmp_path / "jinzhong.yaml"
    row = '  - {address: assistance.inpatient.rate.monitored, from: 2026-01-01, value: "60%"}\n'
    file.write_text(HEAD.replace("140300", "140700") + row, encoding="utf-8")
    with pytest.raises(LawError, match="no document regulates the assistance of 140700"):
        load_reform(file, LAW)


def test_a_name_that_is_none() -> None:
    with pytest.raises(LawError, match="did you mean 'stacking-70'"):
        find_reform("stacking-7")
    with pytest.raises(LawError, match="expected a readable file"):
        load_reform(find_reform("nowhere.yaml"), LAW)


def test_whom_a_reform_does_not_reach() -> None:
    monitored, stacking = reform("monitored-assistance"), reform("stacking-70")
    assert monitored.outside({"140300"}, {"140311", "140321"}) == ()
    assert monitored.outside({"140300"}, {"140311", "140700"}) == ("140700",), (
        "assistance goes by the household's area"
    )
    assert stacking.outside({"140300"}, {"140700"}) == (), "the insurers' tiers go by the area of insurance"
    assert stacking.outside({"140300", "140700"}, {"140311"}) == ("140700",)
