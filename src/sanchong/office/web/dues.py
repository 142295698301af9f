"""Recoveries and refunds in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse

from sanchong.money import Fen, yuan
from sanchong.office.actor import Actor
from sanchong.office.claims import dues
from sanchong.office.claims.dues import Due
from sanchong.office.claims.models import VISIT_KINDS, Confirmation, Settlement
from sanchong.office.people.models import Person
from sanchong.office.web.lists import Column, Empty, Filter, Listed, Tag
from sanchong.office.web.matters import of_name
from sanchong.office.web.why import Why, why

KIND_NAMES: Final = {"recovery": "追回", "refund": "退付"}
STATE_NAMES: Final = {"open": "待决定", "decided": "已决定"}


@dataclass(frozen=True, slots=True)
class Row:
    """A claim as a list shows it."""

    number: str
    person: Person
    year: int
    what: str
    day: dt.date
    arose: dt.date
    """When the entry was made that opened it."""
    kind: str
    amount: Fen
    paid: Fen
    taken_back: Fen
    left: Fen
    state: str
    settled: bool
    """Whether nothing is left of it."""
    decision: Confirmation | None


@dataclass(frozen=True, slots=True)
class Part:
    """A payment."""

    day: dt.date
    amount: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A claim with its payments, and why it arose."""

    row: Row
    parts: Sequence[Part]
    why: Why


def whole(actor: Actor, settlement: str) -> Whole:
    """One claim."""
    found, payments = dues.due(actor, settlement)
    parts = [Part(p.paid_on, yuan(p.amount)) for p in payments]
    return Whole(_row(found), parts, why(actor, found.entry))


def _row(one: Due) -> Row:
    entry, claim = one.entry, one.claim
    visit = entry.visit
    return Row(
        number=entry.number,
        person=entry.year.person,
        year=entry.year.year,
        what=f"{VISIT_KINDS[visit.kind]} · {visit.provider.name}" if visit else "年终结算",
        day=dues.day_of(entry),
        arose=entry.day,
        kind=claim.kind,
        amount=claim.amount,
        paid=claim.paid,
        taken_back=claim.taken_back,
        left=claim.open,
        state=_state(one),
        settled=claim.open == 0,
        decision=one.decision,
    )


def _state(one: Due) -> str:
    name = KIND_NAMES[one.claim.kind]
    if one.claim.open == 0:
        return f"已{name}" if one.claim.paid else "已抵销"
    if one.decision is None:
        return f"待决定{name}"
    return f"{name}中" if one.claim.paid else f"已决定{name}"


# ── the list ─────────────────────────────────────────────────────────────────────────────────


def _rows(entries: Sequence[Settlement]) -> list[Row]:
    return [_row(one) for one in dues.with_claims(entries)]


def _tag(row: Row) -> Tag:
    return Tag(row.state, "off" if row.settled else "bad" if row.kind == "recovery" else "")


def _decided(found: QuerySet[Any], state: str) -> QuerySet[Any]:
    return found.filter(confirmation__isnull=state == "open")


DUES: Final = Listed(
    name="dues",
    title="追回与退付",
    rows=dues.entries,
    complete=_rows,
    columns=(
        Column(
            "person",
            "参保人",
            lambda row: row.person.name,
            link=lambda row: reverse("web:due", args=[row.number]),
        ),
        Column("what", "事由", lambda row: row.what, by=("visit__provider__code",)),
        Column("day", "就诊日期", lambda row: row.day, "day", by=("visit__admitted",)),
        Column("arose", "发生", lambda row: row.arose, "day", by=("id",)),
        Column("state", "状态", lambda row: [_tag(row)], "tags"),
        Column("amount", "金额", lambda row: row.amount, "money", by=("opened",)),
        Column("paid", "已收付", lambda row: row.paid, "money"),
        Column("taken_back", "后来抵销", lambda row: row.taken_back or None, "money"),
        Column("left", "未结", lambda row: row.left, "money"),
        Column("number", "结算编号", lambda row: row.number, "code", screen=False),
    ),
    filters=(
        Filter("name", "姓名", of_name("year__person"), personal=True, hint="须写全名", most=50),
        Filter("state", "状态", _decided, choices=lambda: [*STATE_NAMES.items()], default=lambda: "open"),
        Filter(
            "kind",
            "种类",
            lambda found, kind: (
                found.filter(patient__gt=0) if kind == "recovery" else found.filter(patient__lt=0)
            ),
            choices=lambda: [*KIND_NAMES.items()],
        ),
        Filter("from", "发生日期起", lambda found, day: found.filter(day__gte=day), day=True),
        Filter("to", "发生日期止", lambda found, day: found.filter(day__lte=day), day=True),
    ),
    order="-arose",
    empty=Empty(
        "没有待决定的追回或退付",
        "撤销结算、补记事实或年终结算使个人负担变化时，差额列在这里：先作出决定，再分次收付。",
    ),
    person=lambda row: row.person.pk,
    unit="项",
)
