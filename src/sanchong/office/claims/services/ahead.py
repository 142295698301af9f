"""Looking ahead at the desk: what a visit comes to as far as it is known, lines that are being typed included.

A quote refuses what cannot be settled yet. At the desk a stay is priced before its diagnosis and its discharge are
recorded: what is still to be done stands beside the amounts, each at its place. Only the trail is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import orjson
from django.db import transaction

from sanchong.dates import today
from sanchong.office.actor import Actor
from sanchong.office.catalogue.queries import items_on
from sanchong.office.claims.checks import refusals
from sanchong.office.claims.deposit import Deposit, deposit
from sanchong.office.claims.known import Head, Known, KnownLine, read_known, read_lines
from sanchong.office.claims.models import PersonYear, VisitState
from sanchong.office.claims.services.law import Law, law_of
from sanchong.office.claims.services.reach import find_visit
from sanchong.office.claims.services.settling import Prepared, fold_known
from sanchong.office.claims.services.visits.lines import amount_of
from sanchong.office.claims.values import Values, values_of
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal

TO_COME: Final = frozenset({"visit_state", "not_discharged"})
"""Refusals that only say that something is still to be recorded: the amounts can be seen before."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A fee line that is being typed: an item of the catalogue ("" lies outside it)."""

    item: str
    name: str
    quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a visit comes to (None if nobody can tell yet), and every refusal that stands before settling it."""

    prepared: Prepared | None
    refusals: Sequence[Refusal]
    law: Law
    lines: Sequence[KnownLine]
    """Those that stand, then the drafts, each as the catalogue of the day lists it."""
    deposit: Deposit | None
    """Of a stay: whether the deposit is waived."""


@transaction.atomic
def look_ahead(actor: Actor, number: str, drafts: Sequence[Draft] = ()) -> Ahead:
    """The visit as if it were diagnosed and, of a stay, ended today unless its last day is known.

    Refusal ``no_visit``, ``no_law``, ``other_post``.
    """
    head = find_visit(number, actor, "quote", lock=False)
    law = law_of(head)
    record(actor, "claims.quote", "visit", number, head.person)
    asif = _finished(head)
    known = read_known(asif, today())
    insurance = known.of("enrolment")[0].words[0] if known.of("enrolment") else ""
    standing, edition = read_lines(asif, insurance, today())
    lines = [*standing, *_drafted(drafts, len(standing), insurance, asif)]
    values = values_of(asif, known, law.engine, law.options, today())
    found: list[Refusal] = []
    prepared = None
    try:
        found += refusals(head, known, lines, values)
        if all(refusal.code in TO_COME for refusal in found):
            year = PersonYear.objects.filter(person_id=head.person, year=asif.day.year).first()
            before = orjson.loads(year.state) if year else {}
            prepared = fold_known(asif, known, lines, before, today(), law, edition)
    except Refusal as refusal:
        found.append(refusal)
    return Ahead(prepared, found, law, lines, _deposit(asif, known, values))


def _deposit(head: Head, known: Known, values: Values) -> Deposit | None:
    """None also where nobody knows by which law: the refusal stands beside it."""
    return deposit(head, known, values) if known.of("enrolment") else None


def _finished(head: Head) -> Head:
    ended = head.discharged or (max(today(), head.admitted) if head.kind == "inpatient" else None)
    return replace(head, state=str(VisitState.DIAGNOSED), discharged=ended)


def _drafted(drafts: Sequence[Draft], already: int, insurance: str, head: Head) -> Iterable[KnownLine]:
    listed = items_on({draft.item for draft in drafts}, insurance, head.day, today()) if drafts else {}
    for place, draft in enumerate(drafts, already + 1):
        row = listed.get(draft.item)
        advance = None
        if row and row.advance_num is not None and row.advance_den is not None:
            advance = (row.advance_num, row.advance_den)
        yield KnownLine(
            number=f"draft-{place}",
            name=draft.name,
            amount=amount_of(draft.quantity, draft.unit_price),
            quantity=draft.quantity,
            conforming=True,
            item=draft.item,
            line_class=row.line_class if row else None,
            advance=advance,
            unit_cap=row.price_cap if row else None,
            dual_channel=bool(row and row.dual_channel),
            special_drug=bool(row and row.special_drug),
            days=None,
            diseases=tuple(row.diseases or ()) if row else (),
        )
