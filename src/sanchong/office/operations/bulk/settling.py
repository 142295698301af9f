"""A part of the population made into rows, its visits settled by the very engine and case that the office settles by."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from sanchong import Engine
from sanchong.dates import SHANGHAI
from sanchong.law.library import law_in
from sanchong.office.claims import ledger
from sanchong.office.claims.known import Fact, Head, Known, KnownLine
from sanchong.office.claims.services.law import Law
from sanchong.office.claims.services.settling import fold_known
from sanchong.office.claims.services.writing import text, unexplained
from sanchong.office.lawbook.services import unpack
from sanchong.office.operations.bulk import holders
from sanchong.office.operations.bulk.given import Done, Office, Place, Row
from sanchong.office.operations.bulk.holders import Facts, Holder
from sanchong.office.operations.bulk.reading import Part
from sanchong.office.operations.demo import bills
from sanchong.office.operations.demo.encounters import PAYERS, UNSPECIFIED, lines_of
from sanchong.settlement.entry import YearSoFar
from sanchong.settlement.refusal import Refusal

_office: Office
_engine: Engine


def begin(office: Office) -> None:
    """Once in each process: the engine of the law."""
    global _office, _engine  # noqa: PLW0603
    _office = office
    with tempfile.TemporaryDirectory(prefix="sanchong-law-") as name:
        unpack(office.content, Path(name))
        _engine = Engine(law_in(Path(name)))


def make(part: Part) -> Done:
    """The rows of a part. A visit that is refused stays diagnosed, and what follows it folds without it."""
    done = Done(visits=part.visits)
    people = [holders.person(done, _office, part.first + i, row) for i, row in enumerate(part.rows("people"))]
    facts = [Facts() for _ in people]
    for row in part.rows("categories"):
        holders.grant(done, _office, facts[row["at"]], people[row["at"]], row)
    for row in part.rows("recognitions"):
        holders.recognition(done, _office, facts[row["at"]], people[row["at"]], row)
    for row in part.rows("waivers"):
        holders.waiver(done, _office, facts[row["at"]], people[row["at"]], row)
    visits: dict[int, list[tuple[int, Row]]] = defaultdict(list)
    for n, row in enumerate(part.rows("visits")):
        visits[row["at"]].append((part.first_visit + n + 1, row))
    for at, theirs in visits.items():
        _year(done, people[at], facts[at], theirs)
    return done


# ── a person's year ──────────────────────────────────────────────────────────────────────────


def _year(done: Done, person: Holder, facts: Facts, visits: Sequence[tuple[int, Row]]) -> None:
    start, end = _office.whole_year
    facts.add("enrolment", (person.insurance, person.region), start, end)
    facts.add("registration", (person.area,), _office.long_ago, None)
    _refer(done, person, facts, visits)
    before: dict[str, Any] = YearSoFar().data()
    turn = 0
    for id, row in visits:
        place = _office.places[row["provider"]]
        head = _head(person, place, id, row)
        _visit(done, head, row)
        if row["date"] > _office.today:
            continue
        lines = _lines(done, head, row)
        try:
            after = _settle(done, head, facts, lines, row, before, turn + 1)
        except Refusal as refusal:
            done.refused[refusal.code] += 1
            continue
        turn, before = turn + 1, after
        done.settled += 1
        done.rows["claims.Visit"][-1]["state"] = "settled"
    if turn:
        state = {"id": person.id, "person_id": person.id, "year": _office.year}
        done.rows["claims.PersonYear"].append({**state, "state": text(before), "entries": turn})


def _refer(done: Done, person: Holder, facts: Facts, visits: Sequence[tuple[int, Row]]) -> None:
    start, end = _office.whole_year
    codes = {
        _office.places[r["provider"]].code for _, r in visits if r["kind"] == "inpatient" and r["referred"]
    }
    outside = [
        place.code
        for place in _office.places.values()
        if place.code in codes and place.words[0][:4] != person.area[:4]
    ]
    for code in sorted(set(outside)):
        done.rows["people.Referral"].append(
            {"person_id": person.id, "provider_code": code, **_office.dated(start, end)}
        )
        facts.add("referral", (code, ""), start, end)


def _head(person: Holder, place: Place, id: int, row: Row) -> Head:
    disease = row["disease"] or ""
    return Head(
        id=id,
        number=_office.number("V", id),
        realm=_office.realm,
        kind=row["kind"],
        state="diagnosed",
        admitted=row["admitted"] or row["date"],
        discharged=row["date"] if row["kind"] == "inpatient" else None,
        disease=f"{disease}:{row['subtype']}" if row["subtype"] else disease,
        practitioner="",
        given_pooled=row["given_pooled"],
        given_catastrophic=row["given_catastrophic"],
        person=person.id,
        person_number=person.number,
        provider=place.id,
        provider_code=place.code,
        provider_kind=place.kind,
        bundle=_office.bundle,
        acceptance=0,
    )


def _visit(done: Done, head: Head, row: Row) -> None:
    """The visit; one that is yet to come is registered."""
    came = row["date"] <= _office.today
    done.rows["claims.Visit"].append(
        {
            "id": head.id,
            "number": head.number,
            "realm_id": head.realm,
            "person_id": head.person,
            "provider_id": head.provider,
            "provider_number": str(head.id),
            "kind": head.kind,
            "state": "diagnosed" if came else "registered",
            "admitted": head.admitted,
            "discharged": head.discharged if came else None,
            "disease": head.disease,
            "given_pooled": head.given_pooled,
            "given_catastrophic": head.given_catastrophic,
        }
    )
    if came:
        told = {"rank": 1, "code": UNSPECIFIED, "name": "未特指的疾病"}
        done.rows["claims.Diagnosis"].append({"visit_id": head.id, **told})


def _lines(done: Done, head: Head, row: Row) -> list[KnownLine]:
    made, at = [], dt.datetime.combine(row["date"], dt.time(12), SHANGHAI)
    for n, line in enumerate(lines_of(row), 1):
        done.rows["claims.FeeLine"].append(
            {
                "visit_id": head.id,
                "number": str(n),
                "batch": "1",
                "at": at,
                "item": line.item,
                "name": line.name,
                "quantity": line.quantity,
                "unit_price": str(line.unit_price),
                "amount": line.amount,
                "conforming": line.conforming,
            }
        )
        made.append(_known_line(n, line))
    return made


def _known_line(n: int, line: bills.Line) -> KnownLine:
    item = _office.items.get(line.item)
    line_class, advance, cap, dual, special = item or (None, None, None, False, False)
    return KnownLine(
        number=str(n),
        name=line.name,
        amount=line.amount,
        quantity=Decimal(line.quantity),
        conforming=line.conforming,
        item=line.item,
        line_class=line_class,
        advance=advance,
        unit_cap=cap,
        dual_channel=dual,
        special_drug=special,
        days=None,
    )


def _settle(
    done: Done, head: Head, facts: Facts, lines: list[KnownLine], row: Row, before: dict[str, Any], turn: int
) -> dict[str, Any]:
    """The settlement with its postings; the year after it."""
    place = _office.places[row["provider"]]
    start = (_office.long_ago.isoformat(), None)
    known = Known(
        {
            **facts.on(head.day),
            "standing": [Fact(place.words, *start)],
            "agreement": [Fact(("designated", "", "", ""), *start)] if row["designated"] is not False else [],
        },
        {payer: row[payer] for payer in PAYERS if row[payer]},
    )
    law = Law(_office.bundle, _engine, _office.accepted)
    prepared = fold_known(head, known, lines, before, _office.today, law, _office.edition)
    inputs, entry = prepared.inputs, prepared.entry
    amounts = ledger.amounts_of(entry.result)
    done.rows["claims.Payout"] += [
        {"visit_id": head.id, "payer": payer, "amount": amount, "paid_on": row["date"]}
        for payer, amount in known.payouts.items()
    ]
    done.rows["claims.Settlement"].append(
        {
            "id": head.id,
            "number": _office.number("S", head.id),
            "realm_id": head.realm,
            "year_id": head.person,
            "turn": turn,
            "kind": "settle",
            "visit_id": head.id,
            "day": head.day,
            "inputs": text(inputs),
            "before": text(before),
            "result": text(unexplained(entry.result)),
            "bundle_id": _office.bundle,
            "edition_id": _office.edition,
            "accepted": orjson.dumps(list(_office.accepted)).decode(),
            "total": ledger.total_of(entry.result),
            **amounts,
        }
    )
    done.rows["claims.Posting"] += [
        {"settlement_id": head.id, "account": str(account), "provider_id": head.provider, "amount": amount}
        for account, amount in ledger.at_the_counter(amounts)
    ]
    matters = sorted({matter for visit in entry.result["visits"] for matter in visit["unmodelled"]})
    done.rows["claims.ManualCase"] += [{"settlement_id": head.id, "matter": matter} for matter in matters]
    return entry.after.data()
