"""Reading visits, settlements and years, as far as the actor sees them (visibility.py); a provider reads its own visits.

Who sees no medical data is given the same shape with what tells a disease left empty (unclinical.py); who sees no amounts reads
no visits. An agent needs the matter of statements. Everything comes as JSON data. Health is personal data: every read writes
the trail, one entry a person. The number of statements does not grow with rows; lists are paged by id, the newest first.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import orjson
from django.db import transaction
from django.db.models import Model, QuerySet, Subquery
from django.db.models.functions import Coalesce

from sanchong.dates import quarter_of, today
from sanchong.money import Fen, parse_yuan, plain_yuan
from sanchong.office.accounts.services import agency_only
from sanchong.office.actor import Actor
from sanchong.office.citizens.services import require_matter
from sanchong.office.claims import unclinical
from sanchong.office.claims.ledger import PAYERS
from sanchong.office.claims.models import FeeLine, ManualCase, PersonYear, Posting, Settlement, Visit
from sanchong.office.claims.services.law import active_law
from sanchong.office.people.models import Enrolment, Person, Recognition, Waiver
from sanchong.office.providers.models import Provider
from sanchong.office.trail.services import Act, record, record_all
from sanchong.office.visibility import (
    fields_for,
    findable_people,
    known_provider,
    require_amounts,
    visible_settlements,
    visible_visits,
)
from sanchong.settlement.entry import YearSoFar
from sanchong.settlement.questions import Setting, quarterly_limit, resolve
from sanchong.settlement.refusal import Refusal
from sanchong.shapes import CATEGORIES, CHRONIC_COUNT, CHRONIC_DISEASES, PER_DISEASE, QUOTA_MODE, State

Data = dict[str, Any]

MOST_ON_A_PAGE: Final = 200


# ── a visit ──────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def visit(actor: Actor, number: str) -> Data:
    """A visit with its diagnoses, lines and payouts (withdrawn ones too), and settlements; Refusal ``no_visit``."""
    found = _visits_of(actor).filter(number=number).first()
    if found is None:
        raise Refusal("no_visit", "visit", f"没有就诊 {number}", f"no visit {number}")
    lines = list(found.lines.order_by("pk"))
    record(actor, "visit.read", "visit", number, found.person_id)
    data = {
        **_visit(found),
        "practitioner": found.practitioner,
        "department": found.department,
        "department_code": found.department_code,
        "given_pooled": _yuan(found.given_pooled),
        "given_catastrophic": _yuan(found.given_catastrophic),
        "registered_at": found.registered_at.isoformat(),
        "total": plain_yuan(sum(line.amount for line in lines if line.withdrawn_at is None)),
        "diagnoses": list(found.diagnoses.order_by("rank").values("code", "name", "practitioner")),
        "lines": [_line(line) for line in lines],
        "payouts": [
            {
                "payout": p.pk,
                "payer": p.payer,
                "amount": plain_yuan(p.amount),
                "paid_on": p.paid_on.isoformat(),
                "withdrawn_at": p.withdrawn_at and p.withdrawn_at.isoformat(),
            }
            for p in found.payouts.order_by("pk")
        ],
        "settlements": [_settlement(s, found) for s in found.settlements.order_by("pk")],
    }
    return data if fields_for(actor).clinical else unclinical.whole_visit(data)


@transaction.atomic
def visits(
    actor: Actor,
    *,
    provider: str = "",
    person: str = "",
    state: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
    after: int | None = None,
    size: int = 50,
) -> Data:
    """A page of visits: of a provider, of a person, in a state, of the days ``since`` to ``until`` (of discharge, for a stay).

    ``after`` is the id after which to go on, as the page before gave it; its own is None on the last page.
    """
    found = _visits_of(actor)
    if provider:
        found = found.filter(provider=_id_of(Provider, code=provider))
    if person:
        found = found.filter(person=_id_of(Person, number=person))
    if state:
        found = found.filter(state=state)
    if since or until:
        found = found.annotate(day=Coalesce("discharged", "admitted"))
        found = found.filter(day__gte=since) if since else found
        found = found.filter(day__lte=until) if until else found
    rows, more = _page(found, after, size)
    _shown(actor, "visit.list", (row.person for row in rows))
    listed = [_visit(row) for row in rows]
    if not fields_for(actor).clinical:
        listed = [unclinical.visit(data) for data in listed]
    return {"visits": listed, "after": more}


def _visits_of(actor: Actor) -> QuerySet[Visit]:
    require_matter(actor, "statements")
    return visible_visits(actor, Visit.objects.select_related("person", "provider"))


def _visit(row: Visit) -> Data:
    return {
        "visit": row.number,
        "state": row.state,
        "kind": row.kind,
        "person": row.person.number,
        "provider": row.provider.code,
        "provider_number": row.provider_number,
        "admitted": row.admitted.isoformat(),
        "discharged": row.discharged and row.discharged.isoformat(),
        "disease": row.disease,
    }


def _line(line: FeeLine) -> Data:
    return {
        "number": line.number,
        "batch": line.batch,
        "at": line.at.isoformat(),
        "item": line.item,
        "name": line.name,
        "quantity": str(line.quantity),
        "unit_price": str(line.unit_price),
        "amount": plain_yuan(line.amount),
        "days": line.days,
        "conforming": line.conforming,
        "withdrawn_at": line.withdrawn_at and line.withdrawn_at.isoformat(),
    }


# ── settlements ──────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def settlements(
    actor: Actor,
    *,
    provider: str = "",
    person: str = "",
    kind: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
    after: int | None = None,
    size: int = 50,
) -> Data:
    """A page of settlements, reversals, adjustments and year's ends by their day, paged as :func:`visits`."""
    found = settlements_of(actor)
    if provider:
        found = found.filter(visit__provider=known_provider(provider))
    if person:
        found = found.filter(year__person=_id_of(Person, number=person))
    if kind:
        found = found.filter(kind=kind)
    found = found.filter(day__gte=since) if since else found
    found = found.filter(day__lte=until) if until else found
    rows, more = _page(found.defer("inputs", "before", "result"), after, size)
    _shown(actor, "settlement.list", (row.year.person for row in rows))
    return {"settlements": [_settlement(row, row.visit) for row in rows], "after": more}


@transaction.atomic
def manual_cases(actor: Actor, *, after: int | None = None, size: int = 50) -> Data:
    """A page of what settlements left to a person's judgement: for the agency."""
    agency_only(actor)
    found = ManualCase.objects.filter(settlement__realm=actor.realm)
    if actor.account is not None:
        found = found.filter(settlement__in=visible_settlements(actor, Settlement.objects.all()))
    found = found.select_related("settlement__visit", "settlement__year__person")
    found = found.defer("settlement__inputs", "settlement__before", "settlement__result")
    rows, more = _page(found, after, size)
    _shown(actor, "manual_case.list", (row.settlement.year.person for row in rows))
    cases = [
        {
            "settlement": row.settlement.number,
            "visit": row.settlement.visit and row.settlement.visit.number,
            "person": row.settlement.year.person.number,
            "matter": row.matter,
            "opened_at": row.opened_at.isoformat(),
        }
        for row in rows
    ]
    return {"manual_cases": cases, "after": more}


def settlements_of(actor: Actor) -> QuerySet[Settlement]:
    """The settlements that an actor may see, with whose and where they are."""
    require_matter(actor, "statements")
    return visible_settlements(
        actor, Settlement.objects.select_related("visit__provider", "year__person", "replaces", "cause")
    )


def _settlement(row: Settlement, of: Visit | None) -> Data:
    return {
        "settlement": row.number,
        "kind": row.kind,
        "day": row.day.isoformat(),
        "at": row.at.isoformat(),
        "visit": of and of.number,
        "total": plain_yuan(row.total),
        **{payer: plain_yuan(getattr(row, payer)) for payer in PAYERS},
    }


# ── a person's year ──────────────────────────────────────────────────────────────────────────


@transaction.atomic
def account(
    actor: Actor, person_number: str, year: int, on: dt.date | None = None, *, presented: bool = False
) -> Data:
    """A person's year: accumulators, what is deferred to the year's end, the quarter's quota, entries with their postings.

    The quota is that of the day ``on``: today, or the year's last day once it is over. A provider sees the accumulators, which
    it needs at the counter, and the entries of its own visits; ``presented``: the person has just shown document or card there.
    """
    require_matter(actor, "statements")
    require_amounts(actor)
    people = findable_people(actor, Person.objects.filter(number=person_number), presented=presented)
    person = people.first()
    if person is None:
        raise Refusal("not_found", "person", f"没有人员 {person_number}", f"no person {person_number}")
    day = on or min(max(today(), dt.date(year, 1, 1)), dt.date(year, 12, 31))
    if day.year != year:
        raise Refusal("invalid_input", "on", f"{day} 不在 {year} 年内", f"{day} does not lie in {year}")
    kept = PersonYear.objects.filter(person=person, year=year).first()
    state = YearSoFar.of(orjson.loads(kept.state) if kept else {}).state
    record(actor, "person.account", "person", person_number, person.pk, year=year)
    quota = _quota(person, state, day)
    return {
        "person": person_number,
        "year": year,
        "closed": bool(kept and kept.closed),
        "accumulators": accumulators(state),
        "deferred": {
            category: plain_yuan(state.deferred_base[at])
            for at, category in enumerate(CATEGORIES)
            if state.deferred_base[at]
        },
        "quota": quota if fields_for(actor).clinical else unclinical.quota(quota),
        "entries": _entries(actor, kept) if kept else [],
    }


def accumulators(state: State) -> dict[str, str]:
    """What a year's visits have used up, in yuan, without the year's end; ``counted`` is what counts against the caps."""
    return {
        "pooled": plain_yuan(state.pooled),
        "pooled_counted": plain_yuan(state.pooled_used),
        "catastrophic_burden": plain_yuan(state.catastrophic_burden),
        "catastrophic": plain_yuan(state.catastrophic),
        "catastrophic_counted": plain_yuan(state.catastrophic_used),
        "assistance": plain_yuan(state.assistance_used),
        "assistance_deductible": plain_yuan(state.deductible_filled),
        "patient": plain_yuan(state.patient),
    }


def _entries(actor: Actor, year: PersonYear) -> list[Data]:
    rows = list(settlements_of(actor).filter(year=year).defer("inputs", "before", "result").order_by("turn"))
    postings: dict[int, list[Data]] = defaultdict(list)
    for posting in Posting.objects.filter(settlement__year=year).order_by("pk"):
        said = {"account": posting.account, "amount": plain_yuan(posting.amount)}
        postings[posting.settlement_id].append(said | {"payment": posting.payment_id is not None})
    return [
        {
            "turn": row.turn,
            **_settlement(row, row.visit),
            "provider": row.visit and row.visit.provider.code,
            "replaces": row.replaces and row.replaces.number,
            "cause": row.cause and row.cause.number,
            "postings": postings[row.pk],
        }
        for row in rows
    ]


def _quota(person: Person, state: State, day: dt.date) -> Data:
    """What the quarter of a day still pays for chronic diseases; or the refusal that says why nobody can tell."""
    quarter = quarter_of(day)
    said: Data = {
        "day": day.isoformat(),
        "quarter": quarter + 1,
        "used": plain_yuan(state.quarter_used[quarter]),
    }
    insured = Enrolment.objects.at(day, today()).filter(person=person).order_by("start", "pk").first()
    if insured is None:
        return said | {"refusal": {"code": "not_insured", "message": f"{day} 未参保"}}
    held = Recognition.objects.at(day, today()).filter(person=person).order_by("start", "pk")
    diseases = [f"{r.disease}:{r.subtype}" if r.subtype else r.disease for r in held]
    waived = list(Waiver.objects.at(day, today()).filter(person=person).values_list("first", "second"))
    setting = Setting(insured.region, day, today())
    try:
        law = active_law()
        limit = quarterly_limit(law.engine, setting, diseases, law.options, waived)
        terms = resolve(law.engine, setting).terms
    except Refusal as refusal:
        return said | {"refusal": {"code": refusal.code, "message": refusal.messages["zh"]}}
    if limit.data["limit"] is None:
        return said | {"limit": None, "text": limit.text}
    return (
        said | {"text": limit.text, "assumed": limit.assumed} | _left(limit.data, state, quarter, terms.num)
    )


def _left(limit: Data, state: State, quarter: int, num: Sequence[int]) -> Data:
    """What is left of the limit: of the one room for all, or of each disease's own."""
    if num[QUOTA_MODE] != PER_DISEASE:
        left = max(parse_yuan(limit["limit"]) - state.quarter_used[quarter], 0)
        return {"mode": "pool", "limit": limit["limit"], "left": plain_yuan(left)}
    own = {}
    for disease, part in limit["shares"].items():
        used = state.quarter_disease_used[quarter * CHRONIC_COUNT + CHRONIC_DISEASES.index(disease)]
        own[disease] = {
            "limit": part,
            "used": plain_yuan(used),
            "left": plain_yuan(max(parse_yuan(part) - used, 0)),
        }
    return {"mode": "per_disease", "limit": limit["limit"], "by_disease": own}


# ── inside ───────────────────────────────────────────────────────────────────────────────────


def _id_of(model: type[Model], **unique: str) -> Any:
    """The id of one row as a scalar subquery: the database looks it up first, and then reads an index in its order."""
    return Subquery(model._default_manager.filter(**unique).values("pk")[:1])


def _page(found: QuerySet[Any], after: int | None, size: int) -> tuple[list[Any], int | None]:
    size = max(1, min(size, MOST_ON_A_PAGE))
    if after is not None:
        found = found.filter(pk__lt=after)
    rows = list(found.order_by("-pk")[: size + 1])
    return rows[:size], rows[size - 1].pk if len(rows) > size else None


def _shown(actor: Actor, act: str, people: Iterable[Person]) -> None:
    numbers = {person.pk: person.number for person in people}
    record_all(actor, [Act(act, "person", number, pk) for pk, number in numbers.items()])


def _yuan(fen: Fen | None) -> str | None:
    return None if fen is None else plain_yuan(fen)
