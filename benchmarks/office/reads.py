"""What is read in a large office, each read with the statements it takes and the tables that PostgreSQL walks through for it."""

from __future__ import annotations

import datetime as dt
import random
import statistics
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from time import perf_counter
from typing import Any, Final

import orjson
from django.db import connection
from django.test import Client

from sanchong.dates import today
from sanchong.office.accounts import services as accounts
from sanchong.office.accounts.models import Realm, Scope
from sanchong.office.actor import Actor
from sanchong.office.catalogue import queries as catalogue
from sanchong.office.catalogue.models import Edition
from sanchong.office.claims import eligibility, statement
from sanchong.office.claims import queries as claims
from sanchong.office.claims.models import PersonYear, Settlement, Visit
from sanchong.office.people import queries as people
from sanchong.office.people.models import Area, Person
from sanchong.office.people.services import card_index
from sanchong.office.providers import queries as providers
from sanchong.office.providers.models import Provider

Read = Callable[[int], Any]
"""Given a random number, does the read once."""

LARGE: Final = 10_000
"""Rows from which on a table is not to be walked through."""
SAMPLE: Final = 200
NOBODYS: Final = "H14030099999"
"""A provider that has no visits."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A read: seconds of each repeat in rising order, statements of one, tables of LARGE size walked through."""

    seconds: list[float]
    statements: int
    walked: list[str]

    def at(self, share: float) -> float:
        """The time that this share of the repeats kept within, in milliseconds."""
        return self.seconds[round(share * (len(self.seconds) - 1))] * 1000

    @property
    def median(self) -> float:
        """In milliseconds."""
        return statistics.median(self.seconds) * 1000


def measure(loaded: int, repeats: int, seed: int = 1) -> dict[str, Any]:
    """Every read ``repeats`` times, by turns; ``loaded`` of the people, the first, are no clones."""
    reads = {**_by_function(loaded), **_by_http()}
    dice = random.Random(seed)
    times: dict[str, list[float]] = {name: [] for name in reads}
    statements: dict[str, int] = dict.fromkeys(reads, 0)
    seen: dict[str, list[str]] = {}
    for name, read in reads.items():
        seen[name] = _statements(read, dice.randrange(10**9))  # and the law is read
    for _ in range(repeats):
        for name, read in reads.items():
            turn = dice.randrange(10**9)
            with _Counted() as counted:
                began = perf_counter()
                read(turn)
                times[name].append(perf_counter() - began)
            statements[name] = max(statements[name], counted.count)
    return {
        name: asdict(Seen(sorted(times[name]), statements[name], sorted(set(_walked(seen[name])))))
        for name in reads
    }


def _by_function(loaded: int) -> dict[str, Read]:
    actor = Actor(accounts.ledger().pk)
    day = today()
    first, last = 1, Person.objects.order_by("-pk").values_list("pk", flat=True)[0]
    dice = random.Random(2)
    originals = list(
        Person.objects.filter(pk__in=dice.sample(range(1, loaded + 1), min(SAMPLE, loaded // 2)))
    )
    for person in originals:
        person.card_index = card_index(f"CARD{person.pk}")
    Person.objects.bulk_update(originals, ["card_index"])
    some = list(Person.objects.filter(pk__in=[dice.randint(first, last) for _ in range(SAMPLE)]))
    with_year = list(
        PersonYear.objects.filter(pk__gte=dice.randint(first, last // 2)).select_related("person")[:SAMPLE]
    )
    ill = [year.person for year in with_year]
    settled = list(Settlement.objects.filter(visit__lte=loaded).order_by("-pk")[:SAMPLE])
    visited = list(Visit.objects.filter(person__lte=loaded, state="settled").order_by("-pk")[:SAMPLE])
    known = list(Provider.objects.exclude(code=NOBODYS).order_by("pk"))
    Provider.objects.get_or_create(code=NOBODYS, defaults={"name": "新机构（演示）", "kind": "hospital"})
    counter = replace(actor, provider_code=known[0].code)
    new = replace(actor, provider_code=NOBODYS)
    edition = Edition.objects.order_by("-pk")[0]
    area = Area.objects.filter(level="township").order_by("code")[0].code
    middle = last // 2
    month = dt.date(day.year, day.month, 1)
    visits, settlements = (
        model.objects.order_by("-pk").values_list("pk", flat=True)[0] for model in (Visit, Settlement)
    )

    def one(rows: list[Any], n: int) -> Any:
        return rows[n % len(rows)]

    def might_be(n: int) -> Any:
        item = eligibility.Item("D-COMMON", 1_000_000)
        person = one(some, n).number
        return eligibility.outlook(
            actor, eligibility.Hypothesis(person, "inpatient", day, known[0].code, items=(item,))
        )

    return {
        "a person by number": lambda n: people.find_by_number(actor, one(some, n).number),
        "a person by document": lambda n: people.find_by_identity(actor, one(originals, n).identity_number),
        "a person by card": lambda n: people.find_by_card(actor, f"CARD{one(originals, n).pk}"),
        "people by name": lambda n: people.find_by_name(actor, one(some, n).name),
        "a person's rights": lambda n: people.rights(actor, one(some, n).number, day, day),
        "eligibility": might_be,
        "a person's year": lambda n: claims.account(actor, one(ill, n).number, day.year),
        "a visit": lambda n: claims.visit(actor, one(visited, n).number),
        "a statement, computed again": lambda n: statement.statement(actor, one(settled, n).number),
        "people, first page": lambda _: people.page(actor, day, day),
        "people, deep": lambda n: people.page(actor, day, day, after=middle + n % 1000),
        "people of a township": lambda _: people.page(actor, day, day, area=area),
        "people of the city": lambda _: people.page(actor, day, day, area="140300"),
        "people of a category": lambda _: people.page(actor, day, day, category="subsistence_allowance"),
        "people of a rare category": lambda _: people.page(actor, day, day, category="orphan"),
        "people with a disease": lambda _: people.page(actor, day, day, disease="diabetes"),
        "people with a rare disease": lambda _: people.page(actor, day, day, disease="wilson"),
        "visits, first page": lambda _: claims.visits(actor),
        "visits, deep": lambda n: claims.visits(actor, after=visits // 2 + n % 1000),
        "visits of a person": lambda n: claims.visits(actor, person=one(ill, n).number),
        "visits of a provider": lambda n: claims.visits(actor, provider=one(known, n).code),
        "visits in a state": lambda n: claims.visits(actor, state=("diagnosed", "registered")[n % 2]),
        "visits in a state that none has": lambda _: claims.visits(actor, state="cancelled"),
        "visits of this month": lambda _: claims.visits(actor, since=month),
        "visits of a day": lambda _: claims.visits(actor, since=month, until=month),
        "visits of a day that had none": lambda _: claims.visits(actor, until=dt.date(2000, 1, 1)),
        "visits at the counter": lambda _: claims.visits(counter),
        "visits of a new provider": lambda _: claims.visits(new),
        "settlements, first page": lambda _: claims.settlements(actor),
        "settlements, deep": lambda n: claims.settlements(actor, after=settlements // 2 + n % 1000),
        "settlements of a person": lambda n: claims.settlements(actor, person=one(ill, n).number),
        "settlements of a provider": lambda n: claims.settlements(actor, provider=one(known, n).code),
        "settlements of a new provider": lambda _: claims.settlements(new),
        "settlements of a kind that none has": lambda _: claims.settlements(actor, kind="adjust"),
        "settlements of a day": lambda _: claims.settlements(actor, since=month, until=month),
        "settlements of a day that had none": lambda _: claims.settlements(actor, until=dt.date(2000, 1, 1)),
        "manual cases": lambda _: claims.manual_cases(actor),
        "providers": lambda _: providers.page(day, day),
        "providers of an area": lambda _: providers.page(day, day, region="140302", agreement="designated"),
        "catalogue": lambda _: catalogue.search(edition, ""),
        "catalogue by name": lambda _: catalogue.search(edition, "西药"),
    }


def _by_http() -> dict[str, Read]:
    """The same through the interface, with a token of the agency."""
    actor = Actor(accounts.ledger().pk)
    issued = accounts.issue(
        actor, "benchmark", Realm.objects.get(pk=actor.realm), list(Scope.values), per_minute=60_000
    )
    client = Client(SERVER_NAME="localhost", headers={"Authorization": f"Bearer {issued.secret}"})
    last = Person.objects.order_by("-pk").values_list("pk", flat=True)[0]
    numbers = list(Person.objects.filter(years__pk__gt=last // 3).values_list("number", flat=True)[:SAMPLE])

    def get(path: str) -> Any:
        return _answered(client.get(f"/api/v1/{path}"))

    def lookup(n: int) -> Any:
        body = orjson.dumps({"number": numbers[n % len(numbers)]})
        return _answered(client.post("/api/v1/people/lookup", body, "application/json"))

    return {
        "HTTP: look-up by number": lookup,
        "HTTP: a person's year": lambda n: get(f"people/{numbers[n % len(numbers)]}/years/{today().year}"),
        "HTTP: people": lambda _: get("people"),
        "HTTP: visits": lambda _: get("visits"),
        "HTTP: settlements": lambda _: get("settlements"),
        "HTTP: manual cases": lambda _: get("manual-cases"),
    }


def _answered(response: Any) -> Any:
    assert response.status_code == 200, response.content
    return response


# ── statements ───────────────────────────────────────────────────────────────────────────────


class _Counted:
    """Counts this process's statements while it stands."""

    def __init__(self) -> None:
        self.count = 0
        self._wrapped = connection.execute_wrapper(self._note)

    def _note(self, execute: Any, sql: str, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
        self.count += 1
        return execute(sql, params, many, context)

    def __enter__(self) -> _Counted:
        self._wrapped.__enter__()
        return self

    def __exit__(self, *problem: object) -> None:
        self._wrapped.__exit__(*problem)


def _statements(read: Read, turn: int) -> list[str]:
    """Do a read, and explain each of its SELECTs: the plans, as JSON."""
    told: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
        told.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        read(turn)
    plans = []
    with connection.cursor() as cursor:
        for sql, params in told:
            if sql.lstrip().startswith("SELECT"):
                cursor.execute(f"EXPLAIN (FORMAT JSON, COSTS OFF) {sql}", params)
                plans.append(cursor.fetchone()[0])
    return [orjson.dumps(plan).decode() if not isinstance(plan, str) else plan for plan in plans]


def _walked(plans: list[str]) -> Iterator[str]:
    """The tables of LARGE size of which a plan reads every row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [LARGE])
        large = {name for (name,) in cursor.fetchall()}
    for plan in plans:
        for node in _nodes(orjson.loads(plan)[0]["Plan"]):
            if "Seq Scan" in node["Node Type"] and node["Relation Name"] in large:
                yield node["Relation Name"]


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)
