"""Signing in by password: staff by their name, citizens by telephone; demonstration accounts from this machine only."""

from __future__ import annotations

import ipaddress
import re
from typing import Any, Final

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from sanchong.office.accounts.models import Account
from sanchong.office.proxies import PASSED_ON

TELEPHONE: Final = re.compile(r"1\d{10}", re.ASCII)


def sign_in_name(typed: str) -> str:
    """The name of the account that somebody means who typed this: a telephone number becomes its index."""
    plain = typed.strip()
    return Account.name_of_phone(plain) if TELEPHONE.fullmatch(plain) else plain


def lockout_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Under which name wrong passwords are counted: never a telephone number in clear."""
    typed = (credentials or {}).get("username") or request.POST.get("username", "")
    return sign_in_name(str(typed))[:150]


def from_here(request: HttpRequest) -> bool:
    """Whether a request comes from this machine, and not through a proxy on it."""
    if PASSED_ON in request.META:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class PasswordBackend(ModelBackend):
    """Django's check of a password, under our names. It gives no permissions: roles do."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> Account | None:
        """The active account with this name and password, or None."""
        found = super().authenticate(request, username=sign_in_name(username or ""), password=password)
        if not isinstance(found, Account):
            return None
        if found.demonstration and (request is None or not from_here(request)):
            return None
        return found
