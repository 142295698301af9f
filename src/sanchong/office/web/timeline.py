"""A person's year as a page: its entries in words, and what has been used up, drawn as stairs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sanchong.law.documents import Disease
from sanchong.law.labels import CATEGORY
from sanchong.money import NO_LIMIT, Fen, yuan
from sanchong.office.actor import Actor
from sanchong.office.claims.limits import Limit
from sanchong.office.claims.models import VISIT_KINDS
from sanchong.office.claims.reversals import Reversal
from sanchong.office.claims.timeline import Entry, Step, timeline
from sanchong.office.lawbook.services import active_bundle, engine_of
from sanchong.office.people.models import Person
from sanchong.office.web.charts import Piece, shares, stack
from sanchong.settlement.refusal import Refusal
from sanchong.shapes import State

KIND_NAMES: Final = {"settle": "结算", "reverse": "撤销", "adjust": "补差", "close": "年终结算"}
FACT_NAMES: Final = {
    "category": "补记的救助对象类别",
    "recognition": "补记的病种认定",
    "waiver": "补记的病种互斥豁免",
    "enrolment": "补记的参保",
    "member": "补记的迁入户",
    "registration": "补记的户籍地",
    "referral": "补记的转诊备案",
    "cross_area": "补记的异地就医备案",
    "correct": "一项记录的更正",
    "end": "一项记录的终止",
    "withdraw": "一项记录的撤回",
    "recorded": "一项补登的记录",
    "payout": "事后得知的其他赔付",
    "law": "事后公布的政策文件",
}
QUARTERS: Final = ("一季度", "二季度", "三季度", "四季度")

WIDTH, HEIGHT, TOP, FOOT = 320, 120, 16, 20
NEAR: Final = 3
"""A limit is drawn where it is at most so many times what is used: else the stairs would lie flat."""


# ── what the page shows ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Part:
    """A payer's part of an entry, with its sign where the entry changes what was."""

    tier: str
    title: str
    amount: str


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of the year in words."""

    turn: int
    number: str
    kind: str
    title: str
    day: dt.date
    what: str
    provider: str
    total: str
    parts: Sequence[Part]
    bar: Sequence[Piece]
    """Of what the visit comes to; empty where the entry takes it away."""
    now: Sequence[Part]
    """Of a correction that stands: what the visit comes to with it."""
    patient: str
    stands: bool
    causes: Sequence[tuple[str, int]]
    """What it has to do with: words, and the turn of the other entry (0: none)."""
    reversal: Reversal | None
    reversible: bool


@dataclass(frozen=True, slots=True)
class Dot:
    """Where the stairs rise, and what it says there."""

    x: str
    y: str
    said: str


@dataclass(frozen=True, slots=True)
class Stairs:
    """How something was used up, entry by entry; beside a limit, how much of it is left."""

    title: str
    tier: str
    used: str
    note: str
    assumed: bool
    line: str
    area: str
    limit: str
    """Where the limit's line lies; "" if it is not drawn."""
    dots: Sequence[Dot]
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter's quota for chronic diseases."""

    title: str
    used: str
    note: str
    fill: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything on the page."""

    person: Person
    year: int
    closed: bool
    rows: Sequence[Row]
    charts: Sequence[Stairs]
    quarters: Sequence[Quarter]
    unused: Sequence[str]
    steps: Sequence[tuple[int, dt.date, Sequence[str]]]
    """What the charts draw, as a table."""
    columns: Sequence[str]
    deferred: Sequence[tuple[str, str]]
    closing: str
    """What was paid at the year's end; "" if it is not closed."""
    assumed: Sequence[str]
    earlier: int | None
    following: int | None
    width: int = WIDTH
    height: int = HEIGHT


def shown(actor: Actor, number: str, year: int, *, may_reverse: bool, presented: bool = False) -> Shown:
    """A person's year; Refusal as :func:`sanchong.office.claims.timeline.timeline`."""
    of = timeline(actor, number, year, presented=presented)
    names = disease_names()
    limits = {(row.tier, row.to_reach): row for row in (of.limits.rows if of.limits else ())}
    drawn = [(one, _stairs(one, of.steps, limits.get(one.limit))) for one in GAUGES]
    others = [other for other in of.years if other != year]
    closing = [
        entry for entry in of.entries if entry.kind == "close" or (entry.kind == "adjust" and not entry.visit)
    ]
    used = [limit for limit in (*limits.values(), *of.quarters.values()) if _is_assumed(limit)]
    return Shown(
        person=of.person,
        year=year,
        closed=of.closed,
        rows=_rows(of.entries, names, may_reverse=may_reverse),
        charts=[chart for _, chart in drawn if chart is not None],
        quarters=[_quarter(q, limit) for q, limit in sorted(of.quarters.items())],
        unused=[one.title for one, chart in drawn if chart is None],
        steps=[(s.turn, s.day, [yuan(one.used(s.state)) for one in GAUGES]) for s in of.steps],
        columns=[one.title for one in GAUGES],
        deferred=[(CATEGORY[code][0], yuan(fen)) for code, fen in of.deferred.items()],
        closing=yuan(sum(entry.amounts["assistance"] for entry in closing)) if of.closed else "",
        assumed=list(dict.fromkeys(_figure(limit) for limit in used)),
        earlier=max((other for other in others if other < year), default=None),
        following=min((other for other in others if other > year), default=None),
    )


# ── entries ──────────────────────────────────────────────────────────────────────────────────


def _rows(entries: Sequence[Entry], names: Mapping[str, str], *, may_reverse: bool) -> list[Row]:
    taken = {entry.replaces: entry for entry in entries if entry.replaces is not None}
    sums: dict[str, dict[str, Fen]] = {}
    for entry in entries:  # what is taken back and corrected adds up to what a visit comes to now
        of = sums.setdefault(entry.visit, dict.fromkeys(entry.amounts, 0))
        for payer, fen in entry.amounts.items():
            of[payer] += fen
    return [_row(entry, taken.get(entry.turn), sums[entry.visit], names, may_reverse) for entry in entries]


def _row(
    entry: Entry, later: Entry | None, sums: Mapping[str, Fen], names: Mapping[str, str], may_reverse: bool
) -> Row:
    whole = entry.kind == "settle"
    corrected = entry.kind == "adjust" and entry.stands and bool(entry.visit)
    parts = [share for share in shares(entry.amounts) if share.amount]
    now = [share for share in shares(sums) if share.amount]
    return Row(
        turn=entry.turn,
        number=entry.number,
        kind=entry.kind,
        title=KIND_NAMES[entry.kind],
        day=entry.day,
        what=_what(entry, names),
        provider=entry.provider,
        total=(yuan if whole else signed)(entry.total) if entry.total else "",
        parts=[Part(p.tier, p.title, yuan(p.amount) if whole else signed(p.amount)) for p in parts],
        bar=stack(now if corrected else parts if whole else []),
        now=[Part(p.tier, p.title, yuan(p.amount)) for p in now] if corrected else [],
        patient=yuan(entry.amounts["patient"]) if whole else signed(entry.amounts["patient"]),
        stands=entry.stands,
        causes=list(_causes(entry, later)),
        reversal=entry.reversal,
        reversible=may_reverse and entry.stands and bool(entry.visit) and entry.kind in ("settle", "adjust"),
    )


def _what(entry: Entry, names: Mapping[str, str]) -> str:
    if not entry.visit:
        return "年终一次性救助"
    disease = disease_name(entry.disease, names) if entry.disease else ""
    return f"{VISIT_KINDS[entry.visit_kind]}{' · ' if disease else ''}{disease}"


def _causes(entry: Entry, later: Entry | None) -> Sequence[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    if entry.kind == "adjust" and entry.replaces:
        found.append((f"更正第 {entry.replaces} 笔", entry.replaces))
    if entry.kind == "reverse" and entry.replaces:
        found.append((f"撤销第 {entry.replaces} 笔", entry.replaces))
    if entry.cause:
        found.append((f"因第 {entry.cause} 笔而重算", entry.cause))
    if entry.fact:
        found.append((f"因{FACT_NAMES[entry.fact]}而重算", 0))
    if later is not None:
        found.append((f"已由第 {later.turn} 笔{'撤销' if later.kind == 'reverse' else '更正'}", later.turn))
    return found


def signed(fen: Fen) -> str:
    """A change: with its sign, a true minus."""
    return f"+{yuan(fen)}" if fen > 0 else f"−{yuan(-fen)}" if fen < 0 else yuan(0)


def disease_names() -> dict[str, str]:
    """Every disease that the active law knows, and its sub-types as ``code:subtype``, by their short names."""
    try:
        diseases: Sequence[Disease] = engine_of(active_bundle()).law.diseases
    except Refusal:
        return {}
    return {d.code: d.short for d in diseases} | {
        f"{d.code}:{code}": f"{d.short}（{name}）" for d in diseases for code, name in d.subtype_names.items()
    }


def disease_name(code: str, names: Mapping[str, str]) -> str:
    """``code`` or ``code:subtype`` as people say it."""
    return names.get(code) or names.get(code.partition(":")[0], "门诊慢特病")


# ── what is used up ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Gauge:
    """Something that rises over the year, and which limit it rises towards (tier, whether it is one to reach)."""

    title: str
    tier: str
    used: Callable[[State], Fen]
    limit: tuple[str, bool]


GAUGES: Final = (
    Gauge("统筹基金支付（计入年度限额）", "pooled", lambda s: s.pooled_used, ("pooled", False)),
    Gauge("大病保险的个人负担累计", "catastrophic", lambda s: s.catastrophic_burden, ("catastrophic", True)),
    Gauge(
        "大病保险支付（计入年度限额）", "catastrophic", lambda s: s.catastrophic_used, ("catastrophic", False)
    ),
    Gauge("计入救助起付标准的费用", "assistance", lambda s: s.deductible_filled, ("", False)),
    Gauge("医疗救助支付（计入年度限额）", "assistance", lambda s: s.assistance_used, ("assistance", False)),
    Gauge("个人负担合计", "patient", lambda s: s.patient, ("", False)),
)


def _stairs(gauge: Gauge, steps: Sequence[Step], limit: Limit | None) -> Stairs | None:
    """The stairs; None where nothing was used."""
    values = [gauge.used(step.state) for step in steps]
    most = max(values, default=0)
    if not most:
        return None
    figure = limit.limit if limit is not None and limit.limit not in (None, NO_LIMIT) else None
    near = figure is not None and figure <= NEAR * most
    top = max(most, figure or 0) if near else most
    ground, room = HEIGHT - FOOT, HEIGHT - FOOT - TOP

    def height(fen: Fen) -> str:
        return _at(ground - room * fen / top)

    wide = WIDTH / len(steps)
    path, dots = [f"M0 {ground}"], []
    for i, (step, value) in enumerate(zip(steps, values, strict=True)):
        x = _at((i + 0.3) * wide)
        path.append(f"H{x} V{height(value)}")
        dots.append(Dot(x, height(value), f"{step.day} 累计 {yuan(value)}"))
    path.append(f"H{WIDTH}")
    return Stairs(
        title=gauge.title,
        tier=gauge.tier,
        used=yuan(values[-1]),
        note=_note(limit, figure, values[-1]),
        assumed=limit is not None and _is_assumed(limit),
        line=" ".join(path),
        area=f"{' '.join(path)} V{ground} Z",
        limit=height(figure) if near and figure is not None else "",
        dots=dots,
        first=f"{steps[0].day}",
        last=f"{steps[-1].day}" if len(steps) > 1 else "",
    )


def _note(limit: Limit | None, figure: Fen | None, used: Fen) -> str:
    if limit is None:
        return ""
    if figure is None:
        return "不设限额" if limit.limit == NO_LIMIT else "限额未收录"
    if limit.to_reach:
        return f"起付 {yuan(figure)}，{'已过起付' if used >= figure else f'还差 {yuan(figure - used)}'}"
    return f"限额 {yuan(figure)}，余 {yuan(max(figure - used, 0))}"


def _quarter(quarter: int, limit: Limit) -> Quarter:
    figure = limit.limit
    fill = _at(min(100 * limit.used / figure, 100)) if figure else "0"
    note = "限额未收录" if figure is None else f"限额 {yuan(figure)}，余 {yuan(max(figure - limit.used, 0))}"
    return Quarter(QUARTERS[quarter], yuan(limit.used), note, fill, _is_assumed(limit))


def _is_assumed(limit: Limit) -> bool:
    return limit.status == "assumed" and limit.limit is not None


def _figure(limit: Limit) -> str:
    assert limit.limit is not None
    return f"{limit.title.removesuffix('余').removesuffix('还差')} {yuan(limit.limit)}"


def _at(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
