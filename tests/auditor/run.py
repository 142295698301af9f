"""A long comparison: python -m tests.auditor.run --visits 1000000 --seed 1 --workers 2"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.auditor.compare import Checker
from tests.auditor.generator import Made, cases
from tests.auditor.policy import Policies

from sanchong import Engine, load_law

POLICIES = Path(__file__).resolve().parents[2] / "policies"
EXPLAINED = 20
"""One case in so many is settled with its explanation, as a statement would be."""
LISTED = 20


def compared(seed: int, policies: Policies, checker: Checker) -> Iterator[tuple[Made, str, int, list[str]]]:
    """Case after case: the case, the code (ok or a refusal's), its visits, the differences."""
    for number, made in enumerate(cases(seed, policies)):
        expected, different = checker.check(made, explain=number % EXPLAINED == 0)
        code = "ok" if expected["ok"] else expected["error"]["code"]
        visits = made.case.get("visits") if isinstance(made.case, dict) else None
        yield made, code, len(visits) if isinstance(visits, list) else 0, different


def batch(task: tuple[int, int]) -> tuple[Counter[str], list[tuple[Made, list[str]]]]:
    """One seed's person-years, until that many visits were compared."""
    seed, visits = task
    policies = Policies(POLICIES)
    counts: Counter[str] = Counter()
    found = []
    for made, code, number, different in compared(seed, policies, Checker(Engine(load_law()), policies)):
        counts.update({"cases": 1, "visits": number, code: 1})
        if different:
            counts["differences"] += 1
            found.append((made, different))
        if counts["visits"] >= visits:
            return counts, found
    raise AssertionError("person-years have no end")


def table(counts: Counter[str]) -> str:
    first = ("cases", "visits", "ok")
    rest = sorted(counts.keys() - {*first, "differences"}, key=lambda code: -counts[code])
    return "\n".join(f"{name:<20}{counts[name]:>12,}" for name in (*first, *rest, "differences"))


def report(made: Made, different: list[str], checker: Checker) -> str:
    """A difference as its smallest case: both results, and what differs in them."""
    smallest = checker.shrink(made, different)
    expected, got = checker.results(smallest)
    got = {key: value for key, value in got.items() if key != "receipt"}
    how = f"accept_assumed={smallest.accept!r} known_on={smallest.known_on!r}"
    shown = [f"case ({how}): {json.dumps(smallest.case, ensure_ascii=False)}"]
    shown += [
        f"{name}: {json.dumps(r, ensure_ascii=False)}"
        for name, r in (("auditor", expected), ("program", got))
    ]
    return "\n".join([*different[:8], *shown])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--batch", type=int, default=5_000, help="visits a seed of its own")
    wanted = parser.parse_args()
    tasks = [(wanted.seed * 1_000_000 + i, wanted.batch) for i in range(-(-wanted.visits // wanted.batch))]
    total: Counter[str] = Counter()
    found: list[tuple[Made, list[str]]] = []
    started = time.monotonic()
    with multiprocessing.Pool(wanted.workers) as pool:
        for counts, some in pool.imap_unordered(batch, tasks):
            total += counts
            found += some
            speed = total["visits"] / (time.monotonic() - started)
            line = f"\r{total['visits']:,} of {wanted.visits:,} visits, {total['differences']} differences, {speed:,.0f}/s "
            print(line, end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    policies = Policies(POLICIES)
    checker = Checker(Engine(load_law()), policies)
    for made, different in found[:LISTED]:
        print(report(made, different, checker), end="\n\n")
    print(table(total))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
