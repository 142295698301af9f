"""So much in a quarter of an hour, then none for its rest: failed sign-ins of an address, look-ups of an account.

A name is locked after five wrong passwords (axes); this stops whoever tries one password on many names, or many codes. The limit is
far above what people at the counters of one agency mistype, who share an address. An account that looks up more people than
anybody serves is no clerk but a script.
"""

from __future__ import annotations

import ipaddress
import time
from typing import Final

from django.db import connection

from sanchong.office.accounts.models import Knocks

WINDOW: Final = 15 * 60
"""Seconds."""
MOST: Final = 100
"""Failures of an address."""
MOST_LOOKUPS: Final = 600
"""Searches and persons' pages of an account; a person found by a search is two of them, so that this is one in three seconds."""

COUNT: Final = f"""
INSERT INTO {Knocks._meta.db_table} AS k (source, "window", times) VALUES (%s, %s, 1)
ON CONFLICT (source) DO UPDATE SET
    times = CASE WHEN excluded."window" > k."window" THEN 1 ELSE k.times + 1 END,
    "window" = CASE WHEN excluded."window" > k."window" THEN excluded."window" ELSE k."window" END
RETURNING times
"""


def closed(address: str) -> bool:
    """Whether too many attempts from this address have failed; a request without an address is never turned away."""
    found = Knocks.objects.filter(source=source_of(address), window=_window()).first()
    return found is not None and found.times >= MOST


def failed(address: str) -> None:
    """Count an attempt that failed. What was counted in earlier quarters goes."""
    source = source_of(address)
    if source:
        Knocks.objects.filter(window__lt=_window()).delete()
        _count(source)


def looks_up(account: int) -> bool:
    """Count that an account looks somebody up; whether it still may."""
    return _count(f"account {account}") <= MOST_LOOKUPS


def _count(source: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [source, _window()])
        return int(cursor.fetchone()[0])


def source_of(address: str) -> str:
    """Under what an address is counted; "" if it is none."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ip) if ip.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False))


def _window() -> int:
    return int(time.time()) // WINDOW
