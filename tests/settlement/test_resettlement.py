"""Re-settlement: a year as settled and one fact more. Amounts are those of cases.md C23 and C34."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from sanchong import Engine, Options, Refusal, load_law
from sanchong.settlement.resettlement import Transfer, affected_by_law, resettle, transfers

OPTIONS = Options()
COUNTY = {
    "id": "h-1", "region": "140300", "designated": True, "level": 2, "fee_class": 2, "administrative_level": "county",
}  # fmt: skip
TERMS: dict[str, Any] = {
    "assistance.in_force_from": "2023-01-01",
    "pooled_fund.annual_cap": "100000",
    "inpatient.deductible.second_county": "500",
    "inpatient.pooled_rate.second_county": "75%",
    "outpatient.chronic.quarterly_limit.diabetes": "600",
    "catastrophic.deductible.subsistence_allowance": "5000",
    "catastrophic.bands.subsistence_allowance": [{"above": "0", "rate": "65%"}],
    "catastrophic.annual_cap.subsistence_allowance": None,
    "catastrophic.deductible.extreme_poverty": "5000",
    "catastrophic.bands.extreme_poverty": [{"above": "0", "rate": "65%"}],
    "catastrophic.annual_cap.extreme_poverty": None,
}


def base_stay(name: str = "stay", date: str = "2025-07-01") -> dict[str, Any]:
    """C29: in policy 18,000, class C 1,500; the fund pays (18,000 − 500) × 75 % = 13,125."""
    lines = [{"id": "a", "amount": "18000", "class": "A"}, {"id": "c", "amount": "1500", "class": "C"}]
    return {
        "id": name,
        "kind": "inpatient",
        "date": date,
        "provider": COUNTY,
        "referred": True,
        "lines": lines,
    }


def chronic(name: str, date: str, amount: str) -> dict[str, Any]:
    lines = [{"id": "a", "amount": amount, "class": "A"}]
    return {
        "id": name, "kind": "outpatient", "date": date, "disease": "diabetes", "provider": COUNTY, "lines": lines,
    }  # fmt: skip


def year(*visits: dict[str, Any]) -> dict[str, Any]:
    return {
        "case": "c", "region": "140300", "year": 2025, "terms": TERMS, "close_year": True, "visits": list(visits),
        "person": {
            "id": "p", "insurance": "resident", "household_region": "140300",
            "categories": [{"category": "subsistence_allowance", "from": "2025-01-01", "to": None}],
            "recognitions": [{"disease": "diabetes", "from": "2025-04-01", "to": None}],
        },
    }  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load_law())


def test_late_payout_recovers_assistance(engine: Engine) -> None:
    """C34: 1,375 known only afterwards: base 4,875 → 3,500, assistance 3,412.50 → 2,450: recover 962.50."""
    found = resettle(
        engine,
        year(base_stay()),
        {"payout": {"visit": "stay", "payer": "commercial", "amount": "1375"}},
        OPTIONS,
    )
    (adjustment,) = found.adjustments
    assert adjustment.before["assistance"] == "3412.50"
    assert adjustment.after["assistance"] == "2450.00"
    assert Transfer("other", "assistance", 96250) in adjustment.transfers
    assert sum(t.amount for t in adjustment.transfers) == 137500


def test_reversal_gives_the_quarter_back_to_later_visits(engine: Engine) -> None:
    """Limit 600: A 1,000 → 600 leaves nothing for A 500; without the first the second has 350."""
    case = year(chronic("v-1", "2025-05-10", "1000"), chronic("v-2", "2025-05-20", "500"))
    found = resettle(engine, case, {"reverse": "v-1"}, OPTIONS)
    by_visit = {a.visit: a for a in found.adjustments}
    assert by_visit["v-1"].after["pooled"] == "0.00"
    assert (by_visit["v-2"].before["pooled"], by_visit["v-2"].after["pooled"]) == ("0.00", "350.00")
    # year's end: 30 % of (400 + 500) = 270.00 before, 30 % of 150 = 45.00 after
    assert by_visit["close_year"].transfers == [Transfer("patient", "assistance", 22500)]
    assert Transfer("provider", "pooled", 60000) in by_visit["v-1"].transfers
    assert by_visit["v-2"].transfers == [Transfer("pooled", "patient", 35000)]


def test_late_visit_moves_nothing_before_it(engine: Engine) -> None:
    case = year(chronic("v-1", "2025-05-20", "1000"))
    late = chronic("late", "2025-04-02", "100")
    found = resettle(engine, case, {"late_visit": late}, OPTIONS)
    # 600 is spent: the late visit of the same quarter gets nothing; year's end grows by 30 % of 100
    assert [a.visit for a in found.adjustments] == ["late", "close_year"]
    assert found.adjustments[1].transfers == [Transfer("assistance", "patient", 3000)]


def test_category_known_later_with_an_earlier_start(engine: Engine) -> None:
    """Extreme poverty from 1 June: 100 % of 4,875 instead of 70 %."""
    fact = {"category": {"category": "extreme_poverty", "from": "2025-06-01", "to": None}}
    found = resettle(engine, year(base_stay()), fact, OPTIONS)
    (adjustment,) = found.adjustments
    assert adjustment.transfers == [Transfer("assistance", "patient", 487500 - 341250)]


def test_a_category_that_is_none_is_refused_where_a_case_is(engine: Engine) -> None:
    fact = {"category": {"category": "poor", "from": "2025-06-01", "to": None}}
    with pytest.raises(Refusal) as refused:
        resettle(engine, year(base_stay()), fact, OPTIONS)
    assert (refused.value.code, refused.value.where) == (
        "invalid_input",
        "person.categories[1].category",
    )


def test_recognition_known_later_lets_a_refused_visit_be_added(engine: Engine) -> None:
    fact = {"recognition": {"disease": "dialysis", "from": "2025-04-01", "to": None}}
    with_it = resettle(engine, year(base_stay()), fact, OPTIONS)
    assert with_it.adjustments == []
    visit = chronic("v", "2025-06-01", "100") | {"disease": "dialysis"}
    again = resettle(engine, with_it.case, {"late_visit": visit}, OPTIONS)
    assert again.adjustments[0].after["pooled"] == "70.00"
    with pytest.raises(Refusal, match="not_recognised"):
        resettle(engine, year(base_stay()), {"late_visit": visit}, OPTIONS)


def test_changed_visit(engine: Engine) -> None:
    changed = base_stay()
    changed["referred"] = False
    found = resettle(engine, year(base_stay()), {"change": changed}, OPTIONS)
    assert found.adjustments[0].transfers == [Transfer("patient", "assistance", 341250)]


def test_undoing_the_fact_gives_the_first_hash(engine: Engine) -> None:
    case = year(chronic("v-1", "2025-05-10", "1000"), base_stay())
    untouched = copy.deepcopy(case)
    found = resettle(
        engine, case, {"payout": {"visit": "stay", "payer": "mutual_aid", "amount": "100"}}, OPTIONS
    )
    assert case == untouched
    undone = engine.settle(case, OPTIONS)
    assert undone["receipt"]["result"] == found.before["receipt"]["result"]
    assert found.after["receipt"]["result"] != found.before["receipt"]["result"]


def test_law_known_later_changes_exactly_the_years_it_touches(engine: Engine, tmp_path: Any) -> None:
    folder = tmp_path / "raised"
    folder.mkdir()
    (folder / "document.yaml").write_text(
        "id: raised\narea: '140300'\ntitle: {zh: 提高比例, en: raised}\nshort: {zh: 提高, en: raised}\n"
        "issuer: {zh: 市, en: city}\nschemes: []\nin_force: {from: 2025-06-01, to: null}\nknown_from: 2026-03-01\n"
        "governs: []\nleaves_open: []\nclauses:\n- {id: raised.rate, place: {zh: 一, en: I}, "
        "gist: {zh: 低保八成, en: 80 %}, rows: [], kind: [computable]}\n",
        encoding="utf-8",
    )
    (folder / "values.yaml").write_text(
        "- {address: assistance.inpatient.rate.subsistence_allowance, value: '80%', clause: raised.rate}\n",
        encoding="utf-8",
    )
    engine = Engine(load_law([tmp_path]))
    cases = [
        year(base_stay("in time")) | {"case": "a", "known_on": "2026-01-31"},
        year(base_stay("before", "2025-05-31")) | {"case": "b", "known_on": "2026-01-31"},
        year(chronic("v", "2025-07-01", "100")) | {"case": "c", "known_on": "2026-01-31"},
    ]
    found = affected_by_law(engine, cases, "raised", OPTIONS)
    assert [y.before["case"] for y in found.changed] == ["a"]
    assert (found.unchanged, found.refused) == (2, [])
    # 80 % − 70 % of 4,875
    assert found.net == {"assistance": 48750, "patient": -48750}


@pytest.mark.parametrize(
    ("fact", "where"),
    [({}, "fact"), ({"reverse": "none"}, "reverse"), ({"law": "none"}, "law"), ([], "case"),
     ({"reverse": "stay", "law": "shanxi"}, "fact"), ({"payout": {"visit": "stay", "payer": "me", "amount": "1"}}, "payout.payer")],
)  # fmt: skip
def test_a_fact_that_is_none_is_refused(engine: Engine, fact: Any, where: str) -> None:
    with pytest.raises(Refusal) as refusal:
        resettle(engine, year(base_stay()), fact, OPTIONS)
    assert (refusal.value.code, refusal.value.where) == ("invalid_input", where)


def test_transfers_balance() -> None:
    moved = list(transfers({"pooled": -300, "assistance": 100, "patient": 50}))
    assert moved == [
        Transfer("assistance", "pooled", 100),
        Transfer("patient", "pooled", 50),
        Transfer("provider", "pooled", 150),
    ]
