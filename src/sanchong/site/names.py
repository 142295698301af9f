"""The address of each page: readable, safe as a file name anywhere, and one of its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Final

from sanchong.law.asking import families
from sanchong.shapes import ADDRESSES
from sanchong.site.model import Shelf

LONGEST: Final = 120
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+|\.{2,}")
RESERVED: Final = frozenset({"index", "con", "prn", "aux", "nul"})


class Names:
    """The path of every page that has an address of its own, relative to the language's folder."""

    def __init__(self, shelf: Shelf) -> None:
        self._paths: dict[tuple[str, str], str] = {}
        self._enter("documents", (document.id for document in shelf.law.documents))
        self._enter("clauses", shelf.law.clauses)
        self._enter("values", [*families(), *(address.name for address in ADDRESSES)])
        self._enter("rules", shelf.rules)
        self._enter("cases", (case.id for case in shelf.worked))

    def _enter(self, kind: str, names: Iterable[str]) -> None:
        taken = set(RESERVED)
        for name in names:
            safe = _UNSAFE.sub("-", name).strip(".-")[:LONGEST]
            if not safe or safe.casefold() in taken:
                safe = f"{safe or 'page'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
            taken.add(safe.casefold())
            self._paths[kind, name] = f"{kind}/{safe}.html"

    def path(self, kind: str, name: str) -> str:
        """The page of a document, clause, value, rule or worked case."""
        return self._paths[kind, name]
