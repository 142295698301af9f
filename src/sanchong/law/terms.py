"""Resolving Terms: the values in force for (insurance area, household area, date, known on, overlay)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sanchong.law.documents import Document
from sanchong.law.library import Law, covers, significant
from sanchong.law.values import STATUSES, Figure, Value
from sanchong.shapes import (
    ADDRESSES,
    ASSISTANCE_AREA,
    EMPLOYEE_BASIC_INSURANCE,
    MAX_BANDS,
    MISSING,
    SLOTS,
    STATED,
    UNMODELLED,
    Address,
    Terms,
)

AREAS_KEPT = 10_000
"""So many area codes are remembered; a case can name any six digits."""
CONTROL_AREA = "140000"
"""Catalogue control is a rule for the hospitals of the province (B74), wherever the person belongs."""

Overlay = Mapping[int, Sequence[tuple[dt.date, Figure]]]
"""A case's own values by slot: from which day on, and the figure; the latest start on or before a date holds."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What counts as known: all up to a date (None: all), and some documents whatever their date."""

    on: dt.date | None
    also: frozenset[str]

    def has(self, document: str, known_from: dt.date) -> bool:
        """Whether what ``document`` says since ``known_from`` is known."""
        return self.on is None or known_from <= self.on or document in self.also


@dataclass(frozen=True, slots=True)
class Resolution:
    """Terms together with where each value comes from."""

    terms: Terms
    sources: tuple[Value | None, ...]
    """By slot: the law's value; None where there is none, or where the overlay states it."""
    overlaid: frozenset[int]
    """The slots that the overlay states."""
    outpatient: Document | None
    """The outpatient scheme's document in force, if any."""
    told: dict[int, Any] = field(default_factory=dict, compare=False, repr=False)
    """Room for whoever explains: by slot, the value as it was told once."""


class Resolver:
    """Looks up Terms; what was resolved once is kept, by the days on which anything changes."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self._by_slot: list[list[Value]] = [[] for _ in range(SLOTS)]
        for value in law.values():
            self._by_slot[value.address.slot].append(value)
        self.turns = tuple(_turning_days(law))
        """The days on which some value or document begins or has just ended, rising."""
        self._knowns = sorted({v.known_from for v in law.values()} | {d.known_from for d in law.documents})
        self._areas = sorted({v.area for v in law.values()} | {d.area for d in law.documents})
        self._reach: dict[str, tuple[str, ...]] = {}
        self._kept: dict[tuple[Any, ...], Resolution] = {}

    def resolve(
        self,
        insurance_area: str,
        household_area: str,
        day: dt.date,
        known_on: dt.date | None = None,
        overlay: Overlay | None = None,
        also_known: frozenset[str] = frozenset(),
    ) -> Resolution:
        """The values in force on ``day`` as known on ``known_on`` (None: all that is read), under ``overlay``.

        The documents in ``also_known`` count as known whatever the date.
        """
        knowledge = Knowledge(known_on, also_known)
        key = (
            self.covering(insurance_area),
            self.covering(household_area),
            _segment(self.turns, day),
            _known_segment(self._knowns, known_on),
            also_known,
        )
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._resolve(insurance_area, household_area, day, knowledge)
        return overlaid(found, overlay, day) if overlay else found

    def covering(self, area: str) -> tuple[str, ...]:
        """The areas of the law that cover ``area``: all that a resolution can depend on."""
        found = self._reach.get(area)
        if found is None:
            found = tuple(above for above in self._areas if covers(above, area))
            if len(self._reach) < AREAS_KEPT:
                self._reach[area] = found
        return found

    def history(self, slot: int, insurance_area: str, household_area: str) -> list[Value]:
        """Every value at ``slot`` that reaches these areas, whenever: by first day, then by day of knowledge."""
        area = _area_of(ADDRESSES[slot], insurance_area, household_area)
        reaching = [value for value in self._by_slot[slot] if covers(value.area, area)]
        return sorted(reaching, key=lambda v: (v.period.start or dt.date.min, v.known_from, _precedence(v)))

    def _resolve(self, insurance: str, household: str, day: dt.date, knowledge: Knowledge) -> Resolution:
        terms = Terms()
        sources: list[Value | None] = [None] * SLOTS
        for address in ADDRESSES:
            area = _area_of(address, insurance, household)
            value = _in_force(self._by_slot[address.slot], area, day, knowledge)
            if value is not None:
                sources[address.slot] = value
                write(terms, address.slot, value.figure, STATUSES[value.status])
        outpatient = self._scheme("outpatient", insurance, day, knowledge)
        assistance = self._scheme("assistance", household, day, knowledge)
        terms.status[EMPLOYEE_BASIC_INSURANCE] = UNMODELLED
        terms.status[ASSISTANCE_AREA] = UNMODELLED if assistance is None else STATED
        if outpatient is not None:
            terms.outpatient_in_force = 1
            terms.exclusion_count = len(outpatient.exclusions)
            for place, exclusion in enumerate(outpatient.exclusions):
                terms.exclusion_a[place] = exclusion.a
                terms.exclusion_b[place] = exclusion.b
        return Resolution(terms, tuple(sources), frozenset(), outpatient)

    def _scheme(self, scheme: str, area: str, day: dt.date, knowledge: Knowledge) -> Document | None:
        for document in self.law.documents:
            reaches = scheme in document.schemes and covers(document.area, area)
            if reaches and day in document.in_force and knowledge.has(document.id, document.known_from):
                return document
        return None


def write(terms: Terms, slot: int, figure: Figure, status: int) -> None:
    """Put a figure with its status into its slot of ``terms``."""
    terms.num[slot] = figure.num
    terms.den[slot] = figure.den
    terms.status[slot] = status
    if ADDRESSES[slot].unit == "bands" and status != MISSING:
        row = ADDRESSES[slot].place
        for band, (above, num) in enumerate(figure.bands):
            terms.bands_above[row * MAX_BANDS + band] = above
            terms.bands_num[row * MAX_BANDS + band] = num


def overlaid(base: Resolution, overlay: Overlay, day: dt.date) -> Resolution:
    """``base`` with the values that ``overlay`` states on ``day``; a new resolution, the old untouched."""
    old = base.terms
    terms = Terms(
        old.num.copy(),
        old.den.copy(),
        old.status.copy(),
        old.bands_above.copy(),
        old.bands_num.copy(),
        old.outpatient_in_force,
        old.exclusion_count,
        old.exclusion_a,
        old.exclusion_b,
    )
    stated = set()
    for slot, dated in overlay.items():
        holding = [figure for start, figure in dated if start <= day]
        if holding:
            write(terms, slot, holding[-1], STATED)
            stated.add(slot)
    sources = tuple(None if slot in stated else source for slot, source in enumerate(base.sources))
    return Resolution(terms, sources, frozenset(stated), base.outpatient)


def _in_force(values: list[Value], area: str, day: dt.date, knowledge: Knowledge) -> Value | None:
    """The value that holds: a document's before an illustration, the nearest area's, the latest known."""
    holding = [
        v
        for v in values
        if day in v.period and covers(v.area, area) and knowledge.has(v.document, v.known_from)
    ]
    return max(holding, key=_precedence, default=None)


def _precedence(value: Value) -> tuple[bool, int, dt.date]:
    return value.status != "assumed", len(significant(value.area)), value.known_from


def _area_of(address: Address, insurance: str, household: str) -> str:
    """Assistance, subsidy and warning go by the household's registration, the insurers' tiers by insurance (B118)."""
    family = address.name.split(".", 1)[0]
    if family in ("assistance", "enrolment", "early_warning"):
        return household
    return CONTROL_AREA if family == "catalogue_control" else insurance


def _turning_days(law: Law) -> list[dt.date]:
    """The days on which some value or document begins or has just ended."""
    turns: set[dt.date] = set()
    for period in [v.period for v in law.values()] + [d.in_force for d in law.documents]:
        if period.start:
            turns.add(period.start)
        if period.end:
            turns.add(period.end + dt.timedelta(days=1))
    return sorted(turns)


def _segment(turns: Sequence[dt.date], day: dt.date) -> int:
    return bisect_right(turns, day)


def _known_segment(knowns: list[dt.date], known_on: dt.date | None) -> int:
    return -1 if known_on is None else bisect_right(knowns, known_on)
