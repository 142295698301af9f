"""The figures of a run as tables: Parquet in whole fen for programs, CSV and Excel in yuan for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter  # type: ignore[import-untyped]  # ships no types

from sanchong.bill.words import Lang
from sanchong.law.documents import Disease
from sanchong.money import plain_yuan
from sanchong.simulation.measures.burden import PERCENTILES
from sanchong.simulation.measures.changes import Change
from sanchong.simulation.measures.outlay import SUMMED, Outlay
from sanchong.simulation.report.words import (
    BASELINE,
    CODE,
    CURVE,
    DIMENSION,
    FIGURE,
    LIMIT,
    PAYER,
    group_label,
)
from sanchong.simulation.results import CURVES, KEY_SHARES, Results
from sanchong.simulation.spread import Spread

BOM: Final = "\ufeff"
TYPES: Final = {
    "text": pa.string(),
    "count": pa.int64(),
    "fen": pa.int64(),
    "share": pa.float64(),
    "index": pa.float64(),
}
FORMATS: Final = {"text": "@", "count": "#,##0", "fen": "#,##0.00", "share": "0.00%", "index": "0.0000"}
WIDTHS: Final = {"text": 26, "count": 12, "fen": 18, "share": 12, "index": 12}
CURVE_STEPS: Final = 100


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in Parquet, its headings for people, and what it holds (text, count, fen, share, index)."""

    name: str
    zh: str
    en: str
    unit: str

    def heading(self, lang: Lang) -> str:
        """The heading, with the unit of money."""
        head = self.en if lang == "en" else self.zh
        return (
            f"{head}（元）"
            if self.unit == "fen" and lang == "zh"
            else f"{head}, yuan"
            if self.unit == "fen"
            else head
        )


@dataclass(frozen=True, slots=True)
class Table:
    """A table by name: columns and rows; money in whole fen, shares as parts of 1."""

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]

    def title(self, lang: Lang) -> str:
        """What people call it."""
        return self.en if lang == "en" else self.zh


SCENARIO: Final = Column("scenario", "方案", "scenario", "text")
_SUMS: Final = {
    "total": ("总费用", "total"),
    "dual_channel": ("双通道另行结算", "dual channel"),
    "in_policy": ("政策范围内", "in policy"),
    **PAYER,
}
_CHANGED: Final = {
    "counted": ("计入", "counted", "count"), "winners": ("负担减轻", "pay less", "count"),
    "losers": ("负担加重", "pay more", "count"), "gained": ("合计少付", "less in all", "fen"),
    "lost": ("合计多付", "more in all", "fen"), "gained_median": ("少付中位数", "less, median", "fen"),
    "lost_median": ("多付中位数", "more, median", "fen"), "gained_most": ("最多少付", "less, most", "fen"),
    "lost_most": ("最多多付", "more, most", "fen"),
}  # fmt: skip


def tables_of(
    results: Results,
    titles: Mapping[str, str],
    spreads: Sequence[Spread],
    diseases: tuple[Disease, ...],
    lang: Lang,
) -> list[Table]:
    """Every table of a run; ``titles`` names the reforms."""
    names = {s.name: titles.get(s.name, BASELINE[lang == "en"]) for s in results.scenarios}
    return [
        _outlays(results, names, diseases, lang),
        _compared(results, names, diseases, lang),
        _burden(results, names),
        _households(results, names, lang),
        _curves(results, names, lang),
        _changes(results, names, diseases, lang),
        _apart(results, names, lang),
        _binding(results, names, lang),
        _rejects(results, names, lang),
        _spread(spreads, names, lang),
    ]


def _text(name: str, zh: str, en: str) -> Column:
    return Column(name, zh, en, "text")


def _count(name: str, zh: str, en: str) -> Column:
    return Column(name, zh, en, "count")


_GROUPED: Final = (
    SCENARIO, _text("name", "名称", "name"), _text("by", "分组方式", "by"), _text("group", "代码", "code"),
    _text("label", "分组", "group"),
)  # fmt: skip


def _sums() -> tuple[Column, ...]:
    return tuple(Column(name, *_SUMS[name], "fen") for name in SUMMED)


def _outlay_row(
    scenario: str, name: str, row: Outlay, diseases: tuple[Disease, ...], lang: Lang
) -> tuple[Any, ...]:
    head = (
        scenario,
        name,
        DIMENSION[row.by][lang == "en"],
        row.group,
        group_label(row.by, row.group, diseases, lang),
    )
    return (*head, row.visits, row.persons, *(getattr(row, column) for column in SUMMED))


def _outlays(results: Results, names: Mapping[str, str], diseases: tuple[Disease, ...], lang: Lang) -> Table:
    columns = (
        *_GROUPED,
        _count("visits", "就诊次数", "visits"),
        _count("persons", "人数", "people"),
        *_sums(),
    )
    rows = [
        _outlay_row(s.name, names[s.name], row, diseases, lang)
        for s in results.scenarios
        for row in s.outlays
    ]
    return Table("outlays", "各方支出", "Outlay", columns, tuple(rows))


def _compared(results: Results, names: Mapping[str, str], diseases: tuple[Disease, ...], lang: Lang) -> Table:
    """Both sides of each comparison, over people settled under both, and the difference."""
    columns = (
        *_GROUPED, _text("side", "口径", "side"), _count("visits", "就诊次数", "visits"),
        _count("persons", "人数", "people"), *_sums(),
    )  # fmt: skip
    sides = {"before": ("现行", "before"), "after": ("改革", "after"), "change": ("差额", "change")}
    rows = []
    for s in results.reforms:
        for before, after in zip(s.before.outlays, s.own.outlays, strict=True):
            change = Outlay(
                after.by, after.group,
                *(getattr(after, f.name) - getattr(before, f.name) for f in fields(Outlay)[2:]),
            )  # fmt: skip
            for side, row in zip(sides, (before, after, change), strict=True):
                made = _outlay_row(s.name, names[s.name], row, diseases, lang)
                rows.append((*made[:5], sides[side][lang == "en"], *made[5:]))
    return Table("compared", "改革前后（两种规则都已结算者）", "Before and after", columns, tuple(rows))


def _burden(results: Results, names: Mapping[str, str]) -> Table:
    columns = (
        SCENARIO, _text("name", "名称", "name"), _count("patients", "有就诊的人", "patients"),
        Column("cost", "费用", "cost", "fen"), Column("own", "个人负担", "own payments", "fen"),
        Column("own_share", "个人负担占比", "own share", "share"), Column("mean", "平均", "mean", "fen"),
        *(Column(f"p{p}", f"第 {p} 百分位", f"percentile {p}", "fen") for p in PERCENTILES),
        Column("most", "最高", "most", "fen"),
    )  # fmt: skip
    rows = [
        (s.name, names[s.name], p.people, p.cost, p.own, float(p.own_share), p.mean, *p.percentiles, p.most)
        for s in results.scenarios
        for p in (s.own.patients,)
    ]
    return Table("burden", "患者负担", "Patients' burden", columns, tuple(rows))


def _households(results: Results, names: Mapping[str, str], lang: Lang) -> Table:
    columns = (
        SCENARIO, _text("name", "名称", "name"), _text("measure", "指标代码", "code"), _text("label", "指标", "measure"),
        _count("households", "户数", "households"), _count("counted", "计入户数", "counted"),
        Column("share", "占比", "share", "share"),
    )  # fmt: skip
    rows = [
        (s.name, names[s.name], m, FIGURE[m][lang == "en"], getattr(c, m), c.households, float(c.share(m)))
        for s in results.scenarios
        for c in (s.own.catastrophic,)
        for m in KEY_SHARES
        if m != "own_share"
    ]
    return Table("households", "灾难性支出家庭", "Catastrophic households", columns, tuple(rows))


def _curves(results: Results, names: Mapping[str, str], lang: Lang) -> Table:
    columns = (
        SCENARIO, _text("name", "名称", "name"), _text("curve", "曲线代码", "code"), _text("label", "曲线", "curve"),
        Column("people", "人口累计占比", "people", "share"), Column("share", "累计份额", "share", "share"),
        Column("index", "指数", "index", "index"),
    )  # fmt: skip
    rows = [
        (s.name, names[s.name], name, CURVE[name][lang == "en"], x, y, s.own.curves[name].index)
        for s in results.scenarios
        for name in CURVES
        if name in s.own.curves
        for x, y in s.own.curves[name].thinned(CURVE_STEPS)
    ]
    return Table("curves", "洛伦兹与集中曲线", "Curves", columns, tuple(rows))


def _changes(results: Results, names: Mapping[str, str], diseases: tuple[Disease, ...], lang: Lang) -> Table:
    columns = (
        *_GROUPED, _text("unit", "对象", "unit"),
        *(Column(name, *words) for name, words in _CHANGED.items()),
    )  # fmt: skip

    def row(scenario: str, c: Change) -> tuple[Any, ...]:
        label = group_label(c.by, c.group, diseases, lang)
        unit = {"person": ("人", "person"), "household": ("户", "household")}[c.unit][lang == "en"]
        head = (scenario, names[scenario], DIMENSION[c.by][lang == "en"], c.group, label, unit)
        return (*head, *(getattr(c, name) for name in _CHANGED))

    rows = [row(s.name, c) for s in results.reforms for c in s.changes]
    return Table("changes", "得益与受损", "Winners and losers", columns, tuple(rows))


def _apart(results: Results, names: Mapping[str, str], lang: Lang) -> Table:
    columns = (
        SCENARIO, _text("name", "名称", "name"), _text("who", "哪些人", "who"), _count("persons", "人数", "people"),
        *(Column(name, *words, "fen") for name, words in PAYER.items()),
    )  # fmt: skip
    rows = []
    for s in results.reforms:
        for count, paid, words in (
            (s.apart.newly_settled, s.apart.newly, ("改革后才能结算", "newly settled")),
            (s.apart.newly_refused, s.apart.no_longer, ("改革后被拒", "newly refused")),
        ):
            rows.append((s.name, names[s.name], words[lang == "en"], count, *(paid[name] for name in PAYER)))
    return Table("told_apart", "只在一种规则下结算者", "Told apart", columns, tuple(rows))


def _binding(results: Results, names: Mapping[str, str], lang: Lang) -> Table:
    columns = (
        SCENARIO, _text("name", "名称", "name"), _text("limit", "限制代码", "code"), _text("label", "限制", "limit"),
        _count("visits", "就诊次数", "visits"), _count("persons", "人数", "people"), Column("amount", "金额", "amount", "fen"),
    )  # fmt: skip
    rows = [
        (s.name, names[s.name], b.limit, LIMIT[b.limit][lang == "en"], b.visits, b.persons, b.amount)
        for s in results.scenarios
        for b in s.bindings
    ]
    return Table("binding", "限额与起付标准", "Limits", columns, tuple(rows))


def _rejects(results: Results, names: Mapping[str, str], lang: Lang) -> Table:
    columns = (
        SCENARIO, _text("name", "名称", "name"), _text("code", "代码", "code"), _text("label", "原因", "reason"),
        _text("where", "位置", "where"), _count("rows", "行数", "rows"), _count("persons", "方案下被拒人数", "people refused"),
    )  # fmt: skip
    rows = [
        (s.name, names[s.name], code, CODE[code][lang == "en"], where, count, s.people_refused)
        for s in results.scenarios
        for code, where, count in s.rejects
    ]
    return Table("rejects", "未能结算", "Refused", columns, tuple(rows))


def _spread(spreads: Sequence[Spread], names: Mapping[str, str], lang: Lang) -> Table:
    """By seed; amounts in fen and shares stand in columns of their own, since a column has one unit."""
    columns = (
        SCENARIO, _text("name", "名称", "name"), _text("figure", "指标代码", "code"), _text("label", "指标", "figure"),
        _count("seed", "种子", "seed"), Column("amount", "金额", "amount", "fen"),
        Column("amount_change", "金额变化", "change", "fen"), Column("share", "占比", "share", "share"),
        Column("share_change", "占比变化", "change of share", "share"),
    )  # fmt: skip
    rows = []
    for s in spreads:
        for seed, value, change in zip(s.seeds, s.values, s.changes, strict=True):
            head = (s.scenario, names[s.scenario], s.name, FIGURE[s.name][lang == "en"], seed)
            both = (
                (None, None, float(value), float(change))
                if s.name in KEY_SHARES
                else (int(value), int(change), None, None)
            )
            rows.append((*head, *both))
    return Table("spread", "种子之间的波动", "Seeds", columns, tuple(rows))


# ── files ────────────────────────────────────────────────────────────────────────────────────


def write_tables(tables: Sequence[Table], folder: Path, lang: Lang, title: str) -> None:
    """Each table as Parquet and CSV in ``folder/tables``, all of them as sheets of ``folder/tables.xlsx``."""
    inside = folder / "tables"
    inside.mkdir()
    for table in tables:
        pq.write_table(as_arrow(table), inside / f"{table.name}.parquet")
        (inside / f"{table.name}.csv").write_text(as_csv(table, lang), encoding="utf-8", newline="")
    _write_excel(tables, folder / "tables.xlsx", lang, title)


def as_arrow(table: Table) -> Any:
    """Whole fen, parts of 1, codes beside labels."""
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    schema = pa.schema([(c.name, TYPES[c.unit]) for c in table.columns])
    return pa.table(
        [pa.array(list(v), TYPES[c.unit]) for v, c in zip(columns, table.columns, strict=True)], schema
    )


def as_csv(table: Table, lang: Lang) -> str:
    """Amounts in yuan, with the mark by which Excel knows UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.heading(lang) for column in table.columns])
    for row in table.rows:
        writer.writerow(
            [_plain(value, column.unit) for value, column in zip(row, table.columns, strict=True)]
        )
    return BOM + text.getvalue()


def _plain(value: Any, unit: str) -> str:
    if value is None:
        return ""
    if unit == "fen":
        return plain_yuan(value)
    return f"{value:.6f}" if unit in ("share", "index") else str(value)


def _write_excel(tables: Sequence[Table], path: Path, lang: Lang, title: str) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"title": title})
        head = book.add_format(
            {"bold": True, "bg_color": "#eef1f6", "text_wrap": True, "valign": "vcenter", "bottom": 1}
        )
        formats = {unit: book.add_format({"num_format": code}) for unit, code in FORMATS.items()}
        for table in tables:
            sheet = book.add_worksheet(table.title(lang)[:31])
            sheet.freeze_panes(1, 2)
            sheet.set_row(0, 32)
            for place, column in enumerate(table.columns):
                sheet.set_column(place, place, WIDTHS[column.unit])
                sheet.write_string(0, place, column.heading(lang), head)
            for line, row in enumerate(table.rows, 1):
                for place, (value, column) in enumerate(zip(row, table.columns, strict=True)):
                    if value is None:
                        continue
                    if column.unit == "text":
                        sheet.write_string(line, place, value)
                    else:
                        shown = float(Fraction(value, 100)) if column.unit == "fen" else value
                        sheet.write_number(line, place, shown, formats[column.unit])
            if table.rows:
                sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
