"""The statement of a settlement (结算单): its explanation computed again from what was kept, as data and as a page.

What a settlement keeps is its inputs, the year before it and its law; the explanation is computed again and must have the hash
that the receipt gave it. A statement that does not come out the same is not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import orjson
from django.db import transaction

from sanchong.bill.html import bill_page
from sanchong.bill.words import Lang
from sanchong.law.labels import address_label
from sanchong.law.library import Law
from sanchong.money import plain_yuan
from sanchong.office.actor import Actor
from sanchong.office.claims import unclinical
from sanchong.office.claims.ledger import PAYERS
from sanchong.office.claims.models import Settlement
from sanchong.office.claims.queries import Data, settlements_of
from sanchong.office.claims.referral import in_city, needs_referral
from sanchong.office.claims.reversals import Reversal, reversal_of
from sanchong.office.claims.values import Values
from sanchong.office.claims.year import options_of
from sanchong.office.lawbook.services import engine_of
from sanchong.office.trail.services import record
from sanchong.office.visibility import fields_for, require_clinical
from sanchong.rules.rule import recording
from sanchong.settlement.case import spell_on
from sanchong.settlement.entry import settle_entry
from sanchong.settlement.reading import read_case
from sanchong.settlement.refusal import Refusal
from sanchong.shapes import ADDRESSES, FIRST_CONTACT_LEVEL, INPATIENT
from sanchong.shapes import ASSUMED as STATUS_ASSUMED

HASHES: Final = ("inputs", "before", "result", "explanation", "law")
"""What of a receipt a computation must give again; the engine's version enters no hash."""

ASSUMED: Final = "示例数据"
"""What a figure without a document is called wherever it is shown."""


@transaction.atomic
def statement(actor: Actor, settlement_number: str) -> Data:
    """A settlement's statement; Refusal ``no_settlement``, or ``receipt_differs`` if it no longer comes out the same.

    ``amounts`` is what this entry changes; ``result`` what the visit (or the year's end) now comes to, explained; a reversal
    has none. ``reversal`` says who took it back, when and why. Who sees no medical data is given the sums without lines and
    reasons.
    """
    kept = _kept(actor, settlement_number)
    record(actor, "settlement.statement", "settlement", settlement_number, kept.year.person_id)
    return _statement(kept, reversal_of(actor, kept), clinical=fields_for(actor).clinical)


@transaction.atomic
def page(actor: Actor, settlement_number: str, lang: Lang = "zh") -> str:
    """The statement as one self-contained HTML page; a reversal's shows the bill that was reversed.

    Refusal ``clinical`` for who sees no medical data: it is full of them.
    """
    require_clinical(actor)
    kept = _kept(actor, settlement_number)
    record(actor, "settlement.page", "settlement", settlement_number, kept.year.person_id)
    of = _drawn(actor, kept)
    return bill_page([(of.case, of.result)], of.law, lang, title_of(kept, lang))


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a bill is drawn from: the case, its result explained (the referral's part too), the law, the names of fee lines.

    And who took it back, if anybody did.
    """

    kept: Settlement
    case: Data
    result: Data
    law: Law
    names: Mapping[str, str]
    reversal: Reversal | None


@transaction.atomic
def drawn(actor: Actor, settlement_number: str) -> Drawn:
    """What the bill of a settlement is drawn from, for a page of the office; of a reversal, that of the bill that was reversed.

    Refusal ``no_settlement``, ``receipt_differs``.
    """
    kept = _kept(actor, settlement_number)
    record(actor, "settlement.statement", "settlement", settlement_number, kept.year.person_id)
    return _drawn(actor, kept)


def _drawn(actor: Actor, kept: Settlement) -> Drawn:
    shown = kept.replaces if kept.kind == "reverse" else kept
    assert shown is not None and shown.inputs is not None
    case, result, referral = orjson.loads(shown.inputs), recomputed(shown), _referral(shown)
    if referral is not None:
        stay = result["visits"][0]
        stay["assumed"] = [*stay["assumed"], *referral["assumed"]]
        stay["explanation"] = [*referral["explanation"], *stay["explanation"]]
    names = dict(shown.visit.lines.values_list("number", "name")) if shown.visit else {}
    return Drawn(kept, case, result, _law(shown), names, reversal_of(actor, kept))


def recomputed(kept: Settlement) -> Data:
    """The engine's answer of an entry, computed again with its explanation; Refusal if it differs from what was kept."""
    assert kept.inputs is not None and kept.before is not None and kept.result is not None
    inputs, before = orjson.loads(kept.inputs), orjson.loads(kept.before)
    receipt = orjson.loads(kept.result)["receipt"]
    options = replace(options_of(kept), told_by=receipt["engine"])
    again = settle_entry(engine_of(kept.bundle_id), inputs, before, options).result
    differing = [name for name in HASHES if again["receipt"].get(name) != receipt.get(name)]
    if differing:
        raise Refusal(
            "receipt_differs",
            "settlement",
            f"结算 {kept.number} 重算后与凭据不符（{'、'.join(differing)}）；请运行 sanchong office audit 查明",
            f"settlement {kept.number} computed again differs from its receipt ({', '.join(differing)});"
            " run sanchong office audit",
        )
    return again


TITLES: Final = {
    "settle": ("结算单 {number}", "Statement {number}"),
    "adjust": ("补差结算单 {number}（更正 {other}）", "Adjusted statement {number} (in place of {other})"),
    "reverse": ("撤销 {number}：已撤销的结算 {other}", "Reversal {number} of settlement {other}"),
    "close": ("年终结算单 {number}", "Year's end {number}"),
}


def title_of(kept: Settlement, lang: Lang) -> str:
    """What the page of an entry is called."""
    other = kept.replaces.number if kept.replaces is not None else ""
    return TITLES[kept.kind][lang == "en"].format(number=kept.number, other=other)


def _kept(actor: Actor, number: str) -> Settlement:
    found = settlements_of(actor).filter(number=number).first()
    if found is None:
        raise Refusal("no_settlement", "settlement", f"没有结算 {number}", f"no settlement {number}")
    return found


def _law(kept: Settlement) -> Law:
    return engine_of(kept.bundle_id).law


def _statement(kept: Settlement, reversal: Reversal | None, *, clinical: bool) -> Data:
    result = recomputed(kept) if kept.inputs is not None else None
    referral = _referral(kept)
    matters = list(kept.manual_cases.order_by("pk").values_list("matter", flat=True))
    if not clinical:
        result, matters = result and unclinical.result(result), unclinical.addresses(matters)
    return {
        "settlement": kept.number,
        "kind": kept.kind,
        "title": title_of(kept, "zh"),
        "day": kept.day.isoformat(),
        "at": kept.at.isoformat(),
        "visit": kept.visit and kept.visit.number,
        "person": kept.year.person.number,
        "provider": kept.visit and {"code": kept.visit.provider.code, "name": kept.visit.provider.name},
        "replaces": kept.replaces and kept.replaces.number,
        "cause": kept.cause and kept.cause.number,
        "reversal": reversal
        and {
            "settlement": reversal.number,
            "at": reversal.at.isoformat(),
            "by": reversal.by,
            "reason": reversal.reason,
        },
        "amounts": {
            "total": plain_yuan(kept.total),
            **{payer: plain_yuan(getattr(kept, payer)) for payer in PAYERS},
        },
        "postings": [
            {"account": p.account, "amount": plain_yuan(p.amount)}
            for p in kept.postings.filter(payment=None).order_by("pk")
        ],
        "manual_cases": matters,
        "referral": referral,
        "assumed": _assumed(kept, result, referral),
        "law": {"bundle": kept.bundle_id, "edition": kept.edition and kept.edition.hash},
        "result": result,
    }


def _referral(kept: Settlement) -> Data | None:
    """Why a stay needed a referral or none, by the rule and the law of its settlement; None for what is no stay."""
    if kept.inputs is None:
        return None
    engine = engine_of(kept.bundle_id)
    case = read_case(orjson.loads(kept.inputs), engine.law.diseases)
    if not case.visits or case.visits[0].kind != INPATIENT or case.known_on is None:
        return None
    visit = case.visits[0]
    assert visit.provider is not None
    registered = spell_on(case.person.household_region, visit.date)
    values = Values(engine, options_of(kept), case.region, registered, visit.date, case.known_on)
    with recording() as heard:
        needed = needs_referral(visit.provider.region, visit.provider.level, registered, values)
    resolution = values.resolution
    nodes = [node.data() for node in engine.explainer.nodes(heard.calls, resolution)]
    assumed = []
    if in_city(visit.provider.region, registered):
        nodes.insert(0, engine.explainer.value(FIRST_CONTACT_LEVEL, resolution).data())
        if resolution.terms.status[FIRST_CONTACT_LEVEL] == STATUS_ASSUMED:
            assumed.append(ADDRESSES[FIRST_CONTACT_LEVEL].name)
    return {"needed": needed, "referred": visit.referred, "assumed": assumed, "explanation": nodes}


def _assumed(kept: Settlement, result: Data | None, referral: Data | None) -> list[Data]:
    """Every figure without a document that the statement leans on, by its address and its name."""
    if result is None:
        return []
    named = [address for visit in result["visits"] for address in visit["assumed"]]
    named += (result["close_year"] or {}).get("assumed", []) + (referral["assumed"] if referral else [])
    diseases = _law(kept).diseases
    return [
        {"address": address, "label": address_label(address, diseases), "note": ASSUMED}
        for address in dict.fromkeys(named)
    ]
