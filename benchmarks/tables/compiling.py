"""What compiling costs: a few people settled in a process that has compiled nothing yet, and again when all is loaded.

    python -m benchmarks.tables.compiling FOLDER

Run twice with the variable SANCHONG_COMPILED naming a new folder: the first compiles, the second loads what that one kept.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.tables.common import law_rows, report, taken, whole

from sanchong.batch.part import Setting, settle_part


def main() -> None:
    """Measure and report."""
    part, law = whole(Path(sys.argv[1])), law_rows()
    first = taken(lambda: settle_part(part, law, Setting()))
    report({"first": first, "again": taken(lambda: settle_part(part, law, Setting()))})


if __name__ == "__main__":
    main()
