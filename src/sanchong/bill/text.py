"""The bill on a terminal, by Rich: the waterfall in blocks, each step's clause and arithmetic beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from rich.box import SIMPLE_HEAD, Box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from sanchong.bill.build import year_bill
from sanchong.bill.model import Bill, Citation, Closing, Refused, Segment, Step, UsedValue, Year, YearBill
from sanchong.bill.steps import PAYERS
from sanchong.bill.words import Lang, say, step_words
from sanchong.law.library import Law
from sanchong.money import Fen, yuan

STYLE: Final = {
    "pooled": "#3b82f6",
    "catastrophic": "#a78bfa",
    "assistance": "#10b981",
    "other": "#f59e0b",
    "hospital": "#e11d48",
    "patient": "bold",
    "none": "bright_black",
    "dual": "bright_black",
}
"""The tiers' colours, bright enough for a dark ground; the patient's is that of the text."""
PALE: Final = frozenset(("none", "dual"))
"""Drawn in a lighter block, so that they differ without colour."""
DASHED: Final = Box("┌╌╌┐\n╎ ╎╎\n├╌╌┤\n╎ ╎╎\n├╌╌┤\n├╌╌┤\n╎ ╎╎\n└╌╌┘\n")
AMBER: Final = "#f59e0b"
CRIMSON: Final = "#e11d48"
_PIECE: Final = re.compile(
    r"[（〔“]*(?:[✱✎]\S+|[\u2e80-\u9fff\uff10-\uffef]|[!-~…·−×＋]+|.)(?:[，。；：）〕”、％？！]|\s)*",
    re.DOTALL,
)
"""What stays together on a line: a Chinese character, or a word or figure, with the marks around it."""
WIDEST: Final = 132
"""Wider than this a bill is harder to read, not easier."""


def show(
    console: Console,
    results: Iterable[tuple[Any, Mapping[str, Any]]],
    law: Law,
    lang: Lang = "zh",
    *,
    lines: bool = False,
) -> None:
    """Print the bills of pairs of a case as given and its result; with ``lines`` the fee lines too."""
    for at, (case, result) in enumerate(results):
        console.print(case_text(year_bill(case, result, law, lang, at), console.width, lines=lines))


def case_text(case: YearBill, width: int, *, lines: bool = False) -> RenderableType:
    """One case for a terminal ``width`` wide: its bills, then the year; or its refusal."""
    width = min(width, WIDEST)
    if case.refused is not None:
        return _refused(case, case.refused, width)
    parts: list[RenderableType] = []
    year = case.year
    if year is not None:
        once = len(year.bills) > 1
        for bill in year.bills:
            parts += [bill_text(bill, width, lines=lines, assumed=not once), Text()]
        if year.closing is not None:
            parts += [_closing(year.closing, width, case.lang), Text()]
        if len(year.bills) != 1 or year.closing is not None:
            parts += [_year(case, year, width), Text()]
        if once and year.assumed:
            parts.append(_assumed(year.assumed, width, case.lang))
    parts.append(_foot(case))
    return Padding(Group(*parts), (1, 0, 0, 0))


def bill_text(bill: Bill, width: int, *, lines: bool = False, assumed: bool = True) -> RenderableType:
    """One bill for a terminal ``width`` wide; ``assumed`` names the assumed figures beneath it.

    Where several bills follow each other the figures are named once, at the end, and each step that
    leans on one keeps its mark.
    """
    parts: list[RenderableType] = [
        _head(bill, width),
        _figures(bill.total, bill.paid, bill.patient, bill.lang),
    ]
    if bill.amounts["deferred_base"]:
        parts.append(Text(say("deferred", bill.lang, base=yuan(bill.amounts["deferred_base"])), style="dim"))
    parts += [Text(), _waterfall(bill, width)]
    gates = [gate for gate in bill.gates if gate.code != "no_category"]
    if gates:
        rows = [_cited(gate.clause, f"{gate.label}：{clean(gate.text)}") for gate in gates]
        parts.append(_box(say("gates", bill.lang), rows, width, CRIMSON))
    if bill.unmodelled:
        rows = [Text(say("unmodelled_says", bill.lang)), *_values(bill.unmodelled)]
        parts.append(_box(say("unmodelled", bill.lang), rows, width, CRIMSON))
    if lines and bill.lines:
        parts.append(_lines(bill, width))
    if assumed and bill.assumed:
        parts.append(_assumed(bill.assumed, width, bill.lang))
    return Group(*parts)


def _assumed(values: Sequence[UsedValue], width: int, lang: Lang) -> Padding:
    return _box(
        say("assumed", lang), [Text(say("assumed_says", lang)), *_values(values)], width, AMBER, DASHED
    )


def wrapped(text: Text, width: int) -> Text:
    """``text`` broken into lines as Chinese is: between any two characters, but not before a comma."""
    plain, cuts, used = text.plain, [], 0
    for piece in _PIECE.finditer(plain):
        wide = cell_len(piece.group())
        if used and used + cell_len(piece.group().rstrip()) > width:
            cuts.append(piece.start())
            used = 0
        used += wide
    lines = text.divide(cuts)
    for line in lines:
        line.rstrip()
    return Text("\n").join(lines)


def clean(text: str) -> str:
    """Text that can do nothing to a terminal: what cannot be printed is replaced."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)


# ── the parts of a bill ──────────────────────────────────────────────────────────────────────


def _head(bill: Bill, width: int) -> RenderableType:
    title = Text(f"{say('title', bill.lang)} ", style="bold")
    kind = f"{bill.kind_label} · {bill.disease}" if bill.disease else bill.kind_label
    title.append(clean(f" {kind} · {say('visit', bill.lang)} {bill.id}"), style="not bold dim")
    day = say("discharged" if bill.kind == "inpatient" else "settled_on", bill.lang)
    when = f"{bill.date} {day}"
    if bill.days:
        when += f" · {say('stay_days', bill.lang, days=bill.days)}"
    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(ratio=1)
    grid.add_column(justify="right")
    grid.add_row(title, Text(when, style="dim"))
    who = Text(clean(f"{say('person', bill.lang)} {bill.person} · {bill.insurance} · "), style="dim")
    who.append(bill.category, style=f"not dim {STYLE['assistance']}")
    if bill.provider:
        facts = ("，" if bill.lang == "zh" else ", ").join(bill.provider_facts)
        who.append(
            clean(f" · {bill.provider}（{facts}）" if bill.lang == "zh" else f" · {bill.provider} ({facts})")
        )
    return Group(Rule(style="bright_black"), grid, wrapped(who, width))


def _figures(total: Fen, paid: Fen, patient: Fen, lang: Lang) -> Text:
    text = Text()
    for key, amount, style in (
        ("total", total, "bold"),
        ("paid", paid, f"bold {STYLE['assistance']}"),
        ("i_pay", patient, "bold"),
    ):
        text.append(f"{say(key, lang)} ", style="dim")
        text.append(f"{yuan(amount)}    ", style=style)
    text.rstrip()
    return text


def _waterfall(bill: Bill, width: int) -> Table:
    label = 10 if bill.lang == "zh" else 18
    room = width - label - 14 - 8
    bar = max(14, room * 2 // 5)
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=label)
    grid.add_column(width=bar, no_wrap=True)
    grid.add_column(width=14, justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    whole = (Segment("patient", "", 0, bill.total),)
    grid.add_row(
        Text(say("total", bill.lang), style="bold"),
        blocks(whole, bill.total, bar),
        Text(yuan(bill.total), style="bold"),
        Text(),
    )
    for step in bill.steps:
        *cells, note = _step(step, bar, bill.lang)
        grid.add_row(*cells, wrapped(note, room - bar))
    return grid


def _step(step: Step, bar: int, lang: Lang) -> tuple[Text, Text, Text, Text]:
    style = STYLE[step.colour]
    note = _cited(step.clause, clean(step.note), dim=True)
    if step.detail.assumed:
        note.append(f" ✱{say('assumed', lang)}", style=AMBER)
    if step.detail.overlaid:
        note.append(f" ✎{say('overlay', lang)}", style="dim")
    bold = "bold" if step.key == "patient" else ""
    picture = blocks(step.segments, step.whole, bar, at=step.drop, colour=step.colour)
    return Text(step.label, style=bold), picture, Text(yuan(step.amount), style=f"{bold} {style}"), note


def blocks(segments: Sequence[Segment], whole: Fen, width: int, at: Fen = 0, colour: str = "patient") -> Text:
    """A bar in block characters, to half a character; one of nought is a thin line at ``at``."""
    halves = [""] * (2 * width)
    for segment in segments:
        if not segment.width or whole <= 0:
            continue
        start = _half(segment.start, whole, width)
        end = max(_half(segment.start + segment.width, whole, width), start + 1)
        start = min(start, 2 * width - 1)
        halves[start:end] = [segment.colour] * (min(end, 2 * width) - start)
    text = Text()
    if not any(halves):
        text.append(" " * min(_half(at, whole, width) // 2, width - 1))
        text.append("│", style=STYLE[colour])
        return text
    for left, right in zip(halves[::2], halves[1::2], strict=True):
        text.append(_glyph(left, right), style=STYLE.get(left or right, ""))
    text.rstrip()
    return text


def _half(amount: Fen, whole: Fen, width: int) -> int:
    """A place on a bar in half characters, to the nearest."""
    return (4 * amount * width + whole) // (2 * whole) if whole > 0 else 0


def _glyph(left: str, right: str) -> str:
    if not left and not right:
        return " "
    if (left or right) in PALE:
        return "▒"
    if left and right:
        return "█"
    return "▌" if left else "▐"


def _cited(clause: Citation | None, text: str, *, dim: bool = False) -> Text:
    said = Text()
    if clause is not None:
        said.append(f"〔{clause.label}〕", style="cyan")
    said.append(text, style="dim" if dim else "")
    return said


def _values(values: Sequence[UsedValue]) -> Iterator[Text]:
    for value in values:
        text = Text(f"· {value.label} ")
        text.append(clean(value.shown), style="bold")
        yield text


def _box(title: str, rows: Sequence[Text], width: int, colour: str, box: Box | None = None) -> Padding:
    heading = Text(f" {title} ", style=f"bold {colour}")
    usual = Box("┌──┐\n│ ││\n├──┤\n│ ││\n├──┤\n├──┤\n│ ││\n└──┘\n")
    inside = Group(*(wrapped(row, width - 4) for row in rows))
    panel = Panel(
        inside, title=heading, title_align="left", box=box or usual, border_style=colour, width=width
    )
    return Padding(panel, (1, 0, 0, 0))


def _lines(bill: Bill, width: int) -> Group:
    lang = bill.lang
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title=say("lines", lang), title_justify="left")
    for key in ("line", "class", "amount", "in_policy"):
        table.add_column(say(key, lang), justify="right" if key in ("amount", "in_policy") else "left")
    paying = [step for step in bill.steps if step.key in PAYERS and step.amount]
    for step in paying:
        table.add_column(step.label, justify="right", style=STYLE[step.colour])
    table.add_column(say("i_pay", lang), justify="right", style="bold")
    for row in bill.lines:
        amounts = [row.amount, row.in_policy, *(row.parts[s.key] for s in paying), row.parts["patient"]]
        table.add_row(Text(clean(row.id)), row.line_class, *(yuan(amount) for amount in amounts))
    said = [
        wrapped(Text(f"{clean(row.id)} ").append_text(_cited(row.clause, clean(row.why), dim=True)), width)
        for row in bill.lines
        if row.why
    ]
    return Group(table, *said)


# ── the year, a refusal, the footer ──────────────────────────────────────────────────────────


def _closing(closing: Closing, width: int, lang: Lang) -> RenderableType:
    head = Text(f"{say('close_year', lang)}  ", style="bold")
    head.append(yuan(closing.amount), style=f"bold {STYLE['assistance']}")
    head.append("  ").append_text(_cited(closing.clause, ""))
    said = [wrapped(Text(clean(s.text), style="dim"), width) for s in closing.detail.sentences]
    return Group(Rule(style="bright_black"), head, *said)


def _year(case: YearBill, year: Year, width: int) -> RenderableType:
    lang, sums = case.lang, year.sums
    title = Text(f"{say('year_title', lang)} ", style="bold")
    title.append(
        f" {say('year', lang, year=case.number)} · {say('count', lang, n=len(year.bills))}", style="dim"
    )
    visits = Table.grid(padding=(0, 2, 0, 0), expand=True)
    bar = max(12, (width - 44) // 3)
    visits.add_column(width=10)
    visits.add_column(ratio=1)
    visits.add_column(width=bar, no_wrap=True)
    for _ in range(2):
        visits.add_column(justify="right", no_wrap=True)
    most = max((bill.total for bill in year.bills), default=0)
    visits.add_row(
        *(Text(say(key, lang), style="dim") for key in ("date", "visit")),
        Text(),
        *(Text(say(key, lang), style="dim") for key in ("total", "i_pay")),
    )
    for bill in year.bills:
        kind = f"{bill.kind_label} · {bill.disease}" if bill.disease else bill.kind_label
        picture = blocks(bill.stack, most, bar)
        visits.add_row(
            bill.date,
            Text(clean(f"{kind} {bill.id}")),
            picture,
            yuan(bill.total),
            Text(yuan(bill.patient), "bold"),
        )
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=10 if lang == "zh" else 18)
    table.add_column(width=bar * 2, no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    shares = {segment.colour: segment for segment in year.stack}
    for key in PAYERS:
        if sums[key]:
            picture = blocks((shares[key],), sums["total"], bar * 2)
            table.add_row(step_words(key, lang)[0], picture, Text(yuan(sums[key]), style=STYLE[key]))
    own = tuple(shares[key] for key in ("patient", "none") if key in shares)
    label = Text(step_words("patient", lang)[0], style="bold")
    table.add_row(label, blocks(own, sums["total"], bar * 2), Text(yuan(sums["patient"]), style="bold"))
    counted = [
        Text(f"{c.label} {yuan(c.used)}" + (f"（{c.note}）" if c.note else ""), style="dim")
        for c in year.counters
    ]
    figures = _figures(sums["total"], year.paid, sums["patient"], lang)
    heading = Text(say("year_sums", lang), style="bold")
    return Group(
        Rule(style="bright_black"),
        title,
        Text(),
        visits,
        Text(),
        heading,
        figures,
        Text(),
        table,
        Text(),
        *counted,
    )


def _refused(case: YearBill, refused: Refused, width: int) -> RenderableType:
    lang = case.lang
    where = f"{say('visit', lang)} {refused.visit} · {refused.where}" if refused.visit else refused.where
    told = [
        ("case", Text(clean(case.case or "—"))),
        ("what", Text(clean(refused.message))),
        ("where", Text(clean(where))),
        ("next", Text(refused.next)),
    ]
    if refused.clause is not None:
        told.insert(3, ("clauses", _cited(refused.clause, clean(refused.clause.gist))))
    rows = [Text(f"{say(key, lang)}  ", style="dim").append_text(text) for key, text in told]
    return _box(f"{say('refused', lang)} · {refused.label}", rows, width, CRIMSON)


def _foot(case: YearBill) -> Text:
    receipt, lang = case.receipt, case.lang
    if receipt is None:
        return Text()
    said = f"{say('receipt', lang)} {receipt.short} · {say('engine', lang)} {receipt.engine}"
    return Text(clean(f"{said} · {say('known', lang, date=receipt.known_on)}"), style="dim")
