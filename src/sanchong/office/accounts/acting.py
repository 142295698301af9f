"""As what a signed-in account acts: one of its posts that holds today."""

from __future__ import annotations

from sanchong.dates import today
from sanchong.office.accounts.models import Account, Assignment
from sanchong.office.accounts.services import ledger
from sanchong.office.actor import Actor


def posts_of(account: Account) -> list[Assignment]:
    """The posts that an account holds today, the oldest first."""
    now = today()
    return list(Assignment.objects.at(now, now).filter(account=account).order_by("start", "pk"))


def actor_in(post: Assignment, address: str = "") -> Actor:
    """Who acts in a post, on the real ledger."""
    return Actor(
        ledger().pk,
        account=post.account_id,
        address=address,
        role=post.role,
        area=post.area,
        provider_code=post.provider_code,
    )


def nobody(account: Account, address: str = "") -> Actor:
    """An account without a post: it sees nothing, but what it does to itself is recorded."""
    return Actor(ledger().pk, account=account.pk, address=address)
