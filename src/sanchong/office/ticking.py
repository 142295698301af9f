"""What the office does from time to time: seal the trail, export its head, work the outbox, sweep uploads away.

``tick`` runs every few seconds, in one process or in several. Whatever fails stands in its report and is done again.
"""

from __future__ import annotations

import datetime as dt
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from sanchong.office.claims.models import Outbox
from sanchong.office.imports import held
from sanchong.office.trail import sealing
from sanchong.office.trail.heads import exported
from sanchong.settlement.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that failed; it will be tried again."""

    where: str
    """The duty, or ``outbox 17``."""
    error: str


@dataclass(frozen=True, slots=True)
class Report:
    """What one tick did."""

    done: dict[str, int] = field(default_factory=dict)
    """By duty: entries sealed, heads exported, rows of the outbox worked, uploads swept away."""
    troubles: list[Trouble] = field(default_factory=list)


Handler = Callable[[dict[str, Any]], None]
"""Does what a row's payload says, in the transaction that marks the row as done. Whatever it does outside the database
may happen twice: the second time must do no harm."""

HANDLERS: Final[Mapping[str, Handler]] = {}
"""By kind of row, what works it. Nothing needs the outbox yet."""

MOST_ROWS: Final = 1000
"""Rows of the outbox worked in one tick."""
FIRST_WAIT: Final = dt.timedelta(seconds=10)
LONGEST_WAIT: Final = dt.timedelta(hours=1)


def tick(now: dt.datetime) -> Report:
    """Do all that is due. A duty that fails does not keep the others from being done."""
    report = Report()
    for name, duty in DUTIES.items():
        try:
            report.done[name] = duty(now, report)
        except Exception as problem:
            report.troubles.append(Trouble(name, f"{type(problem).__name__}: {problem}"))
    return report


# ── duties ───────────────────────────────────────────────────────────────────────────────────


def _seal(now: dt.datetime, report: Report) -> int:
    return sealing.seal(now)


def _export_head(now: dt.datetime, report: Report) -> int:
    """Once a day, after the thorough search for what has no seal."""
    folder, day = sealing.heads_folder(), timezone.localdate(now)
    if exported(folder, day):
        return 0
    sealing.seal(now, thorough=True)
    return int(sealing.export_head(folder, day))


def _sweep_uploads(now: dt.datetime, report: Report) -> int:
    return held.sweep(now)


def _work_outbox(now: dt.datetime, report: Report) -> int:
    return work_outbox(now, report, HANDLERS)


DUTIES: Final[Mapping[str, Callable[[dt.datetime, Report], int]]] = {
    "seal": _seal,
    "export_head": _export_head,
    "outbox": _work_outbox,
    "uploads": _sweep_uploads,
}
"""All that ``tick`` does, in this order: given the moment and the report, how many were done."""


# ── the outbox ───────────────────────────────────────────────────────────────────────────────


def work_outbox(now: dt.datetime, report: Report, handlers: Mapping[str, Handler]) -> int:
    """Work the rows that are due, each in a transaction of its own; how many were done.

    A row that fails keeps the error and waits twice as long each time. A row that another tick is working is passed over.
    """
    done = 0
    for _ in range(MOST_ROWS):
        with transaction.atomic():
            row = (
                Outbox.objects.select_for_update(skip_locked=True)
                .filter(done_at=None, due_at__lte=now)
                .order_by("due_at", "id")
                .first()
            )
            if row is None:
                break
            trouble = _work(row, now, handlers)
            row.save(update_fields=["done_at", "attempts", "error", "due_at"])
        if trouble is None:
            done += 1
        else:
            report.troubles.append(trouble)
    return done


def _work(row: Outbox, now: dt.datetime, handlers: Mapping[str, Handler]) -> Trouble | None:
    """Work a row and note on it how that went; what it did to the database is undone if it fails."""
    try:
        handler = handlers.get(row.kind)
        if handler is None:
            raise LookupError(row.kind)
        with transaction.atomic():
            handler(row.payload)
    except Exception as problem:
        row.attempts += 1
        row.error = _said(problem)
        row.due_at = now + min(FIRST_WAIT * 2 ** min(row.attempts - 1, 20), LONGEST_WAIT)
        return Trouble(f"outbox {row.pk}", f"{row.kind}: {row.error}")
    row.done_at, row.error = now, ""
    return None


def _said(problem: Exception) -> str:
    """What kind of error and where, not its text: that may quote a person's data."""
    if isinstance(problem, Refusal):
        return f"{problem.code}: {problem.where}"[:400]
    place = traceback.extract_tb(problem.__traceback__)[-1]
    return f"{type(problem).__name__} ({Path(place.filename).name}:{place.lineno})"
