"""Counts of the running minute need no log: their commit waits for no disk, and after a crash they begin anew."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "accounts_tokenuse"


def unlog(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """PostgreSQL writes no log of the table; SQLite knows nothing of the kind."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"ALTER TABLE {TABLE} SET UNLOGGED")


def log(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """The way back."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"ALTER TABLE {TABLE} SET LOGGED")


class Migration(migrations.Migration):
    """One table, on PostgreSQL."""

    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(unlog, log)]
