"""Who is registered: what identifies a person, and what it was before a correction."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction

from sanchong.dates import today
from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns, refused
from sanchong.office.keeping import in_chunks
from sanchong.office.numbers import new_number
from sanchong.office.people.identity import RESIDENT_CARD, plain_number, read_resident
from sanchong.office.people.kinds import unknown
from sanchong.office.people.models import FormerData, Person, PersonalData
from sanchong.office.people.reach import people_within
from sanchong.office.trail.services import Act, record, record_all
from sanchong.settlement.refusal import Refusal

PERSON_COLUMNS: Final = tuple(f.name for f in PersonalData._meta.get_fields())


@dataclass(frozen=True, slots=True)
class Identity:
    """What identifies a person, as it is given. A resident card says sex and day of birth by itself."""

    identity_number: str
    name: str
    identity_type: str = RESIDENT_CARD
    sex: str | None = None
    """1 male, 2 female, 9 not stated; None where the resident card says it."""
    born: dt.date | None = None
    died: dt.date | None = None
    phone: str = ""
    card: str = ""
    """The social security card's number, of which only the index is kept."""
    bank_account: str = ""


def register_person(actor: Actor, identity: Identity) -> Person:
    """A new person of the actor's realm; Refusal ``identity_taken`` if the document is registered, not telling whose."""
    return register_people(actor, [identity])[0]


@transaction.atomic
def register_people(actor: Actor, identities: Sequence[Identity]) -> list[Person]:
    """Several new people, all or none."""
    agency_only(actor)
    people = []
    for identity in identities:
        person = Person(number=new_number("P"), realm_id=actor.realm, **columns_of(identity))
        check_columns(person)
        people.append(person)
    _refuse_taken(actor.realm, people)
    try:
        with transaction.atomic():
            Person.objects.bulk_create(people)
    except IntegrityError:
        raise _taken() from None  # somebody registered one of them at the same moment
    record_all(actor, [Act("person.register", "person", p.number, p.pk) for p in people])
    return people


@transaction.atomic
def correct_person(actor: Actor, number: str, reason: str, **changes: Any) -> Person:
    """Other identity data for a person, by the fields of :class:`Identity`; what stood before is kept in ``FormerData``."""
    agency_only(actor)
    if not reason.strip():
        raise refused("reason", "请写明理由", "say why")
    person = people_within(actor).select_for_update(no_key=True).filter(number=number).first()
    if person is None:
        raise unknown("person")
    known = {f.name for f in dataclasses.fields(Identity)}
    for name in changes:
        if name not in known:
            raise refused(name, "没有这个字段", "unknown field")
    columns = columns_of(_identity(person, changes))
    if "card" not in changes:
        columns["card_index"] = person.card_index
    former = FormerData(
        person=person,
        replaced_by_id=actor.account,
        reason=reason,
        **{name: getattr(person, name) for name in PERSON_COLUMNS},
    )
    for name, value in columns.items():
        setattr(person, name, value)
    check_columns(person)
    check_columns(former)
    _refuse_taken(actor.realm, [person])
    former.save()
    try:
        with transaction.atomic():
            person.save(update_fields=list(columns))
    except IntegrityError:
        raise _taken() from None
    record(actor, "person.correct", "person", number, person.pk, fields=sorted(changes), former=former.pk)
    return person


def columns_of(identity: Identity) -> dict[str, Any]:
    """A person's columns from what is given; Refusal where a resident card says otherwise, or sex is not stated."""
    number, name = plain_number(identity.identity_number), identity.name.strip()
    if not number:
        raise refused("identity_number", "缺少证件号码", "a required field is missing")
    sex, born = identity.sex, identity.born
    if identity.identity_type == RESIDENT_CARD:
        says = read_resident(number)
        if sex not in (None, says.sex):
            raise refused("sex", "与身份证号码所示不符", "not as the identity number says")
        if born not in (None, says.born):
            raise refused("born", "与身份证号码所示不符", "not as the identity number says")
        sex, born = says.sex, says.born
    if sex is None:
        raise refused("sex", "缺少性别（未说明写 9）", "a required field is missing (9: not stated)")
    if born is not None and born > today():
        raise refused("born", "晚于今天", "later than today")
    if identity.died is not None and (identity.died > today() or (born and identity.died < born)):
        raise refused("died", "晚于今天或早于出生", "later than today, or before the day of birth")
    card = identity.card.strip()
    return {
        "identity_type": identity.identity_type,
        "identity_number": number,
        "identity_index": Person.index_of("identity", number),
        "name": name,
        "name_index": Person.index_of("name", name),
        "sex": sex,
        "born": born,
        "died": identity.died,
        "phone": identity.phone.strip(),
        "card_index": card_index(card) if card else None,
        "bank_account": plain_number(identity.bank_account),
    }


def differing(person: Person, changes: dict[str, Any]) -> list[str]:
    """Which of the ``changes`` say something else than stands, in their order; refused as correcting would be."""
    columns = columns_of(_identity(person, changes))
    stored = {"card": "card_index"}
    return [n for n in changes if columns[stored.get(n, n)] != getattr(person, stored.get(n, n))]


def card_index(card: str) -> bytes:
    """The blind index of a social security card's number."""
    return Person.index_of("card", plain_number(card))


def cards_of(realm: int, cards: Collection[str]) -> dict[bytes, tuple[str, bytes]]:
    """Whose cards these are, by index: the type and index of the holder's document."""
    found = {}
    for chunk in in_chunks({card_index(card) for card in cards}):
        for person in Person.objects.filter(realm=realm, card_index__in=chunk):
            assert person.card_index is not None
            found[bytes(person.card_index)] = (person.identity_type, bytes(person.identity_index))
    return found


def _identity(person: Person, changes: dict[str, Any]) -> Identity:
    """What is given of a person after ``changes``; a changed resident card says sex and birth anew."""
    stands = {
        name: getattr(person, name)
        for name in (
            "identity_number",
            "name",
            "identity_type",
            "sex",
            "born",
            "died",
            "phone",
            "bank_account",
        )
    }
    if "identity_number" in changes and changes.get("identity_type", person.identity_type) == RESIDENT_CARD:
        stands |= {"sex": None, "born": None}
    return Identity(**{**stands, **changes})


def _refuse_taken(realm: int, people: Sequence[Person]) -> None:
    """Refuse a document or a card that somebody else in the realm, or of these people, has."""
    documents = [(p.identity_type, bytes(p.identity_index)) for p in people]
    cards = [bytes(p.card_index) for p in people if p.card_index is not None]
    if len(set(documents)) < len(documents):
        raise _taken()
    if len(set(cards)) < len(cards):
        raise card_taken()
    own = [p.pk for p in people if p.pk is not None]
    others = Person.objects.filter(realm=realm).exclude(pk__in=own)
    for chunk in in_chunks(documents):
        found = others.filter(identity_index__in=[index for _, index in chunk])
        if {(t, bytes(i)) for t, i in found.values_list("identity_type", "identity_index")} & set(chunk):
            raise _taken()
    for cards_chunk in in_chunks(cards):
        if others.filter(card_index__in=cards_chunk).exists():
            raise card_taken()


def _taken() -> Refusal:
    return Refusal(
        "identity_taken",
        "identity_number",
        "该证件号码已登记；请先按证件号码查询",
        "this document is registered already; look it up by its number",
    )


def card_taken() -> Refusal:
    return Refusal("card_taken", "card", "该社保卡已登记", "this card is registered already")
