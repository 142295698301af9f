"""``sanchong batch settle``: one content whatever the engine, the workers, the files and their order."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from threading import Event
from typing import Any

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq
import pytest
from tests.batch.equality import engine, groups
from tests.batch.from_cases import tables_of
from tests.batch.settling import Content, content
from tests.cli.running import run as command

from sanchong import Options
from sanchong.batch.law_rows import LawRows
from sanchong.batch.part import Setting, SettledPart
from sanchong.batch.records import Part
from sanchong.batch.run import Cancelled, Counts, Threads, open_inputs, run
from sanchong.batch.tables import CODE, INPUTS
from sanchong.batch.unusable import WorkersLost
from sanchong.batch.write import PARTIAL
from sanchong.dates import today

pytestmark = pytest.mark.batch

NAMES = tuple(table.name for table in INPUTS)


@pytest.fixture(scope="module")
def part() -> Part:
    """A few hundred visits as shuffled tables, some of them refused."""
    wanted = (group for group in groups(77) if group.year == 2025 and group.options.accept_assumed is True)
    return tables_of(next(wanted).cases, Random(3))


@pytest.fixture(scope="module")
def unsorted(part: Part, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables as Parquet, rows in any order."""
    return written(part, tmp_path_factory.mktemp("unsorted"))


@pytest.fixture(scope="module")
def ordered(part: Part, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables as Parquet, sorted by person."""
    return written(part, tmp_path_factory.mktemp("ordered"), lambda t: t.sort_by("person"))


def written(part: Part, folder: Path, change: Callable[[pa.Table], pa.Table] = lambda t: t) -> Path:
    """A part's tables as Parquet files."""
    for name in NAMES:
        pq.write_table(change(getattr(part, name)), folder / f"{name}.parquet")
    return folder


def files(folder: Path, suffix: str = ".parquet") -> list[str]:
    """The options that name a folder's tables."""
    return [part for name in NAMES for part in (f"--{name}", str(folder / f"{name}{suffix}"))]


def settled(folder: Path, out: Path, *more: str, suffix: str = ".parquet") -> Content:
    """What the command makes of a folder's tables."""
    done = command(
        "batch", "settle", *files(folder, suffix), "--accept-assumed", "--out", out, *more, status=1
    )
    assert "rows refused" in done.out
    return content(out)


def in_process(
    folder: Path,
    out: Path,
    rows: int,
    cancel: Event,
    workers: int = 2,
    progress: Any = None,
    kind: type[Threads] = Threads,
) -> Counts:
    """A run with parts of so few rows that there are many of them."""
    law = LawRows(engine().law, Options(accept_assumed=True), engine().law.known_by(today()), {}, None, False)
    setting = Setting()
    with kind(workers, law, setting) as threads:
        inputs = open_inputs({name: [folder / f"{name}.parquet"] for name in NAMES})
        return run(inputs, out, law, setting, threads, {}, progress or Quiet(), cancel, rows)


class Quiet:
    """Nobody watches."""

    def stage(self, name: str, total: int) -> None:
        """Nothing."""

    def advance(self, visits: int) -> None:
        """Nothing."""


def test_one_content(unsorted: Path, ordered: Path, part: Part, tmp_path: Path) -> None:
    """Sorted or not, one file or many, CSV or Parquet, one worker or two: the same rows."""
    wanted = settled(ordered, tmp_path / "ordered")
    assert all(wanted.values())
    assert settled(unsorted, tmp_path / "unsorted", "--workers", "1") == wanted
    comma = tmp_path / "csv"
    comma.mkdir()
    for name in NAMES:
        plain = getattr(part, name)
        for place, field in enumerate(plain.schema):
            if field.type == CODE:
                words = plain.column(place).cast(pa.string())
                plain = plain.set_column(place, field.name, words)
        csv.write_csv(plain, comma / f"{name}.csv")
    assert settled(comma, tmp_path / "from_csv", suffix=".csv") == wanted
    many = tmp_path / "many"
    many.mkdir()
    for name in NAMES:
        (many / name).mkdir()
        table = getattr(part, name)
        for n in range(3):
            rows = [row for row in range(len(table)) if row % 3 == n]
            pq.write_table(table.take(rows), many / name / f"{n}.parquet")
    assert settled(many, tmp_path / "from_many", suffix="") == wanted


def test_small_parts(unsorted: Path, ordered: Path, tmp_path: Path) -> None:
    """Cut anywhere, whatever the workers: the same rows."""
    wanted = settled(ordered, tmp_path / "whole")
    for name, folder, rows in (("cut", ordered, 7), ("cut_lines", ordered, 40), ("buckets", unsorted, 20)):
        in_process(folder, tmp_path / name, rows, Event(), workers=1 + rows % 2)
        assert content(tmp_path / name) == wanted, name
        assert not (tmp_path / name / PARTIAL).exists()


def test_dask(unsorted: Path, ordered: Path, tmp_path: Path) -> None:
    """Two worker processes of a Dask cluster: the same rows."""
    pytest.importorskip("distributed")
    wanted = settled(ordered, tmp_path / "threads")
    assert settled(unsorted, tmp_path / "dask", "--engine", "dask", "--workers", "2") == wanted


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """The address of a scheduler with two workers, each a process of its own in a folder of its own."""
    distributed = pytest.importorskip("distributed")
    file, dask = tmp_path / "scheduler.json", Path(sys.executable).with_name("dask")
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *arguments: str) -> None:
        folder = tmp_path / name
        folder.mkdir()
        command = [
            str(dask),
            *arguments,
            "--scheduler-file",
            str(file),
            "--host",
            "127.0.0.1",
            "--no-dashboard",
        ]
        with (folder / "log").open("wb") as log:
            started.append(subprocess.Popen(command, cwd=folder, stdout=log, stderr=log))

    try:
        start("scheduler", "scheduler", "--port", "0")
        for name in ("first", "second"):
            start(name, "worker", "--nthreads", "1", "--local-directory", ".", "--no-nanny")
        while not file.exists():
            assert started[0].poll() is None, (tmp_path / "scheduler" / "log").read_text()
            time.sleep(0.05)
        with distributed.Client(scheduler_file=str(file)) as client:
            client.wait_for_workers(2, timeout=120)
            yield client.scheduler.address
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_a_cluster_that_runs_already(scheduler: str, unsorted: Path, ordered: Path, tmp_path: Path) -> None:
    """A scheduler and two workers started by hand, as docs/batch.md says: the same rows; the cluster lives on."""
    wanted = settled(ordered, tmp_path / "threads")
    for n, folder in enumerate((unsorted, ordered)):
        out = tmp_path / f"out{n}"
        assert settled(folder, out, "--engine", "dask", "--scheduler", scheduler) == wanted


def test_run_json(ordered: Path, tmp_path: Path) -> None:
    """The counts are those of the tables; the receipt names engine, law, inputs and arguments."""
    out = tmp_path / "out"
    found = settled(ordered, out, "--year", "2025")
    said = json.loads((out / "run.json").read_text())
    counts = said["counts"]
    assert counts["settled"] == len(found["statements"])
    assert counts["years"] == len(found["years"])
    assert counts["rejects"] == len(found["rejects"]) == sum(counts["by_code"].values())
    assert counts["visits"] == pq.read_metadata(ordered / "visits.parquet").num_rows
    receipt = said["receipt"]
    assert receipt["arguments"]["year"] == 2025
    assert receipt["arguments"]["accept_assumed"] == "*"
    assert set(receipt["inputs"]) == set(NAMES)
    assert all(len(row[0]["sha256"]) == 64 for row in receipt["inputs"].values())
    assert "yangquan" in receipt["law"]


# ── cancelling and going on ──────────────────────────────────────────────────────────────────


class Stops(Quiet):
    """Cancels once so many visits are done, or sorted into files."""

    def __init__(self, cancel: Event, after: int, stage: str = "settle") -> None:
        self.cancel, self.after, self.wanted, self.now = cancel, after, stage, ""
        self.done = 0

    def stage(self, name: str, total: int) -> None:
        """Which stage it is."""
        self.now, self.done = name, 0

    def advance(self, visits: int) -> None:
        """Count, and cancel."""
        self.done += visits
        if self.now == self.wanted and self.done >= self.after:
            self.cancel.set()


@pytest.mark.parametrize("kind", ["ordered", "unsorted"])
def test_cancelled_and_taken_up(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Cancelled there is no result at all; started again it goes on, settles only the rest, and agrees."""
    folder: Path = request.getfixturevalue(kind)
    in_process(folder, tmp_path / "whole", 30, Event())
    out, cancel = tmp_path / "out", Event()
    with pytest.raises(Cancelled):
        in_process(folder, out, 30, cancel, progress=Stops(cancel, 150))
    assert [path.name for path in out.iterdir()] == [PARTIAL]
    said = json.loads((out / PARTIAL / "manifest.json").read_text())
    assert said["counts"]["visits"] >= 150
    again = in_process(folder, out, 30, Event())
    assert not (out / PARTIAL).exists()
    assert content(out) == content(tmp_path / "whole")
    assert again.visits == pq.read_metadata(folder / "visits.parquet").num_rows


class Lost(Threads):
    """Threads that cannot be reached any more after some parts."""

    def submit(self, part: Part) -> Callable[[], SettledPart]:
        """Settle while there are parts left that may be."""
        self.parts = getattr(self, "parts", 0) + 1
        return super().submit(part) if self.parts < 6 else self.lost

    def lost(self) -> SettledPart:
        """What a cluster says that is gone."""
        raise WorkersLost("", "gone")


def test_workers_lost_and_taken_up(ordered: Path, tmp_path: Path) -> None:
    """Where those who settle are lost, what is settled waits, and the next run goes on with it."""
    in_process(ordered, tmp_path / "whole", 30, Event())
    out = tmp_path / "out"
    with pytest.raises(WorkersLost):
        in_process(ordered, out, 30, Event(), kind=Lost)
    assert [path.name for path in out.iterdir()] == [PARTIAL]
    watched = Stops(Event(), 1 << 40)
    in_process(ordered, out, 30, Event(), progress=watched)
    assert watched.done == pq.read_metadata(ordered / "visits.parquet").num_rows
    assert content(out) == content(tmp_path / "whole")


def test_not_taken_up_over_other_input(ordered: Path, tmp_path: Path) -> None:
    """An unfinished run over other rows is not gone on with."""
    folder, out, cancel = tmp_path / "in", tmp_path / "out", Event()
    shutil.copytree(ordered, folder)
    with pytest.raises(Cancelled):
        in_process(folder, out, 30, cancel, progress=Stops(cancel, 150))
    visits = pq.read_table(folder / "visits.parquet")
    pq.write_table(visits.slice(len(visits) // 2), folder / "visits.parquet")
    counts = in_process(folder, out, 30, Event())
    assert counts.visits == len(visits) - len(visits) // 2


def test_interrupted_process(ordered: Path, tmp_path: Path) -> None:
    """Ctrl-C ends the command with 130 and leaves no result under its final name."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for name in NAMES:
        table = pq.read_table(ordered / f"{name}.parquet")
        pq.write_table(pa.concat_tables([_renamed(table, n) for n in range(600)]), folder / f"{name}.parquet")
    arguments = [sys.executable, "-m", "sanchong", "batch", "settle", *files(folder), "--out", str(out)]
    process = subprocess.Popen(
        [*arguments, "--accept-assumed", "--lang", "en"], stderr=subprocess.PIPE, text=True
    )
    while not (out / PARTIAL / "statements-000.parquet").exists():
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert "run the same again to go on" in said
    assert [path.name for path in out.iterdir()] == [PARTIAL]


def _renamed(table: pa.Table, n: int) -> pa.Table:
    persons = pa.array([f"{n:04d}{person}" for person in table["person"].to_pylist()])
    return table.set_column(0, "person", persons)


def test_group_is_named() -> None:
    """The command stands in the help of its group."""
    assert "settle" in command("batch", "--help", status=0).out
