"""Fee lines from what a bill's parts come to, and the catalogue that they are by. Nothing in it is a real item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sanchong.money import Fen, Rate
from sanchong.office.catalogue.terms import Terms

RATES: Final = (Rate(1, 10), Rate(1, 5), Rate(1, 2), Rate(1, 1))
CAPS: Final = (100_000, 10_000, 1_000, 100, 1)
"""Of one unit's price, in fen."""
OUT_OF_CATALOGUE: Final = ""

PARTS: Final = {
    "inpatient": (
        ("S-BED", "床位费", 6), ("S-NURSING", "护理费", 5), ("S-LAB", "化验费", 14), ("S-IMAGING", "检查费", 15),
        ("S-TREATMENT", "治疗费", 20), ("D-COMMON", "西药（甲类）", 40),
    ),
    "outpatient": (("S-LAB", "化验费", 25), ("D-COMMON", "西药（甲类）", 75)),
}  # fmt: skip
"""What a bill in policy consists of: item, name, share in percent."""
SPECIAL_DRUG: Final = ("D-SPECIAL", "特药")
DUAL_CHANNEL: Final = ("D-DUAL", "双通道药品")
REFUSED: Final = ("S-IMAGING", "检查费")
"""What stands out of scope: a line against the rules of care."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a bill comes to by where it belongs, in fen: as the batch contract's reduced amounts."""

    in_policy: Fen
    advance: Fen = 0
    over_price: Fen = 0
    out_of_catalogue: Fen = 0
    out_of_scope: Fen = 0
    dual_channel: Fen = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A fee line: ``amount`` is ``quantity`` × ``unit_price`` exactly, in fen."""

    item: str
    name: str
    amount: Fen
    quantity: int = 1
    conforming: bool = True

    @property
    def unit_price(self) -> Decimal:
        """In yuan; exact."""
        return Decimal(self.amount // self.quantity) / 100

    def __post_init__(self) -> None:
        assert self.amount % self.quantity == 0


def items() -> list[Terms]:
    """The catalogue."""
    services = {code: name for parts in PARTS.values() for code, name, _ in parts}
    rows = [
        Terms(code, name, "drug" if code[0] == "D" else "service", "A") for code, name in services.items()
    ]
    rows += [
        Terms(_by_rate(rate), f"西药（乙类，先行自付 {rate.num}/{rate.den}）", "drug", "B", advance=rate)
        for rate in RATES
    ]
    rows += [
        Terms(_by_cap(cap), f"医用耗材（限价 {Decimal(cap) / 100} 元）", "consumable", "A", price_cap=cap)
        for cap in CAPS
    ]
    rows.append(Terms(*DUAL_CHANNEL, "drug", "A", dual_channel=True))
    rows.append(Terms(*SPECIAL_DRUG, "drug", "A", special_drug=True))
    return rows


def special_drug(amount: Fen) -> list[Line]:
    """The line of a special drug."""
    return [Line(*SPECIAL_DRUG, amount)]


def lines(kind: str, parts: Parts, days: int = 1) -> list[Line]:
    """Lines that reduce to ``parts`` to the fen, save what exceeds a price where nothing lies in policy (out of catalogue then)."""
    left, made = parts.in_policy, []
    outside = parts.out_of_catalogue
    if parts.advance:
        rate = next(r for r in RATES if parts.advance * (r.den - r.num) <= left * r.num)
        amount = parts.advance * rate.den // rate.num
        left -= amount - parts.advance
        made.append(Line(_by_rate(rate), f"西药（乙类，先行自付 {rate.num}/{rate.den}）", amount))
    if parts.over_price:
        cap = next((cap for cap in CAPS if cap <= left), None)
        if cap is None:
            outside += parts.over_price
        else:
            left -= cap
            made.append(Line(_by_cap(cap), "医用耗材（限价）", cap + parts.over_price))
    if parts.dual_channel:
        made.append(Line(*DUAL_CHANNEL, parts.dual_channel))
    if parts.out_of_scope:
        made.append(Line(*REFUSED, parts.out_of_scope, conforming=False))
    if outside:
        made.append(Line(OUT_OF_CATALOGUE, "自费项目", outside))
    return [*_in_policy(kind, left, days), *made]


def _in_policy(kind: str, amount: Fen, days: int) -> Iterator[Line]:
    """The in-policy rest as what such a bill consists of; the last takes what is left."""
    parts, left = PARTS[kind], amount
    for code, name, percent in parts[:-1]:
        quantity = days if code == "S-BED" else 1
        part = amount * percent // 100 // quantity * quantity
        if part:
            yield Line(code, name, part, quantity)
            left -= part
    if left:
        yield Line(*parts[-1][:2], left)


def _by_rate(rate: Rate) -> str:
    return f"D-B{100 * rate.num // rate.den:03d}"


def _by_cap(cap: Fen) -> str:
    return f"M-CAP{cap}"
