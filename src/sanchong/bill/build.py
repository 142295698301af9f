"""Making a bill from what is stored: the case as given, the result as the contract writes it, the law."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sanchong.bill.model import Bill, LineRow, Receipt, Refused, UsedValue, YearBill
from sanchong.bill.steps import EXCLUDED, LINE_RULES, PAYERS, Sheet, gates_of, stack_of, waterfall
from sanchong.bill.tree import Teller, walk
from sanchong.bill.words import LINE_CLASS, Lang, error_words, say
from sanchong.bill.year import year_of
from sanchong.law.labels import ADMINISTRATIVE_LEVEL, CATEGORY, INSURANCE, KIND, address_label
from sanchong.law.library import Law
from sanchong.money import parse_yuan, percent
from sanchong.settlement.case import (
    ADMINISTRATIVE_LEVELS,
    Case,
    CaseVisit,
    Line,
    category_code,
    spell_on,
    split_line,
)
from sanchong.settlement.reading import read_case
from sanchong.shapes import CLASS_B, INPATIENT, INSURANCES, LINE_CLASSES, STATEMENT_AMOUNTS

_IDENTITY: Final = re.compile(r"\d{17}[\dXx]|\d{15}")
_CLASSES: Final = ("一", "二", "三")


def year_bill(case: Any, result: Mapping[str, Any], law: Law, lang: Lang = "zh", place: int = 0) -> YearBill:
    """The bill of one case: ``case`` as given, ``result`` as the contract writes it.

    ``place`` is the case's place on a page, from which the names of its anchors are made.
    """
    anchor = f"c{place + 1}"
    name = str(result.get("case") or "")
    if not result.get("ok"):
        person = _raw(case, "person", "id")
        refused = _refused(case, result["error"], Teller(law, lang))
        year = str(_raw(case, "year"))
        return YearBill(name, anchor, lang, year, masked(person), None, refused, None)
    read = read_case(case, law.diseases)
    if len(read.visits) != len(result["visits"]):
        raise ValueError(f"the result of case {name!r} is not that of this case")
    bills = tuple(
        _bill(read, visit, said, law, lang, f"{anchor}-v{at + 1}")
        for at, (visit, said) in enumerate(zip(read.visits, result["visits"], strict=True))
    )
    receipt = result["receipt"]
    known_on = receipt.get("known_on") or (read.known_on.isoformat() if read.known_on else "")
    return YearBill(
        name,
        anchor,
        lang,
        str(read.year),
        masked(read.person.id),
        year_of(bills, result, Teller(law, lang)),
        None,
        Receipt(receipt["result"], receipt["engine"], known_on),
    )


def masked(person: str) -> str:
    """A person's id as a bill prints it: the middle of an identity number is hidden."""
    if _IDENTITY.fullmatch(person):
        return f"{person[:4]}{'*' * (len(person) - 8)}{person[-4:]}"
    return person


def _bill(case: Case, visit: CaseVisit, said: Mapping[str, Any], law: Law, lang: Lang, anchor: str) -> Bill:
    teller = Teller(law, lang)
    amounts = {name: parse_yuan(said[name]) for name in STATEMENT_AMOUNTS}
    nodes = said.get("explanation") or []
    kind, en = str(said["kind"]), lang == "en"
    sheet = Sheet(kind, amounts, said["gates"], nodes, sum(visit.other), teller)
    gates = gates_of(sheet)
    insurance = INSURANCES[spell_on(case.person.insurance, visit.date)]
    stay = visit.kind == INPATIENT
    return Bill(
        id=visit.id,
        anchor=anchor,
        lang=lang,
        kind=kind,
        kind_label=KIND[kind][en],
        disease=_disease(visit, law, lang),
        date=visit.date.isoformat(),
        days=(visit.date - visit.admitted).days if stay else None,
        person=masked(case.person.id),
        insurance=INSURANCE[insurance][en],
        category=_category(case, visit, said.get("category"), lang),
        provider=visit.provider.id if visit.provider else "",
        provider_facts=_provider(visit, lang),
        amounts=amounts,
        paid=sum(amounts[payer] for payer in PAYERS),
        steps=waterfall(sheet, gates),
        stack=stack_of(amounts, lang),
        gates=gates,
        assumed=_named(said.get("assumed", ()), "assumed", sheet, law),
        unmodelled=_named(said.get("unmodelled", ()), "unmodelled", sheet, law),
        lines=_lines(visit, said["lines"], sheet),
    )


def _disease(visit: CaseVisit, law: Law, lang: Lang) -> str:
    if visit.disease < 0:
        return ""
    disease = law.diseases[visit.disease]
    name = disease.en if lang == "en" else disease.short
    if not visit.subtype:
        return name
    subtype = disease.subtype_names.get(visit.subtype, visit.subtype) if lang == "zh" else visit.subtype
    return f"{name}（{subtype}）" if lang == "zh" else f"{name} ({subtype})"


def _category(case: Case, visit: CaseVisit, code: str | None, lang: Lang) -> str:
    """The category that counted, under the name it was granted by (孤儿 counts as 特困)."""
    if code is None:
        return say("no_category", lang)
    for name, (held, period) in zip(case.person.category_names, case.person.categories, strict=True):
        if visit.date in period and held == category_code(code):
            return CATEGORY[name][lang == "en"]
    return CATEGORY[code][lang == "en"]


def _provider(visit: CaseVisit, lang: Lang) -> tuple[str, ...]:
    provider = visit.provider
    if provider is None:
        return ()
    en = lang == "en"
    at = ADMINISTRATIVE_LEVEL[ADMINISTRATIVE_LEVELS[provider.administrative_level]][en]
    fee = str(provider.fee_class) if en else _CLASSES[provider.fee_class - 1]
    grade = str(provider.level) if en else _CLASSES[provider.level - 1]
    facts = [
        at,
        say("fee_class", lang, fee_class=fee),
        say("level", lang, level=grade) if provider.level else say("unrated", lang),
    ]
    if not provider.designated:
        facts.append(say("undesignated", lang))
    return tuple(facts)


def _named(addresses: Sequence[str], status: str, sheet: Sheet, law: Law) -> tuple[UsedValue, ...]:
    """The values at ``addresses`` with their figures, as far as the explanation records them."""
    known = {value.address: value for value in sheet.teller.values(sheet.nodes)}
    found = []
    for address in addresses:
        label = address_label(address, law.diseases, sheet.lang)
        found.append(known.get(address) or UsedValue(address, label, "", status, "", None))
    return tuple(found)


def _lines(visit: CaseVisit, rows: Sequence[Mapping[str, Any]], sheet: Sheet) -> tuple[LineRow, ...]:
    taken: dict[str, list[dict[str, Any]]] = {}
    for node in sheet.nodes:
        if node["rule"] == "line_scope":
            taken[node.get("line", "")] = list(walk(node["children"]))
    return tuple(
        _line(line, row, taken.get(line.id, []), sheet) for line, row in zip(visit.lines, rows, strict=True)
    )


def _line(line: Line, row: Mapping[str, Any], nodes: Sequence[dict[str, Any]], sheet: Sheet) -> LineRow:
    split = split_line(line)
    named = LINE_CLASS[LINE_CLASSES[line.line_class]][sheet.lang == "en"]
    if line.line_class == CLASS_B:
        named += f" {percent(line.advance_rate)}"
    out = [n for key in EXCLUDED for n in nodes if n["rule"] in LINE_RULES[key] and parse_yuan(n["amount"])]
    why = "；".join(str(node["text"]) for node in out)
    clause = sheet.teller.cite_node(out[0]) if out else None
    parts = {payer: parse_yuan(row[payer]) for payer in (*PAYERS, "patient")}
    return LineRow(line.id, named, line.amount, split.in_policy, why, clause, parts)


# ── refusals ─────────────────────────────────────────────────────────────────────────────────


def _refused(case: Any, error: Mapping[str, Any], teller: Teller) -> Refused:
    label, then = error_words(str(error["code"]), teller.lang)
    where = str(error.get("where", ""))
    visit = ""
    if match := re.match(r"visits\[(\d+)\]", where):
        visit = str(_raw(case, "visits", int(match.group(1)), "id"))
    clause = teller.cite(str(error.get("clause") or ""))
    return Refused(str(error["code"]), label, str(error["message"]), where, visit, clause, then)


def _raw(data: Any, *path: str | int) -> str:
    """What stands at a path of data that nobody has checked; "" where nothing does."""
    for key in path:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return ""
    return str(data) if isinstance(data, str | int) else ""
