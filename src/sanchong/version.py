"""The engine's version, named in every receipt."""

from __future__ import annotations

import re
from typing import Final

VERSION: Final = "0.2.0"
ENGINE: Final = f"sanchong {VERSION}"
CURRENT: Final = tuple(map(int, VERSION.split(".")))

_NAMED: Final = re.compile(r"sanchong ([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})")


def version_of(engine: str) -> tuple[int, ...]:
    """The version of an engine as a receipt names it; this one's for a later one, and for what names none."""
    named = _NAMED.fullmatch(engine)
    return min(tuple(map(int, named.groups())), CURRENT) if named else CURRENT
