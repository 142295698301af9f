"""The report as one self-contained page: Chinese with an English switch, nothing loaded from elsewhere, no script."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sanchong.bill.words import Lang
from sanchong.money import yuan
from sanchong.simulation.measures.burden import PERCENTILES
from sanchong.simulation.report import effects, scenarios, standing
from sanchong.simulation.report.context import Context
from sanchong.simulation.report.figures import money, per_cent
from sanchong.simulation.report.words import CODE, LIMIT, PAYER, group_label, said
from sanchong.simulation.results import Measured, Results, group

TEMPLATES = Path(__file__).parent / "templates"
DIMENSIONS = ("category", "hospital", "disease", "kind")


def report_page(results: Results, context: Context) -> str:
    """The page of a simulation."""
    pages = [_page(results, context, lang) for lang in ("zh", "en")]
    return render("report.html.j2", pages=pages)


def render(template: str, **facts: Any) -> str:
    """A template with the style sheet and what all templates use."""
    css = Markup((TEMPLATES / "report.css").read_text(encoding="utf-8"))
    return environment().get_template(template).render(css=css, **facts)


def _page(results: Results, context: Context, lang: Lang) -> dict[str, Any]:
    titles = {name: reform.title[lang] for name, reform in context.reforms.items()}
    names = scenarios.scenario_names(results, titles, lang)
    diseases = context.law.diseases

    def t(key: str, **facts: object) -> str:
        return said(key, lang, **facts)

    return {
        "lang": lang,
        "t": t,
        "results": results,
        "names": names,
        "subtitle": t(
            "subtitle",
            year=results.year,
            people=f"{results.people:,}",
            households=f"{results.households:,}",
            visits=f"{results.visits:,}",
        ),
        "population": context.population,
        "assumed": context.assumed(results.baseline.assumed, lang),
        "reforms": [_reform(context, measured, lang) for measured in results.reforms],
        "overview": [_overview(s, names, results, lang) for s in results.scenarios],
        "who_pays": standing.who_pays(results, lang),
        "deltas": (deltas := [effects.deltas(s, names[s.name], lang) for s in results.reforms]),
        "brief": [(names[s.name], chart.finding) for s, chart in zip(results.reforms, deltas, strict=True)],
        "of_hundred": [
            chart
            for by in DIMENSIONS
            if (chart := standing.of_hundred(results, by, diseases, lang)) is not None
        ],
        "burden": scenarios.burden(results, names, lang),
        "percentiles": [
            (
                names[s.name],
                f"{s.own.patients.people:,}",
                [yuan(v) for v in (s.own.patients.mean, *s.own.patients.percentiles, s.own.patients.most)],
            )
            for s in results.scenarios
        ],
        "percentile_heads": [t("mean"), *(t("percentile", p=p) for p in PERCENTILES), t("most")],
        "lorenz": standing.lorenz(results, lang),
        "indices": standing.indices(results, lang),
        "winners": [_winners(s, names[s.name], context, lang) for s in results.reforms],
        "binding": standing.binding(results, lang),
        "bindings": _bindings(results, lang),
        "refused": [
            (
                names[s.name],
                t(
                    "refused_people",
                    n=f"{s.people_refused:,}",
                    share=_share(s.people_refused, results.people),
                ),
                [
                    (CODE[code][lang == "en"], _where(where, context, lang), f"{rows:,}")
                    for code, where, rows in s.rejects
                ],
            )
            for s in results.scenarios
            if s is results.baseline or s.rejects != results.baseline.rejects
        ],
        "spread": scenarios.spread_rows(context.spreads, names, lang),
        "seeds": len(context.spreads[0].seeds) if context.spreads else 0,
        "line": f"{results.subsistence / 100:,.0f}",
        "engine": context.engine,
        "known_on": context.known_on.isoformat(),
    }


def _share(part: int, whole: int) -> str:
    from fractions import Fraction

    return per_cent(Fraction(part, whole or 1), 2)


def _where(where: str, context: Context, lang: Lang) -> str:
    """Where a refusal stands: the label of a policy value; a column keeps its name."""
    try:
        return context.label(where, lang) if "." in where else where
    except KeyError:
        return where


def _reform(context: Context, measured: Measured, lang: Lang) -> dict[str, Any]:
    reform = context.reforms[measured.name]
    return {
        "title": reform.title[lang],
        "author": reform.author[lang],
        "reasons": reform.reasons[lang],
        "values": [context.changed(change, lang) for change in reform.changes],
        "late": reform.start.isoformat() if reform.start.year > context.year else "",
    }


def _overview(s: Measured, names: Mapping[str, str], results: Results, lang: Lang) -> dict[str, str]:
    now, before = group(s.own.outlays, "all", "all"), group(s.before.outlays, "all", "all")
    cata, cata_before = s.own.catastrophic.at_40_of_capacity, s.before.catastrophic.at_40_of_capacity
    people = next(c for c in s.changes if c.unit == "person" and c.by == "all")
    baseline = s is results.baseline
    return {
        "name": names[s.name],
        "funds": money(now.tiers, lang),
        "funds_change": "" if baseline else money(now.tiers - before.tiers, lang, sign=True),
        "own": money(now.patient, lang),
        "own_change": "" if baseline else money(now.patient - before.patient, lang, sign=True),
        "homes": said("households_unit", lang, n=f"{cata:,}"),
        "homes_change": "" if baseline else f"{cata - cata_before:+,}".replace("-", "−").replace("+0", "0"),
        "winners": "" if baseline else said("people_unit", lang, n=f"{people.winners:,}"),
        "losers": "" if baseline else said("people_unit", lang, n=f"{people.losers:,}"),
        "newly": said("newly_short", lang, n=f"{s.apart.newly_settled:,}") if s.apart.newly_settled else "",
    }


def _winners(s: Measured, name: str, context: Context, lang: Lang) -> dict[str, Any]:
    diseases = context.law.diseases
    charts = [effects.gains(s, name, lang), effects.gains(s, name, lang, losses=True),
              effects.by_fifth(s, name, diseases, lang)]  # fmt: skip
    rows = [
        (
            said("households" if c.unit == "household" else "persons", lang),
            group_label(c.by, c.group, diseases, lang),
            f"{c.counted:,}", f"{c.winners:,}", f"{c.losers:,}", yuan(c.gained), yuan(c.lost), yuan(c.gained_mean),
            yuan(c.gained_most),
        )
        for c in s.changes
        if c.by != "fifth" and c.counted
    ]  # fmt: skip
    apart = []
    for count, paid, key in (
        (s.apart.newly_settled, s.apart.newly, "newly"),
        (s.apart.newly_refused, s.apart.no_longer, "no_longer"),
    ):
        if count:
            listed = [f"{PAYER[p][lang == 'en']} {money(a, lang)}" for p, a in paid.items() if a]
            apart.append(said(key, lang, n=f"{count:,}", paid=("、" if lang == "zh" else ", ").join(listed)))
    return {
        "name": name,
        "charts": [chart for chart in charts if chart is not None],
        "rows": rows,
        "apart": apart or [said("all_same", lang)],
        "both": said("both", lang, n=f"{s.both:,}"),
        "same": not any(chart is not None for chart in charts),
        "none": said("no_change" if not s.apart.newly_settled else "only_newly", lang, n=f"{s.both:,}"),
    }


def _bindings(results: Results, lang: Lang) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """By limit, (visits, people, amount) under each scenario."""
    found = []
    for place, binding in enumerate(results.baseline.bindings):
        rows = [s.bindings[place] for s in results.scenarios]
        cells = [(f"{b.visits:,}", f"{b.persons:,}", yuan(b.amount)) for b in rows]
        found.append((LIMIT[binding.limit][lang == "en"], cells))
    return found


@cache
def environment() -> Environment:
    """The templates' environment."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
