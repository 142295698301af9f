"""Whose a row is: persons by their document, households by their number, looked up all at once within the realm."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final, TypeVar

from sanchong.office.dated import Dated
from sanchong.office.imports.cells import choice, text
from sanchong.office.imports.columns import Column, Record
from sanchong.office.keeping import Kind, in_chunks
from sanchong.office.people.identity import IDENTITY_TYPES, RESIDENT_CARD, plain_number
from sanchong.office.people.models import Household, Person
from sanchong.settlement.refusal import Refusal

D = TypeVar("D", bound=Dated)

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


def people_of(realm: int, records: Sequence[Record]) -> dict[Document, Person]:
    """The registered people among the records, by document."""
    wanted = {document for record in records if (document := document_of(record))}
    found = {}
    for chunk in in_chunks(wanted):
        for person in Person.objects.filter(realm=realm, identity_index__in=[index for _, index in chunk]):
            found[(person.identity_type, bytes(person.identity_index))] = person
    return {document: person for document, person in found.items() if document in wanted}


def households_of(realm: int, records: Sequence[Record]) -> dict[str, Household]:
    """The registered households among the records, by number."""
    wanted = {record["household"] for record in records} - {None}
    return {
        household.number: household
        for chunk in in_chunks(wanted)
        for household in Household.objects.filter(realm=realm, number__in=chunk)
    }


def standing(kind: Kind, owner: str, owners: Iterable[int]) -> list[Dated]:
    """Every current row of a kind that these owners have."""
    keys: Collection[int] = set(owners)
    return [
        row
        for chunk in in_chunks(keys)
        for row in kind.model.objects.current().filter(**{f"{owner}__in": chunk}).order_by("pk")
    ]


def person_in(record: Record, people: dict[Document, Person]) -> Person:
    """The record's person; Refusal if no such person is registered."""
    document = document_of(record)
    person = people.get(document) if document else None
    if person is None:
        raise Refusal(
            "not_found",
            "identity_number",
            "没有登记此人；请先登记人员",
            "no such person is registered: register the person first",
        )
    return person
