"""What is told of all scenarios side by side: households with heavy costs, and how far chance moves the figures."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sanchong.bill.words import Lang
from sanchong.simulation.measures.outlay import PAYERS
from sanchong.simulation.report.charts import (
    Bars,
    Row,
    Tick,
    diverging,
    nice,
)
from sanchong.simulation.report.figures import decimal, money, per_cent
from sanchong.simulation.report.words import (
    BASELINE,
    FIGURE,
    said,
)
from sanchong.simulation.results import Results
from sanchong.simulation.scenarios import BASELINE as BASELINE_NAME
from sanchong.simulation.spread import Spread

SHARES = ("over_10_of_income", "over_25_of_income", "at_40_of_capacity")


def scenario_names(results: Results, titles: dict[str, str], lang: Lang) -> dict[str, str]:
    """Each scenario's name as people read it."""
    return {s.name: titles.get(s.name, BASELINE[lang == "en"]) for s in results.scenarios}


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
    marks = tuple(
        Tick(at * 100, f"{decimal(Fraction(top * at).limit_denominator(100), 1)}%") for at in (0, 0.5, 1)
    )
    return Bars(said("burden_chart", lang), finding, said("axis_share", lang), tuple(rows), marks)


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
