"""Commands on people and households. Each is all or nothing and leaves its trail.

What is dated is written by keeping.py alone; what identifies a person is kept in ``Person``, and what it was before a
correction in ``FormerData``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from sanchong.dates import today
from sanchong.money import Fen
from sanchong.office import keeping
from sanchong.office.accounts.services import agency_only, real_agency_only
from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns, refused
from sanchong.office.dated import Dated
from sanchong.office.keeping import When, in_chunks, kind_named
from sanchong.office.numbers import new_number
from sanchong.office.people import kinds
from sanchong.office.people.identity import RESIDENT_CARD, plain_number, read_resident
from sanchong.office.people.models import (
    Area,
    CrossArea,
    Enrolment,
    FormerData,
    Grant,
    Household,
    Member,
    Person,
    PersonalData,
    Recognition,
    Referral,
    Registration,
    Waiver,
)
from sanchong.office.trail.services import Act, record, record_all
from sanchong.office.visibility import visible_people
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


# ── persons ──────────────────────────────────────────────────────────────────────────────────


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
    person = _reached(actor).select_for_update(no_key=True).filter(number=number).first()
    if person is None:
        raise kinds.unknown("person")
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


# ── areas, households ────────────────────────────────────────────────────────────────────────


@transaction.atomic
def register_area(actor: Actor, code: str, name: str) -> Area:
    """An area under the one that its code names; the same again changes nothing. 6 digits to county, 9 township, 12 village."""
    real_agency_only(actor)
    level, above = _place_of(code)
    found = Area.objects.filter(pk=code).first()
    if found is not None:
        if found.name != name:
            raise Refusal(
                "area_taken", "code", f"{code} 已登记为 {found.name}", f"{code} is registered as {found.name}"
            )
        return found
    if above and not Area.objects.filter(pk=above).exists():
        raise Refusal("unknown_area", "code", f"请先登记上级区划 {above}", f"register its area {above} first")
    area = Area(code=code, name=name, level=level, parent_id=above or None)
    check_columns(area)
    area.save(force_insert=True)
    record(actor, "area.register", "area", code)
    return area


def _place_of(code: str) -> tuple[str, str]:
    """The level of an area code, and the code of the area above ("" for a province)."""
    if not (code.isascii() and code.isdigit()) or len(code) not in (6, 9, 12):
        raise refused("code", "区划代码应为 6、9 或 12 位数字", "an area code has 6, 9 or 12 digits")
    if len(code) == 12:
        return "village", code[:9]
    if len(code) == 9:
        return "township", code[:6]
    if code.endswith("0000"):
        return "province", ""
    if code.endswith("00"):
        return "city", f"{code[:2]}0000"
    return "county", f"{code[:4]}00"


def form_household(
    actor: Actor, area: str, people: Sequence[Person], when: When, number: str = ""
) -> Household:
    """A household with its place of registration and its people; who belongs to another refuses (see :func:`move`)."""
    return form_households(actor, [Home(area, people, number)], when)[0]


@dataclass(frozen=True, slots=True)
class Home:
    """A household that is to be formed: where it is registered, whose it is, its number ("": the office gives one)."""

    area: str
    people: Sequence[Person]
    number: str = ""


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
    return keeping.follow(kinds.MEMBER, actor, Member(person=person, household=household, **when.columns))


# ── what is dated ────────────────────────────────────────────────────────────────────────────


def enrol(
    actor: Actor,
    person: Person,
    insurance: str,
    region: str,
    year: int,
    contribution: Fen,
    subsidy: Fen,
    when: When,
    area: str | None = None,
) -> Enrolment:
    """Insure a person; Refusal ``overlap``, saying what stands there, if the person is insured on one of these days."""
    row = Enrolment(
        person=person,
        insurance=insurance,
        region=region,
        area_id=area,
        year=year,
        contribution=contribution,
        subsidy=subsidy,
        **when.columns,
    )
    return keeping.keep(kinds.ENROLMENT, actor, [row])[0]


def grant(actor: Actor, holder: Person | Household, category: str, department: str, when: When) -> Grant:
    """Give a household or a person an assistance category, as a department decided it."""
    owner = {"person": holder} if isinstance(holder, Person) else {"household": holder}
    row = Grant(**owner, category=category, department=department, **when.columns)
    return keeping.keep(kinds.GRANT, actor, [row])[0]


def recognise(
    actor: Actor,
    person: Person,
    disease: str,
    department: str,
    when: When,
    subtype: str = "",
    legacy: bool = False,
) -> Recognition:
    """Recognise a disease, with its sub-type where the law's catalogue asks for one."""
    row = Recognition(
        person=person,
        disease=disease,
        subtype=subtype,
        legacy=legacy,
        department=department,
        **when.columns,
    )
    return keeping.keep(kinds.RECOGNITION, actor, [row])[0]


def waive(actor: Actor, person: Person, first: str, second: str, when: When) -> Waiver:
    """Two exclusive diseases that the person may hold together, by the decision in ``when.source``."""
    row = Waiver(person=person, first=first, second=second, **when.columns)
    return keeping.keep(kinds.WAIVER, actor, [row])[0]


def refer(
    actor: Actor,
    person: Person,
    when: When,
    from_provider: str = "",
    provider_code: str = "",
    region: str = "",
) -> Referral:
    """Refer a person to a provider or an area. A provider refers from itself only."""
    if actor.provider_code and actor.provider_code != from_provider:
        raise _foreign_referral()
    row = Referral(
        person=person,
        from_provider=from_provider,
        provider_code=provider_code,
        region=region,
        **when.columns,
    )
    return keeping.keep(kinds.REFERRAL, actor, [row])[0]


def register_cross_area(actor: Actor, person: Person, region: str, kind: str, when: When) -> CrossArea:
    """Register a person for care in another area."""
    return keeping.keep(
        kinds.CROSS_AREA, actor, [CrossArea(person=person, region=region, kind=kind, **when.columns)]
    )[0]


# ── ending, correcting, withdrawing any of them ──────────────────────────────────────────────


def end(
    actor: Actor, kind: str, row: int, last: dt.date, reason: str, known_from: dt.date | None = None
) -> Dated:
    """The row ``row`` of ``kind`` (see kinds.KINDS) holds up to and including ``last``."""
    found = _row(actor, kind, row)
    return keeping.end(kind_named(kinds.KINDS, kind), actor, found, last, reason, known_from)


def correct(
    actor: Actor, kind: str, row: int, reason: str, known_from: dt.date | None = None, **changes: Any
) -> Dated:
    """Another row in the place of one that was wrong. Whose it is cannot be corrected: withdraw it and record it anew."""
    found = _row(actor, kind, row)
    if actor.provider_code and "from_provider" in changes:
        raise _foreign_referral()
    return keeping.correct(kind_named(kinds.KINDS, kind), actor, found, reason, known_from, **changes)


def withdraw(actor: Actor, kind: str, row: int, reason: str, known_from: dt.date | None = None) -> Dated:
    """A row that should never have been counts no longer, from the day this is known."""
    found = _row(actor, kind, row)
    return keeping.withdraw(kind_named(kinds.KINDS, kind), actor, found, reason, known_from)


def _reached(actor: Actor) -> QuerySet[Person]:
    """Whom a command may name: of an account those whom it sees; a program was given the number by us."""
    people = Person.objects.filter(realm=actor.realm)
    return people if actor.account is None else visible_people(actor, people)


def _row(actor: Actor, kind: str, row: int) -> Dated:
    """A row of the actor's realm, of an account one of somebody whom it sees; a provider's referral only its own."""
    known = kind_named(kinds.KINDS, kind)
    wanted = Q()
    for owner in known.owners:
        wanted |= Q(**{f"{owner}__realm": actor.realm})
    if actor.account is not None:
        seen = _reached(actor).values("pk")
        of = {"person": Q(person__in=seen), "household": Q(household__members__person__in=seen)}
        wanted &= reduce(or_, (of[owner] for owner in known.owners))
    if actor.provider_code and known is kinds.REFERRAL:
        wanted &= Q(from_provider=actor.provider_code)
    found: Dated | None = known.model.objects.filter(wanted, pk=row).first()
    if found is None:
        raise kinds.unknown("row")
    return found


def _foreign_referral() -> Refusal:
    return Refusal("scope", "from_provider", "只能以本机构名义转诊", "a provider refers from itself only")
