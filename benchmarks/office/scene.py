"""What the load is measured on: people with one stay each, in a new database, with ids that can be told from all other numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import connection
from tests.office.crowd import FIRST, YEAR, gather
from tests.office.world import build

from sanchong.office.actor import Actor
from sanchong.office.claims.models import PersonYear
from sanchong.office.people.models import Person

FIRST_PERSON: Final = 7_100_000_001
FIRST_VISIT: Final = 7_200_000_001
FIRST_YEAR: Final = 7_300_000_001
FIRST_SETTLEMENT: Final = 7_400_000_001
ENTRIES: Final = 1_750_000_000
"""So many entries each year is said to have, that the turn of the next one is a number like no other."""

STARTS: Final = {
    "people_person": FIRST_PERSON,
    "claims_visit": FIRST_VISIT,
    "claims_personyear": FIRST_YEAR,
    "claims_settlement": FIRST_SETTLEMENT,
}


@dataclass(frozen=True, slots=True)
class Scene:
    """People, each with one diagnosed stay and a year that is there already."""

    actor: Actor
    people: int

    def visit(self, n: int) -> str:
        """The number of the visit ``n``."""
        return f"V{FIRST + n}"

    def key(self, n: int) -> str:
        """The idempotency key by which it is settled."""
        return f"load-{FIRST + n}"


def lay(people: int) -> Scene:
    """Make the scene in this process's database, whose tables are there and empty."""
    with connection.cursor() as cursor:
        for table, first in STARTS.items():
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER SEQUENCE {table}_id_seq RESTART WITH {first}")
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, first - 1])
    city = build()
    crowd = gather(city, people, visits=1, lines=5, kinds=("inpatient",))
    laid = Person.objects.filter(number__in=crowd.people).values_list("pk", flat=True)
    PersonYear.objects.bulk_create(
        (PersonYear(person_id=person, year=YEAR, entries=ENTRIES) for person in laid), 1000
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return Scene(city.actor, people)
