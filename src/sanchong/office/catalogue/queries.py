"""Reading the catalogue: an item's terms on a date, a search, what differs between two editions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q

from sanchong.office.catalogue.models import Edition, Item
from sanchong.office.catalogue.terms import Terms, terms_of

MOST_ON_A_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Some items in the order of their codes, and after which row to ask on (None: these were the last)."""

    rows: Sequence[Item]
    after: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Changed:
    """An item whose terms differ: its code and insurance, and by field what stood before and what stands after."""

    key: tuple[str, str]
    fields: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What an edition has that the other lacks, and what differs, each in the order of codes."""

    new: Sequence[Terms]
    gone: Sequence[Terms]
    changed: Sequence[Changed]
    unchanged: int


def edition_on(day: dt.date, known_on: dt.date) -> Edition | None:
    """The edition in force on ``day`` as known on ``known_on``: of those that have begun, the latest."""
    known = Edition.objects.filter(in_force_from__lte=day, known_from__lte=known_on)
    return known.order_by("-in_force_from", "-id").first()


def item_on(code: str, insurance: str, day: dt.date, known_on: dt.date) -> Item | None:
    """An item's terms for an insurance on a date; those of the very insurance count before those of both. None: not listed."""
    edition = edition_on(day, known_on)
    if edition is None:
        return None
    found = Item.objects.filter(edition=edition, code=code, insurance__in=("", insurance))
    return found.order_by("-insurance").first()


def items_on(codes: Collection[str], insurance: str, day: dt.date, known_on: dt.date) -> dict[str, Item]:
    """Several items' terms for an insurance on a date, by code; what is not listed is left out."""
    edition = edition_on(day, known_on)
    found = Item.objects.filter(edition=edition, code__in=codes, insurance__in=("", insurance))
    return {item.code: item for item in found.order_by("insurance")} if edition else {}


def search(
    edition: Edition, text: str, *, kind: str = "", after: tuple[str, str] = ("", ""), size: int = 50
) -> Page:
    """Items whose name holds ``text`` or whose code begins with it."""
    size = max(1, min(size, MOST_ON_A_PAGE))
    code, insurance = after
    later = Q(code__gt=code) | Q(code=code, insurance__gt=insurance)
    found = Item.objects.filter(later, edition=edition)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__istartswith=text))
    if kind:
        found = found.filter(kind=kind)
    rows = list(found.order_by("code", "insurance")[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return Page(rows[:size], (last.code, last.insurance) if last else None)


def terms_in(edition: Edition | None) -> dict[tuple[str, str], Terms]:
    """Every row of an edition, by code and insurance; none where there is no edition."""
    if edition is None:
        return {}
    return {row.key: row for row in map(terms_of, Item.objects.filter(edition=edition).iterator(2000))}


def difference(before: Mapping[tuple[str, str], Terms], after: Mapping[tuple[str, str], Terms]) -> Difference:
    """From one edition's rows (see :func:`terms_in`) to another's."""
    both = sorted(before.keys() & after.keys())
    changed = [Changed(key, _fields(before[key], after[key])) for key in both if before[key] != after[key]]
    return Difference(
        new=[after[key] for key in sorted(after.keys() - before.keys())],
        gone=[before[key] for key in sorted(before.keys() - after.keys())],
        changed=changed,
        unchanged=len(both) - len(changed),
    )


def _fields(before: Terms, after: Terms) -> dict[str, tuple[Any, Any]]:
    old, new = before.data(), after.data()
    return {name: (old[name], new[name]) for name in old if old[name] != new[name]}
