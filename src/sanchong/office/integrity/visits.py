"""Visits and their fee lines, against what was settled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from sanchong.money import Fen, parse_yuan
from sanchong.office.claims.models import MOVES, FeeLine, Visit, VisitState
from sanchong.office.integrity.report import Finding, finding
from sanchong.office.integrity.year import Walk


def _reached(state: str) -> set[str]:
    """The states that a visit can come to from ``state`` without being settled."""
    reached, left = {state}, [state]
    while left:
        further = {str(s) for s in MOVES[left.pop()]} - reached - {VisitState.SETTLED.value}
        reached |= further
        left += further
    return reached


AFTER_REVERSAL: Final = _reached(VisitState.REVERSED.value)


def visits_agree(walk: Walk) -> Iterator[Finding]:
    """Each visit stands where its entries left it, and its lines are those that were settled."""
    rows = walk.rows
    settled = {entry.visit_id: entry.kind for entry in rows.entries if entry.visit_id is not None}
    for visit_id, last in settled.items():
        visit = rows.visits[visit_id]
        right = AFTER_REVERSAL if last == "reverse" else {VisitState.SETTLED.value}
        if visit.state not in right:
            yield finding("visit.state", visit.number, found=visit.state, expected=" / ".join(sorted(right)))
        lines = rows.lines.get(visit_id, [])
        for line in lines:
            yield from _priced(visit, line)
        place = walk.visits.get(visit_id)
        if place is not None and walk.latest[place].again is not None:
            yield from _as_settled(visit, lines, walk.latest[place].inputs["visits"][0])


def price(quantity: Decimal, unit_price: Decimal) -> Fen:
    """What a quantity costs at a unit price in yuan: fen, half up."""
    return int((quantity * unit_price * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _priced(visit: Visit, line: FeeLine) -> Iterator[Finding]:
    cost = price(line.quantity, line.unit_price)
    if cost != line.amount:
        yield finding("line.amount", _line(visit, line.number), found=line.amount, expected=cost)


def _as_settled(visit: Visit, lines: list[FeeLine], inputs: Mapping[str, Any]) -> Iterator[Finding]:
    now = {line.number: line.amount for line in lines}
    if visit.kind == "special_drug":
        settled, total = parse_yuan(inputs["in_scope"]), sum(now.values())
        if settled != total:
            yield finding("line.inputs", visit.number, found=total, expected=settled)
        return
    then = {line["id"]: parse_yuan(line["amount"]) for line in inputs["lines"]}
    for number in sorted(now.keys() | then.keys()):
        if now.get(number) != then.get(number):
            yield finding(
                "line.inputs", _line(visit, number), found=now.get(number), expected=then.get(number)
            )


def _line(visit: Visit, number: str) -> str:
    return f"{visit.number}/lines[{number}]"
