"""Many people and visits at once, for tests of many requests: what world.py makes one by one, written in bulk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from tests.office.world import LONG_AGO, City

from sanchong.office.claims.models import FeeLine, Visit
from sanchong.office.people.models import (
    Enrolment,
    Grant,
    Household,
    Member,
    Person,
    Recognition,
    Registration,
)

YEAR: Final = 2026
SINCE: Final[dict[str, Any]] = {"start": LONG_AGO, "known_from": LONG_AGO}
FIRST: Final = 100_000_000
"""The number of the first person and of the first visit, after the letter."""
AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Crowd:
    """People by their ids, and the numbers of each one's diagnosed visits."""

    people: list[str]
    visits: list[list[str]]


def gather(
    city: City,
    people: int,
    visits: int,
    lines: int = 3,
    kinds: Sequence[str] = ("inpatient", "outpatient"),
) -> Crowd:
    """``people`` residents on subsistence allowance with diabetes, each with ``visits`` diagnosed visits of 2026.

    The visits are of ``kinds`` in turn; what they cost differs from visit to visit.
    """
    persons = Person.objects.bulk_create(
        (
            Person(
                number=f"P{FIRST + i}",
                realm=city.realm,
                identity_number=f"140302{19900101 + i:012}",
                identity_index=Person.index_of("identity", f"{i}"),
                name="张三",
                name_index=Person.index_of("name", "张三"),
                sex="1",
            )
            for i in range(people)
        ),
        AT_ONCE,
    )
    homes = Household.objects.bulk_create(
        (Household(number=f"H{FIRST + i}", realm=city.realm) for i in range(people)), AT_ONCE
    )
    pairs = list(zip(persons, homes, strict=True))
    Member.objects.bulk_create((Member(person=p, household=h, **SINCE) for p, h in pairs), AT_ONCE)
    Registration.objects.bulk_create(
        (Registration(household=h, area_id="140302", **SINCE) for h in homes), AT_ONCE
    )
    Enrolment.objects.bulk_create(
        (
            Enrolment(person=p, insurance="resident", region="140300", year=YEAR, contribution=40000, **SINCE)
            for p in persons
        ),
        AT_ONCE,
    )
    Grant.objects.bulk_create(
        (Grant(household=h, category="subsistence_allowance", department="民政局", **SINCE) for h in homes),
        AT_ONCE,
    )
    Recognition.objects.bulk_create(
        (Recognition(person=p, disease="diabetes", department="市医院", **SINCE) for p in persons), AT_ONCE
    )
    return Crowd([p.number for p in persons], _visits(city, persons, visits, lines, kinds))


def _visits(
    city: City, persons: list[Person], each: int, lines: int, kinds: Sequence[str]
) -> list[list[str]]:
    made = Visit.objects.bulk_create(
        (
            _visit(city, person, i * each + k, kinds, dt.date(YEAR, 1, 2) + dt.timedelta(k * 360 // each))
            for i, person in enumerate(persons)
            for k in range(each)
        ),
        AT_ONCE,
    )
    now = timezone.now()
    FeeLine.objects.bulk_create(
        (
            FeeLine(
                visit=visit,
                number=f"{i + 1}",
                batch="1",
                at=now,
                item=item,
                name=item or "自费",
                quantity=Decimal(2),
                unit_price=Decimal(amount) / 200,
                amount=amount,
            )
            for n, visit in enumerate(made)
            for i in range(lines)
            for item, amount in [(("A1", "B1", "C1", "")[i % 4], _amount(visit.kind, n, i))]
        ),
        AT_ONCE,
    )
    return [[v.number for v in made[i * each : (i + 1) * each]] for i in range(len(persons))]


def _visit(city: City, person: Person, n: int, kinds: Sequence[str], day: dt.date) -> Visit:
    kind = kinds[n % len(kinds)]
    return Visit(
        number=f"V{FIRST + n}",
        realm=city.realm,
        person=person,
        provider=city.hospital,
        provider_number=f"{n}",
        kind=kind,
        state="diagnosed",
        admitted=day,
        discharged=day if kind == "inpatient" else None,
        disease="diabetes" if kind == "outpatient" else "",
    )


def _amount(kind: str, n: int, line: int) -> int:
    """What a line costs, in fen, even: 20,000 to 40,000 yuan for the first of a stay, up to 400 yuan for any other.

    So deductibles fill, bands are reached, a quarter's room runs out: a reversal changes what later visits were paid.
    """
    if kind == "inpatient" and line == 0:
        return 2_000_000 + 2 * (n * 7919 % 1_000_000)
    return 2 + 2 * ((n * 7919 + line * 10_473) % 20_000)
