"""The bill as a part of a page: links into the policy browser, no style of its own, nothing medical for who may not see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string
from tests.bill.cases import line, samples, stay
from tests.bill.test_html import Reader, flat

from sanchong.law.library import load_law
from sanchong.office.web.bill import ShownBill, bill_of, clause_page, refusal_of
from sanchong.settlement.options import Options
from sanchong.settlement.refusal import Refusal
from sanchong.settlement.settle import Engine
from sanchong.site.model import Shelf
from sanchong.site.names import Names

LAW = load_law()
ENGINE = Engine(LAW)
SAMPLES = samples()


def shown(case: dict[str, Any], **how: Any) -> ShownBill:
    return bill_of(case, ENGINE.settle(case, Options(accept_assumed=True)), LAW, **how)


def drawn(bill: ShownBill) -> str:
    return render_to_string("web/bill/bill.html", {"bill": bill})


def alone(**facts: Any) -> dict[str, Any]:
    """The sample's person with one stay."""
    return {**SAMPLES["商保"], "visits": [stay(**facts)]}


def test_every_clause_leads_to_its_page_in_the_policy_browser() -> None:
    paths = Names(Shelf(LAW))
    for clause in LAW.clauses:
        assert clause_page(clause) == f"/policy/{paths.path('clauses', clause)}"
    read = Reader(drawn(shown(alone())))
    links = [value for name, value in read.attributes if name == "href"]
    assert links and all(link.startswith("/policy/clauses/") for link in links)


def test_it_obeys_the_pages_policy_and_says_what_lines_are_called() -> None:
    read = Reader(drawn(shown(alone(), names={"西药": "盐酸二甲双胍缓释片 <500mg>"})))
    assert not read.tags & {"script", "style", "h1", "h2", "article"}
    assert not [name for name, _ in read.attributes if name == "style" or name.startswith("on")]
    assert "盐酸二甲双胍缓释片 <500mg>" in read.text
    assert "示例数据" in read.text


def test_who_may_not_see_medical_data_sees_amounts_and_payers_only() -> None:
    case = {**SAMPLES["商保"]}
    case["visits"] = [stay(lines=[line("抗肿瘤药", "20000"), line("假肢", "300", "C")])]
    whole, covered = shown(case), shown(case, clinical=False)
    text = flat(Reader(drawn(covered)).text)
    assert whole.bill is not None and covered.bill is not None
    assert covered.bill.amounts == whole.bill.amounts and "20,300.00" in text
    for step in covered.bill.steps:
        assert not (step.note or step.clause or step.detail.sentences or step.detail.values)
    assert covered.lines == "" and covered.bill.gates == ()
    for word in ("抗肿瘤药", "假肢", "糖尿病"):
        assert word not in text
    assert "示例数据" in text


def test_a_figure_that_would_tell_a_disease_is_named_without_it() -> None:
    case = SAMPLES["超限额"]
    covered = shown(case, clinical=False)
    named = {value.label: value.shown for value in covered.year.bills[0].assumed}
    assert named["季度限额"] == "", "the limit's figure is that of one disease"
    assert "糖尿病" not in drawn(covered) and "糖尿病" in drawn(shown(case))


def test_several_visits_or_none_that_was_settled_are_no_bill() -> None:
    with pytest.raises(ValueError, match="one visit"):
        shown({**SAMPLES["商保"], "visits": [stay(), stay("住院二", "2025-08-01")]})
    with pytest.raises(ValueError, match="one visit"):
        shown({**SAMPLES["商保"], "visits": "x"})


def test_a_refusal_names_its_clause() -> None:
    refusal = Refusal("not_insured", "person", "当日未参保", "not insured", "yangquan.b34")
    made = refusal_of(refusal, LAW)
    assert made.clause is not None and made.page == "/policy/clauses/yangquan.b34.html"
    read = Reader(render_to_string("web/bill/refusal.html", {"refused": made}))
    assert "当日未参保" in read.text and made.clause.label in read.text
    assert refusal_of(Refusal("x", "person", "无", "none"), LAW).clause is None
