"""The visits of a random person-year: their days, and bills whose share, burden, base or rest of a cap lies at an edge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final

from tests.drafting import COMMON_CHRONIC, UNPUBLISHED, YANGQUAN, Draft, Json, engine, fen

from sanchong.money import NO_LIMIT, plain_yuan
from sanchong.settlement.reading import read_overlay
from sanchong.shapes import (
    ASSISTANCE_CAP,
    ASSISTANCE_DRUG_RATE,
    ASSISTANCE_INCOME,
    ASSISTANCE_OUTPATIENT_RATE,
    ASSISTANCE_SHARE,
    ASSISTANCE_STAY_RATE,
    CATASTROPHIC_BANDS,
    CATASTROPHIC_CAP,
    CATASTROPHIC_DEDUCTIBLE,
    CATEGORIES,
    CATEGORY_ALIASES,
    CHRONIC_DISEASES,
    CHRONIC_SPECIAL_RATE,
    CONTROL_LIMIT,
    INPATIENT_DEDUCTIBLE,
    INPATIENT_RATE,
    MAX_BANDS,
    POOLED_ANNUAL_CAP,
    QUARTERLY_LIMIT,
    RETURNED_TO_POVERTY,
    STACKING_RATE,
    Terms,
)

EDGE_DAYS: Final = (
    "04-01", "06-30", "07-01", "09-30", "10-01", "12-31", "05-15", "05-14", "08-20", "11-11", "05-01",
)  # fmt: skip


def draw_visits(draft: Draft) -> list[Json]:
    """One to seven visits in the year of a draft whose policy values and person are drawn."""
    count = draft.pick([1, 2, 2, 3, 3, 4, 5, 7])
    days = [_day(draft) for _ in range(count)]
    if draft.chance(75):
        days.sort()
    visits: list[Json] = []
    for i, day in enumerate(days):
        draft.figures = _figures(draft, day)
        kinds: list[Callable[[Draft, str], Json]] = [
            _outpatient,
            _outpatient,
            _outpatient,
            _stay,
            _stay,
            _drug,
        ]
        if draft.year == UNPUBLISHED:
            kinds = [_stay, _stay, _drug]
        elif i == 0 and draft.chance(45):
            kinds = [_spender, _drug]
        visit = draft.pick(kinds)(draft, day)
        visit["id"] = f"v-{i + 1}"
        if not draft.sane and draft.chance(1):
            visit["known_on"] = draft.pick(["2026-01-31", "2025-04-01", "2024-12-31"])
        visits.append(visit)
    return visits


def _day(draft: Draft) -> str:
    if draft.chance(50):
        return f"{draft.year}-{draft.pick(EDGE_DAYS)}" if draft.year < 2030 else f"{draft.year}-03-31"
    first, last = 91, 365
    if draft.year >= 2030:
        first, last = 1, 90
    if not draft.sane and draft.chance(2):
        first, last = (1, 90) if draft.year == 2025 else (80, 365)
    day = dt.date(draft.year, 1, 1) + dt.timedelta(days=draft.rng.randrange(first, last + 1) - 1)
    return min(day, dt.date(draft.year, 12, 31)).isoformat()


def _figures(draft: Draft, day: str) -> Terms:
    """The figures in force on a day, by the program's own look-up: what the edges are computed from."""
    overlay = read_overlay(draft.terms, "terms")
    return engine().resolver.resolve(draft.region, YANGQUAN, dt.date.fromisoformat(day), None, overlay).terms


# ── what a visit stands on ───────────────────────────────────────────────────────────────────


def _provider(draft: Draft) -> Json:
    level = draft.pick(["province", "city", "county", "county"])
    provider = {
        "id": "h",
        "region": draft.pick([YANGQUAN] * 8 + ["140700", "110100"]),
        "designated": draft.chance(94),
        "level": draft.pick([2, 2, 2, 3, 3, 1, 0]),
        "fee_class": draft.pick([1, 2, 2, 2, 3]),
        "administrative_level": level,
    }
    if draft.chance(4):
        provider |= {"fee_class": draft.pick([1, 3]), "administrative_level": "township"}
    if draft.chance(25):
        provider["level_exception"] = draft.chance(60)
    return provider


def _class_of(provider: Json) -> int:
    if provider["fee_class"] != 2:
        return 0 if provider["fee_class"] == 1 else 3
    return 2 if provider["administrative_level"] == "county" else 1


def _category(draft: Draft, day: str) -> int:
    held = [
        1 if c["category"] in CATEGORY_ALIASES else CATEGORIES.index(c["category"]) + 1
        for c in draft.person.get("categories", [])
        if c["from"] <= day and (c["to"] is None or day <= c["to"])
    ]
    return min(held, default=0)


def _is_employee(draft: Draft, day: str) -> bool:
    insurance = draft.person["insurance"]
    if isinstance(insurance, str):
        return bool(insurance == "employee")
    return any(s["insurance"] == "employee" and s["from"] <= day for s in insurance)


# ── amounts at an edge ───────────────────────────────────────────────────────────────────────


def _near(draft: Draft, amount: int) -> int:
    """An amount at a threshold, one fen under it or over it; now and then two."""
    return max(amount + draft.pick([-1, 0, 0, 1, 1, -2, 2]), 0)


def _for_share(result: int, num: int, den: int) -> int:
    """The least amount of which the share, half up, is ``result``."""
    return 0 if num == 0 else max(-((-(2 * result - 1) * den) // (2 * num)), 0)


def _for_rest(rest: int, num: int, den: int) -> int:
    """An amount of which about ``rest`` is left after the share."""
    return rest * den // (den - num) if num < den else rest


def _thresholds_of_burden(draft: Draft, category: int) -> list[int]:
    """Burdens of one visit at which catastrophic insurance or assistance turns."""
    t = draft.figures
    row = category if 0 < category <= RETURNED_TO_POVERTY else 0
    deductible = t.num[CATASTROPHIC_DEDUCTIBLE + row]
    found = [deductible - draft.burden]
    bands = t.num[CATASTROPHIC_BANDS + row]
    for band in range(bands):
        at = row * MAX_BANDS + band
        found.append(deductible + t.bands_above[at] - draft.burden)
        cap = t.num[CATASTROPHIC_CAP + row]
        if cap != NO_LIMIT and t.bands_num[at]:
            left = max(cap - draft.catastrophic, 0)
            over = left * t.den[CATASTROPHIC_BANDS + row] // t.bands_num[at]
            found.append(deductible + t.bands_above[at] - draft.burden + over)
    if category:
        at = category - 1
        share = ASSISTANCE_SHARE + at
        yearly = _round(t.num[ASSISTANCE_INCOME] * t.num[share], t.den[share])
        cap = t.num[ASSISTANCE_CAP + at]
        found.append(yearly)
        for family in (ASSISTANCE_STAY_RATE, ASSISTANCE_OUTPATIENT_RATE, ASSISTANCE_DRUG_RATE):
            if cap != NO_LIMIT:
                over = _for_share(cap, t.num[family + at], t.den[family + at])
                found += [over, over + yearly]
    return [burden for burden in found if 0 <= burden <= 10**9]


def _round(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _random_amount(draft: Draft) -> int:
    return draft.rng.randrange(draft.pick([2, 100, 100000, 5000000, 30000000]))


# ── the kinds of visits ──────────────────────────────────────────────────────────────────────


def _outpatient(draft: Draft, day: str) -> Json:
    category = _category(draft, day)
    named, disease = _disease_for(draft, day)
    t = draft.figures
    num, den = t.num[CHRONIC_SPECIAL_RATE], t.den[CHRONIC_SPECIAL_RATE]
    edges = [_for_share(max(t.num[POOLED_ANNUAL_CAP] - draft.pooled, 0), num, den)]
    if disease in CHRONIC_DISEASES:
        limits = sorted(_limits(draft, day), reverse=True)
        stack = STACKING_RATE
        parts = [_round(limit * t.num[stack], t.den[stack]) for limit in limits]
        for others in range(min(len(limits), 4)):
            edges.append(_for_share(limits[0] + sum(parts[1 : others + 1]), num, den))
        edges += [_for_share(part, num, den) for part in (*parts, *limits)]
    edges += [_for_rest(burden, num, den) for burden in _thresholds_of_burden(draft, category)]
    visit: Json = {"kind": "outpatient", "date": day, "disease": named, "provider": _provider(draft)}
    if draft.chance(5):
        visit["referred"] = draft.chance(50)
    return _with_lines(draft, visit, edges, day)


def _disease_for(draft: Draft, day: str) -> tuple[str, str]:
    """What a visit is for: as a rule something recognised on the day. Also the bare disease."""
    held = [
        r for r in draft.person["recognitions"] if r["from"] <= day and (r["to"] is None or day <= r["to"])
    ]
    if not held or (not draft.sane and draft.chance(1)):
        code = draft.pick(COMMON_CHRONIC)
        return code, code
    found = draft.pick(held)
    disease, _, subtype = found["disease"].partition(":")
    subtype = subtype or found.get("subtype", "")
    several = len({r.get("subtype", r["disease"]) for r in held if r["disease"].startswith(disease)}) > 1
    full = f"{disease}:{subtype}" if subtype and (several or draft.chance(40)) else disease
    return full, disease


def _limits(draft: Draft, day: str) -> list[int]:
    held = {r["disease"] for r in draft.person["recognitions"] if r["from"] <= day}
    return [
        draft.figures.num[QUARTERLY_LIMIT + CHRONIC_DISEASES.index(d)] for d in held if d in CHRONIC_DISEASES
    ]


def _stay(draft: Draft, day: str) -> Json:
    category = _category(draft, day)
    provider = _provider(draft)
    t, at = draft.figures, _class_of(provider)
    deductible = t.num[INPATIENT_DEDUCTIBLE + at]
    num, den = t.num[INPATIENT_RATE + at], t.den[INPATIENT_RATE + at]
    cap = max(t.num[POOLED_ANNUAL_CAP] - draft.pooled, 0)
    edges = [deductible, deductible + _for_share(cap, num, den)]
    for burden in _thresholds_of_burden(draft, category):
        edges.append(deductible + _for_rest(max(burden - deductible, 0), num, den))
        edges.append(min(burden, deductible))
    visit: Json = {"kind": "inpatient", "date": day, "referred": draft.chance(90), "provider": provider}
    if draft.chance(30):
        admitted = dt.date.fromisoformat(day) - dt.timedelta(days=draft.pick([0, 1, 10, 200]))
        visit["admitted"] = admitted.isoformat()
    visit = _with_lines(draft, visit, edges, day)
    if draft.chance(40):
        _add_out_of_catalogue(draft, visit, CONTROL_LIMIT + at)
    return visit


def _add_out_of_catalogue(draft: Draft, visit: Json, slot: int) -> None:
    """A class C line such that the stay lies at the hospital's limit."""
    num, den = draft.figures.num[slot], draft.figures.den[slot]
    rest = sum(fen(line["amount"]) for line in visit["lines"])
    amount = min(_near(draft, rest * num // (den - num) if num < den else rest), 10**10)
    visit["lines"].append({"id": "c", "amount": plain_yuan(amount), "class": "C"})


def _drug(draft: Draft, day: str) -> Json:
    """A special drug: what the insurers left is exact, so is what it uses of the assistance cap."""
    edges = _thresholds_of_burden(draft, _category(draft, day))
    left = _near(draft, draft.pick(edges)) if edges and draft.chance(70) else _random_amount(draft)
    pooled, catastrophic = _random_amount(draft), draft.pick([0, 0, 100, 99999])
    visit: Json = {
        "kind": "special_drug",
        "date": day,
        "in_scope": plain_yuan(left + pooled + catastrophic),
        "pooled": plain_yuan(pooled),
        "catastrophic": plain_yuan(catastrophic),
    }
    _add_other(draft, visit, left)
    return visit


def _spender(draft: Draft, day: str) -> Json:
    """A stay with given payments that spend the pooled and the catastrophic cap up to the last fen or so."""
    t = draft.figures
    category = _category(draft, day)
    row = category if 0 < category <= RETURNED_TO_POVERTY else 0
    pooled = _near(draft, min(t.num[POOLED_ANNUAL_CAP] - draft.pick([0, 0, 1, 7000]), 10**9))
    cap = t.num[CATASTROPHIC_CAP + row]
    catastrophic = 0 if cap == NO_LIMIT else _near(draft, min(cap - draft.pick([0, 1, 5000]), 10**9))
    burdens = _thresholds_of_burden(draft, category) or [0]
    burden = max(_near(draft, draft.pick(burdens)), catastrophic)
    draft.pooled += pooled
    draft.burden += burden
    draft.catastrophic += catastrophic
    visit: Json = {
        "kind": "inpatient",
        "date": day,
        "referred": draft.chance(90),
        "provider": _provider(draft),
    }
    visit["provider"]["designated"] = True
    visit["lines"] = _lines(draft, pooled + burden, plain=True)
    visit["pooled"], visit["catastrophic"] = plain_yuan(pooled), plain_yuan(catastrophic)
    _add_other(draft, visit, burden - catastrophic)
    return visit


# ── what was paid for, and by whom else ──────────────────────────────────────────────────────


def _with_lines(draft: Draft, visit: Json, edges: Sequence[int], day: str) -> Json:
    in_policy = _near(draft, draft.pick(edges)) if edges and draft.chance(75) else _random_amount(draft)
    in_policy = min(in_policy, 10**11)
    if not draft.sane and draft.chance(1):
        in_policy = draft.pick([10**12 - 1, 10**12, 10**12 + 1, 4 * 10**11])
    employee = _is_employee(draft, day)
    given = (employee and (draft.sane or draft.chance(96))) or draft.chance(6)
    plain = given or draft.chance(50)
    visit["lines"] = _lines(draft, in_policy, plain=plain)
    if given:
        pooled = _near(draft, in_policy * draft.pick([0, 7, 10]) // 10)
        pooled = min(pooled, in_policy + (1 if not draft.sane and draft.chance(3) else 0))
        catastrophic = draft.pick([0, max(in_policy - pooled, 0), max(in_policy - pooled, 0) // 3])
        both = employee or draft.chance(60)
        if both or draft.chance(50):
            visit["pooled"] = plain_yuan(pooled)
        if both or "pooled" not in visit:
            visit["catastrophic"] = plain_yuan(catastrophic if "pooled" in visit else 0)
            if "pooled" not in visit and not draft.sane and draft.chance(20):
                visit["catastrophic"] = plain_yuan(in_policy)
    _add_other(draft, visit, in_policy)
    return visit


def _lines(draft: Draft, in_policy: int, *, plain: bool) -> list[Json]:
    """Fee lines of which exactly ``in_policy`` fen are in policy, where class B allows it."""
    lines: list[Json] = []
    left = in_policy
    for _ in range(draft.pick([0, 0, 1, 2, 3]) if left else 0):
        part = draft.rng.randrange(left + 1)
        lines.append(_line(draft, part, plain=plain))
        left -= part
    if left or draft.chance(80):
        lines.append(_line(draft, left, plain=plain))
    if draft.chance(25):
        amount = _random_amount(draft)
        extra: Json = draft.pick(
            [{"class": "C"}, {"related": False}, {"conforming": False}, {"dual_channel": True}]
        )
        lines.append({"id": "", "amount": plain_yuan(amount), "class": "A"} | extra)
    draft.rng.shuffle(lines)
    return [line | {"id": f"l-{i + 1}"} for i, line in enumerate(lines)]


def _line(draft: Draft, in_policy: int, *, plain: bool) -> Json:
    line: Json = {"id": "", "amount": plain_yuan(in_policy), "class": "A"}
    if plain:
        return line
    if draft.chance(35):
        rate, num, den = draft.pick(
            [("10%", 1, 10), ("5%", 1, 20), ("1/3", 1, 3), ("0", 0, 1), ("1", 1, 1), ("12.5%", 1, 8)]
        )
        amount = _for_rest(in_policy, num, den)
        line |= {"amount": plain_yuan(amount), "class": "B", "advance_rate": rate}
    if draft.chance(20):
        amount = fen(line["amount"])
        line["price_cap"] = plain_yuan(amount)
        line["amount"] = plain_yuan(max(amount + draft.pick([-1, 0, 1, 5000]), 0))
    if draft.chance(8):
        line[draft.pick(["related", "conforming"])] = draft.chance(50)
    if draft.chance(4):
        line["dual_channel"] = True
    if line["amount"].endswith(".00") and draft.chance(20):
        line["amount"] = int(line["amount"][:-3])
    return line


def _add_other(draft: Draft, visit: Json, burden: int) -> None:
    """Other payers, near to the whole burden now and then."""
    if draft.chance(25):
        payers = draft.pick([("commercial",), ("supplementary", "mutual_aid"), ("commercial", "mutual_aid")])
        amount = _near(draft, draft.pick([burden, burden // 2, burden // 10, 100])) // len(payers)
        visit["other_payments"] = {payer: plain_yuan(min(amount, 10**11)) for payer in payers}
