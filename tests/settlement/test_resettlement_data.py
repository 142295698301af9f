"""A re-settlement as data: the fact in words, who bore what before and after, who owes whom, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest
from tests.settlement.contract_cases import engine
from tests.settlement.test_resettlement import OPTIONS, base_stay, chronic, year

from sanchong.settlement.resettlement import affected_by_law, resettle

PAYOUT = {"payout": {"visit": "stay", "payer": "commercial", "amount": "1375"}}


def parts(**amounts: str) -> dict[str, str]:
    """All payers of a visit."""
    payers = ("pooled", "catastrophic", "other", "assistance", "hospital", "patient")
    return {payer: amounts.get(payer, "0.00") for payer in payers}


def test_a_late_payout() -> None:
    """C34: of 19,500 the fund pays 13,125; assistance 70 % of 4,875, then of 3,500; the person bears the rest."""
    found = resettle(engine(), year(base_stay()), PAYOUT, OPTIONS)
    data = found.data()
    assert data["fact"] == "stay 事后赔付 1,375.00"
    assert data["adjustments"] == [
        {
            "visit": "stay",
            "before": parts(pooled="13125.00", assistance="3412.50", patient="2962.50"),
            "after": parts(pooled="13125.00", other="1375.00", assistance="2450.00", patient="2550.00"),
            "transfers": [
                {"debtor": "other", "creditor": "assistance", "amount": "962.50"},
                {"debtor": "other", "creditor": "patient", "amount": "412.50"},
            ],
            "text": "stay：其他赔付方 0.00 → 1,375.00，医疗救助基金 3,412.50 → 2,450.00，个人 2,962.50 → 2,550.00。"
            "其他赔付方应付医疗救助基金 962.50；其他赔付方应付个人 412.50",
        }
    ]
    assert data["net"] == {"other": "1375.00", "assistance": "-962.50", "patient": "-412.50"}
    assert data["before"]["visits"][0]["other"] == "0.00"
    assert data["after"]["visits"][0]["other"] == "1375.00"


def test_the_years_end() -> None:
    """30 % of 900 was paid, 30 % of 150 is due."""
    case = year(chronic("v-1", "2025-05-10", "1000"), chronic("v-2", "2025-05-20", "500"))
    data = resettle(engine(), case, {"reverse": "v-1"}, OPTIONS).data()
    assert data["adjustments"][-1] == {
        "visit": "close_year",
        "before": {"assistance": "270.00", "patient": "-270.00"},
        "after": {"assistance": "45.00", "patient": "-45.00"},
        "transfers": [{"debtor": "patient", "creditor": "assistance", "amount": "225.00"}],
        "text": "年底一次性救助：医疗救助基金 270.00 → 45.00，个人 -270.00 → -45.00。个人应付医疗救助基金 225.00",
    }
    # the provider gives back 1,000, of which 600 to the fund; the fund pays 350 more; the person pays 225 back
    assert data["net"] == {
        "provider": "1000.00",
        "pooled": "-250.00",
        "patient": "-525.00",
        "assistance": "-225.00",
    }


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ({"reverse": "v-1"}, "撤销 v-1"),
        ({"change": chronic("v-1", "2025-05-10", "900")}, "更改 v-1"),
        ({"late_visit": chronic("v-2", "2025-05-10", "900")}, "补结 v-2"),
        ({"payout": {"visit": "v-1", "payer": "mutual_aid", "amount": "2"}}, "v-1 事后赔付 2.00"),
        (
            {"category": {"category": "extreme_poverty", "from": "2025-01-01", "to": None}},
            "补记救助对象类别：特困人员",
        ),
        ({"category": {"category": "orphan", "from": "2025-01-01", "to": None}}, "补记救助对象类别：孤儿"),
        (
            {"recognition": {"disease": "dialysis", "from": "2025-04-01", "to": None}},
            "补记病种认定：dialysis",
        ),
        ({"law": "shanxi"}, f"政策文件事后公布：{engine().law.by_id['shanxi'].title['zh']}"),
    ],
)
def test_a_fact_in_words(fact: Any, said: str) -> None:
    found = resettle(engine(), year(chronic("v-1", "2025-05-10", "1000")), fact, OPTIONS)
    assert found.data()["fact"] == found.said == said


def test_a_second_payout_is_added_to_the_first() -> None:
    """By the same payer: 1,375 and 100.01; the known-on dates stay what they were."""
    first = resettle(engine(), year(base_stay()), PAYOUT, OPTIONS)
    more = {"payout": {"visit": "stay", "payer": "commercial", "amount": "100.01"}}
    second = resettle(engine(), first.case, more, OPTIONS)
    assert second.case["visits"][0]["other_payments"] == {"commercial": "1475.01"}
    assert second.before["receipt"]["result"] == first.after["receipt"]["result"]
    pinned = first.before["receipt"]["known_on"]
    assert second.case["known_on"] == second.case["visits"][0]["known_on"] == pinned


def test_a_visit_keeps_the_day_of_its_knowledge() -> None:
    """Its own, the case's, or what was known when it was settled; a changed visit keeps it too."""
    own = base_stay() | {"known_on": "2025-08-01"}
    case = year(own, base_stay("later", "2025-09-01")) | {"known_on": "2025-10-01"}
    found = resettle(engine(), case, {"change": base_stay() | {"referred": False}}, OPTIONS)
    assert [visit["known_on"] for visit in found.case["visits"]] == ["2025-08-01", "2025-10-01"]
    assert "known_on" not in case["visits"][1]


def test_the_years_that_a_document_touches() -> None:
    """One that does not change, one that could not be settled, one that is no case."""
    broken = year(base_stay() | {"referred": None}) | {"case": "broken"}
    found = affected_by_law(engine(), [year(base_stay()), broken, []], "yangquan", OPTIONS)  # type: ignore[list-item]
    assert (found.changed, found.unchanged, found.net) == ([], 1, {})
    assert found.refused == [
        {"case": "broken", "code": "invalid_input", "where": "visits[0].referred"},
        {"case": None, "code": "invalid_input", "where": "case"},
    ]
