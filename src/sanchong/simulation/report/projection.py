"""The projection as a page and as a table: the months, and beside them the assumptions they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from sanchong.bill.words import Lang
from sanchong.law.labels import Words
from sanchong.simulation.export import Column, Table
from sanchong.simulation.measures.outlay import TIERS
from sanchong.simulation.projection import MONTHS, Projection, said_growth
from sanchong.simulation.report.build import render
from sanchong.simulation.report.charts import nice
from sanchong.simulation.report.figures import decimal, per_cent, unit_for
from sanchong.simulation.report.words import PAYER

WORDS: Final[Words] = {
    "title": ("基金支出推算", "Outlay projected"),
    "subtitle": (
        "由 {year} 年已结算的 {visits} 次就诊推算 {years} 年",
        "from {visits} visits settled in {year}, {years} years ahead",
    ),
    "caution_title": ("推算，不是预测", "A yardstick, no forecast"),
    "caution": (
        "每月支出等于基年同月乘以下列假定的增长。不重新结算：限额、起付标准和待遇不变，也不计算因政策变化而增减的就医。不"
        "得据以编制预算或确定筹资标准。",
        "Each month is that of the settled year, multiplied by the growth below. Nothing is settled again: limits, "
        "deductibles and benefits stay as they are, and so does who seeks care. Not for budgets or premiums.",
    ),
    "assumptions": ("增长假定（每年）", "Assumed growth a year"),
    "assumed": ("示例数据", "assumed"),
    "source": ("来源", "source"),
    "utilisation": ("人均就诊次数", "visits a head"),
    "price": ("次均费用", "cost of a visit"),
    "population": ("参保人数", "people insured"),
    "together": ("合计", "together"),
    "by_year": ("各年支出", "Outlay by year"),
    "by_month": ("各月支出", "Outlay by month"),
    "unit": ("单位：{unit}", "unit: {unit}"),
    "settled": ("{year}（已结算）", "{year} (settled)"),
    "year": ("年度", "year"),
    "all": ("合计", "all"),
    "empty": (
        "基年以下月份没有结算，推算中也为零：{months}",
        "nothing was settled in these months of the settled year, so nothing is projected for them: {months}",
    ),
    "year_end": ("年底一次性救助计入 12 月。", "The year-end assistance is December's."),
    "finding": (
        "按这些假定，{last} 年支出 {amount} {unit}，是 {first} 年的 {times} 倍。",
        "By these assumptions {last} costs {amount} {unit}, {times} times {first}.",
    ),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A fund's piece of a month's column: places in per cent of the chart, y from above."""

    fund: str
    x: float
    y: float
    width: float
    height: float
    said: str


def projection_page(projection: Projection) -> str:
    """One self-contained page, Chinese with an English switch."""
    pages = [_page(projection, lang) for lang in ("zh", "en")]
    return render("projection.html.j2", pages=pages)


def _page(projection: Projection, lang: Lang) -> dict[str, Any]:
    def t(key: str, **facts: object) -> str:
        return WORDS[key][lang == "en"].format(**facts)

    span = range(projection.year, projection.year + projection.years + 1)
    unit = unit_for(lang, *(projection.in_year(year) for year in span))
    first, last = projection.in_year(span[0]), projection.in_year(span[-1])
    growth = [
        (t(factor), [per_cent(rate, 1, sign=True) for rate in rates])
        for factor, rates in said_growth(projection.growth, projection.years)
    ]
    together = [
        per_cent(projection.growth.through(k) / projection.growth.through(k - 1) - 1, 1, sign=True)
        for k in range(1, projection.years + 1)
    ]
    return {
        "lang": lang,
        "t": t,
        "subtitle": t("subtitle", year=projection.year, visits=f"{projection.visits:,}", years=projection.years),
        "growth_title": projection.growth.title[lang],
        "growth_source": projection.growth.source[lang],
        "growth": [*growth, (t("together"), together)],
        "ahead": [str(year) for year in span[1:]],
        "unit": unit.name,
        "funds": [(fund, PAYER[fund][lang == "en"]) for fund in TIERS],
        "rows": [
            (
                t("settled", year=year) if year == projection.year else str(year),
                [unit.show(projection.outlay(fund, year)) for fund in TIERS],
                unit.show(projection.in_year(year)),
            )
            for year in span
        ],
        "finding": t(
            "finding", last=span[-1], first=span[0], amount=unit.show(last), unit=unit.name,
            times=decimal(Fraction(last, first or 1), 2),
        ),
        **_columns(projection, lang),
        "years": [str(year) for year in span],
        "empty": t("empty", months=("、" if lang == "zh" else ", ").join(map(str, projection.empty))) if projection.empty else "",
    }  # fmt: skip


def _columns(projection: Projection, lang: Lang) -> dict[str, Any]:
    """The stacked columns of the months and the marks of their axis."""
    months = sorted({(m.year, m.month) for m in projection.months})
    amounts = {(m.year, m.month, m.fund): m.amount for m in projection.months}
    sums = [sum(amounts[y, m, fund] for fund in TIERS) for y, m in months]
    unit = unit_for(lang, *sums)
    top = nice(max(sums) / unit.fen)
    width = 100 / len(months)
    pieces = []
    for place, (year, month) in enumerate(months):
        below = 0.0
        for fund in TIERS:
            amount = amounts[year, month, fund]
            height = amount / unit.fen / top * 100
            below += height
            name = PAYER[fund][lang == "en"]
            said = f"{year}-{month:02d} {name} {unit.show(amount)} {unit.name}"
            if height:
                pieces.append(
                    Piece(
                        fund,
                        round(place * width + width * 0.12, 3),
                        round(100 - below, 3),
                        round(width * 0.76, 3),
                        round(height, 3),
                        said,
                    )
                )
    marks = [
        (100 - at * 100, decimal(Fraction(top * at).limit_denominator(1000), 0 if top >= 4 else 1))
        for at in (0, 0.5, 1)
    ]
    return {
        "pieces": pieces,
        "marks": marks,
        "month_unit": unit.name,
        "settled_width": round(MONTHS * width, 3),
    }


def projection_table(projection: Projection, lang: Lang) -> Table:
    """Every month: outlay by fund, in fen, and by what the settled month was multiplied."""
    columns = (
        Column("year", "年度", "year", "count"), Column("month", "月份", "month", "count"),
        Column("fund", "基金代码", "code", "text"), Column("label", "基金", "fund", "text"),
        Column("status", "性质", "status", "text"), Column("factor", "相对基年的倍数", "times the settled year", "index"),
        Column("amount", "支出", "outlay", "fen"),
    )  # fmt: skip
    en = lang == "en"
    rows = tuple(
        (
            m.year, m.month, m.fund, PAYER[m.fund][en],
            ("settled" if en else "已结算") if m.settled else ("projected" if en else "推算"),
            float(projection.growth.through(m.year - projection.year)), m.amount,
        )
        for m in projection.months
    )  # fmt: skip
    return Table("projection", "各月支出", "Outlay by month", columns, rows)


def growth_table(projection: Projection, lang: Lang) -> Table:
    """The assumptions, year by year."""
    columns = (
        Column("year", "年度", "year", "count"), Column("factor", "代码", "code", "text"),
        Column("label", "假定", "assumption", "text"), Column("growth", "年增长", "growth", "share"),
        Column("source", "来源", "source", "text"),
    )  # fmt: skip
    rows = tuple(
        (
            projection.year + place,
            factor,
            WORDS[factor][lang == "en"],
            float(rate),
            projection.growth.source[lang],
        )
        for factor, rates in said_growth(projection.growth, projection.years)
        for place, rate in enumerate(rates, 1)
    )
    return Table("growth", "增长假定", "Growth", columns, rows)
