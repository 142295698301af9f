"""What a visit that has not happened would come to, and everything that stands in its way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import orjson
from django.db import transaction

from sanchong.dates import today
from sanchong.money import Fen
from sanchong.office.actor import Actor
from sanchong.office.catalogue.models import Item as CatalogueItem
from sanchong.office.catalogue.queries import items_on
from sanchong.office.citizens.services import require_matter
from sanchong.office.claims.case import OUT_OF_CATALOGUE, case_of
from sanchong.office.claims.checks import refusals
from sanchong.office.claims.known import Head, Known, KnownLine, read_known
from sanchong.office.claims.models import PersonYear, VisitState
from sanchong.office.claims.referral import referred
from sanchong.office.claims.services.law import Law, active_law
from sanchong.office.claims.values import Values, values_of
from sanchong.office.people.kinds import unknown
from sanchong.office.people.models import Person
from sanchong.office.providers.models import Provider
from sanchong.office.providers.services import unknown_provider
from sanchong.office.trail.services import record
from sanchong.office.visibility import findable_people, require_clinical
from sanchong.settlement.entry import settle_entry
from sanchong.settlement.refusal import Refusal

NO_VISIT: Final = 0
NAME: Final = "hypothesis"
NOMINAL: Final[Fen] = 10_000
"""In policy, where no fee lines are given: enough to find what stands in the way, and never shown as a result."""


@dataclass(frozen=True, slots=True)
class Item:
    """A fee line that might be: an item of the catalogue ("" lies outside it), its amount in fen, how many."""

    code: str
    amount: Fen
    quantity: Decimal = Decimal(1)
    days: int | None = None
    """For how many days a prescribed drug would last."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A visit that might be, on the day that it would be settled for."""

    person_number: str
    kind: str
    day: dt.date
    provider_code: str = ""
    """"" is the actor's own."""
    disease: str = ""
    practitioner: str = ""
    given_pooled: Fen | None = None
    given_catastrophic: Fen | None = None
    items: Sequence[Item] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    """Why a tier would pay nothing, with its clause and its sentence."""

    code: str
    clause: str
    text: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """Every refusal that stands in the way; else the gates, and the engine's result where fee lines were given."""

    refusals: Sequence[Refusal]
    gates: Sequence[Gate] = ()
    result: Mapping[str, Any] | None = field(default=None)


@transaction.atomic
def outlook(actor: Actor, hypothesis: Hypothesis, *, presented: bool = False) -> Outlook:
    """What would be paid, and why not, by what is known today: writes only the trail.

    Refusal ``not_found`` for a person whom the actor does not see (``presented``: who has just shown document or card at the
    actor's provider) or a provider that is not there, ``clinical`` for who sees no medical data; what else stands in the way is
    in the answer.
    """
    law = active_law()
    require_clinical(actor)
    require_matter(actor, "rights")
    head = _head(actor, hypothesis, law, presented)
    record(actor, "claims.eligibility", "person", head.person_number, head.person, day=head.day.isoformat())
    known = read_known(head, today())
    enrolments = known.of("enrolment")
    lines = _lines(hypothesis, head, enrolments[0].words[0] if enrolments else "")
    values = values_of(head, known, law.engine, law.options, today())
    found: list[Refusal] = []
    try:
        found += refusals(head, known, lines, values)
        result = _result(head, known, lines, values)
    except Refusal as refusal:
        if enrolments or refusal.code != "not_on_record":
            found.append(refusal)
    if found:
        return Outlook(found)
    gates = [_gate(code, result["visits"][0]["explanation"]) for code in result["visits"][0]["gates"]]
    return Outlook([], gates, result if hypothesis.items else None)


def _head(actor: Actor, hypothesis: Hypothesis, law: Law, presented: bool) -> Head:
    named = Person.objects.filter(number=hypothesis.person_number)
    person = findable_people(actor, named, presented=presented).first()
    if person is None:
        raise unknown("person")
    code = hypothesis.provider_code or actor.provider_code
    provider = Provider.objects.filter(code=code).first()
    if provider is None or actor.provider_code not in ("", code):
        raise unknown_provider(code)
    return Head(
        id=NO_VISIT,
        number=NAME,
        realm=actor.realm,
        kind=hypothesis.kind,
        state=VisitState.DIAGNOSED,
        admitted=hypothesis.day,
        discharged=hypothesis.day,
        disease=hypothesis.disease,
        practitioner=hypothesis.practitioner,
        given_pooled=hypothesis.given_pooled,
        given_catastrophic=hypothesis.given_catastrophic,
        person=person.pk,
        person_number=person.number,
        provider=provider.pk,
        provider_code=provider.code,
        provider_kind=provider.kind,
        bundle=law.bundle,
        acceptance=0,
    )


def _result(head: Head, known: Known, lines: Sequence[KnownLine], values: Values) -> Mapping[str, Any]:
    inputs = case_of(head, known, lines, today(), referred=referred(head, known, values))
    year = PersonYear.objects.filter(person_id=head.person, year=head.day.year).first()
    before = orjson.loads(year.state) if year else {}
    return settle_entry(values.engine, inputs, before, values.options).result


def _lines(hypothesis: Hypothesis, head: Head, insurance: str) -> list[KnownLine]:
    listed = items_on({item.code for item in hypothesis.items}, insurance, head.day, today())
    said = hypothesis.items or (Item(OUT_OF_CATALOGUE, NOMINAL),)
    lines = []
    for i, item in enumerate(said, 1):
        row = listed.get(item.code)
        lines.append(
            KnownLine(
                number=str(i),
                name=row.name if row else item.code,
                amount=item.amount,
                quantity=item.quantity,
                conforming=True,
                days=item.days,
                item=item.code,
                line_class=row.line_class if row else None if hypothesis.items else "A",
                advance=_advance(row) if row else None,
                unit_cap=row.price_cap if row else None,
                dual_channel=bool(row and row.dual_channel),
                special_drug=bool(row and row.special_drug),
                diseases=tuple(row.diseases or ()) if row else (),
            )
        )
    return lines


def _advance(row: CatalogueItem) -> tuple[int, int] | None:
    if row.advance_num is None or row.advance_den is None:
        return None
    return row.advance_num, row.advance_den


def _gate(code: str, explanation: Sequence[Mapping[str, Any]]) -> Gate:
    node = next((node for node in _nodes(explanation) if node["rule"] == f"gate_{code}"), None)
    return Gate(code, node["clause"], node["text"]) if node else Gate(code, "", "")


def _nodes(nodes: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for node in nodes:
        yield node
        yield from _nodes(node["children"])
