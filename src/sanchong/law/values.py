"""One dated policy value: what it is, for which days and areas, since when known, by which clause."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Container
from dataclasses import dataclass
from typing import Any, Final

from sanchong.dates import Period, parse_date
from sanchong.law.messages import Mismatch
from sanchong.law.yamlfile import Entry, is_day
from sanchong.money import (
    MAX_AMOUNT,
    MAX_RATE_TERM,
    NO_LIMIT,
    Rate,
    parse_rate,
    parse_yuan,
    plain_rate,
    plain_yuan,
)
from sanchong.shapes import ADDRESS, ASSUMED, MAX_BANDS, QUOTA_MODES, STATED, UNMODELLED, Address

STATUSES: Final = {
    "stated": STATED,
    "found": STATED,
    "reading": STATED,
    "assumed": ASSUMED,
    "unmodelled": UNMODELLED,
}
"""What a law file may say of a value. Printed by its text; found in another official document; the
chosen reading of a question that the texts leave open; an illustration; left to another document."""

MAX_COUNT: Final = 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """A value as Terms hold it: ``num`` and ``den`` as there, ``bands`` as (above in fen, numerator)."""

    num: int
    den: int = 1
    bands: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """A policy value at an address, with its clause and status, for a period, an area and a date of knowledge."""

    address: Address
    figure: Figure
    status: str
    clause: str
    document: str
    area: str
    period: Period
    known_from: dt.date
    reason: str
    place: tuple[str, int]
    """File and row, for messages."""

    def said(self) -> Any:
        """The value as canonical data, for hashes and listings."""
        return None if self.status == "unmodelled" else plain_figure(self.address, self.figure)


def read_value(
    row: Entry,
    document: str,
    area: str,
    in_force: Period,
    known_from: dt.date,
    clauses: Container[str],
    illustrative: bool,
) -> Value:
    """One row of values.yaml; what it leaves out is the document's."""
    address = ADDRESS.get(row.text("address"))
    if address is None or address.unit == "matter":
        raise row.error("address", "address", address=row.data["address"])
    status = row.text("status", one_of=tuple(STATUSES)) if row.has("status") else "stated"
    if illustrative != (status == "assumed"):
        raise row.error("assumed", "status")
    clause = row.text("clause")
    if clause not in clauses:
        raise row.error("clause_unknown", "clause", clause=clause)
    figure = Figure(0)
    if status != "unmodelled":
        try:
            figure = parse_figure(address, row.raw("value"))
        except Mismatch as found:
            raise row.error(found.code, "value", name=address.name, **found.facts) from None
    period = Period(
        row.optional_date("from") if row.has("from") else in_force.start,
        row.end_date("to") if row.has("to") else in_force.end,
    )
    if period.start and period.end and period.end < period.start:
        raise row.error("period", "to" if row.has("to") else "from")
    reach = row.area("area") if row.has("area") else area
    known = row.date("known_from") if row.has("known_from") else known_from
    reason = row.text("reason") if row.has("reason") else ""
    if status == "assumed" and not reason:
        raise row.error("reason")
    row.finish()
    return Value(
        address,
        figure,
        status,
        clause,
        document,
        reach,
        period,
        known,
        reason,
        (str(row.file), int(row.place[0])),
    )


def parse_figure(address: Address, value: Any) -> Figure:
    """A value as files and ``terms`` write it, by its address's unit; Mismatch says what was expected."""
    match address.unit:
        case "yuan":
            return Figure(_parse_amount(value))
        case "yuan_or_none":
            return Figure(NO_LIMIT if value is None else _parse_amount(value))
        case "rate":
            rate = _parse_rate(value)
            return Figure(rate.num, rate.den)
        case "count":
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_COUNT:
                raise Mismatch("whole_range", low=0, high=MAX_COUNT)
            return Figure(value)
        case "flag":
            if not isinstance(value, bool):
                raise Mismatch("flag")
            return Figure(int(value))
        case "mode":
            if value not in QUOTA_MODES:
                raise Mismatch("mode", choices=", ".join(QUOTA_MODES))
            return Figure(QUOTA_MODES.index(value))
        case "date":
            return Figure(_parse_day(value))
        case "bands":
            return _parse_bands(value)
    raise Mismatch("matter")


def _parse_amount(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Mismatch("amount")
    try:
        fen = parse_yuan(str(value))
    except ValueError:
        raise Mismatch("places") from None
    if not 0 <= fen <= MAX_AMOUNT:
        raise Mismatch("amount_range")
    return fen


def _parse_rate(value: Any) -> Rate:
    try:
        return parse_rate(value)
    except (TypeError, ValueError):
        raise Mismatch("rate") from None


def _parse_day(value: Any) -> int:
    try:
        value = parse_date(value) if isinstance(value, str) else value
    except ValueError:
        value = None
    if not is_day(value):
        raise Mismatch("date")
    return int(value.toordinal())


def _parse_bands(value: Any) -> Figure:
    if not isinstance(value, list) or len(value) > MAX_BANDS:
        raise Mismatch("bands", most=MAX_BANDS)
    rows: list[tuple[int, Rate]] = []
    for band in value:
        if not isinstance(band, dict) or set(band) != {"above", "rate"} or not isinstance(band["rate"], str):
            raise Mismatch("band")
        rows.append((_parse_amount(band["above"]), _parse_rate(band["rate"])))
    if any(upper[0] <= lower[0] for lower, upper in itertools.pairwise(rows)):
        raise Mismatch("rising")
    common = math.lcm(*(rate.den for _, rate in rows))
    if common > MAX_RATE_TERM:
        raise Mismatch("common")
    return Figure(len(rows), common, tuple((above, rate.num * common // rate.den) for above, rate in rows))


def plain_figure(address: Address, figure: Figure) -> Any:
    """A value in canonical form: yuan with two places, rates in lowest terms, dates YYYY-MM-DD."""
    match address.unit:
        case "yuan" | "yuan_or_none":
            return None if figure.num == NO_LIMIT else plain_yuan(figure.num)
        case "rate":
            return plain_rate(Rate(figure.num, figure.den))
        case "flag":
            return bool(figure.num)
        case "mode":
            return QUOTA_MODES[figure.num]
        case "date":
            return dt.date.fromordinal(figure.num).isoformat() if figure.num else None
        case "bands":
            return [
                {"above": plain_yuan(a), "rate": plain_rate(Rate(n, figure.den))} for a, n in figure.bands
            ]
    return figure.num
