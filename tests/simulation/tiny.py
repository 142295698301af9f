"""A population of six people whose every figure can be worked by hand: special drugs, whose insurers' payments are given.

| person | household (size) | income | consumption | food | category | drug | pooled | assistance | pays |
| p1 | h1 (1) | 10,000 |  8,000 | 4,000 | – | 5,000 | 3,000 | – | 2,000 |
| p2 | h2 (1) |  3,000 |  2,000 | 1,500 | subsistence allowance | 1,000 | 600 | 10 % of 400 = 40 | 360 |
| p3 | h3 (2) | 40,000 | 20,000 | 4,000 | extreme poverty | 2,000 | 1,000 | 20 % of 1,000 = 200 | 800 |
| p4 | h3 | | | | – | – | | | 0 |
| p5 | h4 (1) | 20,000 | 10,000 | 3,000 | – | – | | | 0 |
| p6 | h5 (1) |  6,000 |  5,000 | 2,000 | – | 8,000 | 5,000 | – | 3,000 |
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sanchong.law.library import load_law
from sanchong.settlement.options import Options
from sanchong.simulation.tables import SCHEMAS

LAW = load_law()
YEAR = 2026
YUAN = 100
KNOWN = dt.date(2026, 1, 1)
OPTIONS = Options(accept_assumed=True)

PEOPLE = [
    ("p1", "h1", 1, 10_000, 8_000, 4_000), ("p2", "h2", 1, 3_000, 2_000, 1_500), ("p3", "h3", 2, 40_000, 20_000, 4_000),
    ("p4", "h3", 2, 40_000, 20_000, 4_000), ("p5", "h4", 1, 20_000, 10_000, 3_000), ("p6", "h5", 1, 6_000, 5_000, 2_000),
]  # fmt: skip
DRUGS = [("p1", 5_000, 3_000), ("p2", 1_000, 600), ("p3", 2_000, 1_000), ("p6", 8_000, 5_000)]
HELD = [("p2", "subsistence_allowance"), ("p3", "extreme_poverty")]

REFORM = """\
title: {zh: 试验, en: Trial}
author: {zh: 某人, en: Somebody}
reasons: {zh: 为了核对, en: To be worked by hand}
area: "140300"
values:
  - {address: assistance.special_drug.rate.subsistence_allowance, from: 2026-07-01, value: "30%", was: "10%"}
  - {address: assistance.special_drug.rate.extreme_poverty, from: 2026-07-01, value: "10%", was: "20%"}
"""
"""p2 gets 120 instead of 40, so pays 280: 80 less. p3 gets 100 instead of 200, so pays 900: 100 more."""


def tables(day: dt.date = dt.date(2026, 9, 1)) -> dict[str, Any]:
    """The tables by name, all visits on one day."""
    people = [
        {
            "person": person, "region": "140300", "household_region": "140311", "insurance": "resident",
            "household": household, "household_size": size, "household_income": income * YUAN,
            "household_consumption": consumption * YUAN, "household_food": food * YUAN,
        }
        for person, household, size, income, consumption, food in PEOPLE
    ]  # fmt: skip
    visits = [
        {
            "person": person, "seq": 1, "visit": "v1", "date": day, "kind": "special_drug", "treated_for": "cancer",
            "total": cost * YUAN, "in_policy": cost * YUAN, "given_pooled": pooled * YUAN, "given_catastrophic": 0,
        }
        for person, cost, pooled in DRUGS
    ]  # fmt: skip
    categories = [{"person": p, "category": c, "from": dt.date(2026, 1, 1), "to": None} for p, c in HELD]
    rows = {"people": people, "categories": categories, "recognitions": [], "waivers": [], "visits": visits}
    return {name: pa.Table.from_pylist(rows[name], SCHEMAS[name]) for name in SCHEMAS}


def write(folder: Path, day: dt.date = dt.date(2026, 9, 1)) -> Path:
    """The tables as files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables(day).items():
        pq.write_table(table, folder / f"{name}.parquet")
    return folder
