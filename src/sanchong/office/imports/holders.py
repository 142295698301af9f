"""Whose a row is: persons by their document, households by their number, looked up all at once within the realm."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from sanchong.office.actor import Actor
from sanchong.office.dated import Dated
from sanchong.office.imports.cells import choice, text
from sanchong.office.imports.columns import Column, Record
from sanchong.office.keeping import Kind, in_chunks
from sanchong.office.people.identity import IDENTITY_TYPES, RESIDENT_CARD, plain_number
from sanchong.office.people.models import Household, Person
from sanchong.office.people.reach import households_within, people_within
from sanchong.settlement.refusal import Refusal

D = TypeVar("D", bound=Dated)
K = TypeVar("K")
H = TypeVar("H", Person, Household)

IDENTITY_COLUMNS: Final = (
    Column(
        "identity_type", "证件类型", choice(IDENTITY_TYPES), "居民身份证", False, "空为居民身份证 (empty: 01)"
    ),
    Column("identity_number", "证件号码", text(50), "110101199003070010"),
)

Document = tuple[str, bytes]


def document_of(record: Record) -> Document | None:
    """The type and blind index of a record's document, or None if it has none."""
    number = record["identity_number"]
    if number is None:
        return None
    return record["identity_type"] or RESIDENT_CARD, Person.index_of("identity", plain_number(number))


@dataclass(frozen=True, slots=True)
class Holders(Generic[K, H]):
    """Those registered whom the records name, as the records name them."""

    found: dict[K, H]
    beyond: frozenset[K]
    """Registered, but not of those whom the actor reaches."""

    def get(self, key: K, where: str) -> H | None:
        """Whoever is named so; None if nobody is registered so; Refusal ``beyond_area`` for whom the actor does not reach."""
        if key in self.beyond:
            raise Refusal(
                "beyond_area",
                where,
                "已登记在辖区外；请转当地或市级经办机构办理",
                "registered beyond the area: leave it to the agency there, or to the city's",
            )
        return self.found.get(key)


def people_of(actor: Actor, records: Sequence[Record]) -> Holders[Document, Person]:
    """The registered people among the records, by document."""
    wanted = {document for record in records if (document := document_of(record))}
    found, reached = {}, set()
    for chunk in in_chunks(wanted):
        indexes = [index for _, index in chunk]
        for person in Person.objects.filter(realm=actor.realm, identity_index__in=indexes):
            found[(person.identity_type, bytes(person.identity_index))] = person
        reached |= set(people_within(actor).filter(identity_index__in=indexes).values_list("pk", flat=True))
    named = {document: person for document, person in found.items() if document in wanted}
    return _holders(named, reached)


def households_of(actor: Actor, records: Sequence[Record]) -> Holders[str, Household]:
    """The registered households among the records, by number."""
    wanted = {record["household"] for record in records} - {None}
    named, reached = {}, set()
    for chunk in in_chunks(wanted):
        for household in Household.objects.filter(realm=actor.realm, number__in=chunk):
            named[household.number] = household
        reached |= set(households_within(actor).filter(number__in=chunk).values_list("pk", flat=True))
    return _holders(named, reached)


def _holders(named: dict[K, H], reached: set[int]) -> Holders[K, H]:
    beyond = frozenset(key for key, holder in named.items() if holder.pk not in reached)
    return Holders({key: holder for key, holder in named.items() if key not in beyond}, beyond)


def standing(kind: Kind, owner: str, owners: Iterable[int]) -> list[Dated]:
    """Every current row of a kind that these owners have."""
    keys: Collection[int] = set(owners)
    return [
        row
        for chunk in in_chunks(keys)
        for row in kind.model.objects.current().filter(**{f"{owner}__in": chunk}).order_by("pk")
    ]


def person_in(record: Record, people: Holders[Document, Person]) -> Person:
    """The record's person; Refusal if no such person is registered, or is beyond the actor's reach."""
    document = document_of(record)
    person = people.get(document, "identity_number") if document else None
    if person is None:
        raise Refusal(
            "not_found",
            "identity_number",
            "没有登记此人；请先登记人员",
            "no such person is registered: register the person first",
        )
    return person
