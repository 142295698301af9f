"""Reading an office of a million people: how long each read takes at p50 and p95, and in how many statements.

    python -m benchmarks.office.lists [--people 100000] [--times 10] [--repeats 40] [--markdown build/lists.md]

On a PostgreSQL of its own: ``sanchong population`` (with more illness than the shipped marginals have, so that there are two
settlements a person), ``sanchong office bulk-load``, then ``--times`` the people by cloning them in SQL (``multiply.py``; 1 loads
all of them). A small office of 20,000 people stands beside it: each read must take as many statements in both.
Aims: every read under 300 ms at p95; no table of a size walked through.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from tests.office.server import FAST, server

from sanchong.simulation.marginals import shipped

AREA: Final = "140300"
SMALL: Final = 20_000
PREVALENCE, VISITS = 2.2, 2.6
"""How many times as many people are ill, and how many times as often they are seen, as the shipped marginals say."""
RARE: Final = (
    "people of a rare category", "people with a rare disease",
)  # fmt: skip
"""Reads that may find nobody in the small office, and then write no trail."""
AIM_MS: Final = 300
OPTIONS: Final = (
    *FAST, "shared_buffers=2GB", "max_wal_size=16GB", "work_mem=16MB", "maintenance_work_mem=512MB",
)  # fmt: skip
SANCHONG: Final = [sys.executable, "-m", "sanchong"]

Measured = dict[str, dict[str, Any]]
"""By read, what reads.Seen holds."""


def dense(text: str) -> str:
    """The marginals with more people ill, and seen more often."""

    def more(found: re.Match[str]) -> str:
        ill, seen = round(float(found[1]) * PREVALENCE, 3), round(float(found[3]) * VISITS)
        return f"per_mille: {ill}, profile: {found[2]}, visits: {seen}"

    return re.sub(r"per_mille: ([\d.]+), profile: (\w+), visits: (\d+)", more, text)


def office(url: str, home: Path, folder: Path, people: int, times: int) -> None:
    """An office with people drawn into ``folder`` and loaded, then cloned."""
    marginals = folder.with_suffix(".yaml")
    marginals.write_text(dense(shipped(AREA).read_text(encoding="utf-8")), encoding="utf-8")
    drawn = ["--area", AREA, "--people", str(people), "--seed", "1", "--marginals", str(marginals)]
    _run([*SANCHONG, "population", *drawn, "--out", str(folder)], url, home)
    _run([*SANCHONG, "office", "migrate"], url, home)
    began = time.monotonic()
    _run([*SANCHONG, "office", "bulk-load", str(folder), "--accept-illustrations"], url, home)
    print(f"{people:,} people loaded in {time.monotonic() - began:.0f} s", flush=True)
    if times > 1:
        began = time.monotonic()
        _inside(f"from benchmarks.office.multiply import multiply; multiply({times})", url, home)
        print(f"made {times} times as many in {time.monotonic() - began:.0f} s", flush=True)


def measured(url: str, home: Path, loaded: int, repeats: int) -> Measured:
    """The reads of an office, in a process of their own."""
    said = f"import json; from benchmarks.office.reads import measure; print(json.dumps(measure({loaded}, {repeats})))"
    told: Measured = json.loads(_inside(said, url, home).splitlines()[-1])
    return told


def report(small: Measured, large: Measured) -> str:
    """The table of figures; AssertionError if a read took more statements in the large office."""
    lines = ["| read | p50 ms | p95 ms | statements |", "| --- | ---: | ---: | ---: |"]
    for name, seen in large.items():
        seconds = seen["seconds"]
        p50, p95 = (seconds[round(share * (len(seconds) - 1))] * 1000 for share in (0.5, 0.95))
        if name not in RARE:
            assert seen["statements"] == small[name]["statements"], (name, seen["statements"], small[name])
        late = " (over the aim)" if p95 >= AIM_MS else ""
        walked = f" walks {', '.join(seen['walked'])}" if seen["walked"] else ""
        lines.append(f"| {name} | {p50:.0f} | {p95:.0f}{late} | {seen['statements']}{walked} |")
    return "\n".join(lines) + "\n"


def _inside(code: str, url: str, home: Path) -> str:
    """The output of Python code that runs in the office at ``url``."""
    return _run([sys.executable, "-c", f"import django; django.setup(); {code}"], url, home)


def _run(command: list[str], url: str, home: Path) -> str:
    surroundings = {
        "SANCHONG_HOME": str(home),
        "SANCHONG_KEYS": str(home / "keys.json"),
        "SANCHONG_DATABASE": url,
        "SANCHONG_SECRET": "for-benchmarks-only",
        "DJANGO_SETTINGS_MODULE": "sanchong.office.settings",
    }
    done = subprocess.run(
        command, env={**os.environ, **surroundings}, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def main() -> int:
    """Print the figures; 1 if an aim was missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=100_000)
    asked.add_argument("--times", type=int, default=10)
    asked.add_argument("--repeats", type=int, default=40)
    asked.add_argument("--markdown", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="sanchong-lists-") as name, server(OPTIONS) as running:
        home = Path(name)
        _run([*SANCHONG, "office", "keys", "new"], running.url(), home)
        seen = []
        for office_name, people, times in (("small", SMALL, 1), ("large", given.people, given.times)):
            running.create(office_name)
            url = running.url(office_name)
            office(url, home, home / office_name, people, times)
            seen.append(measured(url, home, people, given.repeats))
    table = report(*seen)
    print(table)
    print("load average:", *(f"{load:.1f}" for load in os.getloadavg()))
    if given.markdown:
        given.markdown.parent.mkdir(parents=True, exist_ok=True)
        given.markdown.write_text(table, encoding="utf-8")
    return int("over the aim" in table or "walks" in table)


if __name__ == "__main__":
    sys.exit(main())
