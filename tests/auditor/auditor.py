"""A second implementation of the settle contract, to check the first: one function a point of the contract.

It shares no code with src/. Money is whole fen, rates are Fractions, dates are ISO strings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

from tests.auditor.desk import Desk, Json, Office, Refused, Year
from tests.auditor.form import MOST, Invalid, check_case
from tests.auditor.policy import CATEGORIES, CHRONIC, NEVER, SPECIAL, Policies, fen, rate

Active = dict[str, list[Json]]
"""disease or disease:subtype → its recognitions that hold on a date."""
GATES = (
    "not_designated",
    "provider_level",
    "not_referred",
    "no_category",
    "not_entitled",
    "exclusion_pending",
    "assistance_unmodelled",
)
NO_TIER_PAYS = {"not_designated", "provider_level", "exclusion_pending"}
OWN_ROWS = ("extreme_poverty", "subsistence_allowance", "returned_to_poverty")
COLUMNS = ("total", "dual_channel", "out_of_scope", "out_of_catalogue", "over_price", "advance", "in_policy")
TIERS = ("pooled", "catastrophic", "other", "assistance", "hospital")


def half_up(exact: Fraction | int) -> int:
    return floor(Fraction(exact) + Fraction(1, 2))


def yuan(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


# Lines, categories, diseases


def sort_line(line: Json) -> dict[str, int]:
    """Out of scope, class C, dual channel, price cap, advance: in this order; the rest is in policy."""
    amount = fen(line["amount"])
    columns = dict.fromkeys(COLUMNS, 0) | {"total": amount}
    if not (line.get("related", True) and line.get("conforming", True)):
        return columns | {"out_of_scope": amount}
    if line["class"] == "C":
        return columns | {"out_of_catalogue": amount}
    if line.get("dual_channel", False):
        return columns | {"dual_channel": amount}
    kept = min(amount, fen(line["price_cap"])) if line.get("price_cap") is not None else amount
    advance = half_up(rate(line.get("advance_rate", "0")) * kept)
    return columns | {"over_price": amount - kept, "advance": advance, "in_policy": kept - advance}


def holds(period: Json, on: str) -> bool:
    return bool(period["from"] <= on <= (period["to"] or NEVER))


def category_on(person: Json, on: str) -> str | None:
    """Of several on one date the first in the contract's order; orphans count as extreme poverty."""
    as_one = {"orphan": "extreme_poverty", "unsupported_child": "extreme_poverty"}
    held = {as_one.get(c["category"], c["category"]) for c in person.get("categories", ()) if holds(c, on)}
    return next((category for category in CATEGORIES if category in held), None)


def one_on(periods: str | list[Json], name: str, on: str) -> str:
    """The insurance or household region of a day."""
    if isinstance(periods, str):
        return periods
    held = [p.get("value", p.get(name)) for p in periods if holds(p, on)]
    if len(held) != 1:
        raise Invalid(f"person.{name}")
    return str(held[0])


def recognised_on(person: Json, on: str) -> Active:
    found: Active = {}
    for recognition in person.get("recognitions", ()):
        if holds(recognition, on):
            code = ":".join(filter(None, [recognition["disease"], recognition.get("subtype")]))
            found.setdefault(code, []).append(recognition)
    return found


def catalogue_place(code: str) -> int:
    return (*SPECIAL, *CHRONIC).index(code.partition(":")[0])


def begun(code: str, recognised: Active) -> tuple[str, int]:
    """Order of recognition: the earlier `from`, then the catalogue's."""
    return min(str(r["from"]) for r in recognised[code]), catalogue_place(code)


def resolve(visit: Json, recognised: Active, where: str) -> str | None:
    """The visit's disease; the sub-type may be left out if exactly one is recognised."""
    disease: str = visit["disease"]
    if disease in recognised or ":" in disease:
        return disease if disease in recognised else None
    subtypes = [code for code in recognised if code.startswith(f"{disease}:")]
    if len(subtypes) > 1:
        raise Invalid(f"{where}.disease")
    return subtypes[0] if subtypes else None


def exclusions(desk: Desk, person: Json, recognised: Active) -> set[str]:
    """Refuses unwaived pairs; of a pair in which both are legacy gives the one that waits."""
    waived = [set(p) for p in person.get("waived_exclusions", ())]
    waiting = set()
    for a, b in desk.office.policies.pairs:
        if a not in recognised or b not in recognised or {a, b} in waived:
            continue
        if not all(r.get("legacy", False) for code in (a, b) for r in recognised[code]):
            desk.obstacle("mutually_exclusive", f"{a} {b}")
            continue
        waiting.add(lower_benefit(desk, a, b, recognised))
    return waiting


def lower_benefit(desk: Desk, a: str, b: str, recognised: Active) -> str:
    """Chronic beside special; of two chronic the lower limit; else recognised later, later in the catalogue."""

    def benefit(code: str) -> int:
        return desk.look(f"outpatient.chronic.quarterly_limit.{code}") if a in CHRONIC and b in CHRONIC else 0

    later = {code: begun(code, recognised) for code in (a, b)}
    return min((a, b), key=lambda c: (c not in CHRONIC, benefit(c), *(_falling(later[c]))))


def _falling(order: tuple[str, int]) -> tuple[int, int]:
    return -int(order[0].replace("-", "")), -order[1]


# 1. Reach


def outpatient_scheme_reaches(desk: Desk) -> bool:
    """Shanxi, five years. (Silent: before the document was known no scheme is in force, either.)"""
    known = desk.known_on >= "2025-04-01"
    return known and desk.case["region"].startswith("14") and "2025-04-01" <= desk.date <= "2030-03-31"


def assistance_is_here(desk: Desk) -> bool:
    """It reaches household_region 1403xx. (Silent: as known before 2023 that document is not here, either.)"""
    here = desk.household.startswith("1403") and desk.known_on >= "2023-01-01"
    if not here:
        desk.unmodelled.add("assistance")
    return here


def assistance_has_begun(desk: Desk) -> None:
    """Needed when assistance is computed or a base kept; before that day it is not in force."""
    if not desk.unmodelled and desk.date < desk.look("assistance.in_force_from"):
        desk.obstacle("not_in_force", f"{desk.where}.date")


# 2. Gates


def gates(desk: Desk, special: bool, category: str | None, pending: bool) -> set[str]:
    visit, provider = desk.visit, desk.visit.get("provider")
    found = set()
    if provider and not provider["designated"]:
        found.add("not_designated")
    if provider and special and not provider.get("level_exception", False):
        least = desk.look("outpatient.special.minimum_provider_level")
        if provider["level"] < least:
            found.add("provider_level")
    if not visit.get("referred", True):
        found.add("not_referred")
    if category is None:
        found.add("no_category")
    elif reached(desk, category) is False:
        found.add("not_entitled")
    if pending:
        found.add("exclusion_pending")
    return found


def reached(desk: Desk, category: str) -> bool | None:
    """Point 8's reach; every category on a stay; None: another area's document, which is not here."""
    if desk.visit["kind"] == "inpatient":
        return True
    if not (desk.household.startswith("1403") and desk.known_on >= "2023-01-01"):
        return None
    return desk.states(f"assistance.{desk.visit['kind']}.rate.{category}")


# 4. Basic insurance


def basic_outpatient(
    desk: Desk, year: Year, disease: str, active: Active, waiting: set[str], in_policy: int
) -> Json:
    wanted = half_up(desk.look("outpatient.chronic_special.pooled_rate") * in_policy)
    allowed = wanted
    if disease in CHRONIC:
        allowed = min(wanted, quarter_room(desk, year, disease, active, waiting))
    room = max(0, desk.look("pooled_fund.annual_cap") - year.pooled)
    return {"pooled": min(allowed, room), "quota_excess": wanted - allowed, "deductible": 0}


def quarter_of(on: str) -> int:
    return (int(on[5:7]) - 1) // 3


def quarter_room(desk: Desk, year: Year, disease: str, active: Active, waiting: set[str]) -> int:
    """Highest limit + rate × each of the next; one pool, or each its own share. All limits must be there."""
    limits = {d: desk.look(f"outpatient.chronic.quarterly_limit.{d}") for d in active if d in CHRONIC}
    rate, others = (
        desk.look("outpatient.chronic.stacking.rate"),
        desk.look("outpatient.chronic.stacking.max_others"),
    )
    ranked = sorted(limits.keys() - waiting, key=lambda d: (-limits[d], *begun(d, active)))
    shares = dict.fromkeys(ranked, 0)
    for place, d in enumerate(ranked):
        if place <= others:
            shares[d] = limits[d] if place == 0 else half_up(rate * limits[d])
    used = {d: paid for (q, d), paid in year.quarters.items() if q == quarter_of(desk.date)}
    if desk.look("outpatient.chronic.quota_mode") == "pool":
        return max(0, sum(shares.values()) - sum(used.values()))
    return max(0, shares.get(disease, 0) - used.get(disease, 0))


def inpatient_class(provider: Json) -> str:
    if provider["fee_class"] == 1:
        return "first"
    if provider["fee_class"] == 3:
        return "third"
    return "second_county" if provider["administrative_level"] == "county" else "second_city"


def basic_stay(desk: Desk, year: Year, in_policy: int) -> Json:
    its_class = inpatient_class(desk.visit["provider"])
    deductible = min(desk.look(f"inpatient.deductible.{its_class}"), in_policy)
    wanted = half_up(desk.look(f"inpatient.pooled_rate.{its_class}") * (in_policy - deductible))
    room = max(0, desk.look("pooled_fund.annual_cap") - year.pooled)
    return {"pooled": min(wanted, room), "quota_excess": 0, "deductible": deductible}


# 5. Catastrophic insurance


def schedule(burden: int, deductible: int, bands: Sequence[tuple[int, Fraction]]) -> Fraction:
    """What the bands make of a year's burden, exactly."""
    over, paid = burden - deductible, Fraction(0)
    for (above, paid_rate), upper in zip(bands, [*(b[0] for b in bands[1:]), None], strict=False):
        top = over if upper is None else min(over, upper)
        paid += paid_rate * max(0, top - above)
    return paid


def catastrophic(desk: Desk, year: Year, category: str | None, burden: int) -> int:
    def own_or_standard(what: str) -> Any:
        own = f"catastrophic.{what}.{category}"
        falls_back = category not in OWN_ROWS and (category is None or not desk.states(own))
        return desk.look(f"catastrophic.{what}.standard" if falls_back else own)

    deductible, bands = own_or_standard("deductible"), own_or_standard("bands")
    cap = own_or_standard("annual_cap")
    slice_ = schedule(year.burden + burden, deductible, bands) - schedule(year.burden, deductible, bands)
    paid = min(half_up(slice_), burden)
    return paid if cap is None else min(paid, max(0, cap - year.catastrophic))


# 7, 8. Assistance


def cap_room(desk: Desk, year: Year, category: str) -> int | None:
    cap = desk.look(f"assistance.annual_cap.{category}")
    return None if cap is None else max(0, cap - year.assistance)


def within(amount: int, *rooms: int | None) -> int:
    return min(amount, *(room for room in rooms if room is not None), amount)


def assistance_on_stay(desk: Desk, year: Year, category: str, base: int) -> tuple[int, int]:
    """The part of the yearly deductible that is filled, and what is paid on the rest."""
    if not assistance_is_here(desk):
        return 0, 0
    share = desk.look(f"assistance.inpatient.deductible_income_share.{category}")
    rate = desk.look(f"assistance.inpatient.rate.{category}")
    room = cap_room(desk, year, category)
    assistance_has_begun(desk)
    if desk.unmodelled:
        return 0, 0
    whole = half_up(share * desk.look("assistance.disposable_income_per_capita")) if share else 0
    filled = min(base, max(0, whole - year.filled))
    return filled, within(half_up(rate * (base - filled)), room)


def assistance_on_visit(desk: Desk, year: Year, category: str, base: int, left: int) -> int:
    """Special diseases and special drugs: never more than the person would still bear."""
    rate: Fraction = desk.look(f"assistance.{desk.visit['kind']}.rate.{category}")
    room = cap_room(desk, year, category)
    assistance_has_begun(desk)
    return 0 if desk.unmodelled else within(half_up(rate * base), room, left)


# 9. Catalogue control


def catalogue_control(desk: Desk, category: str | None, columns: Mapping[str, int]) -> int:
    provider = desk.visit["provider"]
    poorest = category in ("extreme_poverty", "subsistence_allowance")
    if not (poorest and provider["designated"] and provider["region"].startswith("14")):
        return 0
    limit: Fraction = desk.look(f"catalogue_control.limit.{inpatient_class(provider)}")
    return max(0, columns["out_of_catalogue"] - floor(limit * columns["total"]))


# Spreading over the lines


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """In proportion, by largest remainder, ties to the earlier line."""
    if not amount:
        return [0] * len(weights)
    exact = [Fraction(amount * weight, sum(weights)) for weight in weights]
    parts = [floor(part) for part in exact]
    by_remainder = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: amount - sum(parts)]:
        parts[i] += 1
    return parts


def line_results(visit: Json, lines: Sequence[Mapping[str, int]], paid: Mapping[str, int]) -> Iterator[Json]:
    left = [line["in_policy"] for line in lines]
    parts: dict[str, list[int]] = {}
    for tier in TIERS[:-1]:
        parts[tier] = spread(paid[tier], left)
        left = [rest - part for rest, part in zip(left, parts[tier], strict=True)]
    parts["hospital"] = spread(paid["hospital"], [line["out_of_catalogue"] for line in lines])
    for i, line in enumerate(lines):
        patient = line["total"] - line["dual_channel"] - sum(parts[tier][i] for tier in TIERS)
        assert patient >= 0
        amounts = {tier: parts[tier][i] for tier in TIERS} | {"patient": patient}
        yield {"id": visit["lines"][i]["id"]} | {name: yuan(amount) for name, amount in amounts.items()}


# One visit, from the first point to the last


@dataclass
class Bill:
    """What a visit comes to, point by point."""

    disease: str = ""
    category: str | None = None
    gates: set[str] = field(default_factory=set)
    basic: dict[str, int] = field(default_factory=lambda: {"pooled": 0, "quota_excess": 0, "deductible": 0})
    burden: int = 0
    catastrophic: int = 0
    insured: int = 0  # what the insurers left of the burden
    other: int = 0
    base: int = 0
    filled: int = 0
    assistance: int = 0
    deferred: int = 0
    hospital: int = 0

    @property
    def chronic(self) -> bool:
        return self.disease in CHRONIC

    @property
    def open(self) -> bool:
        return not self.gates & NO_TIER_PAYS


def settle_visit(desk: Desk, year: Year, lines: Sequence[Mapping[str, int]]) -> Json:
    person, kind = desk.case["person"], desk.visit["kind"]
    insurance = one_on(person["insurance"], "insurance", desk.date)
    desk.household = one_on(person["household_region"], "household_region", desk.date)
    bill = Bill(category=category_on(person, desk.date))
    columns = {name: sum(line[name] for line in lines) for name in COLUMNS}
    active, waiting = Active(), set[str]()
    if kind == "special_drug":
        columns["total"] = columns["in_policy"] = fen(desk.visit["in_scope"])
    if kind == "outpatient":
        active = recognised_on(person, desk.date)
        waiting = reach_and_recognition(desk, bill, active, resident=insurance == "resident")
    special = bill.disease.partition(":")[0] in SPECIAL
    bill.gates = gates(desk, special, bill.category, bill.disease in waiting)
    if (
        insurance == "employee"
        and kind != "special_drug"
        and not {"pooled", "catastrophic"} <= desk.visit.keys()
    ):
        desk.obstacle("unmodelled", "employee")
    elif bill.open:
        insurers_and_others(desk, year, bill, active, waiting, columns["in_policy"])
    assistance(desk, year, bill)
    if kind == "inpatient":
        bill.hospital = catalogue_control(desk, bill.category, columns)
    counts = kind != "special_drug" or desk.look("special_drug.counts_to_annual_cap")
    desk.refuse_if_obstructed()
    if desk.unmodelled:
        bill.gates.add("assistance_unmodelled")
    enter(year, desk, bill, counts)
    return visit_result(desk, bill, columns, lines)


def reach_and_recognition(desk: Desk, bill: Bill, active: Active, resident: bool) -> set[str]:
    """Points 1 and 3; gives the diseases that wait for a choice. Exclusions are the residents'."""
    if not outpatient_scheme_reaches(desk):
        desk.obstacle("not_in_force", f"{desk.where}.date")
    resolved = resolve(desk.visit, active, desk.where)
    if resolved is None:
        desk.obstacle("not_recognised", f"{desk.where}.disease")
    waiting = exclusions(desk, desk.case["person"], active) if resident else set[str]()
    desk.refuse_if_obstructed("mutually_exclusive")
    bill.disease = resolved or ""
    return waiting


def insurers_and_others(
    desk: Desk, year: Year, bill: Bill, active: Active, waiting: set[str], in_policy: int
) -> None:
    """Points 4 to 6; what is given is not computed."""
    visit = desk.visit
    if "pooled" in visit:
        bill.basic["pooled"] = fen(visit["pooled"])
    elif visit["kind"] == "outpatient":
        bill.basic = basic_outpatient(desk, year, bill.disease, active, waiting, in_policy)
    else:
        bill.basic = basic_stay(desk, year, in_policy)
    bill.burden = in_policy - bill.basic["pooled"]
    if bill.chronic and "pooled" not in visit and not desk.look("outpatient.chronic.excess_stays_in_policy"):
        bill.burden -= bill.basic["quota_excess"]
    if "catastrophic" not in visit:
        bill.catastrophic = catastrophic(desk, year, bill.category, bill.burden)
    else:
        bill.catastrophic = fen(visit["catastrophic"])
        known = "missing_value" not in dict(desk.obstacles)
        if known and bill.basic["pooled"] + bill.catastrophic > in_policy:
            desk.obstacle("invalid_input", desk.where)
    bill.insured = max(0, bill.burden - bill.catastrophic)
    bill.other = min(sum(fen(paid) for paid in visit.get("other_payments", {}).values()), bill.insured)


def assistance(desk: Desk, year: Year, bill: Bill) -> None:
    """Points 7 and 8."""
    kind, category = desk.visit["kind"], bill.category
    if kind == "inpatient":
        bill.base = bill.insured - bill.other
    if category is None or not assistance_is_here(desk):
        return
    if not bill.open or bill.gates & {"not_referred", "not_entitled"}:
        return
    if kind == "inpatient":
        bill.filled, bill.assistance = assistance_on_stay(desk, year, category, bill.base)
    elif bill.chronic:
        cap_room(desk, year, category)
        assistance_has_begun(desk)
        bill.deferred = 0 if desk.unmodelled else bill.insured
    else:
        bill.base = bill.insured
        bill.assistance = assistance_on_visit(desk, year, category, bill.base, bill.insured - bill.other)


def enter(year: Year, desk: Desk, bill: Bill, counts: bool) -> None:
    """The accumulators; a special drug enters assistance's, and the pooled fund's if it counts there."""
    year.pooled += bill.basic["pooled"] if counts else 0
    if desk.visit["kind"] != "special_drug":
        year.burden += bill.burden
        year.catastrophic += bill.catastrophic
    if bill.chronic:
        key = (quarter_of(desk.date), bill.disease)
        year.quarters[key] = year.quarters.get(key, 0) + bill.basic["pooled"]
    year.assistance += bill.assistance
    year.filled += bill.filled
    if bill.deferred and bill.category:
        kept = year.deferred.setdefault(bill.category, [0, 0])
        kept[0] += bill.deferred
        kept[1] += bill.insured - bill.other
        year.household = desk.household


def visit_result(
    desk: Desk, bill: Bill, columns: Mapping[str, int], lines: Sequence[Mapping[str, int]]
) -> Json:
    """10. The patient bears the rest."""
    paid = {"pooled": bill.basic["pooled"]} | {tier: getattr(bill, tier) for tier in TIERS[1:]}
    patient = columns["total"] - columns["dual_channel"] - sum(paid.values())
    amounts = {**columns, **bill.basic, **paid, "patient": patient, "assistance_base": bill.base}
    amounts |= {"assistance_deductible": bill.filled, "deferred_base": bill.deferred}
    return {
        "id": desk.visit["id"],
        **{name: yuan(amount) for name, amount in amounts.items()},
        "gates": [gate for gate in GATES if gate in bill.gates],
        "assumed": sorted(desk.assumed),
        "unmodelled": sorted(desk.unmodelled),
        "lines": list(line_results(desk.visit, lines, paid)),
    }


def close(office: Office, case: Json, year: Year) -> dict[str, int]:
    """The payment on chronic visits: once per category, in the order in which they first had a base."""
    desk = Desk(office, case, {"date": f"{case['year']:04d}-12-31", "kind": "outpatient"}, "close_year")
    desk.household, paid = year.household, {}
    for category, (base, left) in year.deferred.items():
        paid[category] = assistance_on_visit(desk, year, category, base, left)
        year.assistance += paid[category]
    desk.refuse_if_obstructed()
    return paid


def check_amounts(case: Json, lines: Sequence[Sequence[Mapping[str, int]]]) -> None:
    """Given payments stay within the in-policy amount; the person's year stays within the greatest amount."""
    whole = 0
    for i, visit in enumerate(case["visits"]):
        total = fen(visit["in_scope"]) if "in_scope" in visit else sum(line["total"] for line in lines[i])
        in_policy = total if "in_scope" in visit else sum(line["in_policy"] for line in lines[i])
        if fen(visit.get("pooled", 0)) + fen(visit.get("catastrophic", 0)) > in_policy:
            raise Invalid(f"visits[{i}]")
        whole += total
        if visit["kind"] == "outpatient":
            resolve(visit, recognised_on(case["person"], visit["date"]), f"visits[{i}]")
        for name in ("insurance", "household_region"):
            one_on(case["person"][name], name, visit["date"])
    if whole > MOST:
        raise Invalid("visits")


def settle(office: Office, case: Json) -> Json:
    check_case(case)
    lines = [[sort_line(line) for line in visit.get("lines", ())] for visit in case["visits"]]
    check_amounts(case, lines)
    year = Year()
    visits = [
        settle_visit(Desk(office, case, visit, f"visits[{i}]"), year, lines[i])
        for i, visit in enumerate(case["visits"])
    ]
    closing = close(office, case, year) if case.get("close_year", False) else None
    closed = sum((closing or {}).values())
    sums = {
        name: sum(fen(visit[name]) for visit in visits)
        for name in ("pooled", "catastrophic", "assistance", "assistance_deductible", "patient")
    }
    sums["assistance"] += closed
    sums["patient"] -= closed
    sums["catastrophic_burden"] = year.burden
    by_category = {category: yuan(amount) for category, amount in (closing or {}).items()}
    return {
        "case": case["case"],
        "ok": True,
        "visits": visits,
        "close_year": None if closing is None else {"assistance": yuan(closed), "by_category": by_category},
        "year": {name: yuan(amount) for name, amount in sums.items()},
    }


def audit(
    case: Any,
    policies: Policies | Path | str,
    accept_assumed: bool | Collection[str] = False,
    known_on: str | None = None,
) -> Json:
    """What the contract makes of a case: the result, or the error with every `where` that would be right."""
    read = policies if isinstance(policies, Policies) else Policies(policies)
    office = Office(read, accept_assumed, known_on or date.today().isoformat())
    try:
        return settle(office, case)
    except Invalid as invalid:
        code, where = "invalid_input", [invalid.where]
    except Refused as refused:
        code, where = refused.code, refused.where
    name = case.get("case") if isinstance(case, dict) else None
    error = {"code": code, "where": where}
    return {"case": name if isinstance(name, str) else None, "ok": False, "error": error}
