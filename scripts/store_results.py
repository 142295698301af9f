"""Keep today's results for ever: settle the examples and some worked cases, and store what is not yet stored.

What is stored is never written again: tests/settlement/test_verify.py recomputes each of them in every run.

    .venv/bin/python scripts/store_results.py NAME      # NAME names this set, such as 2026-11
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

from sanchong import Engine, Options, load_law

ROOT = Path(__file__).resolve().parents[1]
STORED = ROOT / "tests" / "settlement" / "stored"
EVERY = 8
"""One worked case in so many is kept beside all examples."""


def candidates() -> list[tuple[str, Any]]:
    """Cases to keep, each with a name."""
    found: list[tuple[str, Any]] = []
    for path in sorted((ROOT / "examples").glob("*.json")):
        read = json.loads(path.read_text("utf-8"))
        for i, case in enumerate(read if isinstance(read, list) else [read]):
            found.append((f"{path.stem}-{i}", case))
    for path in sorted((ROOT / "policies").glob("*/*/cases/*.yaml")):
        rows = yaml.safe_load(path.read_text("utf-8"))
        for i, row in list(enumerate(rows))[::EVERY]:
            found.append((f"{path.stem}-{i}", json.loads(json.dumps(row["case"]))))
    return found


def main() -> None:
    """Store what is new under the name given."""
    (name,) = sys.argv[1:]
    STORED.mkdir(parents=True, exist_ok=True)
    engine = Engine(load_law())
    for title, case in candidates():
        result_file = STORED / f"{name}-{title}.result.json"
        if not result_file.exists():
            result = engine.settle(case, Options(accept_assumed=True))
            text = json.dumps(case, ensure_ascii=False, indent=1)
            result_file.with_name(f"{name}-{title}.case.json").write_text(text + "\n", "utf-8")
            result_file.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
