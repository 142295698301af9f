"""Sealing the trail: a chain of hashes over its entries, whose head is kept outside the database.

An entry gets its id before its transaction commits, so that one with a smaller id may appear after one with a larger.
Nothing therefore depends on the ids: an entry is sealed when it is there and has no row in ``Sealed``. The chain's order is
that of the seals, and within a seal that of the ids.

To read the whole trail every few seconds for what has no seal would be slow. ``seal`` looks only beyond the ids that had been
sealed when :data:`GRACE` ago; what a longer transaction wrote is found by the thorough search of each day.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

from django.db import connection, transaction
from django.db.models import Sum

from sanchong.office.trail.chain import BEGINNING, COLUMNS, digest, link
from sanchong.office.trail.heads import Head, append_head, exported, heads_folder
from sanchong.office.trail.models import Seal, Sealed
from sanchong.office.trail.queries import unsealed
from sanchong.office.trail.verifying import Finding, Progress, Report, verify

__all__ = ["Finding", "Progress", "Report", "export_head", "heads_folder", "seal", "verify"]

CHUNK: Final = 1000
"""Entries in one seal at most: a chunk takes the same number of statements whatever it holds."""
GRACE: Final = dt.timedelta(minutes=10)
"""How long a transaction may take for the next call to find what it wrote."""
LOCK: Final = 5_300_002
"""PostgreSQL's advisory lock of who seals. On SQLite a writing transaction is alone."""


def seal(now: dt.datetime, *, thorough: bool = False) -> int:
    """Seal the entries that are committed and not sealed, however many; returns how many were.

    ``thorough`` looks through the whole trail, the usual call through what is recent. One seals at a time; another waits.
    """
    sealed, beyond = 0, 0 if thorough else _long_sealed(now)
    while True:
        last, count = _seal_some(now, beyond)
        sealed += count
        if count < CHUNK:
            return sealed
        beyond = last


@transaction.atomic
def export_head(folder: Path, day: dt.date) -> bool:
    """Append the chain's head to ``heads.jsonl`` in ``folder``, once a day; whether a line was written.

    It is on the disk when this returns. Nothing is written before there is a seal.
    """
    _alone()
    if exported(folder, day):
        return False
    last = Seal.objects.order_by("-pk").first()
    if last is None:
        return False
    entries = Seal.objects.aggregate(sum=Sum("count"))["sum"]
    at = last.at.astimezone(dt.UTC).isoformat()
    append_head(folder, Head(day.isoformat(), last.pk, at, bytes(last.hash).hex(), entries))
    return True


@transaction.atomic
def _seal_some(now: dt.datetime, beyond: int) -> tuple[int, int]:
    """Seal the first unsealed entries beyond an id; the last one's id, and how many."""
    _alone()
    found = list(unsealed().filter(pk__gt=beyond).order_by("pk").values_list(*COLUMNS)[:CHUNK])
    if not found:
        return beyond, 0
    before = bytes(Seal.objects.order_by("-pk").values_list("hash", flat=True).first() or BEGINNING)
    digests = [digest(entry) for entry in found]
    made = Seal.objects.create(at=now, before=before, hash=link(before, now, digests), count=len(found))
    Sealed.objects.bulk_create(
        Sealed(entry=entry[0], seal=made, digest=hashed) for entry, hashed in zip(found, digests, strict=True)
    )
    return found[-1][0], len(found)


def _long_sealed(now: dt.datetime) -> int:
    """An id so old that what has a smaller one was committed or rolled back meanwhile, and is sealed."""
    old = Seal.objects.filter(at__lt=now - GRACE).order_by("-pk").values_list("pk", flat=True).first()
    if old is None:
        return 0
    return Sealed.objects.filter(seal=old).order_by("-entry").values_list("entry", flat=True).first() or 0


def _alone() -> None:
    """Wait until nobody else seals or exports, and keep others from it until the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
