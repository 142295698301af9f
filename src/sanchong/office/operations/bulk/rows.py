"""Rows of the office's tables as they are loaded: the columns that are said, the others at their defaults."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import orjson
from django.db import models

from sanchong.office.claims.models import (
    Diagnosis,
    FeeLine,
    ManualCase,
    Payout,
    PersonYear,
    Posting,
    Settlement,
    Visit,
)
from sanchong.office.people.models import (
    Enrolment,
    Grant,
    Household,
    Member,
    Person,
    Recognition,
    Referral,
    Registration,
    Waiver,
)

TABLES: Final[tuple[type[models.Model], ...]] = (
    Person, Household, Member, Registration, Enrolment, Grant, Recognition, Waiver, Referral,
    Visit, Diagnosis, FeeLine, Payout, PersonYear, Settlement, Posting, ManualCase,
)  # fmt: skip
"""What is loaded, in the order in which rows refer to each other."""

Loaded = dict[str, list[dict[str, Any]]]
"""By table's label, rows by column."""


def columns_of(model: type[models.Model], said: Sequence[str]) -> list[str]:
    """The columns that are written: those said, then those at their defaults. An id that is not said is the database's."""
    names = [str(f.column) for f in model._meta.concrete_fields]
    rest = [n for n in names if n not in said and n != "id"]
    return [*said, *rest]


def defaults_of(model: type[models.Model], said: Sequence[str], now: str) -> list[Any]:
    """The values of the columns that are not said."""
    values: list[Any] = []
    for f in model._meta.concrete_fields:
        if f.column in said or f.column == "id":
            continue
        if getattr(f, "auto_now_add", False):
            values.append(now)
        elif isinstance(f, models.JSONField):
            values.append(orjson.dumps(f.get_default()).decode())
        elif isinstance(f, models.BinaryField) or f.get_internal_type() == "BinaryField":
            values.append(None if f.null else b"")
        else:
            values.append(f.get_default())
    return values


def stamp(now: dt.datetime, *, sqlite: bool) -> str:
    """A moment as the database's own columns write it."""
    told = f"{now.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f}"
    return told if sqlite else f"{told}+00:00"
