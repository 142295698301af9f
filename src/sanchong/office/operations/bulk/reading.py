"""The tables that ``sanchong population`` writes, cut into parts of some people with all that is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sanchong.settlement.refusal import Refusal
from sanchong.simulation.tables import SCHEMAS

ORDER: Final = {"visits": ("seq",), "recognitions": ("from",), "categories": (), "waivers": ()}
"""The tables beside people, with the columns by which one person's rows follow each other."""

Tables = dict[str, Any]
"""Arrow tables by name."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some people and all rows that are theirs, as it travels to another process."""

    first: int
    """The place of its first person in the whole, from 0; and of its first visit."""
    first_visit: int
    people: int
    visits: int
    tables: dict[str, bytes]
    """By name, in Arrow's stream format; ``at`` is the person's place in the part."""

    def rows(self, name: str) -> list[dict[str, Any]]:
        """A table's rows."""
        with pa.ipc.open_stream(self.tables[name]) as stream:
            rows: list[dict[str, Any]] = stream.read_all().to_pylist()
        return rows


def read(folder: Path) -> Tables:
    """The tables, each sorted as people stand; Refusal ``no_table``, ``column`` or ``unknown_person``."""
    tables = {name: _read(folder, name) for name in SCHEMAS}
    people = tables["people"]
    households = pc.dictionary_encode(people["household"].combine_chunks()).indices
    numbers = households.to_numpy()
    first = np.zeros(len(numbers), dtype=bool)
    first[np.unique(numbers, return_index=True)[1]] = True
    people = people.append_column("home", households).append_column("heads", pa.array(first))
    for name, order in ORDER.items():
        at = pc.index_in(tables[name]["person"], people["person"].combine_chunks())
        if at.null_count:
            raise Refusal(
                "unknown_person",
                f"{name}.person",
                f"{name} 表中有 {at.null_count} 行的人不在 people 表中",
                f"{at.null_count} rows of {name} name a person who is not in people",
            )
        keys = [("whose", "ascending"), *((column, "ascending") for column in order)]
        tables[name] = tables[name].append_column("whose", at).sort_by(keys)
    return {**tables, "people": people}


def parts(tables: Tables, size: int) -> Iterator[Part]:
    """The people in parts of ``size``."""
    whose = {name: tables[name]["whose"].to_numpy() for name in ORDER}
    for first in range(0, tables["people"].num_rows, size):
        people = tables["people"].slice(first, size)
        cut = {"people": _stream(people)}
        ends = {}
        for name, at in whose.items():
            start, end = np.searchsorted(at, [first, first + people.num_rows])
            ends[name] = int(start), int(end)
            rows = tables[name].slice(start, end - start)
            cut[name] = _stream(rows.append_column("at", pc.subtract(rows["whose"], first)))
        start, end = ends["visits"]
        yield Part(first, start, people.num_rows, end - start, cut)


def _read(folder: Path, name: str) -> Any:
    file = folder / f"{name}.parquet"
    try:
        table = pq.read_table(file)
    except FileNotFoundError:
        raise Refusal(
            "no_table",
            str(file),
            f"没有 {file}；请用 sanchong population 生成",
            f"there is no {file}: sanchong population writes it",
        ) from None
    except (pa.ArrowException, OSError) as problem:
        raise Refusal("table", str(file), f"{file} 读不出：{problem}", f"{file}: {problem}") from None
    missing = [column for column in SCHEMAS[name].names if column not in table.column_names]
    if missing:
        raise Refusal(
            "column",
            f"{name}.{missing[0]}",
            f"{file} 缺少列 {'、'.join(missing)}；须有 sanchong population 所写的各列",
            f"{file} lacks the columns {', '.join(missing)}: all that sanchong population writes are needed",
        )
    return table.select(SCHEMAS[name].names)


def _stream(table: Any) -> bytes:
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    data: bytes = out.getvalue().to_pybytes()
    return data
