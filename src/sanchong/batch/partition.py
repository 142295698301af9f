"""Parts of unsorted input: rows go to temporary files by a hash of the person, then file by file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from sanchong.batch.columns import text
from sanchong.batch.records import Part
from sanchong.batch.sources import Source
from sanchong.batch.spans import hash_texts
from sanchong.batch.streams import part_of

MOST_BUCKETS: Final = 128
READ: Final = 4
"""So many times the rows of a part are read at once, to be dealt out."""
_COMPRESSED: Final = pa.ipc.IpcWriteOptions(compression="lz4")


def buckets_for(sources: Mapping[str, Source], rows: int) -> int:
    """How many buckets hold about ``rows`` rows of the longest table each."""
    longest = max(source.rows() for source in sources.values())
    return int(min(max(-(-longest // rows), 1), MOST_BUCKETS))


def deal(
    sources: Mapping[str, Source], folder: Path, buckets: int, rows: int, dealt: Callable[[int], None]
) -> None:
    """Write every row to the file of its table and its person's bucket; ``dealt`` is told rows of visits."""
    for name, source in sources.items():
        with ExitStack() as stack:
            writers = [
                stack.enter_context(_writer(bucket_file(folder, name, bucket), source.schema))
                for bucket in range(buckets)
            ]
            for table in source.tables(rows * READ):
                _deal_out(table.combine_chunks(), writers)
                dealt(len(table) if name == "visits" else 0)


def bucket_file(folder: Path, name: str, bucket: int) -> Path:
    """Where the rows of a table in a bucket lie."""
    return folder / f"{name}-{bucket:03d}.arrows"


def _writer(path: Path, schema: pa.Schema) -> Any:
    return pa.ipc.new_stream(path, schema, options=_COMPRESSED)


def _deal_out(table: pa.Table, writers: list[Any]) -> None:
    hashes = np.empty(len(table), np.int64)
    hash_texts(text(table, "person"), hashes)
    bucket = (hashes ^ (hashes >> 32)) % len(writers)
    order = np.argsort(bucket, kind="stable")
    ends = np.searchsorted(bucket[order], np.arange(len(writers) + 1))
    dealt = table.take(pa.array(order)).combine_chunks()
    for writer, first, end in zip(writers, ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        if end > first:
            writer.write_table(dealt.slice(first, end - first))


def bucket_parts(
    sources: Mapping[str, Source], folder: Path, buckets: int, with_lines: bool
) -> Iterator[Part]:
    """The parts that :func:`deal` wrote, bucket by bucket."""
    for bucket in range(buckets):
        tables = {}
        for name in sources:
            with (
                pa.OSFile(str(bucket_file(folder, name, bucket))) as file,
                pa.ipc.open_stream(file) as reader,
            ):
                tables[name] = reader.read_all()
        yield part_of(tables, with_lines)
