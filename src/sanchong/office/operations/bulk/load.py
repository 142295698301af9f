"""The load: all or nothing, into an office without people."""

from __future__ import annotations

import multiprocessing
import pickle
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction
from django.utils import timezone

from sanchong.dates import today
from sanchong.office.accounts.services import ledger
from sanchong.office.actor import Actor
from sanchong.office.catalogue.models import Edition, Item
from sanchong.office.lawbook.models import Acceptance, Bundle
from sanchong.office.lawbook.services import accepted, active_bundle
from sanchong.office.operations.bulk import reading, settling, tables
from sanchong.office.operations.bulk.given import Done, Office, Place
from sanchong.office.operations.bulk.rows import stamp
from sanchong.office.operations.bulk.workers import make
from sanchong.office.operations.bulk.workers import start as begin_worker
from sanchong.office.operations.demo import city
from sanchong.office.operations.demo.build import adopt_law, refuse_data
from sanchong.office.providers import services as providers
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal
from sanchong.simulation.tables import SCHEMAS

PART: Final = 500
"""People in one part."""
MOST_PEOPLE: Final = 5_000_000


@dataclass(slots=True)
class Report:
    """What was loaded."""

    people: int
    visits: int = 0
    settled: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Visits by code: they stay diagnosed."""


def load(
    folder: Path, begin: Callable[[str, str, int], Callable[[int], None]], *, accept: bool, workers: int
) -> Report:
    """Load what ``sanchong population`` wrote into ``folder``, each visit up to today settled and explained.

    ``accept``: every illustration of the law, in this load's name. Refusal if the office has data, a table is not as it should
    be, or somebody's year is not one.
    """
    refuse_data()
    read = reading.read(folder)
    people = read["people"].num_rows
    if people > MOST_PEOPLE:
        raise Refusal(
            "too_many_people", str(folder), f"至多 {MOST_PEOPLE:,} 人", f"at most {MOST_PEOPLE:,} people"
        )
    report = Report(people)
    now = stamp(timezone.now(), sqlite=connection.vendor == "sqlite")
    advance = begin("结算并装入就诊", "Settling and loading visits", read["visits"].num_rows)
    with transaction.atomic():
        actor = Actor(ledger().pk)
        if accept:
            adopt_law()
        office = _office(actor, read, _year(read))
        record(actor, "bulk.load", "population", folder.name[:64], people=people, files=_hashes(folder))
        with tables.unindexed():
            for done in _made(read, office, workers):
                tables.write(done.rows, now)
                report.visits += done.visits
                report.settled += done.settled
                report.refused += done.refused
                advance(done.visits)
        tables.go_on_counting()
    return report


def _made(read: reading.Tables, office: Office, workers: int) -> Iterator[Done]:
    """The parts made into rows by ``workers`` processes, in order, never more than a few ahead of the writer."""
    parts = reading.parts(read, PART)
    if workers <= 1:
        settling.begin(office)
        yield from map(settling.make, parts)
        return
    context = multiprocessing.get_context("spawn")
    given = (pickle.dumps(office),)
    with ProcessPoolExecutor(workers, context, initializer=begin_worker, initargs=given) as pool:
        ahead: deque[Future[Done]] = deque()
        try:
            while True:
                more = islice(parts, 2 * workers - len(ahead))
                ahead += [pool.submit(make, pickle.dumps(part)) for part in more]
                if not ahead:
                    return
                yield ahead.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _year(read: reading.Tables) -> int:
    """The year of the visits; Refusal ``years`` if they are of several, or there are none."""
    days = pc.min_max(read["visits"]["date"]).as_py()
    first, last = days["min"], days["max"]
    if first is None or first.year != last.year:
        raise Refusal("years", "visits.date", "就诊应属同一年度", "the visits must be of one year")
    return int(first.year)


def _office(actor: Actor, read: reading.Tables, year: int) -> Office:
    """Areas, providers and catalogue registered; the law that is active."""
    city.register_areas(actor, set(pc.unique(read["people"]["township"]).to_pylist()))
    city.make_catalogue(actor, year)
    edition = Edition.objects.order_by("-pk")[0]
    bundle = Bundle.objects.get(pk=active_bundle())
    latest = Acceptance.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return Office(
        realm=actor.realm,
        year=year,
        today=today(),
        bundle=bundle.pk,
        content=bytes(bundle.content),
        accepted=accepted(latest),
        edition=edition.pk,
        items={item.code: _terms(item) for item in Item.objects.filter(edition=edition)},
        places=_places(actor, read, year),
    )


def _terms(item: Item) -> tuple[str, tuple[int, int] | None, int | None, bool, bool]:
    advance = None
    if item.advance_num is not None and item.advance_den is not None:
        advance = (item.advance_num, item.advance_den)
    return item.line_class, advance, item.price_cap, item.dual_channel, item.special_drug


def _places(actor: Actor, read: reading.Tables, year: int) -> dict[str | None, Place]:
    """The providers that the visits name, registered; special drugs, which name none, are of the first."""
    columns = ["provider", "provider_region", "level", "fee_class", "administrative_level"]
    plain = pa.table({column: _plain(read["visits"][column]) for column in columns})
    first_of_each = plain.group_by("provider", use_threads=False)
    named = first_of_each.aggregate([(column, "first") for column in columns[1:]]).to_pylist()
    when = city.since(year)
    found: dict[str | None, Place] = {}
    rows: list[dict[str, Any]] = sorted((r for r in named if r["provider"]), key=lambda r: str(r["provider"]))
    for n, row in enumerate(rows, 1):
        kind = "pharmacy" if row["provider"].startswith("pharmacy") else "hospital"
        region, level, fee_class = (row[f"{c}_first"] for c in columns[1:4])
        administrative = row["administrative_level_first"]
        code = f"{'P' if kind == 'pharmacy' else 'H'}{region}{n:05d}"
        provider = providers.register(actor, code, f"演示机构 {row['provider']}", kind)
        providers.stand(actor, provider, region, level, fee_class, administrative, when)
        for agreement in ("designated", "one_stop"):
            providers.agree(actor, provider, agreement, when)
        providers.give_role(actor, provider, "chronic", when)
        words = (region, f"{level} {fee_class}", administrative, "false")
        found[row["provider"]] = Place(provider.pk, code, kind, words)
    if not found:
        raise Refusal("no_provider", "visits.provider", "没有医药机构", "the visits name no provider")
    return {**found, None: next(iter(found.values()))}


def _plain(column: Any) -> Any:
    """A column whose codes are written out."""
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file, for the trail."""
    hashes = {}
    for name in SCHEMAS:
        with (folder / f"{name}.parquet").open("rb") as file:
            hashes[name] = file_digest(file, "sha256").hexdigest()
    return hashes
