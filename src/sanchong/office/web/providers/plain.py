"""A refusal as a page says it."""

from __future__ import annotations

from sanchong.office.providers import kinds
from sanchong.settlement.refusal import Refusal


def plain(refusal: Refusal) -> str:
    """A refusal in Chinese without the names of fields and codes that programs read."""
    if refusal.code == "overlap" and refusal.where in kinds.KINDS:
        return f"这段期间已有{kinds.KINDS[refusal.where].zh}记录，不能重叠；请先终止或更正那一条。"
    return refusal.messages["zh"].removeprefix(f"{refusal.where}：")
