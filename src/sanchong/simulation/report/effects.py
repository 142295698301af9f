"""Charts and findings of one reform: what each payer's part becomes, who pays less and who more."""

from __future__ import annotations

import itertools
from fractions import Fraction

from sanchong.bill.words import Lang
from sanchong.law.documents import Disease
from sanchong.simulation.measures.changes import STEPS
from sanchong.simulation.measures.outlay import PAYERS
from sanchong.simulation.report.charts import (
    Bars,
    Row,
    Tick,
    diverging,
    edges,
    nice,
    ticks,
)
from sanchong.simulation.report.figures import decimal, money, per_cent, unit_for
from sanchong.simulation.report.words import (
    group_label,
    payer,
    said,
)
from sanchong.simulation.results import Measured, group


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
        ticks(axis, unit),
    )


def _delta_finding(changed: dict[str, int], reform: Measured, lang: Lang) -> str:
    tiers = changed["pooled"] + changed["catastrophic"] + changed["assistance"]
    own = changed["patient"]
    zh = lang == "zh"
    if not any(changed.values()):
        if reform.apart.newly_settled:
            return said("only_newly", lang, n=f"{reform.both:,}")
        people = next(c for c in reform.changes if c.unit == "person" and c.by == "all")
        moved = people.winners or people.losers
        return said("no_change" if not moved else "even", lang, n=f"{reform.both:,}")
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
    marks = tuple(Tick(at * 100, decimal(Fraction(top * at), int(top * at % 1 > 0))) for at in (0, 0.5, 1))
    title = said("losses_chart" if losses else "steps_chart", lang, name=name)
    return Bars(title, finding, said("axis_people", lang), rows, marks)


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
    return Bars(title, finding, said("axis_money", lang, unit=unit.name), rows, ticks(axis, unit))
