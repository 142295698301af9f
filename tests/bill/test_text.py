"""The bill on a terminal: readable at 80 and 120 columns, with and without colour."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from tests.bill.cases import Case, case, samples, stay

from sanchong.bill.model import Segment
from sanchong.bill.text import blocks, clean, show
from sanchong.bill.words import Lang
from sanchong.law.library import load_law
from sanchong.settlement.options import Options
from sanchong.settlement.settle import Engine

LAW = load_law()
ENGINE = Engine(LAW)
SAMPLES = samples()


def printed(
    *cases: Any, width: int = 80, lang: Lang = "zh", lines: bool = False, colour: bool = False
) -> str:
    file = io.StringIO()
    system = "truecolor" if colour else None
    console = Console(file=file, width=width, color_system=system, force_terminal=colour)  # type: ignore[arg-type]
    results = [(data, ENGINE.settle(data, Options(accept_assumed=True))) for data in cases]
    show(console, results, LAW, lang, lines=lines)
    return file.getvalue()


def flat(text: str) -> str:
    """The text without what wrapping adds."""
    return "".join(text.split())


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_wider_than_the_terminal_or_cut_off(width: int, lang: Lang) -> None:
    text = printed(*SAMPLES.values(), width=width, lang=lang, lines=width > 100)
    assert all(cell_len(line) <= width for line in text.splitlines())
    assert "…" not in text.replace("凭据", "").replace("receipt", "") or all(
        "sanchong" in line for line in text.splitlines() if "…" in line
    ), "only the receipt is shortened"


def test_the_waterfall_hangs_and_names_its_clauses() -> None:
    text = printed(SAMPLES["商保"], width=120)
    rows = {line.split()[0]: line for line in text.splitlines() if "█" in line or "▒" in line or "▌" in line}
    assert list(rows) == [
        "总费用", "范围外", "目录外", "超限价", "先行自付", "基本医保", "大病保险", "其他赔付", "医疗救助", "个人支付",
    ]  # fmt: skip
    starts = [min(rows[key].index(mark) for mark in "█▒▌▐" if mark in rows[key]) for key in list(rows)[1:]]
    assert starts[:-1] == sorted(starts[:-1], reverse=True), "each bar hangs left of the one before"
    assert "〔阳泉细则 四（三）〕负担 3,686.25 × 70%" in rows["医疗救助"]
    assert "2,580.38" in rows["医疗救助"]


def test_assumed_figures_are_named_with_their_values() -> None:
    text = flat(printed(SAMPLES["商保"]))
    assert "示例数据" in text
    assert "住院起付标准（县级二类）400.00" in text
    assert "✱示例数据" in text


def test_gates_and_refusals_name_their_clause() -> None:
    gated = flat(printed(SAMPLES["级别"]))
    assert "〔门诊慢特病规定就医机构级别〕医疗机构级别不够" in gated
    refused = flat(printed(SAMPLES["未认定"]))
    assert "未能结算·病种未认定" in refused
    assert "visits[0].disease" in refused
    assert "〔门诊慢特病规定" in refused
    assert "下一步先办理" in refused


def test_what_is_not_modelled_is_named() -> None:
    assert "住院救助比例（监测对象）" in printed(SAMPLES["监测"])


def test_the_year_stands_at_the_end() -> None:
    text = flat(printed(SAMPLES["全年"]))
    assert text.index("年底一次性救助309.40") < text.index("年度医疗费用2025年·共12次")
    assert "总费用104,332.00" in text
    assert "全年基数1,031.34×30%=309.40" in text
    assert "凭据" in text[-80:]


def test_lines_where_asked() -> None:
    assert "费用明细" not in printed(SAMPLES["商保"])
    text = flat(printed(SAMPLES["商保"], width=120, lines=True))
    assert "护工〔门诊慢特病规定费用项目类型〕不在三大目录内（丙类），由个人负担：1,500.00" in text


def test_colour_is_only_a_help() -> None:
    plain, coloured = (printed(SAMPLES["商保"], colour=colour) for colour in (False, True))
    assert "\x1b[" not in plain
    assert "\x1b[" in coloured
    assert "▒" in plain, "what is not covered differs without colour"


def test_a_hostile_id_cannot_reach_the_terminal() -> None:
    hostile: Case = case("\x1b[31mred\x07", [stay("v\n\x1b]0;title\x07")], person="[bold]p\x1b[2J")
    text = printed(hostile)
    assert "\x1b" not in text and "\x07" not in text
    assert "[bold]p" in text, "ids are no markup"
    assert clean("a\u202eb") == "a�b"


def test_a_bar_is_drawn_to_half_a_character() -> None:
    assert blocks((Segment("pooled", "", 25, 50),), 100, 2).plain == "▐▌"
    assert blocks((Segment("none", "", 0, 100),), 100, 2).plain == "▒▒"
    assert blocks((Segment("pooled", "", 99, 1),), 10_000, 4).plain == "▌", "a small amount is still seen"
    assert blocks((), 100, 4, at=50, colour="assistance").plain == "  │"
    assert blocks((), 0, 4).plain == "│"
