"""A small city: an area, a law, a catalogue, a hospital, and people; made for the tests, by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from sanchong.office.accounts.models import Realm
from sanchong.office.actor import Actor
from sanchong.office.catalogue.models import Edition, Item
from sanchong.office.claims.models import FeeLine, Visit
from sanchong.office.lawbook import services as lawbook
from sanchong.office.lawbook.models import Bundle
from sanchong.office.people.models import (
    Area,
    Enrolment,
    Grant,
    Household,
    Member,
    Person,
    Recognition,
    Registration,
)
from sanchong.office.providers.models import Agreement, Provider, Standing

LONG_AGO = dt.date(2025, 1, 1)


@dataclass
class City:
    """What the tests stand on."""

    realm: Realm
    actor: Actor
    hospital: Provider
    people: int = 0
    visits: int = 0

    def person(self, category: str | None = "subsistence_allowance", *diseases: str) -> Person:
        """A resident of Yangquan, in a household of their own, with a category and diseases since long ago."""
        self.people += 1
        number = f"P{self.people:06d}"
        person = Person.objects.create(
            number=number,
            realm=self.realm,
            identity_number=f"14030219900101{self.people:04d}",
            identity_index=Person.index_of("identity", number),
            name="张三",
            name_index=Person.index_of("name", "张三"),
            sex="1",
        )
        household = Household.objects.create(number=f"H{self.people:06d}", realm=self.realm)
        since = {"start": LONG_AGO, "known_from": LONG_AGO}
        Member.objects.create(person=person, household=household, **since)
        Registration.objects.create(household=household, area_id="140302", **since)
        Enrolment.objects.create(
            person=person, insurance="resident", region="140300", year=2026, contribution=40000, **since
        )
        if category:
            Grant.objects.create(household=household, category=category, department="民政局", **since)
        for disease in diseases:
            name, _, subtype = disease.partition(":")
            Recognition.objects.create(
                person=person, disease=name, subtype=subtype, department="市医院", **since
            )
        return person

    def visit(
        self, person: Person, kind: str, day: str, *lines: tuple[str, str], disease: str = "", **columns: Any
    ) -> Visit:
        """A diagnosed visit with lines of (item code, amount in yuan)."""
        self.visits += 1
        date = dt.date.fromisoformat(day)
        visit = Visit.objects.create(
            number=f"V{self.visits:06d}",
            realm=self.realm,
            person=person,
            provider=self.hospital,
            provider_number=f"{self.visits}",
            kind=kind,
            state="diagnosed",
            admitted=date,
            discharged=date,
            disease=disease,
            **columns,
        )
        for i, (item, amount) in enumerate(lines, 1):
            FeeLine.objects.create(
                visit=visit,
                number=f"{i}",
                batch="1",
                at=timezone.now(),
                item=item,
                name=item or "自费",
                quantity=Decimal(1),
                unit_price=Decimal(amount),
                amount=int(Decimal(amount) * 100),
            )
        return visit


_kept: dict[str, Any] = {}


def shipped_law() -> Bundle:
    """The bundle of the shipped policies: read and packed by the first test, its row written anew by the others."""
    if not _kept:
        fields = ("hash", "content", "documents", "engine")
        _kept.update({name: getattr(lawbook.keep(), name) for name in fields})
    return Bundle.objects.get_or_create(hash=_kept["hash"], defaults=_kept)[0]


def build() -> City:
    """The city, its law active and every illustration accepted."""
    realm = Realm.objects.create(name="正式", sandbox=False)
    Area.objects.create(code="140000", name="山西省", level="province")
    Area.objects.create(code="140300", name="阳泉市", level="city", parent_id="140000")
    Area.objects.create(code="140302", name="城区", level="county", parent_id="140300")
    lawbook.activate(shipped_law(), "启用")
    for family in (
        "outpatient",
        "pooled_fund",
        "inpatient",
        "catastrophic",
        "assistance",
        "catalogue_control",
    ):
        lawbook.accept(family, "测试", "测试用")
    since = {"start": LONG_AGO, "known_from": LONG_AGO}
    hospital = Provider.objects.create(code="H14030200001", name="市第一医院", kind="hospital")
    Standing.objects.create(
        provider=hospital, region="140300", level=3, fee_class=3, administrative_level="city", **since
    )
    Agreement.objects.create(provider=hospital, kind="designated", **since)
    edition = Edition.objects.create(
        hash="0" * 64, title="目录", in_force_from=LONG_AGO, known_from=LONG_AGO, rows=3
    )
    for code, line_class, advance in (("A1", "A", None), ("B1", "B", (1, 10)), ("C1", "C", None)):
        Item.objects.create(
            edition=edition,
            code=code,
            name=code,
            kind="drug",
            line_class=line_class,
            advance_num=advance and advance[0],
            advance_den=advance and advance[1],
        )
    return City(realm, Actor(realm.pk), hospital)
