"""``sanchong population``: what it writes, what it says, what it refuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.cli.running import Done, run
from tests.simulation.drawn import AREA, draw

from sanchong.simulation.marginals import shipped
from sanchong.simulation.writing import FILES

pytestmark = pytest.mark.batch

PEOPLE = 3_000


def make(out: Path, *more: str, seed: int = 4, status: int = 0) -> Done:
    asked = ("--area", AREA, "--people", str(PEOPLE), "--seed", str(seed), "--out", str(out))
    return run("population", *asked, *more, status=status)


def test_it_writes_the_tables_and_a_report(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "people"
    done = make(out)
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    assert [path.name for path in out.parent.iterdir()] == ["people"]
    wanted = draw(PEOPLE, seed=4)
    for name, table in wanted.items():
        assert pq.read_table(out / f"{name}.parquet").to_pydict() == table.to_pydict(), name
        assert pq.read_schema(out / f"{name}.parquet") == table.schema, name
    report = json.loads((out / "population.json").read_text(encoding="utf-8"))
    assert (report["area"], report["year"], report["seed"], report["people"]) == (AREA, 2026, 4, PEOPLE)
    assert report["rows"] == {name: table.num_rows for name, table in wanted.items()}
    assert report["households"] == len(set(wanted["people"]["household"].to_pylist()))
    assert sum(report["visits"].values()) == wanted["visits"].num_rows
    assert sum(report["cost_fen"].values()) == sum(wanted["visits"]["total"].to_pylist())
    assert "not data about real people" in report["population"]
    assert f"{PEOPLE:,}" in done.out and done.err == ""
    next_ = done.out.splitlines()[-1]
    assert next_.startswith("next: sanchong batch settle ") and "--accept-assumed --out " in next_
    assert all(f"--{name} {out / name}.parquet" in next_ for name in wanted)


def test_twice_the_same_bytes(tmp_path: Path) -> None:
    make(tmp_path / "a", "--workers", "1")
    make(tmp_path / "c", seed=5)
    for workers in ("1", "2", "3", "4"):
        make(tmp_path / "b", "--workers", workers, "--overwrite")
        for name in FILES:
            assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
    for name in ("people.parquet", "visits.parquet", "population.json"):
        assert (tmp_path / "a" / name).read_bytes() != (tmp_path / "c" / name).read_bytes()


def test_a_folder_that_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    done = make(tmp_path, status=2)
    assert "--overwrite" in done.err and done.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    make(tmp_path, "--overwrite")
    before = (tmp_path / "people.parquet").read_bytes()
    make(tmp_path, "--overwrite", seed=5)
    assert (tmp_path / "people.parquet").read_bytes() != before
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*FILES, "mine.txt"])
    assert "not an empty folder" in make(tmp_path / "mine.txt", "--overwrite", status=2).err
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_an_area_without_marginals(tmp_path: Path) -> None:
    done = run(
        "population", "--area", "140700", "--people", "9", "--seed", "1", "--out", tmp_path / "x", status=2
    )
    assert "no marginals for 140700" in done.err and "140300" in done.err and "--marginals" in done.err
    assert not (tmp_path / "x").exists()


def of_jinzhong(folder: Path) -> Path:
    """Yangquan's marginals under the codes of Jinzhong."""
    file = folder / "140700.yaml"
    text = shipped(AREA).read_text(encoding="utf-8").replace('"140700"', '"140300"')
    file.write_text(text.replace('"1403', '"1407'), encoding="utf-8")
    return file


def test_marginals_of_one_s_own(tmp_path: Path) -> None:
    """Jinzhong has the outpatient scheme but no document on assistance: it is made, with a word on what that means."""
    asked = (
        "--people",
        "500",
        "--seed",
        "1",
        "--out",
        tmp_path / "out",
        "--marginals",
        of_jinzhong(tmp_path),
    )
    done = run("population", "--area", "140700", *asked, status=0)
    assert "unmodelled" in done.err
    people = pq.read_table(tmp_path / "out" / "people.parquet")
    assert set(people["region"].to_pylist()) == {"140700"}
    assert {county[:4] for county in people["household_region"].to_pylist()} == {"1407"}
    other = run("population", "--area", AREA, *asked[:5], tmp_path / "no", *asked[6:], status=2)
    assert "has the marginals of 140700, not of 140300" in other.err


def test_a_mistake_in_the_marginals(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(shipped(AREA).read_text(encoding="utf-8").replace("0.5106", "half"), encoding="utf-8")
    done = make(tmp_path / "out", "--marginals", str(file), status=2)
    assert f"{file}:" in done.err and "expected a number" in done.err and not (tmp_path / "out").exists()


def test_a_year_without_the_scheme(tmp_path: Path) -> None:
    done = make(tmp_path / "out", "--year", "2024", status=2)
    assert "no outpatient scheme" in done.err and "--year" in done.err


@pytest.mark.parametrize("wrong", [("--people", "0"), ("--seed", "-1"), ("--workers", "0"), ("--year", "26")])
def test_unusable_arguments(wrong: tuple[str, str], tmp_path: Path) -> None:
    assert make(tmp_path / "out", *wrong, status=2).out == ""
    assert not (tmp_path / "out").exists()


def test_in_chinese(tmp_path: Path) -> None:
    assert "下一步" in make(tmp_path / "out", "--lang", "zh").out
    assert "不是空目录" in make(tmp_path / "out", "--lang", "zh", status=2).err


def test_progress_on_a_terminal(tmp_path: Path) -> None:
    asked = ("--area", AREA, "--people", str(PEOPLE), "--seed", "1", "--out", str(tmp_path / "out"))
    done = run("population", *asked, terminal=True, status=0)
    assert "People" in done.err


def test_cancelled(tmp_path: Path) -> None:
    """A run that is interrupted leaves the folder as it was, and nothing beside it."""
    asked = ("--area", AREA, "--people", "100000000", "--seed", "1", "--out", str(tmp_path / "out"))
    with subprocess.Popen(
        [sys.executable, "-m", "sanchong", "population", *asked],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    ) as process:
        until = time.monotonic() + 60
        while not any(tmp_path.glob(".out.*/people.parquet")) and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and said == "sanchong: cancelled; nothing written\n"
    assert list(tmp_path.iterdir()) == []
