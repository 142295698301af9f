"""What holds for every person's year, whatever the case: the contract's sentences, checked from the result.

Accumulators are summed up again here from the printed result; only the figures in force are looked
up by the program (its own tests are tests/law).
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st
from tests.drafting import YANGQUAN, Json, engine, fen
from tests.strategies import ACCEPT, CODES, MONEY, QUICK, person_year, person_years

from sanchong.law.terms import Resolver
from sanchong.money import NO_LIMIT
from sanchong.settlement.options import Options
from sanchong.settlement.reading import read_overlay
from sanchong.settlement.settle import Engine
from sanchong.shapes import (
    ASSISTANCE_CAP,
    CATASTROPHIC_CAP,
    CATEGORIES,
    CATEGORY_ALIASES,
    CHRONIC_DISEASES,
    DISEASES,
    EXCESS_STAYS_IN_POLICY,
    MISSING,
    PER_DISEASE,
    POOLED_ANNUAL_CAP,
    QUARTERLY_LIMIT,
    QUOTA_MODE,
    RETURNED_TO_POVERTY,
    SPECIAL_DRUG_COUNTS,
    STACKING_MAX_OTHERS,
    STACKING_RATE,
    Terms,
)

settings.register_profile(
    "years",
    max_examples=150,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
YEARS = settings.get_profile("years")
SWEPT = 4000

PARTS = ("dual_channel", "out_of_scope", "out_of_catalogue", "over_price", "advance", "in_policy")
PAYERS = ("pooled", "catastrophic", "other", "assistance", "hospital", "patient")


def settled(case: Json, options: Options = QUICK) -> Json:
    """The result of a case that settles; other cases say nothing about the property."""
    result = engine().settle(case, options)
    assume(result["ok"])
    return result


def visits_of(case: Json, result: Json) -> Iterator[tuple[Json, Json, dict[str, int]]]:
    """Each visit as asked, as settled, and its amounts in fen."""
    for asked, said in zip(case["visits"], result["visits"], strict=True):
        yield asked, said, {name: fen(said[name]) for name in MONEY}


def figures(case: Json, day: str, household: str = YANGQUAN, known_on: str | None = None) -> Terms:
    """The values in force for a case on a day."""
    known = dt.date.fromisoformat(known_on) if known_on else None
    overlay = read_overlay(case.get("terms", {}), "terms")
    resolver: Resolver = engine().resolver
    return resolver.resolve(case["region"], household, dt.date.fromisoformat(day), known, overlay).terms


def figures_of(case: Json, visit: Json) -> Terms:
    return figures(
        case, visit["date"], household_of(case, visit["date"]), visit.get("known_on", case.get("known_on"))
    )


def household_of(case: Json, day: str) -> str:
    region = case["person"]["household_region"]
    if isinstance(region, str):
        return region
    return next(str(s["household_region"]) for s in region if covers(s, day))


def covers(period: Json, day: str) -> bool:
    return bool(period["from"] <= day and (period["to"] is None or day <= period["to"]))


def code_of(category: str | None) -> int:
    if category is None:
        return 0
    return 1 if category in CATEGORY_ALIASES else CATEGORIES.index(category) + 1


def left(cap: int, used: int) -> int:
    """Room: a lowered cap leaves 0, no cap is no bound."""
    return cap if cap == NO_LIMIT else max(cap - used, 0)


# ── what every result keeps ──────────────────────────────────────────────────────────────────


def check_identities_and_signs(case: Json, result: Json) -> None:
    """Both identities on every visit; no negative amount anywhere; the year is the sum of its visits."""
    sums = dict.fromkeys(MONEY, 0)
    for asked, _, v in visits_of(case, result):
        assert v["total"] == sum(v[part] for part in PARTS)
        assert v["total"] - v["dual_channel"] == sum(v[payer] for payer in PAYERS)
        if asked["kind"] == "special_drug":
            assert v["total"] == v["in_policy"] == fen(asked["in_scope"])
        else:
            assert v["total"] == sum(fen(line["amount"]) for line in asked["lines"])
        for name in MONEY:
            sums[name] += v[name]
    assert all(fen(amount) >= 0 for amount in amounts_in(result))
    year, closing = result["year"], result["close_year"]
    paid_at_end = fen(closing["assistance"]) if closing else 0
    assert fen(year["pooled"]) == sums["pooled"]
    assert fen(year["catastrophic"]) == sums["catastrophic"]
    assert fen(year["assistance"]) == sums["assistance"] + paid_at_end
    assert fen(year["assistance_deductible"]) == sums["assistance_deductible"]
    assert fen(year["patient"]) == sums["patient"] - paid_at_end
    assert (closing is not None) == case.get("close_year", False)
    if closing:
        assert paid_at_end == sum(map(fen, closing["by_category"].values()))


def amounts_in(data: Any) -> Iterator[str]:
    """Every text in a result that is an amount."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in ("receipt", "explanation"):
                yield from amounts_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from amounts_in(value)
    elif isinstance(data, str) and data.lstrip("-").replace(".", "", 1).isdigit():
        yield data


def check_lines_add_up(case: Json, result: Json) -> None:
    """Column by column the lines are the visit; none is negative; a line's parts are the line."""
    for asked, said, v in visits_of(case, result):
        if asked["kind"] == "special_drug":
            assert said["lines"] == []
            continue
        columns = {payer: [fen(line[payer]) for line in said["lines"]] for payer in PAYERS}
        for payer, column in columns.items():
            assert sum(column) == v[payer]
            assert min(column, default=0) >= 0
        for i, (line, row) in enumerate(zip(asked["lines"], said["lines"], strict=True)):
            assert row["id"] == line["id"]
            parts = sum(column[i] for column in columns.values())
            away = line.get("dual_channel") and in_question(line)
            assert parts == (0 if away else fen(line["amount"]))


def in_question(line: Json) -> bool:
    """Whether a line comes as far as the test for dual channel: related, conforming, not class C."""
    return bool(line.get("related", True) and line.get("conforming", True) and line["class"] != "C")


# ── no cap is passed ─────────────────────────────────────────────────────────────────────────


def check_pooled_and_catastrophic_caps(case: Json, result: Json) -> None:
    """What is computed stays within its annual cap as of the visit, used up by all that counts to it."""
    pooled = catastrophic = burden = 0
    for asked, said, v in visits_of(case, result):
        t = figures_of(case, asked)
        drug = asked["kind"] == "special_drug"
        if "pooled" not in asked:
            assert v["pooled"] <= left(t.num[POOLED_ANNUAL_CAP], pooled)
            assert v["pooled"] + v["deductible"] <= v["in_policy"]
        if "catastrophic" not in asked:
            category = code_of(said["category"])
            own = 0 < category <= RETURNED_TO_POVERTY
            own = own or (category > 0 and t.status[CATASTROPHIC_CAP + category] != MISSING)
            cap = t.num[CATASTROPHIC_CAP + (category if own else 0)]
            assert v["catastrophic"] <= left(cap, catastrophic)
        assert v["pooled"] + v["catastrophic"] <= v["in_policy"]
        withheld = {"not_designated", "provider_level", "exclusion_pending"} & set(said["gates"])
        if withheld:
            assert v["pooled"] == v["catastrophic"] == v["other"] == v["assistance"] == 0
        elif not drug:
            excess = 0 if t.num[EXCESS_STAYS_IN_POLICY] else v["quota_excess"]
            burden += v["in_policy"] - v["pooled"] - excess
        if not drug:
            pooled += v["pooled"]
            catastrophic += v["catastrophic"]
        elif t.num[SPECIAL_DRUG_COUNTS]:
            pooled += v["pooled"]
    assert fen(result["year"]["catastrophic_burden"]) == burden


def check_quarterly_limit(case: Json, result: Json) -> None:
    """No chronic visit is paid more than its quarter has left, in either mode."""
    used = [0] * 4
    used_by: dict[tuple[int, str], int] = {}
    legacy = any(r.get("legacy") for r in case["person"]["recognitions"])
    for asked, _, v in visits_of(case, result):
        disease = asked.get("disease", "").partition(":")[0]
        if disease not in CHRONIC_DISEASES:
            assert v["quota_excess"] == 0
            continue
        quarter = (int(asked["date"][5:7]) - 1) // 3
        t = figures_of(case, asked)
        if "pooled" not in asked:
            parts = quota_of(case, asked["date"], t)
            if t.num[QUOTA_MODE] != PER_DISEASE:
                assert v["pooled"] <= left(sum(parts.values()), used[quarter])
            elif not legacy:
                assert v["pooled"] <= left(parts.get(disease, 0), used_by.get((quarter, disease), 0))
        used[quarter] += v["pooled"]
        used_by[quarter, disease] = used_by.get((quarter, disease), 0) + v["pooled"]


def quota_of(case: Json, day: str, t: Terms) -> dict[str, int]:
    """Each counted disease's part of the quarterly limit: highest in full, the next by the stacking rate."""
    since: dict[str, tuple[str, int]] = {}
    for r in case["person"]["recognitions"]:
        if r["disease"] in CHRONIC_DISEASES and covers(r, day):
            first = (r["from"], DISEASES.index(r["disease"]))
            since[r["disease"]] = min(first, since.get(r["disease"], first))
    limit = {d: t.num[QUARTERLY_LIMIT + CHRONIC_DISEASES.index(d)] for d in since}
    ranked = sorted(since, key=lambda d: (-limit[d], since[d]))[: t.num[STACKING_MAX_OTHERS] + 1]
    rate = Fraction(t.num[STACKING_RATE], t.den[STACKING_RATE])
    return {d: limit[d] if i == 0 else int(limit[d] * rate + Fraction(1, 2)) for i, d in enumerate(ranked)}


def check_assistance_cap_and_burden(case: Json, result: Json) -> None:
    """Assistance passes neither the year's cap nor what the person still bears, at the year's end neither."""
    used = 0
    kept: dict[str, int] = {}
    borne: dict[str, int] = {}
    household = YANGQUAN
    for asked, said, v in visits_of(case, result):
        t = figures_of(case, asked)
        held = [c for c in case["person"].get("categories", []) if covers(c, asked["date"])]
        assert code_of(said["category"]) == min((code_of(c["category"]) for c in held), default=0)
        excess = 0 if t.num[EXCESS_STAYS_IN_POLICY] else v["quota_excess"]
        still = v["in_policy"] - v["pooled"] - excess - v["catastrophic"] - v["other"]
        if v["assistance"]:
            assert v["assistance"] <= still
            assert v["assistance"] <= left(t.num[ASSISTANCE_CAP + code_of(said["category"]) - 1], used)
        assert v["assistance"] + v["assistance_deductible"] <= max(v["assistance_base"], v["assistance"])
        if v["deferred_base"]:
            assert v["assistance"] == 0
            category = CATEGORIES[code_of(said["category"]) - 1]
            kept[category] = kept.get(category, 0) + v["deferred_base"]
            borne[category] = borne.get(category, 0) + still
            household = household_of(case, asked["date"])
        used += v["assistance"]
    closing = result["close_year"]
    if closing is None:
        return
    assert set(closing["by_category"]) == set(kept)
    t = figures(case, f"{case['year']}-12-31", household, case.get("known_on"))
    for category, base in kept.items():
        paid = fen(closing["by_category"][category])
        assert paid <= left(t.num[ASSISTANCE_CAP + CATEGORIES.index(category)], used)
        assert paid <= min(base, borne[category])
        used += paid


CHECKS = (
    check_identities_and_signs,
    check_lines_add_up,
    check_pooled_and_catastrophic_caps,
    check_quarterly_limit,
    check_assistance_cap_and_burden,
)


@pytest.mark.parametrize("check", CHECKS)
@YEARS
@given(case=person_years())
def test_every_result_keeps(check: Callable[[Json, Json], None], case: Json) -> None:
    """The checks above, on cases that Hypothesis shrinks."""
    check(case, settled(case))


def test_a_sweep_keeps() -> None:
    """The checks above, on many more cases; most settle, every refusal occurs."""
    seen: Counter[str] = Counter()
    for seed in range(SWEPT):
        case = person_year(random.Random(seed))
        result = engine().settle(case, QUICK if seed % 20 else Options(explain=False))
        seen["ok" if result["ok"] else result["error"]["code"]] += 1
        for check in CHECKS if result["ok"] else ():
            check(case, result)
    assert seen["ok"] > SWEPT * 3 // 4
    assert set(seen) == {"ok", *CODES}


# ── what may not matter ──────────────────────────────────────────────────────────────────────


def totals(result: Json) -> list[dict[str, Any]]:
    """The visits without their lines, and the year."""
    visits = [
        {k: v for k, v in visit.items() if k not in ("lines", "explanation")} for visit in result["visits"]
    ]
    return [*visits, result["close_year"], result["year"]]


@YEARS
@given(person_years(), st.randoms(use_true_random=False))
def test_order_of_lines(case: Json, rng: random.Random) -> None:
    """Permuting lines changes no visit's total."""
    before = settled(case)
    other = copy.deepcopy(case)
    for visit in other["visits"]:
        rng.shuffle(visit.get("lines", []))
    assert totals(settled(other)) == totals(before)


@YEARS
@given(person_years(), st.randoms(use_true_random=False))
def test_splitting_a_line(case: Json, rng: random.Random) -> None:
    """Splitting a class A line without a price cap into two changes no visit's total."""
    before = settled(case)
    other = copy.deepcopy(case)
    for visit in other["visits"]:
        plain = [x for x in visit.get("lines", []) if x["class"] == "A" and "price_cap" not in x]
        if plain:
            line = rng.choice(plain)
            whole = fen(line["amount"])
            part = rng.randint(0, whole)
            at = visit["lines"].index(line)
            pieces = [
                {**line, "amount": yuan_of(whole - part)},
                {**line, "id": "half", "amount": yuan_of(part)},
            ]
            visit["lines"][at : at + 1] = pieces
    assert totals(settled(other)) == totals(before)


def yuan_of(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


@settings(YEARS, max_examples=60)
@given(person_years())
def test_the_same_again(case: Json) -> None:
    """Settled twice, by an engine that has seen other cases and a new one: the same bytes."""
    once = json.dumps(engine().settle(case, ACCEPT), ensure_ascii=False)
    again = json.dumps(Engine(engine().law).settle(copy.deepcopy(case), ACCEPT), ensure_ascii=False)
    assert once == again


@settings(YEARS, max_examples=60)
@given(person_years())
def test_explaining_changes_nothing(case: Json) -> None:
    """With or without the explanation, the result and its hashes are the same."""
    told, plain = engine().settle(case, ACCEPT), engine().settle(case, QUICK)
    if not told["ok"]:
        assert told == plain
        return
    assert told["receipt"].pop("explanation")
    assert told["receipt"] == plain["receipt"]
    assert totals(told)[-1] == totals(plain)[-1]
    for a, b in zip(told["visits"], plain["visits"], strict=True):
        assert a.pop("explanation")
        assert a == b


@YEARS
@given(
    person_years(), st.sampled_from([False, True, ("outpatient", "inpatient"), ("pooled_fund.annual_cap",)])
)
def test_settled_or_refused_with_a_place(case: Json, accept: Any) -> None:
    """Never an exception: a result, or a known code and where it stands."""
    result = engine().settle(case, Options(accept_assumed=accept, explain=False))
    assert result["case"] == case["case"]
    if not result["ok"]:
        error = result["error"]
        assert error["code"] in CODES
        assert error["where"]
        assert error["message"]
        note(error["code"])


# ── a higher category ────────────────────────────────────────────────────────────────────────

RISING = ("impoverished_by_illness", "near_subsistence", "subsistence_allowance", "extreme_poverty")
"""The categories with printed figures, the lower first."""

STANDARD_BANDS = [{"above": "0", "rate": "60%"}, {"above": "50000", "rate": "70%"}]
TILTED_BANDS = [{"above": "0", "rate": "65%"}, {"above": "50000", "rate": "75%"}]
CAPS = ("400000", "1000", "0", None)
DEDUCTIBLES = ("10000", "5000", "300.03", "0")
NOT_ABOVE_LAW = ("assistance.", "catastrophic.")


@YEARS
@given(
    person_years(sane=True),
    st.sampled_from(CAPS),
    st.lists(st.sampled_from(DEDUCTIBLES), min_size=2, max_size=2),
)
def test_a_higher_category_never_pays_more(case: Json, cap: str | None, deductibles: list[str]) -> None:
    """The same year under the four categories: the patient's part never rises with the category.

    Held equal: the visits, one category all year, registered in Yangquan, assistance as printed, the year
    closed. Stated conditions, each needed (see the counterexamples below): catastrophic insurance's rates rise
    from band to band; the higher category's row is the lower's, or at least as good and without a cap; the two
    categories that outpatient assistance reaches have the same row.
    """
    case = as_printed(case)
    lower, higher = sorted(deductibles, key=fen)
    case["terms"] |= rows("standard", higher, STANDARD_BANDS, cap)
    for tilted in RISING[2:]:
        case["terms"] |= rows(tilted, lower, TILTED_BANDS, None)
    borne = patient_by_category(case)
    assert borne == sorted(borne, reverse=True)


def as_printed(case: Json) -> Json:
    """A case without categories, whose own terms leave assistance and catastrophic insurance to the law."""
    case = copy.deepcopy(case)
    terms = case.get("terms", {})
    case["terms"] = {k: v for k, v in terms.items() if not k.startswith(NOT_ABOVE_LAW)}
    case["person"]["household_region"] = YANGQUAN
    case["close_year"] = True
    return case


def patient_by_category(case: Json) -> list[int]:
    borne = []
    for category in RISING:
        held = [{"category": category, "from": f"{case['year']}-01-01", "to": None}]
        case["person"]["categories"] = held
        result = engine().settle(case, QUICK)
        assume(result["ok"])
        borne.append(fen(result["year"]["patient"]))
    return borne


def test_counterexample_equal_caps() -> None:
    """Both rows capped at 1,000: what the higher category draws early may only spare another payer.

    Stay, burden 10,000, commercial insurance pays the rest: 低保 (deductible 5,000) draws 60 % × 5,000 → cap
    1,000; 边缘 (10,000) nothing; neither bears anything. Then dialysis, burden 2,000: 边缘 60 % × 2,000 → cap
    1,000, bears 1,000.00. 低保: cap spent, base 2,000, assistance 30 % = 600, bears 1,400.00.
    """
    flat = [{"above": "0", "rate": "60%"}]
    terms = rows("standard", "10000", flat, "1000") | rows("subsistence_allowance", "5000", flat, "1000")
    visits = [stay("10000", "v-1", commercial="10000"), clinic("2000", "v-2", "dialysis")]
    assert borne_by("near_subsistence", terms, visits) == 1_000_00
    assert borne_by("subsistence_allowance", terms, visits) == 1_400_00


def test_counterexample_falling_bands() -> None:
    """Rates that fall over the bands: the higher category is past the better band earlier.

    Both 80 % up to 5,000 over the deductible and 10 % beyond, no cap. Stay, burden 10,000, commercial insurance
    pays the rest. Then dialysis, burden 5,000: 边缘 (10,000) 80 % = 4,000, bears 1,000.00. 低保 (5,000) 10 % =
    500, base 4,500, assistance 30 % = 1,350, bears 3,150.00.
    """
    falling = [{"above": "0", "rate": "80%"}, {"above": "5000", "rate": "10%"}]
    terms = rows("standard", "10000", falling, None) | rows("subsistence_allowance", "5000", falling, None)
    visits = [stay("10000", "v-1", commercial="10000"), clinic("5000", "v-2", "dialysis")]
    assert borne_by("near_subsistence", terms, visits) == 1_000_00
    assert borne_by("subsistence_allowance", terms, visits) == 3_150_00


def test_counterexample_year_end_base() -> None:
    """Other payers reduce no outpatient base (Q28), so a base may be worth more than what it stands for.

    Two diabetes visits, burdens 100 and 1,000, commercial insurance pays 1,000 of the second. 低保, catastrophic
    insurance out of reach: base 1,100, still borne 100; 30 % × 1,100 = 330, within 100: bears 0.00. 特困,
    deductible 100, then 100 %: the second visit leaves nothing; base 100, 60 % = 60: bears 40.00.
    """
    full = [{"above": "0", "rate": "1"}]
    terms = rows("subsistence_allowance", "10000", full, None) | rows("extreme_poverty", "100", full, None)
    visits = [clinic("100", "v-1", "diabetes"), clinic("1000", "v-2", "diabetes", commercial="1000")]
    assert borne_by("subsistence_allowance", terms, visits) == 0
    assert borne_by("extreme_poverty", terms, visits) == 40_00


def rows(row: str, deductible: str, bands: list[Json], cap: str | None) -> Json:
    """A row of catastrophic insurance as a case's terms."""
    values: dict[str, Any] = {"deductible": deductible, "bands": bands, "annual_cap": cap}
    return {f"catastrophic.{name}.{row}": value for name, value in values.items()}


def stay(amount: str, name: str, **other: str) -> Json:
    """A stay towards which the pooled fund is given to have paid nothing."""
    provider = {
        "id": "h",
        "region": YANGQUAN,
        "designated": True,
        "level": 2,
        "fee_class": 2,
        "administrative_level": "county",
    }
    lines = [{"id": "l", "amount": amount, "class": "A"}]
    visit = {"id": name, "kind": "inpatient", "date": "2025-06-01", "referred": True, "provider": provider}
    return visit | {"lines": lines, "pooled": "0", "other_payments": other}


def clinic(amount: str, name: str, disease: str, **other: str) -> Json:
    """The same for an outpatient visit."""
    return stay(amount, name, **other) | {"kind": "outpatient", "disease": disease}


def borne_by(category: str, terms: Json, visits: list[Json]) -> int:
    """The patient's part of a year."""
    person = {
        "id": "p",
        "insurance": "resident",
        "household_region": YANGQUAN,
        "categories": [{"category": category, "from": "2025-01-01", "to": None}],
        "recognitions": [
            {"disease": code, "from": "2025-01-01", "to": None} for code in ("dialysis", "diabetes")
        ],
    }
    case = {"case": "c", "region": YANGQUAN, "year": 2025, "person": person, "terms": terms}
    result = engine().settle(case | {"visits": visits, "close_year": True}, QUICK)
    assert result["ok"], result["error"]
    return fen(result["year"]["patient"])
