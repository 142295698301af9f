"""Fee lines in batches: added, withdrawn; never changed.

Quantity and unit price are exact decimals as the interface has them (N(16,4) and N(16,6), here of at most 15 digits, which both
databases keep exactly); the amount is whole fen. The amount is quantity × unit price, rounded half up to the fen: a line
that says otherwise is refused. A returned item is withdrawn, and what remains of it is added as a line of its own; no
quantity is negative.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from sanchong.money import MAX_AMOUNT, Fen, plain_yuan
from sanchong.office.actor import Actor
from sanchong.office.checking import is_plain, refused
from sanchong.office.claims.known import Head
from sanchong.office.claims.models import FeeLine
from sanchong.office.claims.services.commands import Data
from sanchong.office.claims.services.visits.changing import change, checked
from sanchong.settlement.fields import Fields
from sanchong.settlement.refusal import Refusal, invalid

MOST_LINES: Final = 5_000
"""In one batch, and in one withdrawal by number."""
MOST_DIGITS: Final = 15
MOST_DAYS: Final = 366


def add_lines(actor: Actor, key: str, number: str, batch: str, lines: Sequence[Mapping[str, Any]]) -> Data:
    """Add a batch of fee lines (2204, 2301), all or none, in a constant number of statements.

    A line has ``number`` (its own within the visit, withdrawn lines included), ``at`` (ISO 8601), ``item`` ("" is outside the
    catalogue), ``name``, ``quantity``, ``unit_price``, ``amount`` (in yuan, Decimal or decimal text), and may have ``days``
    (for how many days a prescribed drug lasts) and ``conforming`` (true). The answer gives what the visit's lines
    come to.
    """
    if not lines:
        raise refused("lines", "没有费用明细", "no fee lines")
    if len(lines) > MOST_LINES:
        raise refused("lines", f"一批至多 {MOST_LINES} 条", f"at most {MOST_LINES} lines in a batch")
    rows = [_line(i, data, batch) for i, data in enumerate(lines)]
    _each_once(rows)
    said = [_said(row) for row in rows]

    def write(head: Head) -> Data:
        there = FeeLine.objects.filter(visit=head.id).values_list("number", flat=True)
        repeated = set(there) & {row.number for row in rows}
        for i, row in enumerate(rows):
            if row.number in repeated:
                raise Refusal(
                    "line_repeated",
                    f"lines[{i}].number",
                    f"明细流水号 {row.number} 在本次就诊中已用过（含已撤销的）；请另取一个号",
                    f"line {row.number} is on this visit already, or was withdrawn; take another number",
                )
        _insert(head, said)
        return {"batch": batch, "lines": len(rows), "total": plain_yuan(total_of(head.id))}

    return change(actor, key, number, "lines", "add_lines", {"batch": batch, "lines": said}, write)


def withdraw(
    actor: Actor, key: str, number: str, *, batch: str | None = None, lines: Collection[str] | None = None
) -> Data:
    """Withdraw a batch, or lines by their numbers, or (with neither) every line that stands (2205, 2302)."""
    if batch is not None and lines is not None:
        raise refused("lines", "按批次或按明细，只能选一种", "either a batch or lines, not both")
    if lines is not None and not 0 < len(lines) <= MOST_LINES:
        raise refused("lines", f"应为 1 至 {MOST_LINES} 条", f"expected 1 to {MOST_LINES} lines")
    wanted = None if lines is None else sorted(set(lines))

    def write(head: Head) -> Data:
        standing = FeeLine.objects.filter(visit=head.id, withdrawn_at=None)
        if wanted is not None:
            missing = sorted(set(wanted) - set(standing.values_list("number", flat=True)))
            if missing:
                raise _none_such("lines", f"明细 {missing[0]}", f"line {missing[0]}")
            standing = standing.filter(number__in=wanted)
        elif batch is not None:
            standing = standing.filter(batch=batch)
        withdrawn = standing.update(withdrawn_at=timezone.now())
        if batch is not None and not withdrawn:
            raise _none_such("batch", f"批次 {batch}", f"batch {batch}")
        return {"withdrawn": withdrawn, "total": plain_yuan(total_of(head.id))}

    return change(actor, key, number, "lines", "withdraw", {"batch": batch, "lines": wanted}, write)


def total_of(visit: int) -> Fen:
    """What the lines of a visit that stand come to, in fen."""
    return FeeLine.objects.filter(visit=visit, withdrawn_at=None).aggregate(s=Sum("amount"))["s"] or 0


def amount_of(quantity: Decimal, unit_price: Decimal) -> Fen:
    """What a line of this quantity and unit price (in yuan) comes to, in fen: half up."""
    return int((quantity * unit_price * 100).quantize(Decimal(1), ROUND_HALF_UP))


# ── reading a line ───────────────────────────────────────────────────────────────────────────


def _line(i: int, data: Mapping[str, Any], batch: str) -> FeeLine:
    row = Fields(data, f"lines[{i}]")
    line = FeeLine(
        number=row.text("number"),
        batch=batch,
        at=_moment(row, "at"),
        item=_code(row, "item"),
        name=row.text("name"),
        quantity=_decimal(row, "quantity", 4),
        unit_price=_decimal(row, "unit_price", 6),
        amount=_amount(row),
        days=row.raw("days", None) if row.data.get("days") is None else row.whole("days", 1, MOST_DAYS),
        conforming=row.flag("conforming", True),
    )
    row.finish()
    if not line.quantity:
        raise refused(
            row.at("quantity"), "应大于零；退费请撤销原明细", "expected more than 0; withdraw a returned line"
        )
    exact = amount_of(line.quantity, line.unit_price)
    if exact != line.amount:
        raise Refusal(
            "amount_differs",
            row.at("amount"),
            f"明细 {line.number}：数量 {line.quantity} × 单价 {line.unit_price} 四舍五入到分为 {plain_yuan(exact)}，"
            f"与金额 {plain_yuan(line.amount)} 不符",
            f"line {line.number}: {line.quantity} × {line.unit_price} is {plain_yuan(exact)} to the fen,"
            f" not {plain_yuan(line.amount)}",
        )
    return checked(line, row.path)


def _code(row: Fields, key: str) -> str:
    value = row.raw(key)
    if not isinstance(value, str) or not is_plain(value):
        raise invalid(row.at(key), "text")
    return value


def _moment(row: Fields, key: str) -> dt.datetime:
    """A moment; one without a zone is the office's own time."""
    value = row.raw(key)
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, dt.datetime):
        raise refused(
            row.at(key), "应为时间，如 2026-03-10T09:30:00", "expected a time such as 2026-03-10T09:30:00"
        )
    return value if timezone.is_aware(value) else timezone.make_aware(value)


def _decimal(row: Fields, key: str, places: int) -> Decimal:
    """An exact decimal that is not negative, of at most ``places`` places: text, Decimal or whole number; never a float."""
    value = row.raw(key)
    if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
        raise refused(
            row.at(key),
            '应为十进制数文字，如 "1.5"，不用浮点数',
            'expected a decimal text such as "1.5", never a float',
        )
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or number < 0 or (isinstance(value, str) and not _digits_only(value)):
        raise refused(row.at(key), "应为不小于零的十进制数", "expected a decimal that is not negative")
    if -exponent > places:
        raise refused(row.at(key), f"至多 {places} 位小数", f"at most {places} places")
    if number.adjusted() >= MOST_DIGITS - places:
        raise refused(
            row.at(key),
            f"整数部分至多 {MOST_DIGITS - places} 位",
            f"at most {MOST_DIGITS - places} digits before the point",
        )
    return number


def _digits_only(text: str) -> bool:
    return text.isascii() and text.replace(".", "", 1).isdigit()


def _amount(row: Fields) -> Fen:
    fen = _decimal(row, "amount", 2) * 100
    if fen > MAX_AMOUNT:
        raise invalid(row.at("amount"), "too_large")
    return int(fen)


def _each_once(rows: Sequence[FeeLine]) -> None:
    seen: set[str] = set()
    for i, row in enumerate(rows):
        if row.number in seen:
            raise invalid(f"lines[{i}].number", "repeated")
        seen.add(row.number)


def _none_such(where: str, zh: str, en: str) -> Refusal:
    return Refusal("no_line", where, f"没有未撤销的{zh}", f"no {en} that stands")


# ── writing lines ────────────────────────────────────────────────────────────────────────────


def _said(row: FeeLine) -> Data:
    """A line as JSON data: what is hashed, and what the database takes apart."""
    return {
        "number": row.number,
        "batch": row.batch,
        "at": str(connection.ops.adapt_datetimefield_value(row.at)),
        "item": row.item,
        "name": row.name,
        "quantity": f"{row.quantity:f}",
        "unit_price": f"{row.unit_price:f}",
        "amount": row.amount,
        "days": row.days,
        "conforming": row.conforming,
    }


COLUMNS: Final = (
    "number",
    "batch",
    "at",
    "item",
    "name",
    "quantity",
    "unit_price",
    "amount",
    "days",
    "conforming",
)
INSERT: Final = f"INSERT INTO claims_feeline (visit_id, {', '.join(COLUMNS)}) "
FROM_JSON: Final = {
    "postgresql": f"SELECT %s, {', '.join('r.' + c for c in COLUMNS)} FROM jsonb_to_recordset(%s::jsonb) AS r("
    "number text, batch text, at timestamptz, item text, name text, quantity numeric, unit_price numeric,"
    " amount bigint, days smallint, conforming boolean)",
    "sqlite": f"SELECT %s, {', '.join(f'''r.value ->> '{c}' ''' for c in COLUMNS)} FROM json_each(%s) r ORDER BY r.key",
}
"""The lines as one parameter, so that their number does not become statements (SQLite) or parameters (PostgreSQL)."""


def _insert(head: Head, said: Sequence[Data]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT + FROM_JSON[connection.vendor], [head.id, json.dumps(said)])
