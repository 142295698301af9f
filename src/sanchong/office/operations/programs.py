"""Tokens of programs, as the command line asks for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sanchong.office.accounts import services as accounts
from sanchong.office.accounts.models import Token
from sanchong.office.actor import Actor
from sanchong.office.providers.models import Provider
from sanchong.office.providers.services import unknown_provider


def issue(
    name: str,
    scopes: Sequence[str],
    provider: str,
    *,
    sandbox: bool,
    per_minute: int,
    expires_on: dt.date | None,
) -> accounts.Issued:
    """A token for a provider's program ("" : the agency's), in the real ledger or in the provider's sandbox.

    Refusal ``not_found`` if there is no such provider.
    """
    if provider and not Provider.objects.filter(code=provider).exists():
        raise unknown_provider(provider)
    realm = accounts.sandbox_of(provider) if sandbox else accounts.ledger()
    return accounts.issue(
        Actor(accounts.ledger().pk),
        name,
        realm,
        scopes,
        provider_code=provider,
        per_minute=per_minute,
        expires_on=expires_on,
    )


def revoke(token: int) -> Token:
    """The token opens nothing from now on."""
    return accounts.revoke(Actor(accounts.ledger().pk), token)


def tokens() -> list[Token]:
    """Every token, the newest first, with its realm."""
    return list(Token.objects.select_related("realm").order_by("-pk"))
