"""What the site knows: the law, each worked case settled once, and which clause, value and rule meets which."""

from __future__ import annotations

import datetime as dt
import inspect
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml

import sanchong
from sanchong.bill.words import Lang
from sanchong.law.documents import Clause, Document
from sanchong.law.library import Law
from sanchong.law.values import Value
from sanchong.law.yamlfile import LawError
from sanchong.rules.registry import all_rules
from sanchong.rules.rule import Call
from sanchong.settlement.case import Case
from sanchong.settlement.options import Options
from sanchong.settlement.reading import read_case
from sanchong.settlement.refusal import Refusal
from sanchong.settlement.settle import Engine, refused
from sanchong.settlement.settled import Settled
from sanchong.shapes import ADDRESS, ADDRESSES, CONDITIONS, DISEASES

LANGS: Final[tuple[Lang, Lang]] = ("zh", "en")
CARRIERS: Final = ("rule", "value", "table", "duty")
Progress = Callable[[int, int], None]
"""Told how much is done and how much there is."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A worked case: as its file tells it, its result in both languages, and what it meets."""

    id: str
    document: str
    file: str
    title: dict[str, str]
    source: str
    arithmetic: str
    data: Any
    accepts: bool | tuple[str, ...]
    expect: dict[str, Any]
    case: Case | None
    """The case as it was read; None where it cannot be."""
    results: dict[Lang, dict[str, Any]]
    rules: frozenset[str]
    clauses: frozenset[str]
    values: dict[str, str]
    """Address to status, such as ``stated``, ``assumed`` or ``overlay`` (set by the case itself)."""
    uses: frozenset[tuple[str, str]]
    """Which rule looked up which address."""

    @property
    def ok(self) -> bool:
        """Whether it was settled."""
        return bool(self.results["zh"]["ok"])


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule as its source tells it; ``file`` is relative to the package."""

    name: str
    clause: str
    says: str
    doc: str
    source: str
    file: str
    line: int


class Shelf:
    """Everything the site shows, and the look-ups between its parts, each in the order of the law."""

    def __init__(self, law: Law, progress: Progress | None = None) -> None:
        self.law = law
        self.engine = Engine(law)
        self.worked = _settle_all(law, self.engine, progress)
        self.rules = {rule.name: rule for rule in _rule_texts()}

    @cached_property
    def rules_by_clause(self) -> dict[str, list[RuleText]]:
        """The rules that carry out each clause."""
        return _grouped((rule.clause, rule) for rule in self.rules.values())

    @cached_property
    def values_by_clause(self) -> dict[str, list[Value]]:
        """The values that each clause states."""
        return _grouped((value.clause, value) for value in self.law.values())

    @cached_property
    def values_by_address(self) -> dict[str, list[Value]]:
        """The history of each address."""
        found = _grouped((value.address.name, value) for value in self.law.values())
        for values in found.values():
            values.sort(key=lambda v: (v.period.start or dt.date.min, v.known_from, v.area))
        return found

    @cached_property
    def cases_by_clause(self) -> dict[str, list[Worked]]:
        """The worked cases that meet each clause."""
        return _grouped((clause, case) for case in self.worked for clause in sorted(case.clauses))

    @cached_property
    def cases_by_value(self) -> dict[str, list[Worked]]:
        """The worked cases that look up each address."""
        return _grouped((address, case) for case in self.worked for address in case.values)

    @cached_property
    def cases_by_rule(self) -> dict[str, list[Worked]]:
        """The worked cases whose explanation names each rule."""
        return _grouped((rule, case) for case in self.worked for rule in sorted(case.rules))

    @cached_property
    def _uses(self) -> list[tuple[str, str]]:
        return sorted({use for case in self.worked for use in case.uses if use[0] in self.rules})

    @cached_property
    def users(self) -> dict[str, list[str]]:
        """The rules that look up each address, as the worked cases' traces show."""
        return _grouped((address, rule) for rule, address in self._uses)

    @cached_property
    def used(self) -> dict[str, list[str]]:
        """The addresses that each rule looks up."""
        return _grouped(self._uses)

    @cached_property
    def rows(self) -> dict[str, Clause]:
        """The clause that carries each requirement row."""
        found: dict[str, Clause] = {}
        for clause in self.law.clauses.values():
            for row in clause.rows:
                found.setdefault(row, clause)
        return found

    @cached_property
    def tables(self) -> dict[str, int]:
        """How many table rows rest on each clause: diseases, exclusions, notices of working days."""
        found: dict[str, int] = defaultdict(int)
        for document in self.law.documents:
            for clause in [d.clause for d in document.diseases] + [e.clause for e in document.exclusions]:
                found[clause] += 1
            if document.notices:
                for clause in document.clauses:
                    found[clause] += len(document.notices)
        return found

    def carriers(self, clause: Clause) -> list[str]:
        """What carries a clause out, of CARRIERS."""
        having = (
            clause.id in self.rules_by_clause,
            clause.id in self.values_by_clause,
            clause.id in self.tables,
            clause.duty is not None,
        )
        return [name for name, has in zip(CARRIERS, having, strict=True) if has]

    def document_of(self, clause: str) -> Document:
        """The document of a clause."""
        return self.law.by_id[self.law.clauses[clause].document]


def _grouped(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for key, item in pairs:
        found[key].append(item)
    return dict(found)


# ── rules ────────────────────────────────────────────────────────────────────────────────────


def _rule_texts() -> Iterator[RuleText]:
    package = Path(sanchong.__file__).parent
    for name, rule in sorted(all_rules().items()):
        if not rule.clause:
            continue
        file = Path(inspect.getsourcefile(rule.bare) or "")
        lines, first = inspect.getsourcelines(rule.bare)
        inside = file.is_relative_to(package)
        yield RuleText(
            name,
            rule.clause,
            rule.says if isinstance(rule.says, str) else "",
            _paragraphs(rule.__doc__ or ""),
            "".join(lines).rstrip(),
            f"sanchong/{file.relative_to(package).as_posix()}" if inside else file.name,
            first,
        )


def _paragraphs(doc: str) -> str:
    """A docstring for reading: one line a paragraph, without the marks of code."""
    parts = inspect.cleandoc(doc).replace("``", "").split("\n\n")
    return "\n".join(" ".join(part.split()) for part in parts)


# ── worked cases ─────────────────────────────────────────────────────────────────────────────


def _settle_all(law: Law, engine: Engine, progress: Progress | None) -> list[Worked]:
    rows = [(document, file, row) for document in law.documents for file, row in _case_rows(document)]
    worked = []
    for at, (document, file, row) in enumerate(rows):
        if progress:
            progress(at, len(rows))
        worked.append(_worked(engine, document, file, row))
    return worked


def _case_rows(document: Document) -> Iterator[tuple[Path, dict[str, Any]]]:
    for file in sorted((document.folder / "cases").glob("*.yaml")):
        try:
            rows = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            raise LawError(file, mark.line + 1 if mark else 0, "expected YAML") from None
        for at, row in enumerate(rows if isinstance(rows, list) else [rows]):
            wanted = ("title", "source", "arithmetic", "case", "expect")
            if not isinstance(row, dict) or any(key not in row for key in wanted):
                raise LawError(file, 0, f"worked case {at + 1}: expected {', '.join(wanted)}")
            if not isinstance(row["title"], dict) or not {*LANGS} <= set(row["title"]):
                raise LawError(file, 0, f"worked case {at + 1}: expected a title in zh and en")
            yield file, row


def _worked(engine: Engine, document: Document, file: Path, row: Mapping[str, Any]) -> Worked:
    data, accepts = row["case"], row.get("accept_assumed", False)
    accepts = tuple(map(str, accepts)) if isinstance(accepts, list) else bool(accepts)
    options = Options(accept_assumed=accepts)
    name = str(data.get("case", "")) if isinstance(data, dict) else ""
    case: Case | None = None
    clauses, rules, values = set[str](), set[str](), dict[str, str]()
    uses: frozenset[tuple[str, str]] = frozenset()
    try:
        case = read_case(data, engine.law.diseases)
        settled = engine.fold(case, options)
        result = engine.result(settled, options)
        results = {lang: result for lang in LANGS}
        uses = frozenset(_uses_of(settled))
        for node in _nodes(result):
            clauses.add(node["clause"])
            if node["rule"] == "value":
                values[node["inputs"]["address"]] = node["inputs"]["status"]
            else:
                rules.add(node["rule"])
    except Refusal as refusal:
        results = {lang: refused(name or None, refusal, lang) for lang in LANGS}
        clauses |= {refusal.clause, *_clauses_of_pairs(engine.law, case, refusal)}
        if refusal.where in ADDRESS:
            values[refusal.where] = {"assumed_value": "assumed", "unmodelled": "unmodelled"}.get(
                refusal.code, "missing"
            )
    return Worked(
        f"{document.id}.{file.stem}.{name}",
        document.id,
        f"{file.parents[2].name}/{document.folder.name}/cases/{file.name}",
        {lang: str(row["title"][lang]) for lang in LANGS},
        str(row["source"]),
        str(row["arithmetic"]),
        data,
        accepts,
        row["expect"] if isinstance(row["expect"], dict) else {},
        case,
        results,
        frozenset(rules),
        frozenset(clauses - {""}),
        dict(sorted(values.items())),
        uses,
    )


def _nodes(result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node of a result's explanations."""
    left = [node for visit in result["visits"] for node in visit["explanation"]]
    left += (result["close_year"] or {}).get("explanation", [])
    while left:
        node = left.pop()
        yield node
        left += node["children"]


def _uses_of(settled: Settled) -> Iterator[tuple[str, str]]:
    """Each look-up of a value, with the rule that made it."""
    calls = [(call, "") for done in settled.visits for call in (*done.line_calls, *done.calls)]
    calls += [(call, "") for call in settled.closing_calls]
    while calls:
        call, above = calls.pop()
        if call.rule.clause:
            calls += [(inner, call.rule.name) for inner in call.calls]
        elif above:
            yield above, _address_of(call)


def _address_of(call: Call) -> str:
    return str(ADDRESSES[call.inputs[2]].name)


def _clauses_of_pairs(law: Law, case: Case | None, refusal: Refusal) -> Iterator[str]:
    """The clauses of the exclusion pairs that a case refused for them holds."""
    if case is None or refusal.code != "mutually_exclusive":
        return
    held = set()
    for recognition in case.person.recognitions:
        code = DISEASES[recognition.disease]
        held |= {code, f"{code}:{recognition.subtype}"}
    waived = {frozenset(pair) for pair in case.person.waived}
    for document in law.documents:
        for pair in document.exclusions:
            sides = {CONDITIONS[pair.a], CONDITIONS[pair.b]}
            if sides <= held and frozenset(sides) not in waived:
                yield pair.clause
