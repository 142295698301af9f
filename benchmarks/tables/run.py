"""The figures of tables in docs/performance.md: ``python -m benchmarks.tables.run [PART …] [--quick] [--write]``.

Each part is taken by a process of its own, which takes its candidates turn about. ``--write`` puts what is
printed into docs/performance.md in place of that part's last run. ``--quick`` measures small tables: to see that all works.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import importlib.metadata
import io
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
WORK = ROOT / "build" / "tables"
DOCUMENT = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- benchmarks.tables.run {} -->", "<!-- to here -->"
CLOCK, PROCESSOR = 0, 1
SPEED_AIM, COPY_AIM, FILE_AIM = 20.0, 0.5, 0.4
FLAT_AIM, MEMORY_AIM = 1.2, 2e9
FEW = 2_000
"""People enough to have everything compiled and loaded."""
Times = list[list[float]]


@dataclass(frozen=True)
class Sizes:
    """How much is measured: people drawn, times repeated, rounds taken."""

    memory_people: int
    base_people: int
    small_people: int
    files_times: int
    sizes_times: tuple[int, ...]
    rounds: int
    few_rounds: int


FULL = Sizes(1_000_000, 1_600_000, 160_000, 3, (10, 30), 9, 3)
"""1,600,000 people have a million visits."""
QUICK = Sizes(50_000, 64_000, 16_000, 2, (2, 3), 3, 1)


def main() -> None:
    """Measure, print and write, part by part."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tables.run")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; else all")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    if strange := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(strange))}")
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    for name, show in PARTS.items():
        if not asked.parts or name in asked.parts:
            said = io.StringIO()
            with contextlib.redirect_stdout(_Both(sys.stdout, said)):
                show_conditions(asked.quick)
                show(QUICK if asked.quick else FULL)
            if asked.write:
                write(DOCUMENT, name, said.getvalue())
    shutil.rmtree(WORK)


class _Both(io.TextIOBase):
    """Prints as it goes, and keeps what was printed."""

    def __init__(self, *streams: Any) -> None:
        self._streams = streams

    def write(self, text: str) -> int:
        for stream in self._streams:
            stream.write(text)
            stream.flush()
        return len(text)


def write(document: Path, part: str, said: str) -> None:
    """Put what was printed of a part between its marks of a document."""
    begin = BEGIN.format(part)
    before, rest = document.read_text(encoding="utf-8").split(begin)
    after = rest.split(END, 1)[1]
    document.write_text(f"{before}{begin}\n\n{said.strip()}\n\n{END}{after}", encoding="utf-8")


def ask(module: str, *arguments: object, **environment: str) -> Any:
    """What a measuring process reports."""
    command = [sys.executable, "-m", f"benchmarks.tables.{module}", *map(str, arguments)]
    found = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, env=os.environ | environment
    )
    return json.loads(found.stdout) if found.stdout else None


def drawn(name: str, people: int) -> Path:
    """The folder of so many people, drawn once a run."""
    folder = WORK / name
    if not folder.exists():
        ask("inputs", "draw", people, folder)
    return folder


# ── what is shown ────────────────────────────────────────────────────────────────────────────


def show_conditions(quick: bool) -> None:
    """When, on what, beside what."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    models = [line.split(":")[1].strip() for line in info.splitlines() if "model name" in line]
    names = ("sanchong", "numba", "llvmlite", "numpy", "pyarrow")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    small = ", small tables only" if quick else ""
    print(
        f"\n{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC{small}; {os.cpu_count()} cores"
        f" ({models[0] if models else platform.processor()}), {platform.system()}, load before {os.getloadavg()[0]:.1f};"
        f" Python {platform.python_version()}, {versions}."
    )


def show_memory(sizes: Sizes) -> None:
    """Settling in memory on one core, beside copying."""
    pairs = ask("memory", drawn("memory", sizes.memory_people), sizes.rounds)
    visits = pairs[0]["visits"]
    print(
        f"\n{visits:,} visits of {sizes.memory_people:,} people in memory, one core, {sizes.rounds} rounds:\n"
    )
    header("million visits a second", "aim")
    for pair in pairs:
        for kind, what in ((CLOCK, "clock"), (PROCESSOR, "processor")):
            speeds = [visits / times[kind] / 1e6 for times in pair["times"]]
            row(pair["name"], what, speeds, SPEED_AIM if kind == CLOCK else None)
        copies = [visits / times[CLOCK] / 1e6 for times in pair["copying"]]
        row(f"copying its {pair['bytes'] / visits:.0f} bytes a visit", "clock", copies)
        ratios = [c[CLOCK] / t[CLOCK] for t, c in zip(pair["times"], pair["copying"], strict=True)]
        row(f"{pair['name']}, of the speed of copying", "clock", ratios, COPY_AIM)


def show_files(sizes: Sizes) -> None:
    """Parquet to Parquet, beside pyarrow."""
    ask("inputs", "repeat", drawn("base", sizes.base_people), sizes.files_times, WORK / "sorted")
    ask("inputs", "shuffle", WORK / "sorted", WORK / "unsorted")
    found = ask("files", WORK / "sorted", WORK / "unsorted", WORK, sizes.rounds)
    visits, times = found["visits"], found["times"]
    megabytes = " and ".join(f"{found['bytes'][name] / 1e6:,.0f} MB {name}" for name in ("in", "out"))
    print(f"\n{visits:,} visits from Parquet to Parquet ({megabytes}), both cores, {sizes.rounds} rounds:\n")
    header("million visits a second", "aim")
    for name in ("sorted", "unsorted"):
        for kind, what in ((CLOCK, "clock"), (PROCESSOR, "processor, each core")):
            row(f"settled, {name} by person", what, [visits / t[kind] / 1e6 for t in times[name]])
    bare = times["pyarrow"]
    row("pyarrow alone, the same files", "clock", [visits / t[CLOCK] / 1e6 for t in bare])
    for name, aim in (("sorted", FILE_AIM), ("unsorted", None)):
        ratios = [b[CLOCK] / t[CLOCK] for t, b in zip(times[name], bare, strict=True)]
        row(f"settled, {name}, of pyarrow's speed", "clock", ratios, aim)


def show_sizes(sizes: Sizes) -> None:
    """Time a visit and memory, from small to large."""
    few, base = drawn("few", FEW), drawn("base", sizes.base_people)
    folders = [drawn("small", sizes.small_people), base]
    for times in sizes.sizes_times:
        folders.append(WORK / f"times{times}")
        ask("inputs", "repeat", base, times, folders[-1])
    rounds = [[ask("size", few, folder, WORK / "out") for folder in folders] for _ in range(sizes.few_rounds)]
    visits = [ask_visits(folder) for folder in folders]
    print(
        f"\nFrom Parquet to Parquet, sorted, both cores, compiled code loaded, {sizes.few_rounds} rounds:\n"
    )
    header("microseconds a visit")
    medians = []
    for place, count in enumerate(visits):
        for kind, what in ((CLOCK, "clock"), (PROCESSOR, "processor")):
            each = [found[place]["times"][kind] / count * 1e6 for found in rounds]
            row(f"{count:,} visits", what, each)
            if kind == PROCESSOR:
                medians.append(statistics.median(each))
    flat = max(medians) / min(medians)
    print(
        f"\nThe dearest size costs {flat:.2f} times the processor time a visit of the cheapest; aim {FLAT_AIM}:"
        f" {'met' if flat <= FLAT_AIM else 'missed'}.\n"
    )
    header("the most memory, MB", "aim")
    for place, count in enumerate(visits):
        most = [found[place]["peak"] / 1e6 for found in rounds]
        row(f"{count:,} visits", "", most, MEMORY_AIM / 1e6, least=False)


def ask_visits(folder: Path) -> int:
    """How many visits a folder holds."""
    program = "import sys, pyarrow.parquet as p; print(p.read_metadata(sys.argv[1]).num_rows)"
    command = [sys.executable, "-c", program, str(folder / "visits.parquet")]
    return int(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def show_compiling(sizes: Sizes) -> None:
    """The first part of a process: compiled, loaded, and neither."""
    few = drawn("few", FEW)
    found: dict[str, Times] = {"cold": [], "kept": [], "warm": []}
    for n in range(sizes.few_rounds):
        kept = WORK / f"compiled{n}"
        found["cold"].append(ask("compiling", few, SANCHONG_COMPILED=str(kept))["first"])
        again = ask("compiling", few, SANCHONG_COMPILED=str(kept))
        found["kept"].append(again["first"])
        found["warm"].append(again["again"])
    print(f"\n{FEW:,} people settled in a new process, {sizes.few_rounds} rounds:\n")
    header("seconds")
    for name, said in (
        ("cold", "nothing compiled"),
        ("kept", "compiled code kept from a former run"),
        ("warm", "once more"),
    ):
        for kind, what in ((CLOCK, "clock"), (PROCESSOR, "processor")):
            row(said, what, [times[kind] for times in found[name]])


def show_drawing(sizes: Sizes) -> None:
    """A population drawn and written."""
    taken = []
    for _ in range(sizes.few_rounds):
        taken.append(ask("inputs", "draw", sizes.memory_people, WORK / "drawn"))
        shutil.rmtree(WORK / "drawn")
    print(f"\n{sizes.memory_people:,} people with their year drawn and written, both cores:\n")
    header("seconds")
    for kind, what in ((CLOCK, "clock"), (PROCESSOR, "processor")):
        row("drawn", what, [times[kind] for times in taken])


def header(*titles: str) -> None:
    """The head of a table of figures; with a second title there is an aim."""
    aim = [f"{title} | |" for title in titles[1:]]
    print(f"| {titles[0]} | | smallest | median | largest | {' '.join(aim)}".rstrip())
    print("| --- | --- | ---: | ---: | ---: |" + " ---: | --- |" * len(aim))


def row(name: str, what: str, found: Sequence[float], aim: float | None = None, least: bool = True) -> None:
    """A row of figures: smallest, median, largest; beside an aim whether the median meets it."""
    middle = statistics.median(found)
    cells = [name, what, *map(figure, (min(found), middle, max(found)))]
    if aim is not None:
        met = middle >= aim if least else max(found) <= aim
        cells += [figure(aim), "met" if met else "missed"]
    print(f"| {' | '.join(cells)} |")


def figure(value: float) -> str:
    """A figure with three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


PARTS = {
    "memory": show_memory,
    "files": show_files,
    "sizes": show_sizes,
    "compiling": show_compiling,
    "drawing": show_drawing,
}

if __name__ == "__main__":
    main()
