"""Reading one JSON object of a case, field by field: nothing missing, nothing unknown, nothing guessed."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from sanchong.dates import Period, parse_date
from sanchong.money import MAX_AMOUNT, Fen, Rate, parse_rate, parse_yuan
from sanchong.settlement.refusal import invalid

ABSENT: Final = object()
AREA_DIGITS: Final = 6


class Fields:
    """A JSON object with its path; every field is read once by type, then :meth:`finish` finds the unknown."""

    __slots__ = ("data", "path", "seen")

    def __init__(self, data: Any, path: str = "") -> None:
        """Refuse what is not an object."""
        if not isinstance(data, dict):
            raise invalid(path, "mapping")
        self.data: dict[str, Any] = data
        self.path = path
        self.seen: set[str] = set()

    def at(self, key: str) -> str:
        """The path of a field."""
        key = key if _writable(key) else ascii(key)[1:-1]
        return f"{self.path}.{key}" if self.path else key

    def raw(self, key: str, default: Any = ABSENT) -> Any:
        """The field as JSON gives it, ``default`` if it is absent; refused if it is absent and required."""
        self.seen.add(key)
        value = self.data.get(key, default)
        if value is ABSENT:
            raise invalid(self.at(key), "required")
        return value

    def has(self, key: str) -> bool:
        """Whether the field is there."""
        return key in self.data

    def text(self, key: str) -> str:
        """A non-empty text."""
        value = self.raw(key)
        if not isinstance(value, str) or not value or not _writable(value):
            raise invalid(self.at(key), "text")
        return value

    def choice(self, key: str, among: tuple[str, ...]) -> int:
        """The place of a text among those that may stand."""
        value = self.raw(key)
        if not isinstance(value, str) or value not in among:
            raise invalid(self.at(key), "choice", choices=", ".join(among))
        return among.index(value)

    def flag(self, key: str, default: Any = ABSENT) -> bool:
        """true or false."""
        value = self.raw(key, default)
        if not isinstance(value, bool):
            raise invalid(self.at(key), "flag")
        return value

    def whole(self, key: str, least: int, most: int) -> int:
        """A whole number between two bounds."""
        value = self.raw(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise invalid(self.at(key), "whole")
        if not least <= value <= most:
            raise invalid(self.at(key), "choice", choices=f"{least}…{most}")
        return value

    def date(self, key: str) -> dt.date:
        """A date YYYY-MM-DD."""
        return date_of(self.raw(key), self.at(key))

    def optional_date(self, key: str) -> dt.date | None:
        """A date, or None where it is absent or null."""
        value = self.raw(key, None)
        return None if value is None else date_of(value, self.at(key))

    def area(self, key: str) -> str:
        """A six-digit area code."""
        return area_of(self.raw(key), self.at(key))

    def amount(self, key: str, default: Any = ABSENT) -> Fen:
        """An amount in yuan, as fen."""
        return amount_of(self.raw(key, default), self.at(key))

    def rate(self, key: str) -> Rate:
        """A rate."""
        value = self.raw(key)
        try:
            if not isinstance(value, str):
                raise ValueError
            return parse_rate(value)
        except ValueError:
            raise invalid(self.at(key), "rate") from None

    def period(self) -> Period:
        """The closed period of ``from`` and ``to`` (null: open)."""
        start = self.date("from")
        value = self.raw("to")
        end = None if value is None else date_of(value, self.at("to"))
        if end is not None and end < start:
            raise invalid(self.at("to"), "period")
        return Period(start, end)

    def object(self, key: str, default: Any = ABSENT) -> Fields:
        """An object inside this one."""
        return Fields(self.raw(key, default), self.at(key))

    def objects(self, key: str, default: Any = ABSENT) -> list[Fields]:
        """A list of objects."""
        return [Fields(item, f"{self.at(key)}[{i}]") for i, item in enumerate(self.items(key, default))]

    def items(self, key: str, default: Any = ABSENT) -> list[Any]:
        """A list of anything."""
        value = self.raw(key, default)
        if not isinstance(value, list):
            raise invalid(self.at(key), "list")
        return value

    def finish(self) -> None:
        """Refuse a field that nobody read."""
        for key in self.data:
            if key not in self.seen:
                raise invalid(self.at(str(key)), "unknown")


def _writable(text: str) -> bool:
    """Whether a text can be written as UTF-8: JSON lets half a surrogate pair through."""
    return text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text)


def date_of(value: Any, path: str) -> dt.date:
    """The date that ``value`` writes."""
    try:
        if not isinstance(value, str):
            raise ValueError
        return parse_date(value)
    except ValueError:
        raise invalid(path, "date") from None


def area_of(value: Any, path: str) -> str:
    """The area code that ``value`` writes."""
    if not isinstance(value, str) or len(value) != AREA_DIGITS or not (value.isascii() and value.isdigit()):
        raise invalid(path, "area")
    return value


def amount_of(value: Any, path: str) -> Fen:
    """The amount that ``value`` writes, in fen: a decimal text, or a JSON whole number of yuan."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise invalid(path, "amount")
    if isinstance(value, int) and abs(value) > MAX_AMOUNT:
        raise invalid(path, "too_large")
    try:
        fen = parse_yuan(value if isinstance(value, str) else str(value))
    except ValueError:
        raise invalid(path, "amount") from None
    if fen < 0:
        raise invalid(path, "amount")
    if fen > MAX_AMOUNT:
        raise invalid(path, "too_large")
    return fen
