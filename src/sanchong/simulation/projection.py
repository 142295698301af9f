"""The funds' outlay by month ahead, from settled visits: each month of the settled year grown by named assumptions.

Nothing is settled again: caps, quotas and deductibles do not move, and no one new is treated. It is a yardstick, no forecast.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sanchong.batch.tables import CLOSE_ASSISTANCE
from sanchong.batch.unusable import Unusable
from sanchong.law.yamlfile import Entry, read_mapping
from sanchong.money import half_up
from sanchong.simulation.measures.outlay import TIERS, grouped

FACTORS: Final = ("utilisation", "price", "population")
"""What may grow: visits a head, cost of a visit, number of insured."""
MOST_YEARS: Final = 20
MONTHS: Final = 12
_GROWTH: Final = re.compile(r"([+-]?)(\d{1,3})(?:\.(\d{1,4}))?%", re.ASCII)
_MOST_GROWTH: Final = Fraction(1)


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth of each factor in each year after the settled one, as exact fractions; and who says so, in both languages."""

    rates: Mapping[str, tuple[Fraction, ...]]
    title: Mapping[str, str]
    source: Mapping[str, str]

    def of(self, factor: str, year: int) -> Fraction:
        """The growth in the ``year``-th year after the settled one; the last one named holds on."""
        named = self.rates[factor]
        return named[min(year, len(named)) - 1]

    def through(self, year: int) -> Fraction:
        """By what the outlay of the settled year is multiplied in the ``year``-th year after it."""
        found = Fraction(1)
        for step in range(1, year + 1):
            for factor in FACTORS:
                found *= 1 + self.of(factor, step)
        return found


@dataclass(frozen=True, slots=True)
class Month:
    """A fund's outlay in a month, in fen."""

    fund: str
    year: int
    month: int
    amount: int
    settled: bool
    """Whether it was settled, rather than projected."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Months of the settled year and of those after it."""

    year: int
    years: int
    growth: Growth
    months: tuple[Month, ...]
    visits: int
    empty: tuple[int, ...]
    """Months of the settled year in which nothing was settled."""

    def outlay(self, fund: str, year: int) -> int:
        """A fund's outlay in a year, in fen."""
        return sum(m.amount for m in self.months if m.fund == fund and m.year == year)

    def in_year(self, year: int) -> int:
        """All funds' outlay in a year, in fen."""
        return sum(m.amount for m in self.months if m.year == year)


class NoGrowth(ValueError):
    """Something that is no growth assumption: what is expected, in Chinese and in English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def parse_growth(text: Any) -> Fraction:
    """The exact growth of "3%", "-0.5%"; NoGrowth if it is none, or more than 100 % either way."""
    match = _GROWTH.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise NoGrowth(
            '应为加引号的年增长率，如 "3%" 或 "-0.5%"', 'growth a year such as "3%" or "-0.5%", in quotes'
        )
    sign, whole, places = match.group(1), match.group(2), match.group(3) or ""
    found = Fraction(int(whole + places), 100 * 10 ** len(places))
    if found > _MOST_GROWTH:
        raise NoGrowth("年增长率不得超过 100%", "growth of at most 100% a year")
    return -found if sign == "-" else found


def load_growth(file: Path) -> Growth:
    """Growth assumptions from a file: title, source, and for each factor one rate or one a year. LawError with the line."""
    top = read_mapping(file)
    title, source = top.words("title"), top.words("source")
    row = top.entry("growth")
    rates = {factor: _rates(row, factor) for factor in FACTORS}
    row.finish()
    top.finish()
    return Growth(rates, title, source)


def _rates(row: Entry, factor: str) -> tuple[Fraction, ...]:
    given = row.raw(factor)
    listed = given if isinstance(given, list) else [given]
    try:
        found = tuple(parse_growth(item) for item in listed)
    except NoGrowth as error:
        raise row.told(f"'{factor}'：{error.zh}", f"'{factor}': expected {error.en}", factor) from None
    if not found:
        raise row.told(
            f"'{factor}'：至少应有一年的增长率", f"'{factor}': expected growth for at least one year", factor
        )
    return found


def growth_of(text: str) -> Growth:
    """Assumptions as a command line gives them: "utilisation=3%,price=2%,population=-0.5%"; NoGrowth says what is wrong."""
    rates: dict[str, tuple[Fraction, ...]] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        factor, _, said = part.partition("=")
        if factor.strip() not in FACTORS:
            known = ", ".join(FACTORS)
            raise NoGrowth(f"'{factor.strip()}' 不在 {known} 之内", f"'{factor.strip()}' is none of {known}")
        if factor.strip() in rates:
            raise NoGrowth(f"'{factor.strip()}' 出现两次", f"'{factor.strip()}' stands twice")
        rates[factor.strip()] = (parse_growth(said.strip()),)
    missing = [factor for factor in FACTORS if factor not in rates]
    if missing:
        names = ", ".join(missing)
        raise NoGrowth(
            f"没有写明 {names}；三项都须写明，不变的写 0%",
            f"{names} not named; name all three, 0% where it is to stay",
        )
    title = {"zh": "命令行给出的假定", "en": "assumptions given on the command line"}
    return Growth(rates, title, {"zh": "使用者自定，无文件依据", "en": "the user's own, no document"})


def read_settled(folder: Path) -> tuple[int, dict[str, Any], int]:
    """The year of a batch's results, each fund's outlay by month (12 of whole fen), and the number of visits.

    The year-end payment of assistance is December's. Unusable where a file is missing, or several years are settled.
    """
    statements = _table(folder / "statements.parquet", ["date", *TIERS])
    years = _table(folder / "years.parquet", ["year", CLOSE_ASSISTANCE])
    if not len(statements):
        raise Unusable(f"{folder} 里没有已结算的就诊", f"{folder} holds no settled visit")
    settled = pc.unique(pc.year(statements["date"])).to_pylist()
    if len(settled) != 1:
        listed = ", ".join(map(str, sorted(settled)))
        raise Unusable(
            f"{folder} 含 {listed} 多个年度；请用 sanchong batch settle --year 分年结算",
            f"{folder} holds the years {listed}; settle one year by sanchong batch settle --year",
        )
    month = pc.month(statements["date"]).to_numpy() - 1
    found = {fund: grouped(statements[fund].to_numpy(), month, MONTHS) for fund in TIERS}
    found["assistance"][MONTHS - 1] += pc.sum(years[CLOSE_ASSISTANCE]).as_py() or 0
    return int(settled[0]), found, len(statements)


def _table(path: Path, columns: list[str]) -> Any:
    try:
        return pq.read_table(path, columns=columns)
    except (OSError, pa.ArrowException) as error:
        why = str(error).splitlines()[0]
        raise Unusable(
            f"读不到 {path}：{why}；--statements 应为 sanchong batch settle 的结果目录",
            f"cannot read {path}: {why}; --statements is a folder written by sanchong batch settle",
        ) from error


def project(folder: Path, years: int, growth: Growth) -> Projection:
    """Project a batch's results ``years`` ahead. Each month and fund is rounded once, half up to the fen."""
    first, settled, visits = read_settled(folder)
    months = []
    for ahead in range(years + 1):
        factor = growth.through(ahead)
        for fund in TIERS:
            for place, amount in enumerate(settled[fund].tolist()):
                grown = half_up(amount * factor.numerator, factor.denominator) if ahead else amount
                months.append(Month(fund, first + ahead, place + 1, grown, ahead == 0))
    nothing = np.logical_and.reduce([settled[fund] == 0 for fund in TIERS])
    empty = tuple(int(place) + 1 for place in np.flatnonzero(nothing))
    return Projection(first, years, growth, tuple(months), visits, empty)


def said_growth(growth: Growth, years: int) -> Sequence[tuple[str, tuple[Fraction, ...]]]:
    """By factor the growth of each year ahead."""
    return [(factor, tuple(growth.of(factor, year) for year in range(1, years + 1))) for factor in FACTORS]
