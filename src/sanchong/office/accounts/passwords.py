"""What a password must be: Django's rules, and one of our own. It is changed every half year, and after somebody else set it."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any, Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from sanchong.dates import today
from sanchong.office.accounts.models import Account
from sanchong.settlement.refusal import Refusal

SHORTEST: Final = 10
KINDS: Final = 2
HELD_FOR: Final = dt.timedelta(days=180)


class MixedValidator:
    """At least ten characters of at least two kinds: letters, digits, other."""

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError unless the password is long and mixed enough."""
        if len(password) < SHORTEST:
            raise ValidationError(f"密码至少 {SHORTEST} 个字符", code="short")
        if len({unicodedata.category(c)[0] for c in password}) < KINDS:
            raise ValidationError("密码须至少含字母、数字、其他字符中的两种", code="plain")

    def get_help_text(self) -> str:
        """What pages say beside the field."""
        return (
            f"至少 {SHORTEST} 个字符，含字母、数字、其他字符中的两种；不要用常见密码，也不要含有姓名或账号。"
        )


def set_password(account: Account, password: str, *, by_another: bool = False) -> None:
    """Give an account a password, unsaved; Refusal (invalid_input) with every rule that it breaks.

    ``by_another``: somebody else knows it, so it is changed at the first sign-in.
    """
    try:
        validate_password(password, account)
    except ValidationError as problem:
        said = "；".join(problem.messages)
        raise Refusal(
            "invalid_input", "password", said, "the password breaks a rule: " + ", ".join(_codes(problem))
        ) from None
    account.set_password(password)
    account.password_set_on = today()
    account.must_change = by_another


def is_due(account: Account) -> bool:
    """Whether the password must be changed before anything else."""
    set_on = account.password_set_on or timezone.localdate(account.date_joined)
    return account.must_change or today() - set_on > HELD_FOR


def _codes(problem: ValidationError) -> list[str]:
    return [str(error.code) for error in problem.error_list]
