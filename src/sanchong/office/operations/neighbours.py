"""Parts of the office that are made beside this one: guards of tables, sealing, ticking, health, the audit.

Each is imported when it is asked for. A part that this installation does not have does nothing and finds nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.db import connection, transaction

from sanchong.settlement.refusal import Refusal

Progress = Callable[[int, int], None]
"""Told how many are done of how many."""


def part(name: str) -> Any:
    """A module of the office, or None."""
    full = f"sanchong.office.{name}"
    return import_module(full) if find_spec(full) else None


def install_guards(role: str) -> bool:
    """Make the insert-only tables refuse changes; ``role`` is whom the server connects as, on PostgreSQL."""
    guards = part("guards")
    if guards is not None:
        with _refusing(guards):
            guards.install(connection, role)
    return guards is not None


@contextmanager
def lifted() -> Iterator[None]:
    """One transaction in which the owner may change what is otherwise insert-only."""
    guards = part("guards")
    if guards is None:
        with transaction.atomic():
            yield
        return
    with _refusing(guards), guards.lifted(connection):
        yield


@contextmanager
def _refusing(guards: Any) -> Iterator[None]:
    """A mistake of the guards as a refusal."""
    try:
        yield
    except guards.GuardMistake as mistake:
        raise Refusal("guards", "database", str(mistake), str(mistake)) from None


def unhealthy() -> list[Any]:
    """What keeps the office from serving: guards that do not stand, rights, a trail that is not sealed."""
    health = part("health")
    return [] if health is None else list(health.problems(connection))


def tick(now: dt.datetime) -> Any:
    """Do what is due: seal the trail, export its head, work the outbox."""
    return part("ticking").tick(now)


def verify_trail(progress: Progress) -> Any:
    """Recompute the trail's chain and compare it with the exported heads."""
    return part("trail.sealing").verify(progress)


def audit(progress: Progress, workers: int) -> Any:
    """Prove the whole database."""
    return part("integrity").audit(progress, workers=workers)
