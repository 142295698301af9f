"""The same rules as one DuckDB query (``duckdb_query.sql``), in memory, on one core."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
from benchmarks.rivals.columns import Column, Columns, columns_of
from benchmarks.rivals.figures import Category, Figures
from benchmarks.rivals.population import MONTHS, NOTHING, Person
from benchmarks.rivals.worker import AMOUNTS, WIDTH, Answer, Candidate, Run, serve

PEOPLE = 100_000
QUERY = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
NO_CAP = 10**15
"""A cap that is none, in fen."""


def prepare(people: list[Person], figures: Figures) -> Run:
    """The tables, made ahead; the run makes a table of the result."""
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    _make_law(connection, figures)
    _make_people(connection, columns_of(people))

    def run() -> tuple[duckdb.DuckDBPyConnection, int]:
        connection.execute(f"CREATE OR REPLACE TABLE result AS {QUERY}")
        return connection, len(people)

    return run


def _make_law(connection: duckdb.DuckDBPyConnection, figures: Figures) -> None:
    connection.execute(
        "CREATE TABLE law AS SELECT ?::BIGINT AS rate_num, ?::BIGINT AS rate_den, ?::BIGINT AS stacking_num, "
        "?::BIGINT AS stacking_den, ?::BIGINT AS stacking_max_others, ?::BIGINT AS pooled_cap",
        [*figures.outpatient_rate, *figures.stacking_rate, figures.stacking_max_others, figures.pooled_cap],
    )
    connection.execute("CREATE TABLE disease (disease BIGINT, quarterly_limit BIGINT)")
    connection.executemany("INSERT INTO disease VALUES (?, ?)", list(enumerate(figures.quarterly_limits)))
    connection.execute(
        "CREATE TABLE hospital (hospital BIGINT, deductible BIGINT, rate_num BIGINT, rate_den BIGINT)"
    )
    hospitals = zip(figures.hospital_deductibles, figures.hospital_rates, strict=True)
    connection.executemany(
        "INSERT INTO hospital VALUES (?, ?, ?, ?)",
        [[place, deductible, *rate] for place, (deductible, rate) in enumerate(hospitals)],
    )
    connection.execute(
        "CREATE TABLE category (category BIGINT, catastrophic_deductible BIGINT, catastrophic_cap BIGINT, "
        "bands STRUCT(above BIGINT, top BIGINT, num BIGINT)[], bands_den BIGINT, "
        "assistance_deductible BIGINT, assistance_cap BIGINT, "
        "stay_num BIGINT, stay_den BIGINT, outpatient_num BIGINT, outpatient_den BIGINT)"
    )
    connection.executemany(
        "INSERT INTO category VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_category(place, category) for place, category in enumerate(figures.categories)],
    )


def _category(place: int, category: Category) -> list[object]:
    edges = pairwise([*(band.above for band in category.bands), NO_CAP])
    bands = [
        {"above": above, "top": top, "num": band.num}
        for (above, top), band in zip(edges, category.bands, strict=True)
    ]
    return [
        place,
        category.catastrophic_deductible,
        NO_CAP if category.catastrophic_cap is None else category.catastrophic_cap,
        bands,
        category.bands_den,
        category.assistance_deductible,
        NO_CAP if category.assistance_cap is None else category.assistance_cap,
        *category.stay_rate,
        *category.outpatient_rate,
    ]


def _make_people(connection: duckdb.DuckDBPyConnection, columns: Columns) -> None:
    holder, place = np.nonzero(columns.diseases >= 0)
    visitor, month = np.nonzero(columns.kinds != NOTHING)
    tables: dict[str, dict[str, Column]] = {
        "person": {
            "person": np.arange(len(columns.category)),
            "category": columns.category.astype(np.int64),
            "hospital": columns.hospital.astype(np.int64),
        },
        "recognition": {"person": holder, "disease": columns.diseases[holder, place].astype(np.int64)},
        "visit": {
            "person": visitor,
            "month": month + 1,
            "kind": columns.kinds[visitor, month].astype(np.int64),
            "in_policy": columns.amounts[visitor, month],
        },
    }
    for name, table in tables.items():
        connection.register("given", table)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
        connection.unregister("given")


def answers(result: tuple[duckdb.DuckDBPyConnection, int]) -> Iterator[Answer]:
    """The result's rows, spread over people and months."""
    connection, people = result
    found = connection.execute("SELECT * FROM result").fetchnumpy()
    months = np.zeros((people, MONTHS + 1, len(AMOUNTS)), np.int64)
    for place, name in enumerate(AMOUNTS):
        months[found["person"], found["month"] - 1, place] = found[name]
    rows = months.reshape(people, -1)[:, :WIDTH]
    rows[:, -1] = months[:, MONTHS, AMOUNTS.index("assistance")]
    yield from rows


CANDIDATE = Candidate("one DuckDB query", PEOPLE, prepare, answers)

if __name__ == "__main__":
    serve([CANDIDATE])
