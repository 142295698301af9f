"""``sanchong batch settle``: tables in, tables out, as the batch contract fixes them."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from sanchong.cli.common import (
    AcceptAssumed,
    KnownOn,
    Lang,
    Policies,
    engine_of,
    fail,
    language,
    options_of,
)
from sanchong.dates import today
from sanchong.settlement.reading import FIRST_YEAR, LAST_YEAR, read_overlay
from sanchong.settlement.refusal import Refusal

if TYPE_CHECKING:
    from rich.progress import Progress

    from sanchong.batch.law_rows import LawRows
    from sanchong.batch.part import Setting
    from sanchong.batch.run import Counts, Workers
    from sanchong.law.terms import Overlay

CANCELLED: Final = 130
ENGINES: Final = ("threads", "dask")
NEEDED: Final = {"threads": ("numba", "numpy", "pyarrow"), "dask": ("dask", "distributed")}
EXTRA: Final = {"threads": "batch", "dask": "cluster"}
_FILES: Final = "Parquet or CSV; a folder stands for its files; repeatable."

Table = list[Path]


def settle(
    people: Annotated[Table, typer.Option("--people", metavar="FILE", help=f"The insured. {_FILES} 参保人")],
    visits: Annotated[Table, typer.Option("--visits", metavar="FILE", help=f"Visits. {_FILES} 就诊")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results. 结果目录")],
    categories: Annotated[
        Table | None,
        typer.Option("--categories", metavar="FILE", help="Assistance categories held. 救助对象类别"),
    ] = None,
    recognitions: Annotated[
        Table | None,
        typer.Option("--recognitions", metavar="FILE", help="Recognised diseases. 门诊慢特病认定"),
    ] = None,
    waivers: Annotated[
        Table | None, typer.Option("--waivers", metavar="FILE", help="Waived exclusion pairs. 互斥豁免")
    ] = None,
    lines: Annotated[
        Table | None,
        typer.Option("--lines", metavar="FILE", help="Fee lines of visits without reduced amounts. 费用明细"),
    ] = None,
    year: Annotated[
        int | None,
        typer.Option("--year", metavar="YEAR", help="The one year to settle; else that of each date. 年度"),
    ] = None,
    terms: Annotated[
        Path | None,
        typer.Option(
            "--terms", metavar="FILE", help="Policy values laid over the law, JSON or YAML. 政策参数"
        ),
    ] = None,
    withhold_unmodelled: Annotated[
        bool,
        typer.Option(
            "--withhold-unmodelled", help="Pay no assistance where it is unmodelled. 未收录的救助暂不计算"
        ),
    ] = False,
    close_year: Annotated[
        bool,
        typer.Option(
            "--close-year/--no-close-year", help="Pay what waits for the year's end. 年底一次性救助"
        ),
    ] = True,
    lines_out: Annotated[
        bool, typer.Option("--lines-out", help="Write each payer's part of each line. 分摊到明细")
    ] = False,
    engine: Annotated[
        str, typer.Option("--engine", metavar="threads|dask", help="Where parts are settled. 计算引擎")
    ] = "threads",
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", help="Threads, or processes. 并行数")
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="ADDRESS", help="A Dask scheduler that runs already. 调度器地址"),
    ] = None,
    known_on: KnownOn = None,
    accept_assumed: AcceptAssumed = None,
    policies: Policies = None,
    lang: Lang = None,
) -> None:
    """Settle tables of visits, any number of them. 批量结算

    Exit status 0: nothing refused; 1: rejects written; 2: unusable arguments or files; 130: cancelled.
    A cancelled run goes on where it stopped when it is started again.
    退出状态：0 全部结算，1 有被拒的行，2 参数或文件不可用，130 已取消（重新运行即接着算）。
    """
    asked, lang = lang, language(lang)
    _check(engine, workers, scheduler, year, lang)
    from sanchong.batch.law_rows import LawRows
    from sanchong.batch.part import Setting
    from sanchong.batch.unusable import Unusable

    options = options_of(accept_assumed, known_on, lang)
    law_engine = engine_of(policies, lang)
    known = options.known_on or law_engine.law.known_by(today())
    overlay, said = _read_terms(terms, lang)
    law = LawRows(law_engine.law, options, known, overlay, year, withhold_unmodelled)
    setting = Setting(year, close_year, lines_out, "en" if asked == "en" else "zh")
    files = {
        "people": people, "categories": categories or [], "recognitions": recognitions or [],
        "waivers": waivers or [], "visits": visits, "lines": lines or [],
    }  # fmt: skip
    arguments = {
        "year": year, "known_on": known_on, "terms": said, "accept_assumed": accept_assumed,
        "withhold_unmodelled": withhold_unmodelled, "close_year": close_year, "lines_out": lines_out,
    }  # fmt: skip
    try:
        counts = _run(files, out, law, setting, engine, workers, scheduler, arguments, lang)
    except Unusable as error:
        fail(error.messages["zh"], error.messages["en"], lang)
    _say(counts, out, lang)
    raise typer.Exit(1 if counts.rejects else 0)


def _check(engine: str, workers: int | None, scheduler: str | None, year: int | None, lang: str) -> None:
    """Exit with 2 on arguments that cannot be, or if what the engine needs is not installed."""
    if engine not in ENGINES:
        fail(f"--engine 应为 {'、'.join(ENGINES)}", f"--engine is one of {', '.join(ENGINES)}", lang)
    if scheduler is not None and engine != "dask":
        fail("--scheduler 只用于 --engine dask", "--scheduler goes with --engine dask", lang)
    if workers is not None and workers < 1:
        fail("--workers 至少为 1", "--workers is at least 1", lang)
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        fail(f"--year 应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间", f"--year is {FIRST_YEAR} to {LAST_YEAR}", lang)
    for name in dict.fromkeys(("threads", engine)):
        if any(find_spec(module) is None for module in NEEDED[name]):
            extra = EXTRA[name]
            fail(
                f"批量结算需要附加组件 {extra}；请安装：pip install 'sanchong[{extra}]'",
                f"this needs the extra {extra}; install it: pip install 'sanchong[{extra}]'",
                lang,
            )


def _read_terms(file: Path | None, lang: str) -> tuple[Overlay, Any]:
    """The overlay that a file of ``terms`` says, and what it says; exits with 2 where it cannot be read."""
    import yaml

    if file is None:
        return {}, None
    try:
        data = _plain(yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader))
        return read_overlay({} if data is None else data, "terms"), data
    except OSError as error:
        why = error.strerror or str(error)
        fail(f"读不到文件 {file}：{why}", f"cannot read {file}: {why}", lang)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        why = str(error).splitlines()[0]
        fail(f"{file} 不是 JSON 或 YAML：{why}", f"{file} is neither JSON nor YAML: {why}", lang)
    except Refusal as refusal:
        fail(f"{file}：{refusal.messages['zh']}", f"{file}: {refusal.messages['en']}", lang)


def _plain(data: Any) -> Any:
    """YAML as JSON would say it: a date is text."""
    if isinstance(data, dict):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(value) for value in data]
    return data.isoformat() if isinstance(data, dt.date) else data


def _run(
    files: Mapping[str, list[Path]],
    out: Path,
    law: LawRows,
    setting: Setting,
    engine: str,
    workers: int | None,
    scheduler: str | None,
    arguments: Mapping[str, Any],
    lang: str,
) -> Counts:
    from sanchong.batch.run import Cancelled, open_inputs, run

    inputs = open_inputs(files)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
        fail(f"写不了目录 {out}：{why}", f"cannot write the folder {out}: {why}", lang)
    with _cancelling() as cancel, _workers(engine, workers, scheduler, law, setting) as settling:
        try:
            with _bar(lang) as progress:
                return run(inputs, out, law, setting, settling, arguments, progress, cancel)
        except Cancelled:
            said = (
                "已取消；以同样的参数重新运行即接着算"
                if lang == "zh"
                else "cancelled; run the same again to go on"
            )
            print(f"sanchong: {said}", file=sys.stderr)
            raise typer.Exit(CANCELLED) from None
        except KeyboardInterrupt:
            raise typer.Exit(CANCELLED) from None


@contextmanager
def _cancelling() -> Iterator[Event]:
    """An event that the first interruption sets; the second one ends the run where it stands."""
    cancel = Event()

    def interrupt(*_: object) -> None:
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield cancel
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _workers(
    engine: str, count: int | None, scheduler: str | None, law: LawRows, setting: Setting
) -> Iterator[Workers]:
    count = count or os.cpu_count() or 1
    if engine == "dask":
        from sanchong.batch.cluster import Cluster

        with Cluster(count, scheduler, law, setting) as cluster:
            yield cluster
        return
    from sanchong.batch.run import Threads

    with Threads(count, law, setting) as threads:
        yield threads


class _Bar:
    """A progress bar on standard error, with the rate and the time left."""

    def __init__(self, progress: Progress, lang: str) -> None:
        self._progress = progress
        self._words = (
            {"settle": "结算", "deal": "分组"} if lang == "zh" else {"settle": "settling", "deal": "sorting"}
        )
        self._task: Any = None

    def stage(self, name: str, total: int) -> None:
        """A stage begins; what a former one has not done falls away."""
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(self._words[name], total=total or None)

    def advance(self, visits: int) -> None:
        """So many more visits are done."""
        self._progress.advance(self._task, visits)


@contextmanager
def _bar(lang: str) -> Iterator[_Bar]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    unit = "次/秒" if lang == "zh" else "visits/s"

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text("" if speed is None else f"{speed:,.0f} {unit}")

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield _Bar(progress, lang)


def _say(counts: Counts, out: Path, lang: str) -> None:
    refused = ", ".join(f"{code} {count:,}" for code, count in sorted(counts.by_code.items()))
    if lang == "zh":
        print(
            f"{counts.visits:,} 次就诊，已结算 {counts.settled:,}，{counts.years:,} 个人年；被拒 {counts.rejects:,} 行"
        )
    else:
        print(
            f"{counts.visits:,} visits, {counts.settled:,} settled in {counts.years:,} person-years;"
            f" {counts.rejects:,} rows refused"
        )
    if refused:
        print(refused)
    print(out)
