"""What is known, as a case of one visit in the settle contract's form: the only thing the engine sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sanchong.money import plain_yuan
from sanchong.office.claims.known import Fact, Head, Known, KnownLine
from sanchong.settlement.refusal import Refusal

OUT_OF_CATALOGUE = ""
"""The item code of a line that lies outside the catalogue and says so (自费)."""


def one(facts: Sequence[Fact], where: str, zh: str, en: str, clause: str = "") -> Fact:
    """The single fact of a kind; Refusal ``not_on_record`` if there is none, ``ambiguous`` if there are several."""
    if len(facts) == 1:
        return facts[0]
    if not facts:
        raise Refusal("not_on_record", where, f"没有{zh}的记录", f"no {en} on record", clause)
    raise Refusal(
        "ambiguous", where, f"{zh}有 {len(facts)} 条同时有效", f"{len(facts)} {en}s hold at once", clause
    )


def case_of(
    head: Head, known: Known, lines: Sequence[KnownLine], known_on: dt.date, *, referred: bool
) -> dict[str, Any]:
    """The case of one visit: facts that hold on its day, lines by the catalogue of the day."""
    enrolment = one(known.of("enrolment"), "person.insurance", "当日参保", "enrolment")
    registration = one(
        known.of("registration"), "person.household_region", "当日户籍地", "household registration"
    )
    return {
        "case": head.number,
        "region": enrolment.words[1],
        "year": head.day.year,
        "known_on": known_on.isoformat(),
        "withhold_unmodelled": True,
        "person": {
            "id": head.person_number,
            "insurance": enrolment.words[0],
            "household_region": registration.words[0][:6],
            "categories": [category_of(f) for f in known.of("category")],
            "recognitions": [recognition_of(f) for f in known.of("recognition")],
            "waived_exclusions": [list(f.words[:2]) for f in known.of("waiver")],
        },
        "visits": [_visit(head, known, lines, referred)],
    }


def category_of(fact: Fact) -> dict[str, Any]:
    """An assistance category as the contract writes it."""
    return {"category": fact.words[0], **_period(fact)}


def _period(fact: Fact) -> dict[str, str | None]:
    return {"from": fact.start, "to": fact.end}


def recognition_of(fact: Fact) -> dict[str, Any]:
    """A recognised disease as the contract writes it."""
    disease, subtype, legacy, _ = fact.words
    said: dict[str, Any] = {"disease": disease, **_period(fact)}
    if subtype:
        said["subtype"] = subtype
    if legacy == "true":
        said["legacy"] = True
    return said


def _visit(head: Head, known: Known, lines: Sequence[KnownLine], referred: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"id": head.number, "kind": head.kind, "date": head.day.isoformat()}
    if head.given_pooled is not None:
        said["pooled"] = plain_yuan(head.given_pooled)
    if head.given_catastrophic is not None:
        said["catastrophic"] = plain_yuan(head.given_catastrophic)
    if known.payouts:
        said["other_payments"] = {payer: plain_yuan(fen) for payer, fen in sorted(known.payouts.items())}
    if head.kind == "special_drug":
        return said | {"in_scope": plain_yuan(sum(line.amount for line in lines))}
    if head.kind == "outpatient":
        said["disease"] = head.disease
    else:
        said |= {"admitted": head.admitted.isoformat(), "referred": referred}
    return said | {"provider": _provider(head, known), "lines": [line_of(head, line) for line in lines]}


def _provider(head: Head, known: Known) -> dict[str, Any]:
    standing = one(known.of("standing"), "provider", "医药机构属性", "standing of the provider")
    level, fee_class = standing.words[1].split()
    return {
        "id": head.provider_code,
        "region": standing.words[0],
        "designated": any(f.words[0] == "designated" for f in known.of("agreement")),
        "level": int(level),
        "fee_class": int(fee_class),
        "administrative_level": standing.words[2],
        "level_exception": standing.words[3] == "true",
    }


def line_of(head: Head, line: KnownLine) -> dict[str, Any]:
    """A fee line as the contract writes it, by its item; Refusal ``not_in_catalogue`` if the catalogue has none."""
    if line.line_class is None and line.item != OUT_OF_CATALOGUE:
        raise Refusal(
            "not_in_catalogue",
            f"lines[{line.number}].item",
            f"明细 {line.number}：目录中没有项目 {line.item}；目录外项目请将目录编码留空",
            f"line {line.number}: no item {line.item} in the catalogue; leave the code empty if it lies outside",
        )
    said: dict[str, Any] = {
        "id": line.number,
        "amount": plain_yuan(line.amount),
        "class": line.line_class or "C",
    }
    if line.advance is not None:
        said["advance_rate"] = f"{line.advance[0]}/{line.advance[1]}"
    if line.unit_cap is not None:
        said["price_cap"] = plain_yuan(capped(line.unit_cap, line.quantity))
    if line.diseases and head.disease.split(":")[0] not in line.diseases:
        said["related"] = False
    if not line.conforming:
        said["conforming"] = False
    if line.dual_channel:
        said["dual_channel"] = True
    return said


def capped(unit_cap: int, quantity: Decimal) -> int:
    """The cap on a line's amount, in fen: the cap on one unit's price times the quantity, half up."""
    return int((unit_cap * quantity).quantize(Decimal(1), ROUND_HALF_UP))
