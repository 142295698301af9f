"""A fact known later as a page: typed, previewed over every settled year that it reaches, then confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sanchong.law.labels import CATEGORY
from sanchong.money import parse_yuan, yuan
from sanchong.office.actor import Actor
from sanchong.office.claims.models import VISIT_KINDS, Payout
from sanchong.office.claims.services import later
from sanchong.office.claims.services.consequences import Transfer, visits_named
from sanchong.office.imports.cells import Misread
from sanchong.office.web.charts import TIERS
from sanchong.office.web.forms import day
from sanchong.office.web.reversal import YEARS_END, Later, Line, lines_of, paid_of, verdict_of
from sanchong.office.web.timeline import disease_names, signed
from sanchong.settlement.refusal import Refusal

KINDS: Final = {
    "category": "救助对象类别",
    "recognition": "门诊慢特病认定",
    "payout": "其他赔付",
}
"""What may be put in after the settlement, from a page."""
DATED: Final = ("department", "from", "to", "source")
FIELDS: Final[Mapping[str, Sequence[str]]] = {
    "category": ("category", *DATED),
    "recognition": ("disease", *DATED),
    "payout": ("visit", "payer", "amount", "paid_on"),
}
OPTIONAL: Final = ("to", "source")
DAYS: Final = {"from": "开始日期", "to": "终止日期", "paid_on": "赔付日期"}


@dataclass(frozen=True, slots=True)
class Stuck:
    """A settled visit that could no longer be settled."""

    visit: str
    message: str


@dataclass(frozen=True, slots=True)
class Year:
    """What changes in a settled year."""

    year: int
    later: Sequence[Later]
    stuck: Sequence[Stuck]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a fact would change."""

    said: str
    years: Sequence[Year]
    net: Sequence[Line]
    patient: str
    digest: str
    """"" if it cannot be confirmed."""


def fact_of(kind: str, person: str, given: Mapping[str, str]) -> dict[str, Any]:
    """The fact that a form gives, as claims' services read it; Refusal ``invalid_input`` for a kind that no form has."""
    if kind not in KINDS:
        raise Refusal("invalid_input", "kind", "请选择要补记的内容", "choose what is to be put in")
    said = {name: given.get(name, "").strip() for name in FIELDS[kind]}
    said = {name: value for name, value in said.items() if value or name not in OPTIONAL}
    for name in DAYS.keys() & said.keys():
        try:
            said[name] = day(said[name]).isoformat()
        except Misread as problem:
            raise Refusal("invalid_input", name, f"{DAYS[name]}：{problem.zh}", problem.en) from None
    if kind == "recognition":
        said["disease"], _, subtype = said["disease"].partition(":")
        said |= {"subtype": subtype} if subtype else {}
    return {kind: said if kind == "payout" else {"person": person, **said}}


def preview(actor: Actor, fact: Mapping[str, Any]) -> Preview:
    """What the fact would change; nothing is kept."""
    told = later.preview(actor, dict(fact))
    entries = [entry for year in told["years"] for entry in year["entries"]]
    visits = visits_named(actor, [entry["visit"] for entry in entries])
    net = {tier: parse_yuan(told["net"].get(tier, "0")) for tier in TIERS}
    return Preview(
        said=told["said"],
        years=[
            Year(
                year["year"],
                [_later(entry, visits) for entry in year["entries"]],
                [Stuck(stuck["visit"], stuck["message"]) for stuck in year["refused"]],
            )
            for year in told["years"]
        ],
        net=[line for line in lines_of(dict.fromkeys(TIERS, 0), net) if line.change != yuan(0)],
        patient=verdict_of(net["patient"]),
        digest=told["digest"],
    )


def choices(actor: Actor, person: str) -> dict[str, Any]:
    """What a form offers: categories, diseases, payers, the person's settled visits."""
    visits = visits_named(actor, of_person=person)
    return {
        "categories": [(code, words[0]) for code, words in CATEGORY.items()],
        "diseases": sorted(disease_names().items(), key=lambda one: one[1]),
        "payers": Payout.PAYERS,
        "visits": [
            (v.number, f"{v.discharged or v.admitted} {VISIT_KINDS[v.kind]} {v.provider.name}")
            for v in visits.values()
        ],
    }


def _later(entry: Mapping[str, Any], visits: Mapping[str, Any]) -> Later:
    visit = visits.get(entry["visit"])
    then, now = ({tier: parse_yuan(entry[side][tier]) for tier in TIERS} for side in ("before", "after"))
    patient = now["patient"] - then["patient"]
    return Later(
        title=VISIT_KINDS[visit.kind] if visit else YEARS_END,
        day=(visit.discharged or visit.admitted) if visit else None,
        provider=visit.provider.name if visit else "",
        patient=signed(patient),
        verdict=verdict_of(patient),
        lines=[line for line in lines_of(then, now) if line.change != yuan(0)],
        provider_side="" if entry["provider"] or not visit else "机构应收不变",
        paid=paid_of(Transfer(**one) for one in entry["transfers"]),
    )
