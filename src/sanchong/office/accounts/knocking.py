"""So much in a quarter of an hour, then none for its rest: what addresses and accounts may ask for.

A name is locked after five wrong passwords (axes); this stops whoever tries one password on many names, or many codes. The limit is
far above what people at the counters of one agency mistype, who share an address. An account that looks up more people than
anybody serves is no clerk but a script; what takes long to make (a workbook, a study, a preview of a later fact) is asked for
by people who then read it. Counted is how often, never what was asked.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import time
from typing import Final

from django.db import connection
from django.utils import timezone

from sanchong.office.accounts.models import Knocks

WINDOW: Final = 15 * 60
"""Seconds."""
MOST: Final = 100
"""Failures of an address."""
MOST_LOOKUPS: Final = 600
"""Searches and persons' pages of an account; a person found by a search is two of them, so that this is one in three seconds."""
MOST_CALCULATIONS: Final = 1_800
"""Answers of the calculator to an address, two a second: it answers while somebody types, and a clinic's visitors share one."""
MOST_COSTLY: Final = 90
"""Exports, studies, imports and previews of an account: one in ten seconds."""

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
    """Count an attempt that failed."""
    source = source_of(address)
    if source:
        _count(source)


def looks_up(account: int) -> bool:
    """Count that an account looks somebody up; whether it still may."""
    return _count(f"account {account}") <= MOST_LOOKUPS


def calculates(address: str) -> bool:
    """Count that somebody at an address asks the calculator; whether they still may. A request without an address may."""
    source = source_of(address)
    return not source or _count(f"calculate {source}") <= MOST_CALCULATIONS


def costs(account: int) -> bool:
    """Count that an account asks for what takes long; whether it still may."""
    return _count(f"costly {account}") <= MOST_COSTLY


def opens_at() -> dt.datetime:
    """When the next quarter of an hour begins: until then who was turned away need not come again."""
    return dt.datetime.fromtimestamp((_window() + 1) * WINDOW, timezone.get_current_timezone())


def source_of(address: str) -> str:
    """Under what an address is counted; "" if it is none."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ip) if ip.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False))


def _count(source: str) -> int:
    """How often it was in this quarter, this time included. What was counted in earlier quarters goes with the first."""
    window = _window()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [source, window])
        times = int(cursor.fetchone()[0])
    if times == 1:
        Knocks.objects.filter(window__lt=window).delete()
    return times


def _window() -> int:
    return int(time.time()) // WINDOW
