"""Whether a stay was referred as the rules demand. Nobody is asked for a bare yes or no."""

from __future__ import annotations

import datetime as dt

from sanchong import Engine
from sanchong.office.claims.known import Head, Known


def referred(head: Head, known: Known, engine: Engine, known_on: dt.date) -> bool:
    """Whether the stay needed no referral, or one is on record for its provider or its provider's area."""
    standing = known.of("standing")
    registration = known.of("registration")
    if head.kind != "inpatient" or not standing or not registration:
        return True
    outside = standing[0].words[0][:4] != registration[0].words[0][:4]
    if not outside:
        return True
    return any(
        fact.words[0] == head.provider_code
        or (not fact.words[0] and standing[0].words[0].startswith(fact.words[1][:4]))
        for fact in known.of("referral")
    ) or any(standing[0].words[0].startswith(fact.words[0][:4]) for fact in known.of("cross_area"))
