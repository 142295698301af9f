"""A person's year: its lock, its entries in the order in which they fold, and the fold of them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.db import connection

from sanchong.money import Fen
from sanchong.office.claims.ledger import amounts_of, difference
from sanchong.office.claims.models import Settlement
from sanchong.office.lawbook.services import engine_of
from sanchong.settlement.entry import Entry, settle_entry
from sanchong.settlement.options import Options

Data = dict[str, Any]


@dataclass(slots=True)
class LockedYear:
    """A person's year under its lock: nobody else settles it until the transaction ends."""

    id: int
    person: int
    year: int
    state: Data
    """The year after its visits, without the year's end."""
    entries: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry that stands: what was settled last for a visit, or for the year's end (``visit`` None)."""

    settlement: int
    turn: int
    """The turn of the first settlement of the visit: its place in the fold."""
    visit: int | None
    number: str
    provider: int | None
    inputs: Data
    result: Data
    bundle: str
    edition: int | None
    accepted: tuple[str, ...]

    @property
    def amounts(self) -> dict[str, Fen]:
        """What each payer bears, in fen."""
        return amounts_of(self.result)


@dataclass(frozen=True, slots=True)
class Refolded:
    """A standing entry folded again: the year before it, what it comes to now, what changes."""

    standing: Standing
    inputs: Data
    before: Data
    entry: Entry
    change: dict[str, Fen]

    @property
    def changed(self) -> bool:
        """Whether anybody bears more or less than before."""
        return any(self.change.values())


YEAR: Final = "SELECT id, state, entries, closed FROM claims_personyear WHERE person_id = %s AND year = %s"
NEW_YEAR: Final = (
    "INSERT INTO claims_personyear (person_id, year, state, entries, closed)"
    " VALUES (%s, %s, '{}', 0, %s) ON CONFLICT (person_id, year) DO NOTHING"
)


def lock_year(person: int, year: int) -> LockedYear:
    """The person's year, made if it is new, locked until the transaction ends."""
    locking = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(YEAR + locking, [person, year])
        row = cursor.fetchone()
        if row is None:
            cursor.execute(NEW_YEAR, [person, year, False])
            cursor.execute(YEAR + locking, [person, year])
            row = cursor.fetchone()
    return LockedYear(row[0], person, year, orjson.loads(row[1]), row[2], bool(row[3]))


def standing_entries(year: int) -> tuple[list[Standing], Standing | None]:
    """The entries of a year that stand, in the order in which they fold, and its year's end if it is closed."""
    rows = list(Settlement.objects.filter(year_id=year).order_by("turn").select_related("visit"))
    places: dict[int, int] = {}
    latest: dict[int, Settlement] = {}
    for row in rows:
        place = places[row.replaces_id] if row.replaces_id is not None else row.turn
        places[row.pk] = place
        if row.kind == "reverse":
            latest.pop(place)
        else:
            latest[place] = row
    standing = [_standing(place, row) for place, row in sorted(latest.items())]
    closing = [entry for entry in standing if entry.visit is None]
    return [entry for entry in standing if entry.visit is not None], closing[-1] if closing else None


def _standing(place: int, row: Settlement) -> Standing:
    assert row.inputs is not None and row.result is not None
    return Standing(
        settlement=row.pk,
        turn=place,
        visit=row.visit_id,
        number=row.visit.number if row.visit is not None else "",
        provider=row.visit.provider_id if row.visit is not None else None,
        inputs=orjson.loads(row.inputs),
        result=orjson.loads(row.result),
        bundle=row.bundle_id,
        edition=row.edition_id,
        accepted=tuple(row.accepted),
    )


Change = Callable[[Standing], Data]
"""What a fact makes of an entry's inputs; the same inputs where it does not touch them."""


def refold(
    entries: Sequence[Standing], closing: Standing | None, change: Change | None = None
) -> tuple[list[Refolded], Refolded | None, Data]:
    """Fold the standing entries again from the start of the year, each with the law that it was settled with.

    Returns each entry refolded, the year's end refolded (None if not closed), and the year after the visits.
    Refusal if an entry can no longer be settled.
    """
    year: Data = {}
    refolded: list[Refolded] = []
    for standing in entries:
        done = _again(standing, year, change)
        refolded.append(done)
        year = done.entry.after.data()
    return refolded, None if closing is None else _again(closing, year, change), year


def _again(standing: Standing, before: Data, change: Change | None) -> Refolded:
    inputs = standing.inputs if change is None else change(standing)
    options = Options(accept_assumed=standing.accepted, explain=True)
    entry = settle_entry(engine_of(standing.bundle), inputs, before, options)
    return Refolded(standing, inputs, before, entry, difference(standing.amounts, amounts_of(entry.result)))
