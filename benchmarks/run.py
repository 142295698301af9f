"""The figures of docs/performance.md: ``make bench``.

All figures come from one run and are taken in turn, round by round, so that other load on the machine falls on
all alike. Each is given as time on the clock and as time of the processor: the first is what a user waits,
the second hardly changes with other load.
"""

from __future__ import annotations

import copy
import importlib.metadata
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from sanchong import Engine, Options, load_law

ROOT = Path(__file__).parents[1]
ROUNDS = 9
CASES_A_ROUND = 100
AIM = 0.4
"""Seconds within which one case is to settle from a cold start."""
COMMAND = [Path(sys.executable).with_name("sanchong"), "settle", ROOT / "examples" / "extreme-poverty.json"]
COMMAND += ["--accept-assumed", "--format", "json"]


@dataclass
class Measure:
    """What is measured each round; ``each`` is how many things one call does, 0 for a plain duration."""

    name: str
    work: Callable[[], object]
    each: int = 0
    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def take(self) -> None:
        """Take it once."""
        before = time.perf_counter(), _processor_time()
        self.work()
        self.clock.append(time.perf_counter() - before[0])
        self.processor.append(_processor_time() - before[1])

    def show(self) -> None:
        """Print smallest, median and largest."""
        for kind, taken in (("clock", self.clock), ("processor", self.processor)):
            found = sorted(self.each / t if self.each else t for t in taken)
            figures = (found[0], statistics.median(found), found[-1])
            said = [f"{f:,.0f}" if self.each else f"{f:.3f}" for f in figures]
            print(f"{self.name:34}  {kind:9}  {said[0]:>9}  {said[1]:>9}  {said[2]:>9}")


def _processor_time() -> float:
    """Seconds of the processor that this process and its finished children have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def _cases() -> list[Any]:
    found: list[Any] = []
    for path in sorted((ROOT / "examples").glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        found += data if isinstance(data, list) else [data]
    return [found[i % len(found)] for i in range(CASES_A_ROUND)]


def _dearer(case: Any, cents: int) -> Any:
    """The case with each line dearer by ``cents`` fen, so that no two settlements write the same amounts."""
    dearer = copy.deepcopy(case)
    for visit in dearer["visits"]:
        for line in visit.get("lines", ()):
            line["amount"] = f"{Decimal(line['amount']) + Decimal(cents) / 100:.2f}"
    return dearer


def _batches(cases: list[Any]) -> Iterator[list[Any]]:
    """The cases again and again, with amounts that never come back."""
    cents = count(1)
    while True:
        yield [_dearer(case, next(cents)) for case in cases]


def _settle(engine: Engine, cases: list[Any], explain: bool) -> None:
    options = Options(accept_assumed=True, explain=explain)
    for case in cases:
        if not engine.settle(case, options)["ok"]:
            raise SystemExit(f"the case {case['case']} was refused")


def _run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def _machine() -> None:
    names = ("PyYAML", "rich", "typer", "sanchong")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    info = Path("/proc/cpuinfo")
    models = [line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line]
    print(
        f"machine: {os.cpu_count()} cores, {models[0] if models else platform.processor()}, {platform.system()}"
    )
    print(f"Python {platform.python_version()}, {versions}")


def main() -> None:
    """Measure and print."""
    engine, cases = Engine(load_law()), _cases()
    visits = sum(len(case["visits"]) for case in cases)
    batches = _batches(cases)
    ready = [next(batches) for _ in range(2 * (ROUNDS + 1))]
    measures = [
        Measure("explained, visits a second", lambda: _settle(engine, ready.pop(), True), visits),
        Measure("without explanation, visits a sec.", lambda: _settle(engine, ready.pop(), False), visits),
        Measure("all law loaded, seconds", load_law),
        Measure("one case by the command, seconds", lambda: _run(*COMMAND)),
        Measure("Python alone, seconds", lambda: _run(sys.executable, "-c", "pass")),
    ]
    _machine()
    print(
        f"{ROUNDS} rounds of {len(cases)} cases with {visits} visits; load before: {os.getloadavg()[0]:.1f}"
    )
    for measure in measures:
        measure.work()  # once unmeasured: files and byte code are then in memory
    for _ in range(ROUNDS):
        for measure in measures:
            measure.take()
    print(f"load after: {os.getloadavg()[0]:.1f}\n")
    print(f"{'':34}  {'':9}  {'min':>9}  {'median':>9}  {'max':>9}")
    for measure in measures:
        measure.show()
    cold = statistics.median(measures[3].clock)
    print(f"\none case from a cold start: {cold:.3f} s, aim {AIM} s: {'met' if cold <= AIM else 'not met'}")


if __name__ == "__main__":
    main()
