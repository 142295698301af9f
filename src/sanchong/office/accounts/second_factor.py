"""Setting up a second factor, and checking its codes."""

from __future__ import annotations

from django.db import transaction

from sanchong.office.accounts.models import Account, SecondFactor
from sanchong.office.actor import Actor
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal

NAME = "验证器"


def confirmed(account: Account) -> SecondFactor | None:
    """The second factor that an account signs in with, or None."""
    found: SecondFactor | None = SecondFactor.objects.filter(user=account, confirmed=True).first()
    return found


@transaction.atomic
def offered(account: Account) -> SecondFactor:
    """The second factor that an account is setting up; its key stays the same until it is confirmed.

    Refusal ``second_factor_there`` if it has one: only an administrator takes it away.
    """
    locked = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if confirmed(locked) is not None:
        raise Refusal(
            "second_factor_there",
            "second_factor",
            "已绑定验证器；如已遗失，请联系系统管理员重置",
            "a second factor is set up; if it is lost, ask an administrator to reset it",
        )
    found: SecondFactor
    found, _ = SecondFactor.objects.get_or_create(
        user=locked, confirmed=False, defaults={"name": NAME, "key": SecondFactor.new_key()}
    )
    return found


@transaction.atomic
def confirm(actor: Actor, account: Account, code: str) -> SecondFactor | None:
    """Set up the offered second factor if the code is right; None if it is not."""
    device: SecondFactor | None = (
        SecondFactor.objects.select_for_update().filter(user=account, confirmed=False).first()
    )
    if device is None or not device.verify_token(code):
        return None
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    record(actor, "account.second_factor", "account", str(account.pk))
    return device


@transaction.atomic
def opens(account: Account, code: str) -> SecondFactor | None:
    """The account's second factor if the code is right now and was not used before, else None. A wrong code is counted."""
    device: SecondFactor | None = (
        SecondFactor.objects.select_for_update().filter(user=account, confirmed=True).first()
    )
    return device if device is not None and device.verify_token(code) else None
