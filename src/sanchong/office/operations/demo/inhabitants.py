"""The people of the population registered: households, insurance, categories, recognitions, referrals."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from sanchong.dates import today
from sanchong.office import keeping
from sanchong.office.actor import Actor
from sanchong.office.keeping import When
from sanchong.office.operations.demo import folk
from sanchong.office.operations.demo.city import village
from sanchong.office.people import kinds, services
from sanchong.office.people.models import (
    Enrolment,
    Grant,
    Household,
    Person,
    Recognition,
    Referral,
    Waiver,
)
from sanchong.simulation.marginal_specs import HOUSEHOLD_CATEGORIES

Row = Mapping[str, Any]
Advance = Callable[[int], None]

CONTRIBUTION: Final = 40_000
"""A resident's contribution of a year, in fen."""
DEPARTMENT: Final = "民政局（演示）"


def register(actor: Actor, rows: Sequence[Row], year: int, advance: Advance) -> dict[str, Person]:
    """Persons by their name in the population, in their households, insured for the year."""
    identities = [folk.identity(n, row["age"], row["sex"] == "male", year) for n, row in enumerate(rows)]
    written = services.register_people(actor, identities)
    people = {row["person"]: person for row, person in zip(rows, written, strict=True)}
    homes: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        homes[row["household"]].append(row)
    when = _when(dt.date(year - 1, 1, 1))
    formed = [
        services.Home(
            village(members[0]["township"], ordinal),
            [people[m["person"]] for m in members],
            f"{actor.realm}-{name}",
        )
        for ordinal, (name, members) in enumerate(homes.items())
    ]
    services.form_households(actor, formed, when)
    advance(len(rows))
    keeping.keep(kinds.ENROLMENT, actor, [_enrolment(people[r["person"]], r, year) for r in rows])
    return people


def record_facts(
    actor: Actor, people: Mapping[str, Person], homes: Mapping[str, str], tables: Mapping[str, Sequence[Row]]
) -> None:
    """Categories, recognitions and waivers, each known since it began; ``homes`` are households by person."""
    keeping.keep(kinds.GRANT, actor, list(_grants(actor, people, homes, tables["categories"])))
    recognitions = [
        Recognition(
            person=people[row["person"]],
            disease=row["disease"],
            subtype=row["subtype"] or "",
            legacy=row["legacy"],
            department="市医院（演示）",
            **_when(row["from"], row["to"]).columns,
        )
        for row in tables["recognitions"]
        if row["from"] <= today()
    ]
    keeping.keep(kinds.RECOGNITION, actor, recognitions)
    waivers = [
        Waiver(
            person=people[row["person"]],
            first=row["disease_a"],
            second=row["disease_b"],
            **_when(min(today(), dt.date(2025, 1, 1))).columns,
        )
        for row in tables["waivers"]
    ]
    keeping.keep(kinds.WAIVER, actor, waivers)


def refer(actor: Actor, referred: Iterable[tuple[Person, str]], year: int) -> None:
    """Referrals of persons to providers, each for the year."""
    when = When(dt.date(year, 1, 1), dt.date(year, 12, 31), min(today(), dt.date(year, 1, 1)), "演示")
    rows = [Referral(person=person, provider_code=code, **when.columns) for person, code in referred]
    keeping.keep(kinds.REFERRAL, actor, rows)


def _enrolment(person: Person, row: Row, year: int) -> Enrolment:
    start = dt.date(year, 1, 1)
    return Enrolment(
        person=person,
        insurance=row["insurance"],
        region=row["region"],
        year=year,
        contribution=CONTRIBUTION if row["insurance"] == "resident" else 0,
        **When(start, dt.date(year, 12, 31), min(start, today()), "演示").columns,
    )


def _grants(
    actor: Actor, people: Mapping[str, Person], homes: Mapping[str, str], rows: Iterable[Row]
) -> Iterable[Grant]:
    """A household's category once, a person's for each."""
    numbers = {name: f"{actor.realm}-{name}" for name in homes.values()}
    households = {h.number: h for h in Household.objects.filter(number__in=set(numbers.values()))}
    seen: set[tuple[str, str, dt.date]] = set()
    for row in rows:
        if row["from"] > today():
            continue
        owner: dict[str, Any] = {"person": people[row["person"]]}
        if row["category"] in HOUSEHOLD_CATEGORIES:
            home = homes[row["person"]]
            if (home, row["category"], row["from"]) in seen:
                continue
            seen.add((home, row["category"], row["from"]))
            owner = {"household": households[numbers[home]]}
        when = _when(row["from"], row["to"])
        yield Grant(**owner, category=row["category"], department=DEPARTMENT, **when.columns)


def _when(start: dt.date, end: dt.date | None = None) -> When:
    return When(start, end, min(start, today()), "演示")
