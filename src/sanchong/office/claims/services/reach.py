"""How far a command reaches: whose visits, entries and years an account may change. Programs reach their realm, by their scopes.

An account of a provider changes that provider's visits; any other must handle people's matters for the agency, and reaches
whom it sees (visibility.py). A citizen, a department, an analyst changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import EmptyResultSet
from django.db.models import Exists, OuterRef, QuerySet

from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.claims.known import Head, read_head
from sanchong.office.claims.models import Settlement, Visit
from sanchong.office.people.models import Household, Member, Person
from sanchong.office.visibility import visible_people, visible_settlements, visible_visits
from sanchong.settlement.refusal import Refusal


def servants_only(actor: Actor) -> None:
    """Refuse an account that neither works at a provider nor handles people's matters for the agency."""
    if actor.account is not None and (actor.person is not None or not actor.provider_code):
        agency_only(actor)


def find_visit(number: str, actor: Actor, *, lock: bool) -> Head:
    """The visit, locked if asked; Refusal ``no_visit`` if the actor does not reach it.

    That an account sees it is asked in the statement that reads it, so that settling takes as many statements for everybody.
    """
    servants_only(actor)
    head = _head(number, actor, lock=lock)
    allowed = head is not None and head.realm == actor.realm
    if head is None or not allowed or actor.provider_code not in ("", head.provider_code):
        raise Refusal("no_visit", "visit", f"没有就诊 {number}", f"no visit {number}")
    return head


def _head(number: str, actor: Actor, *, lock: bool) -> Head | None:
    if actor.account is None or actor.provider_code:
        return read_head(number, lock=lock)
    seen = visible_visits(actor, Visit.objects.filter(number=number)).order_by().values("pk")
    try:
        return read_head(number, lock=lock, among=seen.query.sql_with_params())
    except EmptyResultSet:
        return None


def people_within(actor: Actor) -> QuerySet[Person]:
    """Whom a command about a person may name."""
    people = Person.objects.filter(realm=actor.realm)
    return people if actor.account is None else visible_people(actor, people)


def patients_within(actor: Actor) -> QuerySet[Person]:
    """For whom a visit may be registered: at a provider whoever presents document or card, and so a number of the realm."""
    return Person.objects.filter(realm=actor.realm) if actor.provider_code else people_within(actor)


def households_within(actor: Actor) -> QuerySet[Household]:
    """Which households a command may name: of an account those with a member whom it sees."""
    households = Household.objects.filter(realm=actor.realm)
    if actor.account is None:
        return households
    seen = Member.objects.filter(household=OuterRef("pk"), person__in=people_within(actor).values("pk"))
    return households.filter(Exists(seen))


def visits_within(actor: Actor) -> QuerySet[Visit]:
    """Which visits a command of the agency may name."""
    visits = Visit.objects.filter(realm=actor.realm)
    return visits if actor.account is None else visible_visits(actor, visits)


def settlements_within(actor: Actor) -> QuerySet[Settlement]:
    """Which entries a command of the agency may name."""
    entries = Settlement.objects.filter(realm=actor.realm)
    return entries if actor.account is None else visible_settlements(actor, entries)


def beyond(actor: Actor, people: Collection[int]) -> set[int]:
    """Those of some people, by their keys, whom a command of the actor does not reach: nobody for a program."""
    if actor.account is None:
        return set()
    return set(people) - set(people_within(actor).filter(pk__in=people).values_list("pk", flat=True))
