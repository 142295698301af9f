"""Rules that stand by themselves: what each comes to at its edges, and what it then says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sanchong.money import Rate
from sanchong.rules.administration import (
    CITY,
    COUNTY,
    TOWNSHIP,
    lacks_handling,
    may_have_top_up,
    performance_score,
    spends_ahead_of_budget,
)
from sanchong.rules.first_review import first_review_coverage, whole_review
from sanchong.rules.indicators import (
    SERVICE_LEVELS,
    Proportion,
    counts_for_one_stop,
    enrolment_rate,
    execution_rate,
    level_coverage,
    one_stop_coverage,
    one_stop_live,
    reaches_every_level,
)
from sanchong.rules.providers import may_go_on_treating, prescription_violations, settles_elsewhere
from sanchong.rules.recognition import NO_DAY, legacy_right_lasts, within_bracket
from sanchong.rules.refused_cost import deducted_from_provider
from sanchong.rules.rule import Rule
from sanchong.rules.spending import spending_deviates
from sanchong.shapes import EXTREME_POVERTY, NO_CATEGORY

YES, NO = Proportion(2, 2), Proportion(1, 2)
LEFT = "三重保障后政策范围内负担 100.01，筛查线 100.00"


@pytest.mark.parametrize(
    ("rule", "given", "result", "said"),
    [
        (may_have_top_up, (EXTREME_POVERTY, True, True, 100_01, 100_00), True, f"{LEFT}：列入倾斜救助会商"),
        (may_have_top_up, (NO_CATEGORY, True, True, 100_01, 100_00), False, f"{LEFT}：不列入倾斜救助会商"),
        (
            may_have_top_up,
            (EXTREME_POVERTY, False, True, 100_01, 100_00),
            False,
            f"{LEFT}：不列入倾斜救助会商",
        ),
        (
            may_have_top_up,
            (EXTREME_POVERTY, True, False, 100_01, 100_00),
            False,
            f"{LEFT}：不列入倾斜救助会商",
        ),
        (may_have_top_up, (EXTREME_POVERTY, True, True, 100_00, 100_00), False, None),
        (performance_score, (1, 3, 100), 33, None),
        (performance_score, (2, 3, 100), 66, None),
        (performance_score, (0, 3, 100), 0, None),
        (spends_ahead_of_budget, (50_01, 100_00, 1, 2), True, "支出快于预算进度：告警"),
        (spends_ahead_of_budget, (50_00, 100_00, 1, 2), False, "支出未超预算进度"),
        (lacks_handling, (CITY, False, True), True, "缺少救助经办机构或专人"),
        (lacks_handling, (COUNTY, False, True), True, "缺少救助经办机构或专人"),
        (lacks_handling, (COUNTY, True, False), False, "救助经办人员到位"),
        (lacks_handling, (TOWNSHIP, True, False), True, None),
        (lacks_handling, (TOWNSHIP, False, True), False, None),
        (lacks_handling, (TOWNSHIP + 1, False, False), False, None),
        (enrolment_rate, (3, 4), Proportion(3, 4), "救助对象 4 人，其中当年参保 3 人"),
        (counts_for_one_stop, (140302, 140302, True), True, None),
        (counts_for_one_stop, (140302, 140300, True), True, None),
        (counts_for_one_stop, (140302, 140303, True), False, None),
        (counts_for_one_stop, (140300, 140302, True), False, None),
        (counts_for_one_stop, (140402, 140300, True), False, None),
        (counts_for_one_stop, (140302, 140302, False), False, None),
        (one_stop_live, (5, 5, 5), True, None),
        (one_stop_live, (4, 5, 6), False, None),
        (one_stop_live, (7, 5, 6), False, None),
        (one_stop_coverage, (1, 2), NO, "市域内定点医药机构 2 家，当日已开通一站式结算 1 家"),
        (execution_rate, (120_00, 100_00), Proportion(120_00, 100_00), "预算 100.00，已执行 120.00"),
        (level_coverage, (0, 1, 2), NO, "市级 2 个，设有经办服务点 1 个"),
        (level_coverage, (3, 2, 2), YES, "村级 2 个，设有经办服务点 2 个"),
        (reaches_every_level, (YES, YES, YES, YES), True, "四级全覆盖"),
        (reaches_every_level, (NO, YES, YES, YES), False, "尚未四级全覆盖"),
        (reaches_every_level, (YES, NO, YES, YES), False, None),
        (reaches_every_level, (YES, YES, NO, YES), False, None),
        (reaches_every_level, (YES, YES, YES, NO), False, None),
        (
            spending_deviates,
            (110_01, 100_00, Rate(1, 10)),
            True,
            "支出 110.01，平时 100.00，容许偏离 10%：告警",
        ),
        (
            spending_deviates,
            (110_00, 100_00, Rate(1, 10)),
            False,
            "支出 110.00，平时 100.00，容许偏离 10%：正常",
        ),
        (spending_deviates, (90_00, 100_00, Rate(1, 10)), False, None),
        (spending_deviates, (89_99, 100_00, Rate(1, 10)), True, None),
        (first_review_coverage, (0, 0), Rate(1, 1), "没有应审的费用"),
        (first_review_coverage, (1, 1), Rate(1, 1), "应审 1 笔，已审 1 笔，全部覆盖"),
        (first_review_coverage, (2, 3), Rate(2, 3), "应审 3 笔，已审 2 笔，未审 1 笔"),
        (whole_review, (Rate(3, 3),), True, "初审覆盖率达到100%"),
        (whole_review, (Rate(2, 3),), False, "初审覆盖率不足100%，未审的不得付款"),
        (may_go_on_treating, (True, 5, NO_DAY), True, "原已承担，可继续提供慢性病服务"),
        (may_go_on_treating, (True, 5, 5), True, None),
        (may_go_on_treating, (True, 6, 5), False, "没有原已承担标记或标记已满期，不能提供慢性病服务"),
        (may_go_on_treating, (False, 5, NO_DAY), False, None),
        (prescription_violations, (10, 10, True, True), 0, "处方没有违规"),
        (prescription_violations, (11, 10, True, True), 1, "违规：超剂量"),
        (prescription_violations, (10, 10, False, True), 2, "违规：超范围"),
        (prescription_violations, (10, 10, True, False), 4, "违规：未经药师审方"),
        (prescription_violations, (11, 10, False, False), 7, "违规：超剂量、超范围、未经药师审方"),
        (settles_elsewhere, (5, 5), True, "已开通异地直接结算"),
        (settles_elsewhere, (4, 5), False, "未开通异地直接结算，走手工报销"),
        (settles_elsewhere, (4, NO_DAY), False, None),
        (within_bracket, (2, 3), True, "所报期别、级别或类型在准入条件之内"),
        (within_bracket, (3, 3), False, "所报期别、级别或类型不在准入条件之内"),
        (legacy_right_lasts, (5, 5), True, "原有资格仍在有效期内，免再申请"),
        (legacy_right_lasts, (6, 5), False, "原有资格已满期，按通常程序申请"),
        (legacy_right_lasts, (6, NO_DAY), False, "原有资格没有到期日，须由管理员补定，不当作永久有效"),
        (deducted_from_provider, (5, 3, 1), 9, None),
    ],
)
def test_result_and_sentence(
    rule: Rule[..., Any], given: tuple[Any, ...], result: Any, said: str | None
) -> None:
    found = rule(*given)
    assert found == result
    assert type(found) is type(result)
    if said is not None:
        assert callable(rule.says)
        assert (
            rule.says(SimpleNamespace(**dict(zip(rule.parameters, given, strict=True)), result=result))
            == said
        )


def test_the_levels_are_places_of_their_names() -> None:
    assert [SERVICE_LEVELS[level] for level in (CITY, COUNTY, TOWNSHIP)] == ["city", "county", "township"]
