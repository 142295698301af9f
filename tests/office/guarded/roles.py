"""Doing something as the database's owner, or with the rights of the office's server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from sanchong.office import guards

ROLE = "sanchong_server"

postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles")
sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite alone")


@contextmanager
def as_server() -> Iterator[None]:
    """Within the block the connection has the rights of the server's role, and no others. On SQLite nothing changes."""
    guards.install(connection, ROLE)
    if connection.vendor == "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {ROLE}")
        yield
        cursor.execute("RESET ROLE")


def execute(sql: str, parameters: Sequence[Any] = ()) -> None:
    """Run a statement with the rights that the connection has."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)


def spoil(sql: str, *parameters: Any) -> None:
    """Run a statement as the owner who wants to do harm: the guards are lifted for it."""
    with guards.lifted(connection):
        execute(sql, parameters)
