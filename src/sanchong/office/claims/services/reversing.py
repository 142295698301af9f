"""Reverse a settlement: the person's later visits of the year are settled again, the differences posted."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from sanchong.dates import today
from sanchong.money import Fen, plain_yuan
from sanchong.office import inserting
from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns, refused
from sanchong.office.claims import ledger
from sanchong.office.claims.known import Head
from sanchong.office.claims.models import PersonYear, ReversalReason, VisitState
from sanchong.office.claims.positions import claims_of, open_sum
from sanchong.office.claims.services.commands import Data, body_hash, first_answer, once, remember
from sanchong.office.claims.services.digests import basis_of, changed_since, digest_of
from sanchong.office.claims.services.reach import find_visit
from sanchong.office.claims.services.writing import adjust, insert, keep, move, owed, post, said
from sanchong.office.claims.year import Fold, Standing, lock_year, named, standing_entries, try_refold
from sanchong.office.numbers import new_number
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal


def preview_reversal(number: str, actor: Actor) -> Data:
    """What reversing the visit's settlement would change, for the visit, each later one and the year's end.

    Writes only the trail. ``digest`` may be given to :func:`reverse`, which then does this or nothing.
    """
    with transaction.atomic():
        head = find_visit(number, actor, "reverse", lock=False)
        year = PersonYear.objects.filter(person_id=head.person, year=head.day.year).first()
        if year is None:
            raise _not_settled(number)
        without = without_visit(year.pk, year.entries, head)
        record(actor, "claims.preview_reversal", "visit", number, head.person)
    return {**without.said(number), "digest": without.digest}


def reverse(number: str, key: str, actor: Actor, reason: str, expected_digest: str | None = None) -> Data:
    """Reverse a visit's settlement, settle the person's later visits of the year again, and post the differences.

    ``reason`` is kept beside the reversal and shown with it (claims/reversals.py); blank, it is refused.
    At the counter the provider gives the person's part back, save what was still to be recovered for this visit; what
    later visits change for the person is refunded, or recovered, after a confirmed decision. Refusal ``changed_since`` if it
    would change another thing than the preview with ``expected_digest`` said.
    """
    if not reason.strip():
        raise refused("reason", "请写明理由", "say why")
    why = ReversalReason(by_id=actor.account, reason=reason)
    check_columns(why)
    body = body_hash("reverse", visit=number, reason=reason, expected_digest=expected_digest)
    with once(key), transaction.atomic():
        head = find_visit(number, actor, "reverse", lock=True)
        first = first_answer(actor, key, body)
        if first is not None:
            return first
        year = lock_year(head.person, head.day.year)
        without = without_visit(year.id, year.entries, head)
        if expected_digest is not None and expected_digest != without.digest:
            raise changed_since()
        gone, negated = without.gone, without.negated
        reversal = insert(
            year,
            number=new_number("R"),
            realm_id=head.realm,
            kind="reverse",
            visit_id=head.id,
            replaces_id=gone.settlement,
            day=today(),
            bundle_id=gone.bundle,
            edition_id=gone.edition,
            accepted=list(gone.accepted),
            also_known=list(gone.also_known),
            total=-ledger.total_of(gone.result),
            **negated,
        )
        why.settlement = reversal
        inserting.insert(why)
        post(reversal, ledger.at_the_counter(negated, without.dropped), head.provider)
        adjusted = [adjust(year, done, reversal) for done in without.fold.restated]
        year.state = without.fold.state
        keep(year)
        move(head, VisitState.REVERSED)
        answer = {"settlement": reversal.number, **without.said(number), "adjusted": adjusted}
        remember(actor, key, "reverse", body, answer)
        record(actor, "claims.reverse", "settlement", reversal.number, head.person, visit=number)
    return answer


@dataclass(frozen=True, slots=True)
class Without:
    """A year without one of its entries: the entry that is to go, the fold of the others."""

    gone: Standing
    fold: Fold
    dropped: Fen
    """What was still to be recovered from the person for the visit, in fen: it is dropped, not given back."""
    digest: str

    @property
    def negated(self) -> dict[str, Fen]:
        """What going changes for each payer, in fen."""
        return {payer: -fen for payer, fen in self.gone.amounts.items()}

    def said(self, number: str) -> Data:
        """As a preview and an answer tell it, in yuan."""
        return {
            "visit": number,
            "reversed": {payer: plain_yuan(fen) for payer, fen in self.negated.items()},
            **owed(self.negated),
            "given_back": plain_yuan(self.gone.amounts["patient"] - self.dropped),
            "dropped": plain_yuan(self.dropped),
            "adjusted": [said(done) for done in self.fold.restated],
        }


def without_visit(year: int, turns: int, head: Head) -> Without:
    """A year (by its key, with how many entries it has had) without what stands for a visit; Refusal if it cannot be."""
    entries, closing = standing_entries(year)
    gone = next((entry for entry in entries if entry.visit == head.id), None)
    if gone is None:
        raise _not_settled(head.number)
    fold = try_refold([entry for entry in entries if entry is not gone], closing)
    for stuck in fold.stuck:
        raise named(stuck)
    of_visit = (claim for claim in claims_of(year) if claim.visit == head.id)
    dropped = open_sum(of_visit, "recovery")
    digest = digest_of("reverse", [gone.settlement, dropped, basis_of(year, turns, fold)])
    return Without(gone, fold, dropped, digest)


def _not_settled(number: str) -> Refusal:
    return Refusal("not_settled", "visit", f"就诊 {number} 没有有效的结算", f"visit {number} is not settled")
