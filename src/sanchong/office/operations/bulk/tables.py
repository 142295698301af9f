"""Writing many rows: COPY on PostgreSQL, executemany on SQLite, in the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, Final

from django.db import connection

from sanchong.office.operations.bulk.rows import TABLES, Loaded, columns_of, defaults_of, stamp

INDEXES: Final = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisunique
"""
FOREIGN_KEYS: Final = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
"""


@contextmanager
def unindexed() -> Iterator[None]:
    """Within this block the tables on PostgreSQL have neither foreign keys nor further indexes; both are made at its end.

    So every reference is proven once. Only the tables' owner can do so. SQLite checks and indexes as it goes.
    """
    if connection.vendor != "postgresql":
        yield
        return
    tables = [model._meta.db_table for model in TABLES]
    with connection.cursor() as cursor:
        # What was inserted before is proven now: a table with references still to be checked cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(INDEXES, [tables])
        indexes = cursor.fetchall()
        cursor.execute(FOREIGN_KEYS, [tables])
        keys = cursor.fetchall()
        for table, name, _ in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def write(loaded: Loaded, now: str) -> None:
    """Write the rows of a part, table by table. The rows of one table say the same columns."""
    for model in TABLES:
        rows = loaded.get(model._meta.label, ())
        if not rows:
            continue
        said = list(rows[0])
        rest = defaults_of(model, said, now)
        names = [connection.ops.quote_name(name) for name in columns_of(model, said)]
        values = (list(chain(row.values(), rest)) for row in rows)
        _insert(model._meta.db_table, names, values)


def _insert(table: str, names: Sequence[str], values: Iterator[list[Any]]) -> None:
    columns = ", ".join(names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(names))
        cursor.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})", [list(map(_plain, row)) for row in values]
        )


def _plain(value: Any) -> Any:
    """A value as SQLite keeps it."""
    if isinstance(value, dt.datetime):
        return stamp(value, sqlite=True)
    return value.isoformat() if isinstance(value, dt.date) else value


def go_on_counting() -> None:
    """After rows with ids of their own: the database gives the next ones."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in TABLES:
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), COALESCE(max(id), 1), max(id) IS NOT NULL)"
                f" FROM {table}"
            )
        cursor.execute("ANALYZE")
