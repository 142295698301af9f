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

Content = dict[str, list[dict[str, Any]]]
NAMES = tuple(table.name for table in INPUTS)
RESULTS = ("statements", "years", "rejects")


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


def content(out: Path, names: tuple[str, ...] = RESULTS) -> Content:
    """The rows of the results, sorted by all that they say."""
    return {
        name: sorted(
            pq.read_table(out / f"{name}.parquet").to_pylist(), key=lambda row: json.dumps(row, default=str)
        )
        for name in names
    }


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


# ── what cannot be settled ───────────────────────────────────────────────────────────────────


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


def test_group_is_named() -> None:
    """The command stands in the help of its group."""
    assert "settle" in command("batch", "--help", status=0).out
