"""Where sessions are kept: Django's own in the database, with the account that each is of, so that its holder finds them all."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from sanchong.office.accounts.models import Account, Session
from sanchong.office.actor import Actor
from sanchong.office.trail.services import record


class SessionStore(DatabaseStore):
    """What Django reads and writes sessions by (``SESSION_ENGINE``)."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of a session that says whose it is."""
        account = data.get(SESSION_KEY)
        return Session(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            account_id=int(account) if account is not None else None,
        )


def of_account(account: Account) -> dict[str, dict[str, Any]]:
    """What stands in each session that opens the account, by its key. One from before the password was changed opens nothing."""
    rows = Session.objects.filter(account=account, expire_date__gt=timezone.now())
    read = {row.session_key: SessionStore().decode(row.session_data) for row in rows}
    proof = account.get_session_auth_hash()
    return {
        key: data
        for key, data in read.items()
        if constant_time_compare(str(data.get(HASH_SESSION_KEY, "")), proof)
    }


@transaction.atomic
def end(actor: Actor, account: Account, keys: Collection[str]) -> int:
    """End these of the account's sessions; how many there were."""
    ended, _ = Session.objects.filter(account=account, session_key__in=keys).delete()
    if ended:
        record(actor, "account.end_sessions", "account", str(account.pk), ended=ended)
    return ended


def sweep() -> None:
    """Remove what has expired: nobody comes back to it."""
    Session.objects.filter(expire_date__lte=timezone.now()).delete()
