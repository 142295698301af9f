"""A reversal as a page: what it would change or has changed, payer by payer, and who pays whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sanchong.money import Fen, parse_yuan, yuan
from sanchong.office.actor import Actor
from sanchong.office.claims.models import VISIT_KINDS, Settlement, Visit
from sanchong.office.claims.reversals import Reversal
from sanchong.office.claims.services.consequences import (
    Changed,
    Consequences,
    Transfer,
    consequences,
    what_followed,
)
from sanchong.office.people.models import Person
from sanchong.office.web.charts import TIERS
from sanchong.office.web.timeline import signed

PARTIES: Final = {
    "pooled": "统筹基金",
    "catastrophic": "大病保险",
    "assistance": "医疗救助基金",
    "other": "其他赔付方",
    "patient": "个人",
    "provider": "医药机构",
    "hospital": "医药机构（自身承担）",
}
YEARS_END: Final = "年终结算"


@dataclass(frozen=True, slots=True)
class Line:
    """A payer's part before and after."""

    tier: str
    title: str
    before: str
    after: str
    change: str


@dataclass(frozen=True, slots=True)
class Paid:
    """Who pays whom."""

    debtor: str
    creditor: str
    amount: str


@dataclass(frozen=True, slots=True)
class Later:
    """A later visit, or the year's end, that is settled again."""

    title: str
    day: dt.date | None
    """None where a preview does not tell it: of the year's end."""
    provider: str
    patient: str
    """What changes for the person, with its sign."""
    verdict: str
    lines: Sequence[Line]
    provider_side: str
    """What changes for the provider, in a sentence; "" where it is not told."""
    paid: Sequence[Paid]


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything on the page before the reversal is confirmed."""

    of: Consequences
    person: Person
    kind: str
    total: str
    gone: Sequence[Line]
    paid: Sequence[Paid]
    given_back: str
    dropped: str
    later: Sequence[Later]
    elsewhere: str
    """What changes for the person at other providers; ""."""
    net: Sequence[Line]
    recovered: str
    refunded: str


@dataclass(frozen=True, slots=True)
class Done:
    """Everything on the page after it."""

    reversal: Settlement
    told: Reversal | None
    person: Person
    visit: Visit
    lines: Sequence[Line]
    adjusted: Sequence[Later]
    recovered: str
    refunded: str


def before(actor: Actor, settlement: str) -> Shown:
    """What reversing a settlement would change."""
    of = consequences(actor, settlement)
    nothing = dict.fromkeys(TIERS, 0)
    return Shown(
        of=of,
        person=of.person,
        kind=VISIT_KINDS[of.kind],
        total=yuan(of.total),
        gone=lines_of(of.gone, nothing),
        paid=paid_of(of.others),
        given_back=yuan(of.given_back),
        dropped=yuan(of.dropped) if of.dropped else "",
        later=[_later(one) for one in of.later],
        elsewhere=signed(of.elsewhere.patient) if of.elsewhere.visits else "",
        net=[line for line in lines_of(nothing, of.net) if line.change != yuan(0)],
        recovered=yuan(of.recovered) if of.recovered else "",
        refunded=yuan(of.refunded) if of.refunded else "",
    )


def after(actor: Actor, reversal: str) -> Done:
    """What a reversal has changed."""
    found = what_followed(actor, reversal)
    visit = found.reversal.visit
    assert visit is not None
    patient = sum(one.patient for one in found.adjusted)
    return Done(
        reversal=found.reversal,
        told=found.told,
        person=found.reversal.year.person,
        visit=visit,
        lines=_moved(found.reversal),
        adjusted=[_adjusted(one) for one in found.adjusted],
        recovered=yuan(patient) if patient > 0 else "",
        refunded=yuan(-patient) if patient < 0 else "",
    )


def _later(one: Changed) -> Later:
    return Later(
        title=VISIT_KINDS[one.kind] if one.visit else YEARS_END,
        day=one.day,
        provider=one.provider,
        patient=signed(one.change["patient"]),
        verdict=verdict_of(one.change["patient"]),
        lines=[line for line in lines_of(one.before, one.after) if line.change != yuan(0)],
        provider_side=_provider_side(one),
        paid=paid_of([*one.patient, *one.others]),
    )


def _adjusted(entry: Settlement) -> Later:
    visit = entry.visit
    return Later(
        title=VISIT_KINDS[visit.kind] if visit else YEARS_END,
        day=(visit.discharged or visit.admitted) if visit else entry.day,
        provider=visit.provider.name if visit else "",
        patient=signed(entry.patient),
        verdict=verdict_of(entry.patient),
        lines=_moved(entry),
        provider_side="",
        paid=(),
    )


def verdict_of(patient: Fen) -> str:
    """What a change of the person's part means for the person."""
    if patient > 0:
        return f"应向个人追回 {yuan(patient)}"
    return f"应退个人 {yuan(-patient)}" if patient < 0 else "个人负担不变"


def _provider_side(one: Changed) -> str:
    """The provider is paid less or more where it bears more or less itself, or where the whole changes."""
    if not one.visit:
        return ""
    more = sum(one.change.values()) - one.change["hospital"]
    if not more:
        return "机构应收不变"
    return f"机构应多收 {yuan(more)}" if more > 0 else f"机构应退回 {yuan(-more)}"


def _moved(entry: Settlement) -> list[Line]:
    changes = {tier: getattr(entry, tier) for tier in TIERS}
    return [line for line in lines_of(dict.fromkeys(TIERS, 0), changes) if line.change != yuan(0)]


def lines_of(then: Mapping[str, Fen], now: Mapping[str, Fen]) -> list[Line]:
    """Each payer's part before and after, in fen; a payer that has none is left out."""
    return [
        Line(tier, title, yuan(then[tier]), yuan(now[tier]), signed(now[tier] - then[tier]))
        for tier, title in TIERS.items()
        if then[tier] or now[tier]
    ]


def paid_of(transfers: Iterable[Transfer]) -> list[Paid]:
    """Who pays whom, by name."""
    return [Paid(PARTIES[t.debtor], PARTIES[t.creditor], yuan(parse_yuan(t.amount))) for t in transfers]
