"""Damaged cases by the hundred thousand: `python -m tests.properties.fuzz --cases 100000 --seed 1`.

Seven in ten are valid JSON with one field changed, half of these into something that could stand there; the
others are damaged as text, as a file is that was cut off, edited by hand or garbled. Every one has to give a
result. The table of codes is printed.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import sys
from collections import Counter

from tests.drafting import Json, engine
from tests.properties.test_no_traceback import damaged
from tests.strategies import CODES, person_year

from sanchong import Options, Refusal
from sanchong.cli.cases import read_cases
from sanchong.settlement.settle import refused
from sanchong.shapes import DISEASES

STRANGE = (
    "\x00",
    "{",
    "}",
    "[",
    '"',
    ",",
    ":",
    "\\",
    "\n",
    "\ufeff",
    "九",
    "1e9",
    "null",
    "-",
    "\\ud800",
    " ",
)
EXCLUSIVE = ("dialysis", "ckd", "nephrotic", "cirrhosis", "hepatitis", "copd", "asthma", "cor_pulmonale")
STEP = 5000


def garbled(text: str, rng: random.Random) -> str:
    """A text cut off, doubled in part, or with something strange in it."""
    at = rng.randrange(len(text))
    end = min(len(text), at + rng.randrange(1, 40))
    match rng.randrange(4):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + text[end:]
        case 2:
            return text[:end] + text[at:]
        case _:
            return text[:at] + rng.choice(STRANGE) + text[at:]


def mistaken(case: Json, rng: random.Random) -> Json:
    """A copy of a case with one field that could stand there, but is another."""
    case = copy.deepcopy(case)
    visit = rng.choice(case["visits"]) if case["visits"] else {}
    match rng.randrange(7):
        case 0:
            visit["date"] = f"{case['year']}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
        case 1 if "disease" in visit:
            visit["disease"] = rng.choice(DISEASES)
        case 2 if case.get("terms"):
            del case["terms"][rng.choice(sorted(case["terms"]))]
        case 3:
            case["person"]["household_region"] = rng.choice(["140700", "140300", "110000"])
        case 4:
            case["person"]["insurance"] = "employee"
        case 5:
            case["known_on"] = "1999-12-31"
        case _:
            for disease in rng.sample(EXCLUSIVE, 3):
                held = {"disease": disease, "from": "2025-01-01", "to": None}
                case["person"].setdefault("recognitions", []).append(held)
    return case


def fuzz(cases: int, seed: int) -> Counter[str]:
    """How many of ``cases`` damaged cases came out with each code ("ok" for settled); raises what they raise."""
    rng = random.Random(seed)
    found: Counter[str] = Counter()
    for i in range(cases):
        options = Options(accept_assumed=rng.random() < 0.8, explain=rng.random() < 0.1)
        case = person_year(rng, sane=rng.random() < 0.7)
        kind = rng.random()
        if kind < 0.35:
            results = [engine().settle(mistaken(case, rng), options)]
        elif kind < 0.7:
            results = [engine().settle(damaged(case, rng)[0], options)]
        else:
            text = garbled(json.dumps(case, ensure_ascii=False), rng)
            read = read_cases(text).cases
            results = [
                refused(None, c) if isinstance(c, Refusal) else engine().settle(c, options) for c in read
            ]
        for result in results:
            json.dumps(result, ensure_ascii=False).encode("utf-8", "backslashreplace")
            found["ok" if result["ok"] else result["error"]["code"]] += 1
        if (i + 1) % STEP == 0:
            print(f"\r{i + 1:,} of {cases:,}", end="", file=sys.stderr, flush=True)
    return found


def main() -> None:
    """Run from the command line; exit status 1 if a code did not occur."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = fuzz(given.cases, given.seed)
    print(file=sys.stderr)
    for code, count in found.most_common():
        print(f"{code:<22}{count:>9,}")
    missing = set(CODES) - set(found)
    if missing:
        sys.exit(f"never seen: {', '.join(sorted(missing))}")


if __name__ == "__main__":
    main()
