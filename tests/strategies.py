"""Random person-years in the contract's JSON, drawn towards the edges of every threshold.

:func:`person_year` draws from a ``random.Random``: seeded for speed, or Hypothesis's own (then a
failing case shrinks), which :func:`person_years` gives. Amounts are computed backwards from the
figures in force, so that a share, a burden, a base or what is left of a cap comes out at the
threshold, one fen under it or one fen over. Most cases settle; some are refused.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Final

from hypothesis import strategies as st
from tests.drafting import COMMON_CHRONIC, UNPUBLISHED, YANGQUAN, Draft, Json
from tests.drawn_visits import draw_visits

from sanchong.settlement.options import Options
from sanchong.shapes import (
    CATEGORIES,
    CATEGORY_ALIASES,
    CHRONIC_DISEASES,
    INPATIENT_CLASSES,
    REFUSALS,
    SPECIAL_DISEASES,
)

ACCEPT: Final = Options(accept_assumed=True)
QUICK: Final = Options(accept_assumed=True, explain=False)
CODES: Final = frozenset(REFUSALS[1:])

MONEY: Final = (
    "total", "dual_channel", "out_of_scope", "out_of_catalogue", "over_price", "advance", "in_policy",
    "deductible", "pooled", "quota_excess", "catastrophic", "other", "assistance_base",
    "assistance_deductible", "assistance", "deferred_base", "hospital", "patient",
)  # fmt: skip
"""The amounts of a visit, as the contract names them."""

PSYCHOSES: Final = (
    "schizophrenia", "bipolar", "delusional", "schizoaffective", "epileptic", "retardation",
)  # fmt: skip
SUBTYPES: Final = {
    "transplant": ("kidney", "liver", "heart"),
    "cancer": ("acute_leukemia", "lung"),
    "psychosis": PSYCHOSES,
}
RIVALS: Final = (
    ("dialysis", "transplant:kidney"), ("ckd", "dialysis"), ("ckd", "transplant:kidney"),
    ("nephrotic", "dialysis"), ("nephrotic", "transplant:kidney"), ("cirrhosis", "transplant:liver"),
    ("cirrhosis", "hepatitis"), ("myelofibrosis", "cancer:acute_leukemia"), ("cor_pulmonale", "copd"),
    ("asthma", "copd"),
)  # fmt: skip
NEARLY_RIVALS: Final = (("ckd", "nephrotic"), ("asthma", "cor_pulmonale"), ("hepatitis", "transplant:liver"))
AWKWARD_RATES: Final = ("0", "1", "1/3", "2/3", "33.33%", "99.9999%", "1/1000000", "999999/1000000", "12.5%")


def person_years(**kept: Any) -> st.SearchStrategy[Json]:
    """Cases by Hypothesis; ``kept`` as for :func:`person_year`."""
    randoms = st.randoms(use_true_random=False)
    return randoms.map(lambda rng: person_year(rng, **kept))


def person_year(rng: random.Random, *, sane: bool = False, name: str = "c") -> Json:
    """A case. With ``sane``, one that a settlement has no reason to refuse."""
    draft = Draft(rng, {}, {"id": "p"}, YANGQUAN, 2025, sane)
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
    case["visits"] = draw_visits(draft)
    return case


# ── policy values ────────────────────────────────────────────────────────────────────────────


def _draw_terms(draft: Draft) -> None:
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


def _maybe_dated(draft: Draft, values: Sequence[Any]) -> Any:
    value = draft.pick(values)
    if not draft.chance(15):
        return value
    rows = [{"from": f"{draft.year}-01-01", "value": value}]
    if not draft.sane and draft.chance(10):
        rows = []
    rows += [{"from": f"{draft.year}-{day}", "value": draft.pick(values)} for day in ("05-15", "10-01")]
    return {"dated": rows[: draft.pick([2, 3])]}


def _bands(draft: Draft) -> list[Json]:
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


def _draw_person(draft: Draft) -> None:
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


def _categories(draft: Draft) -> list[Json]:
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


def _diseases(draft: Draft) -> list[str]:
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


def _recognition(draft: Draft, named: str) -> Json:
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
