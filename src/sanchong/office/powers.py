"""What a post may do with visits: which forms a page offers, and which commands claims' services carry out.

How far a post reaches (whose visits) is asked apart, in ``visibility.py`` and ``claims/services/reach.py``; what is the agency's
alone (later facts, recoveries, the year's end) in ``accounts.services.agency_only``. Nothing is read here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from sanchong.office.accounts.roles import ROLES
from sanchong.office.accounts.services import agency_only
from sanchong.settlement.refusal import Refusal

if TYPE_CHECKING:
    from sanchong.office.actor import Actor
    from sanchong.office.claims.known import Head
    from sanchong.office.claims.models import Visit

Power = Literal[
    "register", "amend", "diagnose", "lines", "discharge", "payouts", "cancel", "quote", "settle", "reverse"
]

EVERYTHING: Final[frozenset[Power]] = frozenset(get_args(Power))
NOTHING: Final[frozenset[Power]] = frozenset()
OF_PROVIDERS: Final[dict[str, frozenset[Power]]] = {
    "provider_operator": EVERYTHING,
    "physician": frozenset({"diagnose", "lines", "quote"}),
    "pharmacist": frozenset({"lines", "quote"}),
}
SAID: Final[dict[Power, tuple[str, str]]] = {
    "register": ("登记就诊", "register visits"),
    "amend": ("更改就诊登记", "correct what was registered"),
    "diagnose": ("录入诊断", "record diagnoses"),
    "lines": ("录入或撤销这次就诊的费用", "add or withdraw fee lines of this visit"),
    "discharge": ("办理出院", "discharge"),
    "payouts": ("登记其他赔付", "record what others pay"),
    "cancel": ("取消就诊", "cancel visits"),
    "quote": ("预结算这次就诊", "quote this visit"),
    "settle": ("结算", "settle"),
    "reverse": ("撤销结算", "reverse settlements"),
}
"""Each power in a refusal's words."""


def powers_of(actor: Actor) -> frozenset[Power]:
    """The agency's clerks and a provider's counter do everything, its physicians and pharmacists a part, others nothing.

    Programs and the office itself hold no post: their scopes decide, asked at the door (``api/``).
    """
    if actor.account is None:
        return EVERYTHING
    role = ROLES.get(actor.role)
    if role is None or actor.person is not None:
        return NOTHING
    if role.place == "provider":
        return OF_PROVIDERS.get(role.code, NOTHING)
    return EVERYTHING if role.serves else NOTHING


def powers_over(actor: Actor, visit: Visit | Head) -> frozenset[Power]:
    """As :func:`powers_of`, for one visit: a pharmacist adds what is dispensed, and has nothing to do with a ward's charges."""
    return NOTHING if actor.role == "pharmacist" and visit.kind == "inpatient" else powers_of(actor)


def require(actor: Actor, power: Power, visit: Visit | Head | None = None) -> None:
    """Refuse whose post may not do this at all, or not with this visit.

    Refusal ``agency_only`` for those who neither work at a provider nor handle people's matters for the agency, ``other_post``
    for a provider's people whose post it is not.
    """
    if actor.account is not None and (actor.person is not None or not actor.provider_code):
        agency_only(actor)
    if power in (powers_of(actor) if visit is None else powers_over(actor, visit)):
        return
    zh, en = SAID[power]
    role = ROLES.get(actor.role)
    raise Refusal(
        "other_post",
        "actor",
        f"{role.zh if role else '未任岗位'}不能{zh}；请由本机构{ROLES['provider_operator'].zh}办理",
        f"this post does not {en}; leave it to the provider's counter",
    )
