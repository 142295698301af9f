"""Sample cases of the bill's tests: each shows something else that a bill has to say."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

Case = dict[str, Any]

OTHERS = {"supplementary": "0", "commercial": "1000", "mutual_aid": "375"}


def provider(**facts: Any) -> dict[str, Any]:
    """A county hospital of grade 2, fee class 2, but for ``facts``."""
    usual = {
        "id": "平定县人民医院",
        "region": "140300",
        "designated": True,
        "level": 2,
        "fee_class": 2,
        "administrative_level": "county",
    }
    return usual | facts


def line(name: str, amount: str, line_class: str = "A", **facts: Any) -> dict[str, Any]:
    """A fee line."""
    return {"id": name, "amount": amount, "class": line_class, **facts}


def stay(name: str = "住院一", date: str = "2025-07-01", **facts: Any) -> dict[str, Any]:
    """A stay of eleven days: 18,000 in class A, 5,000 in class B, 1,500 outside the catalogues."""
    usual = {
        "id": name,
        "kind": "inpatient",
        "date": date,
        "admitted": (dt.date.fromisoformat(date) - dt.timedelta(days=11)).isoformat(),
        "provider": provider(),
        "referred": True,
        "lines": [
            line("西药", "13000"),
            line("检查", "5000", "B", advance_rate="10%"),
            line("护工", "1500", "C"),
            line("美容", "300", related=False),
            line("人工晶体", "2600", price_cap="2000"),
        ],
    }
    return usual | facts


def outpatient(name: str, date: str, disease: str, *amounts: str, **facts: Any) -> dict[str, Any]:
    """An outpatient visit of class A lines."""
    lines = [line(f"药-{at + 1}", amount) for at, amount in enumerate(amounts)]
    usual = {
        "id": name,
        "kind": "outpatient",
        "date": date,
        "disease": disease,
        "provider": provider(),
        "lines": lines,
    }
    return usual | facts


def drug(name: str = "特药一", date: str = "2025-09-01") -> dict[str, Any]:
    """A special drug."""
    return {
        "id": name,
        "kind": "special_drug",
        "date": date,
        "in_scope": "20000",
        "pooled": "12000",
        "catastrophic": "1000",
    }


def case(name: str, visits: list[dict[str, Any]], category: str | None = None, **facts: Any) -> Case:
    """A resident of Yangquan with three recognised diseases."""
    held = [
        {"disease": "diabetes", "from": "2025-04-01", "to": "2027-03-31"},
        {"disease": "hypertension", "from": "2025-04-01", "to": None},
        {"disease": "cancer", "subtype": "lung", "from": "2025-04-01", "to": None},
    ]
    person = {
        "id": facts.pop("person", "14030219600101212X"),
        "insurance": facts.pop("insurance", "resident"),
        "household_region": "140300",
        "categories": [{"category": category, "from": "2025-01-01", "to": None}] if category else [],
        "recognitions": held,
    }
    return {"case": name, "region": "140300", "year": 2025, "person": person, "visits": visits, **facts}


def year_of_twelve() -> Case:
    """A person with twelve visits and the payment at the year's end."""
    visits = [
        outpatient(f"门诊{month}", f"2025-{month:02d}-15", "diabetes", "260", f"{40 + 31 * month}")
        for month in range(4, 13)
    ]
    visits += [
        stay("住院一", "2025-06-11", other_payments=OTHERS),
        stay("住院二", "2025-09-20", lines=[line("手术", "60000"), line("耗材", "9000", "C")]),
        outpatient("化疗", "2025-11-11", "cancer", "8000"),
    ]
    visits.sort(key=lambda visit: str(visit["date"]))
    return case("全年", visits, "subsistence_allowance", close_year=True)


def samples() -> dict[str, Case]:
    """All sample cases by name."""
    third = provider(id="娘子关卫生院", level=1, fee_class=3, administrative_level="township")
    costly = [line("手术", "20000"), line("进口耗材", "9000", "C")]
    made = [
        case("商保", [stay(other_payments=OTHERS)], "subsistence_allowance"),
        case("超限额", [outpatient("门诊", "2025-05-10", "diabetes", "900", "600")], "subsistence_allowance"),
        case("级别", [outpatient("化疗", "2025-05-10", "cancer", "3000", provider=third)], "extreme_poverty"),
        case("非对象", [stay()]),
        case("监测", [stay()], "monitored", withhold_unmodelled=True),
        case("超目录", [stay(lines=costly)], "orphan"),
        case("特药", [drug()], "subsistence_allowance"),
        case("边缘", [stay(lines=[line("床位", "300")])], "near_subsistence"),
        case("大额", [stay(lines=[line("手术", "260000")])], "near_subsistence"),
        case("非定点", [stay(provider=provider(designated=False), other_payments=OTHERS)], "orphan"),
        case(
            "职工", [stay(pooled="9000", catastrophic="0")], "impoverished_by_illness", insurance="employee"
        ),
        year_of_twelve(),
        case("未认定", [outpatient("门诊", "2025-05-10", "copd", "90")], "extreme_poverty"),
    ]
    copies: list[Case] = json.loads(json.dumps(made, ensure_ascii=False))
    return {str(made["case"]): made for made in copies}
