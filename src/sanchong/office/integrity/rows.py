"""What is kept of some person-years, read in eight statements, however many rows there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import F

from sanchong.office.claims.models import (
    Confirmation,
    FeeLine,
    Payment,
    PersonYear,
    Posting,
    ReversalReason,
    Settlement,
    Visit,
)
from sanchong.office.integrity.snapshot import snapshot

Row = TypeVar("Row")


@dataclass(slots=True)
class YearRows:
    """A person's year with everything that was written under its lock."""

    year: PersonYear
    person: str
    """The person's number."""
    entries: list[Settlement]
    """In their turn."""
    visits: dict[int, Visit] = field(default_factory=dict)
    """The visits of the entries, by id."""
    lines: dict[int, list[FeeLine]] = field(default_factory=dict)
    """By visit; withdrawn lines are left out."""
    postings: dict[int, list[Posting]] = field(default_factory=dict)
    """By entry; a payment's among them."""
    payments: dict[int, list[Payment]] = field(default_factory=dict)
    """By entry."""
    confirmed: frozenset[int] = frozenset()
    """The entries whose recovery was confirmed."""
    explained: frozenset[int] = frozenset()
    """The entries with a reason for a reversal."""

    @property
    def where(self) -> str:
        """The place that findings of the whole year name: person and year."""
        return f"{self.person}/{self.year.year}"


def ranges(chunk: int) -> Iterator[tuple[int, int]]:
    """The ids of all person-years as closed ranges of ``chunk`` rows each."""
    last = 0
    while True:
        ids = PersonYear.objects.filter(id__gt=last).order_by("id").values_list("id", flat=True)[:chunk]
        found = list(ids)
        if not found:
            return
        last = found[-1]
        yield found[0], last


def read(first: int, last: int) -> list[YearRows]:
    """The person-years with ids from ``first`` to ``last``, as they are at one moment."""
    with snapshot():
        years = list(
            PersonYear.objects.filter(id__range=(first, last))
            .annotate(number=F("person__number"))
            .order_by("id")
        )
        of_years = Settlement.objects.filter(year__id__gte=first, year__id__lte=last)
        entries = list(of_years.order_by("year_id", "turn", "id"))
        visits = {row.pk: row for row in Visit.objects.filter(id__in=_ids(row.visit_id for row in entries))}
        lines = list(FeeLine.objects.filter(visit_id__in=list(visits), withdrawn_at=None).order_by("id"))
        ids = [row.pk for row in entries]
        postings = list(Posting.objects.filter(settlement_id__in=ids).order_by("id"))
        payments = list(Payment.objects.filter(settlement_id__in=ids).order_by("id"))
        confirmed = Confirmation.objects.filter(settlement_id__in=ids).values_list("settlement_id", flat=True)
        confirmations = frozenset(confirmed)
        reasons = ReversalReason.objects.filter(settlement_id__in=ids).values_list("settlement_id", flat=True)
        explained = frozenset(reasons)
    entries_of = _by(entries, "year_id")
    lines_of = _by(lines, "visit_id")
    postings_of, payments_of = _by(postings, "settlement_id"), _by(payments, "settlement_id")
    return [
        YearRows(
            year,
            year.number,
            entries_of.get(year.pk, []),
            visits,
            lines_of,
            postings_of,
            payments_of,
            confirmations,
            explained,
        )
        for year in years
    ]


def _ids(found: Iterable[int | None]) -> list[int]:
    return sorted({row for row in found if row is not None})


def _by(rows: Sequence[Row], owner: str) -> dict[int, list[Row]]:
    kept: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        kept[getattr(row, owner)].append(row)
    return dict(kept)
