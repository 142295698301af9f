"""Reading one JSON object of a case, field by field: nothing missing, nothing unknown, nothing guessed."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from sanchong.dates import Period, parse_date
from sanchong.money import MAX_AMOUNT, Fen, Rate, parse_rate, parse_yuan
from sanchong.settlement.refusal import Refusal, invalid

ABSENT: Final = object()
AREA_DIGITS: Final = 6


class Fields:
    """A JSON object with its path; every field is read once by type, then :meth:`finish` finds the unknown."""

    __slots__ = ("_left", "data", "path")

    def __init__(self, data: Any, path: str = "") -> None:
        """Refuse what is not an object."""
        if not isinstance(data, dict):
            raise invalid(path, "mapping")
        self.data: dict[str, Any] = data
        self.path = path
        self._left = data.copy()
        """What has not been read yet."""

    def at(self, key: str) -> str:
        """The path of a field."""
        key = key if _writable(key) else ascii(key)[1:-1]
        return f"{self.path}.{key}" if self.path else key

    def refused(self, key: str, value: Any, expected: str, **details: str) -> Refusal:
        """The refusal of a field that is not as ``expected``; ABSENT is refused as such."""
        if value is ABSENT:
            return invalid(self.at(key), "required")
        return invalid(self.at(key), expected, **details)

    def raw(self, key: str, default: Any = ABSENT) -> Any:
        """The field as JSON gives it, ``default`` if it is absent; refused if it is absent and required."""
        value = self._left.pop(key, default)
        if value is ABSENT:
            raise invalid(self.at(key), "required")
        return value

    def peek(self, key: str) -> Any:
        """The field as JSON gives it, still to be read; refused if it is absent."""
        if key not in self.data:
            raise invalid(self.at(key), "required")
        return self.data[key]

    def has(self, key: str) -> bool:
        """Whether the field is there."""
        return key in self.data

    def text(self, key: str) -> str:
        """A non-empty text."""
        value = self._left.pop(key, ABSENT)
        if not isinstance(value, str) or not value or not _writable(value):
            raise self.refused(key, value, "text")
        return value

    def choice(self, key: str, among: tuple[str, ...]) -> int:
        """The place of a text among those that may stand."""
        value = self._left.pop(key, ABSENT)
        if not isinstance(value, str) or value not in among:
            raise self.refused(key, value, "choice", choices=", ".join(among))
        return among.index(value)

    def flag(self, key: str, default: Any = ABSENT) -> bool:
        """true or false."""
        value = self._left.pop(key, default)
        if not isinstance(value, bool):
            raise self.refused(key, value, "flag")
        return value

    def whole(self, key: str, least: int, most: int) -> int:
        """A whole number between two bounds."""
        value = self._left.pop(key, ABSENT)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refused(key, value, "whole")
        if not least <= value <= most:
            raise invalid(self.at(key), "choice", choices=f"{least}…{most}")
        return value

    def date(self, key: str) -> dt.date:
        """A date YYYY-MM-DD."""
        return self._date(key, self._left.pop(key, ABSENT))

    def optional_date(self, key: str) -> dt.date | None:
        """A date, or None where it is absent or null."""
        value = self._left.pop(key, None)
        return None if value is None else self._date(key, value)

    def _date(self, key: str, value: Any) -> dt.date:
        try:
            if not isinstance(value, str):
                raise ValueError
            return parse_date(value)
        except ValueError:
            raise self.refused(key, value, "date") from None

    def area(self, key: str) -> str:
        """A six-digit area code."""
        value = self._left.pop(key, ABSENT)
        if not _is_area(value):
            raise self.refused(key, value, "area")
        return str(value)

    def amount(self, key: str, default: Any = ABSENT) -> Fen:
        """An amount in yuan, as fen."""
        return self._amount(key, self._left.pop(key, default))

    def optional_amount(self, key: str) -> Fen | None:
        """An amount in fen, or None where it is absent or null."""
        value = self._left.pop(key, None)
        return None if value is None else self._amount(key, value)

    def _amount(self, key: str, value: Any) -> Fen:
        try:
            return _amount(value)
        except Unfit as unfit:
            raise self.refused(key, value, unfit.expected) from None

    def rate(self, key: str) -> Rate:
        """A rate."""
        value = self._left.pop(key, ABSENT)
        try:
            if not isinstance(value, str):
                raise ValueError
            return parse_rate(value)
        except ValueError:
            raise self.refused(key, value, "rate") from None

    def period(self) -> Period:
        """The closed period of ``from`` and ``to`` (null: open)."""
        start = self.date("from")
        value = self.raw("to")
        end = None if value is None else self._date("to", value)
        if end is not None and end < start:
            raise invalid(self.at("to"), "period")
        return Period(start, end)

    def object(self, key: str, default: Any = ABSENT) -> Fields:
        """An object inside this one."""
        return Fields(self.raw(key, default), self.at(key))

    def objects(self, key: str, default: Any = ABSENT) -> list[Fields]:
        """A list of objects."""
        items = self.items(key, default)
        path = self.at(key)
        return [Fields(item, f"{path}[{i}]") for i, item in enumerate(items)]

    def items(self, key: str, default: Any = ABSENT) -> list[Any]:
        """A list of anything."""
        value = self._left.pop(key, default)
        if not isinstance(value, list):
            raise self.refused(key, value, "list")
        return value

    def finish(self) -> None:
        """Refuse a field that nobody read."""
        for key in self._left:
            raise invalid(self.at(str(key)), "unknown")


def _writable(text: str) -> bool:
    """Whether a text can be written as UTF-8: JSON lets half a surrogate pair through."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Unfit(Exception):
    """A value that is not as ``expected``, a key of EXPECTED."""

    def __init__(self, expected: str) -> None:
        self.expected = expected


def _is_area(value: Any) -> bool:
    return isinstance(value, str) and len(value) == AREA_DIGITS and value.isascii() and value.isdigit()


def area_of(value: Any, path: str) -> str:
    """The area code that ``value`` writes."""
    if not _is_area(value):
        raise invalid(path, "area")
    return str(value)


def amount_of(value: Any, path: str) -> Fen:
    """The amount that ``value`` writes, in fen: a decimal text, or a JSON whole number of yuan."""
    try:
        return _amount(value)
    except Unfit as unfit:
        raise invalid(path, unfit.expected) from None


def _amount(value: Any) -> Fen:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unfit("amount")
    if isinstance(value, int) and abs(value) > MAX_AMOUNT:
        raise Unfit("too_large")
    try:
        fen = parse_yuan(str(value))
    except ValueError:
        raise Unfit("amount") from None
    if fen < 0:
        raise Unfit("amount")
    if fen > MAX_AMOUNT:
        raise Unfit("too_large")
    return fen
