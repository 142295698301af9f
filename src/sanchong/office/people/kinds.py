"""The kinds of dated row that people and households have, and what may stand in each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import models

from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.checking import check_area, refused
from sanchong.office.keeping import Kind
from sanchong.office.lawbook.services import diseases_in_law
from sanchong.office.people.models import (
    Area,
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
from sanchong.office.people.reach import households_within, people_within
from sanchong.settlement.reading import read_condition
from sanchong.settlement.refusal import Refusal, invalid


def guard(actor: Actor, owners: Sequence[models.Model]) -> None:
    """The agency writes what is of those whom it reaches; a provider only in its sandbox."""
    agency_only(actor)
    _refuse_unreached(actor, owners)


def guard_referral(actor: Actor, owners: Sequence[models.Model]) -> None:
    """As ``guard``, but a provider may refer from itself: :func:`services.refer` sees to that."""
    if actor.account is not None and not actor.provider_code:
        agency_only(actor)
    _refuse_unreached(actor, owners)


def _refuse_unreached(actor: Actor, owners: Sequence[models.Model]) -> None:
    people = {owner.pk for owner in owners if isinstance(owner, Person)}
    if people and people_within(actor).filter(pk__in=people).count() < len(people):
        raise unknown("person")
    households = {owner.pk for owner in owners if isinstance(owner, Household)}
    if households and households_within(actor).filter(pk__in=households).count() < len(households):
        raise unknown("household")


def unknown(what: str) -> Refusal:
    """Somebody or something that is not in this realm, or nowhere: which of the two is not told."""
    zh = {"person": "人员", "household": "户", "row": "记录"}[what]
    return Refusal("not_found", what, f"没有这个{zh}", f"no such {what}")


def _check_member(row: Member) -> None:
    if row.household.realm_id != row.person.realm_id:
        raise unknown("household")


def _check_registration(row: Registration) -> None:
    _refuse_unknown_area(row.area_id)


def _check_enrolment(row: Enrolment) -> None:
    check_area(row.region, "region")
    if row.area_id is not None:
        _refuse_unknown_area(row.area_id)


def _refuse_unknown_area(code: str) -> None:
    if not Area.objects.filter(pk=code).exists():
        raise Refusal("unknown_area", "area", f"没有行政区划 {code}", f"no area {code}")


def _check_recognition(row: Recognition) -> None:
    named = f"{row.disease}:{row.subtype}" if row.subtype else row.disease
    known = diseases_in_law()
    disease, subtype = read_condition(named, "disease", known, "subtype")
    if known[disease].subtype_required and not subtype:
        raise invalid("subtype", "subtype_missing")


def _check_waiver(row: Waiver) -> None:
    known = diseases_in_law()
    for where in ("first", "second"):
        read_condition(getattr(row, where), where, known)
    if row.first == row.second:
        raise refused("second", "应为两个不同的病种", "expected two different diseases")
    row.first, row.second = sorted((row.first, row.second))


def _check_referral(row: Referral) -> None:
    if not row.provider_code and not row.region:
        raise refused("provider_code", "须写明转入机构或转入地区", "say to which provider or area")
    if row.region:
        check_area(row.region, "region")


def _check_cross_area(row: CrossArea) -> None:
    check_area(row.region, "region")


PERSON: Final = ("person",)

MEMBER: Final = Kind(
    "member", "户成员", Member, PERSON, guard, says=lambda r: r.household.number, check=_check_member
)
REGISTRATION: Final = Kind(
    "registration",
    "户籍地",
    Registration,
    ("household",),
    guard,
    says=lambda r: r.area_id,
    check=_check_registration,
)
ENROLMENT: Final = Kind(
    "enrolment",
    "参保",
    Enrolment,
    PERSON,
    guard,
    says=lambda r: f"{r.insurance} {r.region} {r.year}",
    check=_check_enrolment,
)
GRANT: Final = Kind(
    "grant", "救助对象类别", Grant, ("person", "household"), guard, ("category",), lambda r: r.category
)
RECOGNITION: Final = Kind(
    "recognition",
    "病种认定",
    Recognition,
    PERSON,
    guard,
    ("disease", "subtype"),
    lambda r: f"{r.disease}:{r.subtype}" if r.subtype else r.disease,
    _check_recognition,
)
WAIVER: Final = Kind(
    "waiver",
    "互斥豁免",
    Waiver,
    PERSON,
    guard,
    ("first", "second"),
    lambda r: f"{r.first}, {r.second}",
    _check_waiver,
)
REFERRAL: Final = Kind(
    "referral",
    "转诊备案",
    Referral,
    PERSON,
    guard_referral,
    ("from_provider", "provider_code", "region"),
    lambda r: r.provider_code or r.region,
    _check_referral,
)
CROSS_AREA: Final = Kind(
    "cross_area",
    "异地就医备案",
    CrossArea,
    PERSON,
    guard,
    ("region", "kind"),
    lambda r: f"{r.region} {r.kind}",
    _check_cross_area,
)

KINDS: Final = {
    kind.name: kind
    for kind in (
        MEMBER, REGISTRATION, ENROLMENT, GRANT, RECOGNITION, WAIVER, REFERRAL, CROSS_AREA,
    )
}  # fmt: skip
"""By their one word."""
