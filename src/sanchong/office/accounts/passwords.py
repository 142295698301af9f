"""What a password must be: Django's rules, and some of our own. It is changed every half year, and after somebody else set it."""

from __future__ import annotations

import datetime as dt
import string
import unicodedata
from functools import cache
from typing import Any, Final

from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from sanchong.dates import today
from sanchong.office.accounts.models import Account
from sanchong.settlement.refusal import Refusal

SHORTEST: Final = 10
KINDS: Final = 2
HELD_FOR: Final = dt.timedelta(days=180)


OWN_WORDS: Final = (
    "sanchong", "三重", "医疗保障", "医保局", "医保", "yibao", "ybj", "阳泉", "yangquan", "晋中", "jinzhong", "山西", "shanxi",
    "administrator", "admin", "password", "密码",
)  # fmt: skip
"""The longer before the shorter that they hold."""


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


class OwnWordsValidator:
    """Names of the system, the office and its place do not count towards the length: they are the first that somebody tries."""

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError unless ten characters are left without them."""
        left = password.lower()
        for word in OWN_WORDS:
            left = left.replace(word, "")
        if len(left) < SHORTEST:
            raise ValidationError(
                f"系统、单位、地区的名称和“admin”之类的词不计入长度，除此以外至少 {SHORTEST} 个字符",
                code="own_words",
            )

    def get_help_text(self) -> str:
        """What pages say beside the field."""
        return "系统、单位、地区的名称不计入长度。"


class CommonRootValidator:
    """A common password is one with digits or signs around it, too."""

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError if what is left without them at both ends is on Django's list."""
        plain = password.lower()
        letters = plain.strip(string.digits + string.punctuation + string.whitespace)
        roots = {letters, plain.strip(string.punctuation + string.whitespace)}
        if roots & _common():
            raise ValidationError("这是常见密码前后加了数字或符号，很容易被猜到", code="common_root")

    def get_help_text(self) -> str:
        """What pages say beside the field."""
        return "不要在常见密码前后加数字或符号。"


@cache
def _common() -> frozenset[str]:
    """Django's list of common passwords, read once."""
    return frozenset(CommonPasswordValidator().passwords)


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
