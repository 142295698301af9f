"""Seeded person-years for the auditor, biased to edges: what random cases tend to miss stands here on purpose."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.auditor.auditor import audit, sort_line
from tests.auditor.policy import ADDRESSES, CATEGORIES, CHRONIC, CLASSES, SPECIAL, STANDARDS, Policies, fen

Json = dict[str, Any]
PSYCHOSES = ("schizophrenia", "bipolar", "delusional", "schizoaffective", "epileptic", "retardation")
SUBTYPES = {
    "transplant": ("kidney", "liver", "heart_2"),
    "cancer": ("acute_leukemia", "lung"),
    "psychosis": PSYCHOSES,
}
CATEGORY_WEIGHTS = {
    "extreme_poverty": 5,
    "orphan": 1,
    "unsupported_child": 1,
    "subsistence_allowance": 8,
    "near_subsistence": 6,
    "impoverished_by_illness": 6,
    "monitored": 2,
    "returned_to_poverty": 2,
}
USUAL_CHRONIC = (
    "diabetes",
    "hypertension",
    "chd",
    "stroke",
    "ra",
    "copd",
    "asthma",
    "ckd",
    "cirrhosis",
    "epilepsy",
)


@dataclass
class Made:
    """A case and how it is to be settled."""

    case: Json
    accept: bool | list[str] = True
    known_on: str | None = None


def yuan(amount: int) -> str:
    """Fen as a decimal string, now and then without the zeros that it could do without."""
    whole, rest = divmod(max(0, amount), 100)
    return f"{whole}.{rest:02d}" if rest % 10 else f"{whole}.{rest // 10}" if rest else str(whole)


class Maker:
    """Makes one person-year."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        pick = rng.random()
        self.year = 2025 if pick < 0.75 else rng.choice((2021, 2022, 2023, 2024, 2026, 2028, 2030))
        self.edges: list[int] = [0, 1, 10_000, 50_000, 64_286, 64_287, 500_000, 1_000_000, 773_100, 309_240]
        self.days = [self._day(month, 1) for month in (1, 4, 7, 10)] + [self._day(3, 31), self._day(12, 31)]

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def _day(self, month: int, day: int) -> str:
        return f"{self.year:04d}-{month:02d}-{day:02d}"

    def day(self) -> str:
        if self.chance(0.25):
            day = date.fromisoformat(self.rng.choice(self.days)) + timedelta(
                days=self.rng.choice((-1, 0, 0, 1))
            )
            if day.year == self.year:
                return day.isoformat()
        return (date(self.year, 1, 1) + timedelta(days=self.rng.randrange(365))).isoformat()

    def amount(self, most: int = 400_000) -> int:
        pick = self.rng.random()
        if pick < 0.3:
            return max(0, self.rng.choice(self.edges) + self.rng.choice((-1, 0, 0, 1)))
        if pick < 0.35:
            return self.rng.randrange(100)
        return self.rng.randrange(self.rng.choice((20_000, most, most, most * 5)))

    def money(self, most: int = 400_000) -> str:
        amount = self.amount(most)
        self.edges.append(amount)
        return yuan(amount)

    def rate(self) -> str:
        return self.rng.choice(
            ("0", "1", "70%", "7/10", "33.3%", "1/3", "62.5%", "10%", "100%", "0%", "999/1000")
        )

    # Terms

    def bands(self) -> list[Json]:
        count = self.rng.choice((1, 2, 2, 3, 8))
        start = self.rng.choice((0, 0, 1, 100_000))
        limits = [start, *sorted(self.rng.sample(range(start + 1, start + 3_000_000), count - 1))]
        rates = ("60%", "65%", "70%", "1/3", "0", "1", "12.5%", "7/9")
        return [{"above": yuan(limit), "rate": self.rng.choice(rates)} for limit in limits]

    def value(self, address: str) -> Any:
        kind = ADDRESSES[address]
        if kind == "yuan or null" and self.chance(0.2):
            return None
        if kind.startswith("yuan"):
            most = 80_000 if "quarterly" in address or "inpatient.ded" in address else 3_000_000
            return self.money(most)
        simple: dict[str, Callable[[], Any]] = {
            "rate": self.rate,
            "bands": self.bands,
            "switch": lambda: self.chance(0.5),
            "mode": lambda: self.rng.choice(("pool", "per_disease")),
            "integer": lambda: self.rng.choice((0, 1, 2, 3)),
            "date": lambda: self.rng.choice((f"{self.year}-01-01", "2020-01-01", "2023-01-01", self.day())),
        }
        return simple[kind]()

    def dated(self, address: str) -> Any:
        if not self.chance(0.2):
            return self.value(address)
        starts = sorted({self._day(1, 1) if self.chance(0.6) else self.day(), self.day(), self.day()})
        self.days += starts
        return {"dated": [{"from": start, "value": self.value(address)} for start in starts]}

    def terms(self, categories: Sequence[str], diseases: Sequence[str]) -> Json:
        wanted = [
            ("outpatient.chronic_special.pooled_rate", 0.1),
            ("outpatient.chronic.stacking.rate", 0.1),
            ("outpatient.chronic.stacking.max_others", 0.15),
            ("outpatient.chronic.quota_mode", 0.35),
            ("outpatient.chronic.excess_stays_in_policy", 0.25),
            ("outpatient.special.minimum_provider_level", 0.1),
            ("pooled_fund.annual_cap", 0.4),
            ("special_drug.counts_to_annual_cap", 0.3),
            ("assistance.in_force_from", 0.08),
            ("assistance.disposable_income_per_capita", 0.35),
        ]
        wanted += [(f"outpatient.chronic.quarterly_limit.{d}", 0.35) for d in diseases if d in CHRONIC]
        wanted += [(f"inpatient.{what}.{c}", 0.15) for what in ("deductible", "pooled_rate") for c in CLASSES]
        wanted += [
            (f"catastrophic.{what}.{c}", 0.2)
            for what in ("deductible", "bands", "annual_cap")
            for c in STANDARDS
            if c in categories or c == "standard"
        ]
        for category in categories:
            if category in CATEGORIES:
                wanted += self._assistance(category)
        wanted += [(f"catalogue_control.limit.{c}", 0.05) for c in CLASSES]
        return {address: self.dated(address) for address, probability in wanted if self.chance(probability)}

    def _assistance(self, category: str) -> Iterator[tuple[str, float]]:
        unmodelled = category in ("monitored", "returned_to_poverty")
        stated = (0.95 if self.chance(0.6) else 0.3 if self.chance(0.3) else 0) if unmodelled else 0.12
        yield f"assistance.inpatient.rate.{category}", stated
        yield f"assistance.inpatient.deductible_income_share.{category}", stated
        yield (
            f"assistance.annual_cap.{category}",
            0.97 if stated > 0.9 else max(stated, 0.3 * (not unmodelled)),
        )
        reach = 0.5 if stated > 0.9 else 0.02 if unmodelled else 0.2
        yield f"assistance.outpatient.rate.{category}", reach
        yield f"assistance.special_drug.rate.{category}", reach

    # The person

    def period(self, always: float) -> Json:
        if self.chance(always):
            return {"from": self.rng.choice((f"{self.year - 1}-07-01", f"{self.year}-01-01")), "to": None}
        first, last = sorted((self.day(), self.day()))
        self.days += [first, last]
        return {"from": first, "to": self.rng.choice((last, last, None))}

    def over_time(self, name: str, one: str, other: str) -> Any:
        """A string, or two closed periods that meet; now and then they leave a gap or overlap."""
        if self.chance(0.85):
            return one
        last = date.fromisoformat(self.day())
        gap = self.rng.choices((1, 2, 0), (0.94, 0.03, 0.03))[0]
        self.days.append(last.isoformat())
        return [
            {"from": f"{self.year}-01-01", "to": last.isoformat(), name: one},
            {"from": (last + timedelta(days=gap)).isoformat(), "to": f"{self.year + 1}-12-31", name: other},
        ]

    def recognition(self) -> Json:
        code = self.rng.choice(
            self.rng.choices(
                (USUAL_CHRONIC, CHRONIC, SPECIAL, ("transplant", "dialysis", "cancer")), (5, 2, 3, 1)
            )[0]
        )
        item: Json = {"disease": code} | self.period(0.75)
        if code in SUBTYPES:
            item["subtype"] = self.rng.choice(SUBTYPES[code])
            if self.chance(0.2):
                item["disease"] = f"{code}:{item.pop('subtype')}"
        if self.chance(0.08):
            item["legacy"] = True
        return item

    def recognitions(self, pairs: Sequence[tuple[str, str]]) -> tuple[list[Json], list[list[str]]]:
        """Recognitions, and waivers; a pair that excludes itself is mostly waived, legacy or dropped."""
        found = [self.recognition() for _ in range(self.rng.choice((0, 1, 1, 2, 3, 4, 6)))]
        if self.chance(0.08):
            for code in self.rng.choice(pairs):
                name, _, subtype = code.partition(":")
                found.append(
                    {"disease": name, **({"subtype": subtype} if subtype else {})} | self.period(0.8)
                )
        if found and self.chance(0.06):  # the same disease recognised twice, once of old
            found.append(self.rng.choice(found) | self.period(0.5) | {"legacy": self.chance(0.5)})
        waived = []
        for pair in pairs:
            sides = [[r for r in found if _code(r) == code] for code in pair]
            if not all(sides):
                continue
            pick = self.rng.random()
            if pick < 0.35:
                waived.append(list(pair) if self.chance(0.5) else list(pair)[::-1])
            elif pick < 0.75:
                for recognition in (*sides[0], *sides[1]):
                    recognition["legacy"] = not self.chance(0.1)
            elif pick < 0.92:
                found = [r for r in found if r not in sides[0]]
        return found, waived

    # Visits

    def provider(self) -> Json:
        found: Json = {
            "id": "h",
            "region": self.rng.choice(("140300", "140300", "140321", "140700", "140000", "110000")),
            "designated": not self.chance(0.06),
            "level": self.rng.choices((0, 1, 2, 3), (1, 1, 5, 3))[0],
            "fee_class": self.rng.choice((1, 2, 2, 3)),
            "administrative_level": self.rng.choice(("province", "city", "county", "county", "township")),
        }
        if (found["fee_class"], found["administrative_level"]) == (2, "township"):
            found["fee_class"] = 3
        if self.chance(0.2):
            found["level_exception"] = self.chance(0.6)
        return found

    def line(self, number: int, most: int) -> Json:
        found: Json = {"id": f"l{number}", "amount": self.money(most), "class": self.rng.choice("AAAABBC")}
        if found["class"] == "B":
            found["advance_rate"] = (
                self.rate() if self.chance(0.3) else self.rng.choice(("10%", "5%", "12.5%", "1/3"))
            )
        for name, probability in (("related", 0.06), ("conforming", 0.06), ("dual_channel", 0.08)):
            if self.chance(probability):
                found[name] = self.chance(0.2) if name != "dual_channel" else self.chance(0.8)
        if self.chance(0.15):
            found["price_cap"] = yuan(fen(found["amount"]) + self.rng.choice((-1, 0, 1, -5_000, 5_000, -99)))
        return found

    def visit(self, number: int, employee_on: Callable[[str], bool], recognitions: Sequence[Json]) -> Json:
        kind = self.rng.choices(("outpatient", "inpatient", "special_drug"), (6, 3, 1.2))[0]
        day = self.day()
        for _ in range(20):
            if kind != "outpatient" or "2025-04-01" <= day <= "2030-03-31" or self.chance(0.01):
                break
            day = self.day()
        else:
            kind = "inpatient"
        found: Json = {"id": f"v{number}", "kind": kind, "date": day}
        active = [r for r in recognitions if r["from"] <= day <= (r["to"] or "9")]
        if kind == "outpatient" and not active and self.chance(0.95):
            kind = found["kind"] = "inpatient"
        if kind == "special_drug":
            scope = self.amount(2_000_000)
            found |= {"in_scope": yuan(scope)} | self.given(scope)
        else:
            most = 120_000 if kind == "outpatient" else 1_500_000
            found["provider"] = self.provider()
            found["lines"] = [self.line(i, most) for i in range(self.rng.choice((0, 1, 1, 2, 3, 5)))]
            in_policy = sum(sort_line(line)["in_policy"] for line in found["lines"])
            if employee_on(day):
                found |= self.given(in_policy) if not self.chance(0.02) else {}
            elif self.chance(0.12):
                given = self.given(in_policy)
                found |= given if self.chance(0.6) else dict([self.rng.choice(list(given.items()))])
        if kind == "inpatient":
            found["referred"] = not self.chance(0.08)
            if self.chance(0.5):
                stayed = self.rng.choice((0, 1, 20, 200))
                found["admitted"] = (date.fromisoformat(day) - timedelta(days=stayed)).isoformat()
        if kind == "outpatient":
            whose = self.rng.choice(active) if active and not self.chance(0.01) else {"disease": "keshan"}
            found["disease"] = _code(whose) if self.chance(0.6) else whose["disease"]
        if self.chance(0.3):
            names = [n for n in ("supplementary", "commercial", "mutual_aid") if self.chance(0.5)]
            found["other_payments"] = {name: self.money(200_000) for name in names}
        return found

    def given(self, in_policy: int) -> Json:
        pooled = self.rng.choice((0, in_policy, in_policy // 2, self.rng.randint(0, in_policy)))
        rest = in_policy - pooled
        paid = self.rng.choice((0, rest, rest // 3, self.rng.randint(0, rest)))
        return {"pooled": yuan(pooled), "catastrophic": yuan(paid + (1 if self.chance(0.005) else 0))}

    # The whole case

    def made(self, number: int, pairs: Sequence[tuple[str, str]]) -> Made:
        rng = self.rng
        count = rng.choice((0, 1, 1, 1, 2, 3))
        held = rng.choices(list(CATEGORY_WEIGHTS), list(CATEGORY_WEIGHTS.values()), k=count)
        categories = [{"category": category} | self.period(0.6) for category in held]
        recognitions, waived = self.recognitions(pairs)
        employee = self.chance(0.12)
        insurance = self.over_time(
            "insurance", *(("employee", "resident") if employee else ("resident", "employee"))
        )
        outside = self.chance(0.06)
        home = rng.choice(("140700", "110000", "140000") if outside else ("140300", "140300", "140311"))
        other_home = "140300" if outside or self.chance(0.6) else "140700"
        person: Json = {
            "id": f"p{number}",
            "insurance": insurance,
            "household_region": self.over_time("household_region", home, other_home),
        }
        for name, items in (
            ("categories", categories),
            ("recognitions", recognitions),
            ("waived_exclusions", waived),
        ):
            if items or self.chance(0.5):
                person[name] = items

        def employee_on(day: str) -> bool:
            if isinstance(insurance, str):
                return insurance == "employee"
            return any(p["insurance"] == "employee" and p["from"] <= day <= p["to"] for p in insurance)

        case: Json = {"case": f"c{number}", "region": "140300", "year": self.year, "person": person}
        if self.chance(0.1):
            case["region"] = rng.choice(("140700", "140000", "140321"))
        if self.chance(0.006):
            case["region"] = "610100"
        case["terms"] = self.terms([*held, "extreme_poverty"], [r["disease"] for r in recognitions])
        if self.year < 2023 and self.chance(0.8):
            case["terms"]["assistance.in_force_from"] = "2020-06-01"
        case["visits"] = [
            self.visit(i, employee_on, recognitions) for i in range(rng.choice((1, 2, 3, 4, 6, 9)))
        ]
        if self.chance(0.8):
            case["visits"].sort(key=lambda visit: str(visit["date"]))
        if self.chance(0.5):
            case["close_year"] = self.chance(0.9)
        if self.chance(0.7 if outside else 0.2):
            case["withhold_unmodelled"] = self.chance(0.9)
        made = Made(case)
        self.knowledge(made)
        if self.chance(0.12):
            made.accept = self.acceptance(case)
        return made

    def knowledge(self, made: Made) -> None:
        """Known-on dates on the option, the case and visits; now and then before a value was known."""
        late = (f"{self.year}-04-01", f"{self.year + 1}-02-01", "2026-01-31")
        early = ("2025-03-31", "2024-02-21", "2024-02-22", "2022-12-31", "1999-12-31")

        def known() -> str:
            return self.rng.choice(early if self.chance(0.05) else late)

        if self.chance(0.15):
            made.known_on = known()
        if self.chance(0.15):
            made.case["known_on"] = known()
        if self.chance(0.1):
            for visit in made.case["visits"]:
                if self.chance(0.5):
                    visit["known_on"] = known()

    def acceptance(self, case: Json) -> bool | list[str]:
        """Nothing, or a list of addresses and prefixes; mostly one that suffices."""
        if self.chance(0.25):
            return False
        whole = ["outpatient", "pooled_fund.annual_cap", "inpatient", "catastrophic", "assistance"]
        if self.chance(0.3):
            whole.remove(self.rng.choice(whole))
            whole.append("outpatient.chronic.quarterly_limit")
        return whole


def _code(recognition: Json) -> str:
    return ":".join(filter(None, [recognition["disease"], recognition.get("subtype")]))


# Sharpening: a threshold is put where the year's running sums pass, to the fen


def sharpen(made: Made, rng: Random, policies: Policies) -> None:
    """Give the case's terms a cap, limit or deductible that one of its own visits meets exactly, or by one fen."""
    result = audit(made.case, policies, made.accept, made.known_on)
    if not result["ok"] or not result["visits"]:
        return
    at = rng.randrange(len(result["visits"]))
    visit, shown = made.case["visits"][at], result["visits"][at]
    sums = {
        name: sum(fen(v[name]) for v in result["visits"][: at + 1])
        for name in ("pooled", "catastrophic", "assistance")
    }
    burden = sum(fen(v["in_policy"]) - fen(v["pooled"]) for v in result["visits"][: at + 1])
    held = [c["category"] for c in made.case["person"].get("categories", []) if c["category"] in CATEGORIES]
    category = rng.choice([*held, "extreme_poverty"])
    choices: list[tuple[str, int]] = [
        ("pooled_fund.annual_cap", sums["pooled"]),
        (f"assistance.annual_cap.{category}", sums["assistance"]),
        (f"catastrophic.annual_cap.{rng.choice((category, 'standard'))}", sums["catastrophic"]),
        (f"catastrophic.deductible.{rng.choice((category, 'standard'))}", burden),
    ]
    if visit["kind"] == "outpatient" and visit["disease"] in CHRONIC:
        limit = fen(shown["pooled"]) + fen(shown["quota_excess"])
        choices.append((f"outpatient.chronic.quarterly_limit.{visit['disease']}", limit))
    if visit["kind"] == "inpatient":
        choices += [(f"inpatient.deductible.{c}", fen(shown["in_policy"])) for c in CLASSES]
        choices.append(("assistance.disposable_income_per_capita", fen(shown["assistance_base"]) * 10))
    left = fen(shown["in_policy"]) - fen(shown["pooled"]) - fen(shown["catastrophic"])
    if rng.random() < 0.2:
        visit["other_payments"] = {"commercial": yuan(left + rng.choice((-1, 0, 1)))}
    for address, amount in rng.sample(choices, min(len(choices), rng.choice((1, 1, 2)))):
        made.case["terms"][address] = yuan(amount + rng.choice((-1, 0, 0, 1)))


# Damage: one field is spoilt


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every member below ``value``."""
    members: Iterator[tuple[str | int, Any]] = iter(())
    if isinstance(value, dict):
        members = iter(value.items())
    elif isinstance(value, list):
        members = iter(enumerate(value))
    for key, item in members:
        yield (*path, key)
        yield from places(item, (*path, key))


def damage(made: Made, rng: Random) -> None:
    """Spoil one field: away, of another type, out of its range, unknown, or said twice."""
    case = made.case
    path = rng.choice(list(places(case)))
    parent: Any = case
    for key in path[:-1]:
        parent = parent[key]
    last = path[-1]
    old = parent[last]
    pick = rng.random()
    if pick < 0.2 and isinstance(parent, dict):
        del parent[last]
    elif pick < 0.3 and isinstance(parent, dict):
        parent["remark"] = old
    elif pick < 0.35 and isinstance(parent, list):
        parent.append(copy.deepcopy(old))
    elif pick < 0.4:
        case["terms"][rng.choice(("outpatient.gout", "prescription.long.min_weeks", "assistance"))] = "1"
    elif pick < 0.45:
        case["person"].setdefault("categories", []).append(
            {"category": "monitored", "from": f"{case['year']}-05-02", "to": f"{case['year']}-05-01"}
        )
    elif pick < 0.5 and case["visits"]:
        visit = rng.choice(case["visits"])
        visit.pop("admitted", None)
        visit["date"] = rng.choice(
            (f"{case['year'] + 1}-01-01", f"{case['year']}-02-30", f"{case['year'] - 1}-12-31")
        )
    elif pick < 0.55 and case["visits"]:
        huge = {"class": "A", "amount": "10000000000"}
        rng.choice(case["visits"])["lines"] = [{"id": "x", **huge}, {"id": "y", **huge, "amount": "0.01"}]
    else:
        wrong: list[Any] = [
            1.5,
            -1,
            "-1",
            "1.234",
            "x",
            True,
            None,
            {},
            [],
            "150%",
            "10000000000.01",
            "4/3",
            "5/0",
        ]
        parent[last] = rng.choice([v for v in wrong if v != old and not (v == {} and isinstance(old, dict))])


def cases(seed: int, policies: Policies) -> Iterator[Made]:
    """Person-years without end; the same ones for the same seed."""
    number = 0
    while True:
        rng = Random(f"{seed}/{number}")
        made = Maker(rng).made(number, policies.pairs)
        if rng.random() < 0.3:
            sharpen(made, rng, policies)
        if rng.random() < 0.06 and "invalid_input" not in str(
            audit(made.case, policies, made.accept, made.known_on)
        ):
            damage(made, rng)
        yield made
        number += 1
