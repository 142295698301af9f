"""The year's visits: registered, diagnosed, billed, settled; some reversed afterwards."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from sanchong.dates import SHANGHAI, today
from sanchong.office.actor import Actor
from sanchong.office.claims import services
from sanchong.office.claims.services import visits
from sanchong.office.operations.demo import bills
from sanchong.office.operations.demo.city import Place, Places, place_for
from sanchong.office.people.models import Person
from sanchong.settlement.refusal import Refusal

Row = Mapping[str, Any]

REVERSED_ONE_IN: Final = 60
OPEN_DAYS: Final = 2
"""Visits of the last days are diagnosed and billed, not yet settled."""
UNSPECIFIED: Final = "R69"
"""The diagnosis's code (ICD-10: illness, unspecified): nobody's illness is told here."""
PAYERS: Final = ("supplementary", "commercial", "mutual_aid")


@dataclass(slots=True)
class Told:
    """What became of the year's visits."""

    settled: int = 0
    open: int = 0
    reversed: int = 0
    closed: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """By code: they stay diagnosed."""


def in_order(visits: Sequence[Row]) -> list[Row]:
    """The visits up to today as they are presented: day by day, each person's in their turn."""
    latest: dict[str, dt.date] = {}
    presented = []
    for row in visits:
        day = max(row["date"], latest.get(row["person"], row["date"]))
        latest[row["person"]] = day
        if day <= today():
            presented.append((day, row["person"], row["seq"], row))
    return [row for *_, row in sorted(presented, key=lambda told: told[:3])]


def place_of(places: Places, row: Row, county: str) -> Place:
    """Where a visit of the population happens; special drugs, which have no provider there, at the first city hospital."""
    if row["provider_class"] is None:
        return places["city"][0]
    return place_for(places, row["provider_class"], county, int(row["provider"].rsplit("-", 1)[1]))


def settle(actor: Actor, person: Person, row: Row, place: Place, key: str, told: Told) -> str | None:
    """One visit from registration to settlement; its number if it was settled."""
    visit = _visit(actor, person, row, place, key)
    if (today() - row["date"]).days < OPEN_DAYS:
        told.open += 1
        return None
    try:
        services.settle(visit, f"{key}-settle", actor)
    except Refusal as refusal:
        told.refused[refusal.code] += 1
        return None
    told.settled += 1
    return visit


def reverse_some(actor: Actor, settled: Sequence[str], told: Told) -> None:
    """Reverse some of the visits: what came after them is settled again."""
    for number in settled[REVERSED_ONE_IN // 2 :: REVERSED_ONE_IN]:
        services.reverse(number, f"demo-reverse-{number}", actor, "演示：费用登记有误")
        told.reversed += 1


def lines_of(row: Row) -> list[bills.Line]:
    """The bill of a visit of the population, line by line."""
    if row["kind"] == "special_drug":
        return bills.special_drug(row["total"])
    names = ("in_policy", "advance", "over_price", "out_of_catalogue", "out_of_scope", "dual_channel")
    parts = bills.Parts(**{name: row[name] for name in names})
    days = (row["date"] - row["admitted"]).days + 1 if row["admitted"] else 1
    return bills.lines(row["kind"], parts, days)


def _visit(actor: Actor, person: Person, row: Row, place: Place, key: str) -> str:
    """A visit registered, diagnosed, with its lines and what others pay; its number."""
    disease = row["disease"] or ""
    stay = row["kind"] == "inpatient"
    visit: str = visits.register(
        actor,
        f"{key}-register",
        person_number=person.number,
        kind=row["kind"],
        provider_number=key,
        admitted=row["admitted"] or row["date"],
        disease=f"{disease}:{row['subtype']}" if row["subtype"] else disease,
        practitioner=place.physician,
        discharged=row["date"] if stay else None,
        given_pooled=row["given_pooled"],
        given_catastrophic=row["given_catastrophic"],
        provider=place.provider.code,
    )["visit"]
    by = {"practitioner": place.physician} if place.physician else {}
    diagnosis = {"code": UNSPECIFIED, "name": "未特指的疾病（演示）", **by}
    visits.diagnose(actor, f"{key}-diagnose", visit, [diagnosis])
    at = dt.datetime.combine(row["date"], dt.time(12), SHANGHAI).isoformat()
    lines = [
        {
            "number": str(n),
            "at": at,
            "item": line.item,
            "name": line.name,
            "quantity": Decimal(line.quantity),
            "unit_price": line.unit_price,
            "amount": Decimal(line.amount) / 100,
            "conforming": line.conforming,
        }
        for n, line in enumerate(lines_of(row), 1)
    ]
    visits.add_lines(actor, f"{key}-lines", visit, "1", lines)
    for payer in PAYERS:
        if row[payer]:
            visits.record_payout(actor, f"{key}-{payer}", visit, payer, row[payer], row["date"])
    return visit
