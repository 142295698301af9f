"""Results on disk: under temporary names until all is settled, in segments that a cancelled run leaves whole."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from sanchong.batch.part import SettledPart
from sanchong.batch.tables import CODE, CODES

PARTIAL: Final = ".partial"
"""The folder of an unfinished run, inside that of the results."""
RUN: Final = "run.json"


class Writer:
    """Writes settled parts in their order, one row group a part; each interruption ends a segment."""

    def __init__(self, folder: Path, segment: int) -> None:
        self._folder = folder
        self._segment = segment
        self._open: dict[str, Any] = {}

    def write(self, part: SettledPart) -> None:
        """Append a part."""
        for name, table in results(part).items():
            writer = self._open.get(name)
            if writer is None:
                writer = self._open[name] = open_parquet(
                    _segment(self._folder, name, self._segment), table.schema
                )
            if len(table):
                writer.write_table(table, row_group_size=len(table))

    def close(self) -> None:
        """End the segment: its files are whole."""
        for writer in self._open.values():
            writer.close()

    def abandon(self) -> None:
        """Leave nothing of the segment."""
        self.close()
        for name in self._open:
            _segment(self._folder, name, self._segment).unlink(missing_ok=True)


def results(part: SettledPart) -> dict[str, pa.Table]:
    """A settled part's tables by the name of their file."""
    found = {"statements": part.statements, "years": part.years, "rejects": part.rejects}
    return found | ({"statement_lines": part.line_parts} if part.line_parts is not None else {})


def open_parquet(path: Path, schema: pa.Schema) -> Any:
    """A writer that keeps a dictionary of words only: amounts are mostly distinct."""
    coded = [field.name for field in schema if field.type == CODE]
    coded += [f"{field.name}.list.element" for field in schema if field.type == CODES]
    return pq.ParquetWriter(path, schema, use_dictionary=coded, compression="snappy")


def _segment(folder: Path, name: str, segment: int) -> Path:
    return folder / f"{name}-{segment:03d}.parquet"


def publish(partial: Path, out: Path, segments: int, names: list[str], run: Mapping[str, Any]) -> None:
    """Give the segments their final names, joined where there are several; ``run.json`` comes last."""
    ready = {}
    for name in names:
        files = [_segment(partial, name, s) for s in range(segments) if _segment(partial, name, s).exists()]
        ready[name] = files[0] if len(files) == 1 else _joined(partial / f"{name}.parquet", files)
    (out / RUN).unlink(missing_ok=True)
    for name, file in ready.items():
        os.replace(file, out / f"{name}.parquet")
    write_json(out / RUN, run)


def _joined(path: Path, files: list[Path]) -> Path:
    with open_parquet(path, pq.read_schema(files[0])) as writer:
        for file in files:
            with pq.ParquetFile(file) as parquet:
                for group in range(parquet.num_row_groups):
                    table = parquet.read_row_group(group)
                    writer.write_table(table, row_group_size=max(len(table), 1))
    return path


def write_json(path: Path, data: Any) -> None:
    """A JSON file, whole or not at all."""
    beside = path.with_name(f"{path.name}.part")
    beside.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(beside, path)
