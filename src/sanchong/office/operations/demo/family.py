"""Accounts of insured persons in the demonstration: somebody of the city, and somebody who also acts for a parent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sanchong.dates import today
from sanchong.office.accounts.demonstration import AGENT, CITIZEN, PASSWORD, mark
from sanchong.office.accounts.models import Account
from sanchong.office.actor import Actor
from sanchong.office.citizens import services as citizens
from sanchong.office.citizens.models import MATTERS
from sanchong.office.claims.models import PersonYear
from sanchong.office.keeping import When
from sanchong.office.people.models import Person

Row = Mapping[str, Any]

OF_AGE, GENERATION = 18, 18
"""Years: who has an account, and how much older a parent is at least."""


def open_accounts(
    actor: Actor, rows: Sequence[Row], people: Mapping[str, Person], year: int
) -> list[Account]:
    """One account of a person, one of a person with an authorisation for a parent; none where the city has no such people.

    Whoever had something settled in the year comes first, so that there is something to be seen.
    """
    settled = set(PersonYear.objects.filter(year=year, entries__gt=0).values_list("person", flat=True))

    def quiet(row: Row) -> bool:
        return people[row["person"]].pk not in settled

    opened = []
    pairs = sorted(_pairs(rows), key=lambda pair: (quiet(pair[1]), quiet(pair[0])))
    child, parent = pairs[0] if pairs else (None, None)
    others = (row for row in rows if row is not child and row is not parent and row["age"] >= OF_AGE)
    citizen = min(others, key=quiet, default=None)
    if citizen is not None:
        opened.append(_open(actor, people[citizen["person"]], CITIZEN))
    if child is not None and parent is not None:
        agent = _open(actor, people[child["person"]], AGENT)
        when = When(today(), source="演示授权书")
        citizens.authorise(actor, agent, people[parent["person"]], "child", sorted(MATTERS), when)
        opened.append(agent)
    return opened


def _pairs(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Of each household somebody of age with somebody a generation older."""
    homes: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        homes[row["household"]].append(row)
    for members in homes.values():
        eldest = max(members, key=lambda row: row["age"])
        for row in members:
            if row["age"] >= OF_AGE and eldest["age"] - row["age"] >= GENERATION:
                yield row, eldest


def _open(actor: Actor, person: Person, phone: str) -> Account:
    """As a person opens it, with a printed code and their document."""
    code = citizens.print_code(actor, person)
    return mark(citizens.activate(code, person.identity_number, phone, PASSWORD))
