"""A part of the population made into rows, its visits settled by the very engine and case that the office settles by."""

from __future__ import annotations

import datetime as dt
import io
import tarfile
import tempfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import orjson

from sanchong import Engine
from sanchong.dates import SHANGHAI
from sanchong.law.library import law_in
from sanchong.office.claims import ledger
from sanchong.office.claims.known import Fact, Head, Known, KnownLine
from sanchong.office.claims.services.law import Law
from sanchong.office.claims.services.settling import fold_known
from sanchong.office.claims.services.writing import text, unexplained
from sanchong.office.crypto import office_keys
from sanchong.office.fields import EncryptedField
from sanchong.office.operations.bulk.reading import Part
from sanchong.office.operations.bulk.rows import Loaded
from sanchong.office.operations.demo import bills, folk
from sanchong.office.operations.demo.city import township
from sanchong.office.operations.demo.encounters import PAYERS, UNSPECIFIED, lines_of
from sanchong.office.operations.demo.inhabitants import CONTRIBUTION, DEPARTMENT
from sanchong.office.people.models import Person
from sanchong.office.people.services import columns_of as person_columns
from sanchong.settlement.entry import YearSoFar
from sanchong.settlement.refusal import Refusal
from sanchong.shapes import CATEGORIES

Row = Mapping[str, Any]
SOURCE: Final = "批量装入 (bulk-load)"


@dataclass(frozen=True, slots=True)
class Place:
    """A provider: its id, code, area, and what stands in its standing."""

    id: int
    code: str
    kind: str
    words: tuple[str, str, str, str]
    """As the office's standing has them: area, level and fee class, administrative level, exception."""


@dataclass(frozen=True, slots=True)
class Office:
    """What every part is settled with."""

    realm: int
    year: int
    today: dt.date
    bundle: str
    content: bytes
    """The bundle, packed."""
    accepted: tuple[str, ...]
    edition: int
    items: dict[str, tuple[str, tuple[int, int] | None, int | None, bool, bool]]
    """By code: class, advance, cap, dual channel, special drug."""
    places: dict[str | None, Place]
    """By the population's name of the provider; None where it names none (special drugs)."""


@dataclass(slots=True)
class Done:
    """What a part came to."""

    rows: Loaded = field(default_factory=lambda: defaultdict(list))
    settled: int = 0
    visits: int = 0
    refused: Counter[str] = field(default_factory=Counter)


_office: Office
_engine: Engine


def begin(office: Office) -> None:
    """Once in each process: the engine of the law."""
    global _office, _engine  # noqa: PLW0603
    _office = office
    with tempfile.TemporaryDirectory(prefix="sanchong-law-") as name:
        with tarfile.open(fileobj=io.BytesIO(zlib.decompress(office.content))) as archive:
            archive.extractall(Path(name), filter="data")
        _engine = Engine(law_in(Path(name)))


def make(part: Part) -> Done:
    """The rows of a part. A visit that is refused stays diagnosed, and what follows it folds without it."""
    done = Done(visits=part.visits)
    people = [_person(done, part.first + i, row) for i, row in enumerate(part.rows("people"))]
    facts = [_Facts() for _ in people]
    for row in part.rows("categories"):
        _grant(done, facts[row["at"]], people[row["at"]], row)
    for row in part.rows("recognitions"):
        _recognition(done, facts[row["at"]], people[row["at"]], row)
    for row in part.rows("waivers"):
        _waiver(done, facts[row["at"]], people[row["at"]], row)
    visits: dict[int, list[tuple[int, Row]]] = defaultdict(list)
    for n, row in enumerate(part.rows("visits")):
        visits[row["at"]].append((part.first_visit + n + 1, row))
    for at, theirs in visits.items():
        _year(done, people[at], facts[at], theirs)
    return done


# ── people and what holds for them ───────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    number: str
    insurance: str
    region: str
    area: str


@dataclass(slots=True)
class _Facts:
    """What is dated, each with its period."""

    rows: list[tuple[str, Fact]] = field(default_factory=list)

    def add(self, kind: str, words: Sequence[str], start: dt.date, end: dt.date | None) -> None:
        one, two, three = (*words, "", "", "")[:3]
        last = None if end is None else end.isoformat()
        self.rows.append((kind, Fact((one, two, three, ""), start.isoformat(), last)))

    def on(self, day: dt.date) -> dict[str, list[Fact]]:
        """What holds on a day, in the office's order."""
        told, found = day.isoformat(), defaultdict(list)
        for kind, fact in self.rows:
            if fact.start <= told and (fact.end is None or told <= fact.end):
                found[kind].append(fact)
        for facts in found.values():
            facts.sort(key=lambda fact: (fact.start, fact.words))
        return dict(found)


def _number(prefix: str, n: int) -> str:
    """As new_number gives them, but counted: nobody chooses two alike, since the office was empty."""
    return f"{prefix}{_office.today:%Y%m%d}{n:012d}"


def _dated(start: dt.date, end: dt.date | None = None) -> dict[str, Any]:
    return {
        "start": start,
        "end": end,
        "known_from": min(start, _office.today),
        "source": SOURCE,
    }


def _person(done: Done, ordinal: int, row: Row) -> _Known:
    year, id = _office.year, ordinal + 1
    identity = folk.identity(ordinal, row["age"], row["sex"] == "male", year)
    columns = person_columns(identity)
    keys = office_keys()
    for f in Person._meta.concrete_fields:
        if isinstance(f, EncryptedField):
            plain = columns[f.attname]
            columns[f.attname] = keys.encrypt(plain, f.bound_to) if plain else b""
    number = _number("P", id)
    done.rows["people.Person"].append({"id": id, "number": number, "realm_id": _office.realm, **columns})
    home, area = row["home"] + 1, township(row["township"])
    long_ago = _dated(dt.date(year - 1, 1, 1))
    if row["heads"]:
        household = {"id": home, "number": _number("H", home), "realm_id": _office.realm}
        done.rows["people.Household"].append(household)
        done.rows["people.Registration"].append({"household_id": home, "area_id": area, **long_ago})
    done.rows["people.Member"].append({"person_id": id, "household_id": home, **long_ago})
    insured = {
        "person_id": id,
        "insurance": row["insurance"],
        "region": row["region"],
        "year": year,
        "contribution": CONTRIBUTION if row["insurance"] == "resident" else 0,
    }
    done.rows["people.Enrolment"].append(insured | _dated(*_whole_year()))
    return _Known(id, number, row["insurance"], row["region"], area)


def _whole_year() -> tuple[dt.date, dt.date]:
    return dt.date(_office.year, 1, 1), dt.date(_office.year, 12, 31)


def _grant(done: Done, facts: _Facts, person: _Known, row: Row) -> None:
    if row["from"] > _office.today or row["category"] not in CATEGORIES:
        return
    granted = {"person_id": person.id, "household_id": None, "category": row["category"]}
    period = _dated(row["from"], row["to"])
    done.rows["people.Grant"].append({**granted, "department": DEPARTMENT, **period})
    facts.add("category", (row["category"],), row["from"], row["to"])


def _recognition(done: Done, facts: _Facts, person: _Known, row: Row) -> None:
    if row["from"] > _office.today:
        return
    subtype, legacy = row["subtype"] or "", bool(row["legacy"])
    said = {"person_id": person.id, "disease": row["disease"], "subtype": subtype, "legacy": legacy}
    period = _dated(row["from"], row["to"])
    done.rows["people.Recognition"].append({**said, "department": DEPARTMENT, **period})
    words = (row["disease"], subtype, "true" if legacy else "false")
    facts.add("recognition", words, row["from"], row["to"])


def _waiver(done: Done, facts: _Facts, person: _Known, row: Row) -> None:
    first, second = sorted((row["disease_a"], row["disease_b"]))
    start = dt.date(_office.year - 1, 1, 1)
    waived = {"person_id": person.id, "first": first, "second": second}
    done.rows["people.Waiver"].append(waived | _dated(start))
    facts.add("waiver", (first, second), start, None)


# ── a person's year ──────────────────────────────────────────────────────────────────────────


def _year(done: Done, person: _Known, facts: _Facts, visits: Sequence[tuple[int, Row]]) -> None:
    start, end = _whole_year()
    facts.add("enrolment", (person.insurance, person.region), start, end)
    facts.add("registration", (person.area,), dt.date(_office.year - 1, 1, 1), None)
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


def _refer(done: Done, person: _Known, facts: _Facts, visits: Sequence[tuple[int, Row]]) -> None:
    start, end = _whole_year()
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
            {"person_id": person.id, "provider_code": code, **_dated(start, end)}
        )
        facts.add("referral", (code, ""), start, end)


def _head(person: _Known, place: Place, id: int, row: Row) -> Head:
    disease = row["disease"] or ""
    return Head(
        id=id,
        number=_number("V", id),
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
    done: Done, head: Head, facts: _Facts, lines: list[KnownLine], row: Row, before: dict[str, Any], turn: int
) -> dict[str, Any]:
    """The settlement with its postings; the year after it."""
    place = _office.places[row["provider"]]
    start = (dt.date(_office.year - 1, 1, 1).isoformat(), None)
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
            "number": _number("S", head.id),
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
