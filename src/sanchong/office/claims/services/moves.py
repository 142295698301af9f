"""To which household a settled entry takes somebody to belong: as was known when it was settled, and by the facts applied since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q

from sanchong.office.claims.models import LaterFact, Settlement
from sanchong.office.claims.year import Standing
from sanchong.office.dated import Dated
from sanchong.office.people.models import Member, Person


@dataclass(frozen=True)
class Row:
    """A dated row with those that it took the place of."""

    kind: str
    row: Any

    @cached_property
    def before(self) -> list[Any]:
        """The rows that it took the place of, the latest first."""
        found: list[Any] = []
        row = self.row.supersedes
        while row is not None:
            found.append(row)
            row = row.supersedes
        return found

    def holds(self, day: dt.date) -> bool:
        """Whether the row itself holds on a day."""
        return not self.row.withdrawn and covers(self.row, day)

    def held(self, day: dt.date) -> bool:
        """Whether one that it took the place of held on a day."""
        return any(covers(row, day) for row in self.before)


def covers(row: Dated, day: dt.date) -> bool:
    """Whether a row's period has the day."""
    return row.start <= day and (row.end is None or day <= row.end)


@dataclass(frozen=True, slots=True)
class Homes:
    """To which household each entry of a person's year takes the person to belong."""

    person: int
    members: Sequence[Member]
    """Every row of the person, whatever became of it."""
    settled: Mapping[int, dt.datetime]
    """When the first settlement of each turn was written."""
    moves: Sequence[Row]
    """The rows that facts known later recorded, ended, corrected or withdrew, in the order of those facts."""

    def of(self, standing: Standing, *more: Row) -> int | None:
        """The household's key: as it was known when the entry was settled, then by the moves applied since, then by ``more``."""
        held = self.first(standing)
        for move in (*self.moves, *more):
            if move.holds(standing.day):
                held = move.row.household_id
            elif move.held(standing.day) and held in {row.household_id for row in move.before}:
                held = None
        return held

    def first(self, standing: Standing) -> int | None:
        """The household as it was known when the entry was settled.

        A row that was written afterwards counts as unknown then, be it of the same day or with an earlier day of knowledge.
        """
        known = [
            row
            for row in self.members
            if row.known_from <= standing.known_on and row.recorded_at <= self.settled[standing.turn]
        ]
        gone = {row.supersedes_id for row in known}
        for row in known:
            if row.pk not in gone and not row.withdrawn and covers(row, standing.day):
                return int(row.household_id)
        return None

    def reached(self, row: Row, standing: Standing, *more: Row) -> bool:
        """Whether a row is the person's, or of the household to which the entry takes the person to belong."""
        if getattr(row.row, "person_id", None) is not None:
            return bool(row.row.person_id == self.person)
        return bool(row.row.household_id == self.of(standing, *more))


def homes_of(person: int, year: int) -> Homes:
    """The households of a person, as the entries of a year (both by their keys) know them."""
    members = list(Member.objects.filter(person=person).order_by("pk"))
    rows = {row.pk: row for row in members}
    number = Person.objects.values_list("number", flat=True).get(pk=person)
    said = Q(kind="member", said__member__person=number)
    for kind in ("end", "correct", "withdraw", "recorded"):
        of_row = {f"said__{kind}__kind": "member", f"said__{kind}__row__in": list(rows)}
        said |= Q(kind=kind, **of_row)
    facts = LaterFact.objects.filter(said).order_by("pk").values_list("rows", flat=True)
    moves = [Row(kind, rows[key]) for written in facts for kind, key in written]
    settled = dict(Settlement.objects.filter(year=year).values_list("turn", "at"))
    return Homes(person, members, settled, moves)
