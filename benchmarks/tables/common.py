"""What the measuring processes share: the law, a folder's tables, a clock, and how they report."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

from sanchong import load_law
from sanchong.batch.law_rows import LawRows
from sanchong.batch.part import Setting
from sanchong.batch.records import Part
from sanchong.batch.run import Counts, Inputs, Threads, open_inputs, run
from sanchong.batch.streams import sorted_parts
from sanchong.batch.tables import INPUTS
from sanchong.settlement.options import Options

YEAR = 2026
CORES = 2
_KNOWN_ON = dt.date(YEAR, 1, 1)


def law_rows() -> LawRows:
    """The law that all is settled under: every illustration accepted, no reform."""
    return LawRows(load_law(), Options(accept_assumed=True), _KNOWN_ON, {}, None, False)


def inputs_of(folder: Path) -> Inputs:
    """The tables that a folder holds."""
    found = {table.name: [folder / f"{table.name}.parquet"] for table in INPUTS}
    return open_inputs({name: files for name, files in found.items() if files[0].exists()})


def whole(folder: Path) -> Part:
    """A folder's tables in memory, as one part."""
    return next(sorted_parts(inputs_of(folder).sources, False, 1 << 40))


def settle(folder: Path, out: Path, law: LawRows) -> Counts:
    """Settle a folder's tables into another folder, as ``sanchong batch settle`` does, on both cores."""
    setting = Setting()
    with Threads(CORES, law, setting) as threads:
        return run(inputs_of(folder), out, law, setting, threads, {}, _Quiet(), Event())


class _Quiet:
    def stage(self, name: str, total: int) -> None:
        """Nobody watches."""

    def advance(self, visits: int) -> None:
        """Nobody watches."""


def taken(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds on the clock and of the processor, all threads together."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def report(found: Any) -> None:
    """Tell the process that started this one."""
    print(json.dumps(found), flush=True)
