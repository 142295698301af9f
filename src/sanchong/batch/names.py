"""Compiled: which visits have no id, and which one that an earlier visit of the person's year has."""

from __future__ import annotations

from typing import Final

import numpy as np

from sanchong.batch.columns import Array, Text
from sanchong.batch.compile import Records, compiled, kept
from sanchong.batch.days import NO_YEAR, Calendar, year_of
from sanchong.batch.rows import PersonRow
from sanchong.batch.spans import compare, hash_texts

FEW: Final = 32
"""Up to so many visits of a person their ids are compared pair by pair."""


def put_names(people: Records, visits: Records, ids: Text, calendar: Calendar, only_year: int) -> None:
    """Note on each visit whether it is ``named``, and whether its id is ``repeated``.

    With an ``only_year`` all of a person's visits are taken to be of it.
    """
    hashes = np.empty(len(visits), np.int64)
    hash_texts(ids, hashes)
    visits["named"] = hashes != 0
    _put_repeated(people, visits, ids, hashes, calendar, only_year)


@kept
def _put_repeated(
    people: Records, visits: Records, ids: Text, hashes: Array, calendar: Calendar, only_year: int
) -> None:
    for p in range(len(people)):
        person: PersonRow = people[p]
        first, end = person.visits, person.visits_end
        if end - first > FEW:
            order = first + np.argsort(hashes[first:end], kind="mergesort")  # equal hashes stay in order
            for at in range(1, len(order)):
                i, before = order[at], at - 1
                while before >= 0 and hashes[order[before]] == hashes[i] and visits[i].repeated == 0:
                    if same_visit(visits, ids, order[before], i, calendar, only_year):
                        visits[i].repeated = 1
                    before -= 1
        else:
            for i in range(first + 1, end):
                for j in range(first, i):
                    if hashes[i] == hashes[j] and same_visit(visits, ids, j, i, calendar, only_year):
                        visits[i].repeated = 1


@compiled
def same_visit(visits: Records, ids: Text, i: int, j: int, calendar: Calendar, only_year: int) -> bool:
    """Whether two visits whose ids have one hash are of one year and have one id."""
    if only_year == NO_YEAR and year_of(visits[i].day, calendar) != year_of(visits[j].day, calendar):
        return False
    return compare(ids, i, ids, j) == 0
