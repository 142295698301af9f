"""What a cell's text means: one reader a type. A reader says what it expected, in Chinese and English."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final, TypeAlias

from sanchong.money import MAX_AMOUNT, MAX_RATE_TERM, Fen, Rate, parse_rate, parse_yuan
from sanchong.office.checking import is_plain

Reader: TypeAlias = Callable[[str], Any]

_DATE: Final = re.compile(
    r"(\d{4})(?:([-./])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))", re.ASCII
)
_DECIMAL: Final = re.compile(r"[01]\.(\d{1,6})", re.ASCII)
YES: Final = frozenset({"是", "y", "yes", "true", "1"})
NO: Final = frozenset({"否", "n", "no", "false", "0"})


class Misread(Exception):
    """A text that is not what a column holds: what was expected."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def text(most: int) -> Reader:
    """A text of at most ``most`` characters, without control characters."""

    def read(cell: str) -> str:
        if len(cell) > most:
            raise Misread(f"至多 {most} 个字符", f"at most {most} characters")
        if not is_plain(cell):
            raise Misread("不含控制字符的文字", "a text without control characters")
        return cell

    return read


def date(cell: str) -> dt.date:
    """A date: 2026-03-01, 2026.3.1, 2026/3/1, 20260301 or 2026年3月1日."""
    match = _DATE.fullmatch(cell)
    try:
        if match is None:
            raise ValueError
        year, _, *parts = match.groups()
        month, day = (int(part) for part in parts if part)
        return dt.date(int(year), month, day)
    except ValueError:
        raise Misread("日期，如 2026-03-01", "a date such as 2026-03-01") from None


def whole(least: int, most: int) -> Reader:
    """A whole number between two bounds."""

    def read(cell: str) -> int:
        if not (cell.isascii() and cell.isdigit()) or len(cell) > 9 or not least <= int(cell) <= most:
            raise Misread(f"{least} 至 {most} 的整数", f"a whole number from {least} to {most}")
        return int(cell)

    return read


def yuan(cell: str) -> Fen:
    """An amount in yuan, as fen."""
    try:
        fen = parse_yuan(cell)
    except ValueError:
        fen = -1
    if not 0 <= fen <= MAX_AMOUNT:
        raise Misread(
            "以元计、至多两位小数、不小于零的金额，如 1234.50",
            "an amount in yuan, not negative, at most two places, such as 1234.50",
        )
    return fen


def rate(cell: str) -> Rate:
    """A rate: 10%, 1/10 or 0.1."""
    try:
        if _DECIMAL.fullmatch(cell):
            value = Fraction(cell)
            if value > 1 or value.denominator > MAX_RATE_TERM:
                raise ValueError
            return Rate(value.numerator, value.denominator)
        return parse_rate(cell)
    except ValueError:
        raise Misread("0 到 1 之间的比例，如 10%", "a rate from 0 to 1 such as 10%") from None


def flag(cell: str) -> bool:
    """是 or 否."""
    if cell.lower() in YES:
        return True
    if cell.lower() in NO:
        return False
    raise Misread("是 或 否", "是 (yes) or 否 (no)")


def choice(named: Mapping[str, str]) -> Reader:
    """One of several codes, written as the code or as its Chinese name."""
    codes = {name: code for code, name in named.items()}

    def read(cell: str) -> str:
        if cell in named:
            return cell
        if cell in codes:
            return codes[cell]
        among = "、".join(f"{code}（{name}）" if name != code else code for code, name in named.items())
        raise Misread(f"下列之一：{among}", f"one of {', '.join(named)}")

    return read


def several(reader: Reader) -> Reader:
    """Several of them, separated by a comma, a semicolon or 、; each once, as a tuple."""

    def read(cell: str) -> tuple[Any, ...]:
        return tuple(reader(part.strip()) for part in re.split(r"[,，;；、]", cell) if part.strip())

    return read


def area(cell: str) -> str:
    """A six-digit area code."""
    if len(cell) != 6 or not (cell.isascii() and cell.isdigit()):
        raise Misread("六位行政区划代码，如 140300", "a six-digit area code such as 140300")
    return cell
