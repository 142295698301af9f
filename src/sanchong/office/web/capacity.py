"""As what the signed-in account acts on a page: in a post, as an insured person, or for one whose agent it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from sanchong.office.accounts.acting import actor_in, nobody, posts_of
from sanchong.office.accounts.models import Account
from sanchong.office.accounts.roles import ROLES, Role
from sanchong.office.actor import Actor
from sanchong.office.citizens.models import MATTERS
from sanchong.office.citizens.services import actor_for, actor_for_self, authorisations_of, holder_of
from sanchong.office.proxies import within

ADMINISTRATOR: Final = "administrator"
CHOSEN: Final = "capacity"
"""The session's key for the choice."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """One way in which an account may act now."""

    key: str
    actor: Actor
    title: str
    unit: str
    role: Role | None = None
    """None of a citizen."""
    matters: frozenset[str] = frozenset()
    """What a citizen may do (``citizens.models.MATTERS``): everything for oneself, for another what the authorisation names."""

    @property
    def staff(self) -> bool:
        """Whether it is a post: those need a second factor."""
        return self.role is not None


def capacities_of(account: Account, address: str) -> list[Capacity]:
    """All ways in which an account may act today: its posts, itself, those who authorised it."""
    found = [
        Capacity(f"post-{post.pk}", actor_in(post, address), ROLES[post.role].zh, post.unit, ROLES[post.role])
        for post in posts_of(account)
        if post.role != ADMINISTRATOR or _may_administer(address)
    ]
    holder = holder_of(account)
    if holder is not None:
        found.append(
            Capacity(
                "self",
                actor_for_self(holder, address),
                "本人",
                holder.person.name,
                matters=frozenset(MATTERS),
            )
        )
    found += [
        Capacity(
            f"agent-{row.pk}",
            actor_for(row, address),
            "代办",
            row.person.name,
            matters=frozenset(row.matters),
        )
        for row in authorisations_of(account)
    ]
    return found


def _may_administer(address: str) -> bool:
    """Whether an administrator may act from here: from the networks that the machine names, if it names any."""
    networks = settings.ENVIRONMENT.admin_from
    return not networks or within(address, networks)


def chosen(request: HttpRequest, among: Sequence[Capacity]) -> Capacity | None:
    """The one that the session says, else the first; None if there is none."""
    key = request.session.get(CHOSEN)
    return next((c for c in among if c.key == key), among[0] if among else None)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, as the trail keeps it."""
    return str(request.META.get("REMOTE_ADDR", ""))


def actor_of(request: HttpRequest) -> Actor:
    """Who acts on this request: in the capacity that the session says, or nobody in particular."""
    capacity: Capacity | None = request.capacity  # type: ignore[attr-defined]
    if capacity is not None:
        return capacity.actor
    assert isinstance(request.user, Account)
    return nobody(request.user, address_of(request))


def acts_in_post(request: HttpRequest) -> bool:
    """Whether a post acts, not a citizen and not an account without one."""
    capacity: Capacity | None = request.capacity  # type: ignore[attr-defined]
    return capacity is not None and capacity.staff
