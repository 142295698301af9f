"""Spreading each tier over the lines of a visit, so that column by column the lines add up to it.

Like the rules, these functions use whole numbers, flat records and lists of them only: the same source runs
here for one bill and compiled over tables.
"""

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


def spread(amount: Fen, weights: Sequence[Fen]) -> list[Fen]:
    """``amount`` in proportion to ``weights``, by largest remainder, ties to the earlier (all in fen)."""
    whole = sum(weights) if amount else 0
    if whole == 0:
        return [0] * len(weights)
    parts = [amount * weight // whole for weight in weights]
    missing = amount - sum(parts)
    if missing:
        lines = len(weights)
        short = [(whole - amount * weights[at] % whole) * lines + at for at in range(lines)]
        for key in sorted(short)[:missing]:
            parts[key % lines] += 1
    return parts


def left_after(burdens: Sequence[Fen], parts: Sequence[Fen]) -> list[Fen]:
    """What a tier's ``parts`` leave of each line's burden, in fen."""
    return [burdens[at] - parts[at] for at in range(len(burdens))]


def attribute(splits: Sequence[Split], book: Statement) -> list[LinePart]:
    """The lines' parts of a statement: each tier by the in-policy burden that the tiers before it left."""
    burdens = [split.in_policy for split in splits]
    pooled = spread(book.pooled, burdens)
    burdens = left_after(burdens, pooled)
    catastrophic = spread(book.catastrophic, burdens)
    burdens = left_after(burdens, catastrophic)
    other = spread(book.other, burdens)
    burdens = left_after(burdens, other)
    assistance = spread(book.assistance, burdens)
    burdens = left_after(burdens, assistance)
    hospital = spread(book.hospital, [split.out_of_catalogue for split in splits])
    rows = []
    for at in range(len(splits)):
        split = splits[at]
        outside = split.out_of_scope + split.out_of_catalogue + split.over_price + split.advance
        patient = burdens[at] + outside - hospital[at]
        rows.append(LinePart(pooled[at], catastrophic[at], other[at], assistance[at], hospital[at], patient))
    return rows


def lines_add_up(book: Statement, rows: Sequence[LinePart]) -> bool:
    """Whether the lines' parts add up to the visit, payer by payer, and none is negative."""
    pooled = catastrophic = other = assistance = hospital = patient = 0
    for row in rows:
        if min(row.pooled, row.catastrophic, row.other, row.assistance, row.hospital, row.patient) < 0:
            return False
        pooled += row.pooled
        catastrophic += row.catastrophic
        other += row.other
        assistance += row.assistance
        hospital += row.hospital
        patient += row.patient
    return (
        pooled == book.pooled
        and catastrophic == book.catastrophic
        and other == book.other
        and assistance == book.assistance
        and hospital == book.hospital
        and patient == book.patient
    )


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
    if rows and not lines_add_up(book, rows):
        raise AssertionError("the lines do not add up to the visit")
