"""Subsidy of the individual contribution (资助参保): by category, the highest, once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final, NamedTuple

from sanchong.money import Fen, Rate, share, yuan
from sanchong.rules.catastrophic import Category
from sanchong.rules.rule import rule
from sanchong.rules.values import is_stated, is_unmodelled
from sanchong.shapes import (
    CATEGORIES,
    CONTRIBUTION,
    NO_CATEGORY,
    SUBSIDY_AMOUNT,
    SUBSIDY_FLOOR,
    SUBSIDY_RATE,
    Terms,
)

_COUNT: Final = len(CATEGORIES)

Categories = int
"""A set of assistance categories as bits: that of a category's code − 1."""


class Subsidy(NamedTuple):
    """The one subsidy of a person and year, and what decided it."""

    amount: Fen
    """In fen; the contribution less this is the person's own."""
    category: Category
    """The category by which it is paid, the earlier at a tie; NO_CATEGORY if none is subsidised."""
    unmodelled: Categories
    """The person's categories whose subsidy a document leaves to another that is not here."""


@rule("yangquan.b37", says="全额资助个人缴费 {result}")
def whole_contribution(contribution: Fen) -> Fen:
    """The whole individual contribution, in fen."""
    return contribution


def _floor_says(v: SimpleNamespace) -> str:
    if v.result > v.subsidy:
        return f"低于 {yuan(v.floor)}，按 {yuan(v.result)} 资助（不超过个人缴费）"
    return f"不低于 {yuan(v.floor)}"


@rule("yangquan.b39", says=_floor_says)
def raised_to_floor(subsidy: Fen, floor: Fen, contribution: Fen) -> Fen:
    """At least the floor, yet never above the contribution, in fen (Q36)."""
    return min(max(subsidy, floor), contribution)


@rule("yangquan.b38", says="个人缴费 {contribution} 按 {rate} 资助：{result}")
def subsidy_by_rate(contribution: Fen, rate: Rate, floor: Fen) -> Fen:
    """A rate of the contribution, half up, at least the floor (0: none), in fen (B37–B39)."""
    if rate.num == rate.den:
        return whole_contribution(contribution)
    by_rate = share(contribution, rate)
    return raised_to_floor(by_rate, floor, contribution) if floor > 0 else by_rate


@rule("yangquan.b36", says="定额资助 {amount}（个人缴费 {contribution}）：{result}")
def subsidy_by_amount(contribution: Fen, amount: Fen) -> Fen:
    """The fixed amount that a city states, never above the contribution, in fen (Q36)."""
    return min(amount, contribution)


@rule("yangquan.b40", says="多重身份就高不就低，不重复资助：{first} 与 {second} 取 {result}")
def highest_subsidy(first: Fen, second: Fen) -> Fen:
    """Of two subsidies the higher, in fen; they are never added (B40, B41)."""
    return max(first, second)


def is_subsidised(terms: Terms, category: Category) -> bool:
    """Whether a rate or an amount is in force for the category. A floor alone is none."""
    at = category - 1
    return is_stated(terms, SUBSIDY_RATE + at) or is_stated(terms, SUBSIDY_AMOUNT + at)


def subsidy_unmodelled(terms: Terms, category: Category) -> bool:
    """Whether none is in force and one is left to a document that is not here (B19, B36)."""
    at = category - 1
    left_open = is_unmodelled(terms, SUBSIDY_RATE + at) or is_unmodelled(terms, SUBSIDY_AMOUNT + at)
    return left_open and not is_subsidised(terms, category)


@rule("yangquan.b36", says="{category}：资助 {result}")
def subsidy_of_category(category: Category, contribution: Fen, terms: Terms) -> Fen:
    """What one category gives, in fen: by rate, by amount, or the higher if both are in force; else 0."""
    at = category - 1
    by_rate, by_amount = 0, 0
    if is_stated(terms, SUBSIDY_RATE + at):
        rate = Rate(terms.num[SUBSIDY_RATE + at], terms.den[SUBSIDY_RATE + at])
        floor = terms.num[SUBSIDY_FLOOR + at] if is_stated(terms, SUBSIDY_FLOOR + at) else 0
        by_rate = subsidy_by_rate(contribution, rate, floor)
    if is_stated(terms, SUBSIDY_AMOUNT + at):
        by_amount = subsidy_by_amount(contribution, terms.num[SUBSIDY_AMOUNT + at])
    return max(by_rate, by_amount)


def _subsidy_says(v: SimpleNamespace) -> str:
    if v.result.category == NO_CATEGORY:
        return "不属于资助参保的类别，个人缴费全由本人承担"
    return f"资助参保 {yuan(v.result.amount)}"


@rule("yangquan.b41", says=_subsidy_says)
def subsidy(terms: Terms, categories: Categories) -> Subsidy:
    """The highest of the subsidies that the person's categories give, paid once (B36–B41).

    The caller refuses what :func:`slots_needed` finds missing, unmodelled or assumed.
    """
    contribution = terms.num[CONTRIBUTION]
    amount, chosen, unmodelled = 0, NO_CATEGORY, 0
    for at in range(_COUNT):
        if categories >> at & 1 == 0:
            continue
        if subsidy_unmodelled(terms, at + 1):
            unmodelled |= 1 << at
        if is_subsidised(terms, at + 1):
            own = subsidy_of_category(at + 1, contribution, terms)
            highest = own if chosen == NO_CATEGORY else highest_subsidy(amount, own)
            if chosen == NO_CATEGORY or highest > amount:
                chosen = at + 1
            amount = highest
    return Subsidy(amount, chosen, unmodelled)


def slots_needed(terms: Terms, categories: Categories) -> list[int]:
    """The slots that :func:`subsidy` leans on: the contribution, each category's in force or unmodelled."""
    slots = [CONTRIBUTION]
    for at in range(_COUNT):
        if categories >> at & 1 == 0:
            continue
        wanted = is_stated if is_subsidised(terms, at + 1) else is_unmodelled
        slots += [family + at for family in (SUBSIDY_RATE, SUBSIDY_AMOUNT) if wanted(terms, family + at)]
        if is_stated(terms, SUBSIDY_RATE + at) and is_stated(terms, SUBSIDY_FLOOR + at):
            slots.append(SUBSIDY_FLOOR + at)
    return slots
