"""A person's year: its lock, its entries in the order in which they fold, and the fold of them all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
from django.db import connection

from sanchong.money import Fen
from sanchong.office.claims.ledger import amounts_of, difference
from sanchong.office.claims.models import Settlement
from sanchong.office.lawbook.services import engine_of
from sanchong.settlement.entry import Entry, settle_entry
from sanchong.settlement.options import Options
from sanchong.settlement.refusal import Refusal

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
    day: dt.date
    """Whose facts the inputs hold: the visit's day; for the year's end that of the last visit."""
    inputs: Data
    result: Data
    bundle: str
    edition: int | None
    accepted: tuple[str, ...]
    also_known: tuple[str, ...]
    """Documents that count as known for this entry whatever its known-on date: later facts that were applied."""

    @property
    def amounts(self) -> dict[str, Fen]:
        """What each payer bears, in fen."""
        return amounts_of(self.result)

    @property
    def known_on(self) -> dt.date:
        """The known-on date that it was settled with, and keeps."""
        return dt.date.fromisoformat(self.inputs["known_on"])

    @property
    def name(self) -> str:
        """The visit's number, or ``close_year``."""
        return self.number or "close_year"

    def settled_from(self, inputs: Data) -> Standing:
        """The same entry from other inputs; itself if they are the same."""
        return self if inputs == self.inputs else replace(self, inputs=inputs)


@dataclass(frozen=True, slots=True)
class Refolded:
    """A standing entry folded again: what it is settled from now, the year before it, what it comes to, what changes."""

    standing: Standing
    given: Standing
    """The entry as the fact changes it: other inputs, or another law; else ``standing`` itself."""
    before: Data
    entry: Entry
    change: dict[str, Fen]

    @property
    def changed(self) -> bool:
        """Whether anybody bears more or less than before."""
        return any(self.change.values())

    @property
    def restated(self) -> bool:
        """Whether the entry is to be kept anew: it is settled from something else, or it says something else.

        An entry may say the same amounts from other facts; it is kept all the same, or the entries would no longer fold
        to the year's state.
        """
        return self.given != self.standing or statement_of(self.entry.result) != statement_of(
            self.standing.result
        )


@dataclass(frozen=True, slots=True)
class Stuck:
    """A standing entry that can no longer be settled, and why."""

    standing: Standing
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Fold:
    """A year folded again. With a ``stuck`` entry what follows it is not told: it would be a guess."""

    entries: list[Refolded]
    closing: Refolded | None
    state: Data
    """The year after the visits, without its end."""
    stuck: list[Stuck]

    @property
    def restated(self) -> list[Refolded]:
        """The entries that are to be kept anew, the year's end last."""
        every = [*self.entries, *([self.closing] if self.closing else [])]
        return [done for done in every if done.restated]


YEAR: Final = "SELECT id, state, entries, closed FROM claims_personyear WHERE person_id = %s AND year = %s"
NEW_YEAR: Final = (
    "INSERT INTO claims_personyear (person_id, year, state, entries, closed)"
    " VALUES (%s, %s, '{}', 0, %s) ON CONFLICT (person_id, year) DO NOTHING"
)


def lock_year(person: int, year: int) -> LockedYear:
    """The person's year, made if it is new, locked until the transaction ends."""
    locking = " FOR NO KEY UPDATE" if connection.features.has_select_for_update else ""
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
    entries: list[Standing] = []
    closing = None
    for place, row in sorted(latest.items()):
        if row.visit is None:
            closing = place, row
        else:
            entries.append(_standing(place, row, row.visit.discharged or row.visit.admitted))
    if closing is None:
        return entries, None
    return entries, _standing(*closing, entries[-1].day if entries else closing[1].day)


def _standing(place: int, row: Settlement, day: dt.date) -> Standing:
    assert row.inputs is not None and row.result is not None
    return Standing(
        settlement=row.pk,
        turn=place,
        visit=row.visit_id,
        number=row.visit.number if row.visit is not None else "",
        provider=row.visit.provider_id if row.visit is not None else None,
        day=day,
        inputs=orjson.loads(row.inputs),
        result=orjson.loads(row.result),
        bundle=row.bundle_id,
        edition=row.edition_id,
        accepted=tuple(row.accepted),
        also_known=tuple(row.also_known),
    )


Change = Callable[[Standing, Data], Standing]
"""What a fact makes of an entry, given the year before it; the entry itself where the fact does not touch it."""


def refold(
    entries: Sequence[Standing], closing: Standing | None, change: Change | None = None
) -> tuple[list[Refolded], Refolded | None, Data]:
    """Fold the standing entries again from the start of the year, each with the law that it was settled with.

    Returns each entry refolded, the year's end refolded (None if not closed), and the year after the visits.
    Refusal, naming the entry, if one can no longer be settled.
    """
    fold = try_refold(entries, closing, change)
    for stuck in fold.stuck:
        raise named(stuck)
    return fold.entries, fold.closing, fold.state


def try_refold(
    entries: Sequence[Standing],
    closing: Standing | None,
    change: Change | None = None,
    *,
    explain: bool = True,
) -> Fold:
    """As :func:`refold`, but every entry that can no longer be settled is listed; nothing is told of what follows the first."""
    year: Data = {}
    refolded: list[Refolded] = []
    stuck: list[Stuck] = []
    for standing in entries:
        try:
            done = _again(standing, year, change, explain)
        except Refusal as refusal:
            stuck.append(Stuck(standing, refusal))
            continue
        year = done.entry.after.data()
        if not stuck:
            refolded.append(done)
    if closing is None or stuck:
        return Fold(refolded, None, year, stuck)
    try:
        return Fold(refolded, _again(closing, year, change, explain), year, [])
    except Refusal as refusal:
        return Fold(refolded, None, year, [Stuck(closing, refusal)])


def _again(standing: Standing, before: Data, change: Change | None, explain: bool) -> Refolded:
    given = standing if change is None else change(standing, before)
    entry = settle_again(given, before, explain=explain)
    return Refolded(standing, given, before, entry, difference(standing.amounts, amounts_of(entry.result)))


def options_of(kept: Standing | Settlement) -> Options:
    """The acceptances and the law known later, as an entry was settled with them."""
    return Options(accept_assumed=tuple(kept.accepted), also_known=frozenset(kept.also_known))


def settle_again(standing: Standing, before: Data, *, explain: bool = True) -> Entry:
    """An entry settled from its own inputs by its own law onto the year ``before``."""
    options = replace(options_of(standing), explain=explain)
    return settle_entry(engine_of(standing.bundle), standing.inputs, before, options)


def statement_of(result: Data) -> Data:
    """What a result says of its visit or of the year's end: without explanation, receipt and the year's sums."""
    visits = [{k: v for k, v in visit.items() if k != "explanation"} for visit in result["visits"]]
    closing = result["close_year"]
    return {
        "visits": visits,
        "close_year": closing and {k: v for k, v in closing.items() if k != "explanation"},
    }


def named(stuck: Stuck) -> Refusal:
    """The refusal of an entry, saying which entry it is."""
    name, refusal = stuck.standing.name, stuck.refusal
    return Refusal(
        refusal.code,
        f"{name}: {refusal.where}",
        f"就诊 {name} 将不能再结算：{refusal.messages['zh']}；请先处理该就诊（如撤销其结算）",
        f"visit {name} could no longer be settled: {refusal.messages['en']}; settle that first (reverse it, say)",
        refusal.clause,
    )
