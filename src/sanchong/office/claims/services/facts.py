"""A fact known later, as it is given: whose it is, how it is written, and what it makes of a settled entry.

A fact is an object with one field: ``category``, ``recognition``, ``waiver``, ``enrolment``, ``member`` (the person belongs to
another household, or with ``area`` forms one there), ``registration``, ``referral`` or ``cross_area`` (a new row, with ``person``
or ``household``), ``correct``, ``end`` or ``withdraw`` (of a row that stands), ``recorded`` (a row that was recorded before, by
an import say, and not yet applied), ``payout`` (for a settled visit) or ``law`` (see laws.py). It is written by the services
that always write such rows, as known from today.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sanchong.dates import today
from sanchong.law.labels import CATEGORY, word
from sanchong.money import Fen, parse_yuan, plain_yuan, yuan
from sanchong.office.actor import Actor
from sanchong.office.checking import refused
from sanchong.office.claims.models import Payout, Visit, VisitState
from sanchong.office.claims.services.moves import Row
from sanchong.office.claims.services.reach import visits_within
from sanchong.office.claims.services.rows import touch
from sanchong.office.claims.year import Change, Data, Standing
from sanchong.office.dated import Dated
from sanchong.office.keeping import When, kind_named
from sanchong.office.people import kinds
from sanchong.office.people import services as people
from sanchong.office.people.models import Household, Member, Person
from sanchong.office.people.reach import households_within, people_within
from sanchong.settlement.fields import Fields
from sanchong.settlement.refusal import Refusal, invalid


class Later(Protocol):
    """A fact known later, about one person or one household."""

    kind: str
    said: str
    """In one Chinese sentence."""

    def people(self) -> list[int]:
        """Whose years it may change."""

    def write(self, actor: Actor, reason: str) -> None:
        """Record it."""

    def change(self, person: int, year: int) -> Change:
        """What it makes, once written, of the entries of a person's year (a person's and a year's key)."""

    def rows(self) -> list[tuple[str, int]]:
        """The dated rows that say it, by kind and key, once written."""


def read_fact(actor: Actor, data: Any) -> Later:
    """The fact that ``data`` gives; Refusal with the path of the first mistake, ``not_edited`` for what is no such fact."""
    given = Fields(data, "fact")
    names = list(given.data)
    if names and names[0] in _ELSEWHERE:
        raise Refusal("not_edited", f"fact.{names[0]}", *_ELSEWHERE[names[0]])
    if len(names) != 1 or names[0] not in _READERS:
        raise invalid("fact", "choice", choices=", ".join((*_READERS, "law")))
    said = given.object(names[0])
    fact = _READERS[names[0]](actor, names[0], said)
    said.finish()
    return fact


_NEW_VISIT = (
    "已结算就诊的内容不更改：请先撤销该结算，再登记并重新结算",
    "a settled visit is not edited: reverse its settlement, then register and settle it anew",
)
_ELSEWHERE: Final = {
    "change": _NEW_VISIT,
    "lines": _NEW_VISIT,
    "reverse": ("撤销请用撤销命令", "to reverse a settlement is a command of its own: reverse"),
    "late_visit": ("补结就诊请登记后结算", "a late visit is registered and settled like any other"),
}


# ── dated rows ───────────────────────────────────────────────────────────────────────────────

Write = Callable[[Actor, str], Dated]


@dataclass(slots=True)
class LaterRow:
    """A dated row: new, in the place of another, or recorded before. ``write`` records it and returns it."""

    kind: str
    of: str
    """The kind of row, as kinds.KINDS names it."""
    said: str
    owner: Person | Household
    writing: Write
    row: Dated | None = field(default=None)

    def people(self) -> list[int]:
        if isinstance(self.owner, Person):
            return [self.owner.pk]
        members = Member.objects.filter(household=self.owner).values_list("person_id", flat=True)
        return sorted(set(members))

    def write(self, actor: Actor, reason: str) -> None:
        self.row = self.writing(actor, reason)

    def change(self, person: int, year: int) -> Change:
        assert self.row is not None
        return touch(Row(self.of, self.row), person, year)

    def rows(self) -> list[tuple[str, int]]:
        assert self.row is not None
        return [(self.of, self.row.pk)]


def _when(said: Fields) -> When:
    start, end = said.date("from"), said.optional_date("to")
    return When(start, end, today(), _optional(said, "source"))


def _optional(said: Fields, name: str) -> str:
    return said.text(name) if said.has(name) and said.data[name] != "" else str(said.raw(name, ""))


def _person(actor: Actor, said: Fields) -> Person:
    found = people_within(actor).filter(number=said.text("person")).first()
    if found is None:
        raise kinds.unknown("person")
    return found


def _household(actor: Actor, said: Fields) -> Household:
    found = households_within(actor).filter(number=said.text("household")).first()
    if found is None:
        raise kinds.unknown("household")
    return found


def _category(actor: Actor, kind: str, said: Fields) -> Later:
    owner = _person(actor, said) if said.has("person") else _household(actor, said)
    category, department, when = said.text("category"), said.text("department"), _when(said)
    label = word(CATEGORY, category) if category in CATEGORY else category
    return LaterRow(
        kind,
        "grant",
        f"补记救助对象类别：{label}",
        owner,
        lambda by, _: people.grant(by, owner, category, department, when),
    )


def _recognition(actor: Actor, kind: str, said: Fields) -> Later:
    owner, disease, subtype = _person(actor, said), said.text("disease"), _optional(said, "subtype")
    department, legacy, when = said.text("department"), said.flag("legacy", False), _when(said)
    return LaterRow(
        kind,
        kind,
        f"补记病种认定：{disease}",
        owner,
        lambda by, _: people.recognise(by, owner, disease, department, when, subtype, legacy),
    )


def _waiver(actor: Actor, kind: str, said: Fields) -> Later:
    owner, first, second, when = _person(actor, said), said.text("first"), said.text("second"), _when(said)
    return LaterRow(
        kind,
        kind,
        f"补记互斥豁免：{first}、{second}",
        owner,
        lambda by, _: people.waive(by, owner, first, second, when),
    )


def _enrolment(actor: Actor, kind: str, said: Fields) -> Later:
    owner, insurance, region = _person(actor, said), said.text("insurance"), said.area("region")
    year, contribution = said.whole("year", 2000, 2100), said.amount("contribution")
    subsidy, when = said.amount("subsidy", "0"), _when(said)
    return LaterRow(
        kind,
        kind,
        f"补记参保：{insurance} {region}",
        owner,
        lambda by, _: people.enrol(by, owner, insurance, region, year, contribution, subsidy, when),
    )


def _member(actor: Actor, kind: str, said: Fields) -> Later:
    owner, when = _person(actor, said), _when(said)
    if said.has("area"):
        area = said.text("area")
        return LaterRow(
            kind,
            kind,
            f"补记另立一户：{area}",
            owner,
            lambda by, _: people.move(by, owner, people.form_household(by, area, [], when), when),
        )
    home = _household(actor, said)
    return LaterRow(
        kind, kind, f"补记迁入户：{home.number}", owner, lambda by, _: people.move(by, owner, home, when)
    )


def _registration(actor: Actor, kind: str, said: Fields) -> Later:
    owner, area, when = _household(actor, said), said.text("area"), _when(said)
    return LaterRow(
        kind, kind, f"补记户籍地：{area}", owner, lambda by, _: people.place(by, owner, area, when)
    )


def _referral(actor: Actor, kind: str, said: Fields) -> Later:
    owner, when = _person(actor, said), _when(said)
    words = [_optional(said, name) for name in ("from_provider", "provider_code", "region")]
    return LaterRow(
        kind,
        kind,
        f"补记转诊备案：{words[1] or words[2]}",
        owner,
        lambda by, _: people.refer(by, owner, when, *words),
    )


def _cross_area(actor: Actor, kind: str, said: Fields) -> Later:
    owner, region, of, when = _person(actor, said), said.area("region"), said.text("kind"), _when(said)
    return LaterRow(
        kind,
        kind,
        f"补记异地就医备案：{region}",
        owner,
        lambda by, _: people.register_cross_area(by, owner, region, of, when),
    )


# ── rows that stand ──────────────────────────────────────────────────────────────────────────

APPLIED: Final = (
    "enrolment",
    "member",
    "registration",
    "grant",
    "recognition",
    "waiver",
    "referral",
    "cross_area",
)
"""Kinds of row that can be applied to settled years."""


def _standing(actor: Actor, said: Fields) -> tuple[str, Dated, Person | Household]:
    of = APPLIED[said.choice("kind", APPLIED)]
    model = kind_named(kinds.KINDS, of).model
    found: Any = model._default_manager.filter(pk=said.whole("row", 1, 2**63 - 1)).first()
    owner = found and (getattr(found, "person", None) or getattr(found, "household", None))
    if owner is None or not _reached(actor, owner):
        raise kinds.unknown("row")
    return of, found, owner


def _reached(actor: Actor, owner: Person | Household) -> bool:
    if isinstance(owner, Person):
        return people_within(actor).filter(pk=owner.pk).exists()
    return households_within(actor).filter(pk=owner.pk).exists()


def _correct(actor: Actor, kind: str, said: Fields) -> Later:
    of, row, owner = _standing(actor, said)
    changes = dict(_changes(actor, said.object("changes")))
    if not changes:
        raise invalid(said.at("changes"), "required")
    return LaterRow(
        kind,
        of,
        f"更正{_zh(of)} {row.pk}",
        owner,
        lambda by, reason: people.correct(by, of, row.pk, reason, **changes),
    )


def _changes(actor: Actor, said: Fields) -> list[tuple[str, Any]]:
    """Columns by the names that facts have: ``from``, ``to``, ``area``, ``household`` by its number; amounts in yuan."""
    found: list[tuple[str, Any]] = []
    for name in list(said.data):
        if name == "from":
            found.append(("start", said.date(name)))
        elif name == "to":
            found.append(("end", said.optional_date(name)))
        elif name in ("contribution", "subsidy"):
            found.append((name, said.amount(name)))
        elif name == "year":
            found.append((name, said.whole(name, 2000, 2100)))
        elif name == "household":
            found.append(("household_id", _household(actor, said).pk))
        elif name == "legacy":
            found.append((name, said.flag(name)))
        else:
            found.append(("area_id" if name == "area" else name, _optional(said, name)))
    return found


def _end(actor: Actor, kind: str, said: Fields) -> Later:
    of, row, owner = _standing(actor, said)
    last = said.date("to")
    return LaterRow(
        kind,
        of,
        f"终止{_zh(of)} {row.pk}",
        owner,
        lambda by, reason: people.end(by, of, row.pk, last, reason),
    )


def _withdraw(actor: Actor, kind: str, said: Fields) -> Later:
    of, row, owner = _standing(actor, said)
    return LaterRow(
        kind,
        of,
        f"撤回{_zh(of)} {row.pk}",
        owner,
        lambda by, reason: people.withdraw(by, of, row.pk, reason),
    )


def _recorded(actor: Actor, kind: str, said: Fields) -> Later:
    of, row, owner = _standing(actor, said)
    if row._meta.model._default_manager.filter(supersedes=row).exists():
        raise Refusal(
            "superseded",
            said.at("row"),
            f"这条{_zh(of)}记录已被取代；请给出取代它的记录",
            f"this {of} was superseded: give the row that took its place",
        )
    return LaterRow(kind, of, f"适用已登记的{_zh(of)} {row.pk}", owner, lambda by, reason: row)


def _zh(of: str) -> str:
    return kinds.KINDS[of].zh


# ── payouts ──────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class LaterPayout:
    """What another payer paid for a visit that was settled without it."""

    kind: str
    said: str
    visit: Visit
    payer: str
    amount: Fen
    paid_on: dt.date

    def people(self) -> list[int]:
        return [self.visit.person_id]

    def write(self, actor: Actor, reason: str) -> None:
        Payout.objects.create(visit=self.visit, payer=self.payer, amount=self.amount, paid_on=self.paid_on)

    def change(self, person: int, year: int) -> Change:
        return self._touch

    def rows(self) -> list[tuple[str, int]]:
        return []

    def _touch(self, standing: Standing, before: Data) -> Standing:
        if standing.visit != self.visit.pk:
            return standing
        (visit,) = standing.inputs["visits"]
        paid = visit.get("other_payments", {})
        more = plain_yuan(parse_yuan(paid.get(self.payer, "0")) + self.amount)
        payments = dict(sorted({**paid, self.payer: more}.items()))
        return standing.settled_from({**standing.inputs, "visits": [{**visit, "other_payments": payments}]})


def _payout(actor: Actor, kind: str, said: Fields) -> Later:
    payers = tuple(payer for payer, _ in Payout.PAYERS)
    number, payer = said.text("visit"), payers[said.choice("payer", payers)]
    amount, paid_on = said.amount("amount"), said.date("paid_on")
    visit = visits_within(actor).filter(number=number).first()
    if visit is None:
        raise Refusal("no_visit", said.at("visit"), f"没有就诊 {number}", f"no visit {number}")
    if visit.state != VisitState.SETTLED:
        raise Refusal(
            "not_settled",
            said.at("visit"),
            f"就诊 {number} 尚未结算或已撤销；结算前的赔付请直接登记",
            f"visit {number} is not settled; a payout before settlement is recorded with the visit",
        )
    if amount == 0:
        raise refused(said.at("amount"), "应大于零", "expected more than 0")
    if paid_on > today():
        raise refused(said.at("paid_on"), "不能晚于今天", "not later than today")
    return LaterPayout(kind, f"{number} 事后赔付 {yuan(amount)}", visit, payer, amount, paid_on)


_READERS: Final[dict[str, Callable[[Actor, str, Fields], Later]]] = {
    "category": _category,
    "recognition": _recognition,
    "waiver": _waiver,
    "enrolment": _enrolment,
    "member": _member,
    "registration": _registration,
    "referral": _referral,
    "cross_area": _cross_area,
    "correct": _correct,
    "end": _end,
    "withdraw": _withdraw,
    "recorded": _recorded,
    "payout": _payout,
}
