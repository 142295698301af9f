"""Importing people with their enrolment and, if wanted, their household: one row a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns
from sanchong.office.imports.cells import area, choice, date, text, whole, yuan
from sanchong.office.imports.columns import Column, Record
from sanchong.office.imports.holders import (
    IDENTITY_COLUMNS,
    Document,
    document_of,
    households_of,
    people_of,
    standing,
)
from sanchong.office.imports.plan import (
    CHANGED,
    NEW,
    UNCHANGED,
    Change,
    Importer,
    Ledger,
    Options,
    Plan,
    by_row,
    outcome_of,
)
from sanchong.office.keeping import When, keep
from sanchong.office.people import kinds, services
from sanchong.office.people.identity import RESIDENT_CARD
from sanchong.office.people.models import (
    INSURANCE_NAMES,
    Area,
    Enrolment,
    Household,
    Member,
    Person,
)
from sanchong.office.people.services import Identity
from sanchong.office.visibility import area_prefix
from sanchong.settlement.refusal import Refusal

COLUMNS: Final = (
    *IDENTITY_COLUMNS,
    Column("name", "姓名", text(50), "张三"),
    Column(
        "sex",
        "性别",
        choice({"1": "男", "2": "女", "9": "未说明"}),
        "男",
        False,
        "居民身份证可空 (a resident card says it)",
    ),
    Column("born", "出生日期", date, "1990-03-07", False, "居民身份证可空 (a resident card says it)"),
    Column("phone", "电话", text(30), "13800000000", False, "空为不变 (empty: unchanged)"),
    Column("card", "社保卡号", text(50), "", False, "空为不变 (empty: unchanged)"),
    Column("bank_account", "银行账户", text(50), "", False, "空为不变 (empty: unchanged)"),
    Column("household", "户编号", text(30), "", False, "空为不登记 (empty: not registered)"),
    Column("household_area", "户籍地", text(12), "", False, "新户必填 (of a new household required)"),
    Column("insurance", "险种", choice(INSURANCE_NAMES), "城乡居民"),
    Column("region", "参保地", area, "140300"),
    Column("year", "年度", whole(2000, 2999), "2026"),
    Column("contribution", "个人缴费", yuan, "400.00"),
    Column("subsidy", "资助", yuan, "0.00"),
    Column("start", "起始日期", date, "2026-01-01"),
    Column("end", "终止日期", date, "2026-12-31", False, "空为未终止 (empty: open)"),
)

_TOLD: Final = ("name", "sex", "born", "phone", "card", "bank_account")
_ENROLMENT: Final = ("insurance", "region", "year", "contribution", "subsidy")


@dataclass
class _NewHousehold:
    """A household that the sheet brings: its place, from the earliest of its people's days."""

    area: str
    start: dt.date
    people: list[tuple[Person, dt.date]] = field(default_factory=list)


class _Making:
    """The plan in the making: what stands, looked up at once, and what is to be done."""

    def __init__(self, actor: Actor, records: Sequence[Record], options: Options) -> None:
        self.realm, self.options, self.actor = actor.realm, options, actor
        self.people = people_of(actor, records)
        self.households = households_of(actor, records)
        ids = [person.pk for person in self.people.found.values()]
        self.enrolments: Ledger[Any] = Ledger(kinds.ENROLMENT, standing(kinds.ENROLMENT, "person", ids))
        self.memberships: dict[int, list[Any]] = {}
        for member in standing(kinds.MEMBER, "person", ids):
            self.memberships.setdefault(member.person_id, []).append(member)  # type: ignore[attr-defined]
        placed = [household.pk for household in self.households.found.values()]
        self.places: list[Any] = standing(kinds.REGISTRATION, "household", placed)
        self.areas = set(
            Area.objects.filter(pk__in={r["household_area"] for r in records} - {None}).values_list(
                "pk", flat=True
            )
        )
        self.rows: dict[Document, int] = {}
        self.cards = services.cards_of(actor.realm, {r["card"] for r in records} - {None})
        self.registered: list[tuple[Person, Identity]] = []
        self.corrected: list[tuple[Person, dict[str, Any]]] = []
        self.members: list[Member] = []
        self.formed: dict[str, _NewHousehold] = {}

    def take(self, record: Record) -> Change:
        """What one record comes to; nothing of it is kept if it is refused."""
        document = document_of(record)
        assert document is not None
        if document in self.rows:
            row = self.rows[document]
            raise Refusal(
                "repeated",
                "identity_number",
                f"与第 {row} 行是同一证件",
                f"the same document as in row {row}",
            )
        person = self.people.get(document, "identity_number")
        fields: list[str] = []
        if person is None:
            identity = _identity(record)
            person = Person(number="", realm_id=self.realm, **services.columns_of(identity))
            check_columns_of(person)
        else:
            identity = None
            fields = _differing(person, record)
        card = record["card"] and services.card_index(record["card"])
        if card and self.cards.get(card, document) != document:
            raise services.card_taken()
        membership = self._membership(record, person)
        if identity is not None:
            self._check_reach(record, membership)
        group = (person.pk, document) if person.pk is None else None
        row_of = Enrolment(
            person=person,
            start=record["start"],
            end=record["end"],
            known_from=When(record["start"], known_from=self.options.known_from).columns["known_from"],
            source=self.options.source,
            **{name: record[name] for name in _ENROLMENT},
        )
        outcome, changed = self.enrolments.take(row_of, _ENROLMENT, group)
        self.rows[document] = record.row
        self._join(record, person, membership)
        if card:
            self.cards[card] = document
        if identity is not None:
            self.registered.append((person, identity))
            return Change(record.row, NEW, person.masked_number(), called=record["name"])
        if fields:
            self.corrected.append((person, {name: record[name] for name in fields}))
        done = outcome_of(
            (
                UNCHANGED,
                CHANGED if fields else UNCHANGED,
                outcome,
                UNCHANGED if membership in ("", "stands") else CHANGED,
            )
        )
        more = ["enrolment"] if outcome == NEW else changed
        joined = [] if membership in ("", "stands") else ["household"]
        return Change(record.row, done, person.number, [*fields, *more, *joined], called=record["name"])

    def _check_reach(self, record: Record, membership: str) -> None:
        """Whoever is registered must be seen by who registers them: a program sees its realm, an account its area."""
        if self.actor.account is None or membership == "join":
            return
        places = (record["region"], record["household_area"] if membership == "form" else None)
        if not any(place and place.startswith(area_prefix(self.actor.area)) for place in places):
            raise Refusal(
                "beyond_area",
                "household_area",
                "登记之后本单位查不到此人：请写明辖区内的户编号和户籍地，或由市级经办机构导入",
                "not to be seen from here once registered: give household and place within the area, or leave it to the city",
            )

    def _membership(self, record: Record, person: Person) -> str:
        """ "" : none is wanted; ``stands``; ``join`` a household that is registered; ``form`` a new one."""
        number, place = record["household"], record["household_area"]
        if number is None:
            if place is not None:
                raise Refusal(
                    "invalid_input",
                    "household",
                    "写了户籍地，缺少户编号",
                    "a place of registration and no household",
                )
            return ""
        there = self.households.get(number, "household")
        self._check_place(record, there)
        end = record["end"] or dt.date.max
        for member in self.memberships.get(person.pk or 0, ()):
            if member.start <= end and (member.end is None or member.end >= record["start"]):
                if there is not None and member.household_id == there.pk:
                    return "stands"
                raise Refusal(
                    "overlap",
                    "household",
                    f"此人自 {member.start} 起属于另一户；请先办理迁户",
                    f"this person belongs to another household since {member.start}: move the person first",
                )
        return "join" if there is not None else "form"

    def _check_place(self, record: Record, there: Household | None) -> None:
        number, place = record["household"], record["household_area"]
        forming = self.formed.get(number)
        if there is None and place is None:
            raise Refusal("required", "household_area", "新户须写户籍地", "a new household needs its place")
        if place is not None and place not in self.areas:
            raise Refusal("unknown_area", "household_area", "没有这个行政区划", "no such area")
        if forming is not None and place != forming.area:
            raise Refusal(
                "ambiguous",
                "household_area",
                f"同一户前面写的是 {forming.area}",
                f"{forming.area} in a row above",
            )
        if there is None or place is None:
            return
        for row in self.places:
            holds = row.start <= record["start"] and (row.end is None or row.end >= record["start"])
            if row.household_id == there.pk and holds and row.area_id != place:
                raise Refusal(
                    "overlap",
                    "household_area",
                    f"此户登记在 {row.area_id}；请先变更户籍地",
                    f"this household is registered in {row.area_id}: change its place first",
                )

    def _join(self, record: Record, person: Person, membership: str) -> None:
        number, start = record["household"], record["start"]
        if membership == "join":
            when = When(start, known_from=self.options.known_from, source=self.options.source)
            self.members.append(
                Member(person=person, household=self.households.found[number], **when.columns)
            )
        elif membership == "form":
            forming = self.formed.setdefault(number, _NewHousehold(record["household_area"], start))
            forming.start = min(forming.start, start)
            forming.people.append((person, start))

    def basis(self) -> list[Any]:
        """All that is to be written."""
        return [
            [[person.identity_type, repr(identity)] for person, identity in self.registered],
            [[person.pk, _plain(changes)] for person, changes in self.corrected],
            self.enrolments.basis(),
            [[m.person_id, m.person.identity_number, m.household_id, str(m.start)] for m in self.members],
            [
                [number, h.area, str(h.start), [[p.identity_number, str(start)] for p, start in h.people]]
                for number, h in sorted(self.formed.items())
            ],
        ]

    def do(self, actor: Actor) -> None:
        """Write it: the people, then what is theirs."""
        written = services.register_people(actor, [identity for _, identity in self.registered])
        for (person, _), made in zip(self.registered, written, strict=True):
            person.pk, person.number = made.pk, made.number
        for person, changes in self.corrected:
            services.correct_person(actor, person.number, self.options.source or "批量导入", **changes)
        for number, forming in self.formed.items():
            when = When(forming.start, known_from=self.options.known_from, source=self.options.source)
            made_household = services.form_household(actor, forming.area, [], when, number)
            for person, start in forming.people:
                since = When(start, known_from=self.options.known_from, source=self.options.source)
                self.members.append(Member(person=person, household=made_household, **since.columns))
        for member in self.members:
            member.person = member.person
        keep(kinds.MEMBER, actor, self.members)  # before the insurance, which may be of another place
        for row in self.enrolments.new:
            row.person = row.person  # registered meanwhile: takes over the key
        self.enrolments.write(actor, self.options)


def check_columns_of(person: Person) -> None:
    """As :func:`check_columns`, of a person who has no number yet."""
    person.number = "?"
    check_columns(person)
    person.number = ""


def _plan(actor: Actor, records: Sequence[Record], options: Options, plan: Plan) -> None:
    agency_only(actor)
    making = _Making(actor, records, options)
    by_row(records, COLUMNS, plan, making.take)
    plan.basis += making.basis()
    plan.work.append(making.do)


def _identity(record: Record) -> Identity:
    return Identity(
        identity_number=record["identity_number"],
        name=record["name"],
        identity_type=record["identity_type"] or RESIDENT_CARD,
        sex=record["sex"],
        born=record["born"],
        phone=record["phone"] or "",
        card=record["card"] or "",
        bank_account=record["bank_account"] or "",
    )


def _differing(person: Person, record: Record) -> list[str]:
    """What the record says otherwise than it stands; an empty cell says nothing."""
    told = {name: record[name] for name in _TOLD if record[name] is not None}
    return services.differing(person, told)


def _plain(changes: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in changes.items()}


PEOPLE: Final = Importer("people", "参保人员", COLUMNS, _plan)
