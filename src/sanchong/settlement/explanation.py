"""The explanation: the recorded tree of rule calls, each with clause, inputs, amount and a Chinese sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any, Final

from sanchong.law.labels import CATEGORY, STATUS, address_label, condition_label, word
from sanchong.law.library import Law
from sanchong.law.terms import Resolution
from sanchong.law.values import Figure, plain_figure
from sanchong.money import NO_LIMIT, Rate, percent, plain_rate, plain_yuan, yuan
from sanchong.rules.providers import VIOLATIONS
from sanchong.rules.rule import Call, Rule
from sanchong.shapes import (
    ADDRESSES,
    CATEGORIES,
    CONDITIONS,
    LINE_CLASSES,
    MAX_BANDS,
    MISSING,
    UNMODELLED,
    Terms,
)


@dataclass(slots=True)
class Node:
    """One rule call as it is explained; ``result`` is raw, for the sentence of the rule above."""

    clause: str
    rule: str
    text: str
    amount: str | None
    inputs: dict[str, Any]
    children: list[Node] = field(default_factory=list)
    result: Any = None
    line: str | None = None

    def data(self) -> dict[str, Any]:
        """The node as the contract writes it."""
        said: dict[str, Any] = {
            "clause": self.clause,
            "rule": self.rule,
            "text": self.text,
            "amount": self.amount,
            "inputs": self.inputs,
            "children": [child.data() for child in self.children] if self.children else [],
        }
        if self.line is not None:
            said["line"] = self.line
        return said


class Explainer:
    """Turns recorded calls into nodes, under one resolution of the law."""

    def __init__(self, law: Law, resolution: Resolution) -> None:
        self.law = law
        self.resolution = resolution

    def nodes(self, calls: Iterable[Call]) -> list[Node]:
        """The nodes of some calls; a call without a sentence yields its children in its place."""
        found: list[Node] = []
        for call in calls:
            if not call.rule.clause:
                found.append(self.value(call.inputs[2]))
                continue
            children = self.nodes(call.calls) if call.calls else []
            node = self._node(call, children)
            if node.text:
                found.append(node)
            else:
                found += children
        return found

    def _node(self, call: Call, children: list[Node]) -> Node:
        rule, result = call.rule, call.result
        inputs = {name: plain(call.inputs[place]) for place, name, _, plain in _printed(rule)}
        return Node(
            rule.clause,
            rule.name,
            self._sentence(rule, call, children),
            plain_yuan(result) if rule.returns == "Fen" and result != NO_LIMIT else None,
            inputs,
            children,
            result,
        )

    def _sentence(self, rule: Rule[..., Any], call: Call, children: list[Node]) -> str:
        says = rule.says
        if isinstance(says, str):
            shown = {name: self._show(unit, call.inputs[place]) for place, name, unit, _ in _printed(rule)}
            return says.format(**shown, result=self._show(rule.returns, call.result))
        raw = dict(zip(rule.parameters, call.inputs, strict=True))
        return says(SimpleNamespace(**raw, result=call.result, children=children))

    def _show(self, unit: str, value: Any) -> Any:
        match unit:
            case "Fen":
                return yuan(value)
            case "Rate":
                return percent(value)
            case "Condition":
                return condition_label(value, self.law.diseases)
            case "Conditions":
                return "、".join(condition_label(c, self.law.diseases) for c in members(value))
            case "Category":
                return word(CATEGORY, CATEGORIES[value - 1]) if value else "非救助对象"
            case "Categories":
                return "、".join(word(CATEGORY, CATEGORIES[c]) for c in members(value))
            case "Area":
                return str(value) if value else "无"
            case "Quota":
                return SimpleNamespace(total=yuan(value.total), own=yuan(value.own))
        return PLAIN[unit](value) if unit in PLAIN else value

    def value(self, slot: int) -> Node:
        """A policy value that was looked up: its clause is that which states it."""
        told = self.resolution.told.get(slot)
        if told is None:
            told = self.resolution.told[slot] = self._value(slot)
        node: Node = told
        return node

    def _value(self, slot: int) -> Node:
        terms = self.resolution.terms
        address = ADDRESSES[slot]
        source = self.resolution.sources[slot]
        status = source.status if source else status_of(self.resolution, slot)
        label = address_label(address.name, self.law.diseases)
        text = f"{label}：{show_value(terms, slot)}"
        if status in ("assumed", "overlay"):
            text += f"（{word(STATUS, status)}）"
        value = None if terms.status[slot] in (MISSING, UNMODELLED) else plain_value(terms, slot)
        inputs = {"address": address.name, "value": value, "status": status}
        return Node(source.clause if source else "", "value", text, None, inputs)


@cache
def _printed(rule: Rule[..., Any]) -> tuple[tuple[int, str, str, Callable[[Any], Any]], ...]:
    """The inputs of a rule that an explanation prints: place, name, unit and how it is written."""
    return tuple(
        (place, name, unit, PLAIN[unit])
        for place, (name, unit) in enumerate(rule.parameters.items())
        if unit in PLAIN
    )


def status_of(resolution: Resolution, slot: int) -> str:
    """What is said of the value at ``slot``: a law file's word, or overlay, missing, unmodelled."""
    source = resolution.sources[slot]
    if source is not None:
        return source.status
    if slot in resolution.overlaid:
        return "overlay"
    return "unmodelled" if resolution.terms.status[slot] == UNMODELLED else "missing"


def members(bits: int) -> list[int]:
    """The members of a set written as bits."""
    return [place for place in range(bits.bit_length()) if bits >> place & 1]


def figure_of(terms: Terms, slot: int) -> Figure:
    """The figure that Terms hold at ``slot``."""
    bands: tuple[tuple[int, int], ...] = ()
    if ADDRESSES[slot].unit == "bands":
        start = ADDRESSES[slot].place * MAX_BANDS
        rows = range(start, start + terms.num[slot])
        bands = tuple((terms.bands_above[i], terms.bands_num[i]) for i in rows)
    return Figure(terms.num[slot], terms.den[slot], bands)


def plain_value(terms: Terms, slot: int) -> Any:
    """The value at ``slot`` in canonical form."""
    return plain_figure(ADDRESSES[slot], figure_of(terms, slot))


def show_value(terms: Terms, slot: int) -> str:
    """The value at ``slot`` as people read it."""
    if terms.status[slot] in (MISSING, UNMODELLED):
        return "无" if terms.status[slot] == MISSING else "另行规定"
    figure = figure_of(terms, slot)
    match ADDRESSES[slot].unit:
        case "yuan" | "yuan_or_none":
            return yuan(figure.num)
        case "rate":
            return percent(Rate(figure.num, figure.den))
        case "flag":
            return "是" if figure.num else "否"
        case "mode":
            return "各病种分算" if figure.num else "各病种合用"
        case "date":
            return dt.date.fromordinal(figure.num).isoformat()
        case "bands":
            rows = [
                f"超出 {yuan(above)} 以上 {percent(Rate(num, figure.den))}" for above, num in figure.bands
            ]
            return "；".join(rows)
    return str(figure.num)


def _plain_limit(fen: int) -> str | None:
    return None if fen == NO_LIMIT else plain_yuan(fen)


PLAIN: Final[dict[str, Callable[[Any], Any]]] = {
    "Fen": _plain_limit,
    "Rate": plain_rate,
    "bool": bool,
    "int": int,
    "Day": lambda day: dt.date.fromordinal(day).isoformat() if day else None,
    "Category": lambda code: CATEGORIES[code - 1] if code else None,
    "Condition": CONDITIONS.__getitem__,
    "Conditions": lambda bits: [CONDITIONS[c] for c in members(bits)],
    "Categories": lambda bits: [CATEGORIES[c] for c in members(bits)],
    "Area": lambda area: str(area) if area else None,
    "LineClass": LINE_CLASSES.__getitem__,
    "Violations": lambda bits: [VIOLATIONS[v] for v in members(bits)],
}
"""How an input is written in an explanation, by its unit; inputs of other types are left out."""
