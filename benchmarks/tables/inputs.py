"""Tables to settle: a synthetic population drawn, repeated under new names, or in no order.

python -m benchmarks.tables.inputs draw PEOPLE FOLDER
python -m benchmarks.tables.inputs repeat FROM TIMES FOLDER
python -m benchmarks.tables.inputs shuffle FROM FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from benchmarks.tables.common import YEAR, report, taken

from sanchong import load_law
from sanchong.simulation.marginals import load_marginals, shipped
from sanchong.simulation.population import Population, draw_blocks
from sanchong.simulation.setting import setting_of
from sanchong.simulation.writing import write_population

AREA = "140300"
CORES = 2


def draw(people: int, folder: Path) -> None:
    """So many people with their year; reports the seconds it took."""

    def work() -> None:
        population = Population(load_marginals(shipped(AREA)), setting_of(load_law(), AREA, YEAR), 1, people)
        write_population(population, folder, draw_blocks(population, CORES), "")

    report(taken(work))


def repeat(source: Path, times: int, folder: Path) -> None:
    """The same people again and again, each time under names that sort after the last."""
    folder.mkdir()
    for file in sorted(source.glob("*.parquet")):
        table = pq.read_table(file)
        with pq.ParquetWriter(folder / file.name, table.schema) as writer:
            for time in range(times):
                names = pc.binary_join_element_wise(f"{time:04d}", table["person"], "")
                writer.write_table(table.set_column(0, "person", names))


def shuffle(source: Path, folder: Path) -> None:
    """The same rows, each table in an order of its own by chance."""
    folder.mkdir()
    chance = np.random.default_rng(1)
    for file in sorted(source.glob("*.parquet")):
        table = pq.read_table(file)
        pq.write_table(table.take(pa.array(chance.permutation(len(table)))), folder / file.name)


if __name__ == "__main__":
    what, *asked = sys.argv[1:]
    if what == "draw":
        draw(int(asked[0]), Path(asked[1]))
    elif what == "repeat":
        repeat(Path(asked[0]), int(asked[1]), Path(asked[2]))
    else:
        shuffle(Path(asked[0]), Path(asked[1]))
