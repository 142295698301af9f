"""Writing the trail: in the transaction of the act that it tells of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sanchong.office.actor import Actor
from sanchong.office.inserting import insert
from sanchong.office.trail.models import Entry


def record(
    actor: Actor, act: str, kind: str, object_id: str, person: int | None = None, **details: Any
) -> None:
    """Write who did what to which object. ``details`` hold ids, codes and hashes, never a name or an identity number."""
    insert(
        Entry(
            account=actor.account,
            token=actor.token,
            on_behalf_of=actor.on_behalf_of,
            address=actor.address or None,
            act=act,
            kind=kind,
            object_id=object_id,
            person_id=person,
            details=details,
        )
    )


@dataclass(frozen=True, slots=True)
class Act:
    """One of several acts of one actor, recorded together."""

    act: str
    kind: str
    object_id: str
    person: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


def record_all(actor: Actor, acts: Iterable[Act]) -> None:
    """Write several acts in one statement, under the same rules as :func:`record`."""
    Entry.objects.bulk_create(
        Entry(
            account=actor.account,
            token=actor.token,
            on_behalf_of=actor.on_behalf_of,
            address=actor.address or None,
            act=act.act,
            kind=act.kind,
            object_id=act.object_id,
            person_id=act.person,
            details=act.details,
        )
        for act in acts
    )
