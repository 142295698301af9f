"""``sanchong batch settle`` over tables small enough to work by hand: what is settled, what is refused and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.batch.settling import content
from tests.cli.running import run as command

pytestmark = pytest.mark.batch


def one_visit(folder: Path, **changes: Any) -> Path:
    """Two people with two stays each, of whom the second keeps everybody else untouched."""
    people = {"person": ["a", "b"], "region": ["140300"] * 2, "household_region": ["140300"] * 2}
    people |= {"insurance": ["resident"] * 2, "village": ["x", "y"]}
    fen = [100_000, 200_000, 300_000, 400_000]
    visits: dict[str, Any] = {
        "person": ["a", "a", "b", "b"], "seq": [1, 2, 1, 2], "visit": ["v1", "v2", "v1", "v2"],
        "date": pa.array([20200, 20210, 20200, 20210], pa.date32()), "kind": ["inpatient"] * 4,
        "disease": pa.nulls(4, pa.string()), "provider_region": ["140300"] * 4, "designated": [True] * 4,
        "level": [2] * 4, "fee_class": [2] * 4, "administrative_level": ["county"] * 4, "referred": [True] * 4,
        "total": fen, "in_policy": fen, "ward": ["w1", "w2", "w3", "w4"],
    }  # fmt: skip
    visits |= {
        name: [0] * 4
        for name in ("dual_channel", "out_of_scope", "out_of_catalogue", "over_price", "advance")
    }
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.table(people), folder / "people.parquet")
    pq.write_table(pa.table(visits | changes), folder / "visits.parquet")
    return folder


def settle_two(folder: Path, out: Path, *more: str, status: int) -> Any:
    """The command over the two tables of :func:`one_visit`."""
    given = [f"--{name}={folder / name}.parquet" for name in ("people", "visits")]
    return command("batch", "settle", *given, "--accept-assumed", "--out", out, *more, status=status)


def test_all_settled(tmp_path: Path) -> None:
    """Status 0; further columns are carried through; a stay of 1,000.00 at a county's hospital by hand.

    Deductible 400, rate 75 %: the fund pays (1,000 − 400) × 75 % = 450, the patient bears 550.
    """
    settle_two(one_visit(tmp_path / "in"), tmp_path / "out", status=0)
    statements = pq.read_table(tmp_path / "out" / "statements.parquet").to_pylist()
    assert [row["ward"] for row in statements] == ["w1", "w2", "w3", "w4"]
    first = statements[0]
    assert (first["deductible"], first["pooled"], first["patient"]) == (40_000, 45_000, 55_000)
    assert first["gates"] == ["no_category"]
    years = pq.read_table(tmp_path / "out" / "years.parquet").to_pylist()
    assert [(row["person"], row["year"], row["village"]) for row in years] == [
        ("a", 2025, "x"),
        ("b", 2025, "y"),
    ]


def test_rejects(tmp_path: Path) -> None:
    """A refused row refuses its person's year and touches nobody else; status 1."""
    folder = one_visit(tmp_path / "in", total=[100_000, -1, 300_000, 400_000])
    settle_two(folder, tmp_path / "out", "--lang", "en", status=1)
    found = content(tmp_path / "out")
    assert [row["person"] for row in found["statements"]] == ["b", "b"]
    assert [row["person"] for row in found["years"]] == ["b"]
    codes = {row["seq"]: (row["person"], row["code"], row["where"]) for row in found["rejects"]}
    assert codes == {1: ("a", "same_year", "visits.total"), 2: ("a", "invalid_input", "visits.total")}
    assert "expected whole fen" in next(row["message"] for row in found["rejects"] if row["seq"] == 2)


def test_years_apart(tmp_path: Path) -> None:
    """Without --year each visit belongs to the year of its date, and a refused year leaves the other alone."""
    days = pa.array([20200, 20565, 20200, 20210], pa.date32())  # 2025-04-22, 2026-04-22
    folder = one_visit(tmp_path / "in", date=days, seq=[1, 1, 1, 2], level=[2, 9, 2, 2])
    settle_two(folder, tmp_path / "out", status=1)
    found = content(tmp_path / "out")
    assert [(row["person"], row["year"]) for row in found["years"]] == [("a", 2025), ("b", 2025)]
    assert [(row["person"], row["seq"], row["where"]) for row in found["rejects"]] == [
        ("a", 1, "visits.level")
    ]
    settle_two(folder, tmp_path / "one_year", "--year", "2025", status=1)
    rejects = content(tmp_path / "one_year")["rejects"]
    assert {row["where"] for row in rejects} == {"visits.date"}


@pytest.mark.parametrize("visits", [4, 40], ids=["compared in pairs", "sorted"])
def test_an_id_twice(visits: int, tmp_path: Path) -> None:
    """Two visits of a year with one id are refused at the second; the same id in another year is another visit.

    Of person a's visits every other one is of 2026. The last three of 2025 are named like the first: the fault
    stands at the first of those three.
    """
    days = pa.array([20200 + 365 * (n % 2) for n in range(visits)], pa.date32())  # 2025-04-22, 2026-04-22
    names = [f"v{n // 2 * 2}" for n in range(visits)]  # each id once a year
    again = [visits - 2] if visits == 4 else [visits - 6, visits - 4, visits - 2]
    for n in again:
        names[n] = "v0"
    one = pq.read_table(one_visit(tmp_path / "one") / "visits.parquet").slice(0, 1)
    table = pa.concat_tables([one] * visits)
    for name, column in (("date", days), ("visit", pa.array(names)), ("seq", pa.array(range(visits)))):
        table = table.set_column(table.schema.get_field_index(name), name, column)
    pq.write_table(table, tmp_path / "one" / "visits.parquet")
    settle_two(tmp_path / "one", tmp_path / "out", status=1)
    found = content(tmp_path / "out")
    assert [row["year"] for row in found["years"]] == [2026]
    assert [row["seq"] for row in found["rejects"] if row["code"] == "invalid_input"] == [again[0]]
    assert {row["where"] for row in found["rejects"]} == {"visits.visit"}
    assert len(found["rejects"]) == visits // 2
    settle_two(tmp_path / "one", tmp_path / "one_year", "--year", "2025", status=1)
    first = next(row for row in content(tmp_path / "one_year")["rejects"] if row["code"] == "invalid_input")
    assert (first["seq"], first["where"]) == (1, "visits.date")


def test_strays(tmp_path: Path) -> None:
    """A visit of nobody, and a second row for somebody, are refused by name."""
    folder = one_visit(tmp_path / "in", person=["a", "a", "b", "c"])
    people = pq.read_table(folder / "people.parquet")
    pq.write_table(pa.concat_tables([people, people.slice(1)]), folder / "people.parquet")
    settle_two(folder, tmp_path / "out", status=1)
    rejects = content(tmp_path / "out")["rejects"]
    said = sorted((row["person"], row["code"], row["where"]) for row in rejects)
    assert said == [
        ("b", "invalid_input", "people.person"),
        ("b", "same_year", "people.person"),
        ("c", "invalid_input", "visits.person"),
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": [1.5] * 4, "total": ["x"] * 4}, ("visits.parquet", "total", "int64")),
        ({"pooled": [1] * 4}, ("visits.parquet", "pooled", "rename")),
    ],
)
def test_unusable_columns(changes: dict[str, Any], words: tuple[str, ...], tmp_path: Path) -> None:
    """A column of the wrong type, or named like a result's, is named with its file; status 2, nothing written."""
    done = settle_two(one_visit(tmp_path / "in", **changes), tmp_path / "out", status=2)
    assert all(word in done.err for word in words), done.err
    assert not list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True


def test_unusable_files(tmp_path: Path) -> None:
    """A missing file, a missing column, something that is no table: what, where and what next; status 2."""
    folder = one_visit(tmp_path / "in")
    visits = folder / "visits.parquet"
    table = pq.read_table(visits)
    pq.write_table(table.drop_columns(["kind"]), visits)
    assert "kind" in settle_two(folder, tmp_path / "out", status=2).err
    visits.write_text("not parquet")
    assert "cannot read" in settle_two(folder, tmp_path / "out", status=2).err
    visits.unlink()
    assert "visits.parquet" in settle_two(folder, tmp_path / "out", status=2).err
    chinese = command(
        "batch", "settle", "--people", folder / "people.parquet", "--visits", visits, "--out", tmp_path / "out",
        status=2, env={"LANG": "zh_CN.UTF-8"},
    )  # fmt: skip
    assert "读不到文件" in chinese.err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--engine", "spark"), "threads, dask"),
        (("--scheduler", "tcp://127.0.0.1:1"), "--engine dask"),
        (("--engine", "dask", "--scheduler", "somewhere"), "missing port number"),
        (("--engine", "dask", "--scheduler", "http://127.0.0.1:8786"), "check the address"),
        (("--workers", "0"), "at least 1"),
        (("--year", "1"), "1900"),
        (("--known-on", "soon"), "YYYY-MM-DD"),
        (("--terms", "nowhere.yaml"), "nowhere.yaml"),
    ],
)
def test_unusable_arguments(arguments: tuple[str, ...], word: str, tmp_path: Path) -> None:
    """Arguments that cannot be: status 2 and a word about it."""
    done = settle_two(one_visit(tmp_path / "in"), tmp_path / "out", *arguments, status=2)
    assert word in done.err


def test_lines_of_a_visit_too_large_for_64_bits(tmp_path: Path) -> None:
    """Two lines of 200 and 100 million yuan bear what the fund pays as 2 : 1, to the fen, like small ones.

    Of 3q fen they bear 2q and q; a fen more is the first line's (2/3 of it), two more are one each (4/3 and 2/3).
    """
    folder = tmp_path / "in"
    reduced = (
        "total",
        "dual_channel",
        "out_of_scope",
        "out_of_catalogue",
        "over_price",
        "advance",
        "in_policy",
    )
    one_visit(folder, **{name: pa.nulls(4, pa.int64()) for name in reduced})
    fen = [20_000_000_000, 10_000_000_000, 200_000, 100_000]
    lines: dict[str, Any] = {"person": ["a", "a", "b", "b"], "seq": [1] * 4, "line": ["l1", "l2"] * 2}
    lines |= {"amount": fen, "class": ["A"] * 4}
    pq.write_table(pa.table(lines), folder / "lines.parquet")
    settle_two(folder, tmp_path / "out", "--lines", str(folder / "lines.parquet"), "--lines-out", status=0)
    found = content(tmp_path / "out", ("statements", "statement_lines"))
    for person in "ab":
        pooled = next(
            row["pooled"] for row in found["statements"] if (row["person"], row["seq"]) == (person, 1)
        )
        third, more = divmod(pooled, 3)
        rows = {row["line"]: row for row in found["statement_lines"] if row["person"] == person}
        assert rows["l1"]["pooled"] == 2 * third + min(more, 1)
        assert rows["l2"]["pooled"] == third + max(more - 1, 0)
        for row in rows.values():
            amount = fen["ab".index(person) * 2 + ["l1", "l2"].index(row["line"])]
            assert row["pooled"] + row["catastrophic"] + row["patient"] == amount


def test_terms(tmp_path: Path) -> None:
    """Terms lie over the law: at a rate of 50 % the fund pays (1,000 − 400) × 50 % = 300."""
    terms = tmp_path / "terms.yaml"
    terms.write_text('inpatient.pooled_rate.second_county: "50%"\n')
    settle_two(one_visit(tmp_path / "in"), tmp_path / "out", "--terms", str(terms), status=0)
    first = pq.read_table(tmp_path / "out" / "statements.parquet").to_pylist()[0]
    assert first["pooled"] == 30_000
    assert "inpatient.pooled_rate.second_county" not in first["assumed"]
    terms.write_text("inpatient.pooled: 1\n")
    assert (
        "inpatient.pooled"
        in settle_two(tmp_path / "in", tmp_path / "out", "--terms", str(terms), status=2).err
    )
