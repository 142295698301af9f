"""Re-settlement: a year as settled, one fact more, and the adjustments that follow.

The year is folded again with the fact; what differs is posted as new entries, each with its debtor
and creditor. Nothing that was paid is edited. Every visit keeps the known-on date it was settled
with; only the fact changes. Undoing the fact is folding the year as it was.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sanchong.law.labels import CATEGORY, word
from sanchong.money import Fen, parse_yuan, plain_yuan, yuan
from sanchong.settlement.fields import Fields
from sanchong.settlement.options import Options
from sanchong.settlement.refusal import Refusal, invalid
from sanchong.settlement.settle import Engine

PARTIES: Final = {
    "pooled": "统筹基金",
    "catastrophic": "大病保险",
    "other": "其他赔付方",
    "assistance": "医疗救助基金",
    "hospital": "医疗机构（控费）",
    "patient": "个人",
    "provider": "医疗机构",
}
"""Who can owe or be owed: the payers of a visit, and the provider whose bill they pay."""
PAYERS: Final = ("pooled", "catastrophic", "other", "assistance", "hospital", "patient")


@dataclass(frozen=True, slots=True)
class Transfer:
    """An amount in fen that ``debtor`` now owes ``creditor``."""

    debtor: str
    creditor: str
    amount: Fen


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a fact changes for one visit (or ``close_year``): before, after, and who owes whom."""

    visit: str
    before: dict[str, str]
    after: dict[str, str]
    transfers: list[Transfer]
    text: str


@dataclass(frozen=True, slots=True)
class Resettlement:
    """A year settled again with one fact more."""

    before: dict[str, Any]
    after: dict[str, Any]
    case: dict[str, Any]
    """The case with the fact, from which the next re-settlement starts."""
    said: str
    adjustments: list[Adjustment]

    def data(self) -> dict[str, Any]:
        """The re-settlement as JSON data."""
        return {
            "fact": self.said,
            "adjustments": [
                {
                    "visit": a.visit,
                    "before": a.before,
                    "after": a.after,
                    "transfers": [
                        {**dataclasses.asdict(t), "amount": plain_yuan(t.amount)} for t in a.transfers
                    ],
                    "text": a.text,
                }
                for a in self.adjustments
            ],
            "net": {party: plain_yuan(fen) for party, fen in net(self.adjustments).items()},
            "before": self.before,
            "after": self.after,
        }


def resettle(engine: Engine, case: dict[str, Any], fact: Any, options: Options) -> Resettlement:
    """Fold a settled year again with ``fact``; Refusal if the year, the fact, or the two together cannot be.

    A fact is an object with one field: ``reverse`` (a visit's id), ``change`` (a whole visit, by id),
    ``late_visit`` (a whole visit), ``payout`` ({visit, payer, amount}), ``category`` or ``recognition`` (as
    in a person), ``law`` (the id of a document that became known later).
    """
    first = engine.settle(case, options)
    if not first["ok"]:
        raise _as_refusal(first)
    fields = Fields(fact)
    known = [key for key in _FACTS if fields.has(key)]
    if len(known) != 1 or len(fields.data) != 1:
        raise invalid("fact", "choice", choices=", ".join(_FACTS))
    pinned = _pinned(case, first["receipt"]["known_on"])
    said, changed, again_options = _FACTS[known[0]](engine, pinned, fields, options)
    second = engine.settle(changed, again_options)
    if not second["ok"]:
        raise _as_refusal(second)
    return Resettlement(first, second, changed, said, list(_adjustments(first, second)))


def _as_refusal(result: dict[str, Any]) -> Refusal:
    error = result["error"]
    return Refusal(error["code"], error["where"], error["message"], error["message"])


def _pinned(case: dict[str, Any], known_on: str) -> dict[str, Any]:
    """The case with every visit's known-on date written down, so that no later law slips in."""
    pinned = copy.deepcopy(case)
    pinned.setdefault("known_on", known_on)
    for visit in pinned["visits"]:
        visit.setdefault("known_on", pinned["known_on"])
    return pinned


# ── facts ────────────────────────────────────────────────────────────────────────────────────

Applied = tuple[str, dict[str, Any], Options]


def _reverse(_: Engine, case: dict[str, Any], fact: Fields, options: Options) -> Applied:
    name = fact.text("reverse")
    at = _place(case, name, "reverse")
    del case["visits"][at]
    return f"撤销 {name}", case, options


def _change(_: Engine, case: dict[str, Any], fact: Fields, options: Options) -> Applied:
    visit = fact.object("change")
    name = visit.text("id")
    at = _place(case, name, "change.id")
    case["visits"][at] = {"known_on": case["visits"][at]["known_on"], **visit.data}
    return f"更改 {name}", case, options


def _late(_: Engine, case: dict[str, Any], fact: Fields, options: Options) -> Applied:
    visit = fact.object("late_visit")
    case["visits"].append(dict(visit.data))
    return f"补结 {visit.text('id')}", case, options


def _payout(_: Engine, case: dict[str, Any], fact: Fields, options: Options) -> Applied:
    payout = fact.object("payout")
    name, amount = payout.text("visit"), payout.amount("amount")
    payers = ("supplementary", "commercial", "mutual_aid")
    payer = payers[payout.choice("payer", payers)]
    payout.finish()
    visit = case["visits"][_place(case, name, "payout.visit")]
    paid = dict(visit.get("other_payments", {}))
    before = parse_yuan(str(paid.get(payer, "0")))
    visit["other_payments"] = {**paid, payer: plain_yuan(before + amount)}
    return f"{name} 事后赔付 {yuan(amount)}", case, options


def _category(_: Engine, case: dict[str, Any], fact: Fields, options: Options) -> Applied:
    category = fact.object("category")
    name = category.text("category")
    case["person"].setdefault("categories", []).append(dict(category.data))
    label = word(CATEGORY, name) if name in CATEGORY else name
    return f"补记救助对象类别：{label}", case, options


def _recognition(_: Engine, case: dict[str, Any], fact: Fields, options: Options) -> Applied:
    recognition = fact.object("recognition")
    case["person"].setdefault("recognitions", []).append(dict(recognition.data))
    return f"补记病种认定：{recognition.text('disease')}", case, options


def _law(engine: Engine, case: dict[str, Any], fact: Fields, options: Options) -> Applied:
    name = fact.text("law")
    if name not in engine.law.by_id:
        raise invalid("law", "choice", choices=", ".join(engine.law.by_id))
    also = options.also_known | {name}
    return (
        f"政策文件事后公布：{engine.law.by_id[name].title['zh']}",
        case,
        dataclasses.replace(options, also_known=also),
    )


_FACTS: Final[dict[str, Callable[[Engine, dict[str, Any], Fields, Options], Applied]]] = {
    "reverse": _reverse,
    "change": _change,
    "late_visit": _late,
    "payout": _payout,
    "category": _category,
    "recognition": _recognition,
    "law": _law,
}


def _place(case: dict[str, Any], name: str, where: str) -> int:
    for i, visit in enumerate(case["visits"]):
        if visit["id"] == name:
            return i
    raise invalid(where, "choice", choices=", ".join(str(visit["id"]) for visit in case["visits"]))


@dataclass(frozen=True, slots=True)
class Affected:
    """What a document known later changes in many settled years."""

    changed: list[Resettlement]
    unchanged: int
    refused: list[dict[str, Any]]
    """Years that cannot be folded, before or with the document: the refusals."""

    @property
    def net(self) -> dict[str, Fen]:
        """What each party bears more (positive) or less in all, in fen."""
        return net(a for year in self.changed for a in year.adjustments)


def affected_by_law(
    engine: Engine, cases: Iterable[dict[str, Any]], document: str, options: Options
) -> Affected:
    """Fold each settled year again as if ``document`` had been known: exactly those that change, and by how much."""
    changed: list[Resettlement] = []
    refused: list[dict[str, Any]] = []
    unchanged = 0
    for case in cases:
        try:
            year = resettle(engine, case, {"law": document}, options)
        except Refusal as refusal:
            name = case.get("case") if isinstance(case, dict) else None
            refused.append({"case": name, "code": refusal.code, "where": refusal.where})
            continue
        if year.adjustments:
            changed.append(year)
        else:
            unchanged += 1
    return Affected(changed, unchanged, refused)


# ── adjustments ──────────────────────────────────────────────────────────────────────────────


def _adjustments(first: dict[str, Any], second: dict[str, Any]) -> Iterator[Adjustment]:
    before = {visit["id"]: visit for visit in first["visits"]}
    after = {visit["id"]: visit for visit in second["visits"]}
    for name in dict.fromkeys((*before, *after)):
        old, new = _parts(before.get(name)), _parts(after.get(name))
        if old != new:
            yield _adjustment(name, old, new)
    old_paid, new_paid = (_closing(result) for result in (first, second))
    if old_paid != new_paid:
        yield _adjustment(
            "close_year",
            {"assistance": old_paid, "patient": -old_paid},
            {"assistance": new_paid, "patient": -new_paid},
        )


def _parts(visit: dict[str, Any] | None) -> dict[str, Fen]:
    return {payer: parse_yuan(visit[payer]) if visit else 0 for payer in PAYERS}


def _closing(result: dict[str, Any]) -> Fen:
    return parse_yuan(result["close_year"]["assistance"]) if result["close_year"] else 0


def _adjustment(name: str, old: dict[str, Fen], new: dict[str, Fen]) -> Adjustment:
    moved = list(transfers({payer: new[payer] - old[payer] for payer in old}))
    said = [
        f"{PARTIES[payer]} {yuan(old[payer])} → {yuan(new[payer])}"
        for payer in old
        if old[payer] != new[payer]
    ]
    owes = [f"{PARTIES[t.debtor]}应付{PARTIES[t.creditor]} {yuan(t.amount)}" for t in moved]
    title = "年底一次性救助" if name == "close_year" else name
    return Adjustment(
        name,
        {payer: plain_yuan(fen) for payer, fen in old.items()},
        {payer: plain_yuan(fen) for payer, fen in new.items()},
        moved,
        f"{title}：{'，'.join(said)}。{'；'.join(owes)}",
    )


def transfers(changes: dict[str, Fen]) -> Iterator[Transfer]:
    """Who owes whom when the payers' parts change by ``changes`` fen.

    Whoever bears more owes; whoever bears less is owed; what does not balance among the payers is
    owed to, or by, the provider whose bill grew or shrank.
    """
    total = sum(changes.values())
    left = {**changes, "provider": -total}
    debtors = [party for party, change in left.items() if change > 0]
    creditors = [party for party, change in left.items() if change < 0]
    for debtor in debtors:
        for creditor in creditors:
            amount = min(left[debtor], -left[creditor])
            if amount > 0:
                left[debtor] -= amount
                left[creditor] += amount
                yield Transfer(debtor, creditor, amount)


def net(adjustments: Iterable[Adjustment]) -> dict[str, Fen]:
    """What each party bears more (positive) or less, in fen, over all adjustments."""
    found: dict[str, Fen] = {}
    for adjustment in adjustments:
        for transfer in adjustment.transfers:
            found[transfer.debtor] = found.get(transfer.debtor, 0) + transfer.amount
            found[transfer.creditor] = found.get(transfer.creditor, 0) - transfer.amount
    return found
