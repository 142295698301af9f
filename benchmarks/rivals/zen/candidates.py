"""GoRules zen-engine: one visit a decision, what the year has used passed in and out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import zen
from benchmarks.rivals.figures import Figures
from benchmarks.rivals.population import CATEGORIES, CHRONIC_DISEASES, HOSPITALS, KINDS, NOTHING, Person
from benchmarks.rivals.worker import AMOUNTS, WIDTH, Answer, Candidate, Run, serve
from benchmarks.rivals.zen.model import quota_model, visit_model

PEOPLE = 200

UNUSED = {
    name: 0
    for name in ("pooled", "quarter", "burden", "catastrophic", "deductible", "assistance", "deferred")
}
Year = tuple[list[tuple[int, dict[str, Any]]], int]
"""The month and the result of each visit, and the year's end payment."""


def prepare(people: list[Person], figures: Figures) -> Run:
    """The decisions compiled, the visits' facts made ahead.

    The models come from a static loader and are called by key: five times as fast as ``create_decision``, which
    compiles their expressions at each call.
    """
    models = {"quota": quota_model(figures), "visit": visit_model(figures)}
    content = {key: json.loads(model) for key, model in models.items()}
    engine = zen.ZenEngine({"loader": {"type": "static", "content": content}})
    given = [_facts(person) for person in people]
    at_end = [(c.outpatient_rate, c.assistance_cap) for c in figures.categories]

    def settle_year(person: Person, diseases: list[dict[str, str]], visits: list[dict[str, Any]]) -> Year:
        quota = engine.evaluate("quota", {"diseases": diseases})["result"]["quota"]
        used, quarter, settled = UNUSED, 0, []
        for visit in visits:
            if visit["month"] // 3 != quarter:
                used, quarter = {**used, "quarter": 0}, visit["month"] // 3
            result = engine.evaluate("visit", {**visit, "quota": quota, "used": used})["result"]
            used = result["year"]
            settled.append((visit["month"], result))
        rate, cap = at_end[person.category]
        paid = (2 * int(used["deferred"]) * rate.num + rate.den) // (2 * rate.den)
        return settled, paid if cap is None else min(paid, cap - int(used["assistance"]))

    return lambda: [settle_year(*facts) for facts in given]


def _facts(person: Person) -> tuple[Person, list[dict[str, str]], list[dict[str, Any]]]:
    months = enumerate(zip(person.kinds, person.amounts, strict=True))
    visits = [
        {
            "month": month,
            "kind": KINDS[kind],
            "in_policy": fen,
            "category": CATEGORIES[person.category],
            "hospital": HOSPITALS[person.hospital],
        }
        for month, (kind, fen) in months
        if kind != NOTHING
    ]
    return person, [{"name": CHRONIC_DISEASES[disease]} for disease in person.diseases], visits


def answers(results: Iterable[Year]) -> Iterator[Answer]:
    """The results side by side."""
    for settled, at_end in results:
        answer = [0] * (WIDTH - 1) + [at_end]
        for month, result in settled:
            first = month * len(AMOUNTS)
            answer[first : first + len(AMOUNTS)] = [int(result[name]) for name in AMOUNTS]
        yield answer


CANDIDATE = Candidate("GoRules zen-engine", PEOPLE, prepare, answers)

if __name__ == "__main__":
    serve([CANDIDATE])
