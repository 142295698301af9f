"""The law's answers as they are printed: a value with its history, a family, differences, a report."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sanchong.law import asking
from sanchong.law.asking import Answer, Difference, Holding, Moment
from sanchong.law.findings import LEVELS, Finding, Report
from sanchong.law.labels import STATUS, word
from sanchong.law.library import Law
from sanchong.law.values import Value

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

SAID = {
    "area": ("统筹区 {area}", "area {area}"),
    "on": ("{day} 当日", "on {day}"),
    "known_on": ("{day} 已知", "known on {day}"),
    "all_known": ("全部已知", "all that is known"),
    "held": ("现行", "In force"),
    "clause": ("条款", "Clause"),
    "gist": ("要点", "Gist"),
    "document": ("文件", "Document"),
    "period": ("施行", "In force"),
    "known": ("已知", "Known"),
    "since": ("{day} 起", "since {day}"),
    "reason": ("理由", "Reason"),
    "from": ("起", "from"),
    "to": ("止", "to"),
    "known_from": ("自何日已知", "known from"),
    "value": ("值", "value"),
    "status": ("性质", "status"),
    "address": ("地址", "address"),
    "old": ("原", "old"),
    "new": ("新", "new"),
    "open": ("不限", "open"),
    "history": ("沿革", "History"),
    "no_history": ("没有任何文件写过这个值。", "No document has ever stated it."),
    "matter": ("这一项不是数值，只看有没有规定。", "Not a figure: it is regulated here or not."),
    "missing": ("当日没有有效的值。", "No value is in force."),
    "unmodelled": ("另有文件规定，未收录。", "Left to a document that is not here."),
    "none": ("没有区别。", "No difference."),
    "count": ("共 {n} 处不同", "{n} differ"),
    "found": ("{n} 个地址", "{n} addresses"),
    "sound": ("没有错误", "no mistakes"),
}


def say(key: str, lang: str, **facts: object) -> str:
    """One of the words above in ``lang``."""
    return SAID[key][lang == "en"].format(**facts)


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


def _moment(at: Moment, lang: str) -> str:
    known = say("known_on", lang, day=at.known_on) if at.known_on else say("all_known", lang)
    return " · ".join([say("area", lang, area=at.area), say("on", lang, day=at.day), known])


def _day(day: dt.date | None, lang: str) -> str:
    return day.isoformat() if day else say("open", lang)


def _styled(holding: Holding, lang: str) -> Text:
    from rich.text import Text

    style = {"missing": "red", "unmodelled": "magenta", "assumed": "yellow"}.get(holding.status, "bold")
    return Text(asking.show_holding(holding, lang), style=style)


def print_answer(law: Law, answer: Answer, lang: str) -> None:
    """A value in force with its clause and its history."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console, holding = _console(), answer.holding
    name, value = holding.address.name, holding.value
    console.print(Text(asking.labels_of(law, lang)[name], style="bold"))
    console.print(Text(name, style="dim"))
    console.print(Text(_moment(answer.at, lang), style="dim"))
    console.print()
    if holding.holds:
        status = word(STATUS, holding.status, lang)
        console.print(Text.assemble("  ", _styled(holding, lang), "  ", (status, "dim")))
    else:
        console.print(Text("  " + say(holding.status, lang), style="red"))
    if value is not None:
        facts = Table.grid(padding=(0, 2))
        facts.add_column(style="dim", no_wrap=True)
        facts.add_column(overflow="fold")
        clause, document = law.clauses[value.clause], law.by_id[value.document]
        facts.add_row(
            say("clause", lang), Text.assemble(law.clause_label(clause.id, lang), "  ", (clause.id, "dim"))
        )
        facts.add_row(say("gist", lang), Text(clause.gist[lang]))
        facts.add_row(say("document", lang), Text(document.title[lang]))
        facts.add_row("", Text(document.issuer[lang], style="dim"))
        span = f"{_day(value.period.start, lang)} – {_day(value.period.end, lang)}"
        facts.add_row(say("period", lang), Text(span))
        facts.add_row(say("known", lang), Text(say("since", lang, day=value.known_from)))
        if value.reason:
            facts.add_row(say("reason", lang), Text(value.reason))
        console.print(Padding(facts, (0, 0, 0, 2), expand=False))
    console.print()
    if answer.history:
        console.print(_history(law, answer.history, value, lang))
    else:
        key = "matter" if holding.address.unit == "matter" else "no_history"
        console.print(Text("  " + say(key, lang), style="dim"))


def _history(law: Law, history: Sequence[Value], held: Value | None, lang: str) -> Any:
    table = _table(say("history", lang))
    table.add_column("", no_wrap=True)
    for key in ("from", "to", "known_from"):
        table.add_column(say(key, lang), no_wrap=True)
    for key in ("value", "status", "document"):
        table.add_column(say(key, lang), overflow="fold")
    for value in history:
        table.add_row(
            "▸" if value is held else "",
            _day(value.period.start, lang),
            _day(value.period.end, lang),
            value.known_from.isoformat(),
            asking.show_value(value, lang) if value.status != "unmodelled" else "–",
            word(STATUS, value.status, lang),
            law.by_id[value.document].short[lang],
            style="bold" if value is held else "",
        )
    return table


def _table(title: str | None = None) -> Any:
    from rich import box
    from rich.table import Table

    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        header_style="dim",
        show_edge=False,
    )


def _cited(law: Law, holding: Holding, lang: str) -> str:
    return law.clause_label(holding.value.clause, lang) if holding.value else "–"


def print_family(law: Law, prefix: str, answers: Sequence[Answer], lang: str) -> None:
    """The members of a family of addresses, by what is left of their name."""
    from rich.padding import Padding
    from rich.text import Text

    console, labels = _console(), asking.labels_of(law, lang)
    console.print(Text(prefix, style="bold"))
    console.print(Text(_moment(answers[0].at, lang), style="dim"))
    console.print()
    for answer in answers:
        holding, name = answer.holding, answer.holding.address.name
        console.print(Text.assemble(labels[name], "  ", (name.removeprefix(prefix.rstrip(".") + "."), "dim")))
        said = _styled(holding, lang).append_text(_source(law, holding, lang))
        console.print(Padding(said, (0, 0, 0, 2), expand=False))
    console.print(Text(say("found", lang, n=len(answers)), style="dim"))


def print_differences(
    law: Law, before: Moment, after: Moment, found: Sequence[Difference], lang: str
) -> None:
    """The addresses at which two moments disagree, the old above the new."""
    from rich.padding import Padding
    from rich.text import Text

    console, labels = _console(), asking.labels_of(law, lang)
    console.print(Text.assemble(("− ", "red"), (_moment(before, lang), "dim")))
    console.print(Text.assemble(("+ ", "green"), (_moment(after, lang), "dim")))
    console.print()
    for one in found:
        name = one.old.address.name
        console.print(Text.assemble(labels[name], "  ", (name, "dim")))
        for sign, style, holding in (("− ", "red", one.old), ("+ ", "green", one.new)):
            side = Text.assemble((sign, style), (asking.show_holding(holding, lang), style))
            console.print(Padding(side.append_text(_source(law, holding, lang)), (0, 0, 0, 2), expand=False))
    console.print(Text(say("count", lang, n=len(found)) if found else say("none", lang), style="dim"))


def _source(law: Law, holding: Holding, lang: str) -> Text:
    from rich.text import Text

    if holding.value is None:
        return Text()
    status = word(STATUS, holding.status, lang) if holding.holds else ""
    return Text("  " + " · ".join(filter(None, [_cited(law, holding, lang), status])), style="dim")


def print_report(report: Report, lang: str) -> None:
    """What a check found, mistakes first: each of these in one line."""
    from rich.padding import Padding
    from rich.text import Text

    console = _console()
    for level, (zh, en, style) in LEVELS.items():
        found = [finding for finding in report.findings if finding.level == level]
        if found:
            console.print(Text(f"{zh if lang == 'zh' else en} ({len(found)})", style=f"bold {style}"))
        for finding in found:
            text = Text(finding.text(lang))
            place = Text(_place(finding), style="cyan")
            if level == "mistake":
                console.print(Text.assemble("  ", place, ": " if place else "", text), soft_wrap=True)
                continue
            if place:
                console.print(Padding(place, (0, 0, 0, 2), expand=False))
            console.print(Padding(text, (0, 0, 0, 4 if place else 2), expand=False))
    console.print(Text(report.summary(lang), style="dim"))


def _place(finding: Finding) -> str:
    if not finding.file:
        return ""
    path = os.path.relpath(finding.file)
    file = finding.file if path.startswith("..") else path
    return f"{file}:{finding.line}" if finding.line else file
