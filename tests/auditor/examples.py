"""The worked examples of cases.md that are whole settlements, with the figures that stand there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
LIMITS = {"diabetes": "600", "hypertension": "450", "chd": "500", "stroke": "500", "ra": "405.55"}
TERMS: Json = {
    **{f"outpatient.chronic.quarterly_limit.{disease}": limit for disease, limit in LIMITS.items()},
    "pooled_fund.annual_cap": "100000",
    "inpatient.deductible.second_county": "500",
    "inpatient.pooled_rate.second_county": "75%",
    "catastrophic.deductible.standard": "10000",
    "catastrophic.bands.standard": [{"above": "0", "rate": "60%"}, {"above": "50000", "rate": "70%"}],
    "catastrophic.annual_cap.standard": "400000",
    "assistance.disposable_income_per_capita": "30924",
    "assistance.in_force_from": "2023-01-01",
}
for _category in ("extreme_poverty", "subsistence_allowance"):
    TERMS[f"catastrophic.deductible.{_category}"] = "5000"
    TERMS[f"catastrophic.bands.{_category}"] = [
        {"above": "0", "rate": "65%"},
        {"above": "50000", "rate": "75%"},
    ]
    TERMS[f"catastrophic.annual_cap.{_category}"] = None
BASE_STAY = [
    {"id": "l1", "amount": "18000", "class": "A"},
    {"id": "l2", "amount": "1500", "class": "C"},
    {"id": "l3", "amount": "500", "class": "B", "advance_rate": "1"},
]


@dataclass
class Example:
    """A case, and what it comes to."""

    name: str
    case: Json
    visits: list[dict[str, str]] = field(default_factory=list)
    close: str | None = None
    code: str = ""

    @property
    def ok(self) -> bool:
        return not self.code


def provider(**facts: Any) -> Json:
    usual = {"id": "h", "region": "140300", "designated": True, "level": 2, "fee_class": 2}
    return usual | {"administrative_level": "county"} | facts


def visit(disease: str, amount: str, day: str = "2025-05-10", **facts: Any) -> Json:
    lines = [{"id": "l1", "amount": amount, "class": "A"}]
    found: Json = {
        "kind": "outpatient",
        "date": day,
        "disease": disease,
        "provider": provider(),
        "lines": lines,
    }
    return found | facts


def stay(lines: list[Json] = BASE_STAY, **facts: Any) -> Json:
    return {
        "kind": "inpatient",
        "date": "2025-07-01",
        "referred": True,
        "provider": provider(),
        "lines": lines,
    } | facts


def drug(**facts: Any) -> Json:
    given = {"in_scope": "20000", "pooled": "12000", "catastrophic": "1000"}
    return {"kind": "special_drug", "date": "2025-09-01"} | given | facts


def case(name: str, *visits: Json, category: str = "", terms: Json | None = None, **facts: Any) -> Json:
    """A case of a resident of Yangquan in whom every disease of the visits and of ``active`` is recognised."""
    names = [*facts.pop("active", []), *(v["disease"] for v in visits if "disease" in v)]
    recognised = [dict(zip(("disease", "subtype"), n.split(":"), strict=False)) for n in dict.fromkeys(names)]
    person: Json = {"id": "p", "insurance": "resident", "household_region": "140300"}
    person["recognitions"] = [r | {"from": "2025-04-01", "to": None} for r in recognised]
    person["categories"] = [{"category": category, "from": "2025-01-01", "to": None}] if category else []
    person["waived_exclusions"] = facts.pop("waived", [])
    numbered = [{"id": f"v{i}", **v} for i, v in enumerate(visits)]
    frame: Json = {"case": name, "region": "140300", "year": 2025, "terms": TERMS | (terms or {})}
    return frame | {"person": person, "visits": numbered} | facts


def _one(name: str, what: Json, figures: dict[str, str], **facts: Any) -> Example:
    return Example(name, case(name, what, **facts), [figures])


def _exclusion(name: str, active: str, code: str = "mutually_exclusive", **facts: Any) -> Example:
    diseases = active.split()
    what = visit(diseases[0], "100", provider=provider(level=3))
    return Example(name, case(name, what, active=diseases, **facts), code=code)


def _exclusions() -> list[Example]:
    """C01 to C05."""
    listed = (
        "dialysis transplant:kidney|ckd dialysis|ckd transplant:kidney|nephrotic dialysis|cirrhosis hepatitis|"
        "nephrotic transplant:kidney|cirrhosis transplant:liver|myelofibrosis cancer:acute_leukemia|"
        "cor_pulmonale copd|asthma copd|ckd nephrotic transplant:kidney|cor_pulmonale asthma copd"
    )
    pairs = listed.split("|")
    limits = ("ckd", "nephrotic", "cor_pulmonale", "asthma", "cirrhosis", "hepatitis", "ibd")
    listed = (
        "ckd nephrotic|cor_pulmonale asthma|hepatitis transplant:liver|cirrhosis transplant:kidney|"
        "ckd transplant:liver|myelofibrosis cancer:lung"
    )
    free = listed.split("|")
    terms = {f"outpatient.chronic.quarterly_limit.{disease}": "500" for disease in limits}
    found = [_exclusion(f"C02 {pair}", pair) for pair in pairs]
    found += [_exclusion(f"C02 {pair} backwards", " ".join(pair.split()[::-1])) for pair in pairs]
    found += [_exclusion(f"C03 {pair}", pair, code="", terms=terms) for pair in free]
    waived = [["dialysis", "transplant:kidney"]]
    found.append(_exclusion("C05 waived", "transplant:kidney dialysis", code="", waived=waived))
    found.append(_exclusion("C05 waived, ckd", "transplant:kidney dialysis ckd", waived=waived))
    return found


def _quotas() -> list[Example]:
    """C06 to C10, C13 to C15: what one great visit is paid is the limit."""
    found = []
    for name, active, paid in (
        ("C06", "diabetes", "600.00"),
        ("C07", "hypertension diabetes", "825.00"),
        ("C07 with chd", "hypertension diabetes chd", "1075.00"),
        ("C08", "hypertension stroke chd diabetes", "1100.00"),
        ("C08 tie", "stroke chd", "750.00"),
        ("C09", "hypertension dialysis", "450.00"),
        ("C09 two", "hypertension diabetes dialysis", "825.00"),
        ("C10", "diabetes ra", "802.78"),
    ):
        diseases = active.split()
        found.append(_one(name, visit(diseases[0], "9000"), {"pooled": paid}, active=diseases))
    four = ["stroke", "chd", "diabetes", "hypertension"]
    small, each = visit("hypertension", "100"), {"outpatient.chronic.quota_mode": "per_disease"}
    found.append(_one("C08 pool", small, {"pooled": "70.00"}, active=four))
    found.append(_one("C08 each", small, {"pooled": "0.00"}, active=four, terms=each))
    both = [visit("dialysis", "1000"), visit("hypertension", "1000")]
    found.append(Example("C09 visits", case("C09v", *both), [{"pooled": "700.00"}, {"pooled": "450.00"}]))
    for name, first, more in (("C13", "642.86", "0.00"), ("C14", "642.87", "0.01")):
        visits = [visit("hypertension", first, "2025-04-01"), visit("hypertension", "100", "2025-06-30")]
        figures = [{"pooled": "450.00", "quota_excess": more}, {"pooled": "0.00", "patient": "100.00"}]
        found.append(Example(name, case(name, *visits), figures))
    visits = [visit("hypertension", "100", "2025-06-30"), visit("hypertension", "1000", "2025-07-01")]
    found.append(Example("C15", case("C15", *visits), [{"pooled": "70.00"}, {"pooled": "450.00"}]))
    return found


def _outpatient() -> list[Example]:
    """C11, C12, C17, C20, C22, C23, C26."""
    lines = [
        {"id": "l1", "amount": "200", "class": "A"},
        {"id": "l2", "amount": "100", "class": "B", "advance_rate": "10%"},
    ]
    c11 = {"advance": "10.00", "in_policy": "290.00", "pooled": "203.00", "patient": "97.00"}
    found = [_one("C11", visit("diabetes", "0", lines=lines), c11)]
    found.append(_one("C12", visit("diabetes", "0", lines=[]), {"pooled": "0.00", "patient": "0.00"}))
    found.append(Example("C12 negative", case("C12n", visit("diabetes", "-1")), code="invalid_input"))
    c17 = [
        {"pooled": "7000.00", "catastrophic": "0.00", "patient": "3000.00"},
        {"pooled": "28000.00", "catastrophic": "3000.00", "patient": "9000.00"},
    ]
    visits = [visit("cancer:lung", amount) for amount in ("10000", "40000")]
    found.append(Example("C17", case("C17", *visits), c17))
    for name, facts, paid in (
        ("C20 level 1", {"level": 1}, "0.00"),
        ("C20 exception", {"level": 1, "level_exception": True}, "350.00"),
        ("C20 level 2", {"level": 2}, "350.00"),
        ("C20 level 3", {"level": 3}, "350.00"),
    ):
        found.append(_one(name, visit("dialysis", "500", provider=provider(**facts)), {"pooled": paid}))
    found.append(
        _one("C20 diabetes", visit("diabetes", "500", provider=provider(level=1)), {"pooled": "350.00"})
    )
    private: Json = {"other_payments": {"commercial": "2000"}}
    for category, aid, patient, beside in (
        ("subsistence_allowance", "900.00", "2100.00", "900.00"),
        ("extreme_poverty", "1800.00", "1200.00", "1000.00"),
        ("near_subsistence", "0.00", "3000.00", "0.00"),
        ("impoverished_by_illness", "0.00", "3000.00", "0.00"),
        ("", "0.00", "3000.00", "0.00"),
    ):
        figures = {"assistance": aid, "patient": patient}
        found.append(_one(f"C22 {category}", visit("dialysis", "10000"), figures, category=category))
        what = visit("dialysis", "10000", **private)
        found.append(_one(f"C22 {category}, insured", what, {"assistance": beside}, category=category))
    for name, stays, paid in (("C23", True, "120.00"), ("C23 excess out", False, "90.00")):
        terms = {"outpatient.chronic.excess_stays_in_policy": stays}
        year: Json = {"category": "subsistence_allowance", "terms": terms, "close_year": True}
        whole = case(name, visit("diabetes", "1000"), **year)
        found.append(
            Example(name, whole, [{"pooled": "600.00", "assistance": "0.00", "patient": "400.00"}], paid)
        )
    for category, paid in (
        ("extreme_poverty", "1400.00"),
        ("subsistence_allowance", "700.00"),
        ("near_subsistence", "0.00"),
        ("", "0.00"),
    ):
        found.append(_one(f"C26 {category}", drug(), {"assistance": paid}, category=category))
    capped = {
        "terms": {"assistance.annual_cap.subsistence_allowance": "500"},
        "category": "subsistence_allowance",
    }
    found.append(_one("C26 capped", drug(), {"assistance": "500.00"}, **capped))
    return found


def _stays() -> list[Example]:
    """C29 to C35."""
    poor: Json = {"category": "subsistence_allowance"}
    c29 = {
        "pooled": "13125.00",
        "catastrophic": "0.00",
        "assistance_base": "4875.00",
        "assistance": "3412.50",
    }
    found = [_one("C29", stay(), c29 | {"hospital": "0.00", "patient": "3462.50"}, **poor)]
    tiny = stay([{"id": "l1", "amount": "300", "class": "A"}])
    found.append(
        _one("C29 tiny", tiny, {"pooled": "0.00", "assistance": "210.00", "patient": "90.00"}, **poor)
    )
    c30 = {"assistance": "4875.00", "patient": "2000.00"}
    found.append(_one("C30", stay(), c30, category="extreme_poverty"))
    free: Json = {"inpatient.deductible.second_county": "0", "inpatient.pooled_rate.second_county": "0"}
    free |= {"catastrophic.bands.standard": [{"above": "0", "rate": "0"}]}
    for base, paid in (("7730.99", "0.00"), ("7731.00", "0.00"), ("7731.01", "0.01"), ("7741.00", "6.00")):
        what = stay([{"id": "l1", "amount": base, "class": "A"}])
        ill: Json = {"category": "impoverished_by_illness", "terms": free}
        found.append(_one(f"C32 {base}", what, {"assistance": paid}, **ill))
    helped = stay(other_payments={"commercial": "1000", "mutual_aid": "375"})
    c34 = {"other": "1375.00", "assistance_base": "3500.00", "assistance": "2450.00", "patient": "3050.00"}
    found.append(_one("C34", helped, c34, **poor))
    whole = stay(other_payments={"commercial": "6000"})
    found.append(_one("C34 all", whole, {"other": "4875.00", "assistance": "0.00"}, **poor))
    c35 = {"pooled": "13125.00", "assistance": "0.00", "assistance_deductible": "0.00", "patient": "6875.00"}
    found.append(_one("C35", stay(referred=False), c35, category="near_subsistence"))
    strange = stay(provider=provider(designated=False))
    found.append(_one("C35 not designated", strange, {"assistance": "0.00"}, **poor))
    found.append(_one("C35 nobody", stay(), {"assistance": "0.00"}))
    found.append(Example("C35 monitored", case("C35m", stay(), category="monitored"), code="unmodelled"))
    return found


EXAMPLES = [*_exclusions(), *_quotas(), *_outpatient(), *_stays()]
