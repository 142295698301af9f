"""The people of a part, and what holds for them: as rows of the office, and as the facts that their visits are settled by."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sanchong.office.claims.known import Fact
from sanchong.office.crypto import office_keys
from sanchong.office.fields import EncryptedField
from sanchong.office.operations.bulk.given import Done, Office, Row
from sanchong.office.operations.demo import folk
from sanchong.office.operations.demo.city import township
from sanchong.office.operations.demo.inhabitants import CONTRIBUTION, DEPARTMENT
from sanchong.office.people.models import Person
from sanchong.office.people.services import columns_of as person_columns
from sanchong.shapes import CATEGORIES


@dataclass(frozen=True, slots=True)
class Holder:
    """A person as their visits name them: id, number, insurance and its area, household registration."""

    id: int
    number: str
    insurance: str
    region: str
    area: str


@dataclass(slots=True)
class Facts:
    """What is dated, each with its period."""

    rows: list[tuple[str, Fact]] = field(default_factory=list)

    def add(self, kind: str, words: Sequence[str], start: dt.date, end: dt.date | None) -> None:
        """A fact that holds in a closed period."""
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


def person(done: Done, office: Office, ordinal: int, row: Row) -> Holder:
    """A person with household, registration and enrolment."""
    year, id = office.year, ordinal + 1
    identity = folk.identity(ordinal, row["age"], row["sex"] == "male", year)
    columns = person_columns(identity)
    keys = office_keys()
    for f in Person._meta.concrete_fields:
        if isinstance(f, EncryptedField):
            plain = columns[f.attname]
            columns[f.attname] = keys.encrypt(plain, f.bound_to) if plain else b""
    number = office.number("P", id)
    done.rows["people.Person"].append({"id": id, "number": number, "realm_id": office.realm, **columns})
    home, area = row["home"] + 1, township(row["township"])
    long_ago = office.dated(office.long_ago)
    if row["heads"]:
        household = {"id": home, "number": office.number("H", home), "realm_id": office.realm}
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
    done.rows["people.Enrolment"].append(insured | office.dated(*office.whole_year))
    return Holder(id, number, row["insurance"], row["region"], area)


def grant(done: Done, office: Office, facts: Facts, person: Holder, row: Row) -> None:
    """A category, if it is one of the law and has begun."""
    if row["from"] > office.today or row["category"] not in CATEGORIES:
        return
    granted = {"person_id": person.id, "household_id": None, "category": row["category"]}
    period = office.dated(row["from"], row["to"])
    done.rows["people.Grant"].append({**granted, "department": DEPARTMENT, **period})
    facts.add("category", (row["category"],), row["from"], row["to"])


def recognition(done: Done, office: Office, facts: Facts, person: Holder, row: Row) -> None:
    """A recognised disease, if its period has begun."""
    if row["from"] > office.today:
        return
    subtype, legacy = row["subtype"] or "", bool(row["legacy"])
    said = {"person_id": person.id, "disease": row["disease"], "subtype": subtype, "legacy": legacy}
    period = office.dated(row["from"], row["to"])
    done.rows["people.Recognition"].append({**said, "department": DEPARTMENT, **period})
    words = (row["disease"], subtype, "true" if legacy else "false")
    facts.add("recognition", words, row["from"], row["to"])


def waiver(done: Done, office: Office, facts: Facts, person: Holder, row: Row) -> None:
    """A pair of diseases that do not exclude each other for this person."""
    first, second = sorted((row["disease_a"], row["disease_b"]))
    start = office.long_ago
    waived = {"person_id": person.id, "first": first, "second": second}
    done.rows["people.Waiver"].append(waived | office.dated(start))
    facts.add("waiver", (first, second), start, None)
