"""The worked cases beside the law, each settled or asked once: which clause, rule and value it meets.

A clause that is a rule's own or a value's is met by every case whose trace, refusal or table has it. One
that a rule carries besides its own, or that rests on a table or on the document's period, is met only
by a case that says so under ``shows`` and has what carries it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

from sanchong.law.carriers import COMPUTING, Carried, bare, carriers
from sanchong.law.coverage import UNCARRIED
from sanchong.law.documents import Document
from sanchong.law.findings import Finding
from sanchong.law.library import Law
from sanchong.law.schemas import IN_FOLDERS
from sanchong.law.yamlfile import LawError, line_of, load_yaml
from sanchong.rules.registry import rules_by_clause
from sanchong.rules.rule import Call, recording
from sanchong.settlement.asked import Asked, answered, read_question
from sanchong.settlement.case import Case
from sanchong.settlement.options import Options
from sanchong.settlement.reading import read_case
from sanchong.settlement.refusal import Refusal
from sanchong.settlement.settle import Engine, refused
from sanchong.shapes import ADDRESS, ADDRESSES, CONDITIONS, DISEASES

Lang = Literal["zh", "en"]
LANGS: Final[tuple[Lang, Lang]] = ("zh", "en")
Progress = Callable[[int, int], None]
"""Told how much is done and how much there is."""
_ASKS: Final = {"days": "recognition_deadline", "legacy_codes": "disease_of_legacy_code"}
"""The question that looks into a table that no settlement looks into."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A worked case or question: as its file tells it, its result in both languages, and what it meets."""

    id: str
    document: str
    file: str
    """Relative to the folder of policies."""
    place: tuple[Path, int]
    """Where it stands: the file, and its row."""
    title: dict[str, str]
    source: str
    arithmetic: str
    shows: tuple[str, ...]
    data: Any
    accepts: bool | tuple[str, ...]
    expect: dict[str, Any]
    case: Case | None
    """The case as it was read; None for a question, and where it cannot be read."""
    asked: Asked | None
    """The question as it was read; None for a case, and where it cannot be read."""
    results: dict[Lang, dict[str, Any]]
    rules: frozenset[str]
    """The rules that its explanation names."""
    called: frozenset[str]
    """The rules that were called, those with nothing to say too."""
    moving: frozenset[str]
    """The rules of which some call came to something: an amount that is not 0, a fact that holds."""
    clauses: frozenset[str]
    """The clauses that its explanation, its refusal, the exclusions that it meets and silent rules cite."""
    values: dict[str, str]
    """Address to status, such as ``stated``, ``assumed`` or ``overlay`` (set by the case itself)."""
    uses: frozenset[tuple[str, str]]
    """Which rule looked up which address."""

    @property
    def ok(self) -> bool:
        """Whether it was settled or answered."""
        return bool(self.results["zh"]["ok"])

    @property
    def is_question(self) -> bool:
        """Whether it is a small question, not a case to settle."""
        return self.place[0].parent.name == "questions"


class Proofs:
    """A law's worked cases, all settled, and the clauses that they meet."""

    def __init__(self, law: Law, engine: Engine | None = None, progress: Progress | None = None) -> None:
        self.law = law
        self.worked = _settle_all(law, engine or Engine(law), progress)
        self.rules = rules_by_clause()
        self.carried = carriers(law, self.rules)

    @cached_property
    def by_clause(self) -> dict[str, list[Worked]]:
        """The worked cases that meet each clause: first those that show it, then those that meet most of it."""
        found: dict[str, list[Worked]] = defaultdict(list)
        for case in self.worked:
            shown = {clause for clause in case.shows if self.meets(case, clause)}
            for clause in sorted(case.clauses | shown):
                found[clause].append(case)
        for clause, cases in found.items():
            cases.sort(key=lambda case: self._rank(case, clause))
        return dict(found)

    def _rank(self, case: Worked, clause: str) -> tuple[bool, int, bool]:
        known = self.law.clauses.get(clause)
        elsewhere = known is None or case.document != known.document
        return clause not in case.shows, -self._weight(case, clause), elsewhere

    def meets(self, case: Worked, clause: str) -> bool:
        """Whether a case has what carries ``clause``: in its trace, its refusal, or the rows of a table."""
        if clause in case.clauses:
            return True
        carried = self.carried.get(clause, {})
        if not case.called.isdisjoint(carried.get("rule", ())):
            return True
        if "period" in carried and not case.ok:
            return bool(case.results["zh"]["error"]["code"] == "not_in_force")
        return any(self._in_table(case, clause, table) for table in carried.get("table", ()))

    def _in_table(self, case: Worked, clause: str, table: str) -> bool:
        if table == "diseases":
            document = self.law.by_id[self.law.clauses[clause].document]
            whole = self.law.clauses[clause].by == table
            rows = {d.code for d in document.diseases if whole or clause in d.clauses()}
            return not rows.isdisjoint(text.partition(":")[0] for text in _texts(case.data))
        return case.asked is not None and case.asked.name == _ASKS.get(table)

    def _weight(self, case: Worked, clause: str) -> int:
        """How much of what carries a clause comes to something in a case; a value that it sets itself does not."""
        carried = self.carried.get(clause, {})
        values = {address for address in carried.get("value", ()) if case.values.get(address) != "overlay"}
        return len(case.moving.intersection(carried.get("rule", ()))) + (not values.isdisjoint(case.values))

    def of(self, clause: str) -> Worked | None:
        """The worked case that is named for a clause."""
        return next(iter(self.by_clause.get(clause, ())), None)

    @cached_property
    def open(self) -> list[str]:
        """The clauses with something to compute that nothing carries, or that no worked case meets."""
        return [
            clause.id
            for clause in self.law.clauses.values()
            if "computable" in clause.kind
            and ("computable" in bare(clause, self.carried[clause.id]) or self.of(clause.id) is None)
        ]


def computing(carried: Carried) -> dict[str, list[str]]:
    """What carries the computable part of a clause."""
    return {kind: names for kind, names in carried.items() if kind in COMPUTING}


def unproved(law: Law) -> Iterator[Finding]:
    """What is wrong with the worked cases of a law, as a check reports it: what they show, what none of them meets."""
    proofs = Proofs(law)
    for case in proofs.worked:
        for at, clause in enumerate(case.shows):
            if clause not in law.clauses:
                said = f"本例写明的条款 {clause} 不存在", f"shows the clause {clause}, which does not exist"
            elif not proofs.meets(case, clause):
                said = (
                    f"本例没有用到 {clause} 的落实内容",
                    f"shows {clause} and meets nothing that carries it",
                )
            else:
                continue
            file, row = case.place
            line = line_of(file, (row, "shows", at))
            yield Finding(
                "mistake", "shows", f"{case.id}：{said[0]}", f"{case.id} {said[1]}", str(file), line
            )
    lacking: dict[str, list[str]] = defaultdict(list)
    for name in proofs.open:
        if not bare(law.clauses[name], proofs.carried[name]):
            lacking[law.clauses[name].document].append(name)
    for document, names in lacking.items():
        yield Finding(
            UNCARRIED,
            "proved",
            f"没有算例用到的可计算条款（{len(names)}）：{', '.join(names)}",
            f"computable and met by no worked case ({len(names)}): {', '.join(names)}",
            str(law.by_id[document].folder / "document.yaml"),
        )


# ── settling them ────────────────────────────────────────────────────────────────────────────


def _settle_all(law: Law, engine: Engine, progress: Progress | None) -> list[Worked]:
    rows = [(document, *found) for document in law.documents for found in case_rows(document)]
    worked = []
    for at, (document, file, place, row) in enumerate(rows):
        if progress:
            progress(at, len(rows))
        worked.append(_worked(engine, document, file, place, row))
    return worked


def case_rows(document: Document) -> Iterator[tuple[Path, int, dict[str, Any]]]:
    """Each worked case and question of a document as its file has it, with file and row; LawError if it is none."""
    for file in [file for kind in IN_FOLDERS for file in sorted((document.folder / kind).glob("*.yaml"))]:
        rows = load_yaml(file, merging=True)
        for at, row in enumerate(rows if isinstance(rows, list) else [rows]):
            wanted = ("title", "source", "arithmetic", "case", "expect")
            if not isinstance(row, dict) or any(key not in row for key in wanted):
                raise LawError(file, 0, "worked_fields", n=at + 1, fields=", ".join(wanted))
            if not isinstance(row["title"], dict) or not {*LANGS} <= set(row["title"]):
                raise LawError(file, 0, "worked_title", n=at + 1)
            shows = row.get("shows", [])
            if not isinstance(shows, list) or not all(isinstance(clause, str) for clause in shows):
                raise LawError(file, 0, "worked_shows", n=at + 1)
            yield file, at, row


def _worked(engine: Engine, document: Document, file: Path, place: int, row: Mapping[str, Any]) -> Worked:
    data, accepts = row["case"], row.get("accept_assumed", False)
    accepts = tuple(map(str, accepts)) if isinstance(accepts, list) else bool(accepts)
    options = Options(accept_assumed=accepts)
    name = str(data.get("case", "")) if isinstance(data, dict) else ""
    case: Case | None = None
    asked: Asked | None = None
    clauses, rules, values = set[str](), set[str](), dict[str, str]()
    with recording() as trace:
        try:
            if file.parent.name == "questions":
                asked = read_question(data, engine.law.diseases)
                result = answered(asked.answer(engine, options))
            else:
                case = read_case(data, engine.law.diseases)
                result = engine.result(engine.fold(case, options), options)
            results: dict[Lang, dict[str, Any]] = {lang: result for lang in LANGS}
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
    calls = list(_calls(trace.calls))
    clauses |= {call.rule.clause for call in calls if call.rule.says == ""}
    return Worked(
        f"{document.id}.{file.stem}.{name}",
        document.id,
        f"{file.parents[2].name}/{document.folder.name}/{file.parent.name}/{file.name}",
        (file, place),
        {lang: str(row["title"][lang]) for lang in LANGS},
        str(row["source"]),
        str(row["arithmetic"]),
        tuple(row.get("shows", ())),
        data,
        accepts,
        row["expect"] if isinstance(row["expect"], dict) else {},
        case,
        asked,
        results,
        frozenset(rules),
        frozenset(call.rule.name for call in calls),
        frozenset(call.rule.name for call in calls if _is_something(call.result)),
        frozenset(clauses - {""}),
        dict(sorted(values.items())),
        frozenset(_uses_of(trace.calls)) if results["zh"]["ok"] else frozenset(),
    )


def _texts(data: Any) -> Iterator[str]:
    """Every text of a case's data."""
    left = [data]
    while left:
        item = left.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            left += item.values()
        elif isinstance(item, list):
            left += item


def _nodes(result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node of a result's explanations."""
    left = [*result.get("explanation", ())]
    left += [node for visit in result.get("visits", ()) for node in visit["explanation"]]
    left += (result.get("close_year") or {}).get("explanation", [])
    while left:
        node = left.pop()
        yield node
        left += node["children"]


def _calls(calls: Collection[Call]) -> Iterator[Call]:
    """Every call of some calls, those made within them too."""
    left = list(calls)
    while left:
        call = left.pop()
        yield call
        left += call.calls


def _is_something(result: Any) -> bool:
    return any(result) if isinstance(result, tuple) else bool(result)


def _uses_of(trace: Collection[Call]) -> Iterator[tuple[str, str]]:
    """Each look-up of a value, with the rule that made it."""
    calls = [(call, "") for call in trace]
    while calls:
        call, above = calls.pop()
        if call.rule.clause:
            calls += [(inner, call.rule.name) for inner in call.calls]
        elif above:
            yield above, str(ADDRESSES[call.inputs[2]].name)


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
