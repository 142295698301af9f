"""Compiled: sets of bits as Arrow lists of words."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sanchong.batch.columns import Array
from sanchong.batch.compile import kept
from sanchong.shapes import BITS


def listed(bits: Array, rows: Array, masks: Array, row_of: Array, words: tuple[str, ...]) -> pa.Array:
    """For each of ``rows`` the list of the words whose bits are set, in order.

    ``bits`` is by word of BITS bits and row; ``masks[row_of[row]]`` says which of the bits count.
    """
    offsets = np.zeros(len(rows) + 1, np.int32)
    _count(bits, rows, masks, row_of, offsets)
    places = np.empty(offsets[-1], np.int32)
    _fill(bits, rows, masks, row_of, places)
    values = pa.DictionaryArray.from_arrays(pa.array(places), pa.array(words, pa.string()))
    return pa.ListArray.from_arrays(pa.array(offsets), values)


@kept
def _count(bits: Array, rows: Array, masks: Array, row_of: Array, offsets: Array) -> None:
    for at in range(len(rows)):
        row = rows[at]
        count = 0
        for word in range(len(bits)):
            left = bits[word, row] & masks[row_of[row], word]
            while left != 0:
                left &= left - 1
                count += 1
        offsets[at + 1] = offsets[at] + count


@kept
def _fill(bits: Array, rows: Array, masks: Array, row_of: Array, places: Array) -> None:
    at = 0
    for row in rows:
        for word in range(len(bits)):
            left = bits[word, row] & masks[row_of[row], word]
            place = word * BITS
            while left != 0:
                if left & 1 == 1:
                    places[at] = place
                    at += 1
                left >>= 1
                place += 1
