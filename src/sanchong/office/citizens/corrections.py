"""Requests that a datum be put right: asked by the person or an agent, answered by the agency; read by both."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns, refused
from sanchong.office.citizens.models import DATA, MOVES, Correction, CorrectionState
from sanchong.office.citizens.services import require_matter
from sanchong.office.people import services as people
from sanchong.office.people.models import Person
from sanchong.office.trail.services import record
from sanchong.office.visibility import visible_people
from sanchong.settlement.refusal import Refusal

MOST_OPEN: Final = 5
"""Requests of one person that wait for an answer."""
PUT_RIGHT_HERE: Final = frozenset({"name", "phone", "bank_account"})
"""Data that accepting writes at once; the others are put right where they are kept, before the request is accepted."""


# ── by the person or an agent ────────────────────────────────────────────────────────────────


@transaction.atomic
def ask(actor: Actor, datum: str, right: str, evidence: str) -> Correction:
    """Ask that a datum be put right; Refusal ``too_many`` beyond five that wait."""
    person = _own(actor)
    if datum not in DATA:
        raise refused("datum", "请选择要更正的事项", "choose what is to be corrected")
    for name, text, zh in (("right", right, "请写明正确的内容"), ("evidence", evidence, "请写明有什么凭据")):
        if not text.strip():
            raise refused(name, zh, "say it in words")
    waiting = Correction.objects.filter(person=person, state=CorrectionState.ASKED).count()
    if waiting >= MOST_OPEN:
        raise Refusal(
            "too_many",
            "correction",
            f"已有 {MOST_OPEN} 件申请等待答复；请等答复，或撤回不需要的",
            f"{MOST_OPEN} requests wait for an answer; wait, or withdraw one",
        )
    assert actor.account is not None, "a person acts by an account"
    row = Correction(
        person=person,
        asked_by_id=actor.account,
        by_agent=bool(actor.on_behalf_of),
        datum=datum,
        right=right.strip(),
        evidence=evidence.strip(),
    )
    check_columns(row)
    row.save()
    record(actor, "correction.ask", "correction", str(row.pk), person.pk, datum=datum)
    return row


@transaction.atomic
def withdraw(actor: Actor, key: int) -> Correction:
    """Take a request back; Refusal ``correction_closed`` if it was answered."""
    person = _own(actor)
    row = _locked(Correction.objects.filter(person=person), key)
    _move(row, CorrectionState.WITHDRAWN)
    row.save(update_fields=["state"])
    record(actor, "correction.withdraw", "correction", str(row.pk), person.pk)
    return row


@transaction.atomic
def mine(actor: Actor) -> list[Correction]:
    """The person's requests with their answers, the latest first."""
    person = _own(actor)
    record(actor, "correction.list", "person", person.number, person.pk)
    return list(Correction.objects.filter(person=person).order_by("-pk"))


# ── by the agency ────────────────────────────────────────────────────────────────────────────


def waiting(actor: Actor) -> QuerySet[Correction]:
    """The requests that wait for an answer, of those whom the actor sees; none for who answers none."""
    try:
        agency_only(actor)
    except Refusal:
        return Correction.objects.none()
    return seen(actor).filter(state=CorrectionState.ASKED)


def seen(actor: Actor) -> QuerySet[Correction]:
    """The requests of those whom the actor sees."""
    agency_only(actor)
    return Correction.objects.filter(person__in=visible_people(actor, Person.objects.all()))


@transaction.atomic
def one(actor: Actor, key: int) -> Correction:
    """A request as the agency reads it; Refusal ``no_correction``."""
    row = seen(actor).select_related("person", "asked_by", "answered_by").filter(pk=key).first()
    if row is None:
        raise _unknown()
    record(actor, "correction.read", "correction", str(key), row.person_id)
    return row


@transaction.atomic
def answer(actor: Actor, key: int, *, accept: bool, reason: str, value: str = "") -> Correction:
    """Accept a request or decline it, with the reason that the person reads; Refusal ``correction_closed`` if answered before.

    Accepting one of :data:`PUT_RIGHT_HERE` writes ``value`` in the same transaction.
    """
    row = _locked(seen(actor).select_related("person"), key)
    if not reason.strip():
        raise refused("reason", "请写明理由，申请人会看到", "say why: who asked reads it")
    _move(row, CorrectionState.ACCEPTED if accept else CorrectionState.DECLINED)
    if accept and row.datum in PUT_RIGHT_HERE:
        _put_right(actor, row, value.strip(), reason)
    row.answer = reason.strip()
    row.answered_by_id, row.answered_at = actor.account, timezone.now()
    check_columns(row)
    row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    record(actor, "correction.answer", "correction", str(row.pk), row.person_id, state=str(row.state))
    return row


def _put_right(actor: Actor, row: Correction, value: str, reason: str) -> None:
    if not value:
        raise refused("value", f"请填更正后的{DATA[row.datum]}", "say what is to stand from now on")
    changes: dict[str, Any] = {row.datum: value}
    people.correct_person(actor, row.person.number, f"更正申请：{reason.strip()}"[:200], **changes)


def _own(actor: Actor) -> Person:
    """Whose data it is; Refusal ``not_authorised`` for an agent without this matter, ``not_found`` for who acts for nobody."""
    if actor.person is None:
        raise Refusal(
            "not_found", "person", "只有参保人本人或代办人可以申请", "only for a person or an agent"
        )
    require_matter(actor, "correct")
    return Person.objects.get(pk=actor.person)


def _locked(among: QuerySet[Correction], key: int) -> Correction:
    row = among.select_for_update(of=("self",), no_key=True).filter(pk=key).first()
    if row is None:
        raise _unknown()
    return row


def _move(row: Correction, to: CorrectionState) -> None:
    if to not in MOVES[row.state]:
        now = CorrectionState(row.state).label
        raise Refusal(
            "correction_closed",
            "correction",
            f"这件申请{now}，不能再改；仍有不符请另行申请",
            f"this request is {row.state}: ask anew",
        )
    row.state = to


def _unknown() -> Refusal:
    return Refusal("no_correction", "correction", "没有这件更正申请", "no such request")
