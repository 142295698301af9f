"""Lines refused at review after settlement (不合理费用扣减): the institution's cost, not the patient's."""

from __future__ import annotations

from sanchong.money import Fen
from sanchong.rules.rule import rule


@rule(
    "shanxi.a92",
    says="统筹基金 {pooled}、大病保险 {catastrophic}、医疗救助 {assistance}，从机构应得款中扣减 {result}",
)
def deducted_from_provider(pooled: Fen, catastrophic: Fen, assistance: Fen) -> Fen:
    """What the institution returns for a refused line, in fen: what the three tiers paid on it (Q18).

    The patient's part stays as it was: nothing is claimed from the patient and nothing returned.
    """
    return pooled + catastrophic + assistance
