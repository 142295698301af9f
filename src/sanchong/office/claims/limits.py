"""What is left of a person's limits on a day: of the quarter, of each tier's year; and what to warn of.

The figures are those that a settlement on that day would look up. One that no document states is said to be so; one that is
nowhere is no figure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from sanchong import Engine
from sanchong.dates import quarter_of
from sanchong.law.terms import Resolution
from sanchong.money import Fen, parse_yuan, room
from sanchong.office.claims.models import PersonYear
from sanchong.rules.catastrophic import tilted_row
from sanchong.settlement import questions
from sanchong.settlement.case import category_code
from sanchong.settlement.entry import YearSoFar
from sanchong.settlement.explanation import status_of
from sanchong.settlement.options import Options
from sanchong.settlement.questions import Setting
from sanchong.settlement.refusal import Refusal
from sanchong.shapes import (
    ASSISTANCE_CAP,
    CATASTROPHIC_CAP,
    CATASTROPHIC_DEDUCTIBLE,
    MISSING,
    NO_CATEGORY,
    POOLED_ANNUAL_CAP,
    UNMODELLED,
    State,
)

QUARTER: Final = "本季慢病额度余"
"""The title of the quarter's quota."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who a person is on a day, in codes: what decides which limits are theirs."""

    insurance: str
    region: str
    household: str
    categories: tuple[str, ...]
    diseases: tuple[str, ...]
    """``code`` or ``code:subtype``, earliest recognised first."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit, in fen, and what of it is used. ``limit`` is None where there is no figure, NO_LIMIT where there is no limit."""

    title: str
    tier: str
    """Whose colour it has: pooled, catastrophic, assistance."""
    limit: Fen | None
    used: Fen
    status: str = "stated"
    """As the law says of its value: stated, reading, assumed, unmodelled, missing …"""
    to_reach: bool = False
    """A deductible: what is left is still to be borne before the tier pays."""

    @property
    def left(self) -> Fen | None:
        """What is left, in fen; None without a figure, NO_LIMIT without a limit."""
        return None if self.limit is None else room(self.limit, self.used)


@dataclass(frozen=True, slots=True)
class Limits:
    """All limits of a person on a day, and sentences of which somebody should take note."""

    rows: tuple[Limit, ...]
    warnings: tuple[str, ...]
    patient: Fen
    """What the person has borne this year, in fen."""


def year_so_far(person: int, year: int) -> State:
    """The person's year as its entries have left it; a new year if there are none."""
    kept = PersonYear.objects.filter(person=person, year=year).values_list("state", flat=True).first()
    return YearSoFar.of(orjson.loads(kept) if kept else {}).state


def limits(
    engine: Engine,
    standing: Standing,
    state: State,
    day: dt.date,
    known_on: dt.date,
    *,
    clinical: bool = True,
) -> Limits:
    """What is left of a person's limits on ``day``; without ``clinical`` nothing that tells a disease."""
    resolution = engine.resolver.resolve(standing.region, standing.household, day, known_on)
    category = min(map(category_code, standing.categories), default=NO_CATEGORY)
    setting = Setting(standing.region, day, known_on)
    rows, warnings = [], []
    if clinical and standing.diseases:
        quarter, said = _quarter(engine, setting, standing.diseases, state)
        rows += quarter
        warnings += said
    rows.append(_limit("统筹年度限额余", "pooled", resolution, POOLED_ANNUAL_CAP, state.pooled_used))
    if standing.insurance == "resident":
        rows += _catastrophic(resolution, category, state)
    if category != NO_CATEGORY:
        slot = ASSISTANCE_CAP + category - 1
        rows.append(_limit("救助年度限额余", "assistance", resolution, slot, state.assistance_used))
    warnings += _early_warnings(engine, setting, standing.categories, state)
    return Limits(tuple(rows), tuple(warnings), state.patient)


def _quarter(
    engine: Engine, setting: Setting, diseases: Sequence[str], state: State
) -> tuple[list[Limit], list[str]]:
    used = state.quarter_used[quarter_of(setting.on)]
    try:
        answer = questions.quarterly_limit(engine, setting, diseases, Options(accept_assumed=True))
    except Refusal as refusal:
        missing = Limit(QUARTER, "pooled", None, used, "missing")
        return [missing], [refusal.messages["zh"]]
    if answer.data["limit"] is None:
        return [], []
    status = "assumed" if answer.assumed else "stated"
    return [Limit(QUARTER, "pooled", parse_yuan(answer.data["limit"]), used, status)], []


def _catastrophic(resolution: Resolution, category: int, state: State) -> Iterable[Limit]:
    terms = resolution.terms
    deductible = CATASTROPHIC_DEDUCTIBLE + tilted_row(terms, CATASTROPHIC_DEDUCTIBLE, category)
    burden = state.catastrophic_burden
    yield _limit("大病起付还差", "catastrophic", resolution, deductible, burden, to_reach=True)
    cap = CATASTROPHIC_CAP + tilted_row(terms, CATASTROPHIC_CAP, category)
    yield _limit("大病年度限额余", "catastrophic", resolution, cap, state.catastrophic_used)


def _limit(
    title: str, tier: str, resolution: Resolution, slot: int, used: Fen, *, to_reach: bool = False
) -> Limit:
    terms = resolution.terms
    there = terms.status[slot] not in (MISSING, UNMODELLED)
    return Limit(title, tier, terms.num[slot] if there else None, used, status_of(resolution, slot), to_reach)


def _early_warnings(engine: Engine, setting: Setting, categories: Iterable[str], state: State) -> list[str]:
    said = []
    for category in categories:
        try:
            answer = questions.early_warning(
                engine, setting, category, state.patient, Options(accept_assumed=True)
            )
        except Refusal:
            continue  # no threshold here: nobody is warned of
        if answer.data["passes"]:
            said.append(answer.text + ("（示例，无文件依据）" if answer.assumed else ""))
    return said
