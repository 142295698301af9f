"""The audit: all person-years in chunks, in this process or in several, then what is no person-year's."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Final

import django
from django.db import connection, connections

from sanchong.office.claims.models import PersonYear
from sanchong.office.integrity import rows
from sanchong.office.integrity.money import money_adds_up
from sanchong.office.integrity.report import Report
from sanchong.office.integrity.visits import visits_agree
from sanchong.office.integrity.whole import whole
from sanchong.office.integrity.year import Walk

Progress = Callable[[int, int], None]
"""Told the person-years done, and how many there are."""

CHUNK: Final = 200


def audit(progress: Progress | None = None, chunk: int = CHUNK, workers: int = 1) -> Report:
    """Prove the whole database, or find what does not hold. Writes nothing and holds nobody up.

    Each chunk of person-years is read as it is at one moment, in a constant number of statements; the office may go
    on settling meanwhile. Memory is that of a chunk, for each of the ``workers`` processes.
    """
    report = Report()
    years = PersonYear.objects.count()
    for part in _parts(chunk, workers):
        report.add(part)
        if progress is not None:
            progress(min(report.counts["years"], years), years)
    whole(report)
    return report


def _parts(chunk: int, workers: int) -> Iterator[Report]:
    if workers <= 1:
        yield from (part(first, last) for first, last in rows.ranges(chunk))
        return
    # A forked process would share the parent's connection. The initializer comes before any model is imported.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=django.setup) as pool:
        database, ranges = connection.settings_dict["NAME"], rows.ranges(chunk)
        waiting: deque[Future[Report]] = deque()
        while True:
            waiting += [
                pool.submit(_of, database, *each) for each in islice(ranges, 2 * workers - len(waiting))
            ]
            if not waiting:
                return
            yield waiting.popleft().result()


def _of(database: str, first: int, last: int) -> Report:
    """In a worker process: a part of the database that the process which started it looks at."""
    connections.databases["default"]["NAME"] = database
    return part(first, last)


def part(first: int, last: int) -> Report:
    """The report of the person-years with ids from ``first`` to ``last``."""
    report = Report()
    for year in rows.read(first, last):
        report.counts["years"] += 1
        report.counts["entries"] += len(year.entries)
        visits = {entry.visit_id for entry in year.entries if entry.visit_id is not None}
        report.counts["visits"] += len(visits)
        report.counts["lines"] += sum(len(year.lines.get(visit, ())) for visit in visits)
        report.counts["postings"] += sum(len(year.postings.get(entry.pk, ())) for entry in year.entries)
        report.counts["payments"] += sum(len(year.payments.get(entry.pk, ())) for entry in year.entries)
        walk = Walk(year)
        for findings in (walk.findings(), visits_agree(walk), money_adds_up(year)):
            for found in findings:
                report.find(found)
    return report
