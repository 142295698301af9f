"""A visit's course: diagnosed, discharged, cancelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sanchong.office.actor import Actor
from sanchong.office.checking import check_period, refused
from sanchong.office.claims.known import Head
from sanchong.office.claims.models import Diagnosis, FeeLine, Visit, VisitState
from sanchong.office.claims.services.commands import Data
from sanchong.office.claims.services.visits.changing import change, checked
from sanchong.settlement.fields import Fields
from sanchong.settlement.refusal import Refusal

MOST_DIAGNOSES: Final = 99
"""The interface numbers them with two digits."""


def diagnose(actor: Actor, key: str, number: str, diagnoses: Sequence[Mapping[str, Any]]) -> Data:
    """Put these diagnoses in the place of the visit's (2203), the main one first: each ``code``, ``name``, ``practitioner``.

    A diagnosed visit can be settled. A visit whose settlement was reversed is diagnosed again to be settled again.
    """
    rows = [_diagnosis(i, data) for i, data in enumerate(diagnoses)]
    if not rows:
        raise refused("diagnoses", "至少要有一条诊断", "at least one diagnosis is needed")
    if len(rows) > MOST_DIAGNOSES:
        raise refused("diagnoses", f"至多 {MOST_DIAGNOSES} 条", f"at most {MOST_DIAGNOSES}")
    said = [[row.code, row.name, row.practitioner] for row in rows]

    def write(head: Head) -> Data:
        Diagnosis.objects.filter(visit=head.id).delete()
        for row in rows:
            row.visit_id = head.id
        Diagnosis.objects.bulk_create(rows)
        return {"diagnoses": len(rows)}

    return change(
        actor, key, number, "diagnose", "diagnose", {"diagnoses": said}, write, VisitState.DIAGNOSED
    )


def discharge(actor: Actor, key: str, number: str, day: dt.date) -> Data:
    """The day of discharge of a stay (2402), which is the day that it is settled for."""

    def write(head: Head) -> Data:
        _stays_only(head)
        check_period(head.admitted, day)
        Visit.objects.filter(pk=head.id).update(discharged=day)
        return {"discharged": day.isoformat()}

    return change(actor, key, number, "discharge", "discharge", {"day": day.isoformat()}, write)


def undo_discharge(actor: Actor, key: str, number: str) -> Data:
    """The stay goes on (2405)."""

    def write(head: Head) -> Data:
        _stays_only(head)
        Visit.objects.filter(pk=head.id).update(discharged=None)
        return {"discharged": None}

    return change(actor, key, number, "discharge", "undo_discharge", {}, write)


def cancel(actor: Actor, key: str, number: str) -> Data:
    """The visit did not take place (2202, 2404); its fee lines are withdrawn before."""

    def write(head: Head) -> Data:
        standing = FeeLine.objects.filter(visit=head.id, withdrawn_at=None).count()
        if standing:
            raise Refusal(
                "lines_stand",
                "lines",
                f"还有 {standing} 条费用明细；请先撤销费用再取消就诊",
                f"{standing} fee lines stand; withdraw them before cancelling the visit",
            )
        return {}

    return change(actor, key, number, "cancel", "cancel", {}, write, VisitState.CANCELLED)


def _stays_only(head: Head) -> None:
    if head.kind != "inpatient":
        raise refused("discharged", "只有住院才有出院日期", "only a stay has a day of discharge")


def _diagnosis(i: int, data: Mapping[str, Any]) -> Diagnosis:
    row = Fields(data, f"diagnoses[{i}]")
    made = Diagnosis(
        rank=i + 1,
        code=row.text("code"),
        name=row.text("name"),
        practitioner=row.text("practitioner") if row.has("practitioner") else "",
    )
    row.finish()
    return checked(made, row.path)
