"""How far a command reaches: whose visits, entries and years an account may change. Programs reach their realm, by their scopes.

An account of a provider changes that provider's visits, as far as its post may (powers.py); any other must handle people's
matters for the agency, and reaches whom it sees (visibility.py). A citizen, a department, an analyst changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from sanchong.office.actor import Actor
from sanchong.office.claims.known import Head, read_head
from sanchong.office.claims.models import Settlement, Visit
from sanchong.office.people.models import Person
from sanchong.office.people.reach import people_within
from sanchong.office.powers import Power, require
from sanchong.office.visibility import visible_settlements, visible_visits
from sanchong.settlement.refusal import Refusal


def find_visit(number: str, actor: Actor, power: Power, *, lock: bool) -> Head:
    """The visit, to do with it what ``power`` says, locked if asked.

    Refusal ``no_visit`` if the actor does not reach it, ``agency_only`` or ``other_post`` if its post may not do this. That an
    account sees it is asked in the statement that reads it, so that settling takes as many statements for everybody.
    """
    require(actor, power)
    head = _head(number, actor, lock=lock)
    allowed = head is not None and head.realm == actor.realm
    if head is None or not allowed or actor.provider_code not in ("", head.provider_code):
        raise Refusal("no_visit", "visit", f"没有就诊 {number}", f"no visit {number}")
    require(actor, power, head)
    return head


def _head(number: str, actor: Actor, *, lock: bool) -> Head | None:
    if actor.account is None or actor.provider_code:
        return read_head(number, lock=lock)
    seen = visible_visits(actor, Visit.objects.filter(number=number)).order_by().values("pk")
    try:
        return read_head(number, lock=lock, among=seen.query.sql_with_params())
    except EmptyResultSet:
        return None


def patients_within(actor: Actor) -> QuerySet[Person]:
    """For whom a visit may be registered: at a provider whoever presents document or card, and so a number of the realm."""
    return Person.objects.filter(realm=actor.realm) if actor.provider_code else people_within(actor)


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
