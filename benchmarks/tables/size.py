"""One run over tables of some size, in a process of its own: time, and the most memory it held.

    python -m benchmarks.tables.size SMALL FOLDER OUT

The tables of SMALL are settled first and not measured: compiled code is then loaded.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from benchmarks.tables.common import law_rows, report, settle, taken


def main() -> None:
    """Measure and report."""
    small, folder, out = map(Path, sys.argv[1:])
    law = law_rows()
    settle(small, out, law)
    times = taken(lambda: settle(folder, out, law))
    report({"times": times, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024})


if __name__ == "__main__":
    main()
