"""The bill as a page: complete, self-contained, safe."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from tests.bill.cases import case, line, samples, stay

from sanchong.bill.build import year_bill
from sanchong.bill.html import bill_css, bill_fragment, bill_page, case_fragment
from sanchong.bill.words import Lang
from sanchong.law.library import load_law
from sanchong.settlement.options import Options
from sanchong.settlement.settle import Engine

LAW = load_law()
ENGINE = Engine(LAW)
SAMPLES = samples()
BLOCKS = {"dt", "dd", "li", "p", "h2", "h3", "h4", "small", "ul"}
VOID = {"meta", "br", "rect", "line"}


class Reader(HTMLParser):
    """Collects tags, attributes and text, and checks that every element is closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.text += " " if tag in BLOCKS else ""
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID or (tag in ("rect", "line") and not self.rawdata_closes()):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def rawdata_closes(self) -> bool:
        return (self.get_starttag_text() or "").endswith("/>")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def page(*cases: Any, lang: Lang = "zh", accept: bool = True) -> str:
    results = [(data, ENGINE.settle(data, Options(accept_assumed=accept))) for data in cases]
    return bill_page(results, LAW, lang)


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_of_everything_is_well_formed_and_self_contained(lang: Lang) -> None:
    made = page(*SAMPLES.values(), lang=lang)
    read = Reader(made)
    assert not read.tags & {"script", "link", "img", "iframe", "object", "form", "base"}
    ids = [value for name, value in read.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    for name, value in read.attributes:
        assert not name.startswith("on"), "no script"
        if name in ("href", "src"):
            assert value.startswith("#") and value[1:] in ids
    assert "://" not in made
    assert "url(" not in made and "@import" not in made


def test_the_three_figures_and_the_clauses() -> None:
    text = flat(Reader(page(SAMPLES["商保"])).text)
    assert "总费用 22,400.00 已为我支付 18,394.13 个人支付 4,005.87 占总费用 17.8%" in text
    assert "3,686.25 × 70% = 2,580.38" in text
    assert "阳泉细则 四（三） 阳泉市健全重特大疾病医疗保险和救助制度实施细则 · 四（三）" in text
    assert "1403**********212X" in text and "14030219600101212X" not in text
    assert re.search(r"凭据 [0-9a-f]{4}…[0-9a-f]{4} · 引擎 sanchong", text)


def test_assumed_figures_are_named_with_their_values() -> None:
    text = flat(Reader(page(SAMPLES["商保"])).text)
    box = text[text.index("下列数字没有文件依据") :]
    assert "住院起付标准（县级二类） 400.00" in box
    assert "医疗救助施行日期 2023-01-01" in box
    stated = {"catastrophic.deductible.standard": "1"}
    assert "个案设定" in Reader(page(case("写明", [stay()], terms=stated))).text


def test_noughts_and_gates_explain_themselves() -> None:
    text = flat(Reader(page(SAMPLES["超限额"])).text)
    assert "未到起付 5,000.00（还差 4,325.00）" in text
    assert "另有 675.00 计入年底救助基数" in text
    gated = flat(Reader(page(SAMPLES["级别"])).text)
    assert "未予支付 门诊特殊疾病须在 2 级及以上医疗机构" in gated


def test_a_refused_case_is_a_card() -> None:
    text = flat(Reader(page(SAMPLES["未认定"])).text)
    assert "未能结算 病种未认定" in text
    assert "就诊 门诊 · visits[0].disease" in text
    assert "不以住院为前提" in text and "下一步 先办理门诊慢特病资格认定" in text
    accepted = flat(Reader(page(SAMPLES["商保"], accept=False)).text)
    assert "只有示例数据" in accepted and "inpatient.deductible.second_county" in accepted
    assert "case：应为一个对象" in page("not a case")
    assert "Not settled" in page(SAMPLES["未认定"], lang="en")


def test_hostile_text_stays_text() -> None:
    bad = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    visit = stay(bad, lines=[line(bad, "100"), line("丙", "5", "C")])
    visit["provider"]["id"] = bad
    read = Reader(page(case(bad, [visit, stay("二")], person=bad)))
    assert not read.tags & {"script", "img"}
    assert bad in read.text
    refused = Reader(page({"case": bad, bad: 1, "person": {"id": bad}, "year": bad, "visits": [{"id": bad}]}))
    assert not refused.tags & {"script", "img"}


def test_several_visits_begin_with_the_year() -> None:
    read = Reader(page(SAMPLES["全年"]))
    text = flat(read.text)
    assert text.index("年度医疗费用 2025 年 · 共 12 次") < text.index("医疗费用结算单 门诊慢特病")
    assert "年底一次性救助 309.40" in text
    anchors = [value for name, value in read.attributes if name == "href"]
    assert anchors[:12] == [f"#c1-v{at}" for at in range(1, 13)]
    assert "年度医疗费用" not in Reader(page(SAMPLES["商保"])).text


def test_several_cases_begin_with_a_list() -> None:
    text = flat(Reader(page(SAMPLES["商保"], SAMPLES["未认定"])).text)
    assert text.index("2 个个案") < text.index("医疗费用结算单 住院")
    assert "未能结算 · 病种未认定" in text
    empty = Reader(page())
    assert "医疗费用结算单" in empty.text


def test_a_year_without_visits_is_drawn() -> None:
    assert "共 0 次" in page(case("空", []))


def test_english_labels_and_chinese_sentences_marked_as_such() -> None:
    made = page(SAMPLES["商保"], lang="en")
    assert '<html lang="en">' in made
    text = flat(Reader(made).text)
    assert "Total cost 22,400.00 Paid for me 18,394.13 I pay 4,005.87" in text
    assert '<span lang="zh-CN">负担 3,686.25 × 70%</span>' in made


def test_fragments_for_other_pages() -> None:
    data = SAMPLES["商保"]
    made = year_bill(data, ENGINE.settle(data, Options(accept_assumed=True)), LAW)
    assert made.year is not None
    one = bill_fragment(made.year.bills[0])
    assert one.strip().startswith("<article") and "<style" not in one and "style=" not in one
    assert "凭据" in case_fragment(made)
    assert ".sb-card" in bill_css()
