"""A law document known later, applied to settled years: which it changes, by how much; confirmed in chunks of years.

The fact is ``{"law": {"document": ID, "year": YEAR}}`` (``year`` may be left out). Each entry is folded by the bundle that
is active now with its own known-on date, the document alone counting as known whatever that date. An entry that the
document does not change keeps the law that it was settled with. Years in which an entry could no longer be settled are
listed and left.

Confirming may take long: it is done in chunks, each all or nothing. Asked again with the same key it goes on with the
years that are left, so that a broken run is taken up by repeating it. A year in which something else happened since is left
and named; after a new preview the same document may be confirmed again, which changes only what is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

import orjson
from django.db import transaction
from django.db.models import Sum

from sanchong import Engine
from sanchong.office.accounts.services import real_agency_only
from sanchong.office.actor import Actor
from sanchong.office.claims.ledger import PAYERS
from sanchong.office.claims.models import LaterFact, LaterYear, PersonYear, Settlement
from sanchong.office.claims.services.commands import Data, body_hash, first_answer, once, remember
from sanchong.office.claims.services.digests import changed_since, digest_of
from sanchong.office.claims.services.planning import (
    Amounts,
    Planned,
    Year,
    carry_out,
    in_yuan,
    lock_all,
    note_fact,
    note_years,
    plan_year,
    total_of,
)
from sanchong.office.claims.year import Standing, settle_again, standing_entries, statement_of
from sanchong.office.lawbook.services import active_bundle, engine_of
from sanchong.office.people.kinds import unknown
from sanchong.office.people.reach import people_within
from sanchong.office.trail.services import Act, record, record_all
from sanchong.settlement.fields import Fields
from sanchong.settlement.refusal import Refusal, invalid

CHUNK: Final = 50
"""Years that are locked and kept in one transaction."""
SHOWN: Final = 200
"""Years that a preview tells entry by entry; the others count in its sums."""

Progress = Callable[[int, int], None]


def keepers_only(actor: Actor) -> None:
    """Refuse an account that does not keep what all share: a law concerns everybody."""
    if actor.account is not None:
        real_agency_only(actor)


def is_law(fact: Data) -> bool:
    """Whether a fact is a law document."""
    return isinstance(fact, dict) and list(fact) == ["law"]


@dataclass(frozen=True, slots=True)
class Document:
    """A law document of the active bundle, to be applied to the realm's years."""

    id: str
    bundle: str
    engine: Engine
    year: int | None

    @property
    def said(self) -> str:
        """In one Chinese sentence."""
        return f"政策文件事后公布：{self.engine.law.by_id[self.id].title['zh']}"

    def change(self, standing: Standing, before: Data) -> Standing:
        """The entry by this law, if the document changes what it says or what the year comes to; else as it stands."""
        given = self.given(standing)
        if given == standing:
            return standing
        now = settle_again(given, before, explain=False)
        then = settle_again(standing, before, explain=False)
        same = statement_of(now.result) == statement_of(then.result)
        return standing if same and now.after.data() == then.after.data() else given

    def leaves(self, year: Year) -> bool:
        """Whether every entry of a year says the same by this law and the year comes to the same: most years, found in one fold."""
        entries, closing = standing_entries(year.id)
        state: Data = {}
        try:
            for standing in [*entries, *([closing] if closing else [])]:
                now = settle_again(self.given(standing), state, explain=False)
                if statement_of(now.result) != statement_of(standing.result):
                    return False
                if standing is not closing:
                    state = now.after.data()
        except Refusal:
            return False
        kept: str = PersonYear.objects.values_list("state", flat=True).get(pk=year.id)
        return bool(state == orjson.loads(kept))

    def given(self, standing: Standing) -> Standing:
        """The entry by this law, the document counting as known; Refusal if the law differs in another document too."""
        also = tuple(sorted({*standing.also_known, self.id}))
        if standing.bundle == self.bundle and standing.also_known == also:
            return standing
        given = replace(standing, bundle=self.bundle, also_known=also)
        self._refuse_other_changes(given)
        return given

    def _refuse_other_changes(self, standing: Standing) -> None:
        """Only this document may differ from what the entry was settled by."""
        law = self.engine.law
        for name, digest in standing.result["receipt"]["law"].items():
            if name == self.id:
                continue
            known_on = None if name in standing.also_known else standing.known_on
            if name not in law.by_id or law.digest(name, known_on) != digest:
                raise Refusal(
                    "law_differs",
                    f"law.{name}",
                    f"现行政策包中文件 {name} 与结算时所知的不同；请先就该文件办理",
                    f"the active bundle says otherwise in {name} than was known at settlement: apply that document first",
                )


def preview(actor: Actor, fact: Data, only: tuple[str, int] | None, progress: Progress | None) -> Data:
    """The exact years that a document changes, their sum, and those that it would leave; writes only the trail."""
    document = _document(fact)
    found = _Found(actor)
    every = _years(actor, document, only)
    for plan in _plans(document, every, progress):
        found.take(plan)
    with transaction.atomic():
        record(actor, "claims.preview_law", "law", document.id, years=len(found.digests))
        record_all(
            actor,
            [
                Act("claims.preview_later", "person", year["person"], person, {"of": "law"})
                for person, year in found.shown
            ],
        )
    return {
        "fact": fact,
        "said": document.said,
        "years": [year for _, year in found.shown],
        "count": len(found.digests),
        "unchanged": len(every) - len(found.digests) - found.refused,
        "refused": found.refused,
        "net": in_yuan(found.net),
        "digest": found.digest(fact),
    }


def confirm(
    actor: Actor,
    key: str,
    fact: Data,
    digest: str,
    reason: str,
    only: tuple[str, int] | None,
    progress: Progress | None,
) -> Data:
    """Keep the years that a document changes, in chunks; the repeat goes on where the first one stopped.

    ``left`` names the years in which something else happened since the preview, or during the run.
    """
    body = body_hash("later", fact=fact, digest=digest, reason=reason, only=only)
    document = _document(fact)
    kept = _begun(actor, key, body, document, fact, digest, reason, only)
    total = kept.years.count()
    left: list[Data] = []
    pending = iter(list(_pending(kept)))
    while chunk := list(islice(pending, CHUNK)):
        with transaction.atomic():
            left += _chunk(actor, kept, document, chunk)
        if progress is not None:
            progress(total - _pending(kept).count(), total)
    return {
        "fact": kept.number,
        "said": document.said,
        "count": total,
        "done": total - _pending(kept).count(),
        "left": left,
        "net": in_yuan(_net(kept)),
    }


def _pending(fact: LaterFact) -> Any:
    """The years that are still to be kept, in the order in which they are locked."""
    done = Settlement.objects.filter(fact=fact).values("year")
    return fact.years.exclude(year__in=done).order_by("year__person_id", "year__year")


def _net(fact: LaterFact) -> Amounts:
    """What each bears more or less by all that was kept for the fact, in fen."""
    found = Settlement.objects.filter(fact=fact).aggregate(**{name: Sum(name) for name in PAYERS})
    return total_of([{name: found[name] or 0 for name in PAYERS}])


def _begun(
    actor: Actor,
    key: str,
    body: str,
    document: Document,
    fact: Data,
    digest: str,
    reason: str,
    only: tuple[str, int] | None,
) -> LaterFact:
    """The fact with the list of its years, written once; that of the first request when it is repeated."""
    with once(key), transaction.atomic():
        first = first_answer(actor, key, body)
        if first is not None:
            return LaterFact.objects.get(number=first["fact"])
        found = _Found(actor)
        changed = []
        for plan in _plans(document, _years(actor, document, only), None):
            found.take(plan)
            if plan.changes:
                changed.append(replace(plan, fold=replace(plan.fold, entries=[], closing=None)))
        if found.digest(fact) != digest:
            raise changed_since()
        kept = note_fact(actor, "law", fact, digest, reason)
        note_years(kept, changed)
        remember(actor, key, "later", body, {"fact": kept.number})
        record(actor, "claims.confirm_law", "fact", kept.number, years=len(changed), law=document.id)
    return kept


def _chunk(actor: Actor, fact: LaterFact, document: Document, chunk: Sequence[LaterYear]) -> list[Data]:
    """Keep each year of a chunk as its preview said, under its lock; those in which something else happened are returned."""
    wanted = {later.year_id: later.digest for later in chunk}
    of = _as_years(PersonYear.objects.filter(pk__in=wanted))
    locked = lock_all(of)
    already = set(Settlement.objects.filter(fact=fact, year__in=wanted).values_list("year", flat=True))
    left: list[Data] = []
    for year in of:
        if year.id in already:
            continue  # by the same request, in another process
        plan = _plan(document, year)
        if plan is None or plan.digest != wanted[year.id]:
            left.append({"person": year.number, "year": year.year, "code": "changed_since"})
            continue
        carry_out(fact, locked[year.id], plan)
        record(actor, "claims.confirm_later", "fact", fact.number, year.person, year=year.year)
    return left


class _Found:
    """What a document changes, gathered year by year."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.shown: list[tuple[int, Data]] = []
        self.digests: list[str] = []
        self.refused = 0
        self.net: Counter[str] = Counter()

    def take(self, plan: Planned) -> None:
        """Count a year that changes, or that could no longer be settled."""
        if plan.changes:
            self.digests.append(plan.digest)
            self.net.update(plan.net)
        else:
            self.refused += 1
        if len(self.shown) < SHOWN:
            self.shown.append((plan.of.person, plan.said()))

    def digest(self, fact: Data) -> str:
        """Over every year that changes; "" if none does."""
        return digest_of("law", [self.actor.realm, fact, self.digests]) if self.digests else ""


def _document(fact: Data) -> Document:
    law = Fields(fact, "fact").object("law")
    name = law.text("document")
    year = law.whole("year", 2000, 2100) if law.has("year") else None
    law.finish()
    bundle = active_bundle()
    engine = engine_of(bundle)
    if name not in engine.law.by_id:
        raise invalid("fact.law.document", "choice", choices=", ".join(engine.law.by_id))
    return Document(name, bundle, engine, year)


def _years(actor: Actor, document: Document, only: tuple[str, int] | None) -> list[Year]:
    """The realm's years that the document may reach, in the order in which they are locked."""
    found = PersonYear.objects.filter(person__realm=actor.realm, entries__gt=0)
    if actor.account is not None:
        found = found.filter(person__in=people_within(actor))
    start = document.engine.law.by_id[document.id].in_force.start
    if start is not None:
        found = found.filter(year__gte=start.year)
    if document.year is not None:
        found = found.filter(year=document.year)
    if only is not None:
        found = found.filter(person__number=only[0], year=only[1])
        if not found.exists():
            raise unknown("person")
    return _as_years(found)


def _as_years(found: Any) -> list[Year]:
    rows = found.order_by("person_id", "year").values_list("pk", "person_id", "person__number", "year")
    return [Year(*row) for row in rows]


def _plans(document: Document, years: Sequence[Year], progress: Progress | None) -> Iterator[Planned]:
    """Every year that the document changes, or in which an entry could no longer be settled."""
    for i, year in enumerate(years, 1):
        plan = _plan(document, year, explain=False)
        if plan is not None:
            yield plan
        if progress is not None and (i % CHUNK == 0 or i == len(years)):
            progress(i, len(years))


def _plan(document: Document, year: Year, *, explain: bool = True) -> Planned | None:
    """The year with the document; None if it does not change. Unexplained it is not to be kept, but has the same digest."""
    if document.leaves(year):
        return None
    plan = plan_year(year, document.change, explain=explain)
    return plan if plan.changes or plan.fold.stuck else None
