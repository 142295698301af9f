"""What the tests of ``sanchong batch settle`` share: the rows of its results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

Content = dict[str, list[dict[str, Any]]]
RESULTS = ("statements", "years", "rejects")


def content(out: Path, names: tuple[str, ...] = RESULTS) -> Content:
    """The rows of the results, sorted by all that they say."""
    return {
        name: sorted(
            pq.read_table(out / f"{name}.parquet").to_pylist(), key=lambda row: json.dumps(row, default=str)
        )
        for name in names
    }
