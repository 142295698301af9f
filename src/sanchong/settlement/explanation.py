"""The explanation: the recorded tree of rule calls, each with clause, inputs, amount and a Chinese sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Final

from sanchong.law.labels import CATEGORY, STATUS, address_label, condition_label, word
from sanchong.law.library import Law
from sanchong.law.terms import Resolution
from sanchong.law.values import Figure, plain_figure
from sanchong.money import NO_LIMIT, Rate, percent, plain_rate, plain_yuan, yuan
from sanchong.rules.providers import VIOLATIONS
from sanchong.rules.rule import Call, Rule, Version
from sanchong.settlement.telling import Tell, Words, telling
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


class Node:
    """One rule call as it is explained; ``result`` is raw, for the sentence of the rule above."""

    __slots__ = ("children", "result", "said")

    def __init__(self, said: dict[str, Any], children: list[Node], result: Any = None) -> None:
        self.said = said
        self.children = children
        self.result = result

    def data(self) -> dict[str, Any]:
        """The node as the contract writes it."""
        return self.said

    @property
    def clause(self) -> str:
        """The clause that the rule carries out, or that states the value."""
        clause: str = self.said["clause"]
        return clause

    @property
    def rule(self) -> str:
        """The rule's name; ``value`` for a policy value."""
        rule: str = self.said["rule"]
        return rule

    @property
    def text(self) -> str:
        """The sentence."""
        text: str = self.said["text"]
        return text

    @property
    def inputs(self) -> dict[str, Any]:
        """The inputs that an explanation prints, by name."""
        found: dict[str, Any] = self.said["inputs"]
        return found


class Explainer:
    """Turns recorded calls into nodes, in the words of one law and one engine: this one or a former."""

    def __init__(self, law: Law, engine: Version) -> None:
        self.law = law
        self.engine = engine
        self._tellings: dict[Rule[..., Any], Tell] = {}
        self._shown: Words = {
            **PLAIN,
            "Fen": yuan,
            "Rate": percent,
            "Condition": lambda code: condition_label(code, law.diseases),
            "Category": ("非救助对象", *(word(CATEGORY, name) for name in CATEGORIES)).__getitem__,
            "Quota": lambda quota: SimpleNamespace(total=yuan(quota.total)),
        }

    def nodes(self, calls: Iterable[Call], resolution: Resolution) -> list[Node]:
        """The nodes of some calls made under ``resolution``; a call without a sentence yields its children in its place."""
        found: list[Node] = []
        for call in calls:
            rule = call.rule
            if not rule.clause:
                found.append(self.value(call.inputs[2], resolution))
                continue
            tell = self._tellings.get(rule)
            if tell is None:
                tell = self._tellings[rule] = telling(rule, rule.sentence_of(self.engine), self._shown, PLAIN)
            children = self.nodes(call.calls, resolution) if call.calls else []
            said = tell(call.inputs, call.result, children)
            if said is None:
                found += children
            else:
                found.append(Node(said, children, call.result))
        return found

    def value(self, slot: int, resolution: Resolution) -> Node:
        """A policy value that was looked up: its clause is that which states it."""
        told = resolution.told.get(slot)
        if told is None:
            told = resolution.told[slot] = self._value(slot, resolution)
        said = told.copy()
        said["children"] = []
        return Node(said, said["children"])

    def _value(self, slot: int, resolution: Resolution) -> dict[str, Any]:
        terms = resolution.terms
        address = ADDRESSES[slot]
        source = resolution.sources[slot]
        status = status_of(resolution, slot)
        label = address_label(address.name, self.law.diseases)
        text = f"{label}：{show_value(terms, slot)}"
        if status in ("assumed", "overlay"):
            text += f"（{word(STATUS, status)}）"
        value = None if terms.status[slot] in (MISSING, UNMODELLED) else plain_value(terms, slot)
        inputs = {"address": address.name, "value": value, "status": status}
        clause = source.clause if source else ""
        return {"clause": clause, "rule": "value", "text": text, "amount": None, "inputs": inputs}


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


@lru_cache(4096)
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
