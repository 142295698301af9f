"""Numbers that the office gives: of visits, settlements, persons."""

from __future__ import annotations

import secrets
from typing import Final

from sanchong.dates import today

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O and U, which are misread."""


def new_number(prefix: str) -> str:
    """A number that nobody has: a prefix, the day, twelve random characters."""
    return f"{prefix}{today():%Y%m%d}" + "".join(secrets.choice(ALPHABET) for _ in range(12))
