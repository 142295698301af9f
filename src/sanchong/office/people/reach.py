"""How far a command reaches: an account names those whom it sees (visibility.py), a program was given their numbers by us."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from sanchong.dates import today
from sanchong.office.actor import Actor
from sanchong.office.people.models import Household, Member, Person
from sanchong.office.visibility import visible_people


def people_within(actor: Actor) -> QuerySet[Person]:
    """Whom a command about a person may name."""
    people = Person.objects.filter(realm=actor.realm)
    return people if actor.account is None else visible_people(actor, people)


def households_within(actor: Actor) -> QuerySet[Household]:
    """Which households a command may name: of an account those to which somebody belongs whom it sees.

    Who has left is another household's matter; where nobody is left, those who were the last to be known count. A household that
    has just been formed has nobody yet.
    """
    households = Household.objects.filter(realm=actor.realm)
    if actor.account is None:
        return households
    now = today()
    ever = Member.objects.current().filter(household=OuterRef("pk"))
    belong = Member.objects.at(now, now).filter(household=OuterRef("pk"))
    seen = Q(person__in=people_within(actor).values("pk"))
    return households.filter(
        Exists(belong.filter(seen)) | (~Exists(belong) & (Exists(ever.filter(seen)) | ~Exists(ever)))
    )
