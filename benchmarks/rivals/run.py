"""Sanchong beside others on the same people: ``make bench-rivals``.

All candidates are measured in one run and take turns, round by round, each in a process of its own
environment (:mod:`benchmarks.rivals.worker`). Before that each settles its people once, unmeasured, and its
answers are compared with those of ``Engine.settle`` or, for people beyond the Engine's, of the compiled step,
which the tests prove equal to it. What is printed goes into docs/performance-rivals.md.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.rivals import figures as figures_file
from benchmarks.rivals.from_law import figures_of, terms_of_year
from benchmarks.rivals.population import population, visits_of
from benchmarks.rivals.worker import WIDTH

from sanchong import load_law

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "rivals"
OURS = Path(sys.executable)
THEIRS = BUILD / "env" / "bin" / "python"
"""The environment of the rivals, from ``requirements.lock`` beside this file."""
ROUNDS = 9

WORKERS = (
    ("sanchong_engine", OURS),
    ("openfisca.candidates", THEIRS),
    ("zen.candidates", THEIRS),
    ("plain_decimal", OURS),
    ("sanchong_columns", OURS),
    ("duckdb_query", OURS),
)
"""Whatever settles the same people joins here as a module with candidates, such as tables from Parquet to Parquet."""
REFERENCE = "sanchong, compiled fold"
"""Whose answers the others must give; its own must be those of ``Engine.settle``."""
FLOAT32 = ("OpenFisca-core, one by one", "OpenFisca-core, all at once")
"""Candidates whose amounts are float32 and may differ within :func:`tolerance`."""
AIMS = (
    ("sanchong, explained", "OpenFisca-core, one by one", 10),
    ("sanchong, compiled fold", "OpenFisca-core, all at once", 50),
    ("sanchong, columns to columns", "OpenFisca-core, all at once", 50),
)


class Worker:
    """A process with its candidates; ``people`` says how many each of them settles."""

    def __init__(self, module: str, python: Path, figures: Path) -> None:
        """Start the process and hear which candidates it has."""
        self.module = module
        self.process = subprocess.Popen(
            [str(python), "-m", f"benchmarks.rivals.{module}", str(figures)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.people: dict[str, int] = self._heard()

    def ask(self, *order: str) -> Any:
        """Give an order and wait for the report."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self._heard()

    def stop(self) -> None:
        """Let the process end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def _heard(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the process of {self.module} ended before it answered")
        return json.loads(line)


@dataclass
class Measured:
    """A candidate with its times, in seconds a round."""

    name: str
    worker: Worker
    people: int
    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def take(self) -> None:
        """Measure one round."""
        clock, processor = self.worker.ask("measure", self.name)
        self.clock.append(clock)
        self.processor.append(processor)

    def answers(self) -> Any:
        """Its answers, one row a person, in fen."""
        file = BUILD / "answers"
        self.worker.ask("answers", self.name, str(file))
        found = np.fromfile(file, np.int64).reshape(-1, WIDTH)
        file.unlink()
        return found

    def show(self) -> None:
        """Print its two rows: microseconds a person, by the clock and of the processor."""
        name, people = self.name, f"{self.people:,}"
        for kind, taken in (("clock", self.clock), ("processor", self.processor)):
            each = [seconds / self.people * 1e6 for seconds in taken]
            print(f"| {name} | {people} | {kind} | {' | '.join(map(_figure, _spread(each)))} |")
            name = people = ""


def tolerance(row: Any) -> Any:
    """How far, in fen, an answer in float32 may lie from each exact one: a tie of rounding, and a few units in
    the last place of the year's sum."""
    return 2 + 4 * row.sum(axis=1) * float(np.finfo(np.float32).eps)


def compare(candidate: Measured, reference: Any) -> None:
    """Print how a candidate's answers differ from the reference; SystemExit if they may not."""
    found = candidate.answers()
    exact = reference[: len(found)]
    off = np.abs(found - exact)
    allowed = tolerance(exact)[:, None] if candidate.name in FLOAT32 else 0
    row = [
        f"{off.size:,}",
        f"{np.count_nonzero(off):,}",
        f"{np.count_nonzero(off.any(axis=1)):,}",
        f"{off.max()}",
    ]
    print(f"| {candidate.name} | {' | '.join(row)} |", flush=True)
    if (off > allowed).any():
        person, place = np.argwhere(off > allowed)[0]
        raise SystemExit(
            f"{candidate.name}: person {person}, amount {place}: "
            f"{found[person, place]} fen instead of {exact[person, place]}"
        )


def main() -> None:
    """Compare, measure and print."""
    BUILD.mkdir(parents=True, exist_ok=True)
    figures = BUILD / "figures.json"
    figures_file.write(figures_of(terms_of_year(load_law())), figures)
    workers = [Worker(module, python, figures) for module, python in WORKERS]
    candidates = [Measured(name, w, people) for w in workers for name, people in w.people.items()]
    by_name = {candidate.name: candidate for candidate in candidates}

    print("## Conditions\n\n| | |\n| --- | --- |")
    for what, said in _conditions(candidates):
        print(f"| {what} | {said} |")
    print("\n## The same answers\n\n| | amounts | that differ | people | by at most, fen |")
    print("| --- | ---: | ---: | ---: | ---: |", flush=True)
    reference = by_name[REFERENCE].answers()
    for candidate in candidates:
        compare(candidate, reference)
    for _ in range(ROUNDS):
        for candidate in candidates:
            candidate.take()
    print("\n## Figures\n\n| microseconds a person | people | | smallest | median | largest |")
    print("| --- | ---: | --- | ---: | ---: | ---: |")
    for candidate in candidates:
        candidate.show()
    print(f"\nLoad of the machine after: {os.getloadavg()[0]:.1f}.")
    print("\n## The aims\n\n| times as fast, round by round | aim | | smallest | median | largest | |")
    print("| --- | ---: | --- | ---: | ---: | ---: | --- |")
    for fast, slow, aim in AIMS:
        _show_aim(by_name[fast], by_name[slow], aim)
    for worker in workers:
        worker.stop()


def _show_aim(fast: Measured, slow: Measured, aim: int) -> None:
    """Print how many times as fast a person ``fast`` is; the aim is judged by the median of the clock."""
    clock = _spread(_times(fast.clock, slow.clock, fast.people, slow.people))
    processor = _spread(_times(fast.processor, slow.processor, fast.people, slow.people))
    met = "met" if clock[1] >= aim else "not met"
    print(f"| {fast.name}, against {slow.name} | {aim} | clock | {' | '.join(map(_figure, clock))} | {met} |")
    print(f"| | | processor | {' | '.join(map(_figure, processor))} | |")


def _times(fast: list[float], slow: list[float], fast_people: int, slow_people: int) -> list[float]:
    """How many times as fast a person, by round."""
    return [(theirs / slow_people) / (ours / fast_people) for ours, theirs in zip(fast, slow, strict=True)]


def _spread(found: list[float]) -> tuple[float, float, float]:
    return min(found), statistics.median(found), max(found)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _conditions(candidates: list[Measured]) -> Iterator[tuple[str, str]]:
    info = Path("/proc/cpuinfo")
    models = [line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line]
    processor = models[0] if models else platform.processor()
    yield "machine", f"{os.cpu_count()} cores ({processor}), {platform.system()}; nothing pinned"
    yield "other load", f"{os.getloadavg()[0]:.1f} before"
    ours = _versions(OURS, ("sanchong", "numba", "numpy", "duckdb"))
    theirs = _versions(THEIRS, ("openfisca-core", "zen-engine", "numpy"))
    yield "versions", f"Python {platform.python_version()}; {ours}; in the rivals' environment {theirs}"
    most = max(candidate.people for candidate in candidates)
    visits = visits_of(population(most)) / most
    yield "people", f"the first so many of {most:,} from one seed, {visits:.2f} visits a person"
    yield "rounds", f"{ROUNDS}, one process and one core a candidate"


def _versions(python: Path, names: tuple[str, ...]) -> str:
    """The versions of packages in an environment."""
    program = (
        "import importlib.metadata as m, sys; print(', '.join(f'{n} {m.version(n)}' for n in sys.argv[1:]))"
    )
    command = [str(python), "-c", program, *names]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    main()
