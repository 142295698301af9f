"""Which rows of a table belong to which person: both sorted by person, compared as bytes."""

from __future__ import annotations

import numpy as np

from sanchong.batch.columns import Array, Text
from sanchong.batch.compile import compiled, kept


@compiled
def compare(a: Text, i: int, b: Text, j: int) -> int:
    """Negative, 0 or positive as the text of row ``i`` of ``a`` stands before, at or after row ``j`` of ``b``."""
    start, other = a.offsets[i], b.offsets[j]
    size, size_b = a.offsets[i + 1] - start, b.offsets[j + 1] - other
    for k in range(min(size, size_b)):
        if a.data[start + k] != b.data[other + k]:
            return -1 if a.data[start + k] < b.data[other + k] else 1
    return int(size) - int(size_b)


@kept
def first_fall(column: Text, seq: Array) -> int:
    """The first row that stands before its predecessor by (text, seq), or -1; ``seq`` may be empty."""
    for i in range(1, len(column.offsets) - 1):
        order = compare(column, i - 1, column, i)
        if order > 0 or (order == 0 and len(seq) > 0 and seq[i - 1] > seq[i]):
            return i
    return -1


@kept
def distinct(column: Text) -> Array:
    """The rows at which another text begins, and the number of rows."""
    count = len(column.offsets) - 1
    found = np.empty(count + 1, np.int64)
    at = 0
    for i in range(count):
        if i == 0 or compare(column, i - 1, column, i) != 0:
            found[at] = i
            at += 1
    found[at] = count
    return found[: at + 1]


@kept
def spans(persons: Text, heads: Array, column: Text) -> tuple[Array, Array]:
    """For each person (whose rows begin at ``heads``) the first row and the end in ``column``; and who has no person.

    Both are sorted. Returns (an array of (first, end) by person, the rows of ``column`` without person).
    """
    count, rows = len(heads) - 1, len(column.offsets) - 1
    found = np.empty((count, 2), np.int64)
    strays = np.empty(rows, np.int64)
    stray, at = 0, 0
    for p in range(count):
        order = -1
        while at < rows:
            order = compare(column, at, persons, heads[p])
            if order >= 0:
                break
            strays[stray] = at
            stray += 1
            at += 1
        found[p, 0] = at
        if order == 0:
            at += 1
            while at < rows and compare(column, at, persons, heads[p]) == 0:
                at += 1
        found[p, 1] = at
    while at < rows:
        strays[stray] = at
        stray += 1
        at += 1
    return found, strays[:stray]


@kept
def hash_texts(column: Text, hashes: Array) -> None:
    """FNV-1a of each text; 0 for an empty one and for nothing else."""
    for row in range(len(hashes)):
        hashes[row] = 0
        if column.offsets[row] < column.offsets[row + 1]:
            hashed = np.uint64(14695981039346656037)
            for k in range(column.offsets[row], column.offsets[row + 1]):
                hashed = (hashed ^ np.uint64(column.data[k])) * np.uint64(1099511628211)
            hashes[row] = max(int(hashed >> np.uint64(1)), 1)
