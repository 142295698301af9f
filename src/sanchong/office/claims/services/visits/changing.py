"""What every change of an unsettled visit has in common: its key, its lock, the table of moves, its trail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from django.db import models, transaction

from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns
from sanchong.office.claims.known import Head
from sanchong.office.claims.models import MOVES, VisitState
from sanchong.office.claims.services.commands import Data, body_hash, first_answer, once, remember
from sanchong.office.claims.services.reach import find_visit
from sanchong.office.claims.services.writing import move
from sanchong.office.powers import Power
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal

M = TypeVar("M", bound=models.Model)

CLOSED: Final = {
    VisitState.SETTLED: (
        "就诊已结算；须更改请先撤销结算",
        "the visit is settled; reverse the settlement first",
    ),
    VisitState.CANCELLED: ("就诊已取消；请重新登记", "the visit was cancelled; register it anew"),
}
"""Why a visit in a state cannot be changed, and what to do."""


def change(
    actor: Actor,
    key: str,
    number: str,
    power: Power,
    kind: str,
    request: Data,
    write: Callable[[Head], Data],
    to: VisitState | None = None,
    if_settled: Refusal | None = None,
) -> Data:
    """Change a visit that is not settled, as ``power`` allows, and move it ``to`` a state (None: where it is): once for a key.

    ``request`` is what was asked, as JSON data: the same key with another one is refused. ``write`` makes the change and
    returns what the answer says of it. Refusal ``no_visit``, ``other_post``, ``visit_state`` (``if_settled`` says it better), or
    what ``write`` refuses.
    """
    body = body_hash(kind, visit=number, **request)
    with once(key), transaction.atomic():
        head = find_visit(number, actor, power, lock=True)
        first = first_answer(actor, key, body)
        if first is not None:
            return first
        state = VisitState(head.state)
        after = to or state
        if after not in MOVES[state]:
            if if_settled is not None and state == VisitState.SETTLED:
                raise if_settled
            raise Refusal("visit_state", "visit", *CLOSED[state])
        answer = {"visit": number, "state": str(after), **write(head)}
        if after != state:
            move(head, after)
        remember(actor, key, kind, body, answer)
        record(actor, f"visit.{kind}", "visit", number, head.person, request=body)
    return answer


def checked(row: M, path: str) -> M:
    """A row whose columns hold what they may; else the Refusal has ``path`` before the column's name."""
    try:
        check_columns(row)
    except Refusal as problem:
        where = f"{path}.{problem.where}"
        zh, en = (text.replace(problem.where, where, 1) for text in problem.messages.values())
        raise Refusal(problem.code, where, zh, en) from None
    return row
