"""Charts of the law as it stands: who pays, how it is shared, what limits hold back. A finding is one sentence from the figures."""

from __future__ import annotations

from fractions import Fraction

from sanchong.bill.words import Lang
from sanchong.law.documents import Disease
from sanchong.simulation.measures.outlay import PAYERS, Outlay
from sanchong.simulation.report.charts import (
    Bars,
    Line,
    Lines,
    Row,
    Tick,
    diverging,
    edges,
    stacked,
    ticks,
)
from sanchong.simulation.report.figures import decimal, index, money, per_cent, unit_for
from sanchong.simulation.report.words import (
    CURVE,
    DIMENSION,
    LIMIT,
    group_label,
    payer,
    said,
)
from sanchong.simulation.results import Results, group

TOP = 10
"""So many diseases are charted, those of the greatest cost."""
FEW = 30
"""A group of fewer visits is marked, and no finding is drawn from it."""
COLOURS = {"income": "income", "cost": "none", "benefit": "pooled", "own": "patient"}
HUNDRED = tuple(Tick(at, f"{at}%") for at in (0, 25, 50, 75, 100))


def who_pays(results: Results, lang: Lang) -> Bars:
    """One bar: the whole cost of care by payer."""
    row = group(results.baseline.outlays, "all", "all")
    cost = row.total - row.dual_channel
    own, tiers = Fraction(row.patient, cost or 1), Fraction(row.tiers, cost or 1)
    finding = (
        f"每花 100 元，三重保障付 {decimal(tiers * 100, 1)} 元，个人负担 {decimal(own * 100, 1)} 元。"
        if lang == "zh"
        else f"Of every 100 yuan the three tiers pay {decimal(tiers * 100, 1)} and patients {decimal(own * 100, 1)}."
    )
    rows = tuple(
        Row(
            payer(name, lang),
            stacked([(name, amount, said_)], cost),
            money(amount, lang),
            per_cent(Fraction(amount, cost)),
        )
        for name, amount, said_ in parts(row, lang)
    )
    axis = f"{'占费用的百分比' if lang == 'zh' else 'per cent of the cost'}"
    return Bars(said("who_pays_chart", lang), finding, axis, rows, HUNDRED)


def of_hundred(results: Results, by: str, diseases: tuple[Disease, ...], lang: Lang) -> Bars | None:
    """Who bears how much of each group's cost; the largest groups where there are many. None if there is no group."""
    table = [r for r in results.baseline.outlays if r.by == by and r.total > r.dual_channel]
    if not table:
        return None
    if by == "disease":
        table = sorted((r for r in table if r.group != "none"), key=lambda r: -r.total)[:TOP]
        if not table:
            return None
    unit = unit_for(lang, *(r.total for r in table))
    rows = tuple(
        Row(
            group_label(by, r.group, diseases, lang),
            stacked(parts(r, lang), r.total - r.dual_channel),
            unit.show(r.total - r.dual_channel),
            f"{r.visits:,} {'次就诊' if lang == 'zh' else 'visits'} · "
            f"{'个人' if lang == 'zh' else 'patients'} {per_cent(Fraction(r.patient, r.total - r.dual_channel))}"
            + ("" if r.visits >= FEW else said("few", lang)),
        )
        for r in table
    )
    many = [r for r in table if r.visits >= FEW] or table
    least = min(many, key=lambda r: Fraction(r.patient, r.total - r.dual_channel))
    most = max(many, key=lambda r: Fraction(r.patient, r.total - r.dual_channel))
    shares = [per_cent(Fraction(r.patient, r.total - r.dual_channel)) for r in (least, most)]
    names = [group_label(by, r.group, diseases, lang) for r in (least, most)]
    finding = (
        f"个人负担的比例，{names[0]}最低（{shares[0]}），{names[1]}最高（{shares[1]}）。"
        if lang == "zh"
        else f"Patients bear least with {names[0]} ({shares[0]}) and most with {names[1]} ({shares[1]})."
    )
    title = said("of_hundred", lang, by=DIMENSION[by][lang == "en"])
    axis = said("of_hundred_axis", lang, unit=unit.name)
    return Bars(title, finding, axis, rows, HUNDRED, legend(lang))


def parts(row: Outlay, lang: Lang) -> list[tuple[str, int, str]]:
    """A row's payers for a stacked bar."""
    cost = row.total - row.dual_channel
    return [
        (name, amount, f"{payer(name, lang)} {money(amount, lang)}, {per_cent(Fraction(amount, cost))}")
        for name in PAYERS
        if (amount := getattr(row, name)) and cost
    ]


def legend(lang: Lang) -> tuple[tuple[str, str], ...]:
    """The payers' colours and names."""
    return tuple((name, payer(name, lang)) for name in PAYERS)


def lorenz(results: Results, lang: Lang) -> Lines | None:
    """Income, cost, what the tiers paid and what patients paid, by rank of income per head; the baseline."""
    curves = results.baseline.own.curves
    if "income" not in curves:
        return None
    lines = [Line("line", said("equal", lang), ((0.0, 0.0), (1.0, 1.0)), True)]
    lines += [
        Line(COLOURS[name], _with_index(name, curves[name].index, lang), curves[name].thinned())
        for name in ("income", "cost", "benefit", "own")
        if name in curves
    ]
    fifth = Fraction(round(curves["income"].at(0.2) * 1000), 1000)
    finding = (
        f"最穷的五分之一人口得到全部收入的 {per_cent(fifth)}"
        if lang == "zh"
        else f"The poorest fifth of people have {per_cent(fifth)} of all income"
    )
    if "own" in curves:
        own = Fraction(round(curves["own"].at(0.2) * 1000), 1000)
        finding += (
            f"，却承担全部医疗自付的 {per_cent(own)}。"
            if lang == "zh"
            else f" and bear {per_cent(own)} of all own payments for health."
        )
    else:
        finding += "。" if lang == "zh" else "."
    return Lines(
        said("lorenz_chart", lang), finding, said("lorenz_x", lang), said("lorenz_y", lang), tuple(lines)
    )


def _with_index(name: str, value: float, lang: Lang) -> str:
    kind = said("gini" if name == "income" else "concentration", lang)
    return f"{CURVE[name][lang == 'en']} · {kind} {index(value)}"


def indices(results: Results, lang: Lang) -> list[tuple[str, str, list[str]]]:
    """By curve: its name, the kind of index, and the index under each scenario."""
    found = []
    for name, words in CURVE.items():
        kind = "gini" if name in ("income", "income_after") else "concentration"
        row = [index(s.own.curves[name].index) if name in s.own.curves else "–" for s in results.scenarios]
        found.append((words[lang == "en"], said(kind, lang), row))
    return found


def binding(results: Results, lang: Lang) -> Bars:
    """What each limit holds back under the baseline."""
    table = results.baseline.bindings
    unit = unit_for(lang, *(b.amount for b in table))
    axis = edges([b.amount / unit.fen for b in table])
    colours = {
        "inpatient": "pooled",
        "quarterly": "pooled",
        "pooled": "pooled",
        "catastrophic": "catastrophic",
    }
    rows = tuple(
        Row(
            LIMIT[b.limit][lang == "en"],
            (
                diverging(
                    b.amount / unit.fen,
                    axis,
                    colours.get(b.limit.split("_")[0], "assistance"),
                    money(b.amount, lang),
                ),
            ),
            unit.show(b.amount),
            f"{b.persons:,} {'人' if lang == 'zh' else 'people'} · {b.visits:,} {'次就诊' if lang == 'zh' else 'visits'}",
        )
        for b in table
    )
    most = max(table, key=lambda b: b.persons)
    never = [LIMIT[b.limit][lang == "en"] for b in table if not b.persons]
    finding = (
        f"触及人数最多的是{LIMIT[most.limit][0]}：{most.persons:,} 人。"
        if lang == "zh"
        else f"The {LIMIT[most.limit][1]} touches most people: {most.persons:,}."
    )
    if never:
        finding += (
            f"没有人触及{'、'.join(never)}。"
            if lang == "zh"
            else f" Nobody reaches the {', the '.join(never)}."
        )
    axis_said = said("axis_money", lang, unit=unit.name)
    return Bars(said("binding_chart", lang), finding, axis_said, rows, ticks(axis, unit))
