"""``sanchong project``: the funds' outlay by month ahead, from settled visits and named growth assumptions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sanchong.cli.common import Lang, fail, language
from sanchong.cli.simulate import Out, Overwrite, cancelled, check_out, interruptible, need_batch
from sanchong.law.yamlfile import LawError
from sanchong.version import ENGINE

if TYPE_CHECKING:
    from sanchong.simulation.projection import Growth

MOST_YEARS = 20


def project(
    statements: Annotated[
        Path, typer.Option("--statements", metavar="DIR", help="Results of batch settle. 批量结算的结果目录")
    ],
    years: Annotated[
        int, typer.Option("--years", metavar="N", min=1, max=MOST_YEARS, help="Years ahead. 推算年数")
    ],
    out: Out,
    growth: Annotated[
        Path | None, typer.Option("--growth", metavar="FILE", help="Growth assumptions. 增长假定文件")
    ] = None,
    growth_per_year: Annotated[
        str | None,
        typer.Option(
            "--growth-per-year",
            metavar="utilisation=P,price=P,population=P",
            help="The same growth every year. 每年相同的增长",
        ),
    ] = None,
    overwrite: Overwrite = False,
    lang: Lang = None,
) -> None:
    """Project the funds' outlay by month. 推算基金支出

    sanchong project --statements build/settled --years 3 --out build/ahead
    --growth-per-year utilisation=3%,price=2%,population=-0.5%

    Exit status 0: written; 2: unusable arguments; 130: cancelled, nothing written.
    退出状态：0 已写出，2 参数不可用，130 已取消。
    """
    lang_ = language(lang)
    need_batch(lang_)
    from sanchong.batch.unusable import Unusable
    from sanchong.simulation import projection as work
    from sanchong.simulation.export import write_tables
    from sanchong.simulation.report.figures import money
    from sanchong.simulation.report.projection import growth_table, projection_page, projection_table
    from sanchong.simulation.simulate import PAGE, RUN, write_whole

    check_out(out, overwrite, lang_)
    assumed = _growth(growth, growth_per_year, lang_)
    try:
        with interruptible():
            made = work.project(statements, years, assumed)
            tables = [projection_table(made, lang_), growth_table(made, lang_)]

            def fill(folder: Path) -> None:
                (folder / PAGE).write_text(projection_page(made), encoding="utf-8")
                write_tables(tables, folder, lang_, assumed.title[lang_])
                rates = {factor: [str(rate) for rate in rates] for factor, rates in assumed.rates.items()}
                run = {
                    "engine": ENGINE,
                    "year": made.year,
                    "years": years,
                    "visits": made.visits,
                    "growth": rates,
                }
                (folder / RUN).write_text(
                    json.dumps(run, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
                )

            write_whole(out, (PAGE, "tables", "tables.xlsx", RUN), fill)
    except Unusable as error:
        fail(error.messages["zh"], error.messages["en"], lang_)
    except KeyboardInterrupt:
        cancelled(lang_)
    for year in (made.year, made.year + years):
        print(f"{year}: {money(made.in_year(year), lang_)}")
    print(f"{'报告' if lang_ == 'zh' else 'report'}: {out / PAGE}")


def _growth(file: Path | None, text: str | None, lang: str) -> Growth:
    """The assumptions as given, by one of the two ways; exits with 2 where they cannot be."""
    from sanchong.simulation.projection import NoGrowth, growth_of, load_growth

    if (file is None) == (text is None):
        fail(
            "请给出增长假定：--growth 文件，或 --growth-per-year utilisation=3%,price=2%,population=0%（二者选一）",
            "name the growth assumptions: --growth FILE, or --growth-per-year utilisation=3%,price=2%,population=0% (one of them)",
            lang,
        )
    try:
        return load_growth(file) if file is not None else growth_of(text or "")
    except LawError as error:
        fail(f"增长假定文件有误：{error.placed('zh')}", f"mistake in the growth assumptions: {error}", lang)
    except NoGrowth as error:
        fail(f"--growth-per-year：{error.zh}", f"--growth-per-year: {error.en}", lang)
