"""Spreading each tier over the lines of a visit, so that column by column the lines add up to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sanchong.money import Fen
from sanchong.rules.scope import Split
from sanchong.shapes import Statement


class LinePart(NamedTuple):
    """What each payer bears of a line, in fen; a dual-channel line has no part in the visit."""

    pooled: Fen
    catastrophic: Fen
    other: Fen
    assistance: Fen
    hospital: Fen
    patient: Fen


def spread(amount: Fen, weights: Sequence[int]) -> list[Fen]:
    """``amount`` in proportion to ``weights``, by largest remainder, ties to the earlier (all in fen)."""
    whole = sum(weights) if amount else 0
    if whole == 0:
        return [0] * len(weights)
    parts = [amount * weight // whole for weight in weights]
    missing = amount - sum(parts)
    if missing:
        order = sorted(range(len(weights)), key=lambda i: -(amount * weights[i] % whole))
        for i in order[:missing]:
            parts[i] += 1
    return parts


def attribute(splits: Sequence[Split], book: Statement) -> list[LinePart]:
    """The lines' parts of a statement: each tier by the in-policy burden that the tiers before it left."""
    left = [split.in_policy for split in splits]
    tiers = []
    for amount in (book.pooled, book.catastrophic, book.other, book.assistance):
        parts = spread(amount, left)
        if amount:
            left = [burden - part for burden, part in zip(left, parts, strict=True)]
        tiers.append(parts)
    hospital = spread(book.hospital, [split.out_of_catalogue for split in splits])
    rows = []
    for split, *insured, controlled in zip(splits, *tiers, hospital, strict=True):
        pooled, catastrophic, other, assistance = insured
        patient = sum(split) - split.dual_channel - sum(insured) - controlled
        rows.append(LinePart(pooled, catastrophic, other, assistance, controlled, patient))
    return rows


def check_statement(book: Statement, rows: Sequence[LinePart]) -> None:
    """Both identities of a visit, no negative amount, and the lines' sums: AssertionError if one fails."""
    apart = book.dual_channel + book.out_of_scope + book.out_of_catalogue + book.over_price + book.advance
    if book.total != apart + book.in_policy:
        raise AssertionError("the parts of the total do not add up")
    paid = book.pooled + book.catastrophic + book.other + book.assistance + book.hospital + book.patient
    if book.total - book.dual_channel != paid:
        raise AssertionError("the payers do not add up to the total")
    amounts = (book.pooled, book.catastrophic, book.other, book.assistance, book.hospital, book.patient)
    if min(amounts) < 0:
        raise AssertionError("a payer's part is negative")
    if rows and (tuple(map(sum, zip(*rows, strict=True))) != amounts or min(map(min, rows)) < 0):
        raise AssertionError("the lines do not add up to the visit")
