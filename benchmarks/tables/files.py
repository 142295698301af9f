"""Parquet to Parquet on both cores, beside pyarrow reading and writing the same files without settling.

    python -m benchmarks.tables.files SORTED UNSORTED WORK ROUNDS

Turn about: settled sorted; pyarrow reads the same tables whole and writes, with the writer that settling has, the tables
that settling has made, which it holds ready in memory; settled unsorted.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from benchmarks.tables.common import CORES, law_rows, report, settle, taken

from sanchong.batch.run import ROWS
from sanchong.batch.write import open_parquet


def main() -> None:
    """Measure and report."""
    ordered, unsorted, work, rounds = (
        Path(sys.argv[1]),
        Path(sys.argv[2]),
        Path(sys.argv[3]),
        int(sys.argv[4]),
    )
    law = law_rows()
    visits = settle(ordered, work / "out", law).visits
    settle(unsorted, work / "unsorted", law)
    results = {file.name: pq.read_table(file) for file in sorted((work / "out").glob("*.parquet"))}
    sizes = {
        name: sum(file.stat().st_size for file in folder.glob("*.parquet"))
        for name, folder in (("in", ordered), ("out", work / "out"))
    }
    bare = work / "bare"
    bare.mkdir()
    times: dict[str, list[tuple[float, float]]] = {"sorted": [], "pyarrow": [], "unsorted": []}
    for _ in range(rounds):
        times["sorted"].append(taken(lambda: settle(ordered, work / "out", law)))
        times["pyarrow"].append(taken(lambda: read_and_write(ordered, results, bare)))
        times["unsorted"].append(taken(lambda: settle(unsorted, work / "unsorted", law)))
    report({"visits": visits, "bytes": sizes, "times": times})


def read_and_write(source: Path, results: dict[str, Any], out: Path) -> None:
    """Read every table, several columns at once; then write every result, several files at once."""
    for file in sorted(source.glob("*.parquet")):
        pq.read_table(file)
    with ThreadPoolExecutor(CORES) as threads:
        list(threads.map(lambda name: _write(out / name, results[name]), results))


def _write(path: Path, table: Any) -> None:
    with open_parquet(path, table.schema) as writer:
        writer.write_table(table, row_group_size=ROWS)


if __name__ == "__main__":
    main()
