"""Households as a clerk looks for one: by somebody who lives there, or by its number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q

from sanchong.dates import today
from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.people import queries
from sanchong.office.people.identity import plain_number
from sanchong.office.people.models import Household, Member, Person, Registration
from sanchong.office.people.reach import households_within
from sanchong.office.trail.services import Act, record_all
from sanchong.office.visibility import visible_people

MOST: Final = 20
"""Households of one answer."""


@dataclass(frozen=True, slots=True)
class Found:
    """A household: where it is registered today ("" if nowhere), who belongs to it as far as the actor sees them."""

    number: str
    place: str
    names: Sequence[str]
    others: int
    """Members whom the actor does not see."""


@transaction.atomic
def find_homes(actor: Actor, asked: str) -> list[Found]:
    """Households by a member's whole name, number or document, or by their own number; at most ``MOST``, the first registered.

    Only those that a command of the actor may name (``households_within``), by members whom the actor sees. Whoever is shown
    leaves a trail. Refusal ``agency_only`` for who does not keep the register.
    """
    agency_only(actor)
    number = plain_number(asked)
    shown = [queries.find_by_number(actor, number), queries.find_by_identity(actor, number)]
    people = [one.id for one in (*shown, *queries.find_by_name(actor, asked, MOST)) if one is not None]
    now = today()
    lived = Member.objects.at(now, now).filter(person__in=people).values("household")
    homes = households_within(actor).filter(Q(pk__in=lived) | Q(number=number)).order_by("pk")
    return _shown(actor, list(homes[:MOST]))


def _shown(actor: Actor, homes: Collection[Household]) -> list[Found]:
    """What is told of each, in as many statements as for one."""
    now = today()
    placed = Registration.objects.at(now, now).filter(household__in=[home.pk for home in homes])
    places = dict(placed.values_list("household", "area__name"))
    living = defaultdict(list)
    belong = Member.objects.at(now, now).filter(household__in=[home.pk for home in homes])
    for home, person in belong.order_by("start", "pk").values_list("household", "person"):
        living[home].append(person)
    wanted = Person.objects.filter(pk__in=belong.values("person"))
    seen = {person.pk: person for person in visible_people(actor, wanted)}
    found, acts = [], []
    for home in homes:
        members = [seen[one] for one in living[home.pk] if one in seen]
        others = len(living[home.pk]) - len(members)
        found.append(Found(home.number, places.get(home.pk, ""), [one.name for one in members], others))
        acts += [
            Act("person.household", "person", p.number, p.pk, {"household": home.number}) for p in members
        ]
    record_all(actor, acts)
    return found
