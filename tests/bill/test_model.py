"""What a bill says: its three figures, the waterfall, the clauses, why a nought is a nought."""

from __future__ import annotations

from typing import Any

import pytest
from tests.bill.cases import Case, case, drug, line, outpatient, samples, stay

from sanchong.bill.build import masked, year_bill
from sanchong.bill.model import Bill, Step, Year, YearBill, per_cent
from sanchong.bill.steps import EXCLUDED, TIERS
from sanchong.bill.words import Lang
from sanchong.law.library import load_law
from sanchong.settlement.options import Options
from sanchong.settlement.settle import Engine

LAW = load_law()
ENGINE = Engine(LAW)
SAMPLES = samples()
SETTLED = [name for name in SAMPLES if name != "未认定"]


def settle(data: Any, **options: Any) -> dict[str, Any]:
    return ENGINE.settle(data, Options(accept_assumed=True, **options))


def drawn(data: Case, lang: Lang = "zh", **options: Any) -> YearBill:
    return year_bill(data, settle(data, **options), LAW, lang)


def year(data: Case, **options: Any) -> Year:
    made = drawn(data, **options).year
    assert made is not None
    return made


def bill(data: Case, **options: Any) -> Bill:
    return year(data, **options).bills[0]


def step(made: Bill, key: str) -> Step:
    return next(s for s in made.steps if s.key == key)


def told(s: Step) -> list[str]:
    return [sentence.text for sentence in s.detail.sentences]


@pytest.mark.parametrize("name", SETTLED)
def test_the_parts_add_up_to_the_total(name: str) -> None:
    for made in year(SAMPLES[name]).bills:
        assert made.total - made.amounts["dual_channel"] == made.paid + made.patient
        assert sum(segment.width for segment in made.stack) == made.total
        level = made.total
        for s in made.steps:
            if s.key in (*EXCLUDED, *TIERS):
                assert s.hang == level, "each bar hangs where the one before it ended"
                level -= s.amount
                assert (s.segments[0].start, s.drop) == (level, level)
            assert sum(segment.width for segment in s.segments) == s.amount
            assert all(p.start >= 0 and p.start + p.width <= s.whole == made.total for p in s.segments)
        assert sum(row.amount for row in made.lines) in (made.total, 0)
        for payer in ("pooled", "catastrophic", "other", "assistance", "hospital", "patient"):
            if made.lines:
                assert sum(row.parts[payer] for row in made.lines) == made.amounts[payer]


@pytest.mark.parametrize("name", SETTLED)
def test_each_step_names_its_clause_and_explains_itself(name: str) -> None:
    for made in year(SAMPLES[name]).bills:
        assert {"pooled", "catastrophic", "assistance", "patient"} <= {s.key for s in made.steps}
        for s in made.steps:
            assert s.clause is not None, s.key
            assert s.note, s.key
            assert s.detail.sentences, s.key
            assert s.amount or s.key in ("pooled", "catastrophic", "assistance", "other", "patient")


def test_the_three_figures_of_a_stay_with_commercial_payers() -> None:
    made = bill(SAMPLES["商保"])
    assert (made.total, made.paid, made.patient) == (2_240_000, 1_839_413, 400_587)
    assert [s.key for s in made.steps] == [
        "out_of_scope", "out_of_catalogue", "over_price", "advance",
        "pooled", "catastrophic", "other", "assistance", "patient",
    ]  # fmt: skip
    assert (made.category, made.insurance, made.person) == ("低保对象", "城乡居民", "1403**********212X")
    assert made.provider_facts == ("县级", "收费二类", "二级")
    assert made.days == 11


def test_a_tier_bears_the_clause_of_its_formula() -> None:
    stay_bill, drug_bill = bill(SAMPLES["商保"]), bill(SAMPLES["特药"])
    tags = {s.key: s.clause.id for s in stay_bill.steps if s.clause}
    assert tags["pooled"] == "yangquan.b20"
    assert tags["catastrophic"] == "yangquan.b21"
    assert tags["assistance"] == "yangquan.b47"
    assert tags["advance"] == "shanxi.a50"
    chronic = step(bill(SAMPLES["超限额"]), "pooled")
    assert chronic.clause is not None and chronic.clause.id == "shanxi.a51"
    given = step(drug_bill, "assistance").clause
    assert given is not None and given.id == "yangquan.b66"
    clause = step(stay_bill, "assistance").clause
    assert clause is not None and clause.label == "阳泉细则 四（三）" and clause.gist


def test_the_arithmetic_can_be_checked_by_hand() -> None:
    made = bill(SAMPLES["商保"])
    assert "（政策范围内 19,500.00 − 起付标准 400.00）× 75% = 14,325.00" in told(step(made, "pooled"))
    assert "政策范围内 19,500.00 − 基本医保 14,325.00 = 本次负担 5,175.00" in told(step(made, "catastrophic"))
    assert "超出起付 0.00 以上的部分：175.00 × 65% = 113.75" in told(step(made, "catastrophic"))
    assert told(step(made, "assistance"))[0] == (
        "政策范围内 19,500.00 − 基本医保 14,325.00 − 大病保险 113.75 − 其他赔付 1,375.00 = 救助基数 3,686.25"
    )
    assert "负担 3,686.25 × 70% = 2,580.38" in told(step(made, "assistance"))
    large = told(step(bill(SAMPLES["大额"]), "catastrophic"))
    assert "合计 124,000.00" in large


@pytest.mark.parametrize(
    ("name", "key", "why"),
    [
        ("超限额", "catastrophic", "年度累计负担 675.00，未到起付 5,000.00（还差 4,325.00）"),
        ("超限额", "assistance", "慢性病年底一次性救助，本次计入基数 675.00"),
        ("边缘", "pooled", "未到起付 400.00，还差 100.00"),
        ("边缘", "assistance", "计入救助年度起付 3,092.40，还差 2,792.40"),
        ("非对象", "assistance", "当日不属于任何救助对象类别：无医疗救助"),
        ("级别", "pooled", "门诊特殊疾病须在 2 级及以上医疗机构，本机构 1 级且无备案例外：不支付"),
        ("非定点", "other", "未支付，1,375.00 未予计入"),
        ("监测", "assistance", "该类对象的医疗救助由另行文件规定，本系统未收录：暂不计算"),
    ],
)
def test_a_nought_explains_itself(name: str, key: str, why: str) -> None:
    found = step(bill(SAMPLES[name]), key)
    assert (found.amount, found.note) == (0, why)


def test_other_noughts() -> None:
    nothing = bill(case("丙类", [stay(lines=[line("护工", "500", "C")])], "orphan"))
    assert {step(nothing, key).note for key in ("pooled", "catastrophic")} == {"没有政策范围内的费用"}
    spent = case(
        "用完", [stay(lines=[line("手术", "60000")])], "orphan", terms={"pooled_fund.annual_cap": "0"}
    )
    assert step(bill(spent), "pooled").note == "统筹基金年度最高支付限额 0.00，已用 0.00，余 0.00"
    capped = {"assistance.annual_cap.near_subsistence": "0"}
    empty = bill(case("用完", [stay(lines=[line("手术", "60000")])], "near_subsistence", terms=capped))
    assert step(empty, "assistance").note == "年度救助限额 0.00，已用 0.00，余 0.00"
    closed = bill(case("封顶", [stay()], terms={"catastrophic.annual_cap.standard": "0",
                                              "catastrophic.deductible.standard": "0"}))  # fmt: skip
    assert step(closed, "catastrophic").note == "大病保险年度限额 0.00，已用 0.00，余 0.00"
    paid = bill(case("付清", [stay(pooled="19500", catastrophic="0")], "orphan"))
    assert step(paid, "assistance").note == "前面各层已付清，没有可救助的负担"


def test_the_hospital_bears_what_exceeds_the_catalogue_limit() -> None:
    made = bill(SAMPLES["超目录"])
    found = step(made, "hospital")
    assert found.amount == 465_000
    assert (found.segments[0].start, found.segments[0].width) == (made.patient, 465_000)
    assert made.category == "孤儿"


def test_assumed_values_are_named_with_their_figures() -> None:
    named = {value.label: value.shown for value in bill(SAMPLES["商保"]).assumed}
    assert named["住院起付标准（县级二类）"] == "400.00"
    assert named["住院支付比例（县级二类）"] == "75%"
    assert named["大病保险年度限额（低保对象）"] == "不限"
    assert named["医疗救助施行日期"] == "2023-01-01"
    assert "超出 40,000.00 以上 70%" in named["大病保险分段比例（低保对象）"]
    stated = case("写明", [stay()], terms={"inpatient.deductible.second_county": "500"})
    pooled = step(bill(stated), "pooled")
    assert pooled.detail.overlaid and pooled.detail.assumed


def test_what_is_not_modelled_is_named() -> None:
    made = bill(SAMPLES["监测"])
    assert [g.code for g in made.gates] == ["assistance_unmodelled"]
    assert "住院救助比例（监测对象）" in [value.label for value in made.unmodelled]


def test_fee_lines_say_where_they_went() -> None:
    rows = {row.id: row for row in bill(SAMPLES["商保"]).lines}
    assert rows["检查"].line_class == "乙 10%"
    assert rows["检查"].in_policy == 450_000
    assert rows["护工"].why == "不在三大目录内（丙类），由个人负担：1,500.00"
    clause = rows["护工"].clause
    assert clause is not None and clause.id == "shanxi.a23"
    assert rows["西药"].why == "" and rows["西药"].clause is None


def test_steps_say_what_several_lines_have_in_common() -> None:
    lines = [line(f"乙{at}", "100", "B", advance_rate="15%") for at in range(3)]
    lines += [line(f"限{at}", "30", price_cap="20") for at in range(2)]
    lines += [line("丙1", "5", "C"), line("丙2", "6", "C"), line("双", "40", dual_channel=True)]
    made = bill(case("多行", [stay(lines=lines)]))
    assert step(made, "advance").note == "3 项乙类，逐项四舍五入"
    assert step(made, "over_price").note == "2 项"
    assert step(made, "out_of_catalogue").note == "2 项，不在三大目录内（丙类），由个人负担"
    assert step(made, "dual_channel").amount == 4_000
    assert made.steps[0].key == "dual_channel"


def test_the_year() -> None:
    made = year(SAMPLES["全年"])
    assert len(made.bills) == 12
    assert made.closing is not None
    assert made.closing.amount == 30_940
    sentences = [s.text for s in made.closing.detail.sentences]
    assert sentences[0].startswith("低保对象全年基数 = 127.20 ＋ 136.50") and sentences[0].endswith(
        "= 1,031.34"
    )
    assert "全年基数 1,031.34 × 30% = 309.40" in sentences
    assert made.sums["patient"] == sum(b.patient for b in made.bills) - 30_940
    assert made.paid + made.sums["patient"] == made.sums["total"] == sum(s.width for s in made.stack)
    counters = {c.key: c for c in made.counters}
    assert counters["pooled"].limit == 7_000_000
    assert "余 2,900.00" in counters["pooled"].note
    assert {value.label for value in made.assumed} >= {"季度限额（糖尿病）", "住院起付标准（县级二类）"}


def test_a_special_drug_counts_to_the_cap_only_where_it_is_said() -> None:
    visits = [drug(), outpatient("门诊", "2025-10-10", "diabetes", "100")]
    apart = year(case("特药", visits, "orphan"))
    together = year(case("特药", visits, "orphan", terms={"special_drug.counts_to_annual_cap": True}))
    assert apart.counters[0].used == 7_000
    assert together.counters[0].used == 1_207_000


def test_a_refusal_says_what_where_and_what_next() -> None:
    refused = drawn(SAMPLES["未认定"]).refused
    assert refused is not None
    assert refused.label == "病种未认定"
    assert (refused.where, refused.visit) == ("visits[0].disease", "门诊")
    assert refused.clause is not None and "先办理" in refused.next
    odd: list[Any] = ["x", None, [], {"case": 3}, {"visits": 5}]
    assert all(drawn(data).refused is not None for data in odd)


def test_a_result_without_explanation_can_be_drawn() -> None:
    for name in ("商保", "级别", "超限额"):
        made = bill(SAMPLES[name], explain=False)
        assert made.total == bill(SAMPLES[name]).total
        assert all(value.shown == "" for value in made.assumed)
        assert [g.label for g in made.gates] == [g.label for g in bill(SAMPLES[name]).gates]


def test_a_result_of_another_case_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="not that of this case"):
        year_bill(SAMPLES["商保"], settle(SAMPLES["全年"]), LAW)


def test_english_labels() -> None:
    made = drawn(SAMPLES["全年"], "en").year
    assert made is not None
    assert step(made.bills[0], "pooled").label == "Basic insurance"
    assert made.bills[0].category == "subsistence allowance"
    assert made.bills[0].disease != "糖尿病"


def test_a_person_is_masked() -> None:
    assert masked("14030219600101212X") == "1403**********212X"
    assert masked("p-1") == "p-1"


def test_fractions_become_percentages_only_at_the_end() -> None:
    assert per_cent(1, 3) == "33.3333%"
    assert per_cent(0, 0) == "0%"
    assert per_cent(5, 1000, 1) == "0.5%"
    assert per_cent(1, 1, 0) == "100%"
