"""What an indicator says, word for word: its share, its figures, and who or what is missing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tests.settlement.contract_cases import engine

from sanchong.law.library import load_law
from sanchong.settlement import indicators, reviews
from sanchong.settlement.questions import Setting
from sanchong.settlement.refusal import Refusal
from sanchong.settlement.settle import Engine

HERE = Setting("140300", dt.date(2025, 6, 30))
LEVELS = ("city", "county", "township", "village")


def item(name: str, budget: str, executed: str) -> dict[str, str]:
    return {"id": name, "budget": budget, "executed": executed}


def provider(name: str, live: bool, region: str = "140302") -> dict[str, Any]:
    spells = [{"from": "2025-01-01", "to": None}] if live else []
    return {"id": name, "region": region, "designated": True, "one_stop": spells}


def test_a_budget() -> None:
    """2,500 of 10,000 and 1,300 of 1,000: 3,800 of 11,000, which is 34.545… %, told as 34.54: rounded down."""
    rows = [item("stays", "10000", "2500"), item("drugs", "1000", "1300")]
    answer = indicators.budget_execution(engine(), HERE, rows)
    assert answer.text == "预算执行率 3,800.00/11,000.00（34.54%）；未执行完 1：stays；超出预算 1：drugs"
    kept = indicators.budget_execution(engine(), HERE, [item("stays", "10", "10")])
    assert kept.text == "预算执行率 10.00/10.00（100.00%）"


def test_one_stop() -> None:
    """A hospital of another city does not count, wherever it stands in the list."""
    rows = [provider("far", True, "140702"), provider("a", True), provider("b", False)]
    answer = indicators.one_stop_providers(engine(), HERE, rows)
    assert answer.text == "2025-06-30 一站式结算覆盖率 1/2（50.00%）；未开通 1：b"


def test_recipients() -> None:
    rows = [{"id": "p-1", "insured": {"2025": True}}, {"id": "p-2", "insured": {"2025": False}}]
    said = indicators.enrolled_recipients(engine(), HERE, rows).text
    assert said == "2025 年救助对象参保率 1/2（50.00%）；未参保 1：p-2"


def test_service_points() -> None:
    """Four of four; then the village's is missing: three of four."""
    rows = [{"id": level, "level": level, "service_point": True} for level in LEVELS]
    whole = indicators.service_points(engine(), HERE, rows).text
    each = "市级 1/1（100.00%）、县级 1/1（100.00%）、乡级 1/1（100.00%）、村级 "
    assert whole == f"四级全覆盖，共 4/4（100.00%）：{each}1/1（100.00%）"
    rows[3]["service_point"] = False
    short = indicators.service_points(engine(), HERE, rows).text
    assert short == f"尚未四级全覆盖，共 3/4（75.00%）：{each}0/1（0.00%）；未覆盖 1：village"


def test_an_id_that_stands_twice() -> None:
    with pytest.raises(Refusal) as refused:
        indicators.budget_execution(engine(), HERE, [item("a", "1", "1"), item("a", "1", "1")])
    assert refused.value.where == "items[1].id"


# ── supervision ──────────────────────────────────────────────────────────────────────────────


def test_who_was_reviewed_and_not_due() -> None:
    with pytest.raises(Refusal, match="expected one of a, b"):
        reviews.first_review(engine(), HERE, ["a", "b"], ["c"])
    line = reviews.PaidLine("l-1", 1, 1, 1, 1)
    with pytest.raises(Refusal, match="expected one of l-1, l-1"):
        reviews.refused_lines(engine(), HERE, [line, line], ["l-2"])


def test_an_earlier_code(tmp_path: Path) -> None:
    """Known from the document's day on; a code without a row is refused by the clause of the table."""
    folder = tmp_path / "later"
    folder.mkdir()
    words = "{zh: 某, en: some}"
    (folder / "document.yaml").write_text(
        f"id: later\narea: '140700'\ntitle: {words}\nshort: {words}\nissuer: {words}\nschemes: []\n"
        "in_force: {from: 2025-04-01, to: null}\nknown_from: 2025-05-01\ngoverns: []\nleaves_open: []\n"
        f"clauses:\n- {{id: later.other, place: {words}, gist: {words}, rows: [], kind: [computable]}}\n"
        f"- {{id: later.codes, place: {words}, gist: {words}, rows: [], kind: [computable], by: legacy_codes}}\n",
        encoding="utf-8",
    )
    (folder / "legacy_codes.yaml").write_text(
        "- {code: '4', disease: copd, clause: later.codes}\n", encoding="utf-8"
    )
    by = Engine(load_law([tmp_path]))
    there = Setting("140700", dt.date(2025, 5, 12), dt.date(2025, 5, 1))
    answer = reviews.disease_of_legacy_code(by, there, "4")
    assert (answer.text, answer.nodes, answer.assumed) == ("旧编码 4 对应 copd（某 某）", [], [])
    with pytest.raises(Refusal) as refused:
        reviews.disease_of_legacy_code(by, there, "5")
    assert (refused.value.where, refused.value.messages["zh"]) == (
        "legacy_codes.5",
        "旧编码 5 没有对照的新病种，不能结算；文件公布后在 legacy_codes.yaml 补一行",
    )
    assert refused.value.clause in {clause for clause in by.law.clauses if clause.endswith("codes")} | {
        clause.id for clause in by.law.clauses.values() if clause.by == "legacy_codes"
    }
    elsewhere = folder / "document.yaml"
    said = elsewhere.read_text("utf-8").replace("area: '140700'", "area: '140300'")
    elsewhere.write_text(said.replace(", by: legacy_codes", ""), "utf-8")
    with pytest.raises(Refusal) as unclaimed:
        reviews.disease_of_legacy_code(Engine(load_law([tmp_path])), Setting("140300", there.on), "5")
    assert unclaimed.value.clause == ""  # its table is no clause's
    before = Setting("140700", dt.date(2025, 5, 12), dt.date(2025, 4, 30))
    with pytest.raises(Refusal) as unknown:
        reviews.disease_of_legacy_code(by, before, "4")
    assert "4" in unknown.value.messages["en"]
