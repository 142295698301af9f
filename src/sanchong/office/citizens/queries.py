"""Reading, at a counter: whether a person signs in, which code is out, who acts for the person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from sanchong.dates import today
from sanchong.office.accounts import locks
from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.citizens.models import MATTERS, RELATIONS, Activation, Authorisation, Holder
from sanchong.office.citizens.services import MOST_TRIES
from sanchong.office.people.models import Person
from sanchong.office.trail.services import record
from sanchong.office.visibility import visible_people
from sanchong.settlement.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who acts, will act or acted for a person."""

    row: Authorisation
    name: str
    relation: str
    matters: Sequence[str]
    state: str
    can_revoke: bool


@dataclass(frozen=True, slots=True)
class Access:
    """How a person comes to their data: the account, the code that is out, the agents."""

    person: Person
    opened: dt.date | None
    """None: no account yet."""
    phone: str
    """Masked."""
    locked: bool
    code_until: dt.date | None
    """A printed code opens an account until this day; None if none is out."""
    agents: Sequence[Agent]


@transaction.atomic
def access(actor: Actor, number: str) -> Access:
    """How a person comes to their data; Refusal ``agency_only``, or ``not_found`` if the actor sees no such person."""
    person = seen_by_agency(actor, number)
    record(actor, "citizen.access", "person", number, person.pk)
    holder = Holder.objects.select_related("account").filter(person=person).first()
    code = Activation.objects.filter(
        person=person, used_at=None, last_day__gte=today(), tries__lt=MOST_TRIES
    ).first()
    return Access(
        person,
        opened=timezone.localdate(holder.opened_at) if holder else None,
        phone=masked_phone(holder.account.phone) if holder else "",
        locked=holder is not None and bool(locks.locked([holder.account.username])),
        code_until=code.last_day if code else None,
        agents=_agents(person),
    )


def seen_by_agency(actor: Actor, number: str) -> Person:
    """The person for an actor who serves people; the refusals of :func:`access`."""
    agency_only(actor)
    found = visible_people(actor, Person.objects.filter(number=number)).first()
    if found is None:
        raise Refusal("not_found", "person", "没有这个人员", "no such person")
    return found


def masked_phone(phone: str) -> str:
    """A telephone number with its middle hidden."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) == 11 else ""


def _agents(person: Person) -> list[Agent]:
    """Every authorisation by its last row: withdrawn ones too, since they were given and taken back."""
    later = Authorisation.objects.filter(supersedes=OuterRef("pk"))
    held = Authorisation.objects.filter(person=person).exclude(Exists(later)).select_related("agent")
    now = today()
    return [_agent(row, now) for row in held.order_by("withdrawn", "-start", "-pk")]


def _agent(row: Authorisation, now: dt.date) -> Agent:
    over = row.withdrawn or (row.end is not None and row.end < now)
    if row.withdrawn:
        state = "已撤销"
    elif over:
        state = "已终止"
    else:
        state = f"{row.start} 起生效" if row.start > now else "有效"
    matters = [MATTERS[matter] for matter in row.matters]
    return Agent(row, row.agent.name, RELATIONS[row.relation], matters, state, not over)
