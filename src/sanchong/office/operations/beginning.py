"""What a new office needs before anybody can sign in and work: its first administrator, and the areas it serves."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from sanchong.dates import today
from sanchong.office.accounts import services as accounts
from sanchong.office.accounts import staff
from sanchong.office.actor import Actor
from sanchong.office.keeping import When
from sanchong.office.people.services import register_area

UNIT = "系统管理"


@transaction.atomic
def administrator(username: str, name: str) -> staff.Opened:
    """An account with the post of an administrator from today, and its first password.

    It opens all other accounts on the pages. Refusal ``account_taken``, or for a name that does not do.
    """
    actor = Actor(accounts.ledger().pk)
    opened = staff.open_account(actor, username, name)
    staff.assign(actor, opened.account, "administrator", UNIT, When(today(), source="命令行开通"))
    return opened


@transaction.atomic
def areas(rows: Iterable[tuple[str, str]]) -> int:
    """Register areas by code and name, each after the one above it; all or none. How many were named."""
    actor = Actor(accounts.ledger().pk)
    count = 0
    for code, name in rows:
        register_area(actor, code, name)
        count += 1
    return count
