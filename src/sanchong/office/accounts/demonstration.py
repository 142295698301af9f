"""Accounts with a known password, for a demonstration. While one is active, the server listens on loopback only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.db import transaction

from sanchong.dates import today
from sanchong.office.accounts import staff
from sanchong.office.accounts.models import Account, SecondFactor
from sanchong.office.accounts.roles import ROLES, Role
from sanchong.office.actor import Actor
from sanchong.office.keeping import When
from sanchong.office.trail.services import record

PASSWORD: Final = "sanchong-demo-2025"
"""Of every demonstration account: it protects nothing, and pages show it."""

AREAS: Final = {
    "agency_county": "140302",
    "agency_township": "140302001",
    "agency_village": "140302001001",
}
CITY: Final = "140300"
UNITS: Final = {
    "agency_city": "阳泉市医保中心",
    "agency_county": "城区医保中心",
    "agency_township": "上站街道便民服务中心",
    "agency_village": "新华社区便民服务点",
    "contracted": "受托经办机构",
    "civil_affairs": "阳泉市民政局",
    "rural_revitalisation": "阳泉市乡村振兴部门",
    "finance": "阳泉市财政局",
    "health": "阳泉市卫生健康委",
    "taxation": "阳泉市税务局",
    "union": "阳泉市总工会",
    "insurer": "承保保险公司",
    "administrator": "阳泉市医保中心",
    "auditor": "阳泉市医疗保障局",
}

CITIZEN, AGENT = "10000000001", "10000000002"
"""Telephones of insured persons, which nobody has: no mobile number begins with 10."""
CITIZENS: Final = {CITIZEN: "办理本人的事", AGENT: "办理本人的事，并代父母办理"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A demonstration account as the sign-in page shows it."""

    username: str
    """What is typed: a citizen's telephone."""
    role: str
    unit: str


Places = Mapping[str, tuple[str, str]]
"""By role: the area's code and the body's name, for a city whose townships are other ones."""


@transaction.atomic
def open_accounts(
    actor: Actor, provider_code: str, provider_name: str, places: Places = MappingProxyType({})
) -> list[Account]:
    """One account a role, named after it, with the known password and a second factor; what is there stays as it is.

    Providers' roles are those of ``provider_code``.
    """
    staff.administrators_only(actor)
    return [_open(actor, role, provider_code, provider_name, places) for role in ROLES.values()]


def demonstration_exists() -> bool:
    """Whether anybody can sign in with a known password."""
    return Account.objects.filter(demonstration=True, is_active=True).exists()


def shown() -> list[Shown]:
    """The demonstration accounts, in the order of their roles."""
    now = today()
    accounts = Account.objects.filter(demonstration=True, is_active=True).order_by("pk")
    found = []
    for account in accounts.prefetch_related("assignments"):
        post = next((p for p in account.assignments.all() if p.start <= now), None)
        found.append(
            Shown(account.username, ROLES[post.role].zh, post.unit)
            if post
            else Shown(account.phone or account.username, "参保人", CITIZENS.get(account.phone, account.name))
        )
    return found


def _open(actor: Actor, role: Role, provider_code: str, provider_name: str, places: Places) -> Account:
    there = Account.objects.filter(username=role.code).first()
    if there is not None:
        return there
    account = mark(staff.new_account(role.code, f"演示{role.zh}", PASSWORD, by_another=False))
    SecondFactor.objects.create(user=account, name="演示", key=SecondFactor.new_key(), confirmed=True)
    here = role.place == "provider"
    usual = AREAS.get(role.code, CITY), UNITS.get(role.code, "阳泉市医保中心")
    area, unit = places.get(role.code, usual)
    staff.assign(
        actor,
        account,
        role.code,
        provider_name if here else unit,
        When(today(), source="演示"),
        area=area if role.place == "area" else "",
        provider_code=provider_code if here else "",
    )
    record(actor, "account.demonstration", "account", str(account.pk))
    return account


def mark(account: Account) -> Account:
    """Make an account one of the demonstration, for ever: it signs in from this machine only."""
    account.demonstration = True
    account.save(update_fields=["demonstration"])
    return account
