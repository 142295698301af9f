"""The register of a person: every dated row about them and their households, what stands and what stood, with who lives there.

Read by those who keep it: for the agency, of people whom the actor sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from sanchong.dates import today
from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.dated import Dated
from sanchong.office.keeping import Kind
from sanchong.office.people import kinds, queries
from sanchong.office.people.models import Household, Member, Registration
from sanchong.office.people.queries import Shown
from sanchong.office.people.reach import households_within
from sanchong.office.trail.services import record


@dataclass(frozen=True, slots=True)
class Held:
    """A row of a kind."""

    kind: Kind
    row: Dated


@dataclass(frozen=True, slots=True)
class Lives:
    """Somebody of the household, since when; ``who`` None where the actor does not see them."""

    row: Member
    who: Shown | None


@dataclass(frozen=True, slots=True)
class Home:
    """The household to which the person belongs today."""

    household: Household
    place: Registration | None
    members: Sequence[Lives]


@dataclass(frozen=True, slots=True)
class Register:
    """All that is recorded of a person by date."""

    person: Shown
    home: Home | None
    rows: Sequence[Held]
    """By kind, then from the latest start on; rows that were superseded among them. Of a household that the actor no longer
    reaches, because the person has left it, nothing is told but that they belonged to it."""


@transaction.atomic
def register(actor: Actor, number: str) -> Register:
    """The register of a person; Refusal ``not_found`` for whom the actor does not see, ``agency_only`` for who does not keep it."""
    agency_only(actor)
    shown = queries.find_by_number(actor, number)
    if shown is None:
        raise kinds.unknown("person")
    record(actor, "person.register_read", "person", number, shown.id)
    belonged = Member.objects.filter(person=shown.id).values("household")
    households = set(households_within(actor).filter(pk__in=belonged).values_list("pk", flat=True))
    rows = [Held(kind, row) for kind in kinds.KINDS.values() for row in _rows_of(kind, shown.id, households)]
    return Register(shown, _home(actor, shown), rows)


def _rows_of(kind: Kind, person: int, households: set[int]) -> list[Dated]:
    """Every row of a kind that is a person's or of households, superseded ones too, from the latest start on."""
    wanted = Q(person=person) if "person" in kind.owners else Q()
    if "household" in kind.owners:
        wanted |= Q(household__in=households)
    named = {"household", "area"} & {field.name for field in kind.model._meta.concrete_fields}
    rows = kind.model.objects.filter(wanted).select_related("superseded_by", *sorted(named))
    return list(rows.order_by("-start", "-pk"))


def _home(actor: Actor, person: Shown) -> Home | None:
    now = today()
    held = Member.objects.at(now, now).filter(person=person.id).select_related("household").first()
    if held is None:
        return None
    household: Household = held.household
    rows = list(Member.objects.at(now, now).filter(household=household).order_by("start", "pk"))
    seen = {one.id: one for one in queries.household(actor, household.number, now, now)}
    place = Registration.objects.at(now, now).filter(household=household).select_related("area").first()
    return Home(household, place, [Lives(row, seen.get(row.person_id)) for row in rows])
