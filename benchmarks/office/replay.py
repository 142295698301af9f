"""Running the logged statements without the office: pgbench on PostgreSQL, one thread of sqlite3 on SQLite."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.office.scene import ENTRIES, FIRST_PERSON, FIRST_SETTLEMENT, FIRST_VISIT, FIRST_YEAR
from benchmarks.office.statements import Number, Statement, filled
from tests.office.crowd import FIRST
from tests.office.server import Server, binaries


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to."""

    done: int
    seconds: float
    mean_ms: float

    @property
    def rate(self) -> float:
        """Settlements' worth of statements a second."""
        return self.done / self.seconds


def pgbench(
    server: Server, database: str, script: str, clients: int, times: int, first: int, user: str = "sanchong"
) -> Replayed:
    """Run the script ``times`` times by each client, from its turn ``first`` on, as simple queries: so the office sends them."""
    with tempfile.TemporaryDirectory(prefix="sanchong-pgbench-") as folder:
        file = Path(folder) / "settle.sql"
        file.write_text(script, encoding="utf-8")
        command = [str(binaries() / "pgbench"), "-n", "-h", "127.0.0.1", "-p", str(server.port)]
        command += ["-U", user, "-c", str(clients), "-j", "2", "-t", str(times), "-D", f"again={first}"]
        told = subprocess.run(
            [*command, "-f", str(file), database], capture_output=True, text=True, check=False
        )
    if told.returncode:
        raise RuntimeError(told.stderr[-2000:])

    def figure(pattern: str) -> float:
        found = re.search(pattern, told.stdout)
        assert found is not None, told.stdout
        return float(found[1])

    done = int(figure(r"actually processed: (\d+)"))
    tps = figure(r"tps = ([\d.]+) \(without")
    return Replayed(done, done / tps, figure(r"latency average = ([\d.]+)"))


def one_thread(file: str, statements: Sequence[Statement], first: int, times: int) -> Replayed:
    """Run the statements for ``times`` visits from ``first`` on, in one connection with the office's pragmas."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;"
    )
    (settlement,) = connection.execute("SELECT max(id) FROM claims_settlement").fetchone()
    since = perf_counter()
    for i in range(times):
        values = _values(first + i, (settlement or FIRST_SETTLEMENT - 1) + 1 + i)
        for statement in statements:
            parameters = [_given(p, values) for p in statement.parameters]
            connection.execute(filled(statement.sql, values), parameters).fetchall()
    seconds = perf_counter() - since
    connection.close()
    return Replayed(times, seconds, seconds / times * 1000)


def _given(parameter: Any, values: dict[str, str]) -> Any:
    if isinstance(parameter, Number):
        return int(filled(parameter.text, values))
    return filled(parameter, values) if isinstance(parameter, str) else parameter


def _values(n: int, settlement: int) -> dict[str, str]:
    return {
        "visit_id": str(FIRST_VISIT + n),
        "visit": f"V{FIRST + n}",
        "person_id": str(FIRST_PERSON + n),
        "person": f"P{FIRST + n}",
        "year_id": str(FIRST_YEAR + n),
        "settlement_id": str(settlement),
        "settlement": f"S20260101ABC{FIRST + n}",
        "turn": str(ENTRIES + 1),
        "key": f"load-{FIRST + n}",
    }
