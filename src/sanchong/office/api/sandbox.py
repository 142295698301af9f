"""A provider's sandbox with its people and a token to it, in one step."""

from __future__ import annotations

from django.db import transaction

from sanchong.office.accounts import services as accounts
from sanchong.office.accounts.models import Scope
from sanchong.office.accounts.services import Issued
from sanchong.office.actor import Actor
from sanchong.office.people import sandbox


@transaction.atomic
def open_sandbox(agency: Actor, provider_code: str, name: str = "沙箱") -> Issued:
    """A token with every scope to the provider's sandbox, which is made and filled with test people if it is new."""
    realm = accounts.sandbox_of(provider_code)
    sandbox.fill(agency, realm)
    return accounts.issue(agency, name, realm, list(Scope.values), provider_code=provider_code)
