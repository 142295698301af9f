"""What carries each clause out: rules, values, rows of tables, the document's own period, a duty of the office."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from sanchong.law.documents import Clause, Document
from sanchong.law.library import Law

CARRIERS: Final = ("rule", "value", "table", "period", "duty")
"""The kinds of carrier. A duty carries what is procedural; the others what is computed."""
COMPUTING: Final = CARRIERS[:-1]

Carried = dict[str, list[str]]
"""By kind of carrier, in the order of CARRIERS, what it is: rules, addresses, tables, ``from`` or ``to``, the duty."""


def carriers(law: Law, rules: Mapping[str, Collection[str]]) -> dict[str, Carried]:
    """By clause what carries it; ``rules`` are the names of the rules by clause. Every clause of the law is there."""
    found: dict[str, dict[str, dict[str, None]]] = {c: defaultdict(dict) for c in law.clauses}
    for document in law.documents:
        for clause, kind, name in _of(document):
            found[clause][kind][name] = None
    for clause, names in rules.items():
        if clause in found:
            found[clause]["rule"] = dict.fromkeys(names)
    return {
        clause: {kind: list(by_kind[kind]) for kind in CARRIERS if by_kind.get(kind)}
        for clause, by_kind in found.items()
    }


def _of(document: Document) -> Iterator[tuple[str, str, str]]:
    """Clause, kind of carrier and name of all that a document itself says."""
    for value in document.values:
        yield value.clause, "value", value.address.name
    for disease in document.diseases:
        yield from ((clause, "table", "diseases") for clause in disease.clauses())
    for exclusion in document.exclusions:
        yield exclusion.clause, "table", "exclusions"
    for legacy in document.legacy_codes or ():
        yield legacy.clause, "table", "legacy_codes"
    for clause in document.clauses.values():
        if clause.duty:
            yield clause.id, "duty", clause.duty
        if clause.by:
            period, _, bound = clause.by.partition(".")
            yield (clause.id, "period", bound) if bound else (clause.id, "table", period)


def bare(clause: Clause, carried: Mapping[str, Collection[str]]) -> list[str]:
    """The kinds of a clause that nothing carries: computable without rule, value, table or period, or without duty."""
    lacking = []
    if "computable" in clause.kind and not any(kind in carried for kind in COMPUTING):
        lacking.append("computable")
    if "procedural" in clause.kind and "duty" not in carried:
        lacking.append("procedural")
    return lacking
