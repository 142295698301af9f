"""``sanchong office bulk-load``."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from sanchong.cli.common import Lang, language
from sanchong.cli.office_common import all_or_nothing, batch_installed, in_words, office, steps


def bulk_load(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="What `sanchong population` wrote. 模拟人口目录")
    ],
    accept: Annotated[
        bool, typer.Option("--accept-illustrations", help="Every illustration of the law. 采用全部示例数据")
    ] = False,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, max=64, help="Processes. 进程数")
    ] = None,
    lang: Lang = None,
) -> None:
    """Load a synthetic population with its year settled, all or nothing, into an empty office. 批量装入模拟人口

    sanchong office bulk-load build/people --accept-illustrations

    On PostgreSQL by COPY, as the tables' owner.
    """
    said = language(lang)
    with office(said, owner=True), all_or_nothing(said), batch_installed(said):
        from sanchong.office.operations.bulk.load import load

        began = time.monotonic()
        with steps(said) as begin:
            report = load(folder, begin, accept=accept, workers=workers or os.cpu_count() or 1)
        rows = [
            ("参保人", "people", report.people),
            ("就诊", "visits", report.visits),
            ("已结算", "settled", report.settled),
            *((f"被拒 {code}", f"refused {code}", n) for code, n in sorted(report.refused.items())),
            ("秒", "seconds", round(time.monotonic() - began)),
        ]
        for zh, en, number in rows:
            print(f"{in_words(said, zh, en)}: {number:,}")
