"""The demonstration: a city with its people and a year, all or nothing, into an empty office."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Count

from sanchong.dates import today
from sanchong.office.accounts.demonstration import AREAS, open_accounts
from sanchong.office.accounts.services import open_ledger, sandbox_of
from sanchong.office.actor import Actor
from sanchong.office.api.sandbox import open_sandbox
from sanchong.office.claims import services as claims
from sanchong.office.claims.models import PersonYear, Settlement
from sanchong.office.lawbook import services as lawbook
from sanchong.office.lawbook.models import Acceptance, Activation
from sanchong.office.operations.demo import city, encounters, family, inhabitants
from sanchong.office.people.models import Area, Person
from sanchong.office.providers.models import Provider
from sanchong.office.providers.services import unknown_provider
from sanchong.settlement.refusal import Refusal
from sanchong.shapes import ADDRESSES
from sanchong.simulation.marginals import load_marginals, shipped
from sanchong.simulation.population import Population, draw_blocks
from sanchong.simulation.setting import NotInForce, setting_of

AREA: Final = "140300"
MOST_PEOPLE: Final = 50_000
DECIDED_BY: Final = "演示 (demonstration)"
REASON: Final = (
    "演示用：示例数据不是任何城市的规定 (for the demonstration: illustrations are no city's rules)"
)

Begin = Callable[[str, str, int], Callable[[int], None]]
"""Told of each step (Chinese, English, how many), gives what to call with how many more are done."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be made. The same numbers on the same day give the same people, bills and amounts."""

    people: int = 2000
    providers: int = 20
    year: int = 2026
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Made:
    """What was made."""

    people: int
    providers: int
    visits: encounters.Told
    hospital: str
    """The code of a hospital whose sandbox is open, with test people."""
    token: str
    """The secret of a token to that sandbox."""


def refuse_data() -> None:
    """Refusal ``not_empty`` if the office has anybody or anything of its own."""
    for model in (Person, Provider, Area, Settlement):
        if model._default_manager.exists():
            raise Refusal(
                "not_empty",
                "database",
                "数据库中已有数据；此命令只能用于空库，请另设 SANCHONG_HOME 或 SANCHONG_DATABASE",
                "the database has data; this is for an empty one: set another SANCHONG_HOME or SANCHONG_DATABASE",
            )


@transaction.atomic
def build(wanted: Wanted, begin: Begin) -> Made:
    """Make the city; Refusal if the office is not empty, or the population cannot be drawn for the year."""
    refuse_data()
    actor = Actor(open_ledger().pk)
    adopt_law()
    tables = draw(wanted)
    city.register_areas(actor, {row["township"] for row in tables["people"]})
    places = city.register_providers(actor, wanted.providers, wanted.year)
    city.make_catalogue(actor, wanted.year)
    advance = begin("登记参保人", "Registering people", wanted.people)
    people = inhabitants.register(actor, tables["people"], wanted.year, advance)
    homes = {row["person"]: row["household"] for row in tables["people"]}
    inhabitants.record_facts(actor, people, homes, tables)
    told = _live(actor, wanted, tables, people, places, begin)
    hospital = places["city"][0].provider
    open_accounts(actor, hospital.code, hospital.name, posts())
    family.open_accounts(actor, tables["people"], people, wanted.year)
    token = open_sandbox(actor, hospital.code, "演示").secret
    return Made(wanted.people, wanted.providers, told, hospital.code, token)


def posts() -> dict[str, tuple[str, str]]:
    """Where the demonstration's accounts of a township and a village act: where most of its people live, of the county's."""
    villages = (
        Area.objects.filter(level="village").annotate(homes=Count("registration")).order_by("-homes", "code")
    )
    village = villages.filter(code__startswith=AREAS["agency_county"]).first() or villages[0]
    township = village.parent
    assert township is not None
    return {
        "agency_township": (township.code, f"{township.name}便民服务中心"),
        "agency_village": (village.code, f"{village.name}便民服务点"),
    }


def draw(wanted: Wanted) -> dict[str, list[dict[str, Any]]]:
    """The population's tables as rows; Refusal ``no_scheme`` if the law has no outpatient scheme in the year."""
    law = lawbook.engine_of(lawbook.active_bundle()).law
    try:
        setting = setting_of(law, AREA, wanted.year)
    except NotInForce:
        raise Refusal(
            "no_scheme",
            "--year",
            f"{wanted.year} 年没有施行中的门诊慢特病规定；请另选年份",
            f"no outpatient scheme is in force in {wanted.year}: choose another year",
        ) from None
    population = Population(load_marginals(shipped(AREA)), setting, wanted.seed, wanted.people)
    tables: dict[str, list[dict[str, Any]]] = {}
    for block in draw_blocks(population, 1):
        for name, batch in block.items():
            tables.setdefault(name, []).extend(batch.to_pylist())
    return tables


def adopt_law() -> None:
    """The shipped law active, and every illustration accepted by name, with the reason."""
    if not Activation.objects.exists():
        lawbook.activate(lawbook.keep(), "演示 (demonstration)")
    if not Acceptance.objects.exists():
        for family in sorted({address.name.split(".")[0] for address in ADDRESSES}):
            lawbook.accept(family, DECIDED_BY, REASON)


@transaction.atomic
def sandbox_for(provider_code: str, people: int, year: int) -> int:
    """A provider's sandbox filled with ``people``, drawn like the demonstration's; how many. Refusal if it has people."""
    if not Provider.objects.filter(code=provider_code).exists():
        raise unknown_provider(provider_code)
    rows = draw(Wanted(people=people, year=year))["people"]
    city.register_areas(Actor(open_ledger().pk), {row["township"] for row in rows})
    return fill_sandbox(provider_code, rows, year)


def fill_sandbox(provider_code: str, rows: list[dict[str, Any]], year: int) -> int:
    """Test people for a provider's sandbox, registered as the provider would; how many."""
    realm = sandbox_of(provider_code)
    if Person.objects.filter(realm=realm).exists():
        raise Refusal(
            "not_empty", "sandbox", f"{provider_code} 的沙箱已有人员", f"{provider_code}'s sandbox has people"
        )
    actor = Actor(realm.pk, provider_code=provider_code)
    inhabitants.register(actor, rows, year, lambda _: None)
    return len(rows)


def _live(
    actor: Actor,
    wanted: Wanted,
    tables: dict[str, list[dict[str, Any]]],
    people: dict[str, Person],
    places: city.Places,
    begin: Begin,
) -> encounters.Told:
    """The year, visit by visit; then some are reversed, and a past year is closed."""
    counties = {row["person"]: row["household_region"] for row in tables["people"]}
    visits = encounters.in_order(tables["visits"])
    at = [encounters.place_of(places, row, counties[row["person"]]) for row in visits]
    referred = {
        (row["person"], place.provider.code)
        for row, place in zip(visits, at, strict=True)
        if row["kind"] == "inpatient" and row["referred"] and place.region[:4] != AREA[:4]
    }
    inhabitants.refer(actor, [(people[name], code) for name, code in sorted(referred)], wanted.year)
    told = encounters.Told()
    advance = begin("登记并结算就诊", "Settling visits", len(visits))
    settled = []
    for n, (row, place) in enumerate(zip(visits, at, strict=True), 1):
        number = encounters.settle(
            actor, people[row["person"]], row, place, f"demo-{wanted.seed}-{n:06d}", told
        )
        settled += [number] if number else []
        advance(1)
    encounters.reverse_some(actor, settled, told)
    if wanted.year < today().year:
        years = list(PersonYear.objects.filter(year=wanted.year).values_list("person__number", flat=True))
        advance = begin("年终结算", "Closing the year", len(years))
        for person in years:
            claims.close_year(actor, f"demo-close-{person}", person, wanted.year)
            told.closed += 1
            advance(1)
    return told
