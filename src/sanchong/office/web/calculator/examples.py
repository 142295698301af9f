"""Typical bills to begin with. Their amounts are examples of ours, from no document and no hospital, and the page says so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, Final

from sanchong.office.web.calculator.form import ROWS, Form, Row


@dataclass(frozen=True, slots=True)
class Example:
    """A bill with the person it is of: what is not said is as the empty form has it."""

    title: str
    about: str
    said: dict[str, Any]
    lines: tuple[tuple[str, str, str, str], ...] = ()
    """Name, amount in yuan, class, advance rate."""


EXAMPLES: Final = {
    "county-stay": Example(
        "县医院住院",
        "居民，肺炎住院",
        {"kind": "inpatient", "hospital": "county"},
        (
            ("西药（甲类）", "3200.00", "A", ""),
            ("西药（乙类）", "1800.00", "B", "10%"),
            ("检查化验", "2400.00", "A", ""),
            ("床位护理", "900.00", "A", ""),
            ("目录外项目", "300.00", "C", ""),
        ),
    ),
    "city-stay": Example(
        "市三甲医院手术",
        "低保对象，手术住院",
        {"kind": "inpatient", "hospital": "city_first", "category": "subsistence_allowance"},
        (
            ("手术麻醉", "12000.00", "A", ""),
            ("耗材（乙类）", "16000.00", "B", "20%"),
            ("西药（甲类）", "5600.00", "A", ""),
            ("检查化验", "4800.00", "A", ""),
            ("目录外项目", "2600.00", "C", ""),
        ),
    ),
    "cancer-stay": Example(
        "省级医院大病住院",
        "特困人员，费用较高",
        {"kind": "inpatient", "hospital": "province", "where": "province", "category": "extreme_poverty"},
        (
            ("放射治疗", "46000.00", "A", ""),
            ("西药（乙类）", "78000.00", "B", "10%"),
            ("检查化验", "15000.00", "A", ""),
            ("目录外项目", "9000.00", "C", ""),
        ),
    ),
    "diabetes": Example(
        "糖尿病季度用药",
        "低保对象，门诊慢性病",
        {
            "kind": "outpatient",
            "disease": "diabetes",
            "diseases": ("diabetes",),
            "category": "subsistence_allowance",
        },
        (
            ("降糖药（甲类）", "420.00", "A", ""),
            ("胰岛素（乙类）", "360.00", "B", "10%"),
            ("化验", "90.00", "A", ""),
        ),
    ),
    "dialysis": Example(
        "一个月的透析",
        "居民，门诊特殊疾病",
        {"kind": "outpatient", "disease": "dialysis", "diseases": ("dialysis",), "hospital": "city_second"},
        (
            ("血液透析", "4800.00", "A", ""),
            ("西药（乙类）", "900.00", "B", "10%"),
            ("化验", "260.00", "A", ""),
        ),
    ),
    "special-drug": Example(
        "门诊特药",
        "低保对象，医保已付过",
        {
            "kind": "special_drug",
            "category": "subsistence_allowance",
            "in_scope": "20000.00",
            "pooled": "12000.00",
            "catastrophic": "1000.00",
        },
    ),
}


def filled(key: str, day: dt.date) -> Form:
    """The form as an example fills it; the empty one for a key that is none."""
    blank, example = Form(day.isoformat()), EXAMPLES.get(key)
    if example is None:
        return blank
    rows = [Row(number, *line) for number, line in enumerate(example.lines)]
    rows += [Row(number) for number in range(len(rows), ROWS)]
    return replace(blank, **example.said, rows=tuple(rows))
