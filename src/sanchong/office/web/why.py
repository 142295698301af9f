"""Why an entry changed what a visit came to: which fact or which earlier visit, by how much, under which clause.

Both bills are drawn from what was kept, the one that stood and the one that took its place; where a step of theirs differs, both
sums are shown with the sentences that the rules recorded. Nothing is computed here but differences.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone

from sanchong.bill.model import Citation, Step
from sanchong.law.labels import CATEGORY
from sanchong.money import Fen, parse_yuan, yuan
from sanchong.office.actor import Actor
from sanchong.office.claims import statement
from sanchong.office.claims.dues import day_of
from sanchong.office.claims.models import VISIT_KINDS, LaterFact, Payout, Settlement
from sanchong.office.claims.reversals import Reversal, reversal_of
from sanchong.office.visibility import fields_for
from sanchong.office.web.bill import ShownBill, bill_of, clause_page
from sanchong.office.web.timeline import FACT_NAMES, disease_name, disease_names, signed

YEARS_END: Final = "年终医疗救助"
VERBS: Final = {
    "correct": "登记了",
    "end": "登记了",
    "withdraw": "登记了",
    "recorded": "适用了",
    "law": "适用了",
}
CLOSED: Final = "年度结束，按全年留下的费用一次性计算医疗救助。"


@dataclass(frozen=True, slots=True)
class Moved:
    """A step of the bill that came out otherwise, with its clause and what the rules say of it before and after."""

    tier: str
    title: str
    before: str
    after: str
    change: str
    clause: str
    page: str
    """Where the clause is read; "" without one."""
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why an entry changed something."""

    because: str
    reason: str
    """As whoever confirmed the fact wrote it; ""."""
    reversal: Reversal | None
    """Who reversed the earlier visit that made it necessary, when and why."""
    turn: int
    """Of the entry that made it necessary, in the same year; 0 if none did."""
    moved: Sequence[Moved]
    number: str
    replaced: str
    """The settlement whose place it took; "" for the year's end."""


def why(actor: Actor, entry: Settlement) -> Why:
    """Why an adjustment, or the year's end, came to what it did; Refusal ``no_settlement``, ``receipt_differs``."""
    now = _drawn(actor, entry)
    then = _drawn(actor, entry.replaces) if entry.replaces is not None else None
    fact, cause = entry.fact, entry.cause
    return Why(
        because=_because(entry),
        reason=fact.reason if fact is not None else "",
        reversal=reversal_of(actor, cause) if cause is not None and cause.kind == "reverse" else None,
        turn=cause.turn if cause is not None else 0,
        moved=_at_years_end(then, now) if now.bill is None else _of_visit(then, now),
        number=entry.number,
        replaced=entry.replaces.number if entry.replaces is not None else "",
    )


def _drawn(actor: Actor, entry: Settlement) -> ShownBill:
    drawn = statement.drawn(actor, entry.number)
    return bill_of(drawn.case, drawn.result, drawn.law, clinical=fields_for(actor).clinical)


# ── what made it necessary ───────────────────────────────────────────────────────────────────


def _because(entry: Settlement) -> str:
    if entry.fact is not None:
        return f"{_day(entry.fact.at)} {_fact(entry.fact)}。"
    cause = entry.cause
    if cause is None:
        return CLOSED
    visit = cause.visit
    what = f"{day_of(cause)} {VISIT_KINDS[visit.kind]}（{visit.provider.name}）" if visit else "年终结算"
    if cause.kind == "reverse":
        return f"{_day(cause.at)} 撤销了 {what}的结算，本年累计随之改变，后面的就诊按新的累计重新计算。"
    return f"{_day(cause.at)} 补结了 {what}，本年累计随之改变。"


def _day(at: dt.datetime) -> str:
    """The day of a moment, where the office is."""
    return f"{timezone.localtime(at):%Y-%m-%d}"


def _fact(fact: LaterFact) -> str:
    """A fact known later, with what it says where that is short."""
    named = FACT_NAMES[fact.kind].removeprefix("补记的")
    said: Mapping[str, Any] = fact.said.get(fact.kind, {})
    if fact.kind == "category":
        return f"补记了{named}：{CATEGORY[said['category']][0]}，{_period(said)}"
    if fact.kind == "recognition":
        code = ":".join(filter(None, (said["disease"], said.get("subtype"))))
        return f"补记了{named}：{disease_name(code, disease_names())}，{_period(said)}"
    if fact.kind == "payout":
        payer = dict(Payout.PAYERS)[said["payer"]]
        return f"得知{payer}已于 {said['paid_on']} 赔付 {yuan(parse_yuan(said['amount']))}"
    return f"{VERBS.get(fact.kind, '补记了')}{named}"


def _period(said: Mapping[str, Any]) -> str:
    return f"{said['from']} 起" + (f"至 {said['to']}" if said.get("to") else "")


# ── what came out otherwise ──────────────────────────────────────────────────────────────────


def _of_visit(then: ShownBill | None, now: ShownBill) -> list[Moved]:
    before, after = (_steps(shown) for shown in (then, now))
    keys = sorted({**before, **after}, key=list({**after, **before}).index)
    return [
        _moved(before.get(key), after.get(key)) for key in keys if _amount(before, key) != _amount(after, key)
    ]


def _steps(shown: ShownBill | None) -> dict[str, Step]:
    return {step.key: step for step in shown.bill.steps} if shown is not None and shown.bill else {}


def _amount(steps: Mapping[str, Step], key: str) -> Fen:
    return steps[key].amount if key in steps else 0


def _moved(before: Step | None, after: Step | None) -> Moved:
    one = after or before
    assert one is not None
    then, now = before.amount if before else 0, after.amount if after else 0
    return Moved(
        tier=one.colour,
        title=one.label,
        before=yuan(then),
        after=yuan(now),
        change=signed(now - then),
        **_cited(one.clause),
        then=before.note if before else "",
        now=after.note if after else "",
    )


def _at_years_end(then: ShownBill | None, now: ShownBill) -> list[Moved]:
    before, after = (shown.year.closing if shown is not None else None for shown in (then, now))
    if after is None:
        return []
    was = before.amount if before is not None else 0
    return [
        Moved(
            tier="assistance",
            title=YEARS_END,
            before=yuan(was),
            after=yuan(after.amount),
            change=signed(after.amount - was),
            **_cited(after.clause),
            then="；".join(s.text for s in before.detail.sentences) if before is not None else "",
            now="；".join(s.text for s in after.detail.sentences),
        )
    ]


def _cited(clause: Citation | None) -> dict[str, str]:
    return {"clause": clause.label if clause else "", "page": clause_page(clause.id) if clause else ""}
