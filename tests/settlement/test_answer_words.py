"""What an answer at the counter says, word for word, and how a policy value is told in it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tests.settlement.contract_cases import (
    LINE,
    case,
    edited_law,
    engine,
    outpatient,
    person,
    policy,
    recognised,
    settled,
    where_invalid,
)
from tests.settlement.test_contract_time import row

from sanchong.law.library import load_law
from sanchong.settlement import questions, reviews
from sanchong.settlement.explanation import status_of
from sanchong.settlement.options import Options
from sanchong.settlement.questions import Setting, resolve
from sanchong.settlement.refusal import Refusal
from sanchong.settlement.settle import Engine
from sanchong.shapes import ADDRESS

DAY = dt.date(2025, 5, 12)
YANGQUAN, JINZHONG = Setting("140300", DAY), Setting("140700", DAY)
LIMIT = "outpatient.chronic.quarterly_limit"
LIMITS = {f"{LIMIT}.diabetes": "600", f"{LIMIT}.hypertension": "450"}
TWO = ["diabetes", "hypertension"]
FAST = "recognition.fast_track.working_days"
LAST = "最迟 2025-06-10（受理次日起第 20 个工作日，当日仍在期限内）"


def told(address: str, area: str = "140300", **terms: Any) -> dict[str, Any]:
    """The node of a value on the day."""
    asked = resolve(engine(), Setting(area, DAY, None, terms))
    return engine().explainer.value(ADDRESS[address].slot, asked).said


# ── the quarterly limit, the subsidy ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("mode", "said"),
    [("pool", "季度限额 825.00（各病种合用）"), ("per_disease", "季度限额 825.00（各病种分别计算）")],
)
def test_a_quarterly_limit(mode: str, said: str) -> None:
    """600 and half of 450, used by all or each by itself."""
    setting = Setting("140300", DAY, terms=LIMITS | {"outpatient.chronic.quota_mode": mode})
    assert questions.quarterly_limit(engine(), setting, TWO).text == said


def test_no_quarterly_limit() -> None:
    said = questions.quarterly_limit(engine(), YANGQUAN, ["dialysis"]).text
    assert said == "没有门诊慢性病，不设季度限额；门诊特殊疾病只受统筹基金年度最高支付限额约束"


def test_a_disease_named_twice_counts_once() -> None:
    """By two of its sub-types beside a chronic disease: 600, and nothing of the special ones."""
    setting = Setting("140300", DAY, terms=LIMITS)
    named = ["cancer:lung", "cancer:acute_leukemia", "diabetes", "diabetes"]
    answer = questions.quarterly_limit(engine(), setting, named)
    assert answer.data == {"limit": "600.00", "shares": {"diabetes": "600.00"}}


def test_a_subsidy() -> None:
    """80 % of 400 is 320; 80 are left."""
    said = questions.enrolment_subsidy(engine(), YANGQUAN, ["subsistence_allowance"]).text
    assert said == "个人缴费 400.00：资助 320.00，本人缴 80.00"


# ── the time limit ───────────────────────────────────────────────────────────────────────────


def test_a_deadline() -> None:
    """With a fast track only where the disease has one, with its day only where that is accepted."""
    ask = questions.recognition_deadline
    assert ask(engine(), JINZHONG).text == LAST
    assert ask(engine(), JINZHONG, "hemophilia").text == LAST
    assert ask(engine(), JINZHONG, "cancer").text == f"随到随办，及时办结（天数无文件）；{LAST}"
    accepted = Options(accept_assumed=[FAST])
    assert ask(engine(), JINZHONG, "cancer", accepted).text == f"随到随办，应于 2025-05-19 前办结；{LAST}"
    assert (
        ask(engine(), JINZHONG, "cancer", Options(accept_assumed=["pooled_fund"])).data["fast_track"] is None
    )


def test_a_deadline_by_an_illustration(tmp_path: Path) -> None:
    """Yangquan has no time limit; one that is assumed has to be accepted."""
    address = "recognition.time_limit.working_days"
    assumed = row(address, "20", "illustrative.recognition", status="assumed", reason="test")
    law = edited_law(tmp_path, "illustrative/overlay/values.yaml", lambda text: text + assumed)
    with pytest.raises(Refusal) as refused:
        questions.recognition_deadline(Engine(law), YANGQUAN)
    assert (refused.value.code, refused.value.where) == ("assumed_value", address)
    answer = questions.recognition_deadline(Engine(law), YANGQUAN, None, Options(accept_assumed=True))
    assert (answer.data["last_day"], answer.assumed) == ("2025-06-10", [address])


# ── the warning ──────────────────────────────────────────────────────────────────────────────


def test_a_warning() -> None:
    """At the threshold nobody is watched, a fen above it everybody."""
    setting = Setting("140300", DAY, terms={"early_warning.threshold.falling_into": "20000"})
    ask = questions.early_warning
    over = ask(engine(), setting, "near_subsistence", 20_000_01).text
    assert over == "年度负担 20,000.01，超过预警线 20,000.00：纳入监测"
    under = ask(engine(), setting, "near_subsistence", 20_000_00).text
    assert under == "年度负担 20,000.00，未超过预警线 20,000.00：不纳入监测"
    assert ask(engine(), setting, "orphan", 1).text == "不属于重点监测人群，不预警"
    with pytest.raises(Refusal) as refused:
        ask(engine(), setting, "rich", 1)
    assert refused.value.where == "category"


# ── recognition ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("disease", "stated", "said"),
    [
        ("ckd", "3", "慢性肾功能不全（慢性肾疾病3-5期）（慢性肾疾病分期 3）：符合准入条件"),
        ("ckd", "2", "慢性肾功能不全（慢性肾疾病3-5期）（慢性肾疾病分期 2）：不符合，不予认定"),
        ("asthma", None, "支气管哮喘：病名没有限定条件"),
    ],
)
def test_an_entry_criterion(disease: str, stated: str | None, said: str) -> None:
    assert reviews.entry_criterion(engine(), YANGQUAN, disease, stated).text == said


def test_a_criterion_that_has_to_be_stated() -> None:
    with pytest.raises(Refusal) as refused:
        reviews.entry_criterion(engine(), YANGQUAN, "ckd", None)
    assert (refused.value.where, refused.value.clause) == ("stated", "shanxi.a19")
    assert refused.value.messages == {
        "zh": "慢性肾功能不全（慢性肾疾病3-5期）：须写明慢性肾疾病分期（3、4、5）",
        "en": "Chronic renal insufficiency (kidney disease of stages 3–5): state stage of the kidney disease (3, 4, 5)",
    }
    with pytest.raises(Refusal) as unknown:
        reviews.entry_criterion(engine(), YANGQUAN, "plague", None)
    assert unknown.value.where == "disease"


def test_no_table_of_earlier_codes() -> None:
    with pytest.raises(Refusal) as refused:
        reviews.disease_of_legacy_code(engine(), Setting("130100", DAY), "4")
    assert refused.value.messages == {
        "zh": "2025-05-12 在 130100 没有施行中的旧编码对照规定",
        "en": "no document with a table of earlier codes is in force in 130100 on 2025-05-12",
    }


def test_first_review_and_refused_lines() -> None:
    ask = reviews.first_review
    assert ask(engine(), JINZHONG, ["a", "b"], ["a", "b"]).text == "初审全覆盖"
    assert ask(engine(), JINZHONG, ["a", "b", "c"], ["b"]).text == "2 笔未经初审，不得付款：a、c"
    lines = [reviews.PaidLine("l-1", 70_00, 5_00, 1_00, 24_00), reviews.PaidLine("l-2", 1, 1, 1, 1)]
    answer = reviews.refused_lines(engine(), JINZHONG, lines, ["l-1"])
    assert answer.text == "从机构应得款中扣减 76.00，患者负担不变"
    assert answer.data == {"deducted": "76.00", "lines": {"l-1": "76.00"}, "patient": "24.01"}


# ── values ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("address", "area", "text", "value", "status"),
    [
        ("pooled_fund.annual_cap", "140300", "70,000.00（示例，无文件依据）", "70000.00", "assumed"),
        ("assistance.annual_cap.monitored", "140300", "另行规定", None, "unmodelled"),
        ("assistance.outpatient.rate.monitored", "140300", "无", None, "missing"),
        ("outpatient.chronic.quota_mode", "140300", "各病种合用", "pool", "reading"),
        ("outpatient.chronic_special.pooled_rate", "140300", "70%", "7/10", "stated"),
        ("special_drug.counts_to_annual_cap", "140300", "否", False, "reading"),
        ("assistance.in_force_from", "140300", "2023-01-01（示例，无文件依据）", "2023-01-01", "assumed"),
    ],
)
def test_a_value(address: str, area: str, text: str, value: Any, status: str) -> None:
    said = told(address, area)
    assert said["text"].partition("：")[2] == text
    assert said["inputs"] == {"address": address, "value": value, "status": status}
    assert bool(said["clause"]) == (status != "missing")


def test_a_value_of_ones_own() -> None:
    """It says so, and no clause stands behind it."""
    said = told("outpatient.chronic.quota_mode", **{"outpatient.chronic.quota_mode": "per_disease"})
    assert (said["text"], said["clause"]) == ("限额共用方式：各病种分算（个案设定）", "")
    counted: dict[str, Any] = {"special_drug.counts_to_annual_cap": True}
    said = told("special_drug.counts_to_annual_cap", **counted)
    assert (said["text"], said["inputs"]["status"]) == ("特药计入统筹限额：是（个案设定）", "overlay")


@pytest.mark.parametrize(
    ("address", "area", "status"),
    [
        ("assistance.household_region", "140300", "missing"),
        ("assistance.household_region", "110000", "unmodelled"),
        ("basic_insurance.employee", "140300", "unmodelled"),
        ("assistance.outpatient.rate.monitored", "140300", "missing"),
        ("pooled_fund.annual_cap", "140300", "assumed"),
    ],
)
def test_the_status_of_a_value(address: str, area: str, status: str) -> None:
    """A matter that is left out of the model is unmodelled; what nobody states is missing."""
    assert status_of(resolve(engine(), Setting(area, DAY)), ADDRESS[address].slot) == status


# ── what stands behind an answer ─────────────────────────────────────────────────────────────


def test_neighbours_in_the_catalogue() -> None:
    """Diabetes stands just before the thyroid's disease: 600 and half of 300, in either order."""
    setting = Setting("140300", DAY, terms=LIMITS | {f"{LIMIT}.thyroid": "300"})
    for named in (["thyroid", "diabetes"], ["diabetes", "thyroid"]):
        assert questions.quarterly_limit(engine(), setting, named).data["limit"] == "750.00"


def test_every_chronic_disease_at_once() -> None:
    """But two that others exclude. Each at 100, one in full and two by half: 200, and nothing of the rest."""
    excluded = ("hepatitis", "copd")
    all_of_them = [disease.code for disease in engine().law.diseases if disease.kind == "chronic"]
    chronic = [code for code in all_of_them if code not in excluded]
    setting = Setting("140300", DAY, terms={f"{LIMIT}.{code}": "100" for code in chronic})
    data = questions.quarterly_limit(engine(), setting, chronic).data
    assert data["limit"] == "200.00"
    assert list(data["shares"].values()) == ["100.00", "50.00", "50.00"] + ["0.00"] * 30


def test_a_fast_track_whose_length_a_document_states(tmp_path: Path) -> None:
    """Three working days after a Monday; nothing is assumed."""
    values = row(FAST, "3", "local.a")
    by = Engine(load_law([policy(tmp_path, "local", "140700", values)]))
    answer = questions.recognition_deadline(by, JINZHONG, "cancer")
    assert (answer.data["fast_track"], answer.assumed) == ("2025-05-15", [])


def test_the_days_of_a_deadline_are_told_without_a_fast_track() -> None:
    nodes = questions.recognition_deadline(engine(), JINZHONG).nodes
    (allowed,) = [node for node in nodes if node.rule == "working_days_allowed"]
    assert allowed.inputs == {"fast_track": False, "limit": 20, "fast_track_limit": 0}


# ── what a case may not hold ─────────────────────────────────────────────────────────────────


def test_a_years_sum_that_is_too_large() -> None:
    """Each visit may be, six thousand million; the two together are not."""
    big = [outpatient(id=f"v-{i}", lines=[LINE | {"amount": "6000000000"}]) for i in range(2)]
    assert where_invalid(case(*big)) == "visits[1]"


def test_a_given_payment_is_refused_before_anything_is_settled() -> None:
    """The first visit has an obstacle; the second's mistake is named all the same."""
    data = case(outpatient(disease="copd"), outpatient(id="v-2", catastrophic="100.01"))
    assert where_invalid(data) == "visits[1].catastrophic"


def test_a_sub_type_that_is_stated_is_not_open() -> None:
    """Two are recognised; the visit says which."""
    who = person(recognitions=recognised("psychosis:bipolar", "psychosis:schizophrenia"))
    assert where_invalid(case(outpatient(disease="psychosis"), person=who)) == "visits[0].disease"
    assert (
        settled(case(outpatient(disease="psychosis:bipolar"), person=who))["visits"][0]["pooled"] == "70.00"
    )
