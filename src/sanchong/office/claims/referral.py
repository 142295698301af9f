"""Whether a stay was referred as the rules demand. Nobody is asked for a bare yes or no."""

from __future__ import annotations

from typing import Final

from sanchong.office.claims.known import Head, Known
from sanchong.office.claims.values import Values
from sanchong.rules.referral import referral_needed
from sanchong.shapes import FIRST_CONTACT_LEVEL

CITY: Final = 4
"""Digits of an area's code that name its city."""


def referred(head: Head, known: Known, values: Values) -> bool:
    """Whether the stay needed no referral, or one is on record for its provider or its provider's area.

    Within the city of registration the level of first contact decides, which is looked up in the law: Refusal if it has
    no value there, or an assumed one that was not accepted.
    """
    standing = known.of("standing")
    registration = known.of("registration")
    if head.kind != "inpatient" or not standing or not registration:
        return True
    region, level = standing[0].words[0], int(standing[0].words[1].split()[0])
    return not needs_referral(region, level, registration[0].words[0], values) or referral_on_record(
        head, known, region
    )


def needs_referral(region: str, level: int, registered: str, values: Values) -> bool:
    """The rule, asked for a provider of ``level`` in ``region`` and a person registered at ``registered``.

    Outside the person's city the level does not matter and is not looked up.
    """
    within = in_city(region, registered)
    return referral_needed(level, within, values.count(FIRST_CONTACT_LEVEL) if within else 0)


def in_city(region: str, registered: str) -> bool:
    """Whether an area lies in the city of another."""
    return region[:CITY] == registered[:CITY]


def referral_on_record(head: Head, known: Known, region: str) -> bool:
    """Whether a referral, or care in another area, is on record for the visit's provider or the provider's ``region``."""
    return any(
        fact.words[0] == head.provider_code or (not fact.words[0] and region.startswith(fact.words[1][:CITY]))
        for fact in known.of("referral")
    ) or any(region.startswith(fact.words[0][:CITY]) for fact in known.of("cross_area"))
