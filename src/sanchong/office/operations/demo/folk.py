"""People who do not exist: names and identity numbers that nobody can have.

An identity number here begins with 00. The first two digits of a real one are a province, from 11 on, so that these are
told at a glance; the rest is as in a real one, check digit included, so that they pass wherever a number is checked.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from sanchong.office.people.identity import check_digit
from sanchong.office.people.services import Identity

NO_PROVINCE: Final = "00"
MOST: Final = 5_000_000
"""So many different numbers there are for each day of birth and sex."""

SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
FIRST: Final = "建国志文明海秀玉桂春晓丽红永俊子雨思佳天"
SECOND: Final = "华平英兰芳强军伟敏静涛洁勇燕波宁辉玲磊婷"


def identity_number(ordinal: int, born: dt.date, male: bool) -> str:
    """The number of the ``ordinal``-th person (from 0) with a valid check digit; AssertionError from MOST on."""
    assert 0 <= ordinal < MOST
    area, serial = divmod(ordinal, 500)
    first = f"{NO_PROVINCE}{area:04d}{born:%Y%m%d}{2 * serial + male:03d}"
    return first + check_digit(first)


def name(ordinal: int) -> str:
    """A name of three characters."""
    rest, one = divmod(ordinal * 7919, len(SURNAMES))
    rest, two = divmod(rest, len(FIRST))
    return SURNAMES[one] + FIRST[two] + SECOND[rest % len(SECOND)]


def born(ordinal: int, age: int, year: int) -> dt.date:
    """A day of birth that makes somebody ``age`` years old at the start of ``year``."""
    return dt.date(year - 1 - age, 1, 1) + dt.timedelta(days=ordinal * 131 % 365)


def identity(ordinal: int, age: int, male: bool, year: int) -> Identity:
    """All that identifies the ``ordinal``-th person."""
    return Identity(identity_number(ordinal, born(ordinal, age, year), male), name(ordinal))
