"""The months ahead, by hand: exact growth, rounded once; what cannot be is refused."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest
from tests.cli.running import run
from tests.simulation import drawn  # noqa: F401  # skips where the extra is missing

pytestmark = pytest.mark.batch

import pyarrow as pa  # noqa: E402
import pyarrow.compute as pc  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

from sanchong.law.yamlfile import LawError  # noqa: E402
from sanchong.simulation.projection import growth_of, load_growth, parse_growth, project  # noqa: E402

FILE = """\
title: {zh: 稳健假定, en: Steady}
source: {zh: 示例数据, en: assumed}
growth:
  utilisation: ["10%", "0%"]
  price: "5%"
  population: "-0.5%"
"""


def settled(
    folder: Path, rows: list[tuple[dt.date, int, int, int]], closing: int = 0, year: int = 2026
) -> Path:
    """A batch's results: (date, pooled, catastrophic, assistance) in fen, and the year-end payment."""
    folder.mkdir(exist_ok=True)
    date, pooled, catastrophic, assistance = (list(column) for column in zip(*rows, strict=True))
    statements = {"date": date, "pooled": pooled, "catastrophic": catastrophic, "assistance": assistance}
    pq.write_table(pa.table(statements), folder / "statements.parquet")
    pq.write_table(pa.table({"year": [year], "close_year_assistance": [closing]}), folder / "years.parquet")
    return folder


def test_months_grow_exactly_and_round_once(tmp_path: Path) -> None:
    rows = [
        (dt.date(2026, 3, 1), 1_000, 7, 0),
        (dt.date(2026, 3, 31), 1, 0, 0),
        (dt.date(2026, 12, 5), 0, 0, 10),
    ]
    growth = growth_of("utilisation=10%,price=5%,population=-0.5%")
    made = project(settled(tmp_path / "a", rows, closing=90), 2, growth)
    # a year: 11/10 × 21/20 × 199/200 = 45,969/40,000 = 1.149225
    assert growth.through(1) == Fraction(45_969, 40_000)
    amounts = {(m.fund, m.year, m.month): m.amount for m in made.months}
    assert amounts["pooled", 2026, 3] == 1_001
    assert amounts["pooled", 2027, 3] == 1_150  # 1,001 × 1.149225 = 1,150.37
    assert amounts["pooled", 2028, 3] == 1_322  # 1,001 × 1.149225² = 1,322.04
    assert amounts["catastrophic", 2027, 3] == 8  # 7 × 1.149225 = 8.04
    assert amounts["assistance", 2026, 12] == 100, "the year-end payment is December's"
    assert amounts["assistance", 2027, 12] == 115  # 114.92
    assert made.outlay("pooled", 2027) == 1_150 and made.in_year(2026) == 1_001 + 7 + 100
    assert made.empty == (1, 2, 4, 5, 6, 7, 8, 9, 10, 11)
    assert len(made.months) == 3 * 12 * 3


def test_growth_by_year_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "growth.yaml"
    file.write_text(FILE, encoding="utf-8")
    growth = load_growth(file)
    assert [growth.of("utilisation", year) for year in (1, 2, 3)] == [Fraction(1, 10), 0, 0], (
        "the last one holds on"
    )
    assert growth.through(2) == Fraction(11, 10) * Fraction(21, 20) ** 2 * Fraction(199, 200) ** 2


@pytest.mark.parametrize(
    ("text", "value"), [("3%", "3/100"), ("-0.5%", "-1/200"), ("+2.25%", "9/400"), ("0%", "0")]
)
def test_growth_is_exact(text: str, value: str) -> None:
    assert parse_growth(text) == Fraction(value)


@pytest.mark.parametrize("text", ["3", "", "3 %", "1e2%", "101%", "--1%", 3, None])
def test_growth_that_is_none(text: object) -> None:
    with pytest.raises(ValueError):
        parse_growth(text)


@pytest.mark.parametrize(
    ("old", "new", "line", "expected"),
    [
        ('  price: "5%"\n', "", 3, "'price'"),
        ('price: "5%"', "price: 0.05", 5, "in quotes"),
        ('["10%", "0%"]', "[]", 4, "at least one year"),
        ("price:", "prise:", 3, "'price'"),
        ("title: {zh: 稳健假定, en: Steady}\n", "", 1, "'title'"),
        ("growth:", "more: 1\ngrowth:", 3, "unknown field 'more'"),
    ],
)
def test_a_bad_growth_file(tmp_path: Path, old: str, new: str, line: int, expected: str) -> None:
    file = tmp_path / "growth.yaml"
    file.write_text(FILE.replace(old, new), encoding="utf-8")
    with pytest.raises(LawError) as error:
        load_growth(file)
    assert f"{file}:{line}: " in str(error.value) and expected in str(error.value)


def test_the_command(tmp_path: Path) -> None:
    folder = settled(tmp_path / "a", [(dt.date(2026, 3, 1), 100_000_00, 0, 5_000_00)])
    out = tmp_path / "out"
    asked = ("project", "--statements", folder, "--years", "3", "--out", out)
    done = run(*asked, "--growth-per-year", "utilisation=3%,price=2%,population=0%", status=0)
    assert f"report: {out / 'report.html'}" in done.out
    table = pq.read_table(out / "tables" / "projection.parquet")
    assert len(table) == 3 * 12 * 4
    assert pc.sum(table.filter(pc.equal(table["year"], 2026))["amount"]).as_py() == 105_000_00
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "使用者自定，无文件依据" in page and "+3.0%" in page and "<script" not in page
    assert "not an empty folder" in run(*asked, "--growth-per-year", "utilisation=3%", status=2).err


def test_what_the_command_refuses(tmp_path: Path) -> None:
    folder = settled(tmp_path / "a", [(dt.date(2026, 3, 1), 1, 0, 0), (dt.date(2027, 3, 1), 1, 0, 0)])
    asked = ("project", "--years", "2", "--out", tmp_path / "out")
    growth = ("--growth-per-year", "utilisation=3%,price=2%,population=0%")
    assert "holds the years 2026, 2027" in run(*asked, "--statements", folder, *growth, status=2).err
    assert "written by sanchong batch settle" in run(*asked, "--statements", tmp_path, *growth, status=2).err
    assert "one of them" in run(*asked, "--statements", folder, status=2).err
    said = run(*asked, "--statements", folder, "--growth-per-year", "price=2%", status=2).err
    assert "utilisation, population not named" in said
    assert (
        "'cost' is none of"
        in run(*asked, "--statements", folder, "--growth-per-year", "cost=2%", status=2).err
    )
    assert not (tmp_path / "out").exists()
