"""Mutually exclusive diseases (互斥病种), waivers, and earlier recognitions that now exclude each other."""

from __future__ import annotations

from types import SimpleNamespace

from sanchong.money import Fen
from sanchong.rules.rule import rule
from sanchong.rules.values import number_of
from sanchong.shapes import (
    CANCER,
    CONDITIONS,
    DISEASE_COUNT,
    QUARTERLY_LIMIT,
    SPECIAL_COUNT,
    TRANSPLANT,
    Statement,
    Terms,
    Visit,
)

_LAST_TRANSPLANT = len(CONDITIONS) - 2

Condition = int
"""A code into CONDITIONS."""
Conditions = int
"""A set of conditions, as bits."""
Pairs = int
"""A set of the Terms' exclusion pairs, as bits."""


def disease_of(condition: Condition) -> int:
    """The disease of a condition: itself, or that of which it names the sub-type."""
    if condition < DISEASE_COUNT:
        return condition
    return TRANSPLANT if condition <= _LAST_TRANSPLANT else CANCER


@rule("shanxi.a15", says="", also=("shanxi.a45",))
def is_chronic(condition: Condition) -> bool:
    """Whether a condition is a chronic disease (门诊慢性病), managed by quarterly limit; else it is special.

    A special one neither meets a quarterly limit nor takes a place in one (A45).
    """
    return SPECIAL_COUNT <= condition < DISEASE_COUNT


def holds(conditions: Conditions, condition: Condition) -> bool:
    """Whether ``condition`` is in the set."""
    return conditions >> condition & 1 == 1


def _conflicts_says(v: SimpleNamespace) -> str:
    pairs = [
        f"{v.show('Condition', v.terms.exclusion_a[pair])}与{v.show('Condition', v.terms.exclusion_b[pair])}"
        for pair in range(v.terms.exclusion_count)
        if holds(v.result, pair)
    ]
    return f"同时认定了互斥病种：{'；'.join(pairs)}" if pairs else ""


@rule(
    "shanxi.a39",
    says=_conflicts_says,
    said=(((0, 1, 0), lambda v: "同时认定了互斥病种：{held}" if v.result else ""),),  # a place never filled
)
def conflicts(terms: Terms, held: Conditions, waived: Pairs) -> Pairs:
    """The exclusion pairs, as bits, of which both are held and which no recorded waiver lifts (A31–A40)."""
    found = 0
    for pair in range(terms.exclusion_count):
        both = holds(held, terms.exclusion_a[pair]) and holds(held, terms.exclusion_b[pair])
        if both and not holds(waived, pair):
            found |= 1 << pair
    return found


def excluded(visit: Visit, terms: Terms) -> bool:
    """Whether two diseases held exclude each other for good.

    Two legacy recognitions do not: until the person chooses, the lower of them gives way.
    """
    if terms.exclusion_count == 0 or visit.held & (visit.held - 1) == 0:  # one alone excludes nothing
        return False
    found = conflicts(terms, visit.held, visit.waived)
    for pair in range(terms.exclusion_count):
        if holds(found, pair):
            a, b = terms.exclusion_a[pair], terms.exclusion_b[pair]
            if not (holds(visit.legacy, a) and holds(visit.legacy, b)):
                return True
    return False


@rule("jinzhong.a59", says="过渡期互斥病种，选定前只享受待遇较高的一种，暂停：{result}")
def lower_benefit(a: Condition, b: Condition, limit_a: Fen, limit_b: Fen, a_first: bool) -> Condition:
    """Of two excluded conditions the one with the lower benefit.

    A special disease has no quarterly limit and outranks a chronic one; of two chronic ones the
    higher limit outranks; at a tie the earlier recognised, then catalogue order (Q6, Q14).
    """
    if is_chronic(a) != is_chronic(b):
        return a if is_chronic(a) else b
    if limit_a != limit_b:
        return a if limit_a < limit_b else b
    return b if a_first else a


def giving_way(visit: Visit, terms: Terms, book: Statement) -> Conditions:
    """The conditions, as bits, that give way while a choice between legacy recognitions is pending."""
    waiting = 0
    if visit.legacy == 0:
        return waiting
    found = conflicts(terms, visit.held, visit.waived)
    for pair in range(terms.exclusion_count):
        if holds(found, pair):
            a, b = terms.exclusion_a[pair], terms.exclusion_b[pair]
            limit_a, limit_b = 0, 0
            if is_chronic(a) and is_chronic(b):
                limit_a = number_of(terms, book, QUARTERLY_LIMIT + a - SPECIAL_COUNT)
                limit_b = number_of(terms, book, QUARTERLY_LIMIT + b - SPECIAL_COUNT)
            waiting |= 1 << lower_benefit(a, b, limit_a, limit_b, _first(visit, a, b))
    return waiting


def _first(visit: Visit, a: Condition, b: Condition) -> bool:
    """Whether ``a`` stands before ``b`` among what is held."""
    for place in range(visit.active_count):
        if visit.active[place] == a:
            return True
        if visit.active[place] == b:
            return False
    return True
