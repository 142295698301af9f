"""What is said of a list: its columns, its filters, where its rows come from, and what an empty one says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from django.db.models import F, QuerySet

from sanchong.office.actor import Actor

Shown = Literal["text", "code", "day", "moment", "money", "count", "flag", "tags"]
"""How a value is shown and exported: money is whole fen, ``moment`` a date with time, ``tags`` several :class:`Tag`."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A short text of ``tags`` that stands out (``bad``), back (``off``), or as done (``aid``); or ""."""

    text: str
    tone: Literal["bad", "off", "aid", ""] = ""


NUMERIC: Final = ("money", "count")
"""Shown to the right."""

Choices = Callable[[], Sequence[tuple[str, str]]]


def everybody(actor: Actor) -> bool:
    """Nobody is kept from it."""
    return True


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the address, its title, how it is read from a row and shown.

    ``by`` are the database's fields in whose order it sorts; () does not sort.
    """

    name: str
    title: str
    read: Callable[[Any], Any]
    shown: Shown = "text"
    by: tuple[str, ...] = ()
    link: Callable[[Any], str] | None = None
    may: Callable[[Actor], bool] = everybody
    screen: bool = True
    """False: stands in the workbook alone."""

    def order(self, *, down: bool) -> list[Any]:
        """The order of rows, what is missing at the end either way."""
        return [F(name).desc(nulls_last=True) if down else F(name).asc(nulls_last=True) for name in self.by]


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition: a text, one of several ``choices``, or a ``day``. ``personal`` ones stand in no address."""

    name: str
    title: str
    apply: Callable[[QuerySet[Any], Any], QuerySet[Any]]
    choices: Choices | None = None
    day: bool = False
    personal: bool = False
    hint: str = ""
    most: int = 100
    """Characters of a text."""
    default: Callable[[], str] | None = None
    """What is asked unless something else is: of choices all can be asked instead, but never no day."""
    may: Callable[[Actor], bool] = everybody


@dataclass(frozen=True, slots=True)
class Empty:
    """What a list without rows says, and what to do next: words, and perhaps a link."""

    title: str
    then: str
    link: str = ""
    """The words of the link."""
    to: str = ""
    """The name of its address."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list. ``rows`` gives what the actor sees, unordered; ``order`` is how it is sorted unless asked otherwise."""

    name: str
    """One word, in the trail and in the name of an exported file."""
    title: str
    rows: Callable[[Actor], QuerySet[Any]]
    columns: tuple[Column, ...]
    empty: Empty
    filters: tuple[Filter, ...] = ()
    order: str = ""
    """A column's name, with ``-`` before it the other way round; "" is the order of the keys."""
    complete: Callable[[Sequence[Any]], Sequence[Any]] = field(default=lambda rows: rows)
    """What the columns read, from some of ``rows``: loads in bulk what they need besides."""
    person: Callable[[Any], int | None] | None = None
    """Whose personal data a completed row is; None is nobody's."""
    unit: str = "条"
    size: int = 25
    key: tuple[str, ...] = ("pk",)
    """By what rows are told apart: the last of every order, so that pages do not overlap."""

    def columns_for(self, actor: Actor) -> list[Column]:
        """The columns that the actor may be shown."""
        return [column for column in self.columns if column.may(actor)]

    def filters_for(self, actor: Actor) -> list[Filter]:
        """The conditions by which the actor may ask."""
        return [condition for condition in self.filters if condition.may(actor)]
