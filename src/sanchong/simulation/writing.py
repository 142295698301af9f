"""Writing a population as Parquet: whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sanchong.simulation.population import Population, Tables
from sanchong.simulation.tables import SCHEMAS
from sanchong.version import ENGINE

REPORT: Final = "population.json"
FILES: Final = (*(f"{name}.parquet" for name in SCHEMAS), REPORT)
"""What a population consists of."""


class NotEmpty(Exception):
    """The folder to write is a file, or holds something and overwriting was not asked for."""


@dataclass(slots=True)
class Counts:
    """What a population comes to; money in fen."""

    rows: Counter[str] = field(default_factory=Counter)
    """By table."""
    households: int = 0
    insured: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    visits: Counter[str] = field(default_factory=Counter)
    """By kind, as is the next."""
    cost: Counter[str] = field(default_factory=Counter)

    def add(self, tables: Tables) -> None:
        """Count a block in."""
        people, visits = tables["people"], tables["visits"]
        self.rows.update({name: table.num_rows for name, table in tables.items()})
        self.households += pc.count_distinct(people["household"]).as_py()
        self.insured.update(_count(people["insurance"]))
        self.categories.update(_count(tables["categories"]["category"]))
        self.visits.update(_count(visits["kind"]))
        cost = pa.table({"kind": visits["kind"].dictionary_decode(), "total": visits["total"]})
        for row in cost.group_by("kind").aggregate([("total", "sum")]).to_pylist():
            self.cost[row["kind"]] += row["total_sum"]


def _count(codes: Any) -> dict[str, int]:
    return {row["values"]: row["counts"] for row in pc.value_counts(codes.dictionary_decode()).to_pylist()}


def check_folder(folder: Path, overwrite: bool) -> None:
    """NotEmpty if ``folder`` is a file, or holds something that must not be replaced."""
    if folder.exists() and not (folder.is_dir() and (overwrite or not any(folder.iterdir()))):
        raise NotEmpty(folder)


def write_population(
    population: Population, folder: Path, blocks: Iterable[Tables], digest: str, *, overwrite: bool = False
) -> Counts:
    """Write the tables and :data:`REPORT` into ``folder``, which is new or empty unless ``overwrite``.

    They are written beside it and moved in at the end, so that whoever stops this half-way finds the
    folder as it was. ``digest`` is that of the outpatient scheme. Other files in the folder stay.
    """
    check_folder(folder, overwrite)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f".{folder.name}.{os.getpid()}")
    aside.mkdir()
    try:
        counts = _write_tables(aside, blocks)
        report = report_of(population, counts, digest)
        (aside / REPORT).write_text(
            json.dumps(report, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
        if not folder.exists():
            aside.rename(folder)
            return counts
        for name in FILES:
            os.replace(aside / name, folder / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return counts


def _write_tables(folder: Path, blocks: Iterable[Tables]) -> Counts:
    counts = Counts()
    with ExitStack() as files:
        writers = {
            name: files.enter_context(
                pq.ParquetWriter(folder / f"{name}.parquet", schema, compression="zstd", compression_level=1)
            )
            for name, schema in SCHEMAS.items()
        }
        for tables in blocks:
            counts.add(tables)
            for name, writer in writers.items():
                writer.write_batch(_compact(tables[name]))
    return counts


def _compact(table: Any) -> Any:
    """The table with no unused word in a dictionary: of others, Arrow's writer stores stray bytes of memory."""
    arrays = [
        column.dictionary_decode().dictionary_encode() if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    return pa.record_batch(arrays, schema=table.schema)


def report_of(population: Population, counts: Counts, digest: str) -> Mapping[str, Any]:
    """What was asked for, with what, and what came out: without a date, so that two runs are the same."""
    return {
        "population": "synthetic; not data about real people",
        "engine": ENGINE,
        "numpy": np.__version__,
        "pyarrow": pa.__version__,
        "area": population.setting.area,
        "year": population.setting.year,
        "seed": population.seed,
        "people": population.people,
        "marginals": {"area": population.marginals.area, "sha256": population.marginals.sha256},
        "law": {population.setting.scheme: digest},
        "rows": dict(counts.rows),
        "households": counts.households,
        "insured": dict(counts.insured),
        "categories": dict(counts.categories),
        "visits": dict(counts.visits),
        "cost_fen": dict(counts.cost),
    }
