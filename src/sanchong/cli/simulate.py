"""``sanchong simulate``: a population under the law as it stands and under reforms; ``sanchong project``: the months ahead."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer

from sanchong.cli.common import (
    AcceptAssumed,
    KnownOn,
    Lang,
    Language,
    Policies,
    engine_of,
    fail,
    language,
    options_of,
)
from sanchong.dates import today
from sanchong.law.yamlfile import LawError
from sanchong.settlement.reading import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from sanchong.law.library import Law
    from sanchong.simulation.reforms import Reform
    from sanchong.simulation.simulate import Simulated

CANCELLED: Final = 130

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write; new or empty. 输出目录")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace an earlier result in DIR. 覆盖原有结果")
]


def simulate(
    population: Annotated[
        Path, typer.Option("--population", metavar="DIR", help="Tables of people and visits. 人口目录")
    ],
    out: Out,
    reform: Annotated[
        list[str] | None,
        typer.Option(
            "--reform",
            metavar="FILE|NAME",
            help="A reform's file, or a shipped one's name; repeatable. 改革方案，可重复",
        ),
    ] = None,
    seeds: Annotated[
        str | None,
        typer.Option(
            "--seeds", metavar="N,N,…", help="Draw the population again with these seeds. 用其他种子重算"
        ),
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", metavar="YEAR", help="The year; else that of the visits. 年度")
    ] = None,
    withhold_unmodelled: Annotated[
        bool,
        typer.Option(
            "--withhold-unmodelled", help="Pay no assistance where it is unmodelled. 未收录的救助暂不计算"
        ),
    ] = False,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, help="Threads; else as cores. 线程数")
    ] = None,
    overwrite: Overwrite = False,
    known_on: KnownOn = None,
    accept_assumed: AcceptAssumed = None,
    policies: Policies = None,
    lang: Lang = None,
) -> None:
    """Settle a population under the law as it stands and under reforms, and compare. 政策模拟

    sanchong simulate --population build/people --reform stacking-70 --out build/report --accept-assumed

    Exit status 0: nobody refused; 1: written, some people refused (the report lists why); 2: unusable arguments;
    130: cancelled, nothing written. 退出状态：0 无人被拒，1 已写出但有人被拒，2 参数不可用，130 已取消。
    """
    lang_ = language(lang)
    need_batch(lang_)
    from sanchong.batch.unusable import Unusable
    from sanchong.simulation import simulate as work

    check_out(out, overwrite, lang_)
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        fail(f"--year 应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间", f"--year is {FIRST_YEAR} to {LAST_YEAR}", lang_)
    options = options_of(accept_assumed, known_on, lang_)
    law = engine_of(policies, lang_).law
    reforms = _reforms(reform or [], law, lang_)
    asked = work.Asked(
        law,
        options,
        options.known_on or law.known_by(today()),
        reforms,
        year,
        withhold_unmodelled,
        _seeds(seeds, lang_),
        workers or os.cpu_count() or 1,
    )
    arguments = {
        "year": year, "known_on": known_on, "accept_assumed": accept_assumed, "seeds": seeds,
        "withhold_unmodelled": withhold_unmodelled,
    }  # fmt: skip
    try:
        with interruptible(), _bar(work.Told, 1 + len(reforms), lang_) as told:
            simulated = work.simulate(population, asked, told)
            work.write(simulated, out, lang_, arguments)
    except Unusable as error:
        fail(error.messages["zh"], error.messages["en"], lang_)
    except KeyboardInterrupt:
        cancelled(lang_)
    _say(simulated, out / work.PAGE, lang_)
    raise typer.Exit(1 if any(s.people_refused for s in simulated.results.scenarios) else 0)


def _reforms(named: list[str], law: Law, lang: str) -> tuple[Reform, ...]:
    """The reforms as named; exits with 2 on the first mistake."""
    from sanchong.simulation.reforms import find_reform, load_reform

    found: list[Reform] = []
    for name in named:
        try:
            read = load_reform(find_reform(name), law)
        except LawError as error:
            fail(f"改革方案有误：{error.placed('zh')}", f"mistake in the reform: {error}", lang)
        if read.name in ("baseline", *(other.name for other in found)):
            fail(
                f"改革名 {read.name} 重复，或是保留名；请改文件名",
                f"two reforms are named {read.name}, or the name is kept for the law as it stands; rename the file",
                lang,
            )
        found.append(read)
    return tuple(found)


def _seeds(given: str | None, lang: str) -> tuple[int, ...]:
    parts = [part.strip() for part in (given or "").split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        fail(
            f"--seeds：应为整数，如 2,3,4，而不是 {given!r}",
            f"--seeds: expected numbers such as 2,3,4, not {given!r}",
            lang,
        )
    return tuple(map(int, parts))


def _say(simulated: Simulated, page: Path, lang: Language) -> None:
    """One line a reform, who was refused, and what to do next."""
    from sanchong.simulation.report.figures import money, per_cent
    from sanchong.simulation.report.scenarios import scenario_names
    from sanchong.simulation.results import group

    results, zh = simulated.results, lang == "zh"
    titles = {name: reform.title[lang] for name, reform in simulated.context.reforms.items()}
    names = scenario_names(results, titles, lang)
    base = group(results.baseline.outlays, "all", "all")
    part = per_cent(results.baseline.own.patients.own_share)
    print(
        f"{names['baseline']}：三重保障支出 {money(base.tiers, lang)}，个人负担 {money(base.patient, lang)}（{part}）"
        if zh
        else f"{names['baseline']}: the three tiers pay {money(base.tiers, lang)}, patients {money(base.patient, lang)} ({part})"
    )
    for s in results.reforms:
        now, before = group(s.own.outlays, "all", "all"), group(s.before.outlays, "all", "all")
        tiers, own = (
            money(getattr(now, n) - getattr(before, n), lang, sign=True) for n in ("tiers", "patient")
        )
        newly = s.apart.newly_settled
        said = (
            f"{names[s.name]}：三重保障 {tiers}，个人 {own}"
            if zh
            else f"{names[s.name]}: tiers {tiers}, patients {own}"
        )
        if newly:
            said += f"；另有 {newly:,} 人新能结算" if zh else f"; {newly:,} people newly settled"
        print(said)
    refused = results.baseline.people_refused
    if refused:
        codes: dict[str, int] = {}
        for code, _, rows in results.baseline.rejects:
            codes[code] = codes.get(code, 0) + rows
        listed = ", ".join(f"{code} {rows:,}" for code, rows in sorted(codes.items()))
        print(
            f"现行政策下被拒 {refused:,} 人：{listed}"
            if zh
            else f"refused as the law stands: {refused:,} people: {listed}"
        )
    print(f"{'报告' if zh else 'report'}: {page}")


# ── shared with `sanchong project` ────────────────────────────────────────────────────────────


def need_batch(lang: str) -> None:
    """Exit with 2 where the extra is not installed."""
    try:
        import numba  # noqa: F401
        import xlsxwriter  # type: ignore[import-untyped]  # noqa: F401

        import sanchong.batch.columns  # noqa: F401
    except ImportError as missing:
        fail(
            f"缺少 {missing.name}；请安装附加组件 pip install 'sanchong[batch]'",
            f"{missing.name} is not installed; install the extra: pip install 'sanchong[batch]'",
            lang,
        )


def check_out(out: Path, overwrite: bool, lang: str) -> None:
    """Exit with 2 where ``out`` is a file, or holds something that must not be replaced."""
    if out.exists() and not (out.is_dir() and (overwrite or not any(out.iterdir()))):
        fail(
            f"{out} 不是空目录；请另选目录，或用 --overwrite 覆盖其中的结果",
            f"{out} is not an empty folder; choose another, or replace the result in it with --overwrite",
            lang,
        )


@contextmanager
def interruptible() -> Iterator[None]:
    """A termination ends the run as an interruption does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def cancelled(lang: str) -> NoReturn:
    """Say so and exit with 130."""
    print(
        "sanchong: " + ("已取消，未写任何文件" if lang == "zh" else "cancelled; nothing written"),
        file=sys.stderr,
    )
    raise typer.Exit(CANCELLED)


@contextmanager
def _bar(told: type[Any], scenarios: int, lang: str) -> Iterator[Any]:
    """A bar of settlements done where standard error is a terminal."""
    if not sys.stderr.isatty():
        yield told()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:

        class Shown(told):  # type: ignore[misc]  # the class is given, since its module needs the extra
            task: Any = None

            def stage(self, seed: int | None, visits: int) -> None:
                if self.task is not None:
                    bar.remove_task(self.task)
                name = "结算" if lang == "zh" else "settling"
                seeded = "" if seed is None else f" · {'种子' if lang == 'zh' else 'seed'} {seed}"
                self.task = bar.add_task(name + seeded, total=visits * scenarios or None)

            def advance(self, visits: int) -> None:
                bar.advance(self.task, visits * scenarios)

        yield Shown()
