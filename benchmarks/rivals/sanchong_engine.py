"""Sanchong itself, one person at a time: ``Engine.settle``, explained and not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from benchmarks.rivals.figures import Figures
from benchmarks.rivals.from_law import AREA, KNOWN_ON, visit_day
from benchmarks.rivals.population import (
    CATEGORIES,
    CHRONIC,
    CHRONIC_DISEASES,
    HOSPITALS,
    MONTHS,
    NOTHING,
    SPECIAL_DISEASE,
    STAY,
    YEAR,
    Person,
)
from benchmarks.rivals.worker import AMOUNTS, WIDTH, Answer, Candidate, Run, serve

from sanchong import Engine, Options, load_law
from sanchong.money import parse_yuan, plain_yuan

PEOPLE = 200
FEE_CLASSES = {
    "first": (1, "city"),
    "second_city": (2, "city"),
    "second_county": (2, "county"),
    "third": (3, "county"),
}


def case_of(number: int, person: Person) -> dict[str, Any]:
    """A person's year as a case of the settle contract."""
    always = {"from": f"{YEAR}-01-01", "to": None}
    category = CATEGORIES[person.category]
    diseases = [CHRONIC_DISEASES[place] for place in person.diseases] + [SPECIAL_DISEASE] * person.special
    return {
        "case": f"case-{number}",
        "region": AREA,
        "year": YEAR,
        "known_on": KNOWN_ON.isoformat(),
        "person": {
            "id": f"person-{number}",
            "insurance": "resident",
            "household_region": AREA,
            "categories": [] if category == "none" else [{"category": category, **always}],
            "recognitions": [{"disease": disease, **always} for disease in diseases],
        },
        "visits": [_visit(person, month) for month in range(MONTHS) if person.kinds[month] != NOTHING],
        "close_year": True,
    }


def _visit(person: Person, month: int) -> dict[str, Any]:
    kind = person.kinds[month]
    fee_class, administrative_level = FEE_CLASSES[HOSPITALS[person.hospital]]
    visit: dict[str, Any] = {
        "id": f"visit-{month}",
        "kind": "inpatient" if kind == STAY else "outpatient",
        "date": visit_day(month).isoformat(),
        "provider": {
            "id": "hospital",
            "region": AREA,
            "designated": True,
            "level": 2,
            "fee_class": fee_class,
            "administrative_level": administrative_level,
        },
        "lines": [{"id": "line", "amount": plain_yuan(person.amounts[month]), "class": "A"}],
    }
    if kind == STAY:
        visit["referred"] = True
    else:
        visit["disease"] = CHRONIC_DISEASES[person.diseases[0]] if kind == CHRONIC else SPECIAL_DISEASE
    return visit


def _prepare(people: list[Person], explain: bool) -> Run:
    engine, options = Engine(load_law()), Options(accept_assumed=True, explain=explain)
    cases = [case_of(number, person) for number, person in enumerate(people)]
    return lambda: [engine.settle(case, options) for case in cases]


def prepare_explained(people: list[Person], _figures: Figures) -> Run:
    """Cases made ahead; each result has its explanation and receipt."""
    return _prepare(people, explain=True)


def prepare_unexplained(people: list[Person], _figures: Figures) -> Run:
    """The same without explanations."""
    return _prepare(people, explain=False)


def answers(results: Iterable[dict[str, Any]]) -> Iterator[Answer]:
    """The results in fen; ValueError at a refusal."""
    for result in results:
        if not result["ok"]:
            raise ValueError(result["error"])
        answer = [0] * WIDTH
        for visit in result["visits"]:
            first = (int(visit["date"][5:7]) - 1) * len(AMOUNTS)
            answer[first : first + len(AMOUNTS)] = [parse_yuan(visit[name]) for name in AMOUNTS]
        answer[-1] = parse_yuan(result["close_year"]["assistance"])
        yield answer


EXPLAINED = Candidate("sanchong, explained", PEOPLE, prepare_explained, answers)
UNEXPLAINED = Candidate("sanchong, without explanation", PEOPLE, prepare_unexplained, answers)

if __name__ == "__main__":
    serve([EXPLAINED, UNEXPLAINED])
