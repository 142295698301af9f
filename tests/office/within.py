"""Every read and every command of claims as one call, to be tried by who must not: for the tests of visibility."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sanchong.office.actor import Actor
from sanchong.office.claims import dues, eligibility, queries, services, statement, timeline
from sanchong.office.claims.eligibility import Hypothesis
from sanchong.office.claims.models import Settlement, Visit
from sanchong.office.claims.services import consequences, later, recoveries, visits
from sanchong.office.people.models import Person

DAY = dt.date(2026, 5, 10)


@dataclass(frozen=True)
class Matter:
    """Somebody with a settled visit, a visit that waits, and a registered stay, all at one hospital."""

    person: Person
    settled: Visit
    waiting: Visit
    stay: Visit
    settlement: Settlement


Try = Callable[[Actor, Matter], object]

READS: dict[str, Try] = {
    "visit": lambda a, m: queries.visit(a, m.settled.number),
    "visits": lambda a, m: queries.visits(a)["visits"],
    "visits of the person": lambda a, m: queries.visits(a, person=m.person.number)["visits"],
    "visits of the hospital": lambda a, m: queries.visits(a, provider=m.settled.provider.code)["visits"],
    "settlements": lambda a, m: queries.settlements(a)["settlements"],
    "settlements of the person": lambda a, m: queries.settlements(a, person=m.person.number)["settlements"],
    "manual_cases": lambda a, m: queries.manual_cases(a)["manual_cases"],
    "account": lambda a, m: queries.account(a, m.person.number, 2026),
    "statement": lambda a, m: statement.statement(a, m.settlement.number),
    "statement's page": lambda a, m: statement.page(a, m.settlement.number),
    "outlook": lambda a, m: eligibility.outlook(
        a, Hypothesis(m.person.number, "inpatient", DAY, m.settled.provider.code)
    ),
    "open_of": lambda a, m: recoveries.open_of(a, m.person.number),
    "timeline": lambda a, m: timeline.timeline(a, m.person.number, 2026),
    "dues": lambda a, m: list(dues.entries(a)),
    "due": lambda a, m: dues.due(a, m.settlement.number),
    "what a reversal brought": lambda a, m: consequences.what_followed(a, m.settlement.number),
}

OF_VISITS: dict[str, Try] = {
    "quote": lambda a, m: services.quote(m.waiting.number, a),
    "settle": lambda a, m: services.settle(m.waiting.number, "key-settle", a),
    "preview_reversal": lambda a, m: services.preview_reversal(m.settled.number, a),
    "consequences": lambda a, m: consequences.consequences(a, m.settlement.number),
    "reverse": lambda a, m: services.reverse(m.settled.number, "key-reverse", a, "误结"),
    "amend": lambda a, m: visits.amend(a, "key-amend", m.waiting.number, practitioner="D1"),
    "diagnose": lambda a, m: visits.diagnose(
        a, "key-diagnose", m.waiting.number, [{"code": "I10", "name": "高血压"}]
    ),
    "add_lines": lambda a, m: visits.add_lines(a, "key-lines", m.waiting.number, "2", [_line()]),
    "withdraw": lambda a, m: visits.withdraw(a, "key-withdraw", m.waiting.number),
    "discharge": lambda a, m: visits.discharge(a, "key-discharge", m.stay.number, DAY),
    "undo_discharge": lambda a, m: visits.undo_discharge(a, "key-undo-discharge", m.stay.number),
    "cancel": lambda a, m: visits.cancel(a, "key-cancel", m.stay.number),
    "record_payout": lambda a, m: visits.record_payout(
        a, "key-payout", m.waiting.number, "commercial", 10_000, DAY
    ),
    "withdraw_payout": lambda a, m: visits.withdraw_payout(a, "key-unpay", m.waiting.number, 1),
}

OF_PEOPLE: dict[str, Try] = {
    "close_year": lambda a, m: services.close_year(a, "key-close", m.person.number, 2026),
    "preview a fact": lambda a, m: later.preview(a, _fact(m)),
    "preview of a household": lambda a, m: later.preview(a, _of_household(m)),
    "preview of a row": lambda a, m: later.preview(a, _of_row(m)),
    "preview a payout": lambda a, m: later.preview(a, _payout(m)),
    "confirm a fact": lambda a, m: later.confirm(a, "key-later", _fact(m), "0" * 64, "补录"),
    "adjust": lambda a, m: services.adjust(
        a, "key-adjust", m.person.number, 2026, _fact(m), "0" * 64, "补录"
    ),
    "confirm a recovery": lambda a, m: recoveries.confirm(a, "key-decide", m.settlement.number, "应追回"),
    "pay": lambda a, m: recoveries.pay(a, "key-pay-1", m.settlement.number, "recovery", 100, DAY),
}

REGISTER: dict[str, Try] = {
    "register": lambda a, m: visits.register(
        a,
        "key-register",
        person_number=m.person.number,
        kind="inpatient",
        provider_number="next-door",
        admitted=DAY,
        provider=m.settled.provider.code,
    ),
}

COMMANDS = OF_VISITS | OF_PEOPLE | REGISTER


def _line() -> dict[str, str]:
    return {
        "number": "9", "at": "2026-05-10T09:00:00", "item": "A1", "name": "A1",
        "quantity": "1", "unit_price": "10", "amount": "10.00",
    }  # fmt: skip


def _fact(m: Matter) -> dict[str, object]:
    return {
        "recognition": {
            "person": m.person.number, "disease": "hypertension", "department": "市医院", "from": "2026-01-01",
        }
    }  # fmt: skip


def _of_household(m: Matter) -> dict[str, object]:
    number = m.person.memberships.get().household.number
    return {
        "category": {
            "household": number, "category": "extreme_poverty", "department": "民政", "from": "2026-01-01",
        }
    }  # fmt: skip


def _of_row(m: Matter) -> dict[str, object]:
    (row,) = m.person.recognitions.all()
    return {"end": {"kind": "recognition", "row": row.pk, "to": "2026-04-30"}}


def _payout(m: Matter) -> dict[str, object]:
    return {
        "payout": {
            "visit": m.settled.number,
            "payer": "commercial",
            "amount": "10.00",
            "paid_on": "2026-06-01",
        }
    }
