"""The year's end."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from sanchong.dates import today
from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.claims import ledger
from sanchong.office.claims.services.commands import Data, body_hash, first_answer, once, remember
from sanchong.office.claims.services.law import active_law
from sanchong.office.claims.services.writing import (
    insert,
    keep,
    post_afterwards,
    text,
    unexplained,
)
from sanchong.office.claims.year import lock_year, standing_entries
from sanchong.office.numbers import new_number
from sanchong.office.people.kinds import unknown
from sanchong.office.people.reach import people_within
from sanchong.office.trail.services import record
from sanchong.settlement.entry import settle_entry
from sanchong.settlement.refusal import Refusal


def close_year(actor: Actor, key: str, person_number: str, year: int) -> Data:
    """Pay once what was deferred to the year's end; for the agency.

    Refusal ``not_found`` for somebody who is not in the realm, ``closed`` for a year that is closed already, ``no_entries``
    where nothing was settled.
    """
    agency_only(actor)
    body = body_hash("close_year", person=person_number, year=year)
    with once(key), transaction.atomic():
        person = people_within(actor).filter(number=person_number).values_list("pk", flat=True).first()
        if person is None:
            raise unknown("person")
        locked = lock_year(person, year)
        first = first_answer(actor, key, body)
        if first is not None:
            return first
        if locked.closed:
            raise Refusal("closed", "year", f"{year} 年度已年终结算", f"the year {year} is closed")
        entries, _ = standing_entries(locked.id)
        if not entries:
            raise Refusal("no_entries", "year", f"{year} 年度没有结算", f"nothing was settled in {year}")
        last = entries[-1]
        law = active_law()
        inputs = {**last.inputs, "visits": [], "close_year": True, "known_on": today().isoformat()}
        inputs["case"] = f"{year}-{person}"
        entry = settle_entry(law.engine, inputs, locked.state, law.options)
        amounts = ledger.amounts_of(entry.result)
        closing = insert(
            locked,
            number=new_number("C"),
            realm_id=actor.realm,
            kind="close",
            day=dt.date(year, 12, 31),
            inputs=text(inputs),
            before=text(locked.state),
            result=text(unexplained(entry.result)),
            bundle_id=law.bundle,
            accepted=list(law.accepted),
            **amounts,
        )
        post_afterwards(closing, amounts, None)
        locked.closed = True
        keep(locked)
        answer = {"settlement": closing.number, "result": entry.result}
        remember(actor, key, "close_year", body, answer)
        record(actor, "claims.close_year", "settlement", closing.number, person, year=year)
    return answer
