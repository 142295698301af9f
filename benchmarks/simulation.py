"""What a reform costs: the baseline alone, and the baseline with one reform, over one and the same population.

    python benchmarks/simulation.py [PEOPLE]

Both are taken in turn, round by round, so that other load on the machine falls on both alike; each is one run from the tables on
disk to the measures. The aim: together at most 2.2 times the baseline alone, by processor time.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from sanchong.law.library import load_law
from sanchong.settlement.options import Options
from sanchong.simulation.marginals import load_marginals, shipped
from sanchong.simulation.population import Population, draw_blocks
from sanchong.simulation.reforms import Reform, find_reform, load_reform
from sanchong.simulation.setting import setting_of
from sanchong.simulation.simulate import Asked, simulate
from sanchong.simulation.writing import write_population

ROUNDS = 5
AIM = 2.2
AREA, YEAR = "140300", 2026


def main() -> None:
    """Measure and print."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    law = load_law()
    reform = load_reform(find_reform("catastrophic-deductible-80"), law)
    with tempfile.TemporaryDirectory() as folder:
        population = Population(load_marginals(shipped(AREA)), setting_of(law, AREA, YEAR), 1, people)
        write_population(population, Path(folder) / "people", draw_blocks(population, 1), "")

        def taken(*reforms: Reform) -> tuple[float, float]:
            asked = Asked(law, Options(accept_assumed=True), dt.date(2026, 1, 1), reforms)
            before = time.perf_counter(), time.process_time()
            simulate(Path(folder) / "people", asked)
            return time.perf_counter() - before[0], time.process_time() - before[1]

        taken(), taken(reform)  # once unmeasured: compiled code and files are then in memory
        alone, both = [], []
        for _ in range(ROUNDS):
            alone.append(taken())
            both.append(taken(reform))
    print(
        f"{people:,} people, {ROUNDS} rounds, {os.cpu_count()} cores, one thread; load {os.getloadavg()[0]:.1f}"
    )
    for place, kind in enumerate(("clock", "processor")):
        one = statistics.median(t[place] for t in alone)
        two = statistics.median(t[place] for t in both)
        ratios = sorted(b[place] / a[place] for a, b in zip(alone, both, strict=True))
        print(
            f"{kind:9}  baseline {one:.3f} s  with a reform {two:.3f} s  ratio {two / one:.2f}"
            f"  (rounds {ratios[0]:.2f} to {ratios[-1]:.2f})"
        )
    ratio = statistics.median(t[1] for t in both) / statistics.median(t[1] for t in alone)
    print(f"aim {AIM}: {'met' if ratio <= AIM else 'not met'} ({ratio:.2f})")


if __name__ == "__main__":
    main()
