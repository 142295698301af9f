"""What is no person-year's: visits that no entry settled, commands and their answers, the kept law."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import orjson
from django.db.models import Exists, OuterRef
from django.db.models.fields.json import KeyTextTransform

from sanchong.office.claims.models import Command, Settlement, Visit, VisitState
from sanchong.office.integrity.report import Finding, Report, finding
from sanchong.office.integrity.snapshot import snapshot
from sanchong.office.lawbook.models import Bundle
from sanchong.office.lawbook.services import hash_of, unpack

AT_ONCE: Final = 500
"""Rows that are held in memory of a long list."""
ENTRIES: Final = {"settle": "settle", "reverse": "reverse", "close_year": "close"}
"""The commands whose answer is an entry of that kind."""


def whole(report: Report) -> None:
    """Put in the report what is found outside of the person-years, in a constant number of statements."""
    with snapshot():
        for found in (*_settled_by_nothing(), *_bundles()):
            report.find(found)
        for found in _commands(report):
            report.find(found)


def _settled_by_nothing() -> Iterator[Finding]:
    entries = Settlement.objects.filter(visit_id=OuterRef("pk"))
    moved = Visit.objects.filter(state__in=(VisitState.SETTLED, VisitState.REVERSED))
    for number, state in (
        moved.filter(~Exists(entries)).values_list("number", "state").iterator(chunk_size=AT_ONCE)
    ):
        yield finding("visit.state", number, found=state, expected=VisitState.DIAGNOSED.value)


def _bundles() -> Iterator[Finding]:
    """Every bundle's content is what its hash says."""
    for bundle in Bundle.objects.order_by("hash").iterator(chunk_size=1):
        if not _intact(bundle):
            yield finding("bundle.content", f"bundle {bundle.hash}")


def _intact(bundle: Bundle) -> bool:
    with tempfile.TemporaryDirectory(prefix="sanchong-audit-") as name:
        folder = Path(name) / "policies"
        try:
            unpack(bytes(bundle.content), folder)
        except Exception:  # whatever spoilt bytes do to the archive's reader
            return False
        return hash_of(folder) == bundle.hash


def _commands(report: Report) -> Iterator[Finding]:
    """What commands answered with is there, is what they say, and no settlement is the answer of two.

    The answers come in the order of the settlements that they name, so that only one batch is held in memory.
    """
    named = KeyTextTransform("settlement", "answer")
    told = KeyTextTransform("result", KeyTextTransform("receipt", KeyTextTransform("result", "answer")))
    answers = (
        Command.objects.annotate(named=named, visit=KeyTextTransform("visit", "answer"), told=told)
        .order_by("named", "id")
        .values_list("id", "kind", "named", "visit", "told")
        .iterator(chunk_size=AT_ONCE)
    )
    before: tuple[int, str] = (0, "")
    while batch := list(islice(answers, AT_ONCE)):
        report.counts["commands"] += len(batch)
        numbers = {row[2] for row in batch if row[2] is not None}
        kept = {
            row[0]: row[1:]
            for row in Settlement.objects.filter(number__in=numbers).values_list(
                "number", "kind", "visit__number", "result"
            )
        }
        for pk, command, number, visit, said in batch:
            if number is None:
                continue
            if number not in kept:
                yield finding("command.nothing", f"command {pk}", found=number)
            elif command in ENTRIES:  # another kind may be about an entry, and so may many of them
                if number == before[1]:
                    yield finding("command.twice", f"command {pk}", other=f"command {before[0]}, {number}")
                elif not _answers(command, visit, said, *kept[number]):
                    yield finding("command.answer", f"command {pk}")
                before = pk, number


def _answers(
    command: str, visit: str | None, said: str | None, kind: str, of: str | None, result: str | None
) -> bool:
    """Whether a command's answer is the settlement that it names."""
    if kind != ENTRIES[command] or visit != of:
        return False
    try:
        return said == (None if result is None else orjson.loads(result)["receipt"]["result"])
    except (ValueError, TypeError, KeyError):
        return True  # unreadable, and told of where the year is looked at
