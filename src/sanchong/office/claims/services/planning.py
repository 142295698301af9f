"""A person's year as a later fact would leave it: what is kept anew, what can no longer be settled, the sums, the digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sanchong.money import Fen, plain_yuan
from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns
from sanchong.office.claims.models import LaterFact, LaterYear, PersonYear, Settlement
from sanchong.office.claims.services.commands import Data
from sanchong.office.claims.services.digests import basis_of, digest_of
from sanchong.office.claims.services.writing import adjust, keep, said
from sanchong.office.claims.year import (
    Change,
    Fold,
    LockedYear,
    Stuck,
    lock_year,
    named,
    standing_entries,
    try_refold,
)
from sanchong.office.numbers import new_number
from sanchong.settlement.refusal import Refusal

Amounts = dict[str, Fen]
"""By payer and provider, in fen: who bears more (positive) or less."""


@dataclass(frozen=True, slots=True)
class Year:
    """A person's year by its keys."""

    id: int
    person: int
    number: str
    year: int


@dataclass(frozen=True, slots=True)
class Planned:
    """A person's year as the fact would leave it."""

    of: Year
    fold: Fold
    digest: str

    @property
    def changes(self) -> bool:
        """Whether anything would be kept anew."""
        return not self.fold.stuck and bool(self.fold.restated)

    @property
    def net(self) -> Amounts:
        """What each bears more or less over the year, in fen; the provider what is payable to it less."""
        return total_of(done.change for done in self.fold.restated)

    def said(self) -> Data:
        """As a preview tells it, in yuan."""
        return {
            "person": self.of.number,
            "year": self.of.year,
            "entries": [said(done) for done in self.fold.restated] if self.changes else [],
            "refused": [_refused(stuck) for stuck in self.fold.stuck],
            "net": in_yuan(self.net) if self.changes else {},
            "digest": self.digest if self.changes else "",
        }


def _refused(stuck: Stuck) -> Data:
    refusal = stuck.refusal
    return {
        "visit": stuck.standing.name,
        "code": refusal.code,
        "where": refusal.where,
        "message": refusal.messages["zh"],
        "message_en": refusal.messages["en"],
        **({"clause": refusal.clause} if refusal.clause else {}),
    }


def years_of(people: Sequence[int]) -> list[Year]:
    """The years of some people, in the one order in which they are locked."""
    rows = PersonYear.objects.filter(person__in=people).order_by("person_id", "year")
    return [Year(*row) for row in rows.values_list("pk", "person_id", "person__number", "year")]


def lock_all(years: Iterable[Year]) -> dict[int, LockedYear]:
    """Years locked one after the other in their order, so that two commands never wait for each other; by key."""
    locked = (lock_year(of.person, of.year) for of in sorted(years, key=lambda y: (y.person, y.year)))
    return {year.id: year for year in locked}


def plan_year(of: Year, change: Change, *, explain: bool = True) -> Planned:
    """Fold a year again with a change; the digest is over what would be kept and posted."""
    entries, closing = standing_entries(of.id)
    fold = try_refold(entries, closing, change, explain=explain)
    turns = Settlement.objects.filter(year=of.id).count()
    return Planned(of, fold, digest_of("later", basis_of(of.id, turns, fold)))


def carry_out(fact: LaterFact, year: LockedYear, plan: Planned) -> Data:
    """Keep a locked year as planned: each entry that is to be kept anew, its postings, the year's state."""
    adjusted = [adjust(year, done, fact) for done in plan.fold.restated]
    year.state = plan.fold.state
    keep(year)
    return {
        "person": plan.of.number,
        "year": plan.of.year,
        "adjusted": adjusted,
        "net": in_yuan(plan.net),
    }


def note_fact(
    actor: Actor,
    kind: str,
    said: Data,
    digest: str,
    reason: str,
    rows: Iterable[tuple[str, int]] = (),
) -> LaterFact:
    """Write down what was confirmed, who confirmed it and why."""
    fact = LaterFact(
        number=new_number("F"),
        realm_id=actor.realm,
        kind=kind,
        said=said,
        rows=[list(row) for row in rows],
        digest=digest,
        reason=reason,
        by_id=actor.account,
    )
    check_columns(fact)
    fact.save()
    return fact


def note_years(fact: LaterFact, plans: Iterable[Planned]) -> None:
    """Write down which years a fact changes, and to what."""
    LaterYear.objects.bulk_create(
        LaterYear(fact=fact, year_id=plan.of.id, digest=plan.digest) for plan in plans
    )


def refuse_stuck(plans: Iterable[Planned]) -> None:
    """Refuse, naming the first entry that could no longer be settled."""
    for plan in plans:
        for stuck in plan.fold.stuck:
            refusal = named(stuck)
            raise Refusal(
                "cannot_settle_again",
                refusal.where,
                refusal.messages["zh"],
                refusal.messages["en"],
                refusal.clause,
            )


def total_of(changes: Iterable[Amounts]) -> Amounts:
    """The sum of changes by payer, and the provider's side of it."""
    total: Counter[str] = Counter()
    for change in changes:
        total.update(change)
        total["provider"] -= sum(change.values())
    return dict(total)


def in_yuan(amounts: Amounts) -> dict[str, str]:
    """The amounts that are not 0, in yuan."""
    return {name: plain_yuan(fen) for name, fen in amounts.items() if fen}
