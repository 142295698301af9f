"""How a case is to be settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sanchong.version import ENGINE


@dataclass(frozen=True, slots=True)
class Options:
    """How to settle: which assumed values are accepted, a default known-on date, whether to explain."""

    accept_assumed: bool | Collection[str] = False
    """True for all, or the addresses (or prefixes of addresses) that are accepted."""
    known_on: dt.date | None = None
    explain: bool = True
    lang: str = "zh"
    """The language of a refusal's message, zh or en."""
    also_known: frozenset[str] = frozenset()
    """Documents taken as known whatever the known-on date: the fact of a re-settlement."""
    told_by: str = ENGINE
    """The engine, as a receipt names it, in whose words the explanation is: that of a result which is computed again."""

    def accepts(self, address: str) -> bool:
        """Whether the assumed value at ``address`` may be used."""
        if isinstance(self.accept_assumed, bool):
            return self.accept_assumed
        return any(address == a or address.startswith(a.rstrip(".") + ".") for a in self.accept_assumed)
