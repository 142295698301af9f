"""What each page shows, in one language: the facts that its template draws."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sanchong.bill.build import year_bill
from sanchong.bill.html import case_fragment
from sanchong.bill.words import Lang
from sanchong.law.asking import families, members, show_value
from sanchong.law.carriers import CARRIERS, bare
from sanchong.law.documents import Clause, Document
from sanchong.law.labels import STATUS, address_label, condition_label
from sanchong.law.values import Value
from sanchong.settlement.worked import Worked
from sanchong.shapes import ADDRESSES, Address
from sanchong.site.facts import Fact, Telling
from sanchong.site.model import RuleText, Shelf
from sanchong.site.names import Names
from sanchong.site.page import Cell, Outcome, Page
from sanchong.site.picture import pictures
from sanchong.site.words import CARRIER, DUTY, KIND, LOOKED_UP, SCHEME, UNIT, area_name, say, section_name

SHOWN_CASES: Final = 8
_ROW: Final = re.compile(r"([A-Z]+)(\d+)")
HOUSEHOLD: Final = ("assistance", "enrolment", "early_warning")


def looked_up_by(address: str) -> str:
    """Which area finds the value at an address: the household's, the insurance's, the hospital's (law.terms)."""
    family = address.split(".", 1)[0]
    if family in HOUSEHOLD:
        return "household"
    return "hospital" if family == "catalogue_control" else "insurance"


class Pages:
    """All pages of one language."""

    def __init__(self, shelf: Shelf, names: Names, lang: Lang) -> None:
        self.shelf, self.names, self.lang = shelf, names, lang
        self.law = shelf.law
        self.en = lang == "en"
        self.telling = Telling(self.law, lang)
        self.bills: dict[str, str] = {}
        self.outcomes = {case.id: self._outcome(case) for case in shelf.worked}

    def all(self) -> Iterator[Page]:
        """Every page, the start first."""
        yield self._home()
        yield from self._documents()
        yield from self._clauses()
        yield from self._values()
        yield from self._rules()
        yield from self._cases()
        yield self._index()

    def t(self, key: str, **facts: object) -> str:
        """The site's word in this language."""
        return say(key, self.lang, **facts)

    def label(self, address: str) -> str:
        """What people call an address or a family of them."""
        said = address_label(address, self.law.diseases, self.lang)
        said = section_name(address, self.lang) if said == address else said
        return said[:1].upper() + said[1:]

    # ── start, index ─────────────────────────────────────────────────────────────────────────

    def _home(self) -> Page:
        ordered = sorted(self.law.documents, key=lambda d: (d.illustrative, -len(d.clauses)))
        facts: dict[str, Any] = {
            "documents": [self._card(d) for d in ordered],
            "texts": list(self._coverage()),
        }
        facts |= {"carriers": [CARRIER[name][self.en * 2 :][:2] for name in CARRIERS]}
        facts |= {"kinds": [(name, *KIND[name][self.en * 2 :][:2]) for name in KIND]}
        return Page("index.html", "home.html.j2", self.t("site"), "home", facts=facts)

    def _index(self) -> Page:
        facts = {
            "groups": [
                ("documents", [(d.id, d.title[self.lang]) for d in self.law.documents]),
                ("values", [(a, self.label(a)) for a in sorted([*families(), *(x.name for x in ADDRESSES)])]),
                ("rules", [(r.name, self._about(r)) for r in self.shelf.rules.values()]),
                ("clauses", [(c.id, c.place[self.lang]) for c in self.law.clauses.values()]),
                ("cases", [(c.id, c.title[self.lang]) for c in self.shelf.worked]),
            ]
        }
        return Page("all.html", "index.html.j2", self.t("az"), "az", facts=facts)

    def _card(self, document: Document) -> dict[str, Any]:
        cases = sum(case.document == document.id for case in self.shelf.worked)
        rows = len(document.diseases) + len(document.exclusions) + len(document.notices)
        return {
            "document": document,
            "area": area_name(document.area, self.lang),
            "cases": cases,
            "rows": rows,
        }

    def _coverage(self) -> Iterator[dict[str, Any]]:
        found: dict[str, dict[int, Clause]] = {}
        for row, clause in self.shelf.rows.items():
            if match := _ROW.fullmatch(row):
                found.setdefault(match[1], {})[int(match[2])] = clause
        for letter, rows in sorted(found.items()):
            cells = [self._cell(f"{letter}{n}", rows.get(n)) for n in range(1, max(rows) + 1)]
            documents = dict.fromkeys(self.shelf.document_of(c.id).short[self.lang] for c in rows.values())
            there = [cell.clause for cell in cells if cell.clause]
            kinds = [(*KIND[k][self.en * 2 :][:1], sum(k in c.kind for c in there), k) for k in KIND]
            carried = [self.shelf.carriers(clause) for clause in there]
            said = [(CARRIER[n][self.en * 2], sum(n in c for c in carried)) for n in CARRIERS]
            title = ("、", ", ")[self.en].join(documents)
            yield {
                "letter": letter,
                "title": title,
                "cells": cells,
                "kinds": kinds,
                "carried": said,
                "bare": sum(self._bare(clause) for clause in there),
                "met": sum(cell.met for cell in cells),
            }

    def _cell(self, row: str, clause: Clause | None) -> Cell:
        if clause is None:
            return Cell(row, None, "missing", "", "", f"{row}：{self.t('row_missing')}", False)
        carriers = self.shelf.carriers(clause)
        met = clause.id in self.shelf.cases_by_clause
        comma = ("、", ", ")[self.en]
        kinds = comma.join(KIND[kind][self.en * 2] for kind in clause.kind)
        names = [CARRIER[name][self.en * 2] for name in carriers]
        carried = self.t("bare") if self._bare(clause) else comma.join(names)
        told = [f"{row} {clause.place[self.lang]}", kinds, carried, self.t("met") if met else ""]
        return Cell(
            row,
            clause,
            "-".join(sorted(clause.kind)),
            "".join(KIND[kind][self.en * 2 + 1] for kind in clause.kind),
            "".join(CARRIER[name][self.en * 2 + 1] for name in carriers) or "–" * self._bare(clause),
            ("；", "; ")[self.en].join(filter(None, told)),
            met,
        )

    def _bare(self, clause: Clause) -> bool:
        """Whether a part of a clause that is more than a principle is carried by nothing."""
        return bool(bare(clause, self.shelf.proofs.carried[clause.id]))

    # ── documents, clauses ───────────────────────────────────────────────────────────────────

    def _documents(self) -> Iterator[Page]:
        for document in self.law.documents:
            places = itertools.groupby(document.clauses.values(), key=lambda c: c.place[self.lang])
            groups = [(place, [self._brief(c) for c in clauses]) for place, clauses in places]
            title = document.title[self.lang]
            facts = {**self._card(document), "groups": groups}
            facts |= {"schemes": [SCHEME[s][self.en] for s in document.schemes]}
            path = self.names.path("documents", document.id)
            entry = (self.t("document"), title, document.id, path, document.issuer[self.lang])
            yield Page(path, "document.html.j2", title, "documents", self._above(), facts, entry)

    def _above(self, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        return ((self.t("home"), "index.html"), *more)

    def _brief(self, clause: Clause) -> dict[str, Any]:
        return {
            "clause": clause,
            "kinds": [(kind, KIND[kind][self.en * 2]) for kind in clause.kind],
            "carriers": [CARRIER[name][self.en * 2] for name in self.shelf.carriers(clause)],
            "cases": len(self.shelf.cases_by_clause.get(clause.id, ())),
        }

    def _clauses(self) -> Iterator[Page]:
        for document in self.law.documents:
            clauses = list(document.clauses.values())
            for at, clause in enumerate(clauses):
                beside = (clauses[at - 1] if at else None, clauses[at + 1] if at + 1 < len(clauses) else None)
                yield self._clause(document, clause, beside)

    def _clause(
        self, document: Document, clause: Clause, beside: tuple[Clause | None, Clause | None]
    ) -> Page:
        short = document.short[self.lang]
        title = " ".join([short, clause.place[self.lang], *clause.rows[:1]])
        facts = {
            **self._brief(clause),
            "document": document,
            "duty": DUTY[clause.duty][self.en] if clause.duty else "",
            "bare": self._bare(clause),
            "values": [self._row(v) for v in self.shelf.values_by_clause.get(clause.id, ())],
            "rules": self.shelf.rules_by_clause.get(clause.id, []),
            "diseases": [d for d in document.diseases if clause.id in d.clauses() or clause.by == "diseases"],
            "exclusions": [self._pair(e.a, e.b) for e in document.exclusions if e.clause == clause.id],
            "notices": sorted(document.notices, key=lambda n: (n.year, n.known_from)),
            "proof": self.shelf.proofs.of(clause.id) if "computable" in clause.kind else None,
            "proofs": self._proofs(self.shelf.cases_by_clause.get(clause.id, [])),
            "beside": beside,
        }
        path = self.names.path("clauses", clause.id)
        words = f"{' '.join(clause.rows)} {clause.gist[self.lang]}"
        where = self._above((short, self.names.path("documents", document.id)))
        entry = (self.t("clause"), title, clause.id, path, words)
        return Page(path, "clause.html.j2", title, "documents", where, facts, entry)

    def _pair(self, a: int, b: int) -> str:
        return " × ".join(condition_label(side, self.law.diseases) for side in (a, b))

    def _row(self, value: Value) -> dict[str, Any]:
        return {
            "value": value,
            "label": self.label(value.address.name),
            "shown": show_value(value, self.lang),
            "status": STATUS[value.status][self.en],
            "area": area_name(value.area, self.lang),
            "document": self.law.by_id[value.document],
            "clause": self.law.clauses[value.clause],
        }

    # ── values ───────────────────────────────────────────────────────────────────────────────

    def _values(self) -> Iterator[Page]:
        sections: dict[str, list[dict[str, Any]]] = {}
        for address in ADDRESSES:
            sections.setdefault(address.name.split(".")[0], []).append(self._member(address))
        groups = [(name, section_name(name, self.lang), rows) for name, rows in sections.items()]
        yield Page(
            "values/index.html",
            "values.html.j2",
            self.t("values"),
            "values",
            self._above(),
            {"groups": groups},
        )
        for name in families():
            path, title = self.names.path("values", name), self.label(name)
            facts = {"name": name, "rows": [self._member(address) for address in members(name)]}
            entry = (self.t("family"), title, name, path, "")
            yield Page(path, "family.html.j2", title, "values", self._over(name), facts, entry)
        for address in ADDRESSES:
            yield self._value(address)

    def _over(self, name: str) -> tuple[tuple[str, str], ...]:
        parts = name.split(".")
        above = [".".join(parts[:length]) for length in range(1, len(parts))]
        rows = [(self.label(prefix), self.names.path("values", prefix)) for prefix in above]
        return self._above((self.t("values"), "values/index.html"), *rows)

    def _member(self, address: Address) -> dict[str, Any]:
        history = self.shelf.values_by_address.get(address.name, [])
        return {
            "address": address,
            "label": self.label(address.name),
            "rows": [self._row(v) for v in history],
        }

    def _value(self, address: Address) -> Page:
        history = self.shelf.values_by_address.get(address.name, [])
        cases = self.shelf.cases_by_value.get(address.name, [])
        path, title = self.names.path("values", address.name), self.label(address.name)
        drawn = pictures(self.shelf.engine.resolver, address, history, self.lang)
        facts = {
            **self._member(address),
            "unit": UNIT[address.unit][self.en],
            "looked_up": LOOKED_UP[looked_up_by(address.name)][self.en],
            "assumed": any(v.status == "assumed" for v in history),
            "pictures": [(area_name(p.area, self.lang), p) for p in drawn],
            "users": [
                (name, self._about(self.shelf.rules[name])) for name in self.shelf.users.get(address.name, ())
            ],
            "law_cases": self._proofs([c for c in cases if c.values[address.name] != "overlay"]),
            "own_cases": self._proofs([c for c in cases if c.values[address.name] == "overlay"]),
        }
        shown = " ".join(row["shown"] for row in facts["rows"])
        entry = (self.t("value"), title, address.name, path, shown)
        return Page(path, "value.html.j2", title, "values", self._over(address.name), facts, entry)

    # ── rules ────────────────────────────────────────────────────────────────────────────────

    def _about(self, rule: RuleText) -> str:
        """A rule in one line: the first of its description, which is English; in Chinese its clause's gist."""
        clause = self.law.clauses.get(rule.clause)
        if not self.en and clause is not None:
            return clause.gist["zh"]
        return rule.doc.splitlines()[0] if rule.doc else ""

    def _rules(self) -> Iterator[Page]:
        ordered = sorted(self.shelf.rules.values(), key=lambda r: (r.file, r.line))
        by_file = itertools.groupby(ordered, key=lambda r: r.file)
        groups = [
            (file, [(r, self._about(r), self._cited(r.clause)) for r in rules]) for file, rules in by_file
        ]
        yield Page(
            "rules/index.html", "rules.html.j2", self.t("rules"), "rules", self._above(), {"groups": groups}
        )
        for rule in self.shelf.rules.values():
            path = self.names.path("rules", rule.name)
            facts = {
                "rule": rule,
                "clause": self.law.clauses.get(rule.clause),
                "cited": self._cited(rule.clause),
                "also": [(self.law.clauses[c], self._cited(c)) for c in rule.also if c in self.law.clauses],
                "used": [(name, self.label(name)) for name in self.shelf.used.get(rule.name, ())],
                "proofs": self._proofs(self.shelf.cases_by_rule.get(rule.name, [])),
            }
            entry = (self.t("rule"), rule.name, rule.file, path, self._about(rule))
            where = self._above((self.t("rules"), "rules/index.html"))
            yield Page(path, "rule.html.j2", rule.name, "rules", where, facts, entry)

    def _cited(self, clause: str) -> str:
        return self.law.clause_label(clause, self.lang)

    # ── worked cases ─────────────────────────────────────────────────────────────────────────

    def _outcome(self, case: Worked) -> Outcome:
        if case.is_question:
            return self._answered(case)
        year = year_bill(case.data, case.results[self.lang], self.law, self.lang)
        self.bills[case.id] = case_fragment(year, self._from_case)
        title = case.title[self.lang]
        if year.year is None:
            return Outcome(case, title, 0, 0, (), year.refused.label if year.refused else self.t("refused"))
        sums = year.year.sums
        return Outcome(case, title, sums["total"], sums["patient"], year.year.stack, "")

    def _answered(self, case: Worked) -> Outcome:
        result, title = case.results[self.lang], case.title[self.lang]
        self.bills[case.id] = ""
        if not case.ok:
            return Outcome(case, title, 0, 0, (), result["error"]["message"])
        answer = result["text"] if not self.en else ", ".join(self.telling.answer(result["answer"]))
        return Outcome(case, title, 0, 0, (), "", answer)

    def _from_case(self, clause: str) -> str:
        """The page of a clause as a worked case's page links to it; "" for one that the law does not have."""
        return f"../{self.names.path('clauses', clause)}" if clause in self.law.clauses else ""

    def _proofs(self, cases: Sequence[Worked]) -> tuple[list[Outcome], list[Outcome]]:
        """The cases shown at once (settled and refused ones in their order), and the rest."""
        found = [self.outcomes[case.id] for case in cases]
        return found[:SHOWN_CASES], found[SHOWN_CASES:]

    def _cases(self) -> Iterator[Page]:
        by_file = itertools.groupby(self.shelf.worked, key=lambda case: case.file)
        groups = [(file, [self.outcomes[case.id] for case in cases]) for file, cases in by_file]
        yield Page(
            "cases/index.html", "cases.html.j2", self.t("cases"), "cases", self._above(), {"groups": groups}
        )
        for at, case in enumerate(self.shelf.worked):
            before, after = self.shelf.worked[at - 1 : at], self.shelf.worked[at + 1 : at + 2]
            yield self._case(case, before[0] if before else None, after[0] if after else None)

    def _case(self, case: Worked, before: Worked | None, after: Worked | None) -> Page:
        path, title = self.names.path("cases", case.id), case.title[self.lang]
        known = [self.law.clauses[c] for c in sorted(case.clauses) if c in self.law.clauses]
        facts = {
            "worked": case,
            "facts": self._facts(case),
            "own_values": self.telling.own_values(case.case) if case.case else [],
            "figures": self.telling.figures(case.expect, case.results[self.lang]),
            "bill": self.bills[case.id],
            "outcome": self.outcomes[case.id],
            "clauses": [(clause, " ".join([self._cited(clause.id), *clause.rows])) for clause in known],
            "rules": [name for name in sorted(case.rules) if name in self.shelf.rules],
            "values": [(a, self.label(a), s, STATUS[s][self.en]) for a, s in case.values.items()],
            "raw": json.dumps(case.data, ensure_ascii=False, indent=1, default=str),
            "beside": (before, after),
        }
        where = self._above((self.t("cases"), "cases/index.html"))
        entry = (self.t("case"), title, case.source, path, case.arithmetic)
        return Page(path, "case.html.j2", title, "cases", where, facts, entry)

    def _facts(self, case: Worked) -> list[Fact]:
        if case.asked is not None:
            return self.telling.question(case.asked)
        return self.telling.facts(case.case) if case.case else []
