"""The waterfall: how a visit's cost falls from the total, payer by payer, to the patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sanchong.bill.model import Citation, Detail, Gate, Segment, Step
from sanchong.bill.tree import Node, Teller, bands_told, fen, find, walk
from sanchong.bill.words import PART, Lang, say, step_words
from sanchong.law.labels import GATE
from sanchong.money import NO_LIMIT, Fen, parse_rate, parse_yuan, percent, yuan

EXCLUDED: Final = ("dual_channel", "out_of_scope", "out_of_catalogue", "over_price", "advance")
"""What leaves the calculation before the tiers, in the order in which it falls."""
TIERS: Final = ("pooled", "catastrophic", "other", "assistance")
PAYERS: Final = (*TIERS, "hospital")
ALWAYS: Final = frozenset(("pooled", "catastrophic", "assistance"))
"""The three tiers are kept at nought: a nought explains itself."""

WITHHOLD_ALL: Final = frozenset(("not_designated", "provider_level", "exclusion_pending"))

LINE_RULES: Final = {
    "dual_channel": ("paid_by_dual_channel",),
    "out_of_scope": ("unrelated", "nonconforming"),
    "out_of_catalogue": ("outside_catalogues",),
    "over_price": ("above_price",),
    "advance": ("paid_in_advance",),
}
TIER_RULES: Final = {
    "pooled": ("basic_insurance", "given_payment"),
    "catastrophic": ("catastrophic_insurance", "given_payment"),
    "other": ("other_payers",),
    "assistance": ("assistance_on_stay", "assistance_on_visit", "deferred_to_year_end"),
    "hospital": ("borne_by_hospital",),
    "patient": ("borne_by_patient",),
}
FORMULAS: Final = {
    "pooled": ("inpatient_share", "outpatient_share", "given_payment"),
    "catastrophic": ("slice_due", "given_payment"),
    "other": ("other_payers",),
    "assistance": ("stay_assistance", "visit_assistance", "drug_assistance", "deferred_to_year_end"),
    "hospital": ("borne_by_hospital",),
    "patient": ("borne_by_patient",),
}
"""The formulas whose clause stands beside a tier."""


@dataclass(slots=True)
class Sheet:
    """A visit's statement as a result gives it, with its explanation, ready to be read."""

    kind: str
    amounts: dict[str, Fen]
    gate_codes: Sequence[str]
    nodes: Sequence[Node]
    offered: Fen
    """What other payers paid, counted or not."""
    teller: Teller

    @property
    def lang(self) -> Lang:
        """The language of the bill's own words."""
        return self.teller.lang

    @property
    def rest(self) -> Fen:
        """What of the in-policy amount stays with the patient, in fen."""
        return self.amounts["in_policy"] - sum(self.amounts[tier] for tier in TIERS)

    def tier(self, key: str) -> Node | None:
        """The node of a tier; an insurer's payment given with the visit stands at the top, in order."""
        found = [node for node in self.nodes if node["rule"] in TIER_RULES[key]]
        if key == "catastrophic" and found and found[0]["rule"] == "given_payment":
            found = found[1:]
        return found[0] if found else None

    def line_nodes(self, key: str) -> list[Node]:
        """The nodes of the lines that something was taken out of, with their line's id."""
        found = []
        for node in self.nodes:
            for child in walk([node]):
                if child["rule"] in LINE_RULES[key] and parse_yuan(child["amount"]):
                    found.append({**child, "line": node.get("line", "")})
        return found


def gates_of(sheet: Sheet) -> tuple[Gate, ...]:
    """The gates that applied, each with its sentence and clause."""
    gates = []
    for code in sheet.gate_codes:
        label = GATE[code][sheet.lang == "en"] if code in GATE else code
        node = find(sheet.nodes, f"gate_{code}", f"gate_{code}_to_drugs")
        text = str(node["text"]) if node else label
        gates.append(Gate(code, label, text, sheet.teller.cite_node(node)))
    return tuple(gates)


def waterfall(sheet: Sheet, gates: Sequence[Gate]) -> tuple[Step, ...]:
    """The steps from the total to the patient, each hanging where the one before it ended."""
    steps: list[Step] = []
    level = sheet.amounts["total"]
    for key in EXCLUDED:
        amount = sheet.amounts[key]
        if amount:
            clause, note, detail = _excluded(sheet, key)
            steps.append(_step(sheet, key, level, amount, clause, note, detail))
            level -= amount
    for key in TIERS:
        amount = sheet.amounts[key]
        if amount or key in ALWAYS or (key == "other" and sheet.offered):
            clause, note, detail = _tier(sheet, key, gates)
            steps.append(_step(sheet, key, level, amount, clause, note, detail))
            level -= amount
    hospital, patient = sheet.amounts["hospital"], sheet.amounts["patient"]
    if hospital:
        bar = Segment("hospital", step_words("hospital", sheet.lang)[0], patient, hospital)
        steps.append(_last(sheet, "hospital", (bar,), level))
    steps.append(_last(sheet, "patient", own_parts(sheet), level))
    return tuple(steps)


def _last(sheet: Sheet, key: str, parts: tuple[Segment, ...], level: Fen) -> Step:
    """A step below the tiers, to which what was taken out comes back: the hospital's, the patient's."""
    label, sub = step_words(key, sheet.lang)
    clause, note, detail = _tier(sheet, key, ())
    amount, total = sheet.amounts[key], sheet.amounts["total"]
    return Step(key, key, label, sub, amount, parts, level, level, total, clause, note, detail)


def own_parts(sheet: Sheet) -> tuple[Segment, ...]:
    """The patient's part from the left: what is in policy, then what is not covered."""
    rest, patient = sheet.rest, sheet.amounts["patient"]
    en = sheet.lang == "en"
    parts = (
        Segment("patient", PART["rest"][en], 0, rest),
        Segment("none", PART["uncovered"][en], rest, patient - rest),
    )
    return tuple(part for part in parts if part.width)


def stack_of(amounts: dict[str, Fen], lang: Lang) -> tuple[Segment, ...]:
    """The whole cost, side by side: the payers, the patient's own, what is settled elsewhere."""
    rest = amounts["in_policy"] - sum(amounts[tier] for tier in TIERS)
    en = lang == "en"
    rows = [(key, step_words(key, lang)[0], amounts[key]) for key in PAYERS]
    rows.append(("patient", PART["rest"][en], rest))
    rows.append(("none", PART["uncovered"][en], amounts["patient"] - rest))
    rows.append(("dual", step_words("dual_channel", lang)[0], amounts["dual_channel"]))
    start, found = 0, []
    for colour, label, width in rows:
        if width:
            found.append(Segment(colour, label, start, width))
        start += width
    return tuple(found)


def _step(
    sheet: Sheet, key: str, level: Fen, amount: Fen, clause: Citation | None, note: str, detail: Detail
) -> Step:
    label, sub = step_words(key, sheet.lang)
    colour = {"dual_channel": "dual"}.get(key, "none") if key in EXCLUDED else key
    end = level - amount
    bar = (Segment(colour, label, end, amount),)
    return Step(
        key, colour, label, sub, amount, bar, level, end, sheet.amounts["total"], clause, note, detail
    )


# ── what stands beside a bar ─────────────────────────────────────────────────────────────────


def _excluded(sheet: Sheet, key: str) -> tuple[Citation | None, str, Detail]:
    nodes = sheet.line_nodes(key)
    if not nodes:
        return None, "", Detail()
    clause, note = sheet.teller.cite_node(nodes[0]), _short(sheet, nodes)
    control = sheet.tier("hospital") if key == "out_of_catalogue" else None
    if control is not None and not sheet.amounts["hospital"]:
        note = str(control["text"])
        return sheet.teller.cite_node(control), note, sheet.teller.detail([*nodes, control])
    return clause, note, sheet.teller.detail(nodes)


def _short(sheet: Sheet, nodes: Sequence[Node]) -> str:
    """What the lines taken out have in common, in a few words."""
    first, lang = nodes[0], sheet.lang
    if len(nodes) == 1:
        if first["rule"] == "paid_in_advance":
            rate = percent(parse_rate(first["inputs"]["advance_rate"]))
            priced = yuan(parse_yuan(first["inputs"]["priced"]))
            return say("class_b", lang, priced=priced, rate=rate)
        if first["rule"] == "above_price":
            amount, cap = (yuan(parse_yuan(first["inputs"][name])) for name in ("amount", "price_cap"))
            return say("capped", lang, amount=amount, cap=cap)
        return str(first["text"]).rpartition("：")[0]
    if first["rule"] == "paid_in_advance":
        return say("rounded", lang, n=len(nodes))
    reasons = dict.fromkeys(str(node["text"]).rpartition("：")[0] for node in nodes)
    if first["rule"] == "above_price":
        return say("items", lang, n=len(nodes))
    return f"{say('items', lang, n=len(nodes))}，{'；'.join(reasons)}"


def _tier(sheet: Sheet, key: str, gates: Sequence[Gate]) -> tuple[Citation | None, str, Detail]:
    node = sheet.tier(key)
    closed = [g for g in gates if key == "assistance" or g.code in WITHHOLD_ALL]
    if node is None and closed and key in TIERS:
        if key == "other":
            note = say("not_counted", sheet.lang, offered=yuan(sheet.offered))
        else:
            note = "；".join(gate.text for gate in closed)
        gate_nodes = [n for n in sheet.nodes if n["rule"].startswith("gate_")]
        told = [n for n in gate_nodes if str(n["text"]) in {gate.text for gate in closed}]
        return closed[0].clause, note, sheet.teller.detail(told)
    if node is None:
        return None, _without_explanation(sheet, key), Detail()
    clause = sheet.teller.cite_node(find([node], *FORMULAS[key]) or node)
    nought = key in TIERS and not sheet.amounts[key]
    note = (_nought(sheet, key, node) if nought else "") or str(node["text"])
    return clause, note, sheet.teller.detail([node], _before(sheet, key, node), _after(sheet, key, node))


def _without_explanation(sheet: Sheet, key: str) -> str:
    if key == "assistance" and sheet.amounts["deferred_base"]:
        return say("deferred", sheet.lang, base=yuan(sheet.amounts["deferred_base"]))
    if key in ALWAYS and not sheet.amounts[key]:
        return say("nothing" if not sheet.amounts["in_policy"] else "none_due", sheet.lang)
    return ""


def _nought(sheet: Sheet, key: str, node: Node) -> str:
    """Why a tier paid nothing, where its own sentence would not say so."""
    amounts, lang = sheet.amounts, sheet.lang
    given = node["rule"] == "given_payment" or find([node], "given_payment") is not None
    if given or node["rule"] == "deferred_to_year_end":
        return ""
    if key in ALWAYS and not amounts["in_policy"]:
        return say("nothing", lang)
    if key == "pooled":
        deductible = _value(node, "inpatient.deductible.")
        if deductible and amounts["in_policy"] <= deductible:
            short = yuan(deductible - amounts["in_policy"])
            return say("short", lang, deductible=yuan(deductible), left=short)
        return _empty(sheet, node, "quarter_left", "annual_room")
    if key == "catastrophic":
        due = find([node], "slice_due")
        after, start = fen(due, "after"), fen(due, "deductible")
        if after is not None and start is not None and after > start:
            return _empty(sheet, node, "catastrophic_room")
        return ""
    if key == "assistance":
        if not amounts["assistance_base"]:
            return say("no_base", lang)
        taken = find([node], "deductible_taken")
        yearly, filled = fen(taken, "deductible"), fen(taken, "filled")
        if yearly is not None and filled is not None and amounts["assistance_deductible"]:
            left = yearly - filled - amounts["assistance_deductible"]
            if amounts["assistance_deductible"] == amounts["assistance_base"]:
                return say("unfilled", lang, deductible=yuan(yearly), left=yuan(left))
        return _empty(sheet, node, "assistance_room")
    return ""


def _empty(sheet: Sheet, node: Node, *rules: str) -> str:
    """The first of the limits that is used up, in its own words ("年度救助限额 …，已用 …，余 0.00")."""
    for rule in rules:
        found = find([node], rule)
        if found is not None and found["amount"] is not None and not parse_yuan(found["amount"]):
            return str(found["text"])
    return ""


def _value(node: Node, prefix: str) -> Fen | None:
    """The amount of the value beneath ``node`` whose address begins with ``prefix``."""
    for found in walk([node]):
        if found["rule"] == "value" and found["inputs"]["address"].startswith(prefix):
            value = found["inputs"]["value"]
            return NO_LIMIT if value is None else parse_yuan(value)
    return None


def _before(sheet: Sheet, key: str, node: Node) -> list[str]:
    """Where the amount that a tier starts from comes from."""
    amounts, lang = sheet.amounts, sheet.lang
    if key == "catastrophic" and find([node], "slice_due"):
        burden, excess = fen(node, "burden"), amounts["quota_excess"]
        if burden is None:
            return []
        minus = [("pooled", amounts["pooled"])]
        if excess and burden < amounts["in_policy"] - amounts["pooled"]:
            minus.append(("excess", excess))
        return [_difference(sheet, minus, say("burden", lang), burden)]
    if key == "assistance" and node["rule"] in ("assistance_on_stay", "assistance_on_visit"):
        minus = [(tier, amounts[tier]) for tier in ("pooled", "catastrophic")]
        if node["rule"] == "assistance_on_stay" and amounts["other"]:
            minus.append(("other", amounts["other"]))
        return [_difference(sheet, minus, say("base", lang), amounts["assistance_base"])]
    if key == "assistance":
        minus = [(tier, amounts[tier]) for tier in ("pooled", "catastrophic")]
        if sum(a for _, a in minus) + amounts["deferred_base"] < amounts["in_policy"]:
            minus.append(("excess", amounts["quota_excess"]))
        return [_difference(sheet, minus, say("base", lang), amounts["deferred_base"])]
    return []


def _difference(sheet: Sheet, minus: Sequence[tuple[str, Fen]], name: str, result: Fen) -> str:
    lang = sheet.lang
    text = f"{say('in_policy', lang)} {yuan(sheet.amounts['in_policy'])}"
    for key, amount in minus:
        label = say("excess", lang) if key == "excess" else step_words(key, lang)[0]
        text += f" − {label} {yuan(amount)}"
    return f"{text} = {name} {yuan(result)}"


def _after(sheet: Sheet, key: str, node: Node) -> list[str]:
    return bands_told(node, sheet.lang) if key == "catastrophic" else []
