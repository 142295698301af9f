"""A fact known later, applied to settled years: previewed, confirmed, its differences posted.

The preview writes the fact as confirming would, folds the years concerned, and takes the fact back: what it shows is what
confirming does. ``confirm`` does it again under the years' locks, and refuses if anything would come out otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.checking import refused
from sanchong.office.claims.services import laws
from sanchong.office.claims.services.commands import Data, body_hash, first_answer, once, remember
from sanchong.office.claims.services.digests import changed_since, digest_of
from sanchong.office.claims.services.facts import Later, read_fact
from sanchong.office.claims.services.planning import (
    Planned,
    carry_out,
    in_yuan,
    lock_all,
    note_fact,
    note_years,
    plan_year,
    refuse_stuck,
    total_of,
    years_of,
)
from sanchong.office.claims.services.reach import beyond
from sanchong.office.trail.services import Act, record, record_all
from sanchong.settlement.refusal import Refusal

Only = tuple[str, int]
"""A person's number and a year: the one person's year that a fact is applied to."""
Progress = Callable[[int, int], None]
"""Told after each chunk: how many years are done, of how many."""

UNSAID = "预览"
"""The reason of a fact that is written for a preview and taken back."""


def preview(actor: Actor, fact: Data, only: Only | None = None, progress: Progress | None = None) -> Data:
    """What a fact would change: each person's year with its entries before and after, who owes whom, and the digest.

    Writes only the trail. An entry that could no longer be settled is listed under ``refused`` of its year; the digest is ""
    then. With ``only``, a fact that reaches another year as well is refused. For a law see laws.py.
    """
    agency_only(actor)
    if laws.is_law(fact):
        laws.keepers_only(actor)
        return laws.preview(actor, fact, only, progress)
    with transaction.atomic():
        with _taken_back():
            later, plans = _planned(actor, fact, UNSAID, only)
        record_all(
            actor,
            [
                Act("claims.preview_later", "person", plan.of.number, plan.of.person, {"of": later.kind})
                for plan in plans
            ],
        )
    return {
        "fact": fact,
        "said": later.said,
        "years": [plan.said() for plan in plans if plan.changes or plan.fold.stuck],
        "net": in_yuan(total_of(plan.net for plan in plans if plan.changes)),
        "digest": "" if any(plan.fold.stuck for plan in plans) else _digest(actor, fact, plans),
    }


def confirm(
    actor: Actor,
    key: str,
    fact: Data,
    digest: str,
    reason: str,
    only: Only | None = None,
    progress: Progress | None = None,
) -> Data:
    """Write a fact and post what it changes, all or nothing; a law in chunks of years, each all or nothing (laws.py).

    Refusal ``changed_since`` if it would change another thing than the preview with this digest said,
    ``cannot_settle_again`` if an entry could no longer be settled.
    """
    agency_only(actor)
    if not reason.strip():
        raise refused("reason", "请写明理由", "say why")
    if laws.is_law(fact):
        laws.keepers_only(actor)
        return laws.confirm(actor, key, fact, digest, reason, only, progress)
    body = body_hash("later", fact=fact, digest=digest, reason=reason, only=only)
    with once(key), transaction.atomic():
        first = first_answer(actor, key, body)
        if first is not None:
            return first
        locked = lock_all(years_of(read_fact(actor, fact).people()))
        first = first_answer(actor, key, body)  # the same request may have been done while this one waited
        if first is not None:
            return first
        later, plans = _planned(actor, fact, reason, only)
        refuse_stuck(plans)
        if digest != _digest(actor, fact, plans) or any(p.of.id not in locked for p in plans):
            raise changed_since()
        kept = note_fact(actor, later.kind, fact, digest, reason, later.rows())
        changed = [plan for plan in plans if plan.changes]
        note_years(kept, changed)
        years = [carry_out(kept, locked[plan.of.id], plan) for plan in changed]
        answer = {
            "fact": kept.number,
            "said": later.said,
            "years": years,
            "net": in_yuan(total_of(plan.net for plan in changed)),
        }
        remember(actor, key, "later", body, answer)
        for plan in changed:
            record(actor, "claims.confirm_later", "fact", kept.number, plan.of.person, year=plan.of.year)
        if not changed:
            record(actor, "claims.confirm_later", "fact", kept.number)
    return answer


def adjust(
    actor: Actor, key: str, person_number: str, year: int, fact: Data, digest: str, reason: str
) -> Data:
    """Apply one fact to one person's year: as :func:`confirm`, for a preview with ``only``.

    A settled visit whose lines were wrong is not adjusted (Refusal ``not_edited``): it is reversed and settled anew.
    """
    return confirm(actor, key, fact, digest, reason, only=(person_number, year))


def _planned(actor: Actor, fact: Data, reason: str, only: Only | None) -> tuple[Later, Sequence[Planned]]:
    """The fact, written, and every year of the people whom it concerns, folded with it."""
    later = read_fact(actor, fact)
    people = later.people()
    unseen = beyond(actor, people)  # asked before the fact is written: it may take somebody out of the area
    later.write(actor, reason)
    plans = [plan_year(of, later.change(of.person, of.id)) for of in years_of(people)]
    _refuse_unseen(plans, unseen)
    if only is not None:
        _refuse_others(plans, only)
    return later, plans


def _refuse_others(plans: Sequence[Planned], only: Only) -> None:
    for plan in plans:
        if (plan.of.number, plan.of.year) != only and (plan.changes or plan.fold.stuck):
            raise Refusal(
                "other_years",
                "only",
                f"此事实也更改 {plan.of.number} 的 {plan.of.year} 年度；请不限年度办理",
                f"this fact changes the year {plan.of.year} of {plan.of.number} too: confirm it for all of them",
            )


def _refuse_unseen(plans: Sequence[Planned], unseen: Collection[int]) -> None:
    if any(plan.of.person in unseen and (plan.changes or plan.fold.stuck) for plan in plans):
        raise Refusal(
            "beyond_area",
            "fact",
            "此事实也更改辖区外人员的结算；请转市级经办机构办理",
            "this also changes settlements of people beyond the area: leave it to the city's agency",
        )


def _digest(actor: Actor, fact: Data, plans: Sequence[Planned]) -> str:
    return digest_of("fact", [actor.realm, fact, [plan.digest for plan in plans]])


@contextmanager
def _taken_back() -> Iterator[None]:
    """What is written inside is undone at its end."""
    point: Any = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
