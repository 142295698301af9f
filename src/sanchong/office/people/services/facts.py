"""What is dated about people and households: recorded, ended, corrected, withdrawn."""

from __future__ import annotations

import datetime as dt
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from sanchong.money import Fen
from sanchong.office import keeping
from sanchong.office.actor import Actor
from sanchong.office.dated import Dated
from sanchong.office.keeping import When, kind_named
from sanchong.office.people import kinds
from sanchong.office.people.models import (
    CrossArea,
    Enrolment,
    Grant,
    Household,
    Person,
    Recognition,
    Referral,
    Waiver,
)
from sanchong.office.people.reach import households_within, people_within
from sanchong.settlement.refusal import Refusal


def enrol(
    actor: Actor,
    person: Person,
    insurance: str,
    region: str,
    year: int,
    contribution: Fen,
    subsidy: Fen,
    when: When,
    area: str | None = None,
) -> Enrolment:
    """Insure a person; Refusal ``overlap``, saying what stands there, if the person is insured on one of these days."""
    row = Enrolment(
        person=person,
        insurance=insurance,
        region=region,
        area_id=area,
        year=year,
        contribution=contribution,
        subsidy=subsidy,
        **when.columns,
    )
    return keeping.keep(kinds.ENROLMENT, actor, [row])[0]


def grant(actor: Actor, holder: Person | Household, category: str, department: str, when: When) -> Grant:
    """Give a household or a person an assistance category, as a department decided it."""
    owner = {"person": holder} if isinstance(holder, Person) else {"household": holder}
    row = Grant(**owner, category=category, department=department, **when.columns)
    return keeping.keep(kinds.GRANT, actor, [row])[0]


def recognise(
    actor: Actor,
    person: Person,
    disease: str,
    department: str,
    when: When,
    subtype: str = "",
    legacy: bool = False,
) -> Recognition:
    """Recognise a disease, with its sub-type where the law's catalogue asks for one."""
    row = Recognition(
        person=person,
        disease=disease,
        subtype=subtype,
        legacy=legacy,
        department=department,
        **when.columns,
    )
    return keeping.keep(kinds.RECOGNITION, actor, [row])[0]


def waive(actor: Actor, person: Person, first: str, second: str, when: When) -> Waiver:
    """Two exclusive diseases that the person may hold together, by the decision in ``when.source``."""
    row = Waiver(person=person, first=first, second=second, **when.columns)
    return keeping.keep(kinds.WAIVER, actor, [row])[0]


def refer(
    actor: Actor,
    person: Person,
    when: When,
    from_provider: str = "",
    provider_code: str = "",
    region: str = "",
) -> Referral:
    """Refer a person to a provider or an area. A provider refers from itself only."""
    if actor.provider_code and actor.provider_code != from_provider:
        raise _foreign_referral()
    row = Referral(
        person=person,
        from_provider=from_provider,
        provider_code=provider_code,
        region=region,
        **when.columns,
    )
    return keeping.keep(kinds.REFERRAL, actor, [row])[0]


def register_cross_area(actor: Actor, person: Person, region: str, kind: str, when: When) -> CrossArea:
    """Register a person for care in another area."""
    return keeping.keep(
        kinds.CROSS_AREA, actor, [CrossArea(person=person, region=region, kind=kind, **when.columns)]
    )[0]


# ── ending, correcting, withdrawing any of them ──────────────────────────────────────────────


def end(
    actor: Actor, kind: str, row: int, last: dt.date, reason: str, known_from: dt.date | None = None
) -> Dated:
    """The row ``row`` of ``kind`` (see kinds.KINDS) holds up to and including ``last``."""
    found = _row(actor, kind, row)
    return keeping.end(kind_named(kinds.KINDS, kind), actor, found, last, reason, known_from)


def correct(
    actor: Actor, kind: str, row: int, reason: str, known_from: dt.date | None = None, **changes: Any
) -> Dated:
    """Another row in the place of one that was wrong. Whose it is cannot be corrected: withdraw it and record it anew."""
    found = _row(actor, kind, row)
    if actor.provider_code and "from_provider" in changes:
        raise _foreign_referral()
    home = changes.get("household_id")
    if home is not None and not households_within(actor).filter(pk=home).exists():
        raise kinds.unknown("household")
    return keeping.correct(kind_named(kinds.KINDS, kind), actor, found, reason, known_from, **changes)


def withdraw(actor: Actor, kind: str, row: int, reason: str, known_from: dt.date | None = None) -> Dated:
    """A row that should never have been counts no longer, from the day this is known."""
    found = _row(actor, kind, row)
    return keeping.withdraw(kind_named(kinds.KINDS, kind), actor, found, reason, known_from)


def _row(actor: Actor, kind: str, row: int) -> Dated:
    """A row of somebody, or of a household, whom the actor reaches; a provider's referral only its own."""
    known = kind_named(kinds.KINDS, kind)
    within = {"person": people_within, "household": households_within}
    wanted = reduce(or_, (Q(**{f"{owner}__in": within[owner](actor).values("pk")}) for owner in known.owners))
    if actor.provider_code and known is kinds.REFERRAL:
        wanted &= Q(from_provider=actor.provider_code)
    found: Dated | None = known.model.objects.filter(wanted, pk=row).first()
    if found is None:
        raise kinds.unknown("row")
    return found


def _foreign_referral() -> Refusal:
    return Refusal("scope", "from_provider", "只能以本机构名义转诊", "a provider refers from itself only")
