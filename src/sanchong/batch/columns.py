"""Arrow columns as NumPy arrays of whole numbers, with one number for null."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

NULL: Final = -1
"""A code, flag or small number that is null."""
UNKNOWN: Final = -2
"""A word that is no code."""
NO_FEN: Final = -(2**63)
"""An amount that is null."""
NO_SEQ: Final = -(2**31)
"""A place in the order that is null."""
NO_DAY: Final = -(2**31)
"""A date that is null."""
OPEN_DAY: Final = 2**31 - 1
"""The end of a period without end."""
EPOCH: Final = 719_163
"""The ordinal of 1970-01-01: a date32 is counted from there."""


class Text(NamedTuple):
    """A column of text: ``data[offsets[i]:offsets[i + 1]]`` is the text of row ``i``; null is empty."""

    offsets: Array
    data: Array

    def at(self, row: int) -> str:
        """The text of a row."""
        return bytes(self.data[self.offsets[row] : self.offsets[row + 1]]).decode()


class Words(NamedTuple):
    """A column of few distinct words: for each row the place of its word, -1 for null."""

    places: Array
    words: list[str]


def text(table: pa.Table, name: str) -> Text:
    """A column of text."""
    array = _whole(table[name])
    if array.null_count:
        array = pc.fill_null(array, "")
    _, offsets, data = array.buffers()
    first, count = array.offset, len(array)
    if offsets is None or count == 0:
        return Text(sealed(np.zeros(count + 1, np.int32)), sealed(np.zeros(0, np.uint8)))
    return Text(
        sealed(np.frombuffer(offsets, np.int32)[first : first + count + 1]),
        sealed(np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)),
    )


def words(table: pa.Table, name: str) -> Words:
    """A column of codes by the places of its words."""
    column = table[name].unify_dictionaries()
    array = _whole(column)
    return Words(_numbers(array.indices, NULL), array.dictionary.to_pylist())


def coded(column: Words, read: Callable[[str], int], kind: type = np.int8) -> Array:
    """The code that ``read`` gives each word; NULL for null."""
    table: Array = np.array([*map(read, column.words), NULL], kind)
    found: Array = table[column.places]
    return found


def numbers(table: pa.Table, name: str, null: int = NULL) -> Array:
    """A column of whole numbers; ``null`` stands for null."""
    return _numbers(_whole(table[name]), null)


def days(table: pa.Table, name: str, null: int = NO_DAY) -> Array:
    """A column of dates as days since 1970-01-01."""
    return _numbers(_whole(table[name]).view(pa.int32()), null)


def flags(table: pa.Table, name: str) -> Array:
    """A column of true (1) and false (0), NULL for null."""
    array = _whole(table[name])
    count, first = len(array), array.offset
    valid, data = array.buffers()
    if data is None or count == 0:
        return np.full(count, NULL, np.int8)
    found: Array = np.unpackbits(np.frombuffer(data, np.uint8), count=first + count, bitorder="little")[
        first:
    ]
    found = found.view(np.int8)
    if array.null_count:
        known = np.unpackbits(np.frombuffer(valid, np.uint8), count=first + count, bitorder="little")[first:]
        found[known == 0] = NULL
    return found


def _whole(column: Any) -> Any:
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], column.type)
    return array


def _numbers(array: Any, null: int) -> Array:
    if array.null_count == len(array):
        return np.full(len(array), null, array.type.to_pandas_dtype())
    if array.null_count:
        array = pc.fill_null(array, pa.scalar(null, array.type))
    found: Array = array.to_numpy(zero_copy_only=True)
    return found


def sealed(array: Array) -> Array:
    """The array, contiguous and read-only: compiled code is made for one kind of array, once."""
    array = np.ascontiguousarray(array).view()
    array.flags.writeable = False
    return array
