"""Reading the accounts of people who work: for an administrator alone. A citizen's account is the counter's business."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from sanchong.dates import today
from sanchong.office.accounts import locks
from sanchong.office.accounts.models import TELEPHONE_NAME, Account, Assignment, SecondFactor
from sanchong.office.accounts.staff import administrators_only
from sanchong.office.actor import Actor
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal

STATES: Final = {
    "active": "可登录",
    "locked": "已锁定",
    "without": "未绑定验证器",
    "idle": "没有岗位",
    "closed": "已停用",
}
"""By what the list is narrowed."""


@dataclass(frozen=True, slots=True)
class Row:
    """An account in the list, with the posts that it holds today."""

    account: Account
    posts: Sequence[Assignment]
    locked: bool
    second_factor: bool

    @property
    def state(self) -> str:
        """What is to be said of it first, in Chinese."""
        if not self.account.is_active:
            return STATES["closed"]
        if self.locked:
            return STATES["locked"]
        if not self.posts:
            return STATES["idle"]
        return STATES["active" if self.second_factor else "without"]


@dataclass(frozen=True, slots=True)
class Card:
    """One account: its row, and every post that was ever given and still counts, the latest first."""

    row: Row
    posts: Sequence[Post]


@dataclass(frozen=True, slots=True)
class Post:
    """A post, and whether it holds today, will, or did."""

    assignment: Assignment
    state: str
    can_end: bool


def staff_accounts(actor: Actor) -> QuerySet[Account]:
    """The accounts of people who work; to be narrowed, cut into pages and given to :func:`rows`."""
    administrators_only(actor)
    return _staff()


def named(found: QuerySet[Account], text: str) -> QuerySet[Account]:
    """Those of ``found`` whose name, or whose own, holds ``text``."""
    return found.filter(Q(username__icontains=text) | Q(name__icontains=text))


def holding(found: QuerySet[Account], role: str) -> QuerySet[Account]:
    """Those of ``found`` that hold ``role`` today."""
    return found.filter(Exists(_held().filter(role=role)))


def in_state(found: QuerySet[Account], state: str) -> QuerySet[Account]:
    """Those of ``found`` in a state of :data:`STATES`; ``active`` are all that are not closed."""
    if state == "closed":
        return found.filter(is_active=False)
    found = found.filter(is_active=True)
    if state == "idle":
        return found.filter(~Exists(_held()))
    if state == "without":
        return found.filter(Exists(_held()) & ~Exists(_factor()))
    if state == "locked":
        return found.filter(username__in=locks.locked(found.values_list("username", flat=True)))
    return found


def rows(actor: Actor, accounts: Sequence[Account]) -> list[Row]:
    """A page of :func:`staff_accounts` as rows; the number of statements does not grow with them."""
    administrators_only(actor)
    now = today()
    keys = [account.pk for account in accounts]
    posts = Assignment.objects.at(now, now).order_by("start", "pk")
    loaded = _staff().filter(pk__in=keys).prefetch_related(Prefetch("assignments", posts, to_attr="held"))
    by_key = {account.pk: account for account in loaded}
    locked = locks.locked([account.username for account in accounts])
    bound = set(SecondFactor.objects.filter(user__in=keys, confirmed=True).values_list("user", flat=True))
    return [Row(by_key[key], by_key[key].held, by_key[key].username in locked, key in bound) for key in keys]


@transaction.atomic
def staff_account(actor: Actor, key: int) -> Card:
    """One account with its posts; Refusal ``not_found`` if nobody who works has it."""
    administrators_only(actor)
    found = _staff().filter(pk=key).first()
    if found is None:
        raise Refusal("not_found", "account", "没有这个工作人员账号", "no such account of somebody who works")
    record(actor, "account.read", "account", str(key))
    now = today()
    posts = Assignment.objects.current().filter(account=found).order_by("-start", "-pk")
    return Card(rows(actor, [found])[0], [_post(post, now) for post in posts])


def _post(post: Assignment, now: dt.date) -> Post:
    if post.start > now:
        return Post(post, f"{post.start} 起生效", can_end=True)
    if post.end is not None and post.end < now:
        return Post(post, "已结束", can_end=False)
    return Post(post, "在岗", can_end=True)


def _staff() -> QuerySet[Account]:
    return Account.objects.exclude(username__startswith=TELEPHONE_NAME)


def _factor() -> QuerySet[SecondFactor]:
    found: QuerySet[SecondFactor] = SecondFactor.objects.filter(user=OuterRef("pk"), confirmed=True)
    return found


def _held() -> QuerySet[Assignment]:
    now = today()
    found: QuerySet[Assignment] = Assignment.objects.at(now, now).filter(account=OuterRef("pk"))
    return found
