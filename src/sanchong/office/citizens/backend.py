"""Signing in with a provider of identities: whom it has proven finds their account by the document.

Set up only where the environment names such a provider. The part that speaks OpenID Connect (redirect, code, the token's signature)
is a library's and is not there yet: it hands over a :class:`Proven` and nothing else (docs/office.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from sanchong.office.accounts.models import Account
from sanchong.office.accounts.services import ledger
from sanchong.office.citizens.models import Holder
from sanchong.office.people.identity import RESIDENT_CARD, plain_number
from sanchong.office.people.models import Person


@dataclass(frozen=True, slots=True)
class Proven:
    """Who the provider of identities says has just signed in there, its token's signature, audience, nonce and time checked."""

    issuer: str
    identity_number: str = field(repr=False)
    """Of the resident identity card."""


class IdentityBackend(ModelBackend):
    """A citizen whom the provider has proven. It opens no account: that is done at a counter or with a printed code."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, proven: Proven | None = None, **_: Any
    ) -> Account | None:
        """The active account of the person with this document on the real ledger, or None; None too for another issuer."""
        provider = settings.ENVIRONMENT.identity_provider
        if provider is None or proven is None or proven.issuer.rstrip("/") != provider.issuer:
            return None
        holder = (
            Holder.objects.select_related("account")
            .filter(
                person__realm=ledger(),
                person__identity_type=RESIDENT_CARD,
                person__identity_index=Person.index_of("identity", plain_number(proven.identity_number)),
            )
            .first()
        )
        if holder is None or not self.user_can_authenticate(holder.account) or holder.account.demonstration:
            return None
        return holder.account
