"""Interpreted equals compiled: the same person-years through Engine.settle and through the columns, every figure.

    python -m tests.batch.equality --visits 10000000 --seed 1 --workers 2

Cases come in groups that share year, terms, dates of knowledge and accepted assumptions, as one batch must.
A group's terms are sharpened by its first case: limits lie where its running sums pass, to the fen. The
others are drawn at the same edges, or are the first one changed by a fen, a day or a visit; some have
one field spoilt.
"""

from __future__ import annotations

import argparse
import copy
import datetime as dt
import gc
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from multiprocessing import get_context
from random import Random
from typing import Any

from tests.auditor.generator import Made, Maker, sharpen, yuan
from tests.auditor.policy import Policies
from tests.batch.from_cases import Json, fen, place_of, tables_of

from sanchong import Engine, Options, load_law
from sanchong.batch.law_rows import LawRows
from sanchong.batch.part import Setting, SettledPart, settle_part
from sanchong.batch.tables import CLOSE_CATEGORIES, YEAR_AMOUNTS
from sanchong.dates import today
from sanchong.law.library import shipped_policies
from sanchong.settlement.reading import read_overlay
from sanchong.shapes import CATEGORIES, STATEMENT_AMOUNTS

GROUP = 600
"""Visits in a group."""


@cache
def engine() -> Engine:
    """The engine of the shipped law."""
    return Engine(load_law())


@cache
def policies() -> Policies:
    """The law as the auditor reads it."""
    return Policies(shipped_policies())


@dataclass
class Group:
    """Cases that one batch can settle, and how."""

    cases: list[Json]
    options: Options
    terms: Json
    year: int
    withhold: bool
    closes: bool


class Alike(Maker):
    """Makes further person-years of a group: same year and terms, amounts at the edges of its terms."""

    def __init__(self, rng: Random, first: Json, edges: list[int]) -> None:
        super().__init__(rng)
        self.year = first["year"]
        self.days = [self._day(month, 1) for month in (1, 4, 7, 10)] + [self._day(3, 31), self._day(12, 31)]
        self.days += [row["from"] for value in first["terms"].values() for row in _dated(value)]
        self.shared = first["terms"]
        self.edges += edges

    def terms(self, categories: Any, diseases: Any) -> Json:
        return self.shared  # type: ignore[no-any-return]

    def over_time(self, name: str, one: str, other: str) -> Any:
        return one


def _dated(value: Any) -> list[Json]:
    return value["dated"] if isinstance(value, dict) else []


def groups(seed: int) -> Iterator[Group]:
    """Groups without end; the same ones for the same seed."""
    number = 0
    while True:
        yield _group(Random(f"batch/{seed}/{number}"))
        number += 1


def _group(rng: Random) -> Group:
    maker = Maker(rng)
    first = maker.made(0, policies().pairs)
    first.accept = maker.acceptance(first.case) if rng.random() < 0.1 else True
    if rng.random() < 0.08:  # before some values were known
        first.known_on = rng.choice(("2025-03-31", "2024-02-21", "2022-12-31"))
        first.case.pop("known_on", None)
    case = first.case
    for visit in case["visits"]:
        visit.pop("known_on", None)
    for name in ("insurance", "household_region"):
        value = case["person"][name]
        if isinstance(value, list):
            case["person"][name] = value[0][name]
    if rng.random() < 0.8:
        sharpen(first, rng, policies())
    group = Group(
        [],
        Options(
            accept_assumed=first.accept,
            known_on=dt.date.fromisoformat(first.known_on) if first.known_on else None,
            explain=False,
        ),
        case["terms"],
        case["year"],
        bool(case.get("withhold_unmodelled")),
        bool(case.get("close_year")) or rng.random() < 0.5,
    )
    edges = [
        fen(value)
        for value in case["terms"].values()
        if isinstance(value, str) and value.replace(".", "").isdigit()
    ]
    visits = 0
    while visits < GROUP:
        made = copy.deepcopy(case) if rng.random() < 0.35 else _another(rng, first, edges)
        if group.cases and rng.random() < 0.6:
            _change(made, rng)
        if rng.random() < 0.04:
            _spoil(made, rng)
        made |= {"terms": group.terms, "year": group.year, "case": f"c{len(group.cases)}"}
        made |= {"withhold_unmodelled": group.withhold, "close_year": group.closes}
        if "known_on" in case:
            made["known_on"] = case["known_on"]
        else:
            made.pop("known_on", None)
        group.cases.append(made)
        visits += len(made["visits"])
    return group


def _another(rng: Random, first: Made, edges: list[int]) -> Json:
    case = Alike(rng, first.case, edges).made(0, policies().pairs).case
    for visit in case["visits"]:
        visit.pop("known_on", None)
    return case


def _change(case: Json, rng: Random) -> None:
    """Change a case a little: an amount by a fen, a day by one, a visit away or moved, the category of all days."""
    visit = rng.choice(case["visits"])
    pick = rng.random()
    if pick < 0.5 and visit.get("lines"):
        line = rng.choice(visit["lines"])
        line["amount"] = yuan(fen(line["amount"]) + rng.choice((-1, 1, 100, -100)))
        if visit.keys() & {"pooled", "catastrophic"}:
            visit |= {key: "0" for key in ("pooled", "catastrophic") if key in visit}
    elif pick < 0.6:
        day = dt.date.fromisoformat(visit["date"]) + dt.timedelta(days=rng.choice((-1, 1)))
        if day.year == case["year"] and day.isoformat() >= visit.get("admitted", ""):
            visit["date"] = day.isoformat()
    elif pick < 0.7 and len(case["visits"]) > 1:
        case["visits"].remove(visit)
    elif pick < 0.8:
        rng.shuffle(case["visits"])
    elif pick < 0.9:
        name = rng.choice(CATEGORIES)
        case["person"]["categories"] = [{"category": name, "from": f"{case['year']}-01-01", "to": None}]


def _spoil(case: Json, rng: Random) -> None:
    """Spoil one field in a way that tables can hold."""
    visit, person = rng.choice(case["visits"]), case["person"]
    visit["spoilt"] = True
    drug = visit["kind"] == "special_drug"
    lines = [line for line in visit.get("lines", []) if line["class"] == "B"] or [{}]
    categories = person.get("categories") or [{}]
    recognitions = person.get("recognitions") or [{}]
    provider = visit.get("provider", {})
    ways: list[Callable[[], Any]] = [
        lambda: visit.update(date=rng.choice((f"{case['year'] + 1}-01-01", f"{case['year'] - 1}-12-31"))),
        lambda: visit.update(kind=rng.choice(("day_case", ""))),
        lambda: visit.update(id=case["visits"][0]["id"]),
        lambda: visit.update(other_payments={rng.choice(("commercial", "mutual_aid")): rng.choice(("-1", "10000000000.01"))}),
        lambda: visit.update(pooled=rng.choice(("10000000000", "-0.01"))),
        lambda: visit.update(catastrophic="10000000000"),
        lambda: visit.update({"in_scope": "-1"} if drug else {"disease": rng.choice(("gout", "diabetes:x"))}),
        lambda: None if drug else visit.update(disease="psychosis:shy"),
        lambda: None if drug else provider.update(rng.choice(({"region": "14030"}, {"level": 4}, {"fee_class": 0}))),
        lambda: None if drug else provider.update(fee_class=2, administrative_level="township"),
        lambda: None if drug else provider.update(administrative_level="village"),
        lambda: None if drug else provider.pop("designated"),
        lambda: visit.pop("referred", None) if visit["kind"] == "inpatient" else None,
        lambda: None if drug else visit["lines"].append({"id": "x", "class": "D", "amount": "1"}),
        lambda: None if drug else visit["lines"].append({"id": "x", "class": "A", "amount": "-1"}),
        lambda: None if drug else visit["lines"].append({"id": "x", "class": "A", "amount": "10000000000.01"}),
        lambda: None if drug else visit["lines"].extend([{"id": n, "class": "A", "amount": "10000000000"} for n in "xy"]),
        lambda: None if drug else visit["lines"].append({"id": "x", "class": "A", "amount": "1", "advance_rate": "1/2"}),
        lambda: lines[0].pop("advance_rate", None),
        lambda: None if drug else visit["lines"].extend([{"id": "x", "class": "A", "amount": "1"}] * 2),
        lambda: categories[0].update(category="poor") if person.get("categories") else None,
        lambda: categories[0].update({"from": "2025-05-02", "to": "2025-05-01"}) if person.get("categories") else None,
        lambda: recognitions[0].update(disease="gout", subtype=None) if person.get("recognitions") else None,
        lambda: recognitions[0].update(disease="diabetes", subtype="kidney") if person.get("recognitions") else None,
        lambda: recognitions[0].update(disease="cancer", subtype=None) if person.get("recognitions") else None,
        lambda: recognitions[0].update({"from": "2025-05-02", "to": "2025-05-01"}) if person.get("recognitions") else None,
        lambda: person.update(insurance="none"),
        lambda: person.update(household_region="14030x"),
        lambda: person.update(waived_exclusions=[["ckd", "gout"]]),
        lambda: case.update(region="1403"),
    ]  # fmt: skip
    rng.choice(ways)()
    for recognition in person.get("recognitions", []):
        if recognition.get("subtype", "") is None:
            del recognition["subtype"]


@dataclass
class Tally:
    """What was compared."""

    visits: int = 0
    cases: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    gates: Counter[str] = field(default_factory=Counter)
    lines: int = 0

    def __iadd__(self, other: Tally) -> Tally:
        self.visits += other.visits
        self.cases += other.cases
        self.codes += other.codes
        self.gates += other.gates
        self.lines += other.lines
        return self


def compare(group: Group, tally: Tally, rng: Random, lines_out: bool = False) -> None:
    """Settle a group both ways; AssertionError at the first case that differs, with the case."""
    overlay = read_overlay(group.terms, "terms")
    known = group.cases[0].get("known_on")
    known_on = dt.date.fromisoformat(known) if known else group.options.known_on
    law = LawRows(
        engine().law,
        group.options,
        known_on or engine().law.known_by(today()),
        overlay,
        group.year,
        group.withhold,
    )
    setting = Setting(group.year, group.closes, lines_out)
    part = tables_of(group.cases, rng)
    found = _by_person(settle_part(part, law, setting))
    for number, case in enumerate(group.cases):
        for visit in case["visits"]:
            visit.pop("spoilt", None)
        result = engine().settle(case, group.options)
        name = f"p{number:05d}"
        said = found.get(name, {})
        wanted = _expected(result, lines_out, {row["line_key"] for row in said.get("line_parts", ())})
        for table in ("statements", "years", "rejects", "line_parts"):
            if table == "rejects" and wanted[table]:
                _compare_rejects(said.get(table, []), wanted[table][0], case)
            elif said.get(table, []) != wanted[table]:
                raise AssertionError(
                    f"{table}: {said.get(table, [])}\nexpected: {wanted[table]}\n{case}\n{group.options}"
                )
        tally.cases += 1
        tally.visits += len(case["visits"])
        tally.lines += len(wanted["line_parts"])
        tally.codes["ok" if result["ok"] else result["error"]["code"]] += 1
        tally.gates.update(gate for row in wanted["statements"] for gate in row["gates"])


def _by_person(settled: SettledPart) -> dict[str, dict[str, list[Json]]]:
    found: dict[str, dict[str, list[Json]]] = {}
    for name in ("statements", "years", "rejects", "line_parts"):
        table = getattr(settled, name)
        for row in table.to_pylist() if table is not None else ():
            person = row.pop("person")
            if name == "line_parts":
                row["line_key"] = row["seq"], row["line"]
            found.setdefault(person, {}).setdefault(name, []).append(row)
    return found


def _expected(result: Json, lines_out: bool, sent_as_lines: set[Any]) -> dict[str, list[Json]]:
    """What the tables must say of a result."""
    found: dict[str, list[Json]] = {"statements": [], "years": [], "rejects": [], "line_parts": []}
    if not result["ok"]:
        error = result["error"]
        seq, where = place_of(error["where"])
        message = None if error["code"] == "invalid_input" else error["message"]
        found["rejects"] = [{"seq": seq, "code": error["code"], "where": where, "message": message}]
        return found
    for seq, visit in enumerate(result["visits"], 1):
        row: Json = {"seq": seq, "visit": visit["id"], "date": dt.date.fromisoformat(visit["date"])}
        row |= {name: fen(visit[name]) for name in STATEMENT_AMOUNTS}
        found["statements"].append(row | {name: visit[name] for name in ("gates", "assumed", "unmodelled")})
        for line in visit["lines"]:
            if lines_out and (seq, line["id"]) in sent_as_lines:
                parts = {name: fen(line[name]) for name in line if name != "id"}
                found["line_parts"].append(
                    {"seq": seq, "line": line["id"], "line_key": (seq, line["id"])} | parts
                )
    close = result["close_year"]
    year = dt.date.fromisoformat(result["visits"][0]["date"]).year
    totals: Json = {"year": year} | {name: fen(result["year"][name]) for name in YEAR_AMOUNTS}
    totals["close_year_assistance"] = fen(close["assistance"]) if close else None
    for category, column in zip(CATEGORIES, CLOSE_CATEGORIES, strict=True):
        paid = close["by_category"].get(category) if close else None
        totals[column] = None if paid is None else fen(paid)
    found["years"] = [totals | {"close_year_assumed": close["assumed"] if close else []}]
    return found


def _compare_rejects(said: list[Json], wanted: Json, case: Json) -> None:
    """The row at fault by code, place and message; every other visit as same_year, and nothing else."""
    own = [row for row in said if row["code"] != "same_year"]
    same = [row for row in said if row["code"] == "same_year"]
    assert len(own) == 1, (said, wanted, case)
    shown = own[0] | ({"message": None} if wanted["message"] is None else {})
    # an address refuses at the visit that needed it, of which a result's path says nothing
    if wanted["code"] != "invalid_input" and not wanted["where"].startswith("visits."):
        shown["seq"] = None
    assert shown == wanted, (said, wanted, case)
    seqs = {row["seq"] for row in same} | ({own[0]["seq"]} - {None})
    assert seqs == set(range(1, len(case["visits"]) + 1)), (said, case)


def compared(seed: int, number: int) -> Tally:
    """One group of a run: the same one whichever process compares it, and whenever."""
    tally = Tally()
    compare(
        _group(Random(f"batch/{seed}/{number}")),
        tally,
        Random(f"{seed}/{number}"),
        lines_out=number % 5 == 0,
    )
    return tally


def begin() -> None:
    """What a worker keeps for all its groups; there is little garbage to collect."""
    engine(), policies()
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)


def main() -> None:
    """Compare as many visits as are asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.batch.equality", description=__doc__)
    parser.add_argument("--visits", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--first", type=int, default=0, help="go on from this group of an earlier run")
    asked = parser.parse_args()
    tally, began, said = Tally(), time.monotonic(), 0.0
    wanted = range(asked.first, -(-asked.visits // GROUP))
    with get_context("spawn").Pool(asked.workers, begin) as pool:
        found = pool.imap(partial(compared, asked.seed), wanted)
        for number, done in zip(wanted, found, strict=True):
            tally += done
            past = time.monotonic() - began
            if past - said > 60:
                said = past
                print(f"{tally.visits:,} visits equal in {past:,.0f} s, to group {number}", flush=True)
    past = time.monotonic() - began
    print(
        f"{tally.cases:,} person-years, {tally.visits:,} visits, {tally.lines:,} lines in {past:,.0f} s:"
        " every column equal"
    )
    print("outcomes:", dict(tally.codes.most_common()), "gates:", dict(tally.gates.most_common()))
    sys.exit(0)


if __name__ == "__main__":
    main()
