"""What may stand in a field of a request: one type a meaning, exact where it is read and in the OpenAPI document alike."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, Final

from ninja import Header, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, WithJsonSchema
from pydantic_core import PydanticCustomError

from sanchong.dates import SHANGHAI, parse_date
from sanchong.money import MAX_AMOUNT, Fen, parse_yuan, plain_yuan

FIRST_DAY: Final = dt.date(1900, 1, 1)
LAST_DAY: Final = dt.date(2199, 12, 31)
"""What lies outside is a slip of the pen."""

NO_CONTROL: Final = r"^[^\x00-\x1f\x7f-\x9f]*$"
SAYS_SOMETHING: Final = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
"""A line that is not blank."""

EXAMPLE_KEY: Final = "0b9e1c1e-9d0e-4f0e-8a43-6a1f2f1f0f11"

_DAY: Final = (
    r"(19|20|21)[0-9]{2}-"
    r"((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))"
)
_CLOCK: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]"
INSTANT: Final = rf"^{_DAY}T{_CLOCK}:[0-5][0-9](\.[0-9]{{1,6}})?(Z|[+-]{_CLOCK})?$"


class Body(BaseModel):
    """A request's body, or an object in it: a field that nobody knows is refused, not passed over."""

    model_config = ConfigDict(extra="forbid")


def unfit(kind: str) -> PydanticCustomError:
    """A value that a field cannot take; ``kind`` is a key of problems.EXPECTED, which says what was expected."""
    return PydanticCustomError(kind, "{kind}", {"kind": kind})


def plain(number: int | Decimal) -> str:
    """A number as it would be written without an exponent."""
    return f"{Decimal(number):f}"


def _fen(value: Any) -> Fen:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise unfit("too_large" if isinstance(value, float) else "amount")
    try:
        fen = parse_yuan(value if isinstance(value, str) else plain(value))
    except ValueError:
        raise unfit("places" if _has_more_places(value) else "amount") from None
    if fen < 0:
        raise unfit("amount")
    if fen > MAX_AMOUNT:
        raise unfit("too_large")
    return fen


def _paid(value: Any) -> Fen:
    fen = _fen(value)
    if fen == 0:
        raise unfit("positive")
    return fen


def _has_more_places(value: str | int | Decimal) -> bool:
    return re.fullmatch(r"-?\d{1,40}\.\d{3,40}", str(value), re.ASCII) is not None


def _decimal(whole: int, places: int, least: Decimal = Decimal(0)) -> BeforeValidator:
    """A reader of exact decimals, not negative, sent as text or as a number."""
    form = re.compile(rf"\d{{1,{whole}}}(?:\.\d{{1,{places}}})?", re.ASCII)

    def read(value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise PydanticCustomError("decimal", "decimal", {"whole": whole, "places": places})
        text = value if isinstance(value, str) else plain(value)
        if form.fullmatch(text) is None:
            raise PydanticCustomError("decimal", "decimal", {"whole": whole, "places": places})
        if Decimal(text) < least:
            raise unfit("positive")
        return Decimal(text)

    return BeforeValidator(read)


def _number_or_text(
    pattern: str, most: int, places: int, example: str, least: str = "minimum"
) -> WithJsonSchema:
    return WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": pattern},
                {"type": "number", least: 0, "maximum": most, "multipleOf": float(f"1e-{places}")},
            ],
            "examples": [example],
        }
    )


def _day(value: Any) -> dt.date:
    try:
        if not isinstance(value, str):
            raise ValueError
        day = parse_date(value)
    except ValueError:
        raise unfit("date") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise unfit("far")
    return day


def _instant(value: Any) -> dt.datetime:
    if not isinstance(value, str) or re.fullmatch(INSTANT, value) is None:
        raise unfit("instant")
    try:
        said = dt.datetime.fromisoformat(value)
    except ValueError:
        raise unfit("instant") from None  # the 29th of February of another year
    return said if said.tzinfo else said.replace(tzinfo=SHANGHAI)


def _whole(value: Any) -> int:
    """A whole number: 5 and 5.0, which JSON holds for the same; neither "5" nor true."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
        raise unfit("whole")
    return int(value)


_A_DAY: Final = WithJsonSchema(
    {"type": "string", "pattern": f"^{_DAY}$", "x-kind": "day", "examples": ["2026-03-10"]}
)
_AN_INSTANT: Final = WithJsonSchema(
    {"type": "string", "pattern": INSTANT, "x-kind": "time", "examples": ["2026-03-10T09:30:00+08:00"]}
)

Amount = Annotated[
    Fen,
    BeforeValidator(_fen),
    _number_or_text(r"^[0-9]{1,10}(\.[0-9]{1,2})?$", 10**10, 2, "1234.50"),
]
"""An amount in yuan with at most two places, as text or as a number; kept as fen."""

_PAID: Final = _number_or_text(
    r"^(?!0*(\.0*)?$)[0-9]{1,10}(\.[0-9]{1,2})?$", 10**10, 2, "1234.50", "exclusiveMinimum"
)
Paid = Annotated[Fen, BeforeValidator(_paid), _PAID]
"""An amount as :data:`Amount`, of money that was paid: more than nothing."""
PaidWritten = Annotated[str, BeforeValidator(lambda value: plain_yuan(_paid(value))), _PAID]
"""An amount as :data:`Paid`, kept as the settle contract writes it."""

AmountWritten = Annotated[
    str,
    BeforeValidator(lambda value: plain_yuan(_fen(value))),
    _number_or_text(r"^[0-9]{1,10}(\.[0-9]{1,2})?$", 10**10, 2, "1234.50"),
]
"""An amount as :data:`Amount`, kept as the settle contract writes it."""

Quantity = Annotated[
    Decimal,
    _decimal(11, 4, least=Decimal("0.0001")),
    _number_or_text(r"^(?!0*(\.0*)?$)[0-9]{1,11}(\.[0-9]{1,4})?$", 10**11 - 1, 4, "2", "exclusiveMinimum"),
]
"""More than nothing: what is returned is withdrawn."""
UnitPrice = Annotated[
    Decimal, _decimal(9, 6), _number_or_text(r"^[0-9]{1,9}(\.[0-9]{1,6})?$", 10**9 - 1, 6, "28.6")
]
Day = Annotated[
    dt.date,
    BeforeValidator(_day),
    _A_DAY,
]
DayWritten = Annotated[
    str,
    BeforeValidator(lambda value: _day(value).isoformat()),
    _A_DAY,
]
"""A day as :data:`Day`, kept as the settle contract writes it."""
Instant = Annotated[
    dt.datetime,
    BeforeValidator(_instant),
    _AN_INSTANT,
]
"""A moment; without an offset it is Shanghai's."""
InYear = Annotated[int, Field(ge=2000, le=2100), BeforeValidator(_whole)]
Row = Annotated[int, Field(ge=1, le=2**62), BeforeValidator(_whole)]
"""The number of a row in the database."""
Days = Annotated[int, Field(ge=1, le=366), BeforeValidator(_whole)]
"""For how many days a prescribed drug lasts."""
Flag = StrictBool

Number = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,30}$", examples=["P20260310ABCDEFGHJKMN"])]
"""A number that the office gave, or a provider's own: of a person, a visit, a settlement, a line."""
Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{1,50}$")]
"""A code of a national list: a provider's, a practitioner's, an item's, a diagnosis's."""
ProviderCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,12}$", examples=["H14030200001"])]
AREA: Final = r"^[0-9]{6}$"
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Year = Annotated[int, Field(ge=1900, le=2199, examples=[2026])]
After = Annotated[int, Query(ge=1, le=2**62)]
"""After which row to go on, as the page before gave it."""
Limit = Annotated[int, Query(ge=1, le=200)]
"""Rows on a page, as a parameter of the query."""
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_CONTROL)]
"""A line of text without control characters."""
Word = Annotated[str, Field(min_length=1, max_length=50, pattern=NO_CONTROL)]
Reason = Annotated[str, Field(min_length=1, max_length=200, pattern=SAYS_SOMETHING, examples=["重复结算"])]
IdempotencyKey = Annotated[
    str,
    Header(alias="Idempotency-Key", min_length=8, max_length=80, pattern=r"^[!-~]+$", examples=[EXAMPLE_KEY]),
]
"""Of every operation that writes: the repeat of a request under its key gets the first answer. A UUID is one."""
