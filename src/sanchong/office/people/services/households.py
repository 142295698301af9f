"""Households: formed with their people, placed in an area, and who moves from one to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from sanchong.office import keeping
from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns
from sanchong.office.keeping import When, in_chunks
from sanchong.office.numbers import new_number
from sanchong.office.people import kinds
from sanchong.office.people.models import Household, Member, Person, Registration
from sanchong.office.people.reach import households_within
from sanchong.office.trail.services import Act, record_all
from sanchong.settlement.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Home:
    """A household that is to be formed: where it is registered, whose it is, its number ("": the office gives one)."""

    area: str
    people: Sequence[Person]
    number: str = ""


def form_household(
    actor: Actor, area: str, people: Sequence[Person], when: When, number: str = ""
) -> Household:
    """A household with its place of registration and its people; who belongs to another refuses (see :func:`move`)."""
    return form_households(actor, [Home(area, people, number)], when)[0]


@transaction.atomic
def form_households(actor: Actor, homes: Sequence[Home], when: When) -> list[Household]:
    """Several households, all or none, as :func:`form_household` forms one."""
    agency_only(actor)
    for chunk in in_chunks({home.number for home in homes if home.number}):
        taken = Household.objects.filter(realm=actor.realm, number__in=chunk).order_by("pk").first()
        if taken is not None:
            raise Refusal(
                "household_taken",
                "number",
                f"户编号 {taken.number} 已登记",
                f"household {taken.number} is registered",
            )
    formed = [Household(number=home.number or new_number("H"), realm_id=actor.realm) for home in homes]
    for household in formed:
        check_columns(household)
    Household.objects.bulk_create(formed)
    record_all(actor, [Act("household.form", "household", household.number) for household in formed])
    pairs = list(zip(formed, homes, strict=True))
    registered = [Registration(household=h, area_id=home.area, **when.columns) for h, home in pairs]
    keeping.keep(kinds.REGISTRATION, actor, registered)
    members = [Member(person=p, household=h, **when.columns) for h, home in pairs for p in home.people]
    keeping.keep(kinds.MEMBER, actor, members)
    return formed


def place(actor: Actor, household: Household, area: str, when: When) -> Registration:
    """A household's place of registration; the one that stands ends the day before."""
    row = Registration(household=household, area_id=area, **when.columns)
    return keeping.follow(kinds.REGISTRATION, actor, row)


def move(actor: Actor, person: Person, household: Household, when: When) -> Member:
    """The person belongs to the household; the membership that stands ends the day before."""
    if not households_within(actor).filter(pk=household.pk).exists():
        raise kinds.unknown("household")
    return keeping.follow(kinds.MEMBER, actor, Member(person=person, household=household, **when.columns))
