"""The city's areas, hospitals and pharmacies, and its catalogue, registered through the services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sanchong.dates import today
from sanchong.office.actor import Actor
from sanchong.office.catalogue import services as catalogue
from sanchong.office.keeping import When
from sanchong.office.operations.demo import bills
from sanchong.office.people import services as people
from sanchong.office.providers import services as providers
from sanchong.office.providers.models import Provider

COUNTIES: Final = {"140302": "城区", "140303": "矿区", "140311": "郊区", "140321": "平定县", "140322": "盂县"}
FIRST_TOWNSHIP: Final = 900
"""Townships here are numbered from 901, where no real one is."""

VILLAGES: Final = 2
"""Of each township."""


@dataclass(frozen=True, slots=True)
class Class:
    """A class of providers as the population's marginals name it."""

    name: str
    zh: str
    region: str
    """Its area, or "county": one after another over the counties."""
    level: int
    fee_class: int
    administrative_level: str
    share: int
    """Of twenty providers, so many."""
    kind: str = "hospital"


CLASSES: Final = (
    Class("city", "市医院", "140300", 3, 2, "city", 2),
    Class("county", "县医院", "county", 2, 2, "county", 5),
    Class("township", "卫生院", "county", 1, 3, "township", 5),
    Class("pharmacy", "药店", "county", 0, 3, "township", 6, "pharmacy"),
    Class("province", "省医院", "140100", 3, 1, "province", 1),
    Class("outside", "外埠医院", "110000", 3, 1, "province", 1),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A provider with where it is, and its physician's code ("" at a pharmacy)."""

    provider: Provider
    region: str
    physician: str


Places = Mapping[str, list[Place]]
"""By class."""


def since(year: int) -> When:
    """From a year before ``year`` on, known by then."""
    start = dt.date(year - 1, 1, 1)
    return When(start, known_from=min(start, today()), source="演示")


def township(code: str) -> str:
    """The area code of a township that the population names such as 140311-01."""
    county, number = code.split("-")
    return f"{county}{FIRST_TOWNSHIP + int(number)}"


def village(code: str, ordinal: int) -> str:
    """The area code of the village of a township (see :func:`township`) in which its ``ordinal``-th household lives."""
    return f"{township(code)}{ordinal % VILLAGES + 1:03d}"


def register_areas(actor: Actor, townships: set[str]) -> None:
    """Province, city, counties, and the townships in which somebody lives, with their villages."""
    for code, name in (("140000", "山西省"), ("140300", "阳泉市"), *COUNTIES.items()):
        people.register_area(actor, code, name)
    for code in sorted(townships):
        name = f"{COUNTIES[code[:6]]}第 {int(code[7:])} 乡镇"
        people.register_area(actor, township(code), f"{name}（演示）")
        for ordinal in range(VILLAGES):
            people.register_area(actor, village(code, ordinal), f"{name}第 {ordinal + 1} 村（演示）")


def counts(many: int) -> dict[str, int]:
    """How many of each class there are among ``many`` providers: at least one, the rest by share."""
    left = many - len(CLASSES)
    extra = {c.name: (c.share - 1) * left // (20 - len(CLASSES)) for c in CLASSES}
    extra["pharmacy"] += left - sum(extra.values())
    return {name: 1 + more for name, more in extra.items()}


def register_providers(actor: Actor, many: int, year: int) -> Places:
    """``many`` providers with standing, designation, roles, and a physician each."""
    when, wanted = since(year), counts(many)
    places: dict[str, list[Place]] = {}
    for c in CLASSES:
        for i in range(wanted[c.name]):
            region = list(COUNTIES)[i % len(COUNTIES)] if c.region == "county" else c.region
            code = f"{'P' if c.kind == 'pharmacy' else 'H'}{region}{CLASSES.index(c) + 1}{i + 1:04d}"
            where = COUNTIES.get(region, "")
            provider = providers.register(actor, code, f"{where}演示{c.zh} {i + 1}", c.kind)
            providers.stand(actor, provider, region, c.level, c.fee_class, c.administrative_level, when)
            for kind in ("designated", "one_stop"):
                providers.agree(actor, provider, kind, when, f"演示 {code} {kind}")
            for kind in ("chronic",) if c.kind == "pharmacy" else ("recognises", "chronic", "special_drug"):
                providers.give_role(actor, provider, kind, when)
            physician = "" if c.kind == "pharmacy" else f"D{code[1:]}1"
            if physician:
                who = providers.register_practitioner(actor, physician, f"演示医师 {code}")
                providers.post(actor, who, provider, "physician", when)
            places.setdefault(c.name, []).append(Place(provider, region, physician))
    return places


def make_catalogue(actor: Actor, year: int) -> None:
    """One edition, in force since a year before ``year``."""
    day = dt.date(year - 1, 1, 1)
    catalogue.make_edition(actor, "演示目录", day, bills.items(), known_from=min(day, today()))


def place_for(places: Places, name: str, county: str, number: int) -> Place:
    """The provider of a class where somebody of ``county`` goes: there if one is, ``number`` choosing among several."""
    among = places[name]
    near = [place for place in among if place.region == county] or among
    return near[number % len(near)]
