"""Reading an explanation as the contract writes it: finding rules, telling what stands beneath one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Final

from sanchong.bill.model import Citation, Detail, Sentence, UsedValue
from sanchong.bill.words import Lang, say
from sanchong.law.labels import STATUS, address_label
from sanchong.law.library import Law
from sanchong.law.values import parse_figure
from sanchong.money import NO_LIMIT, Rate, parse_rate, parse_yuan, percent, yuan
from sanchong.shapes import ADDRESS

Node = dict[str, Any]

SUMMARIES: Final = frozenset(
    ("basic_insurance", "catastrophic_insurance", "assistance_on_stay", "assistance_on_visit", "line_scope")
)
"""Rules whose sentence only repeats in short what the rules beneath say."""


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """All nodes, each before its children."""
    for node in nodes:
        yield node
        yield from walk(node.get("children", ()))


def find(nodes: Iterable[Node], *rules: str) -> Node | None:
    """The first node of one of ``rules``."""
    return next((node for node in walk(nodes) if node["rule"] in rules), None)


def beneath(nodes: Iterable[Node]) -> Iterator[Node]:
    """All nodes in the order of a calculation: children before what they lead to."""
    for node in nodes:
        yield from beneath(node.get("children", ()))
        yield node


def fen(node: Node | None, name: str) -> int | None:
    """A node's input ``name`` in fen; None where there is none, NO_LIMIT where it is without limit."""
    if node is None or name not in node["inputs"]:
        return None
    value = node["inputs"][name]
    return NO_LIMIT if value is None else parse_yuan(value)


def sentence(node: Node) -> str:
    """A node's sentence, with its result where the sentence leaves it out."""
    text = str(node["text"])
    if node["amount"] is not None and "×" in text and "=" not in text and "：" not in text:
        text += f" = {yuan(parse_yuan(node['amount']))}"
    return text


class Teller:
    """Tells what stands in explanations, by one law and in one language."""

    def __init__(self, law: Law, lang: Lang) -> None:
        self.law = law
        self.lang: Lang = lang

    def cite(self, clause: str) -> Citation | None:
        """A clause as it is cited; None for "". One that the law no longer has is cited by its id."""
        if not clause:
            return None
        found = self.law.clauses.get(clause)
        if found is None:
            return Citation(clause, clause, "", "", "")
        document = self.law.by_id[found.document]
        label = self.law.clause_label(clause, self.lang)
        return Citation(
            clause, label, document.title[self.lang], found.place[self.lang], found.gist[self.lang]
        )

    def cite_node(self, node: Node | None) -> Citation | None:
        """The clause of a node."""
        return self.cite(str(node["clause"])) if node else None

    def value(self, node: Node) -> UsedValue:
        """A policy value that an explanation names."""
        address, status = node["inputs"]["address"], node["inputs"]["status"]
        status_label = STATUS[status][self.lang == "en"] if status in STATUS else str(status)
        return UsedValue(
            address,
            address_label(address, self.law.diseases, self.lang),
            self.shown(address, node["inputs"]["value"], status),
            status,
            status_label,
            self.cite_node(node),
        )

    def shown(self, address: str, value: Any, status: str) -> str:
        """A value in canonical form as people read it."""
        if status in ("missing", "unmodelled"):
            return STATUS[status][self.lang == "en"]
        known = ADDRESS.get(address)
        if known is None:
            return str(value)
        figure = parse_figure(known, value)
        match known.unit:
            case "yuan" | "yuan_or_none":
                return say("no_limit", self.lang) if figure.num == NO_LIMIT else yuan(figure.num)
            case "rate":
                return percent(Rate(figure.num, figure.den))
            case "flag":
                return say("yes" if figure.num else "no", self.lang)
            case "mode":
                return say(str(value), self.lang)
            case "bands":
                rows = [(yuan(a), percent(Rate(n, figure.den))) for a, n in figure.bands]
                return ("；" if self.lang == "zh" else "; ").join(
                    say("over", self.lang, above=above, rate=rate) for above, rate in rows
                )
        return str(value)

    def values(self, nodes: Iterable[Node]) -> tuple[UsedValue, ...]:
        """The policy values beneath ``nodes``, each address once."""
        found = [self.value(node) for node in walk(nodes) if node["rule"] == "value"]
        return tuple({value.address: value for value in found}.values())

    def detail(self, nodes: Sequence[Node], before: Sequence[str] = (), after: Sequence[str] = ()) -> Detail:
        """What stands beneath ``nodes``; ``before`` and ``after`` are sentences of the bill's own."""
        said = [Sentence(text) for text in before]
        for root in nodes:
            for node in beneath([root]):
                silent = node["rule"] == "value" or (node["rule"] in SUMMARIES and node["children"])
                if not silent and node["text"]:
                    said.append(Sentence(sentence(node), root.get("line", "")))
        said += [Sentence(text) for text in after]
        cited: dict[str, dict[str, Citation]] = {}
        rules = [n for n in beneath(nodes) if n["rule"] != "value" and n["rule"] not in SUMMARIES]
        values = [n for n in beneath(nodes) if n["rule"] == "value"]
        for node in [*rules, *values]:
            citation = self.cite_node(node)
            if citation is not None:
                cited.setdefault(citation.label, {})[citation.id] = citation
        clauses = tuple(tuple(group.values()) for group in cited.values())
        return Detail(tuple(dict.fromkeys(said)), self.values(nodes), clauses)


def bands_told(node: Node | None, lang: Lang) -> list[str]:
    """What catastrophic insurance pays on the slice of the burden, band by band."""
    slice_ = find([node], "slice_due") if node else None
    bands = next(
        (n for n in walk([node]) if n["rule"] == "value" and ".bands." in n["inputs"]["address"])
        if node
        else iter(()),
        None,
    )
    before, after, deductible = (fen(slice_, name) for name in ("before", "after", "deductible"))
    if bands is None or before is None or after is None or deductible is None or after <= deductible:
        return []
    start, end = max(before - deductible, 0), after - deductible
    rows = [(parse_yuan(row["above"]), parse_rate(row["rate"])) for row in bands["inputs"]["value"]]
    told, due = [], Fraction(0)
    for place, (above, rate) in enumerate(rows):
        top = min(end, rows[place + 1][0]) if place + 1 < len(rows) else end
        part = max(top - max(start, above), 0)
        if part:
            exact = Fraction(part * rate.num, rate.den)
            due += exact
            sum_of = f"{yuan(part)} × {percent(rate)} = {_exact(exact, lang)}"
            told.append(say("band", lang, above=yuan(above)) + sum_of)
    if len(told) > 1:
        told.append(f"{say('band_sum', lang)} {_exact(due, lang)}")
    return told


def _exact(amount: Fraction, lang: Lang) -> str:
    """An amount in fen; where it is no whole number of them, rounded and said to be so."""
    if amount.denominator == 1:
        return yuan(amount.numerator)
    rounded = (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)
    return f"{yuan(rounded)}（{say('rounds', lang)}）"
