"""Commands on the accounts of people who work: opened, given a post, ended, locked out; and their second factor.

Only an administrator, or the office itself on its own machine, does this. Posts are dated rows, written by keeping.py.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import models, transaction

from sanchong.dates import today
from sanchong.office import keeping
from sanchong.office.accounts import locks
from sanchong.office.accounts.models import TELEPHONE_NAME, Account, Assignment, SecondFactor
from sanchong.office.accounts.passwords import set_password
from sanchong.office.accounts.roles import APART, ROLES, Role
from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns, refused
from sanchong.office.keeping import Kind, When
from sanchong.office.numbers import ALPHABET
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal

LEVELS: Final = {
    "city": (6, "市"),
    "county": (6, "县（市、区）"),
    "township": (9, "乡镇"),
    "village": (12, "村"),
}
"""How many digits the code of an area has, by level."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A new account with its first password, which nobody can read again."""

    account: Account
    password: str


def administrators_only(actor: Actor) -> None:
    """Refuse whoever may not give accounts and roles."""
    itself = actor.account is None and actor.token is None
    if not itself and actor.role != "administrator":
        raise Refusal(
            "administrators_only", "actor", "只有系统管理员可以办理", "only an administrator may do this"
        )


def _guard(actor: Actor, _: Sequence[models.Model]) -> None:
    administrators_only(actor)


def _check(row: Assignment) -> None:
    role = ROLES.get(row.role)
    if role is None:
        raise refused("role", "没有这个角色", "no such role")
    if not row.unit.strip():
        raise refused("unit", "请写明单位", "name the body that the account acts for")
    _check_place(role, row)


def _check_place(role: Role, row: Assignment) -> None:
    if (role.place == "provider") != bool(row.provider_code):
        raise refused(
            "provider_code",
            "医药机构的角色须且只须写明机构编码",
            "a provider's role, and no other, has a provider",
        )
    if (role.place == "area") != bool(row.area):
        raise refused(
            "area", "此角色须写明辖区，其他角色不写", "this role holds for an area, others for none"
        )
    if role.place != "area":
        return
    if not (row.area.isascii() and row.area.isdigit()) or len(row.area) not in (6, 9, 12):
        raise refused("area", "区划代码应为 6、9 或 12 位数字", "an area code has 6, 9 or 12 digits")
    if role.level and level_of(row.area) != role.level:
        digits, zh = LEVELS[role.level]
        raise refused("area", f"应为{zh}的 {digits} 位区划代码", f"expected the code of a {role.level}")


def level_of(area: str) -> str:
    """The level of the area with this code."""
    if len(area) > 6:
        return "township" if len(area) == 9 else "village"
    if area.endswith("0000"):
        return "province"
    return "city" if area.endswith("00") else "county"


ASSIGNMENT: Final = Kind(
    "assignment",
    "岗位",
    Assignment,
    ("account",),
    _guard,
    ("role", "area", "provider_code"),
    lambda r: f"{r.role} {r.area or r.provider_code}",
    _check,
)


# ── accounts ─────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def open_account(actor: Actor, username: str, name: str) -> Opened:
    """An account for somebody who works, with a first password to be changed at the first sign-in."""
    administrators_only(actor)
    if username.startswith(TELEPHONE_NAME) or (username.isascii() and username.isdigit()):
        raise refused(
            "username",
            "不能全是数字，也不能以 tel- 开头：这样的账号属于参保人",
            "neither digits alone nor tel- in front: those are citizens' names",
        )
    if not name.strip():
        raise refused("name", "请写明姓名", "name whose account it is")
    password = first_password()
    account = new_account(username, name, password, by_another=True)
    record(actor, "account.open", "account", str(account.pk))
    return Opened(account, password)


@transaction.atomic
def reset_password(actor: Actor, account: Account) -> str:
    """Another first password, for somebody who forgot theirs; the second factor stays."""
    administrators_only(actor)
    password = first_password()
    set_password(account, password, by_another=True)
    account.save(update_fields=["password", "password_set_on", "must_change"])
    record(actor, "account.reset_password", "account", str(account.pk))
    return password


@transaction.atomic
def reset_second_factor(actor: Actor, account: Account) -> None:
    """Take away the second factor of somebody who lost it: it is set up again at the next sign-in."""
    administrators_only(actor)
    SecondFactor.objects.filter(user=account).delete()
    record(actor, "account.reset_second_factor", "account", str(account.pk))


@transaction.atomic
def release_lock(actor: Actor, account: Account) -> None:
    """Let somebody sign in again whose name was locked after five wrong passwords."""
    administrators_only(actor)
    locks.release(account.username)
    record(actor, "account.release_lock", "account", str(account.pk))


@transaction.atomic
def close_account(actor: Actor, account: Account) -> None:
    """From now on the account opens nothing, and its sessions end."""
    administrators_only(actor)
    account.is_active = False
    account.save(update_fields=["is_active"])
    record(actor, "account.close", "account", str(account.pk))


def new_account(username: str, name: str, password: str, *, by_another: bool) -> Account:
    """A saved account; Refusal ``account_taken`` if the name is. Whoever calls it writes the trail."""
    if Account.objects.filter(username=username).exists():
        raise Refusal("account_taken", "username", "该账号已存在", "this account exists")
    account = Account(username=username, name=name)
    set_password(account, password, by_another=by_another)
    check_columns(account)
    account.save()
    return account


def first_password() -> str:
    """A password to be handed over on paper: four groups of four without letters that are misread."""
    while True:
        text = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4)).lower()
        if any(c.isdigit() for c in text) and any(c.isalpha() for c in text):
            return text


# ── posts ────────────────────────────────────────────────────────────────────────────────────


def assign(
    actor: Actor,
    account: Account,
    role: str,
    unit: str,
    when: When,
    *,
    area: str = "",
    provider_code: str = "",
) -> Assignment:
    """A post for an account: a role, for an area or a provider, in a period.

    Refusal ``roles_apart`` for an administrator who would watch over themselves, ``overlap`` for the same post twice.
    """
    row = Assignment(
        account=account, role=role, unit=unit, area=area, provider_code=provider_code, **when.columns
    )
    with transaction.atomic():
        (kept,) = keeping.keep(ASSIGNMENT, actor, [row])  # which locks the account
        _keep_apart(kept)
    return kept


def _keep_apart(post: Assignment) -> None:
    others = Assignment.objects.current().filter(account=post.account, role__in=APART - {post.role})
    if post.role in APART and others.overlapping(post.start, post.end).exists():
        raise Refusal(
            "roles_apart",
            "role",
            "系统管理和安全审计不能由同一账号担任；请另设账号，由另一人担任",
            "nobody keeps the system and audits it: give the post to somebody else's account",
        )


def dismiss(actor: Actor, row: Assignment, reason: str) -> Assignment:
    """The post ends at once: it held until yesterday, and if it began today it counts as never held."""
    return stop_now(ASSIGNMENT, actor, row, reason)


def stop_now(kind: Kind, actor: Actor, row: keeping.D, reason: str) -> keeping.D:
    """End a right that a dated row gives at once, today included. The trail tells what was done under it."""
    yesterday = today() - dt.timedelta(days=1)
    if row.start > yesterday:
        return keeping.withdraw(kind, actor, row, reason)
    return keeping.end(kind, actor, row, yesterday, reason)
