"""The two commands of an import: a preview, which writes nothing but the trail, and its application.

What is applied is what was previewed: the digest of the preview is over everything that would be written and the rows that it takes
the place of. If the world has changed since, the digest is another and the import is refused. A repeat gets the first answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from sanchong.office.accounts.models import Realm
from sanchong.office.actor import Actor
from sanchong.office.checking import refused
from sanchong.office.crypto import office_keys
from sanchong.office.imports import export
from sanchong.office.imports.catalogue import CATALOGUE
from sanchong.office.imports.columns import Problem, read_records
from sanchong.office.imports.models import Applied
from sanchong.office.imports.people import PEOPLE
from sanchong.office.imports.plan import OUTCOMES, Change, Importer, Options, Plan
from sanchong.office.imports.providers import PROVIDERS
from sanchong.office.imports.rights import GRANTS, RECOGNITIONS
from sanchong.office.imports.sheet import read_sheet
from sanchong.office.trail.services import record
from sanchong.settlement.receipt import canonical
from sanchong.settlement.refusal import Refusal

IMPORTERS: Final = {i.name: i for i in (PEOPLE, GRANTS, RECOGNITIONS, PROVIDERS, CATALOGUE)}

SAMPLE: Final = 20
MOST_PROBLEMS: Final = 5000
"""Mistakes that are listed one by one; all are counted."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What applying a sheet would do. ``digest`` is given back to apply it; it is "" while rows are bad."""

    kind: str
    counts: Mapping[str, int]
    """Rows by outcome: new, changed, unchanged, gone, bad."""
    samples: Mapping[str, Sequence[Change]]
    """The first rows of each outcome."""
    problems: Sequence[Problem]
    digest: str


@dataclass(frozen=True, slots=True)
class Done:
    """What an import came to; ``repeated`` if it had been applied before."""

    digest: str
    counts: Mapping[str, int]
    repeated: bool


@transaction.atomic
def preview(actor: Actor, kind: str, data: bytes, options: Options | None = None) -> Preview:
    """What a file would do. Refusal for a file that cannot be used as a whole; mistakes in rows are listed."""
    options = options or Options()
    plan = _plan(actor, kind, data, options)
    counts = plan.counts
    digest = "" if plan.problems else _digest(actor, kind, options, plan)
    record(actor, "import.preview", "import", digest, of=kind, counts=counts)
    samples = {
        outcome: [change for change in plan.changes if change.outcome == outcome][:SAMPLE]
        for outcome in OUTCOMES
    }
    return Preview(kind, counts, samples, sorted(plan.problems, key=lambda p: p.row)[:MOST_PROBLEMS], digest)


@transaction.atomic
def apply(actor: Actor, kind: str, data: bytes, digest: str, options: Options | None = None) -> Done:
    """Do what was previewed, all of it or nothing.

    Refusal ``bad_rows`` while a row is bad, ``changed_since`` if it would do another thing than was previewed.
    """
    options = options or Options()
    Realm.objects.select_for_update(no_key=True).get(pk=actor.realm)  # one import at a time
    first = Applied.objects.filter(realm=actor.realm, digest=digest, kind=kind).first()
    if first is not None:
        return Done(digest, first.counts, True)
    plan = _plan(actor, kind, data, options)
    if plan.problems:
        bad = plan.counts["bad"]
        raise Refusal("bad_rows", "file", f"有 {bad} 行需要改正", f"{bad} rows are to be put right")
    if _digest(actor, kind, options, plan) != digest:
        raise Refusal(
            "changed_since",
            "digest",
            "预览之后数据已变化，或文件不同；请重新预览",
            "something has changed since the preview, or it is another file: preview it again",
        )
    for work in plan.work:
        work(actor)
    counts = plan.counts
    Applied.objects.create(realm_id=actor.realm, kind=kind, digest=digest, counts=counts, by_id=actor.account)
    record(actor, "import.apply", "import", digest, of=kind, counts=counts)
    return Done(digest, counts, False)


def template(kind: str, form: str) -> bytes:
    """A sheet to fill in, as ``csv`` or ``xlsx``: the header and one example row."""
    if form not in ("csv", "xlsx"):
        raise refused("form", "应为 csv 或 xlsx", "expected csv or xlsx")
    importer = _importer(kind)
    return export.template(importer.zh, importer.columns, form)


def _plan(actor: Actor, kind: str, data: bytes, options: Options) -> Plan:
    importer = _importer(kind)
    for name in importer.needs:
        if not getattr(options, name):
            raise refused(name, "缺少必填项", "a required field is missing")
    records, problems = read_records(read_sheet(data, importer.zh), importer.columns)
    plan = Plan(problems=problems)
    importer.plan(actor, records, options, plan)
    return plan


def _importer(kind: str) -> Importer:
    importer = IMPORTERS.get(kind)
    if importer is None:
        names = ", ".join(IMPORTERS)
        raise refused("kind", f"应为下列之一：{names}", f"expected one of {names}")
    return importer


def _digest(actor: Actor, kind: str, options: Options, plan: Plan) -> str:
    """A keyed hash over all that would be written; another one after each import of the kind."""
    latest = Applied.objects.filter(realm=actor.realm, kind=kind).order_by("-id").values_list("id", flat=True)
    said = [kind, actor.realm, repr(options), latest.first(), plan.basis]
    return office_keys().blind_index(canonical(said).decode(), "imports.digest").hex()
