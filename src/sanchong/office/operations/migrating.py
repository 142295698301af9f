"""Bring the database to the state that this version needs, and guard it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from sanchong.office import guards
from sanchong.office.accounts.services import open_ledger
from sanchong.office.lawbook import services as lawbook
from sanchong.office.lawbook.models import Activation
from sanchong.office.operations.surroundings import is_sqlite, prepare_folders, unreachable


@dataclass(frozen=True, slots=True)
class Migrated:
    """What was done: migrations applied, the bundle activated because there was none."""

    applied: tuple[str, ...]
    activated: str | None


def migrate(role: str = "", say: Callable[[str], None] = lambda _: None) -> Migrated:
    """Apply migrations, guard the insert-only tables (``role``: whom the server connects as, on PostgreSQL), open the ledger.

    A new installation settles by the law that ships with it, and accepts none of its illustrations. Refusal if the
    database cannot be reached.
    """
    prepare_folders()
    problem = unreachable()
    if problem is not None and not is_sqlite():
        raise problem
    executor = MigrationExecutor(connection)
    behind = tuple(str(m) for m, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()))
    for name in behind:
        say(name)
    call_command("migrate", interactive=False, verbosity=0)
    guards.install(connection, role)
    with transaction.atomic():
        open_ledger()
        activated = None
        if not Activation.objects.exists():
            bundle = lawbook.keep()
            lawbook.activate(bundle, "安装时启用随附政策 (installed with the law that ships)")
            activated = bundle.hash
    return Migrated(behind, activated)
