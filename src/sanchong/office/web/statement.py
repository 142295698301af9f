"""The statement of a settlement as a page: the bill, whose it is, the receipt; what it changed if it is a correction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from sanchong.law.labels import address_label
from sanchong.money import Fen
from sanchong.office.actor import Actor
from sanchong.office.claims import statement
from sanchong.office.claims.ledger import PAYERS
from sanchong.office.claims.models import Settlement, Visit
from sanchong.office.claims.reversals import Reversal
from sanchong.office.people.models import Person
from sanchong.office.visibility import fields_for
from sanchong.office.web.bill import ShownBill, bill_of
from sanchong.office.web.charts import TIERS

MOST_OPEN: Final = 25
"""So many fee lines still fit on the second page of A4."""

TITLES: Final = {
    "settle": "医疗费用结算单",
    "adjust": "补差结算单",
    "reverse": "撤销结算单",
    "close": "年终救助结算单",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What a correction changes for one payer, in fen."""

    tier: str
    name: str
    amount: Fen


@dataclass(frozen=True, slots=True)
class Link:
    """Another entry that this one has to do with: how, and its number."""

    how: str
    number: str


@dataclass(frozen=True, slots=True)
class Stated:
    """Everything on the page."""

    number: str
    kind: str
    title: str
    day: dt.date
    at: dt.datetime
    person: Person
    visit: Visit | None
    days: int | None
    """Of a stay: from admission to discharge."""
    diagnoses: Sequence[tuple[str, str]]
    """Name and code, the main one first; empty for who may not see them."""
    bill: ShownBill
    changes: Sequence[Change]
    """Empty of a first settlement, whose changes are the bill itself."""
    links: Sequence[Link]
    reversal: Reversal | None
    """Who took it back, when and why; of the reversal itself too."""
    left_open: Sequence[str]
    """What the settlement left to somebody's judgement, as people read it."""
    bundle: str
    stands: bool
    """Whether it is a visit's and nothing has taken its place: only then can it be reversed."""


def stated(actor: Actor, number: str) -> Stated:
    """A settlement's statement as far as the actor may see it; Refusal ``no_settlement``, ``receipt_differs``."""
    drawn = statement.drawn(actor, number)
    kept, visit = drawn.kept, drawn.kept.visit
    clinical = fields_for(actor).clinical
    return Stated(
        number=kept.number,
        kind=kept.kind,
        title=TITLES[kept.kind],
        day=kept.day,
        at=timezone.localtime(kept.at),
        person=kept.year.person,
        visit=visit,
        days=(visit.discharged - visit.admitted).days if visit and visit.discharged else None,
        diagnoses=list(visit.diagnoses.order_by("rank").values_list("name", "code"))
        if visit and clinical
        else [],
        bill=bill_of(
            drawn.case,
            drawn.result,
            drawn.law,
            names=drawn.names,
            clinical=clinical,
            most_open=MOST_OPEN,
        ),
        changes=[Change(payer, TIERS[payer], getattr(kept, payer)) for payer in PAYERS]
        if kept.kind in ("adjust", "reverse")
        else [],
        links=_links(kept),
        reversal=drawn.reversal,
        left_open=[address_label(matter, drawn.law.diseases) for matter in _matters(kept)]
        if clinical
        else [],
        bundle=kept.bundle_id[:8],
        stands=kept.kind in ("settle", "adjust") and visit is not None and not kept.replaced_by.exists(),
    )


def _matters(kept: Settlement) -> Sequence[str]:
    return list(kept.manual_cases.order_by("pk").values_list("matter", flat=True))


LATER: Final = {"reverse": "本结算已被撤销，见", "adjust": "本结算已被更正，以后者为准，见"}
EARLIER: Final = {"reverse": "撤销的是", "adjust": "更正的是"}


def _links(kept: Settlement) -> list[Link]:
    found = []
    if kept.replaces is not None and kept.kind in EARLIER:
        found.append(Link(EARLIER[kept.kind], kept.replaces.number))
    if kept.cause is not None:
        found.append(Link("起因是", kept.cause.number))
    for later in kept.replaced_by.order_by("pk"):
        if later.kind in LATER:
            found.append(Link(LATER[later.kind], later.number))
    return found
