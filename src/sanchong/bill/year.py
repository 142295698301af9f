"""A person's year as one picture: its bills, the payment at the year's end, the sums, the counters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sanchong.bill.model import Bill, Closing, Counter, UsedValue, Year
from sanchong.bill.steps import PAYERS, stack_of
from sanchong.bill.tree import Node, Teller, fen, find, walk
from sanchong.bill.words import Lang, say, step_words
from sanchong.law.labels import CATEGORY
from sanchong.money import NO_LIMIT, Fen, parse_yuan, yuan
from sanchong.shapes import STATEMENT_AMOUNTS

SUMMED: Final = tuple(name for name in STATEMENT_AMOUNTS if name != "deferred_base")


def year_of(bills: tuple[Bill, ...], result: Mapping[str, Any], teller: Teller) -> Year:
    """The year of a settled case; ``result`` is the contract's."""
    sums = {name: sum(bill.amounts[name] for bill in bills) for name in SUMMED}
    closing = _closing(bills, result["visits"], result.get("close_year"), teller)
    if closing is not None:
        sums["assistance"] += closing.amount
        sums["patient"] -= closing.amount
    nodes = [node for visit in result["visits"] for node in visit.get("explanation") or ()]
    nodes += (result.get("close_year") or {}).get("explanation") or ()
    assumed: dict[tuple[str, str], UsedValue] = {}
    for bill in bills:
        assumed |= {(value.address, value.shown): value for value in bill.assumed}
    if closing is not None:
        for value in closing.detail.values:
            if value.status == "assumed":
                assumed[value.address, value.shown] = value
    return Year(
        bills,
        closing,
        sums,
        sum(sums[payer] for payer in PAYERS),
        stack_of(sums, teller.lang),
        _counters(result["year"], bills, nodes, teller.lang),
        tuple(assumed.values()),
    )


def _closing(
    bills: Sequence[Bill], visits: Sequence[Mapping[str, Any]], said: Mapping[str, Any] | None, teller: Teller
) -> Closing | None:
    if said is None:
        return None
    lang, nodes = teller.lang, said.get("explanation") or []
    en = lang == "en"
    rows = tuple((CATEGORY[code][en], parse_yuan(paid)) for code, paid in said["by_category"].items())
    before = []
    for code in said["by_category"]:
        bases = [
            bill.amounts["deferred_base"]
            for bill, visit in zip(bills, visits, strict=True)
            if visit.get("category") == code and bill.amounts["deferred_base"]
        ]
        if bases:
            terms = " ＋ ".join(yuan(base) for base in bases)
            name = say("base_of", lang, category=CATEGORY[code][en])
            before.append(f"{name} = {terms}" + (f" = {yuan(sum(bases))}" if len(bases) > 1 else ""))
    clause = teller.cite_node(find(nodes, "year_end_assistance"))
    return Closing(parse_yuan(said["assistance"]), rows, clause, teller.detail(nodes, before))


def _counters(
    year: Mapping[str, str], bills: Sequence[Bill], nodes: Sequence[Node], lang: Lang
) -> tuple[Counter, ...]:
    """What the year has used of each limit, the last limit looked up beside it."""
    drugs_count = any(
        node["inputs"]["address"] == "special_drug.counts_to_annual_cap" and node["inputs"]["value"] is True
        for node in walk(nodes)
        if node["rule"] == "value"
    )
    counted = [bill for bill in bills if drugs_count or bill.kind != "special_drug"]
    pooled = sum(bill.amounts["pooled"] for bill in counted)
    counters = (
        _limit("pooled", step_words("pooled", lang)[0], pooled, _last(nodes, "annual_room", "cap"), lang),
        _burden(parse_yuan(year["catastrophic_burden"]), _last(nodes, "slice_due", "deductible"), lang),
        _limit(
            "assistance",
            step_words("assistance", lang)[0],
            parse_yuan(year["assistance"]),
            _last(nodes, "assistance_room", "cap"),
            lang,
        ),
        _filled(
            parse_yuan(year["assistance_deductible"]), _last(nodes, "deductible_taken", "deductible"), lang
        ),
    )
    return tuple(counter for counter in counters if counter.used or counter.limit)


def _last(nodes: Sequence[Node], rule: str, name: str) -> Fen | None:
    """The input ``name`` of the last call of ``rule``; None if it was never called."""
    found = [node for node in walk(nodes) if node["rule"] == rule]
    return fen(found[-1], name) if found else None


def _limit(key: str, label: str, amount: Fen, limit: Fen | None, lang: Lang) -> Counter:
    if limit is None or limit == NO_LIMIT:
        return Counter(key, key, label, amount, None, say("no_limit", lang) if limit == NO_LIMIT else "")
    left = max(limit - amount, 0)
    return Counter(key, key, label, amount, limit, say("of_limit", lang, limit=yuan(limit), left=yuan(left)))


def _burden(used: Fen, start: Fen | None, lang: Lang) -> Counter:
    label = say("catastrophic_burden", lang)
    return _threshold("catastrophic_burden", "catastrophic", label, used, start, lang)


def _filled(used: Fen, start: Fen | None, lang: Lang) -> Counter:
    label = say("assistance_deductible", lang)
    return _threshold("assistance_deductible", "assistance", label, used, start, lang)


def _threshold(key: str, colour: str, label: str, used: Fen, start: Fen | None, lang: Lang) -> Counter:
    if start is None:
        return Counter(key, colour, label, used, None, "")
    if used >= start:
        return Counter(key, colour, label, used, start, say("over_start", lang, limit=yuan(start)))
    left = yuan(start - used)
    return Counter(key, colour, label, used, start, say("of_start", lang, limit=yuan(start), left=left))
