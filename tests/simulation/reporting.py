"""Reports to look at: a drawn population under the shipped reforms, and six people under one with a loser."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.cli.running import run
from tests.simulation import tiny
from tests.simulation.drawn import AREA

PEOPLE = 8_000
REFORMS = ("stacking-70", "monitored-assistance", "catastrophic-deductible-80")
GROWTH = "utilisation=3%,price=2%,population=-0.5%"


@dataclasses.dataclass(frozen=True)
class Pages:
    """The pages by name: ``report`` (drawn, four seeds), ``tiny`` and ``projection``."""

    report: str
    tiny: str
    projection: str


@cache
def pages() -> Pages:
    """Made once, by the commands."""
    with TemporaryDirectory() as folder:
        base = Path(folder)
        people, trial = base / "people", base / "trial.yaml"
        run("population", "--area", AREA, "--people", str(PEOPLE), "--seed", "2", "--out", people, status=0)
        named = [part for name in REFORMS for part in ("--reform", name)]
        asked = ("simulate", "--accept-assumed", "--out")
        run(*asked, base / "report", "--population", people, *named, "--seeds", "3,4", status=1)
        trial.write_text(tiny.REFORM, encoding="utf-8")
        run(*asked, base / "tiny", "--population", tiny.write(base / "six"), "--reform", trial, status=0)
        tables = [part for name in ("people", "visits", "categories", "recognitions", "waivers")
                  for part in (f"--{name}", people / f"{name}.parquet")]  # fmt: skip
        run("batch", "settle", *tables, "--out", base / "settled", "--accept-assumed", status=1)
        growing = ("--statements", base / "settled", "--years", "3", "--growth-per-year", GROWTH)
        run("project", *growing, "--out", base / "ahead", status=0)
        return Pages(
            *((base / name / "report.html").read_text("utf-8") for name in ("report", "tiny", "ahead"))
        )
