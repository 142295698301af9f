"""Compiled: which years a person has visits of, and the first mistake among them."""

from __future__ import annotations

from typing import Final

from sanchong.batch import mistakes as m
from sanchong.batch.checks import content_mistake, disease_mistake, naming_mistake, person_mistake
from sanchong.batch.compile import compiled
from sanchong.batch.days import NO_YEAR, Calendar, year_of
from sanchong.batch.outcome import NOBODY
from sanchong.batch.reduce import subtype_open
from sanchong.batch.rows import PersonRow, Tables, VisitRow
from sanchong.money import MAX_AMOUNT

_LATE: Final = 9999
"""Later than any year."""


@compiled
def years_of(
    person: PersonRow, tables: Tables, calendar: Calendar, only_year: int
) -> tuple[int, int, int, int]:
    """The mistake that refuses all of a person's years with the visit at fault; the first year and the last."""
    wrong = person_mistake(person, tables.categories, tables.recognitions, tables.waivers)
    cause, least, most = NOBODY, only_year, only_year
    if wrong == m.NO_MISTAKE and only_year == NO_YEAR:
        least, most = _LATE, NO_YEAR
        for i in range(person.visits, person.visits_end):
            year = year_of(tables.visits[i].day, calendar)
            if year == NO_YEAR and wrong == m.NO_MISTAKE:
                wrong, cause = m.DATE, i
            least, most = min(least, year), max(most, year)
    return wrong, cause, least, most


@compiled
def check_year(
    person: PersonRow, tables: Tables, calendar: Calendar, year: int, whole: bool
) -> tuple[bool, int, int]:
    """Whether the person has visits in the year, and the first mistake among them with the visit that has it.

    ``whole``: all the person's visits are taken to be of the year.
    """
    visits = tables.visits
    before = -1
    total = 0
    for i in range(person.visits, person.visits_end):
        visit: VisitRow = visits[i]
        its_year = year_of(visit.day, calendar)
        if not whole and its_year != year:
            continue
        wrong = naming_mistake(visit)
        if wrong == m.NO_MISTAKE and its_year != year:
            wrong = m.DATE_YEAR
        if wrong == m.NO_MISTAKE and before >= 0 and visits[before].seq == visit.seq:
            wrong = m.SEQ_REPEATED
        if wrong == m.NO_MISTAKE:
            wrong = disease_mistake(visit)
        if wrong == m.NO_MISTAKE and subtype_open(
            visit, tables.recognitions, person.recognitions, person.recognitions_end
        ):
            wrong = m.SUBTYPE_OPEN
        if wrong == m.NO_MISTAKE:
            wrong = content_mistake(visit)
        if wrong == m.NO_MISTAKE and visit.repeated == 1:
            wrong = m.VISIT_REPEATED
        if wrong == m.NO_MISTAKE:
            total += visit.total
            if total > MAX_AMOUNT:
                wrong = m.YEAR_TOO_LARGE
        if wrong != m.NO_MISTAKE:
            return True, wrong, i
        before = i
    return before >= 0, m.NO_MISTAKE, NOBODY
