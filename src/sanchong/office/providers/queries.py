"""Reading providers: the same in every realm, and no personal data, so that nothing of it enters the trail."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db.models import Exists, OuterRef, Q

from sanchong.office.dated import Dated
from sanchong.office.providers.models import Agreement, Post, Provider, Role, Standing, Suspension
from sanchong.office.providers.services import unknown_provider

D = TypeVar("D", bound=Dated)

MOST_ON_A_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Profile:
    """What a provider is on ``day``, as known on ``known_on``."""

    provider: Provider
    day: dt.date
    known_on: dt.date
    standings: Sequence[Standing]
    agreements: Sequence[Agreement]
    roles: Sequence[Role]
    suspensions: Sequence[Suspension]

    @property
    def settles_one_stop(self) -> bool:
        """Whether it is designated and serves one-stop, and its settlements are not stopped."""
        kinds = {agreement.kind for agreement in self.agreements}
        return {"designated", "one_stop"} <= kinds and not self.suspensions


@dataclass(frozen=True, slots=True)
class Page:
    """Some providers in the order of their codes, and after which code to ask on (None: these were the last)."""

    rows: Sequence[Profile]
    after: str | None


def find(code: str) -> Provider | None:
    """The provider with this code (fixmedins_code), or None."""
    return Provider.objects.filter(code=code).first()


def profile(code: str, day: dt.date, known_on: dt.date) -> Profile:
    """A provider as it is on a day; Refusal ``not_found`` for an unknown code."""
    found = find(code)
    if found is None:
        raise unknown_provider(code)
    return profiles([found], day, known_on)[0]


def page(
    day: dt.date,
    known_on: dt.date,
    *,
    text: str = "",
    kind: str = "",
    region: str = "",
    role: str = "",
    agreement: str = "",
    suspended: bool | None = None,
    after: str = "",
    size: int = 50,
) -> Page:
    """Providers by what they are on a day; ``text`` is in the name or begins the code. Statements do not grow with rows."""
    size = max(1, min(size, MOST_ON_A_PAGE))
    found = Provider.objects.filter(code__gt=after).order_by("code")

    def holds(model: type[Dated], **what: Any) -> Exists:
        return Exists(model.objects.at(day, known_on).filter(provider=OuterRef("pk"), **what))

    if text:
        found = found.filter(Q(name__contains=text) | Q(code__startswith=text))
    if kind:
        found = found.filter(kind=kind)
    if region:
        found = found.filter(holds(Standing, region=region))
    if role:
        found = found.filter(holds(Role, kind=role))
    if agreement:
        found = found.filter(holds(Agreement, kind=agreement))
    if suspended is not None:
        found = found.filter(holds(Suspension) if suspended else ~holds(Suspension))
    rows = list(found[: size + 1])
    more = len(rows) > size
    return Page(profiles(rows[:size], day, known_on), rows[size - 1].code if more else None)


def posts(code: str, day: dt.date, known_on: dt.date) -> list[Post]:
    """Who works at a provider on a day, with the practitioners."""
    held = Post.objects.at(day, known_on).filter(provider__code=code)
    return list(held.select_related("practitioner").order_by("practitioner__code", "pk"))


def profiles(providers: Sequence[Provider], day: dt.date, known_on: dt.date) -> list[Profile]:
    """What several providers are on a day, in their order; four statements, however many they are."""
    ids = [provider.pk for provider in providers]

    def held(model: type[D]) -> dict[int, list[D]]:
        rows: dict[int, list[D]] = defaultdict(list)
        for row in model.objects.at(day, known_on).filter(provider__in=ids).order_by("start", "pk"):
            rows[row.provider_id].append(row)
        return rows

    standings, agreements, roles, suspensions = held(Standing), held(Agreement), held(Role), held(Suspension)
    return [
        Profile(p, day, known_on, standings[p.pk], agreements[p.pk], roles[p.pk], suspensions[p.pk])
        for p in providers
    ]
