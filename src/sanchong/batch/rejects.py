"""What was refused, in words: made once for each distinct reason, by settlement's own obstacles."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa

from sanchong.batch import mistakes as m
from sanchong.batch.codes import Read
from sanchong.batch.columns import EPOCH, NO_SEQ, Array, Text
from sanchong.batch.law_rows import LawRows
from sanchong.batch.mistakes import MISTAKES
from sanchong.batch.outcome import FACTS, NOBODY, SAME_YEAR, VALUES, Out
from sanchong.batch.tables import REJECTS
from sanchong.dates import Day
from sanchong.settlement.obstacles import refuse_facts, refuse_values
from sanchong.settlement.refusal import Refusal
from sanchong.shapes import SETTLED, Statement, Visit, slots_of

COLUMN_OF: Final = {"visits.catastrophic": "visits.given_catastrophic"}
"""Columns of which settlement speaks by another name."""
_ZH_SAME: Final = "同一人同一年度另有一行被拒（{where}，{code}），整年不结算；改正那一行后本行随之结算"
_EN_SAME: Final = (
    "another row of this person's year is refused ({where}, {code}), so the whole year is; correct that row"
)


class Rejects:
    """Collects the rows of the table rejects."""

    def __init__(self, law: LawRows, lang: str) -> None:
        self._law = law
        self._lang = lang
        self._rows: list[tuple[str, int | None, str, str, str]] = []
        self._known: dict[tuple[Any, ...], Refusal] = {}

    def table(self) -> pa.Table:
        """The rows as a table."""
        columns = list(zip(*self._rows, strict=True)) or [()] * len(REJECTS.columns)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, REJECTS.schema, strict=True)]
        return pa.table(arrays, REJECTS.schema)

    def add_strays(self, column: Text, strays: Array, mistake: int) -> None:
        """Rows of a table whose person is not in people: one for each such person."""
        for person in dict.fromkeys(column.at(row) for row in strays.tolist()):
            self._add(person, None, MISTAKES[mistake])

    def add_stray_visits(self, visits: Read, strays: Array) -> None:
        """Visits whose person is not in people: the first of a person says so."""
        before = None
        for row in strays.tolist():
            person = visits.person.at(row)
            refusal = MISTAKES[m.VISIT_PERSON]
            if person == before:
                self._add_same(person, _seq(visits, row), refusal)
            else:
                self._add(person, _seq(visits, row), refusal)
            before = person

    def add_refused(self, people: Text, visits: Read, out: Out, count: int) -> None:
        """What the walk refused: the row at fault with its code, the other visits of the year as same_year."""
        causes: dict[int, Refusal] = {}
        years = out.years[:count]
        for place in np.flatnonzero(years["refusal"] != SETTLED).tolist():
            year = years[place]
            cause = int(year["cause"])
            refusal = causes[place] = self._refusal(year, cause, visits)
            self._add(
                people.at(int(year["person"])), None if cause == NOBODY else _seq(visits, cause), refusal
            )
        for row in np.flatnonzero(out.done["refusal"] == SAME_YEAR).tolist():
            self._add_same(visits.person.at(row), _seq(visits, row), causes[int(out.done["year"][row])])

    def _refusal(self, year: Any, cause: int, visits: Read) -> Refusal:
        number = int(year["refusal"])
        if number > 0:
            return MISTAKES[number]
        key: tuple[Any, ...] = (number, int(year["terms"]), *year["used"].tolist())
        if number == FACTS:
            visit = visits.rows[cause]
            facts = (year["fact"], visit["kind"], year["condition"], year["held"], year["waived"])
            key = (number, int(year["terms"]), int(visit["day"]) + EPOCH, *map(int, facts))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._found(key)
        return found

    def _found(self, key: tuple[Any, ...]) -> Refusal:
        """The refusal that settlement raises for these facts, or for these look-ups."""
        number, row, *rest = key
        terms = self._law.terms[row]
        try:
            if number == FACTS:
                day, fact, kind, condition, held, waived = rest
                _refuse_facts(
                    self._law, day, fact, Visit(kind, condition=condition, held=held, waived=waived), row
                )
            else:
                withhold = self._law.withhold and number == VALUES
                refuse_values(self._law.law, terms, slots_of(rest), self._law.options, withhold=withhold)
        except Refusal as refusal:
            where = COLUMN_OF.get(refusal.where, refusal.where)
            messages = refusal.messages
            return Refusal(refusal.code, where, messages["zh"], messages["en"], refusal.clause)
        raise AssertionError(f"refused by the columns and not by settlement: {key}")

    def _add(self, person: str, seq: int | None, refusal: Refusal) -> None:
        self._rows.append((person, seq, refusal.code, refusal.where, refusal.messages[self._lang]))

    def _add_same(self, person: str, seq: int | None, cause: Refusal) -> None:
        said = (_ZH_SAME if self._lang == "zh" else _EN_SAME).format(where=cause.where, code=cause.code)
        self._rows.append((person, seq, "same_year", cause.where, said))


def _refuse_facts(law: LawRows, day: Day, fact: int, visit: Visit, row: int) -> None:
    visit.day = day
    refuse_facts(law.law, visit, Statement(refusal=fact), law.terms[row], "visits")


def _seq(visits: Read, row: int) -> int | None:
    seq = int(visits.rows["seq"][row])
    return None if seq == NO_SEQ else seq
