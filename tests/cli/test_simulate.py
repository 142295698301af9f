"""``sanchong simulate``: what it writes, what it says, what it refuses; the tables against the statements of batch settle."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl  # ships no types
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.cli.running import Done, run
from tests.simulation import tiny
from tests.simulation.drawn import AREA

from sanchong.simulation.simulate import FILES

pytestmark = pytest.mark.batch

PEOPLE = 4_000
REFORMS = ("stacking-70", "monitored-assistance", "catastrophic-deductible-80")


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("population") / "people"
    run("population", "--area", AREA, "--people", str(PEOPLE), "--seed", "3", "--out", out, status=0)
    return out


@pytest.fixture(scope="module")
def made(people: Path) -> tuple[Path, Done]:
    out = people.parent / "report"
    asked = [part for name in REFORMS for part in ("--reform", name)]
    return out, run("simulate", "--population", people, *asked, "--out", out, "--accept-assumed", status=1)


def simulate(population: Path, out: Path, *more: str | Path, status: int) -> Done:
    return run("simulate", "--population", population, "--out", out, "--accept-assumed", *more, status=status)


def table(out: Path, name: str) -> pa.Table:
    return pq.read_table(out / "tables" / f"{name}.parquet")


def test_it_writes_a_report_and_tables(made: tuple[Path, Done]) -> None:
    out, done = made
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    names = {path.stem for path in (out / "tables").iterdir()}
    assert names == {
        "outlays", "compared", "burden", "households", "curves", "changes", "told_apart", "binding", "rejects", "spread",
    }  # fmt: skip
    for name in names:
        assert (out / "tables" / f"{name}.csv").read_bytes().startswith(b"\xef\xbb\xbf"), (
            "Excel knows UTF-8 by it"
        )
    assert f"report: {out / 'report.html'}" in done.out
    assert "people newly settled" in done.out and "unmodelled" in done.out
    said = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert set(said["reforms"]) == set(REFORMS) and said["year"] == 2026


def test_the_baseline_is_what_batch_settle_says_to_the_fen(made: tuple[Path, Done], people: Path) -> None:
    settled = people.parent / "settled"
    files = [part for name in ("people", "visits", "categories", "recognitions", "waivers")
             for part in (f"--{name}", people / f"{name}.parquet")]  # fmt: skip
    run("batch", "settle", *files, "--out", settled, "--accept-assumed", status=1)
    statements, years = (
        pq.read_table(settled / "statements.parquet"),
        pq.read_table(settled / "years.parquet"),
    )
    closing = pc.sum(years["close_year_assistance"]).as_py()
    outlays = table(made[0], "outlays")
    baseline = outlays.filter(pc.equal(outlays["scenario"], "baseline"))
    for dimension in set(baseline["by"].to_pylist()):
        rows = baseline.filter(pc.equal(baseline["by"], dimension))
        for payer in ("pooled", "catastrophic", "other", "assistance", "hospital", "patient", "total"):
            moved = {"assistance": closing, "patient": -closing}.get(payer, 0)
            assert pc.sum(rows[payer]).as_py() == pc.sum(statements[payer]).as_py() + moved, (
                dimension,
                payer,
            )
    rejects = table(made[0], "rejects")
    listed = rejects.filter(pc.equal(rejects["scenario"], "baseline"))
    assert pc.sum(listed["rows"]).as_py() == pq.read_metadata(settled / "rejects.parquet").num_rows


def test_a_reform_is_what_batch_settle_says_under_the_same_terms(
    made: tuple[Path, Done], people: Path
) -> None:
    terms = people.parent / "terms.json"
    terms.write_text(
        '{"outpatient.chronic.stacking.rate": {"dated": [{"from": "2026-01-01", "value": "70%"}]}}'
    )
    settled = people.parent / "stacked"
    files = [part for name in ("people", "visits", "categories", "recognitions", "waivers")
             for part in (f"--{name}", people / f"{name}.parquet")]  # fmt: skip
    run("batch", "settle", *files, "--out", settled, "--terms", terms, "--accept-assumed", status=1)
    statements = pq.read_table(settled / "statements.parquet")
    outlays = table(made[0], "outlays")
    whole = outlays.filter(
        pc.and_(pc.equal(outlays["scenario"], "stacking-70"), pc.equal(outlays["group"], "all"))
    )
    for payer in ("pooled", "catastrophic", "other", "hospital"):
        assert whole[payer].to_pylist() == [pc.sum(statements[payer]).as_py()]


def test_before_and_after_differ_by_the_change(made: tuple[Path, Done]) -> None:
    compared = table(made[0], "compared").to_pylist()
    assert compared
    for before, after, change in zip(compared[::3], compared[1::3], compared[2::3], strict=True):
        assert (before["side"], after["side"], change["side"]) == ("before", "after", "change")
        for payer in ("pooled", "patient", "visits"):
            assert after[payer] - before[payer] == change[payer]


def test_csv_and_excel_say_the_same_in_yuan(made: tuple[Path, Done]) -> None:
    wanted = table(made[0], "outlays").to_pylist()
    text = (made[0] / "tables" / "outlays.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(wanted)
    assert [round(float(r["basic insurance, yuan"]) * 100) for r in rows] == [w["pooled"] for w in wanted]
    assert all(re.fullmatch(r"-?\d+\.\d\d", r["total, yuan"]) for r in rows)
    sheet = openpyxl.load_workbook(made[0] / "tables.xlsx")["Outlay"]
    heads = [cell.value for cell in sheet[1]]
    place = heads.index("basic insurance, yuan")
    cells = [row[place] for row in sheet.iter_rows(min_row=2)]
    assert [round(cell.value * 100) for cell in cells] == [w["pooled"] for w in wanted]
    assert {cell.number_format for cell in cells} == {"#,##0.00"}
    assert sheet.freeze_panes == "C2"


def test_twice_the_same(made: tuple[Path, Done], people: Path, tmp_path: Path) -> None:
    asked = [part for name in REFORMS for part in ("--reform", name)]
    simulate(people, tmp_path / "again", *asked, "--workers", "3", status=1)
    for name in ("report.html", "run.json", "tables/outlays.csv", "tables/changes.parquet"):
        assert (tmp_path / "again" / name).read_bytes() == (made[0] / name).read_bytes(), name


def test_unsorted_files_come_to_the_same(made: tuple[Path, Done], people: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    for path in people.glob("*.parquet"):
        rows = pq.read_table(path)
        pq.write_table(rows.take(pa.array(range(len(rows) - 1, -1, -1), pa.int64())), folder / path.name)
    simulate(folder, tmp_path / "out", "--reform", REFORMS[0], status=1)
    for name in ("outlays", "burden", "households", "binding", "changes"):
        found, wanted = table(tmp_path / "out", name), table(made[0], name)
        chosen = wanted.filter(pc.is_in(wanted["scenario"], pa.array(["baseline", REFORMS[0]])))
        assert found.to_pylist() == chosen.to_pylist(), name


def test_seeds_tell_chance_from_effect(people: Path, tmp_path: Path) -> None:
    simulate(people, tmp_path / "out", "--reform", REFORMS[2], "--seeds", "3,4,5", status=1)
    rows = table(tmp_path / "out", "spread").to_pylist()
    assert sorted({row["seed"] for row in rows}) == [3, 4, 5], "its own seed counts once"
    pooled = [row["amount"] for row in rows if row["scenario"] == "baseline" and row["figure"] == "pooled"]
    assert len(set(pooled)) == 3
    other = tmp_path / "other"
    run("population", "--area", AREA, "--people", str(PEOPLE), "--seed", "4", "--out", other, status=0)
    simulate(other, tmp_path / "four", status=1)
    outlays = table(tmp_path / "four", "outlays").to_pylist()
    assert pooled[1] == next(row["pooled"] for row in outlays if row["group"] == "all"), (
        "seed 4 is that population"
    )


def test_nobody_refused_is_status_0(tmp_path: Path) -> None:
    file = tmp_path / "trial.yaml"
    file.write_text(tiny.REFORM, encoding="utf-8")
    done = simulate(
        tiny.write(tmp_path / "tiny"), tmp_path / "out", "--reform", file, "--lang", "zh", status=0
    )
    assert "试验：三重保障 −20 元，个人 +20 元" in done.out
    assert "报告: " in done.out
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert (
        "本报告按使用者提供的人口数据计算" in page
        and "种子" not in page.split('<main lang="en">')[0].split("换一批")[0]
    )


def test_a_reform_after_the_year_says_so(tmp_path: Path) -> None:
    file = tmp_path / "late.yaml"
    file.write_text(tiny.REFORM.replace("2026-07-01", "2027-07-01"), encoding="utf-8")
    simulate(tiny.write(tmp_path / "tiny"), tmp_path / "out", "--reform", file, status=0)
    assert "晚于模拟的 2026 年" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_an_assumed_value_must_be_accepted(tmp_path: Path) -> None:
    population = tiny.write(tmp_path / "tiny")
    done = run("simulate", "--population", population, "--out", tmp_path / "out", status=1)
    assert "assumed_value 2" in done.out, "p2 and p3: when assistance is in force is assumed"


# ── what cannot be ───────────────────────────────────────────────────────────────────────────


def refused(population: Path, out: Path, *more: str | Path) -> str:
    done = simulate(population, out, *more, status=2)
    assert done.out == "" and done.err.count("\n") == 1
    assert not out.exists() and not list(out.parent.glob(".*.part"))
    return done.err


def test_unusable_arguments(tmp_path: Path) -> None:
    population, out = tiny.write(tmp_path / "tiny"), tmp_path / "out"
    assert "has no people, visits" in refused(tmp_path, out)
    assert "did you mean 'stacking-70'" in refused(population, out, "--reform", "stacking-77")
    assert "--seeds: expected numbers" in refused(population, out, "--seeds", "1,x")
    assert "needs a population drawn by" in refused(population, out, "--seeds", "2")
    assert "two reforms are named stacking-70" in refused(population, out, *["--reform", "stacking-70"] * 2)
    assert "--year is" in refused(population, out, "--year", "12")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(tiny.REFORM.replace('"30%"', '"130%"'), encoding="utf-8")
    assert f"mistake in the reform: {wrong}:6: " in refused(population, out, "--reform", wrong)


def test_a_population_without_households_is_refused(tmp_path: Path) -> None:
    population = tiny.write(tmp_path / "tiny")
    people = pq.read_table(population / "people.parquet").drop_columns(["household", "household_food"])
    pq.write_table(people, population / "people.parquet")
    assert "people lacks household, household_food" in refused(population, tmp_path / "out")


def test_people_whom_a_reform_does_not_reach_are_named(tmp_path: Path) -> None:
    population = tiny.write(tmp_path / "tiny")
    people = pq.read_table(population / "people.parquet").to_pylist()
    people[5]["household_region"] = "140702"
    schema = tiny.tables()["people"].schema
    pq.write_table(pa.Table.from_pylist(people, schema), population / "people.parquet")
    said = refused(population, tmp_path / "out", "--reform", "monitored-assistance")
    assert "people belong to 140702, which it does not reach" in said


def test_several_years_are_refused_unless_one_is_chosen(tmp_path: Path) -> None:
    population = tiny.write(tmp_path / "tiny")
    visits = pq.read_table(population / "visits.parquet").to_pylist()
    visits[0]["date"] = visits[0]["date"].replace(year=2025)
    pq.write_table(
        pa.Table.from_pylist(visits, tiny.tables()["visits"].schema), population / "visits.parquet"
    )
    assert "visits of 2025 to 2026; choose one --year" in refused(population, tmp_path / "out")
    simulate(population, tmp_path / "out", "--year", "2026", status=1)
    assert table(tmp_path / "out", "rejects").to_pylist()[0]["where"] == "visits.date"


def test_a_result_is_replaced_only_when_asked(tmp_path: Path) -> None:
    population, out = tiny.write(tmp_path / "tiny"), tmp_path / "out"
    simulate(population, out, status=0)
    (out / "mine.txt").write_text("kept")
    assert "--overwrite" in simulate(population, out, status=2).err
    file = tmp_path / "trial.yaml"
    file.write_text(tiny.REFORM, encoding="utf-8")
    simulate(population, out, "--reform", file, "--overwrite", status=0)
    assert "Trial" in (out / "report.html").read_text(encoding="utf-8")
    assert (out / "mine.txt").read_text() == "kept"


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Path]:
    out = tmp_path / "many"
    run("population", "--area", AREA, "--people", "50000", "--seed", "3", "--out", out, status=0)
    yield out


def seconds_of(pid: int) -> float:
    """Processor time that a running process has used."""
    spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


def test_cancelled_nothing_is_left(slow: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [
        sys.executable,
        "-c",
        "from sanchong.cli import main; main()",
        "simulate",
        "--population",
        str(slow),
    ]
    command += ["--out", str(out), "--accept-assumed", "--seeds", ",".join(map(str, range(4, 40)))]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, env={**os.environ, "LANG": "C.UTF-8"}, text=True
    )
    while seconds_of(process.pid) < 6:  # the imports are behind it, the seeds are not
        assert process.poll() is None, "still at work"
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "cancelled; nothing written" in said and "Traceback" not in said
    assert not out.exists() and not list(tmp_path.glob(".out*"))
