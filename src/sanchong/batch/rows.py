"""The rows of a part as flat records: compiled code is handed a row, which costs nothing, not dozens of columns.

Declared like the records of shapes: whole numbers only, one default a field. A code or flag that is
null is NULL, an amount NO_FEN, a day NO_DAY (days are counted from 1970-01-01).
"""

# ruff: noqa: RUF009  # its field functions are meant to be called in class bodies
from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sanchong.batch.columns import Array
from sanchong.batch.compile import Records, record_dtype
from sanchong.shapes import CATEGORIES, WORDS, Numbers, layout, number, numbers


class Tables(NamedTuple):
    """The rows of a part, those of visits sorted by (person, seq)."""

    people: Records
    categories: Records
    recognitions: Records
    waivers: Records
    visits: Records


def pack(shape: type, count: int, columns: dict[str, Array]) -> Records:
    """Columns as records of ``shape``; what is not given is 0."""
    records: Records = np.zeros(count, record_dtype(shape))
    for name, column in columns.items():
        records[name] = column
    assert set(columns) <= {name for name, _, _ in layout(shape)}
    return records


@dataclass(slots=True)
class PersonRow:
    """One person: the first of their ``rows`` in people, and from where to where theirs stand in the other tables.

    ``region`` and ``household`` are classes of areas that the law does not tell apart. ``named`` is whether the
    person's id is a text at all, ``stray_line`` the mistake in lines of a visit that there is not.
    """

    row: int = number(code="i4")
    rows: int = number(code="i4")
    region: int = number(code="i2")
    household: int = number(code="i2")
    insurance: int = number(code="i1")
    named: int = number(code="i1")
    stray_line: int = number(code="i2")
    visits: int = number(code="i4")
    visits_end: int = number(code="i4")
    categories: int = number(code="i4")
    categories_end: int = number(code="i4")
    recognitions: int = number(code="i4")
    recognitions_end: int = number(code="i4")
    waivers: int = number(code="i4")
    waivers_end: int = number(code="i4")


@dataclass(slots=True)
class CategoryRow:
    """A category held from ``start`` to ``end``."""

    category: int = number(code="i1")
    start: int = number(code="i4")
    end: int = number(code="i4")


@dataclass(slots=True)
class RecognitionRow:
    """A recognition; ``named`` is the condition of its sub-type, if an exclusion can name that."""

    disease: int = number(code="i1")
    named: int = number(code="i1")
    legacy: int = number(code="i1")
    mistake: int = number(code="i2")
    subtype: int = number(code="i4")
    start: int = number(code="i4")
    end: int = number(code="i4")


@dataclass(slots=True)
class WaiverRow:
    """A waived pair of conditions; a side that no exclusion can name is NO_CONDITION."""

    a: int = number(code="i1")
    b: int = number(code="i1")
    mistake: int = number(code="i2")


@dataclass(slots=True)
class VisitRow:
    """A visit. ``named`` and ``repeated`` are put by batch.names; ``mistake`` is that of disease and sub-type."""

    total: int = number()
    dual_channel: int = number()
    out_of_scope: int = number()
    out_of_catalogue: int = number()
    over_price: int = number()
    advance: int = number()
    in_policy: int = number()
    supplementary: int = number()
    commercial: int = number()
    mutual_aid: int = number()
    given_pooled: int = number()
    given_catastrophic: int = number()
    seq: int = number(code="i4")
    day: int = number(code="i4")
    subtype: int = number(code="i4")
    mistake: int = number(code="i2")
    line_mistake: int = number(code="i2")
    kind: int = number(code="i1")
    disease: int = number(code="i1")
    in_province: int = number(code="i1")
    designated: int = number(code="i1")
    level: int = number(code="i1")
    fee_class: int = number(code="i1")
    administrative_level: int = number(code="i1")
    level_exception: int = number(code="i1")
    referred: int = number(code="i1")
    named: int = number(code="i1")
    repeated: int = number(code="i1")


@dataclass(slots=True)
class LineRow:
    """A fee line. ``id`` is a hash of its id, 0 for none."""

    amount: int = number()
    price_cap: int = number()
    rate_num: int = number()
    rate_den: int = number()
    id: int = number()
    seq: int = number(code="i4")
    line_class: int = number(code="i1")
    related: int = number(code="i1")
    conforming: int = number(code="i1")
    dual_channel: int = number(code="i1")


@dataclass(slots=True)
class DayRow:
    """A day of the calendar: its year, its quarter, the segment of days on which the law is the same."""

    year: int = number(code="i2")
    segment: int = number(code="i2")
    quarter: int = number(code="i1")


@dataclass(slots=True)
class DoneRow:
    """What became of a visit, beside its amounts. ``refusal`` is 0, a mistake's number, or one of the kernel's.

    ``terms`` is the row of Terms, ``year`` the place of the person-year that is refused with it.
    """

    refusal: int = number(code="i2")
    gates: int = number(code="i2")
    terms: int = number(code="i4")
    year: int = number(code="i4")


@dataclass(slots=True)
class YearRow:
    """What became of a person-year. ``person`` is a row of people, ``cause`` the visit at fault.

    ``terms`` and ``used`` are those of the year's end or, where the step refused, of the visit at fault, of which
    ``fact``, ``condition``, ``held`` and ``waived`` say further what a refusal's words need.
    """

    pooled: int = number()
    catastrophic_burden: int = number()
    catastrophic: int = number()
    assistance: int = number()
    assistance_deductible: int = number()
    patient: int = number()
    paid_at_end: int = number()
    paid: Numbers = numbers(len(CATEGORIES))
    used: Numbers = numbers(WORDS)
    person: int = number()
    cause: int = number()
    year: int = number(code="i4")
    terms: int = number(code="i4")
    refusal: int = number(code="i2")
    turns: int = number(code="i1")
    """The categories that had a base, as bits."""
    fact: int = number(code="i1")
    condition: int = number(code="i1")
    held: int = number()
    waived: int = number()
