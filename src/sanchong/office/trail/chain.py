"""What the chain is made of: an entry's digest, and the hash that ties a seal to the one before it.

Both are SM3. They are not keyed: whoever has the rows and an exported head can recompute them without the office's secrets. Against
somebody who rewrites the whole chain stand the exported heads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from cryptography.hazmat.primitives import hashes

from sanchong.settlement.receipt import canonical

COLUMNS: Final = (
    "id",
    "at",
    "account",
    "on_behalf_of",
    "token",
    "act",
    "kind",
    "object_id",
    "person_id",
    "details",
    "address",
)
"""Every column of an entry, in the order in which it is hashed. A new column needs a new version beside the old."""

VERSION: Final = 1
BEGINNING: Final = bytes(32)
"""What the first seal follows."""


def digest(entry: Sequence[Any]) -> bytes:
    """The SM3 of an entry, given the values of its :data:`COLUMNS`."""
    number, at, *said = entry
    return _sm3(b"sanchong.trail.entry", canonical([VERSION, number, _moment(at), *said]))


def link(before: bytes, at: dt.datetime, digests: Sequence[bytes]) -> bytes:
    """A seal's hash: over the seal before, its own moment, and the digests of its entries in the order of their ids."""
    head = canonical([VERSION, before.hex(), _moment(at), len(digests)])
    return _sm3(b"sanchong.trail.seal", head, *digests)


def _moment(at: dt.datetime) -> str:
    """To the microsecond, which is what both databases keep, in UTC."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _sm3(*parts: bytes) -> bytes:
    hashed = hashes.Hash(hashes.SM3())
    for part in parts:
        hashed.update(part)
    return hashed.finalize()
