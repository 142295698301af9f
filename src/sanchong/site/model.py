"""What the site knows: the law, each worked case settled once, and which clause, value and rule meets which."""

from __future__ import annotations

import datetime as dt
import inspect
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import sanchong
from sanchong.law.documents import Clause, Document
from sanchong.law.library import Law
from sanchong.law.values import Value
from sanchong.rules.registry import all_rules
from sanchong.settlement.settle import Engine
from sanchong.settlement.worked import Progress, Proofs, Worked


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule as its source tells it; ``file`` is relative to the package."""

    name: str
    clause: str
    also: tuple[str, ...]
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
        self.proofs = Proofs(law, self.engine, progress)
        self.worked = self.proofs.worked
        self.rules = {rule.name: rule for rule in _rule_texts()}

    @cached_property
    def rules_by_clause(self) -> dict[str, list[RuleText]]:
        """The rules that carry out each clause."""
        citing = [(rule.clause, rule) for rule in self.rules.values()]
        return _grouped(citing + [(clause, rule) for rule in self.rules.values() for clause in rule.also])

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
        """The worked cases that meet each clause, the one that proves it first."""
        return self.proofs.by_clause

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

    def carriers(self, clause: Clause) -> list[str]:
        """What kinds of carrier carry a clause out."""
        return list(self.proofs.carried[clause.id])

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
            rule.also,
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
