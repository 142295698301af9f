"""Rows multiplied in the database: the people who are there, again and again under other ids, with their visits and settlements.

For timing lists and nothing else. A clone has ids, numbers and blind indexes of its own; its cipher texts, amounts and texts are
the original's, so that it is found by its number and its name, not by its document. Clones have no fee lines, diagnoses or
payouts: no list reads them, and they would double the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from django.db import connection, models

from sanchong.office.claims.models import Diagnosis, FeeLine, Payout, Settlement, Visit
from sanchong.office.operations.bulk.rows import TABLES
from sanchong.office.operations.bulk.tables import go_on_counting, unindexed
from sanchong.office.people.models import Household, Person

COPIED: Final = tuple(table for table in TABLES if table not in (FeeLine, Diagnosis, Payout))
NUMBERED: Final = (Person, Household, Visit, Settlement)
AT_ONCE: Final = 6
"""Tables that are copied at the same time."""
FRESH: Final = ("identity_index", "card_index")


def multiply(times: int) -> None:
    """So many times the people, each of them but the first a clone; PostgreSQL, as the tables' owner. Not all or nothing."""
    with connection.cursor() as cursor:
        steps = {model: _step(cursor, model) for model in COPIED}

    def copy(model: type[models.Model]) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(_copying(model, steps, times))
        finally:
            connection.close()

    with unindexed(), ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(copy, COPIED))
    go_on_counting()


def _step(cursor: Any, model: type[models.Model]) -> int:
    """By how much a clone's id is beyond its original's: one more than the largest."""
    cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {model._meta.db_table}")
    return int(cursor.fetchone()[0])


def _copying(model: type[models.Model], steps: Mapping[Any, int], times: int) -> str:
    columns = {str(f.column): _value(model, f, steps) for f in model._meta.concrete_fields}
    names = ", ".join(map(connection.ops.quote_name, columns))
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({names}) SELECT {', '.join(columns.values())}"
        f" FROM {table} AS old, generate_series(1, {times - 1}) AS clone(nth)"
    )


def _value(model: type[models.Model], field: Any, steps: Mapping[Any, int]) -> str:
    """What stands in a clone's column."""
    own = f"(old.id + clone.nth * {steps[model]})"
    if field.primary_key:
        return own
    if field.remote_field is not None and field.related_model in steps:
        return f"old.{field.column} + clone.nth * {steps[field.related_model]}"
    if field.column == "number" and model in NUMBERED:
        return f"left(old.number, 9) || lpad({own}::text, 12, '0')"
    if field.column == "provider_number":
        return f"{own}::text"
    if field.column in FRESH:
        return f"sha256(convert_to('{field.column}' || {own}, 'UTF8'))"
    return f"old.{connection.ops.quote_name(field.column)}"
