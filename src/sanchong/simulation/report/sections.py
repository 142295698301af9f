"""The charts and findings of a report, from the measures; a finding is one sentence computed from the figures."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from sanchong.bill.words import Lang
from sanchong.law.documents import Disease
from sanchong.simulation.measures.changes import STEPS
from sanchong.simulation.measures.outlay import PAYERS, Outlay
from sanchong.simulation.report.charts import (
    Bars,
    Line,
    Lines,
    Row,
    Tick,
    diverging,
    edges,
    nice,
    stacked,
)
from sanchong.simulation.report.figures import Unit, decimal, index, money, per_cent, unit_for
from sanchong.simulation.report.words import (
    BASELINE,
    CURVE,
    DIMENSION,
    FIGURE,
    LIMIT,
    PAYER,
    group_label,
    said,
)
from sanchong.simulation.results import Measured, Results, group
from sanchong.simulation.scenarios import BASELINE as BASELINE_NAME
from sanchong.simulation.spread import Spread

TOP = 10
"""So many diseases are charted, those of the greatest cost."""
FEW = 30
"""A group of fewer visits is marked, and no finding is drawn from it."""
SHARES = ("over_10_of_income", "over_25_of_income", "at_40_of_capacity")
COLOURS = {"income": "income", "cost": "none", "benefit": "pooled", "own": "patient"}


def payer(name: str, lang: Lang) -> str:
    """A payer's name."""
    return PAYER[name][lang == "en"]


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


def deltas(reform: Measured, name: str, lang: Lang) -> Bars:
    """By how much each payer's part changes, over people settled under both laws."""
    before, after = group(reform.before.outlays, "all", "all"), group(reform.own.outlays, "all", "all")
    changed = {payer_: getattr(after, payer_) - getattr(before, payer_) for payer_ in PAYERS}
    unit = unit_for(lang, *changed.values())
    axis = edges([amount / unit.fen for amount in changed.values()])
    rows = (
        ()
        if not any(changed.values())
        else tuple(
            Row(
                payer(payer_, lang),
                (
                    diverging(
                        amount / unit.fen,
                        axis,
                        payer_,
                        f"{payer(payer_, lang)} {money(amount, lang, sign=True)}",
                    ),
                ),
                unit.show(amount, sign=True),
            )
            for payer_, amount in changed.items()
        )
    )
    return Bars(
        said("delta_chart", lang, name=name),
        _delta_finding(changed, reform, lang),
        said("axis_money", lang, unit=unit.name),
        rows,
        _ticks(axis, unit),
    )


def _delta_finding(changed: dict[str, int], reform: Measured, lang: Lang) -> str:
    tiers = changed["pooled"] + changed["catastrophic"] + changed["assistance"]
    own = changed["patient"]
    zh = lang == "zh"
    if not any(changed.values()):
        if reform.apart.newly_settled:
            return (
                "两种规则下都已结算的人没有变化；本改革的作用全在新能结算的人身上，见下文另列。"
                if zh
                else "Nothing changes for people settled under both; the reform acts on people newly settled, told apart below."
            )
        return "没有变化。" if zh else "Nothing changes."
    more, less = ("多付", "少付") if zh else ("more", "less")
    if zh:
        said_ = f"三重保障合计{more if tiers >= 0 else less} {money(abs(tiers), lang)}，"
        said_ += f"个人{more if own > 0 else less} {money(abs(own), lang)}。"
    else:
        said_ = f"The three tiers together pay {money(abs(tiers), lang)} {more if tiers >= 0 else less};"
        said_ += f" patients {money(abs(own), lang)} {more if own > 0 else less}."
    saved = [n for n in ("pooled", "catastrophic", "assistance") if changed[n] < 0]
    if tiers > 0 and saved:
        names = ("、" if zh else " and ").join(payer(n, lang) for n in saved)
        spared = money(-sum(changed[n] for n in saved), lang)
        said_ += (
            f"其中{names}因前面各层多付而少付 {spared}。"
            if zh
            else f" Of these, {names} pays {spared} less, since others pay before."
        )
    return said_


def _ticks(axis: tuple[float, float], unit: Unit) -> tuple[Tick, ...]:
    """Both ends and 0, in the unit."""
    low, high = axis
    places = 0 if max(high, -low) >= 4 else 2
    marks = sorted({low, 0.0, high})
    return tuple(
        Tick((mark - low) / (high - low) * 100, decimal(Fraction(mark).limit_denominator(1000), places))
        for mark in marks
    )


def burden(results: Results, names: dict[str, str], lang: Lang) -> Bars:
    """Shares of households with heavy costs, under every scenario over its own comparison."""
    rows = []
    most = max((s.own.catastrophic.share(n) for s in results.scenarios for n in SHARES), default=Fraction(0))
    top = nice(float(most * 100))
    for share_name in SHARES:
        for place, scenario in enumerate(results.scenarios):
            share = scenario.own.catastrophic.share(share_name)
            count = getattr(scenario.own.catastrophic, share_name)
            colour = "patient" if scenario is results.baseline else "reform"
            note = FIGURE[share_name][lang == "en"]
            figure = f"{per_cent(share)}"
            bar = diverging(
                float(share * 100), (0.0, top), colour, f"{note}: {names[scenario.name]} {figure}"
            )
            rows.append(
                Row(
                    names[scenario.name],
                    (bar,),
                    figure,
                    said("households_unit", lang, n=f"{count:,}"),
                    "" if place else note,
                )
            )
    base = results.baseline.own.catastrophic
    finding = (
        f"现行政策下，{base.at_40_of_capacity:,} 户（{per_cent(base.share('at_40_of_capacity'))}）的自付达到支付能力的 40%。"
        if lang == "zh"
        else f"Under the law as it stands {base.at_40_of_capacity:,} households ({per_cent(base.share('at_40_of_capacity'))})"
        " pay 40% of their capacity or more."
    )
    better = [
        (names[s.name], s.before.catastrophic.at_40_of_capacity - s.own.catastrophic.at_40_of_capacity)
        for s in results.reforms
    ]
    fewer = [(n, c) for n, c in better if c > 0]
    if fewer:
        best = max(fewer, key=lambda pair: pair[1])
        finding += (
            f"减少最多的是“{best[0]}”：{best[1]:,} 户。"
            if lang == "zh"
            else f" “{best[0]}” lowers it most: by {best[1]:,}."
        )
    elif results.reforms:
        finding += "各项改革都没有减少它。" if lang == "zh" else " No reform lowers it."
    ticks = tuple(
        Tick(at * 100, f"{decimal(Fraction(top * at).limit_denominator(100), 1)}%") for at in (0, 0.5, 1)
    )
    return Bars(said("burden_chart", lang), finding, said("axis_share", lang), tuple(rows), ticks)


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


def gains(reform: Measured, name: str, lang: Lang, *, losses: bool = False) -> Bars | None:
    """How many people pay less (or more), by how much. None where nobody does."""
    counts = [step.losers if losses else step.winners for step in reform.steps]
    people = next(c for c in reform.changes if c.unit == "person" and c.by == "all")
    whole = people.losers if losses else people.winners
    if not whole:
        return None
    top = nice(float(max(counts)))
    bounds = [f"{fen // 100:,}" for fen in STEPS]
    labels = [said("step", lang, a=a, b=b) for a, b in itertools.pairwise(bounds)]
    labels.append(said("step_last", lang, a=bounds[-1]))
    colour = "patient" if losses else "assistance"
    rows = tuple(
        Row(label, (diverging(float(count), (0.0, top), colour, f"{label}: {count:,}"),), f"{count:,}")
        for label, count in zip(labels, counts, strict=True)
    )
    mean = people.lost_mean if losses else people.gained_mean
    middle = people.lost_median if losses else people.gained_median
    share = per_cent(Fraction(whole, people.counted or 1), 2)
    word = ("多付" if losses else "少付") if lang == "zh" else ("more" if losses else "less")
    finding = (
        f"{whole:,} 人（占 {share}）一年{word}，平均 {money(mean, lang)}，一半人不超过 {money(middle, lang)}。"
        if lang == "zh"
        else f"{whole:,} people ({share}) pay {word}: {money(mean, lang)} on average, half of them at most {money(middle, lang)}."
    )
    ticks = tuple(Tick(at * 100, decimal(Fraction(top * at), 0 if top >= 4 else 1)) for at in (0, 0.5, 1))
    title = said("losses_chart" if losses else "steps_chart", lang, name=name)
    return Bars(title, finding, said("axis_people", lang), rows, ticks)


def by_fifth(reform: Measured, name: str, diseases: tuple[Disease, ...], lang: Lang) -> Bars | None:
    """How much less each fifth of income pays, net of those who pay more. None where nothing changes."""
    table = [c for c in reform.changes if c.by == "fifth"]
    net = [c.gained - c.lost for c in table]
    if not any(net):
        return None
    unit = unit_for(lang, *net)
    axis = edges([amount / unit.fen for amount in net])
    rows = tuple(
        Row(
            group_label("fifth", change.group, diseases, lang),
            (diverging(amount / unit.fen, axis, "assistance", money(amount, lang)),),
            unit.show(amount),
            f"{said('winners', lang)} {said('people_unit', lang, n=f'{change.winners:,}')}",
        )
        for change, amount in zip(table, net, strict=True)
    )
    whole = sum(net)
    poorest = Fraction(net[0] + net[1], whole) if whole > 0 else Fraction(0)
    finding = (
        f"减轻的负担中，收入较低的两个五分之一共得 {per_cent(poorest, 0)}。"
        if lang == "zh"
        else f"The two poorer fifths together get {per_cent(poorest, 0)} of the relief."
    )
    title = said("fifth_chart", lang, name=name)
    return Bars(title, finding, said("axis_money", lang, unit=unit.name), rows, _ticks(axis, unit))


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
    return Bars(said("binding_chart", lang), finding, axis_said, rows, _ticks(axis, unit))


def spread_rows(
    spreads: Sequence[Spread], names: dict[str, str], lang: Lang
) -> list[tuple[str, str, str, str, str]]:
    """By scenario and figure: value of this population, mean, range; change with its range ("" for the baseline)."""
    found = []
    for row in spreads:
        share = not row.name.endswith("_own") and row.name not in PAYERS

        def show(value: Fraction, share: bool = share) -> str:
            return per_cent(value, 2) if share else money(round(value), lang)

        def moved(value: Fraction, share: bool = share) -> str:
            points = " 个百分点" if lang == "zh" else " points"
            return (
                decimal(value * 100, 2, sign=True) + points if share else money(round(value), lang, sign=True)
            )

        change = "–"
        if row.scenario != BASELINE_NAME:
            if not any(row.changes):
                continue
            mean, least, most = (moved(c) for c in (row.change_mean, min(row.changes), max(row.changes)))
            change = _ranged(mean, least, most, lang)
        found.append(
            (
                names[row.scenario],
                FIGURE[row.name][lang == "en"],
                show(row.values[0]),
                _ranged(show(row.mean), show(min(row.values)), show(max(row.values)), lang),
                change,
            )
        )
    return found


def _ranged(mean: str, least: str, most: str, lang: Lang) -> str:
    return f"{mean}（{least} 至 {most}）" if lang == "zh" else f"{mean} ({least} to {most})"


def scenario_names(results: Results, titles: dict[str, str], lang: Lang) -> dict[str, str]:
    """Each scenario's name as people read it."""
    return {s.name: titles.get(s.name, BASELINE[lang == "en"]) for s in results.scenarios}
