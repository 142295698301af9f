"""Reading people, within the actor's realm. Every read that shows personal data leaves its trail.

A provider finds a person by an identifier that it was given (document, card, person number); it browses no lists and
searches no names.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.dated import Dated
from sanchong.office.keeping import in_chunks, kind_named
from sanchong.office.people import kinds
from sanchong.office.people.identity import RESIDENT_CARD, plain_number
from sanchong.office.people.models import (
    CrossArea,
    Enrolment,
    Grant,
    Household,
    Member,
    Person,
    Recognition,
    Referral,
    Registration,
    Waiver,
)
from sanchong.office.people.services import card_index
from sanchong.office.trail.services import Act, record_all

D = TypeVar("D", bound=Dated)

MOST_ON_A_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """A person as people and programs see one: the document's number masked."""

    id: int
    number: str
    identity_type: str
    masked_number: str
    name: str
    sex: str
    born: dt.date | None
    died: dt.date | None


@dataclass(frozen=True, slots=True)
class Rights:
    """What holds for a person on ``day``, as known on ``known_on``: each as its rows, which say since when and on what ground."""

    person: Shown
    day: dt.date
    known_on: dt.date
    enrolments: Sequence[Enrolment]
    memberships: Sequence[Member]
    registrations: Sequence[Registration]
    grants: Sequence[Grant]
    """The person's own and the household's."""
    recognitions: Sequence[Recognition]
    waivers: Sequence[Waiver]
    referrals: Sequence[Referral]
    cross_areas: Sequence[CrossArea]


@dataclass(frozen=True, slots=True)
class Page:
    """Some people in the order of their registration, and after whom to ask on (None: these were the last)."""

    rows: Sequence[Rights]
    after: int | None


# ── by an identifier ─────────────────────────────────────────────────────────────────────────


def find_by_identity(actor: Actor, identity_number: str, identity_type: str = RESIDENT_CARD) -> Shown | None:
    """The person with this document, or None."""
    index = Person.index_of("identity", plain_number(identity_number))
    return _one(actor, "identity", identity_type=identity_type, identity_index=index)


def find_by_card(actor: Actor, card: str) -> Shown | None:
    """The person with this social security card, or None."""
    return _one(actor, "card", card_index=card_index(card))


def find_by_number(actor: Actor, number: str) -> Shown | None:
    """The person with this number (psn_no), or None."""
    return _one(actor, "number", number=number)


def find_by_name(actor: Actor, name: str, most: int = MOST_ON_A_PAGE) -> list[Shown]:
    """The people of exactly this name, at most ``most``: for the agency only."""
    agency_only(actor)
    found = Person.objects.filter(realm=actor.realm, name_index=Person.index_of("name", name))
    return _show(actor, list(found.order_by("pk")[:most]), "person.find", by="name")


def _one(actor: Actor, by: str, **where: Any) -> Shown | None:
    found = list(Person.objects.filter(realm=actor.realm, **where)[:1])
    return next(iter(_show(actor, found, "person.find", by=by)), None)


# ── rights ───────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def rights(actor: Actor, number: str, day: dt.date, known_on: dt.date) -> Rights:
    """A person's rights at a glance; Refusal ``not_found`` if the realm has no such person."""
    person = _person(actor, number)
    shown = _show(actor, [person], "person.rights", day=day.isoformat(), known_on=known_on.isoformat())
    return _rights_of(shown, day, known_on)[0]


@transaction.atomic
def history(actor: Actor, number: str, kind: str) -> list[Dated]:
    """Every row of a kind (see kinds.KINDS) that was ever recorded for the person, superseded ones too, oldest first."""
    agency_only(actor)
    known = kind_named(kinds.KINDS, kind)
    person = _person(actor, number)
    _show(actor, [person], "person.history", of=kind)
    households = person.memberships.values("household")
    wanted = Q()
    if "person" in known.owners:
        wanted |= Q(person=person)
    if "household" in known.owners:
        wanted |= Q(household__in=households)
    return list(known.model.objects.filter(wanted).order_by("pk"))


# ── lists ────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def page(
    actor: Actor,
    day: dt.date,
    known_on: dt.date,
    *,
    area: str = "",
    category: str = "",
    disease: str = "",
    after: int = 0,
    size: int = 50,
) -> Page:
    """People with their rights on a day: of an area or any area in it, of a category, of a disease (``:subtype``).

    For the agency only. The number of statements does not grow with the people.
    """
    agency_only(actor)
    size = max(1, min(size, MOST_ON_A_PAGE))
    found = Person.objects.filter(realm=actor.realm, pk__gt=after).order_by("pk")
    household = Member.objects.at(day, known_on).filter(person=OuterRef("pk"))
    if area:
        places = Registration.objects.at(day, known_on).filter(area__code__startswith=area_prefix(area))
        found = found.filter(Exists(household.filter(household__in=places.values("household"))))
    if category:
        granted = Grant.objects.at(day, known_on).filter(category=category)
        found = found.filter(
            Exists(granted.filter(person=OuterRef("pk")))
            | Exists(
                household.filter(household__in=granted.filter(household__isnull=False).values("household"))
            )
        )
    if disease:
        code, _, subtype = disease.partition(":")
        held = Recognition.objects.at(day, known_on).filter(person=OuterRef("pk"), disease=code)
        found = found.filter(Exists(held.filter(subtype=subtype) if subtype else held))
    people = list(found[: size + 1])
    shown = _show(
        actor, people[:size], "person.list", **_given(area=area, category=category, disease=disease)
    )
    return Page(_rights_of(shown, day, known_on), people[size - 1].pk if len(people) > size else None)


@transaction.atomic
def household(actor: Actor, number: str, day: dt.date, known_on: dt.date) -> list[Shown]:
    """Who belongs to a household on a day: for the agency only."""
    agency_only(actor)
    found = Household.objects.filter(realm=actor.realm, number=number).first()
    if found is None:
        raise kinds.unknown("household")
    members = Member.objects.at(day, known_on).filter(household=found)
    people = Person.objects.filter(pk__in=members.values("person")).order_by("pk")
    return _show(actor, list(people), "person.household", household=number)


def area_prefix(area: str) -> str:
    """What the codes of an area's parts begin with: of a province two digits, of a city four."""
    if len(area) == 6 and area.endswith("0000"):
        return area[:2]
    return area[:4] if len(area) == 6 and area.endswith("00") else area


# ── inside ───────────────────────────────────────────────────────────────────────────────────


def _person(actor: Actor, number: str) -> Person:
    found = Person.objects.filter(realm=actor.realm, number=number).first()
    if found is None:
        raise kinds.unknown("person")
    return found


def _show(actor: Actor, people: Collection[Person], act: str, **details: Any) -> list[Shown]:
    record_all(actor, [Act(act, "person", person.number, person.pk, details) for person in people])
    return [
        Shown(
            person.pk,
            person.number,
            person.identity_type,
            person.masked_number(),
            person.name,
            person.sex,
            person.born,
            person.died,
        )
        for person in people
    ]


def _given(**words: str) -> dict[str, str]:
    return {name: word for name, word in words.items() if word}


def _rights_of(people: Sequence[Shown], day: dt.date, known_on: dt.date) -> list[Rights]:
    """Everybody's rights, in as many statements as for one."""

    def held(model: type[D], owner: str, keys: Collection[int], *related: str) -> dict[int, list[D]]:
        rows: dict[int, list[D]] = defaultdict(list)
        for chunk in in_chunks(keys):
            found: QuerySet[Any] = model.objects.at(day, known_on).filter(**{f"{owner}__in": chunk})
            for row in found.select_related(*related).order_by("start", "pk"):
                rows[getattr(row, f"{owner}_id")].append(row)
        return rows

    ids = [person.id for person in people]
    memberships = held(Member, "person", ids, "household")
    households = {m.household_id for rows in memberships.values() for m in rows}
    places = held(Registration, "household", households, "area")
    granted = held(Grant, "household", households, "household")
    own = held(Grant, "person", ids)
    enrolments = held(Enrolment, "person", ids)
    recognitions = held(Recognition, "person", ids)
    waivers = held(Waiver, "person", ids)
    referrals = held(Referral, "person", ids)
    cross_areas = held(CrossArea, "person", ids)
    return [
        Rights(
            person=person,
            day=day,
            known_on=known_on,
            enrolments=enrolments[person.id],
            memberships=memberships[person.id],
            registrations=[r for m in memberships[person.id] for r in places[m.household_id]],
            grants=own[person.id] + [g for m in memberships[person.id] for g in granted[m.household_id]],
            recognitions=recognitions[person.id],
            waivers=waivers[person.id],
            referrals=referrals[person.id],
            cross_areas=cross_areas[person.id],
        )
        for person in people
    ]
