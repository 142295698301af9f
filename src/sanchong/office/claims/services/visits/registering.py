"""Register a visit, and correct what was registered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, Final

from django.db import IntegrityError, transaction

from sanchong.dates import today
from sanchong.money import Fen
from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns, check_period, refused
from sanchong.office.claims.known import Head
from sanchong.office.claims.models import Visit, VisitState
from sanchong.office.claims.services.commands import Data, body_hash, first_answer, once, remember
from sanchong.office.claims.services.reach import patients_within
from sanchong.office.claims.services.visits.changing import change
from sanchong.office.lawbook.services import diseases_in_law
from sanchong.office.numbers import new_number
from sanchong.office.people.models import Enrolment
from sanchong.office.powers import require
from sanchong.office.providers.models import Provider
from sanchong.office.trail.services import record
from sanchong.settlement.reading import read_condition
from sanchong.settlement.refusal import Refusal


class Keep(Enum):
    """The type of ``KEEP``."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP
"""What an amendment leaves as it is."""


def register(
    actor: Actor,
    key: str,
    *,
    person_number: str,
    kind: str,
    provider_number: str,
    admitted: dt.date,
    disease: str = "",
    practitioner: str = "",
    department: str = "",
    department_code: str = "",
    discharged: dt.date | None = None,
    given_pooled: Fen | None = None,
    given_catastrophic: Fen | None = None,
    provider: str = "",
) -> Data:
    """Register a visit (2201, 2401) of a person of the actor's realm with the actor's provider; the agency names it.

    The provider's own number of a visit is its own: the same person, kind and first day under it give the visit that is there
    already, anything else is refused (``provider_number``). A cancelled visit sets its number free.
    """
    asked = {
        "person": person_number,
        "provider": provider,
        "visit_kind": kind,
        "provider_number": provider_number,
        "admitted": admitted.isoformat(),
        "discharged": discharged and discharged.isoformat(),
        "disease": disease,
        "practitioner": practitioner,
        "department": [department_code, department],
        "given": [given_pooled, given_catastrophic],
    }
    body = body_hash("register", **asked)
    require(actor, "register")
    with once(key), _unused(provider_number), transaction.atomic():
        person = _locked_person(actor, person_number)
        first = first_answer(actor, key, body)
        if first is not None:
            return first
        visit = Visit(
            realm_id=actor.realm,
            person_id=person,
            provider_id=_provider_of(actor, provider),
            provider_number=provider_number,
            kind=kind,
            admitted=admitted,
            discharged=discharged,
            disease=disease,
            practitioner=practitioner,
            department=department,
            department_code=department_code,
            given_pooled=given_pooled,
            given_catastrophic=given_catastrophic,
        )
        visit.number = new_number("V")
        _check(actor, visit)
        visit = _there_already(visit) or _created(visit)
        answer = {
            "visit": visit.number,
            "state": str(visit.state),
            "person": person_number,
            "provider_number": provider_number,
        }
        remember(actor, key, "register", body, answer)
        record(actor, "visit.register", "visit", visit.number, person, request=body)
    return answer


def amend(
    actor: Actor,
    key: str,
    number: str,
    *,
    admitted: dt.date | Keep = KEEP,
    disease: str | Keep = KEEP,
    practitioner: str | Keep = KEEP,
    department: str | Keep = KEEP,
    department_code: str | Keep = KEEP,
    given_pooled: Fen | Keep | None = KEEP,
    given_catastrophic: Fen | Keep | None = KEEP,
) -> Data:
    """Correct what was registered (2403), as long as the visit is not settled; ``KEEP`` leaves a fact as it is."""
    named = {
        "admitted": admitted,
        "disease": disease,
        "practitioner": practitioner,
        "department": department,
        "department_code": department_code,
        "given_pooled": given_pooled,
        "given_catastrophic": given_catastrophic,
    }
    changes: dict[str, Any] = {name: value for name, value in named.items() if value is not KEEP}
    if not changes:
        raise refused("visit", "没有要更改的内容", "nothing is to be changed")
    said = {name: value.isoformat() if name == "admitted" else value for name, value in changes.items()}

    def write(head: Head) -> Data:
        visit = Visit.objects.get(pk=head.id)
        for name, value in changes.items():
            setattr(visit, name, value)
        _check(actor, visit)
        visit.save(update_fields=list(changes))
        return said

    return change(actor, key, number, "amend", "amend", said, write)


def _locked_person(actor: Actor, number: str) -> int:
    """The person's id; the row is locked, so that of two equal requests the second finds the first one's answer."""
    people = patients_within(actor).select_for_update(no_key=True).filter(number=number)
    found = people.values_list("pk", flat=True).first()
    if found is None:
        raise Refusal(
            "not_found",
            "person_number",
            f"没有人员 {number}；请核对人员编号",
            f"no person {number}; check the number",
        )
    return found


def _provider_of(actor: Actor, named: str) -> int:
    if actor.provider_code and named not in ("", actor.provider_code):
        raise Refusal(
            "other_provider",
            "provider",
            f"只能为本机构 {actor.provider_code} 登记就诊",
            f"only visits of {actor.provider_code} itself can be registered",
        )
    code = actor.provider_code or named
    found = Provider.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise Refusal(
            "not_found",
            "provider",
            f"没有医药机构 {code}" if code else "请写明医药机构编码",
            f"no provider {code}" if code else "name the provider",
        )
    return found


def _check(actor: Actor, visit: Visit) -> None:
    check_columns(visit)
    if not visit.provider_number:
        raise refused("provider_number", "请写明院内编号", "the provider's own number is needed")
    stay = visit.kind == "inpatient"
    if visit.discharged is not None:
        if not stay:
            raise refused("discharged", "只有住院才有出院日期", "only a stay has a day of discharge")
        check_period(visit.admitted, visit.discharged)
    if visit.disease:
        if visit.kind != "outpatient":
            raise refused("disease", "只有门诊慢特病就诊才写病种", "only an outpatient visit names a disease")
        read_condition(visit.disease, "disease", diseases_in_law())
    for name in ("given_pooled", "given_catastrophic"):
        if getattr(visit, name) is not None:
            _check_given(actor, visit, name)


def _check_given(actor: Actor, visit: Visit, name: str) -> None:
    """A provider states what insurers paid only where the rules do not compute it: special drugs, employees."""
    if visit.kind == "special_drug" or not actor.provider_code:
        return
    day = visit.discharged or visit.admitted
    insured = Enrolment.objects.at(day, today()).filter(person=visit.person_id)
    if not insured.filter(insurance="employee").exists():
        raise refused(
            name,
            "居民的门诊和住院由系统计算，医疗机构不填医保已付金额",
            "what the insurers pay for a resident is computed here; a provider does not state it",
        )


def _there_already(visit: Visit) -> Visit | None:
    found = (
        Visit.objects.filter(
            realm=visit.realm_id, provider=visit.provider_id, provider_number=visit.provider_number
        )
        .exclude(state=VisitState.CANCELLED)
        .first()
    )
    if found is not None and any(
        getattr(found, name) != getattr(visit, name) for name in ("person_id", "kind", "admitted")
    ):
        raise _number_used(visit.provider_number)
    return found


def _created(visit: Visit) -> Visit:
    visit.save(force_insert=True)
    return visit


@contextmanager
def _unused(provider_number: str) -> Iterator[None]:
    """Around the transaction: a provider's number that two persons' visits claim at the same moment is refused."""
    try:
        yield
    except IntegrityError as problem:
        if "visit_of_provider" not in str(problem):
            raise
        raise _number_used(provider_number) from problem


def _number_used(number: str) -> Refusal:
    return Refusal(
        "provider_number",
        "provider_number",
        f"院内编号 {number} 已用于另一次就诊；请核对人员、类型和日期，或先取消原就诊",
        f"{number} is another visit's; check person, kind and day, or cancel that visit first",
    )
