"""What many tests stand on is built by the services once a process; for the others its rows are written again as they were."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db import connection, transaction

from sanchong.dates import today

if TYPE_CHECKING:
    from psycopg import Cursor

Made = TypeVar("Made")
Rows = Mapping[str, tuple[Any, ...]]
"""Rows by table: as COPY writes them on PostgreSQL, as they are stored on SQLite."""


def replayed(build: Callable[[], Made]) -> Callable[[], Made]:
    """The same function, which writes anew what its first call of this day wrote; build with it before anything else."""
    kept: dict[dt.date, tuple[Made, Rows]] = {}

    @wraps(build)
    def again() -> Made:
        if today() in kept:
            _write(kept[today()][1])
        else:
            before = _read()
            made = build()
            after = _read()
            kept[today()] = copy.deepcopy(made), {t: _added(before[t], after[t]) for t in after}
        return copy.deepcopy(kept[today()][0])

    return again


def _added(before: Iterable[Any], after: tuple[Any, ...]) -> tuple[Any, ...]:
    earlier = set(before)
    assert earlier <= set(after), "rows that were there stay as they are"
    return tuple(row for row in after if row not in earlier)


def _read() -> dict[str, tuple[Any, ...]]:
    tables = sorted(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return {table: _copied_out(cast("Cursor", cursor), table) for table in tables}
        found = {}
        for table in tables:
            names = [row[1] for row in cursor.execute(f'PRAGMA table_info("{table}")').fetchall()]
            columns = ", ".join(f'+"{name}"' for name in names)  # an expression: Django converts nothing
            found[table] = tuple(cursor.execute(f'SELECT {columns} FROM "{table}"').fetchall())
        return found


def _copied_out(cursor: Cursor, table: str) -> tuple[bytes, ...]:
    with cursor.copy(f'COPY "{table}" TO STDOUT'.encode()) as out:
        return tuple(bytes(row) for row in out)


def _write(rows: Rows) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, written in rows.items():
            if not written:
                continue
            if connection.vendor == "postgresql":
                with cast("Cursor", cursor).copy(f'COPY "{table}" FROM STDIN'.encode()) as into:
                    for row in written:
                        into.write(row)
            else:
                places = ", ".join(["%s"] * len(written[0]))
                cursor.executemany(f'INSERT INTO "{table}" VALUES ({places})', written)
