"""The report as text: two languages that do not mix, nothing from elsewhere, findings that agree with the figures."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from tests.simulation import drawn  # noqa: F401  # skips where the extra is missing

pytestmark = pytest.mark.batch

from tests.simulation.reporting import pages  # noqa: E402

PAGES = ("report", "tiny", "projection")
UNSEEN = ("style", "code", "script", "title")


class _Text(HTMLParser):
    """The text of each main part by its language, with the words of labels and tips."""

    def __init__(self) -> None:
        super().__init__()
        self.lang = ""
        self.skipped = 0
        self.said: dict[str, list[str]] = {"zh-CN": [], "en": []}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "main":
            self.lang = given["lang"] or ""
        self.skipped += tag in ("style", "code")
        if self.lang:
            self.said[self.lang] += [v for k, v in attrs if k in ("aria-label", "data-label") and v]

    def handle_endtag(self, tag: str) -> None:
        self.skipped -= tag in ("style", "code")
        if tag == "main":
            self.lang = ""

    def handle_data(self, data: str) -> None:
        if self.lang and not self.skipped and data.strip():
            self.said[self.lang].append(data.strip())


def texts(page: str, lang: str) -> list[str]:
    parser = _Text()
    parser.feed(page)
    return parser.said[lang]


@pytest.mark.parametrize("name", PAGES)
def test_the_chinese_side_has_no_english(name: str) -> None:
    said = texts(getattr(pages(), name), "zh-CN")
    assert len(said) > 40
    assert [text for text in said if re.search(r"[A-Za-z]{2,}", text)] == []


@pytest.mark.parametrize("name", PAGES)
def test_the_english_side_has_no_chinese(name: str) -> None:
    said = texts(getattr(pages(), name), "en")
    assert len(said) > 40
    assert [text for text in said if re.search(r"[\u3000-\u9fff]", text)] == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_comes_from_elsewhere(name: str) -> None:
    page = getattr(pages(), name)
    assert not re.search(r"https?:|//[a-z]|url\(|@import|<script|<link|<img|<iframe| on[a-z]+=", page)
    assert "/tmp" not in page


@pytest.mark.parametrize("name", PAGES)
def test_every_chart_has_a_title_a_finding_and_words_for_who_does_not_see_it(name: str) -> None:
    page = getattr(pages(), name)
    pictures = re.findall(r"<svg([^>]*)>", page)
    assert all("aria-label=" in attributes or "aria-hidden" in attributes for attributes in pictures)
    assert re.findall(r'aria-label="\s*"', page) == []
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", page, re.S)
    assert captions and all("<h3>" in c or "sr-finding" in c for c in captions)
    assert 'sr-finding"></p>' not in page


def test_it_says_what_it_is_and_rests_on() -> None:
    said = " ".join(texts(pages().report, "zh-CN"))
    for words in (
        "模拟人口，并非真实数据",
        "示例数据",
        "不得用于",
        "现行值本身是示例数据",
        "大病保险起付标准降低五分之一",
    ):
        assert words in said
    assert "单位：万元" in said and "占家庭的百分比" in said and "单位：人" in said
    assert "改革后才能结算" in said, "monitored people are told apart"
    assert "监测对象" in said and "另有文件规定，未收录" in said, "who was refused is listed by reason"


def test_six_people_read_as_worked_by_hand() -> None:
    said = " ".join(texts(pages().tiny, "zh-CN"))
    assert (
        "每花 100 元，三重保障付 61.5 元，个人负担 38.5 元。" in said
    )  # (9,600 + 240) ÷ 16,000; 6,160 ÷ 16,000
    assert "三重保障合计少付 20 元，个人多付 20 元。" in said
    assert (
        "1 人（占 16.67%）一年少付，平均 80 元" in said and "1 人（占 16.67%）一年多付，平均 100 元" in said
    )
    assert "2 户（40.0%）的自付达到支付能力的 40%。" in said
    assert (
        "最穷的五分之一人口得到全部收入的 5.3%，却承担全部医疗自付的 15.6%。" in said
    )  # 4.2 ÷ 79; 960 ÷ 6,160
    assert "人均收入 · 基尼系数 0.289" in said and "个人负担 · 集中指数 −0.281" in said


def test_the_assumptions_stand_beside_the_projection() -> None:
    said = texts(pages().projection, "zh-CN")
    assert {"增长假定（每年）", "人均就诊次数", "次均费用", "参保人数", "+3.0%", "+2.0%", "−0.5%"} <= set(
        said
    )
    assert "推算，不是预测" in said
