"""``sanchong population``: a synthetic population with its year, as tables for ``sanchong batch settle``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sanchong.cli.common import Lang, Policies, engine_of, fail, language
from sanchong.law.yamlfile import LawError
from sanchong.money import yuan

if TYPE_CHECKING:
    from sanchong.law.library import Law
    from sanchong.simulation.marginals import Marginals
    from sanchong.simulation.population import Population, Tables
    from sanchong.simulation.setting import Setting
    from sanchong.simulation.writing import Counts

FIRST_WHOLE_YEAR = 2026
"""The first year throughout which the outpatient scheme is in force."""
CANCELLED = 130
LEAST_YEAR, MOST_YEAR = 2000, 2999


def population(
    area: Annotated[str, typer.Option("--area", metavar="CODE", help="Area code, e.g. 140300. 统筹区代码")],
    people: Annotated[int, typer.Option("--people", metavar="N", min=1, help="How many people. 人数")],
    seed: Annotated[
        int, typer.Option("--seed", metavar="S", min=0, help="The same seed, the same people. 随机种子")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write; new or empty. 输出目录")],
    year: Annotated[
        int, typer.Option("--year", metavar="YYYY", min=LEAST_YEAR, max=MOST_YEAR, help="The year. 年度")
    ] = FIRST_WHOLE_YEAR,
    marginals: Annotated[
        Path | None,
        typer.Option(
            "--marginals", metavar="FILE", help="Your own marginals for the area. 自备的边际分布文件"
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, help="Threads; else as cores. 线程数")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the tables in DIR. 覆盖目录中的表")
    ] = False,
    policies: Policies = None,
    lang: Lang = None,
) -> None:
    """Make a synthetic population with its year of visits; not data about real people. 生成模拟人口

    sanchong population --area 140300 --people 100000 --seed 1 --out build/people

    Exit status 0: written; 2: unusable arguments; 130: cancelled, nothing written.
    退出状态：0 已生成，2 参数不可用，130 已取消，未写任何文件。
    """
    lang = language(lang)
    try:
        from sanchong.simulation import population as drawing
        from sanchong.simulation import writing
    except ImportError as missing:
        fail(
            f"缺少 {missing.name}；请安装附加组件 pip install 'sanchong[batch]'",
            f"{missing.name} is not installed; install the extra: pip install 'sanchong[batch]'",
            lang,
        )
    try:
        writing.check_folder(out, overwrite)
    except writing.NotEmpty:
        fail(
            f"{out} 不是空目录；请另选目录，或用 --overwrite 覆盖其中的表",
            f"{out} is not an empty folder; choose another, or replace the tables in it with --overwrite",
            lang,
        )
    law = engine_of(policies, lang).law
    wanted = drawing.Population(
        _marginals(area, marginals, lang), _setting(law, area, year, lang), seed, people
    )
    if people > drawing.MOST_PEOPLE:
        most = drawing.MOST_PEOPLE
        fail(f"--people 最多 {most:,}", f"--people is at most {most:,}", lang)
    threads = workers or os.cpu_count() or 1
    blocks = drawing.draw_blocks(wanted, threads)
    digest = law.digest(wanted.setting.scheme, None)
    try:
        counts = writing.write_population(
            wanted, out, _progress(blocks, wanted, lang), digest, overwrite=overwrite
        )
    except KeyboardInterrupt:
        print(
            "sanchong: " + ("已取消，未写任何文件" if lang == "zh" else "cancelled; nothing written"),
            file=sys.stderr,
        )
        raise typer.Exit(CANCELLED) from None
    _show(counts, wanted, out, lang)


def _marginals(area: str, file: Path | None, lang: str) -> Marginals:
    """The area's marginals: those of ``file``, else the shipped ones; exits with 2 where there are none."""
    from sanchong.simulation.marginals import load_marginals, shipped, shipped_areas

    if file is None and area not in shipped_areas():
        have = ", ".join(shipped_areas())
        fail(
            f"没有 {area} 的边际分布，自带的只有 {have}；可仿照自带文件另写一份，用 --marginals 指定（见 docs/population.md）",
            f"no marginals for {area}; those of {have} come with the package. Write a file like theirs and name it by"
            " --marginals (docs/population.md)",
            lang,
        )
    try:
        found = load_marginals(file or shipped(area))
    except LawError as error:
        fail(f"边际分布文件有误：{error.placed('zh')}", f"mistake in the marginals: {error}", lang)
    if found.area != area:
        fail(
            f"{file} 是 {found.area} 的边际分布，不是 {area} 的",
            f"{file} has the marginals of {found.area}, not of {area}",
            lang,
        )
    return found


def _setting(law: Law, area: str, year: int, lang: str) -> Setting:
    from sanchong.simulation.setting import NotInForce, setting_of

    try:
        setting = setting_of(law, area, year)
    except NotInForce:
        fail(
            f"{year} 年 {area} 没有施行中的门诊慢特病规定，无从生成门诊就诊；请换年份（--year），或增加政策目录（--policies）",
            f"no outpatient scheme is in force in {area} in {year}, so outpatient visits cannot be made; choose another"
            " --year, or add a folder of --policies",
            lang,
        )
    if not setting.assisted:
        said = (
            f"注意：没有 {area} 的医疗救助规定；结算时，救助对象会被拒（unmodelled）"
            if lang == "zh"
            else f"note: no document says what assistance {area} gives; settling will refuse people with a category"
            " (unmodelled)"
        )
        print(f"sanchong: {said}", file=sys.stderr)
    return setting


def _progress(blocks: Iterator[Tables], wanted: Population, lang: str) -> Iterable[Tables]:
    """The blocks, with a bar of people done, their rate and the time left where standard error is a terminal."""
    if not sys.stderr.isatty():
        yield from blocks
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    each = "人/秒" if lang == "zh" else "people/s"
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("生成人口" if lang == "zh" else "People", total=wanted.people, rate="")
        for tables in blocks:
            yield tables
            bar.advance(task, tables["people"].num_rows)
            speed = bar.tasks[task].finished_speed or bar.tasks[task].speed
            bar.update(task, rate=f"{speed:,.0f} {each}" if speed else "")


def _show(counts: Counts, wanted: Population, out: Path, lang: str) -> None:
    """The summary, and what to do next."""
    from rich.console import Console
    from rich.table import Table

    from sanchong.simulation.tables import SCHEMAS

    zh = lang == "zh"
    table = Table(title=wanted.marginals.title["zh" if zh else "en"] + f" · {wanted.setting.year}", box=None)
    table.add_column("", justify="left")
    table.add_column("数量" if zh else "number", justify="right")
    table.add_column("总费用（元）" if zh else "total cost (yuan)", justify="right")
    table.add_row("参保人" if zh else "people", f"{counts.rows['people']:,}", "")
    table.add_row("户" if zh else "households", f"{counts.households:,}", "")
    table.add_row("救助对象身份" if zh else "categories", f"{counts.rows['categories']:,}", "")
    table.add_row("慢特病认定" if zh else "recognitions", f"{counts.rows['recognitions']:,}", "")
    kinds = {
        "outpatient": ("门诊慢特病就诊", "outpatient visits"),
        "inpatient": ("住院", "stays"),
        "special_drug": ("特药", "special drugs"),
    }
    for kind, (chinese, english) in kinds.items():
        table.add_row(chinese if zh else english, f"{counts.visits[kind]:,}", yuan(counts.cost[kind]))
    table.add_row("合计就诊" if zh else "all visits", f"{counts.visits.total():,}", yuan(counts.cost.total()))
    Console().print(table)
    tables = " ".join(f"--{name} {out / name}.parquet" for name in SCHEMAS)
    settled = out.with_name(f"{out.name}-settled")
    print(f"{'下一步' if zh else 'next'}: sanchong batch settle {tables} --accept-assumed --out {settled}")
