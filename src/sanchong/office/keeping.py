"""Writing what is dated: recorded, ended, corrected, withdrawn; never updated, never deleted.

One mechanism for every kind. Rows of one owner (a person, a household, a provider) that are *alike* share no day: where
``Kind.alike`` is empty, one row of the kind holds on a date. The owners are locked in one order before anything is looked
up, so that two commands at the same moment cannot both pass. However many rows are written at once, the number of
statements is the same.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from django.db import models, transaction

from sanchong.dates import Period, today
from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns, check_period, refused
from sanchong.office.dated import Dated
from sanchong.office.trail.services import Act, record_all
from sanchong.settlement.refusal import Refusal

T = TypeVar("T")
D = TypeVar("D", bound=Dated)

CHUNK: Final = 500
"""Keys in one IN list."""


@dataclass(frozen=True, slots=True)
class When:
    """A closed period (``end`` None: open), the day from which the office knew it (None: today), and on what ground."""

    start: dt.date
    end: dt.date | None = None
    known_from: dt.date | None = None
    source: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """As a dated row has them."""
        return {
            "start": self.start,
            "end": self.end,
            "known_from": self.known_from or today(),
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of dated row: whose it is, which rows exclude each other, what may stand in one."""

    name: str
    """One word, of the acts in the trail (``enrolment.record``) and of refusals."""
    zh: str
    model: type[Dated]
    owners: tuple[str, ...]
    """Foreign keys to whom a row belongs; one of them is set."""
    guard: Callable[[Actor, Sequence[models.Model]], None]
    """Refuses an actor who may not write what is these owners', before anything is written."""
    alike: tuple[str, ...] = ()
    says: Callable[[Any], str] = field(default=lambda row: "")
    """What a row says, in codes: for the refusal of one that overlaps it."""
    check: Callable[[Any], None] = field(default=lambda row: None)
    """Refuses a row that cannot stand; brings what may be written in two ways into one."""


# ── commands ─────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def keep(kind: Kind, actor: Actor, rows: Sequence[D]) -> list[D]:
    """Write new rows, all or none; Refusal ``overlap`` where one shares a day with a row alike that stands."""
    return _write(kind, actor, rows, "record")


@transaction.atomic
def follow(kind: Kind, actor: Actor, row: D) -> D:
    """Write a row in the place of the one that stands: that one ends the day before.

    Refusal ``overlap`` if the one that stands starts no earlier, or would hold on after the new row's end: what then was
    to follow is not guessed.
    """
    _prepare(kind, actor, [row])
    _lock(kind, actor, [row])  # once: to end what stands may take the owner out of the actor's area
    for before in list(_standing(kind, [row])):
        if not clash(kind, row, [before]) or before.start >= row.start or _outlasts(before, row):
            continue
        ended = before.superseding(
            end=row.start - dt.timedelta(days=1), known_from=row.known_from, source=row.source
        )
        _prepare(kind, actor, [ended])
        _insert(kind, actor, [ended], "end")
    return _insert(kind, actor, [row], "record")[0]


@transaction.atomic
def end(kind: Kind, actor: Actor, row: D, last: dt.date, reason: str, known_from: dt.date | None = None) -> D:
    """The row holds up to and including ``last``, which is not later than the end that it has."""
    _check_reason(reason)
    if row.end is not None and last > row.end:
        raise refused(
            "end", f"已于 {row.end} 终止；延长请用更正", f"it ends on {row.end}; to extend it, correct it"
        )
    ended = row.superseding(end=last, known_from=known_from or today(), source=reason)
    return _write(kind, actor, [ended], "end")[0]


@transaction.atomic
def correct(
    kind: Kind, actor: Actor, row: D, reason: str, known_from: dt.date | None = None, **changes: Any
) -> D:
    """Another row of the same owner in the place of one that was wrong, with the reason as its source."""
    return correct_all(kind, actor, [(row, changes)], reason, known_from)[0]


@transaction.atomic
def correct_all(
    kind: Kind,
    actor: Actor,
    corrections: Sequence[tuple[D, dict[str, Any]]],
    reason: str,
    known_from: dt.date | None = None,
) -> list[D]:
    """Several rows corrected for one reason, all or none."""
    _check_reason(reason)
    allowed = _content(kind) | {"start", "end"}
    rows = []
    for row, changes in corrections:
        for name in changes:
            if name not in allowed:
                raise refused(
                    name, "此项不能更正；请撤回后重新登记", "cannot be corrected: withdraw and record anew"
                )
        rows.append(row.superseding(**changes, known_from=known_from or today(), source=reason))
    return _write(kind, actor, rows, "correct")


@transaction.atomic
def withdraw(kind: Kind, actor: Actor, row: D, reason: str, known_from: dt.date | None = None) -> D:
    """The row should never have been: from the day this is known it counts no longer, on any date."""
    _check_reason(reason)
    gone = row.superseding(withdrawn=True, known_from=known_from or today(), source=reason)
    return _write(kind, actor, [gone], "withdraw")[0]


def _outlasts(before: Dated, row: Dated) -> bool:
    return row.end is not None and (before.end is None or before.end > row.end)


# ── what stands ──────────────────────────────────────────────────────────────────────────────


def clash(kind: Kind, row: Dated, standing: Iterable[Dated]) -> Dated | None:
    """The first of ``standing`` that is alike, has the same owner and shares a day with ``row``."""
    group, period = group_of(kind, row), Period(row.start, row.end)
    for other in standing:
        if group_of(kind, other) == group and period.overlaps(Period(other.start, other.end)):
            return other
    return None


def group_of(kind: Kind, row: Dated) -> Hashable:
    """What rows have in common that share no day: their owner, and what makes them alike."""
    return tuple(getattr(row, f"{owner}_id") for owner in kind.owners) + tuple(
        getattr(row, name) for name in kind.alike
    )


def overlap(kind: Kind, there: Dated) -> Refusal:
    """The refusal of a row that shares a day with one that stands."""
    until = there.end or "…"
    says = kind.says(there)
    return Refusal(
        "overlap",
        kind.name,
        f"{kind.zh}已有记录：{says} {there.start} 至 {until}；请先终止或更正",
        f"a {kind.name} stands there: {says} {there.start} to {until}; end or correct it first",
    )


def kind_named(kinds: Mapping[str, Kind], name: str) -> Kind:
    """A kind by its one word; Refusal if there is none such."""
    if name not in kinds:
        among = ", ".join(kinds)
        raise refused("kind", f"应为下列之一：{among}", f"expected one of {among}")
    return kinds[name]


def in_chunks(keys: Collection[T]) -> Iterator[list[T]]:
    """Keys in lists that fit one statement."""
    held = list(keys)
    for i in range(0, len(held), CHUNK):
        yield held[i : i + CHUNK]


# ── writing ──────────────────────────────────────────────────────────────────────────────────


def _write(kind: Kind, actor: Actor, rows: Sequence[D], act: str) -> list[D]:
    """Check rows that are new or supersede, lock their owners, write them."""
    _prepare(kind, actor, rows)
    _lock(kind, actor, rows)
    return _insert(kind, actor, rows, act)


def _insert(kind: Kind, actor: Actor, rows: Sequence[D], act: str) -> list[D]:
    """Write rows whose owners are locked; the only place where a dated row is inserted."""
    standing: dict[Hashable, list[Dated]] = defaultdict(list)
    current = {}
    for there in _standing(kind, rows):
        current[there.pk] = there
        standing[group_of(kind, there)].append(there)
    for row in rows:
        before = current.pop(row.supersedes_id, None)  # type: ignore[attr-defined]
        if before is not None:
            standing[group_of(kind, before)].remove(before)
            if row.known_from < before.known_from:
                raise refused(
                    "known_from",
                    f"不能早于所取代的记录的获知日期 {before.known_from}",
                    f"not before {before.known_from}, when the row that it takes the place of was known",
                )
        elif row.supersedes_id is not None:  # type: ignore[attr-defined]
            raise Refusal(
                "superseded",
                kind.name,
                f"这条{kind.zh}记录已被取代或撤回；请重新查询",
                f"this {kind.name} was superseded or withdrawn meanwhile; look it up again",
            )
    for row in (row for row in rows if not row.withdrawn):
        there_is = clash(kind, row, standing[group_of(kind, row)])
        if there_is is not None:
            raise overlap(kind, there_is)
        standing[group_of(kind, row)].append(row)
    written: list[D] = kind.model._default_manager.bulk_create(rows)  # type: ignore[assignment]
    record_all(
        actor,
        [
            Act(
                f"{kind.name}.{act}",
                kind.name,
                str(row.pk),
                getattr(row, "person_id", None),
                {"supersedes": before} if (before := row.supersedes_id) else {},  # type: ignore[attr-defined]
            )
            for row in written
        ],
    )
    return written


def _prepare(kind: Kind, actor: Actor, rows: Sequence[Dated]) -> None:
    for row in rows:
        row.recorded_by_id = actor.account
        check_period(row.start, row.end)
        if row.known_from > today():
            raise refused("known_from", "不能晚于今天", "not later than today")
        if not row.withdrawn:
            kind.check(row)
        check_columns(row)


def _lock(kind: Kind, actor: Actor, rows: Sequence[Dated]) -> None:
    """Lock the owners, in the order of their keys, against writers of the same; readers and foreign keys do not wait.

    Refused if the actor may not write what is theirs.
    """
    for owner in kind.owners:
        model: Any = kind.model._meta.get_field(owner).related_model
        keys = {getattr(row, f"{owner}_id") for row in rows} - {None}
        for chunk in in_chunks(sorted(keys)):
            locked = model.objects.select_for_update(no_key=True).filter(pk__in=chunk).order_by("pk")
            kind.guard(actor, list(locked))


def _standing(kind: Kind, rows: Sequence[Dated]) -> Iterator[Dated]:
    """Every current row of the rows' owners."""
    for owner in kind.owners:
        keys = {getattr(row, f"{owner}_id") for row in rows} - {None}
        for chunk in in_chunks(sorted(keys)):
            yield from kind.model.objects.current().filter(**{f"{owner}__in": chunk})


def _content(kind: Kind) -> set[str]:
    """The columns of a kind that say something: neither the mechanism's nor whose the row is."""
    inherited = {f.name for f in Dated._meta.get_fields()} | {"id"}
    names = {f.attname for f in kind.model._meta.concrete_fields if f.name not in inherited}
    return names - {f"{owner}_id" for owner in kind.owners}


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise refused("reason", "请写明理由", "say why")
