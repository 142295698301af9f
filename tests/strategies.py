"""Random person-years in the contract's JSON, drawn towards the edges of every threshold.

:func:`person_year` draws from a ``random.Random``: seeded for speed, or Hypothesis's own (then a
failing case shrinks), which :func:`person_years` gives. Amounts are computed backwards from the
figures in force, so that a share, a burden, a base or what is left of a cap comes out at the
threshold, one fen under it or one fen over. Most cases settle; some are refused.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from sanchong.law.library import load_law
from sanchong.money import NO_LIMIT, plain_yuan
from sanchong.settlement.options import Options
from sanchong.settlement.reading import read_overlay
from sanchong.settlement.settle import Engine
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
    INPATIENT_CLASSES,
    INPATIENT_DEDUCTIBLE,
    INPATIENT_RATE,
    MAX_BANDS,
    POOLED_ANNUAL_CAP,
    QUARTERLY_LIMIT,
    REFUSALS,
    RETURNED_TO_POVERTY,
    SPECIAL_DISEASES,
    STACKING_RATE,
    Terms,
)

Json = dict[str, Any]
T = TypeVar("T")

ACCEPT: Final = Options(accept_assumed=True)
QUICK: Final = Options(accept_assumed=True, explain=False)
CODES: Final = frozenset(REFUSALS[1:])

MONEY: Final = (
    "total", "dual_channel", "out_of_scope", "out_of_catalogue", "over_price", "advance", "in_policy",
    "deductible", "pooled", "quota_excess", "catastrophic", "other", "assistance_base",
    "assistance_deductible", "assistance", "deferred_base", "hospital", "patient",
)  # fmt: skip
"""The amounts of a visit, as the contract names them."""

YANGQUAN: Final = "140300"
UNPUBLISHED: Final = 2020
"""A year for which no income per head is known, and no outpatient scheme."""
PSYCHOSES: Final = (
    "schizophrenia", "bipolar", "delusional", "schizoaffective", "epileptic", "retardation",
)  # fmt: skip
SUBTYPES: Final = {
    "transplant": ("kidney", "liver", "heart"),
    "cancer": ("acute_leukemia", "lung"),
    "psychosis": PSYCHOSES,
}
COMMON_CHRONIC: Final = ("diabetes", "hypertension", "chd", "stroke", "ra", "knee_oa")
RIVALS: Final = (
    ("dialysis", "transplant:kidney"), ("ckd", "dialysis"), ("ckd", "transplant:kidney"),
    ("nephrotic", "dialysis"), ("nephrotic", "transplant:kidney"), ("cirrhosis", "transplant:liver"),
    ("cirrhosis", "hepatitis"), ("myelofibrosis", "cancer:acute_leukemia"), ("cor_pulmonale", "copd"),
    ("asthma", "copd"),
)  # fmt: skip
NEARLY_RIVALS: Final = (("ckd", "nephrotic"), ("asthma", "cor_pulmonale"), ("hepatitis", "transplant:liver"))
EDGE_DAYS: Final = (
    "04-01", "06-30", "07-01", "09-30", "10-01", "12-31", "05-15", "05-14", "08-20", "11-11", "05-01",
)  # fmt: skip
AWKWARD_RATES: Final = ("0", "1", "1/3", "2/3", "33.33%", "99.9999%", "1/1000000", "999999/1000000", "12.5%")


@cache
def engine() -> Engine:
    """The engine of the shipped law."""
    return Engine(load_law())


def fen(amount: Any) -> int:
    """A result's amount in fen, read without the program's own parser."""
    whole, _, cents = str(amount).partition(".")
    return int(whole) * 100 + (-1 if whole.startswith("-") else 1) * int((cents + "00")[:2])


def person_years(**kept: Any) -> st.SearchStrategy[Json]:
    """Cases by Hypothesis; ``kept`` as for :func:`person_year`."""
    randoms = st.randoms(use_true_random=False)
    return randoms.map(lambda rng: person_year(rng, **kept))


# ── one case ─────────────────────────────────────────────────────────────────────────────────


@dataclass
class _Draft:
    """A case being drawn: what is known of the person, and the sums that given payments make certain."""

    rng: random.Random
    terms: Json
    person: Json
    region: str
    year: int
    sane: bool
    legacy: tuple[str, ...] = ()
    pooled: int = 0
    burden: int = 0
    catastrophic: int = 0
    figures: Terms = field(default_factory=Terms)

    def chance(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def pick(self, among: Sequence[T]) -> T:
        return among[self.rng.randrange(len(among))]


def person_year(rng: random.Random, *, sane: bool = False, name: str = "c") -> Json:
    """A case. With ``sane``, one that a settlement has no reason to refuse."""
    draft = _Draft(rng, {}, {"id": "p"}, YANGQUAN, 2025, sane)
    if draft.chance(8):
        draft.year = draft.pick([2026, 2029] if sane else [UNPUBLISHED, UNPUBLISHED, 2026, 2027, 2029, 2030])
    if draft.chance(4):
        draft.region = draft.pick(["140700", "140321"] if sane else ["140700", "140321", "110000"])
    _draw_terms(draft)
    _draw_person(draft)
    case: Json = {"case": name, "region": draft.region, "year": draft.year, "person": draft.person}
    if draft.terms:
        case["terms"] = draft.terms
    if draft.chance(60):
        case["close_year"] = draft.chance(90)
    away = isinstance(draft.person["household_region"], list) or not draft.person[
        "household_region"
    ].startswith("1403")
    if draft.chance(95 if away else 10) or sane:
        case["withhold_unmodelled"] = True
    if not sane and draft.chance(2):
        case["known_on"] = draft.pick(["2026-01-31", "2025-04-01", "2025-03-31", "2023-06-30"])
    case["visits"] = _draw_visits(draft)
    return case


def _draw_visits(draft: _Draft) -> list[Json]:
    count = draft.pick([1, 2, 2, 3, 3, 4, 5, 7])
    days = [_day(draft) for _ in range(count)]
    if draft.chance(75):
        days.sort()
    visits: list[Json] = []
    for i, day in enumerate(days):
        draft.figures = _figures(draft, day)
        kinds: list[Callable[[_Draft, str], Json]] = [
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


def _day(draft: _Draft) -> str:
    if draft.chance(50):
        return f"{draft.year}-{draft.pick(EDGE_DAYS)}" if draft.year < 2030 else f"{draft.year}-03-31"
    first, last = 91, 365
    if draft.year >= 2030:
        first, last = 1, 90
    if not draft.sane and draft.chance(2):
        first, last = (1, 90) if draft.year == 2025 else (80, 365)
    day = dt.date(draft.year, 1, 1) + dt.timedelta(days=draft.rng.randrange(first, last + 1) - 1)
    return min(day, dt.date(draft.year, 12, 31)).isoformat()


def _figures(draft: _Draft, day: str) -> Terms:
    """The figures in force on a day, by the program's own look-up: what the edges are computed from."""
    overlay = read_overlay(draft.terms, "terms")
    return engine().resolver.resolve(draft.region, YANGQUAN, dt.date.fromisoformat(day), None, overlay).terms


# ── policy values ────────────────────────────────────────────────────────────────────────────


def _draw_terms(draft: _Draft) -> None:
    choices: list[tuple[int, str, Sequence[Any]]] = [
        (40, "pooled_fund.annual_cap", ["100000", "5000", "20000.01", "700", "0"]),
        (10, "outpatient.chronic_special.pooled_rate", ["70%", "1", "0", "2/3", "65.5%"]),
        (30, "outpatient.chronic.quota_mode", ["per_disease", "per_disease", "pool"]),
        (25, "outpatient.chronic.excess_stays_in_policy", [False, False, True]),
        (10, "outpatient.chronic.stacking.rate", ["1/3", "0", "1", "50%"]),
        (10, "outpatient.chronic.stacking.max_others", [0, 1, 2, 3, 40]),
        (8, "outpatient.special.minimum_provider_level", [0, 1, 2, 3]),
        (8, "special_drug.counts_to_annual_cap", [True, False]),
        (6, "assistance.in_force_from", ["2025-01-01", "2025-04-01"]),
        (12, "assistance.disposable_income_per_capita", ["30924", "0.05", "0", "1234.56"]),
    ]
    choices += [(15, f"inpatient.deductible.{c}", ["500", "0", "1000.55"]) for c in INPATIENT_CLASSES]
    choices += [(15, f"inpatient.pooled_rate.{c}", ["75%", "1", "0", "2/3"]) for c in INPATIENT_CLASSES]
    choices += [(6, f"catalogue_control.limit.{c}", ["15%", "0", "1/3", "1"]) for c in INPATIENT_CLASSES]
    for code in COMMON_CHRONIC:
        choices.append(
            (15, f"outpatient.chronic.quarterly_limit.{code}", ["600", "450.55", "0", "0.01", "405.55"])
        )
    for row in ("standard", *CATEGORIES):
        own = 15 if row in ("standard", *CATEGORIES[:3]) else 8
        choices.append((own, f"catastrophic.deductible.{row}", ["10000", "5000", "0", "300.03"]))
        choices.append((own, f"catastrophic.annual_cap.{row}", ["400000", None, "1000", "0", "0.01"]))
    for category in CATEGORIES:
        choices.append((10, f"assistance.annual_cap.{category}", ["60000", None, "500", "0", "1234.56"]))
        choices.append(
            (6, f"assistance.inpatient.deductible_income_share.{category}", ["0", "10%", "25%", "1/7"])
        )
    for percent, address, values in choices:
        if draft.chance(percent):
            draft.terms[address] = _maybe_dated(draft, values)
    for row in ("standard", *CATEGORIES):
        if draft.chance(15 if row in ("standard", *CATEGORIES[:3]) else 8):
            draft.terms[f"catastrophic.bands.{row}"] = _bands(draft)
    rates = ("inpatient.rate", "outpatient.rate", "special_drug.rate")
    for category in CATEGORIES:
        for family in rates:
            if draft.chance(6):
                draft.terms[f"assistance.{family}.{category}"] = draft.pick(["60%", "10%", "1", "0", "1/3"])
    for category in ("returned_to_poverty", "monitored"):
        if draft.chance(50):
            draft.terms |= {
                f"assistance.inpatient.rate.{category}": "70%",
                f"assistance.inpatient.deductible_income_share.{category}": draft.pick(["0", "5%"]),
                f"assistance.annual_cap.{category}": draft.pick(["30000", None]),
            }
    if draft.chance(10):
        code = draft.pick([a for a in draft.terms if "rate" in a] or ["outpatient.chronic.stacking.rate"])
        draft.terms[code] = draft.pick(AWKWARD_RATES)
    if draft.year == UNPUBLISHED and draft.chance(80):
        draft.terms["assistance.in_force_from"] = "2019-01-01"


def _maybe_dated(draft: _Draft, values: Sequence[Any]) -> Any:
    value = draft.pick(values)
    if not draft.chance(15):
        return value
    rows = [{"from": f"{draft.year}-01-01", "value": value}]
    if not draft.sane and draft.chance(10):
        rows = []
    rows += [{"from": f"{draft.year}-{day}", "value": draft.pick(values)} for day in ("05-15", "10-01")]
    return {"dated": rows[: draft.pick([2, 3])]}


def _bands(draft: _Draft) -> list[Json]:
    return draft.pick(
        [
            [{"above": "0", "rate": "60%"}, {"above": "50000", "rate": "70%"}],
            [
                {"above": "0", "rate": "1/3"},
                {"above": "100.01", "rate": "1/7"},
                {"above": "5000", "rate": "1"},
            ],
            [{"above": "1000", "rate": "65%"}],
            [{"above": str(i * 1000), "rate": f"{50 + i}%"} for i in range(8)],
            [{"above": "0", "rate": "999999/1000000"}],
            [],
        ]
    )


# ── the person ───────────────────────────────────────────────────────────────────────────────


def _draw_person(draft: _Draft) -> None:
    year = draft.year
    person = draft.person
    person["insurance"] = "resident"
    if draft.chance(12):
        person["insurance"] = "employee"
    elif draft.chance(5):
        person["insurance"] = [
            {"insurance": "resident", "from": "2020-01-01", "to": f"{year}-06-30"},
            {"insurance": draft.pick(["resident", "employee"]), "from": f"{year}-07-01", "to": None},
        ]
    person["household_region"] = draft.pick([YANGQUAN] * 12 + ["140321", "140311"])
    if draft.chance(10):
        person["household_region"] = draft.pick(["140700", "110100", "130000"])
    elif draft.chance(4):
        person["household_region"] = [
            {"household_region": YANGQUAN, "from": "2020-01-01", "to": f"{year}-09-30"},
            {"household_region": draft.pick(["140321", "140700"]), "from": f"{year}-10-01", "to": None},
        ]
    person["categories"] = _categories(draft)
    if not person["categories"] and draft.chance(50):
        del person["categories"]
    person["recognitions"] = [_recognition(draft, named) for named in _diseases(draft)]
    if draft.chance(5):
        person["waived_exclusions"] = [list(draft.pick(RIVALS))]


def _categories(draft: _Draft) -> list[Json]:
    names: tuple[str, ...] = (*CATEGORIES, *CATEGORY_ALIASES, *CATEGORIES[:2], *CATEGORIES[:2])
    if draft.year == UNPUBLISHED:
        names = CATEGORIES[-2:]
    held = draft.pick([0, 1, 1, 1, 1, 1, 1, 2, 2, 3])
    found = []
    for _ in range(held):
        first = draft.pick(["01-01"] * 5 + ["05-15", "07-01", "10-01"])
        last = draft.pick([None] * 5 + ["05-14", "06-30", "12-31"])
        start, end = f"{draft.year}-{first}", f"{draft.year}-{last}" if last else None
        if end is not None and end < start:
            end = start
        found.append({"category": draft.pick(names), "from": start, "to": end})
    return found


def _diseases(draft: _Draft) -> list[str]:
    found = [draft.pick(COMMON_CHRONIC) for _ in range(draft.pick([1, 1, 2, 3, 4, 5]))]
    found += [draft.pick(CHRONIC_DISEASES[17:]) for _ in range(draft.pick([0, 0, 1]))]
    if draft.chance(60):
        code = draft.pick(("dialysis", "hemophilia", "cancer", "transplant", "psychosis", *SPECIAL_DISEASES))
        found.append(f"{code}:{draft.pick(SUBTYPES[code])}" if code in SUBTYPES else code)
    if draft.chance(6):
        found += draft.pick(NEARLY_RIVALS)
    if draft.chance(5):
        pair = draft.pick(RIVALS)
        found += pair
        if draft.chance(40):
            draft.person["waived_exclusions"] = [list(draft.pick([pair, pair[::-1]]))]
        elif draft.chance(60):
            draft.legacy = pair
    if draft.sane and not draft.legacy:
        rivals = {named for pair in RIVALS for named in pair} - set(COMMON_CHRONIC)
        found = [named for named in found if named not in rivals] or ["diabetes"]
    draft.rng.shuffle(found)
    return found


def _recognition(draft: _Draft, named: str) -> Json:
    disease, _, subtype = named.partition(":")
    start = draft.pick(["2024-01-01", "2025-04-01", f"{draft.year}-05-15"])
    end = None
    if not draft.sane and draft.chance(15):
        start = draft.pick([start, f"{draft.year}-07-01"])
        end = draft.pick([f"{draft.year}-09-30", f"{draft.year}-12-31", "2031-03-31"])
        start = min(start, end)
    elif draft.sane:
        start = "2024-01-01"
    said: Json = {"disease": disease, "from": start, "to": end}
    if subtype:
        said |= {"disease": named} if draft.chance(30) else {"subtype": subtype}
    if draft.chance(10) or named in draft.legacy:
        said["legacy"] = True
    return said


# ── visits ───────────────────────────────────────────────────────────────────────────────────


def _provider(draft: _Draft) -> Json:
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


def _category(draft: _Draft, day: str) -> int:
    held = [
        1 if c["category"] in CATEGORY_ALIASES else CATEGORIES.index(c["category"]) + 1
        for c in draft.person.get("categories", [])
        if c["from"] <= day and (c["to"] is None or day <= c["to"])
    ]
    return min(held, default=0)


def _is_employee(draft: _Draft, day: str) -> bool:
    insurance = draft.person["insurance"]
    if isinstance(insurance, str):
        return bool(insurance == "employee")
    return any(s["insurance"] == "employee" and s["from"] <= day for s in insurance)


def _near(draft: _Draft, amount: int) -> int:
    """An amount at a threshold, one fen under it or over it; now and then two."""
    return max(amount + draft.pick([-1, 0, 0, 1, 1, -2, 2]), 0)


def _for_share(result: int, num: int, den: int) -> int:
    """The least amount of which the share, half up, is ``result``."""
    return 0 if num == 0 else max(-((-(2 * result - 1) * den) // (2 * num)), 0)


def _for_rest(rest: int, num: int, den: int) -> int:
    """An amount of which about ``rest`` is left after the share."""
    return rest * den // (den - num) if num < den else rest


def _thresholds_of_burden(draft: _Draft, category: int) -> list[int]:
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


def _random_amount(draft: _Draft) -> int:
    return draft.rng.randrange(draft.pick([2, 100, 100000, 5000000, 30000000]))


def _outpatient(draft: _Draft, day: str) -> Json:
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


def _disease_for(draft: _Draft, day: str) -> tuple[str, str]:
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


def _limits(draft: _Draft, day: str) -> list[int]:
    held = {r["disease"] for r in draft.person["recognitions"] if r["from"] <= day}
    return [
        draft.figures.num[QUARTERLY_LIMIT + CHRONIC_DISEASES.index(d)] for d in held if d in CHRONIC_DISEASES
    ]


def _stay(draft: _Draft, day: str) -> Json:
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


def _add_out_of_catalogue(draft: _Draft, visit: Json, slot: int) -> None:
    """A class C line such that the stay lies at the hospital's limit."""
    num, den = draft.figures.num[slot], draft.figures.den[slot]
    rest = sum(fen(line["amount"]) for line in visit["lines"])
    amount = min(_near(draft, rest * num // (den - num) if num < den else rest), 10**10)
    visit["lines"].append({"id": "c", "amount": plain_yuan(amount), "class": "C"})


def _drug(draft: _Draft, day: str) -> Json:
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


def _spender(draft: _Draft, day: str) -> Json:
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


def _with_lines(draft: _Draft, visit: Json, edges: Sequence[int], day: str) -> Json:
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


def _lines(draft: _Draft, in_policy: int, *, plain: bool) -> list[Json]:
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


def _line(draft: _Draft, in_policy: int, *, plain: bool) -> Json:
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


def _add_other(draft: _Draft, visit: Json, burden: int) -> None:
    """Other payers, near to the whole burden now and then."""
    if draft.chance(25):
        payers = draft.pick([("commercial",), ("supplementary", "mutual_aid"), ("commercial", "mutual_aid")])
        amount = _near(draft, draft.pick([burden, burden // 2, burden // 10, 100])) // len(payers)
        visit["other_payments"] = {payer: plain_yuan(min(amount, 10**11)) for payer in payers}
