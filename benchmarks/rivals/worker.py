"""A candidate, and the process in which it waits its turn.

Each environment runs one process, which prepares its candidates' inputs once and then measures one candidate
each time it is told to. So all take turns within one run, and none pays for another's imports. Orders and
reports are lines of JSON. Only the standard library is used.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rivals import figures as figures_file
from benchmarks.rivals.figures import Figures
from benchmarks.rivals.population import MONTHS, Person, population

AMOUNTS = ("pooled", "catastrophic", "assistance", "patient")
"""What is compared of each visit, in fen, 0 in a month without one."""
WIDTH = len(AMOUNTS) * MONTHS + 1
"""An answer: the amounts of each month in turn, and the year's end payment of assistance."""

Answer = Iterable[int]
Run = Callable[[], Any]
"""One measured run over all people; gives the candidate's own form of the answers."""


@dataclass(frozen=True)
class Candidate:
    """One way of settling the population.

    ``prepare`` makes, unmeasured, the candidate's own form of the input, and gives the run. ``answers`` turns
    what the run gave into one Answer a person, unmeasured too.
    """

    name: str
    people: int
    prepare: Callable[[list[Person], Figures], Run]
    answers: Callable[[Any], Iterable[Answer]]


def serve(candidates: Sequence[Candidate]) -> None:
    """Take orders from standard input until it ends: ``["answers", name, file]`` or ``["measure", name]``."""
    figures = figures_file.read(Path(sys.argv[1]))
    people = population(max(candidate.people for candidate in candidates))
    known = {candidate.name: candidate for candidate in candidates}
    runs: dict[str, Run] = {}
    _report({name: candidate.people for name, candidate in known.items()})
    for line in sys.stdin:
        order, name, *rest = json.loads(line)
        candidate = known[name]
        if name not in runs:
            runs[name] = candidate.prepare(people[: candidate.people], figures)
        if order == "answers":
            _keep(candidate.answers(runs[name]()), Path(rest[0]))
            _report("kept")
        else:
            _report(_measure(runs[name]))


def _measure(run: Run) -> list[float]:
    """Seconds on the clock and of the processor."""
    gc.collect()
    clock, processor = time.perf_counter(), time.process_time()
    run()
    return [time.perf_counter() - clock, time.process_time() - processor]


def _keep(answers: Iterable[Answer], file: Path) -> None:
    """Write answers side by side as signed 64-bit integers."""
    kept = array("q")
    for answer in answers:
        kept.extend(answer)
    file.write_bytes(kept.tobytes())


def _report(said: Any) -> None:
    print(json.dumps(said), flush=True)
