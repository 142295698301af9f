"""Reading people, as far as the actor sees them (visibility.py). Every read that shows personal data leaves its trail.

A provider finds a person by what the person presents (document, card) and its own patients by their number; it browses no
lists and searches no names. Who may not see medical data is given no recognised diseases and cannot ask by them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

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
from sanchong.office.people.reach import households_within
from sanchong.office.people.services import card_index
from sanchong.office.trail.services import Act, record_all
from sanchong.office.visibility import (
    area_prefix,
    fields_for,
    findable_people,
    lists_people,
    require_clinical,
    visible_people,
)
from sanchong.settlement.refusal import Refusal

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
    """Empty for an actor who may not see medical data, as ``waivers``: ``clinical`` tells."""
    waivers: Sequence[Waiver]
    referrals: Sequence[Referral]
    cross_areas: Sequence[CrossArea]
    clinical: bool = True
    """Whether the actor may see recognised diseases."""


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


@transaction.atomic
def find_by_name(actor: Actor, name: str, most: int = MOST_ON_A_PAGE) -> list[Shown]:
    """The people of exactly this name whom the actor sees, at most ``most``; not for providers."""
    _refuse_lists(actor)
    named = visible_people(actor, Person.objects.filter(name_index=Person.index_of("name", name)))
    return _show(actor, list(named.order_by("pk")[:most]), "person.find", by="name")


@transaction.atomic
def _one(actor: Actor, by: str, **where: Any) -> Shown | None:
    found = list(findable_people(actor, Person.objects.filter(**where), presented=by != "number")[:1])
    return next(iter(_show(actor, found, "person.find", by=by)), None)


# ── rights ───────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def rights(actor: Actor, number: str, day: dt.date, known_on: dt.date, *, presented: bool = False) -> Rights:
    """A person's rights at a glance; Refusal ``not_found`` if the actor sees no such person.

    ``presented``: the person has just shown document or card at the actor's provider.
    """
    person = _person(actor, number, presented)
    shown = _show(actor, [person], "person.rights", day=day.isoformat(), known_on=known_on.isoformat())
    return _rights_of(actor, shown, day, known_on)[0]


@transaction.atomic
def history(actor: Actor, number: str, kind: str) -> list[Dated]:
    """Every row of a kind (see kinds.KINDS) that was ever recorded for the person, superseded ones too, oldest first.

    Those of their households as far as the actor reaches these: not of one next door that the person has left.
    """
    _refuse_lists(actor)
    known = kind_named(kinds.KINDS, kind)
    if known in (kinds.RECOGNITION, kinds.WAIVER):
        require_clinical(actor)
    person = _person(actor, number)
    _show(actor, [person], "person.history", of=kind)
    households = households_within(actor).filter(members__person=person).values("pk")
    wanted = Q()
    if "person" in known.owners:
        wanted |= Q(person=person)
    if "household" in known.owners:
        wanted |= Q(household__in=households)
    named = {"household", "area"} & {field.name for field in known.model._meta.concrete_fields}
    return list(known.model.objects.filter(wanted).select_related(*sorted(named)).order_by("pk"))


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

    Only those whom the actor sees; not for providers. The number of statements does not grow with the people.
    """
    _refuse_lists(actor)
    if disease:
        require_clinical(actor)
    size = max(1, min(size, MOST_ON_A_PAGE))
    found = visible_people(actor, Person.objects.filter(pk__gt=after)).order_by("pk")
    household = Member.objects.at(day, known_on).filter(person=OuterRef("pk"))
    if area:
        places = Registration.objects.at(day, known_on).filter(area__code__startswith=area_prefix(area))
        found = found.filter(Exists(household.filter(household__in=places.values("household"))))
    if category:
        granted = Grant.objects.at(day, known_on).filter(category=category)
        homes = granted.filter(household__isnull=False).values("household")
        members = Member.objects.at(day, known_on).filter(household__in=homes).values("person")
        # A union, not "or": so the database can begin with the few who have a rare category.
        found = found.filter(pk__in=granted.filter(person__isnull=False).values("person").union(members))
    if disease:
        code, _, subtype = disease.partition(":")
        held = Recognition.objects.at(day, known_on).filter(person=OuterRef("pk"), disease=code)
        found = found.filter(Exists(held.filter(subtype=subtype) if subtype else held))
    people = list(found[: size + 1])
    shown = _show(
        actor, people[:size], "person.list", **_given(area=area, category=category, disease=disease)
    )
    return Page(_rights_of(actor, shown, day, known_on), people[size - 1].pk if len(people) > size else None)


@transaction.atomic
def household(actor: Actor, number: str, day: dt.date, known_on: dt.date) -> list[Shown]:
    """Who belongs to a household on a day, of those whom the actor sees; not for providers."""
    _refuse_lists(actor)
    found = Household.objects.filter(realm=actor.realm, number=number).first()
    if found is None:
        raise kinds.unknown("household")
    members = Member.objects.at(day, known_on).filter(household=found)
    people = visible_people(actor, Person.objects.filter(pk__in=members.values("person"))).order_by("pk")
    return _show(actor, list(people), "person.household", household=number)


# ── inside ───────────────────────────────────────────────────────────────────────────────────


def _person(actor: Actor, number: str, presented: bool = False) -> Person:
    found = findable_people(actor, Person.objects.filter(number=number), presented=presented).first()
    if found is None:
        raise kinds.unknown("person")
    return found


def _refuse_lists(actor: Actor) -> None:
    if not lists_people(actor):
        raise Refusal(
            "agency_only",
            "actor",
            "只有医保经办机构和协同部门可以查询名单；请按证件号码或社保卡查询",
            "only the agency and its partner departments go through lists; ask by document or card",
        )


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


def _rights_of(actor: Actor, people: Sequence[Shown], day: dt.date, known_on: dt.date) -> list[Rights]:
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
    clinical = fields_for(actor).clinical
    recognitions = held(Recognition, "person", ids if clinical else [])
    waivers = held(Waiver, "person", ids if clinical else [])
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
            clinical=clinical,
        )
        for person in people
    ]
