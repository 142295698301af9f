"""Law as the command line keeps it: bundles added and activated, illustrations accepted, documents that reach back applied."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from sanchong.law import asking
from sanchong.office.accounts.services import ledger
from sanchong.office.actor import Actor
from sanchong.office.checking import refused
from sanchong.office.claims.services import later
from sanchong.office.claims.services.later import Progress
from sanchong.office.lawbook import services as lawbook
from sanchong.office.lawbook.models import Acceptance, Activation, Bundle
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal

LEAST_OF_A_HASH = 6
"""So many characters name a bundle, if no other begins with them."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A bundle beside the active one: ids of documents that are new, that say otherwise, that are gone."""

    bundle: Bundle
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


@transaction.atomic
def add(folder: Path) -> Compared:
    """Keep a whole folder of policies as a bundle; LawError on a mistake in it. The same content is kept once."""
    bundle = lawbook.keep(folder)
    record(_office(), "law.add", "law", bundle.hash)
    return compare(bundle)


@transaction.atomic
def activate(name: str, reason: str) -> Compared:
    """Settle by a bundle, named by the beginning of its hash, from the next transaction on."""
    _say_why(reason)
    bundle = _bundle(name)
    compared = compare(bundle)
    lawbook.activate(bundle, reason)
    record(_office(), "law.activate", "law", bundle.hash)
    return compared


def compare(bundle: Bundle) -> Compared:
    """What differs from the active bundle; all of it is new where none is active."""
    active = Activation.objects.order_by("-pk").select_related("bundle").first()
    before: dict[str, str] = active.bundle.documents if active else {}
    after: dict[str, str] = bundle.documents
    return Compared(
        bundle,
        tuple(sorted(set(after) - set(before))),
        tuple(sorted(name for name in after if name in before and after[name] != before[name])),
        tuple(sorted(set(before) - set(after))),
    )


@transaction.atomic
def accept(address: str, by: str, reason: str) -> Acceptance:
    """Accept the illustrations at an address or below it; Refusal ``no_address`` for one that is none."""
    _say_why(reason)
    if not by.strip():
        raise refused("by", "请写明由谁决定", "say who decided")
    if not asking.members(address):
        raise lawbook.no_address(address)
    accepted = lawbook.accept(address.rstrip("."), by, reason)
    record(_office(), "law.accept", "address", accepted.address)
    return accepted


def preview(document: str, year: int | None, progress: Progress) -> dict[str, Any]:
    """What a document of the active bundle changes in years that are settled: see claims.services.laws."""
    return later.preview(_office(), _fact(document, year), progress=progress)


def confirm(document: str, year: int | None, digest: str, reason: str, progress: Progress) -> dict[str, Any]:
    """Do what was previewed with this digest, in chunks; said again, it goes on with what is left."""
    return later.confirm(_office(), f"law-{digest}", _fact(document, year), digest, reason, progress=progress)


def _fact(document: str, year: int | None) -> dict[str, Any]:
    return {"law": {"document": document, **({} if year is None else {"year": year})}}


def _bundle(name: str) -> Bundle:
    found = list(Bundle.objects.filter(hash__startswith=name.lower()).defer("content")[:2])
    if len(name) < LEAST_OF_A_HASH or len(found) != 1:
        raise Refusal(
            "not_found",
            "bundle",
            f"没有唯一以 {name} 开头的政策包（至少 {LEAST_OF_A_HASH} 位）；请先运行 sanchong office law add",
            f"no one bundle begins with {name} (at least {LEAST_OF_A_HASH} characters): run sanchong office law add first",
        )
    return found[0]


def _say_why(reason: str) -> None:
    if not reason.strip():
        raise refused("reason", "请写明理由", "say why")


def _office() -> Actor:
    return Actor(ledger().pk)
