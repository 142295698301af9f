"""What a post may do with visits: which forms it is offered, and which it may send."""

from __future__ import annotations

from typing import Final

from sanchong.office.accounts.roles import ROLES
from sanchong.office.actor import Actor
from sanchong.office.claims.models import Visit

EVERYTHING: Final = frozenset(
    {"register", "amend", "diagnose", "lines", "discharge", "payouts", "cancel", "settle", "reverse"}
)
OF_PROVIDERS: Final = {
    "provider_operator": EVERYTHING,
    "physician": frozenset({"diagnose", "lines"}),
    "pharmacist": frozenset({"lines"}),
}
NOTHING: Final[frozenset[str]] = frozenset()


def powers_of(actor: Actor) -> frozenset[str]:
    """Of somebody signed in: the agency's clerks and a provider's counter do everything, its physicians and pharmacists a part."""
    role = ROLES.get(actor.role)
    if role is None or actor.person is not None:
        return NOTHING
    if role.place == "provider":
        return OF_PROVIDERS.get(role.code, NOTHING)
    return EVERYTHING if role.serves else NOTHING


def powers_over(actor: Actor, visit: Visit) -> frozenset[str]:
    """As :func:`powers_of`, for one visit: a pharmacist adds what is dispensed, not what a ward charges."""
    powers = powers_of(actor)
    return powers - {"lines"} if actor.role == "pharmacist" and visit.kind == "inpatient" else powers
