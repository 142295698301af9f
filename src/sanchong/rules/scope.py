"""Which part of a fee line lies within the policy scope (政策范围内)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

from sanchong.money import NO_LIMIT, Fen, Rate, percent, share, yuan
from sanchong.rules.rule import rule
from sanchong.shapes import CLASS_C

LineClass = int
"""CLASS_A, CLASS_B or CLASS_C (甲、乙、丙)."""


class Split(NamedTuple):
    """A line's amount, in fen, by where it belongs; the six add up to the line."""

    dual_channel: Fen
    out_of_scope: Fen
    out_of_catalogue: Fen
    over_price: Fen
    advance: Fen
    in_policy: Fen


@rule("shanxi.a22", says="与认定病种或本次住院无关，不纳入支付范围：{amount}")
def unrelated(amount: Fen) -> Fen:
    """A line unrelated to the recognised disease lies out of scope as a whole, in fen."""
    return amount


@rule("shanxi.a25", says="与临床诊疗规范不符，不纳入支付范围：{amount}")
def nonconforming(amount: Fen) -> Fen:
    """A line against the disease's clinical guideline lies out of scope as a whole, in fen."""
    return amount


@rule("shanxi.a23", says="不在三大目录内（丙类），由个人负担：{amount}")
def outside_catalogues(amount: Fen) -> Fen:
    """A class C line lies outside the three catalogues as a whole, in fen (目录外)."""
    return amount


@rule("shanxi.a24", says="双通道药品另行结算，不计入本次：{amount}")
def paid_by_dual_channel(amount: Fen) -> Fen:
    """A dual-channel drug leaves this calculation as a whole, in fen (双通道)."""
    return amount


@rule("yangquan.b20", says="{amount} 超过限价 {price_cap} 的部分由个人负担：{result}")
def above_price(amount: Fen, price_cap: Fen) -> Fen:
    """What exceeds the cap on the line's amount, in fen (超限价)."""
    return max(amount - price_cap, 0)


@rule("shanxi.a50", says="乙类先行自付：{priced} × {advance_rate} = {result}")
def paid_in_advance(priced: Fen, advance_rate: Rate) -> Fen:
    """The patient's share of a class B line before any insurer's, in fen, half up a line (Q3)."""
    return share(priced, advance_rate)


def _split_says(v: SimpleNamespace) -> str:
    parts = v.result
    if parts.in_policy == v.amount:
        return f"{yuan(v.amount)} 全部在政策范围内"
    if parts.dual_channel or parts.out_of_scope or parts.out_of_catalogue:
        return f"{yuan(v.amount)} 不在政策范围内"
    left = f"{yuan(v.amount)}"
    if parts.over_price:
        left += f" − 超限价 {yuan(parts.over_price)}"
    if parts.advance:
        left += f" − 先行自付 {yuan(parts.advance)}（{percent(v.advance_rate)}）"
    return f"{left} = 政策范围内 {yuan(parts.in_policy)}"


@rule("shanxi.a22", says=_split_says, also=("yangquan.b29",))
def line_scope(
    amount: Fen,
    line_class: LineClass,
    related: bool,
    conforming: bool,
    dual_channel: bool,
    price_cap: Fen,
    advance_rate: Rate,
) -> Split:
    """Divide a fee line; the first test that applies decides. ``price_cap`` may be NO_LIMIT.

    The one test serves insurance and assistance alike (B29).
    """
    if not related:
        return Split(0, unrelated(amount), 0, 0, 0, 0)
    if not conforming:
        return Split(0, nonconforming(amount), 0, 0, 0, 0)
    if line_class == CLASS_C:
        return Split(0, 0, outside_catalogues(amount), 0, 0, 0)
    if dual_channel:
        return Split(paid_by_dual_channel(amount), 0, 0, 0, 0, 0)
    over = above_price(amount, price_cap) if price_cap != NO_LIMIT else 0
    advance = paid_in_advance(amount - over, advance_rate) if advance_rate.num > 0 else 0
    return Split(0, 0, 0, over, advance, amount - over - advance)
