"""The quarterly limit of a set of chronic diseases (季度支付限额), stacked, in both modes."""

from __future__ import annotations

from typing import NamedTuple

from sanchong.money import Fen, Rate, room, share
from sanchong.rules.diseases import Condition, Conditions, holds, is_chronic
from sanchong.rules.rule import rule
from sanchong.rules.values import number_of, rate_of
from sanchong.shapes import (
    CHRONIC_COUNT,
    NO_CONDITION,
    PER_DISEASE,
    QUARTERLY_LIMIT,
    QUOTA_MODE,
    SPECIAL_COUNT,
    STACKING_MAX_OTHERS,
    STACKING_RATE,
    State,
    Statement,
    Terms,
    Visit,
)


class Quota(NamedTuple):
    """The limit of a whole set and the part of it that is one disease's own, in fen a quarter."""

    total: Fen
    own: Fen


@rule("shanxi.a43", says="{disease}：限额最高，按 {limit} 计", also=("shanxi.a46",))
def highest_limit(disease: Condition, limit: Fen) -> Fen:
    """The disease with the highest limit counts in full, also beside special ones, in fen (A46, Q6)."""
    return limit


@rule("shanxi.a44", says="{disease}：叠加 {limit} × {rate} = {result}", also=("shanxi.a47",))
def stacked_limit(disease: Condition, limit: Fen, rate: Rate) -> Fen:
    """A further disease adds its share, half up by itself, also beside special ones, in fen (A47, Q7)."""
    return share(limit, rate)


@rule("shanxi.a54", says="本季度限额 {result.total}", also=("shanxi.a41",))
def quarterly_quota(visit: Visit, terms: Terms, book: Statement, waiting: Conditions) -> Quota:
    """The limit of the chronic diseases active on the date (A41), those in ``waiting`` left out.

    Every active disease's limit is looked up, also one that adds nothing: a missing one refuses the
    visit. Ties go to the earlier recognised, then catalogue order.
    """
    for place in range(visit.active_count):
        if is_chronic(visit.active[place]):
            number_of(terms, book, QUARTERLY_LIMIT + visit.active[place] - SPECIAL_COUNT)
    rate = rate_of(terms, book, STACKING_RATE)
    others = number_of(terms, book, STACKING_MAX_OTHERS)
    counted = waiting
    total = own = 0
    for rank in range(min(others, CHRONIC_COUNT) + 1):
        best = _highest_left(visit, terms, counted)
        if best == NO_CONDITION:
            break
        counted |= 1 << best
        limit = terms.num[QUARTERLY_LIMIT + best - SPECIAL_COUNT]
        part = highest_limit(best, limit) if rank == 0 else stacked_limit(best, limit, rate)
        total += part
        if best == visit.condition:
            own = part
    return Quota(total, own)


def _highest_left(visit: Visit, terms: Terms, counted: Conditions) -> Condition:
    """The active chronic disease with the highest limit that is not yet counted, or NO_CONDITION."""
    best, highest = NO_CONDITION, -1
    for place in range(visit.active_count):
        disease = visit.active[place]
        if is_chronic(disease) and not holds(counted, disease):
            limit = terms.num[QUARTERLY_LIMIT + disease - SPECIAL_COUNT]
            if limit > highest:
                best, highest = disease, limit
    return best


@rule("shanxi.a54", says="本季度限额 {limit}，已用 {used}，余 {result}")
def quarter_left(limit: Fen, used: Fen) -> Fen:
    """What the quarter still pays, in fen; nothing is carried over and nothing is below 0 (Q9, Q10)."""
    return room(limit, used)


def quarterly_room(state: State, visit: Visit, terms: Terms, book: Statement, waiting: Conditions) -> Fen:
    """What the quarter of the visit's date still pays for its disease, in fen (Q5)."""
    mode = number_of(terms, book, QUOTA_MODE)
    quota = quarterly_quota(visit, terms, book, waiting)
    if mode == PER_DISEASE:
        return quarter_left(quota.own, state.quarter_disease_used[quarter_place(visit)])
    return quarter_left(quota.total, state.quarter_used[visit.quarter])


def quarter_place(visit: Visit) -> int:
    """The visit's place in ``State.quarter_disease_used``."""
    return visit.quarter * CHRONIC_COUNT + visit.condition - SPECIAL_COUNT
