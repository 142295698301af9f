"""What reversing a settlement would bring about, as people read it before they confirm it; and what it brought about.

``preview_reversal`` and ``reverse`` speak of visits by their numbers, for programs. Here each later visit has its day and its
provider. A provider sees its own visits; what changes for the person at others is told as one sum.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from sanchong.money import Fen
from sanchong.office.actor import Actor
from sanchong.office.claims.ledger import PAYERS
from sanchong.office.claims.models import Settlement, Visit
from sanchong.office.claims.queries import settlements_of
from sanchong.office.claims.reversals import Reversal, reversal_of
from sanchong.office.claims.services.reach import find_visit, visits_within
from sanchong.office.claims.services.reversing import Without, without_visit
from sanchong.office.claims.services.writing import owed
from sanchong.office.claims.year import Refolded
from sanchong.office.people.models import Person
from sanchong.office.powers import require
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal

Amounts = Mapping[str, Fen]


@dataclass(frozen=True, slots=True)
class Transfer:
    """Who owes whom, in yuan."""

    debtor: str
    creditor: str
    amount: str


@dataclass(frozen=True, slots=True)
class Changed:
    """An entry that is settled again: whose and when, each payer's part before and after, in fen, and who owes whom."""

    visit: str
    """"" for the year's end."""
    kind: str
    day: dt.date
    provider: str
    before: Amounts
    after: Amounts
    change: Amounts
    patient: Sequence[Transfer]
    others: Sequence[Transfer]
    """Between the provider and the payers."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What changes for the person at providers that the actor does not see: of how many visits, in fen."""

    visits: int
    patient: Fen


@dataclass(frozen=True, slots=True)
class Consequences:
    """What reversing would change. ``digest`` is for ``reverse``, which then does this or nothing."""

    settlement: str
    visit: str
    kind: str
    day: dt.date
    provider: str
    person: Person
    total: Fen
    gone: Amounts
    """What each payer bore, in fen."""
    given_back: Fen
    """To the person at the counter, in fen."""
    dropped: Fen
    """What was still to be recovered from the person for this visit, in fen: no longer."""
    others: Sequence[Transfer]
    """Between the provider and the payers."""
    later: Sequence[Changed]
    elsewhere: Elsewhere
    digest: str

    @property
    def recovered(self) -> Fen:
        """What is to be recovered from the person by what later entries change, in fen."""
        return max(self._patient, 0)

    @property
    def refunded(self) -> Fen:
        """What is to be refunded to the person by what later entries change, in fen."""
        return max(-self._patient, 0)

    @property
    def _patient(self) -> Fen:
        return self.elsewhere.patient + sum(one.change["patient"] for one in self.later)

    @property
    def net(self) -> dict[str, Fen]:
        """What each payer bears more or less by the reversal and all that the actor sees of what follows, in fen."""
        changes = [{payer: -fen for payer, fen in self.gone.items()}, *(one.change for one in self.later)]
        return {payer: sum(change[payer] for change in changes) for payer in PAYERS}


@transaction.atomic
def consequences(actor: Actor, settlement: str) -> Consequences:
    """What reversing a settlement would change; writes only the trail.

    Refusal ``no_settlement``, ``superseded`` if another entry stands in its place by now, and what ``reverse`` refuses.
    """
    require(actor, "reverse")
    kept = _kept(actor, settlement)
    if kept.visit is None:
        raise Refusal(
            "not_settled",
            "settlement",
            "年终结算不能撤销；请撤销有误的就诊结算，年终结算会随之补差",
            "a year's end is not reversed: reverse the visit that was wrong, and the year's end is adjusted",
        )
    head = find_visit(kept.visit.number, actor, "reverse", lock=False)
    without = without_visit(kept.year_id, kept.year.entries, head)
    if without.gone.settlement != kept.pk:
        raise Refusal(
            "superseded",
            "settlement",
            f"结算 {settlement} 已被后来的补差或撤销取代；请在年度时间轴上选择现行的一笔",
            f"another entry stands in the place of {settlement} by now: choose that one",
        )
    record(actor, "claims.preview_reversal", "visit", head.number, head.person)
    return _told(actor, kept, kept.visit, without)


def _kept(actor: Actor, number: str) -> Settlement:
    found = settlements_of(actor).filter(number=number).first()
    if found is None:
        raise Refusal("no_settlement", "settlement", f"没有结算 {number}", f"no settlement {number}")
    return found


def _told(actor: Actor, kept: Settlement, visit: Visit, without: Without) -> Consequences:
    numbers = [done.standing.visit for done in without.fold.restated if done.standing.visit is not None]
    visits = {v.pk: v for v in Visit.objects.filter(pk__in=numbers).select_related("provider")}
    seen: list[tuple[Refolded, Visit | None]] = []
    unseen: list[tuple[Refolded, Visit | None]] = []
    for done in without.fold.restated:
        of = visits.get(done.standing.visit or 0)
        ours = not actor.provider_code or (of is not None and of.provider.code == actor.provider_code)
        (seen if ours else unseen).append((done, of))
    return Consequences(
        settlement=kept.number,
        visit=visit.number,
        kind=visit.kind,
        day=without.gone.day,
        provider=visit.provider.name,
        person=kept.year.person,
        total=sum(without.gone.amounts.values()),
        gone=without.gone.amounts,
        given_back=without.gone.amounts["patient"] - without.dropped,
        dropped=without.dropped,
        others=_between(owed(without.negated)),
        later=[_changed(done, of) for done, of in seen],
        elsewhere=Elsewhere(len(unseen), sum(done.change["patient"] for done, _ in unseen)),
        digest=without.digest,
    )


def _changed(done: Refolded, visit: Visit | None) -> Changed:
    before = done.standing.amounts
    said = owed(done.change)
    return Changed(
        visit=visit.number if visit else "",
        kind=visit.kind if visit else "",
        day=done.standing.day,
        provider=visit.provider.name if visit else "",
        before=before,
        after={payer: fen + done.change[payer] for payer, fen in before.items()},
        change=done.change,
        patient=[Transfer(**one) for one in said["patient"]],
        others=_between(said),
    )


def _between(said: Mapping[str, Sequence[Mapping[str, str]]]) -> list[Transfer]:
    """The transfers in which the person takes no part."""
    return [Transfer(**one) for one in said["transfers"] if one not in said["patient"]]


def visits_named(actor: Actor, numbers: Sequence[str] = (), *, of_person: str = "") -> dict[str, Visit]:
    """Visits of the actor's realm that a preview speaks of, or a person's settled ones, by number, with their providers.

    They name places and days only, for what the actor is told already or may choose from: no trail of their own.
    """
    found = visits_within(actor).select_related("provider")
    found = (
        found.filter(person__number=of_person, state="settled")
        if of_person
        else found.filter(number__in=numbers)
    )
    return {visit.number: visit for visit in found.order_by("-pk")}


@dataclass(frozen=True, slots=True)
class Followed:
    """A reversal, who did it and why, and the entries that it made necessary, as the actor sees them."""

    reversal: Settlement
    told: Reversal | None
    adjusted: Sequence[Settlement]


@transaction.atomic
def what_followed(actor: Actor, reversal: str) -> Followed:
    """What a reversal brought about; Refusal ``no_settlement`` if it is none that the actor sees."""
    kept = _kept(actor, reversal)
    if kept.kind != "reverse":
        raise Refusal("no_settlement", "settlement", f"{reversal} 不是撤销", f"{reversal} is no reversal")
    record(actor, "claims.what_followed", "settlement", reversal, kept.year.person_id)
    found = settlements_of(actor).filter(year=kept.year_id, cause=kept)
    adjusted = list(found.defer("inputs", "before", "result").order_by("turn"))
    return Followed(kept, reversal_of(actor, kept), adjusted)
