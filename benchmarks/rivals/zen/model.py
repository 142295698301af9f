"""The rules as two GoRules decision models, written by us: a person's quota, and one visit.

A decision keeps nothing: what the year has used comes in with a visit and goes out with it. Amounts are fen, which
ZEN computes as decimals; its ``round`` takes a half upwards. The figures stand in the models, in their
tables where they differ by case.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from benchmarks.rivals.figures import Category, Figures, Rate
from benchmarks.rivals.population import CATEGORIES, CHRONIC_DISEASES, HOSPITALS

Node = dict[str, Any]
Expressions = Iterable[tuple[str, str]]

NO_CAP = 10**15
"""A cap that is none, in fen."""


def quota_model(figures: Figures) -> str:
    """The quarterly quota of a person's ``diseases``: the highest limit, and a share of each of the next ones.

    ZEN has no sorting: a disease's rank is how many stand above it, those of an equal limit in their order.
    """
    limits = zip(CHRONIC_DISEASES, figures.quarterly_limits, strict=True)
    places = range(len(CHRONIC_DISEASES))
    above = "f.limit > e.limit or (f.limit == e.limit and f.place < e.place)"
    part = (
        f"#.rank == 0 ? #.limit : "
        f"#.rank <= {figures.stacking_max_others} ? round(#.limit * {_rate(figures.stacking_rate)}) : 0"
    )
    table = _table(
        "limits",
        "name",
        ("limit", "place"),
        [(name, [limit, place]) for (name, limit), place in zip(limits, places, strict=True)],
    )
    table["content"] |= {"executionMode": "loop", "inputField": "diseases", "outputPath": "limits"}
    ranked = f"map(limits as e, {{limit: e.limit, rank: len(filter(limits as f, {above}))}})"
    return _in_a_row(
        table, _expressions("quota", [("ranked", ranked), ("quota", f"sum(map($.ranked, {part}))")])
    )


def visit_model(figures: Figures) -> str:
    """One visit: what each tier pays, and what the year has then used."""
    nodes = [
        _table(
            "by category",
            "category",
            (
                "catastrophic_deductible", "catastrophic_cap", "bands",
                "assistance_deductible", "assistance_cap", "stay_rate", "outpatient_rate",
            ),
            zip(CATEGORIES, map(_category, figures.categories), strict=True),
        ),
        _table("by hospital", "hospital", ("hospital_deductible", "hospital_rate"), _hospitals(figures)),
        _switch("by kind", "kind", ("chronic", "special", "stay")),
    ]  # fmt: skip
    wanted = f"round(in_policy * {_rate(figures.outpatient_rate)})"
    on_stay = "round(max([in_policy - hospital_deductible, 0]) * hospital_rate)"
    year = f"max([{figures.pooled_cap} - used.pooled, 0])"
    quarter = "max([quota - used.quarter, 0])"
    chronic = _expressions(
        "chronic visit",
        [
            ("pooled", f"min([{wanted}, {quarter}, {year}])"),
            *_catastrophic(),
            ("assistance", "0"),
            *_rest(quarter="used.quarter + $.pooled", deferred="used.deferred + $.remaining"),
        ],
    )
    special = _expressions(
        "special visit",
        [
            ("pooled", f"min([{wanted}, {year}])"),
            *_catastrophic(),
            ("assistance", _assistance("$.remaining * outpatient_rate")),
            *_rest(),
        ],
    )
    stay = _expressions(
        "stay",
        [
            ("pooled", f"min([{on_stay}, {year}])"),
            *_catastrophic(),
            ("taken", "min([$.remaining, max([assistance_deductible - used.deductible, 0])])"),
            ("assistance", _assistance("($.remaining - $.taken) * stay_rate")),
            *_rest(deductible="used.deductible + $.taken"),
        ],
    )
    return _branching(nodes, [chronic, special, stay])


def _catastrophic() -> Expressions:
    due = "sum(map(bands, max([min([{of}, #.top]) - #.above, 0]) * #.rate))"
    room = "max([catastrophic_cap - used.catastrophic, 0])"
    return [
        ("burden", "in_policy - $.pooled"),
        ("before", "max([used.burden - catastrophic_deductible, 0])"),
        ("after", "max([used.burden + $.burden - catastrophic_deductible, 0])"),
        ("due", f"round({due.format(of='$.after')} - {due.format(of='$.before')})"),
        ("catastrophic", f"min([$.due, {room}, $.burden])"),
        ("remaining", "$.burden - $.catastrophic"),
    ]


def _assistance(due: str) -> str:
    return f"min([round({due}), max([assistance_cap - used.assistance, 0])])"


def _rest(**changed: str) -> Expressions:
    used = {
        "pooled": "used.pooled + $.pooled",
        "quarter": "used.quarter",
        "burden": "used.burden + $.burden",
        "catastrophic": "used.catastrophic + $.catastrophic",
        "deductible": "used.deductible",
        "assistance": "used.assistance + $.assistance",
        "deferred": "used.deferred",
    } | changed
    after = ", ".join(f"{name}: {value}" for name, value in used.items())
    return [("patient", "$.remaining - $.assistance"), ("year", f"{{{after}}}")]


def _category(found: Category) -> Sequence[object]:
    tops = [*(band.above for band in found.bands[1:]), NO_CAP]
    bands = ", ".join(
        f"{{above: {band.above}, top: {top}, rate: {_rate(Rate(band.num, found.bands_den))}}}"
        for band, top in zip(found.bands, tops, strict=True)
    )
    return [
        found.catastrophic_deductible,
        NO_CAP if found.catastrophic_cap is None else found.catastrophic_cap,
        f"[{bands}]",
        found.assistance_deductible,
        NO_CAP if found.assistance_cap is None else found.assistance_cap,
        _rate(found.stay_rate),
        _rate(found.outpatient_rate),
    ]


def _hospitals(figures: Figures) -> Iterable[tuple[str, Sequence[object]]]:
    found = zip(HOSPITALS, figures.hospital_deductibles, figures.hospital_rates, strict=True)
    return [(name, [deductible, _rate(rate)]) for name, deductible, rate in found]


def _rate(rate: Rate) -> str:
    return f"({rate.num} / {rate.den})"


# ── the JSON of a model ──────────────────────────────────────────────────────────────────────


def _node(name: str, kind: str, content: dict[str, Any]) -> Node:
    return {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}, "content": content}


def _expressions(name: str, expressions: Expressions) -> Node:
    rows = [{"id": f"{name}: {key}", "key": key, "value": value} for key, value in expressions]
    return _node(name, "expressionNode", {"expressions": rows, "passThrough": False})


def _table(
    name: str, column: str, results: Sequence[str], rows: Iterable[tuple[str, Sequence[object]]]
) -> Node:
    """A decision table that looks up ``results`` by one text column."""
    rules = [
        {"_id": key, "in": f'"{key}"'}
        | {name: str(value) for name, value in zip(results, values, strict=True)}
        for key, values in rows
    ]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": "in", "name": column, "field": column, "type": "expression"}],
        "outputs": [{"id": key, "name": key, "field": key, "type": "expression"} for key in results],
        "rules": rules,
        "passThrough": True,
    }
    return _node(name, "decisionTableNode", content)


def _switch(name: str, field: str, values: Sequence[str]) -> Node:
    statements = [{"id": value, "condition": f"{field} == '{value}'"} for value in values]
    return _node(name, "switchNode", {"hitPolicy": "first", "statements": statements})


def _in_a_row(*nodes: Node) -> str:
    row = [_node("in", "inputNode", {}), *nodes, _node("out", "outputNode", {})]
    return json.dumps({"nodes": row, "edges": [_edge(a, b) for a, b in pairwise(row)]})


def _branching(nodes: list[Node], branches: list[Node]) -> str:
    """``nodes`` in a row, the last of them a switch, with one branch a statement, and the end."""
    row, end = [_node("in", "inputNode", {}), *nodes], _node("out", "outputNode", {})
    statements = nodes[-1]["content"]["statements"]
    edges = [_edge(a, b) for a, b in pairwise(row)]
    edges += [
        _edge(nodes[-1], branch) | {"sourceHandle": statement["id"]}
        for statement, branch in zip(statements, branches, strict=True)
    ]
    edges += [_edge(branch, end) for branch in branches]
    return json.dumps({"nodes": [*row, *branches, end], "edges": edges})


def _edge(source: Node, target: Node) -> dict[str, str]:
    name = f"{source['id']} → {target['id']}"
    return {"id": name, "type": "edge", "sourceId": source["id"], "targetId": target["id"]}
