"""A whole simulation: a population's files settled under the baseline and reforms, measured, written beside and moved in."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from sanchong.batch.records import Part
from sanchong.batch.run import ROWS, Inputs, open_inputs
from sanchong.batch.streams import Unsorted, part_of, sorted_parts
from sanchong.batch.tables import INPUTS
from sanchong.batch.unusable import Unusable
from sanchong.bill.words import Lang
from sanchong.law.library import Law
from sanchong.settlement.options import Options
from sanchong.simulation.export import tables_of, write_tables
from sanchong.simulation.marginals import load_marginals, shipped, shipped_areas
from sanchong.simulation.population import Population, draw_blocks
from sanchong.simulation.reforms import Reform
from sanchong.simulation.report.build import report_page
from sanchong.simulation.report.context import Context, most_frequent
from sanchong.simulation.report.words import said
from sanchong.simulation.results import KeyFigure, Results, key_figures, measure
from sanchong.simulation.scenarios import Run, Scenario, run_scenarios, scenarios_of, year_of
from sanchong.simulation.setting import setting_of
from sanchong.simulation.spread import Spread, spreads
from sanchong.simulation.writing import REPORT as POPULATION
from sanchong.version import ENGINE

PAGE: Final = "report.html"
RUN: Final = "run.json"
FILES: Final = (PAGE, "tables", "tables.xlsx", RUN)
"""What a simulation writes."""
MOST_SEEDS: Final = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be simulated and how."""

    law: Law
    options: Options
    known_on: dt.date
    reforms: tuple[Reform, ...]
    year: int | None = None
    """The one year to settle; None: that of the visits."""
    withhold: bool = False
    """Pay no assistance where it is unmodelled, instead of refusing the person."""
    seeds: tuple[int, ...] = ()
    """Further seeds whose populations are drawn and settled alike."""
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Simulated:
    """A simulation's results and what its report needs to know."""

    results: Results
    context: Context
    spreads: tuple[Spread, ...]
    hashes: Mapping[str, Any]


class Told:
    """Who is told how far a simulation is; this one keeps it to itself."""

    def stage(self, seed: int | None, visits: int) -> None:
        """A population begins (None: the one of the files) with so many visits."""

    def advance(self, visits: int) -> None:
        """So many visits are settled under every scenario."""


def open_population(folder: Path) -> Inputs:
    """The tables in a folder; Unusable where people or visits are not there or cannot be read."""
    files: dict[str, list[Path]] = {}
    for table in INPUTS:
        found = [
            path for suffix in ("parquet", "csv") if (path := folder / f"{table.name}.{suffix}").is_file()
        ]
        files[table.name] = found[:1]
    missing = [name for name in ("people", "visits") if not files[name]]
    if missing:
        raise Unusable(
            f"目录 {folder} 里没有 {'、'.join(missing)}（.parquet 或 .csv）；用 sanchong population 生成",
            f"{folder} has no {', '.join(missing)} (.parquet or .csv); sanchong population makes them",
        )
    return open_inputs(files)


def simulate(folder: Path, asked: Asked, told: Told | None = None) -> Simulated:
    """Settle and measure the population in ``folder``. Unusable where it cannot be, or a reform does not reach it."""
    told = told or Told()
    inputs = open_population(folder)
    year = asked.year or year_of(_columns(inputs, "visits", ["date"]))
    people = _columns(inputs, "people", ["region", "household_region"])
    regions, households = (_words(people, name) for name in ("region", "household_region"))
    _check_areas(asked.reforms, set(regions), set(households))
    population = _population(folder)
    seeds = _seeds(asked, population)
    scenarios = scenarios_of(
        asked.law, asked.options, asked.known_on, year, asked.reforms, withhold=asked.withhold
    )
    told.stage(None, inputs.sources["visits"].rows())
    run = _run_files(inputs, scenarios, year, asked.workers, told)
    results = measure(run)
    found = _spread(results, seeds, scenarios, asked, population, told) if seeds else ()
    context = Context(
        asked.law, asked.known_on, year, most_frequent(regions), most_frequent(households),
        {reform.name: reform for reform in asked.reforms}, population, found, ENGINE,
    )  # fmt: skip
    return Simulated(results, context, found, {"population": population, "reforms": _said(asked.reforms)})


def _said(reforms: Sequence[Reform]) -> dict[str, str]:
    return {reform.name: reform.sha256 for reform in reforms}


def _run_files(inputs: Inputs, scenarios: tuple[Scenario, ...], year: int, workers: int, told: Told) -> Run:
    """Sorted tables part by part; others as one part, which needs room for all of them."""
    try:
        return run_scenarios(
            sorted_parts(inputs.sources, inputs.with_lines, ROWS), scenarios, year, workers, told.advance
        )
    except Unsorted:
        whole = {name: _whole(source.tables(ROWS), source.schema) for name, source in inputs.sources.items()}
        told.stage(None, len(whole["visits"]))
        return run_scenarios([part_of(whole, inputs.with_lines)], scenarios, year, workers, told.advance)


def _whole(tables: Iterator[Any], schema: Any) -> Any:
    return pa.concat_tables([schema.empty_table(), *tables]).combine_chunks()


def _columns(inputs: Inputs, table: str, names: list[str]) -> Any:
    source = inputs.sources[table]
    kept = [batch.select(names) for batch in source.tables(ROWS)]
    return pa.concat_tables([source.schema.empty_table().select(names), *kept]).unify_dictionaries()


def _words(table: Any, name: str) -> list[str]:
    """The distinct words of a column, the commonest first."""
    counts = pc.value_counts(table[name].combine_chunks().dictionary_decode()).to_pylist()
    return [row["values"] for row in sorted(counts, key=lambda row: -row["counts"]) if row["values"]]


def _check_areas(reforms: Sequence[Reform], regions: set[str], households: set[str]) -> None:
    for reform in reforms:
        outside = reform.outside(regions, households)
        if outside:
            listed = ", ".join(outside[:5])
            raise Unusable(
                f"改革 {reform.name} 只及于 {reform.area}，人口中有 {listed} 的人，覆盖不到；请改 area，或只留该地区的人",
                f"the reform {reform.name} is for {reform.area}, but people belong to {listed}, which it does not reach;"
                " widen its area, or keep only people of that area",
            )


# ── other seeds ──────────────────────────────────────────────────────────────────────────────


def _population(folder: Path) -> Mapping[str, Any] | None:
    """population.json, where the people are synthetic."""
    try:
        found: dict[str, Any] = json.loads((folder / POPULATION).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Unusable(
            f"读不到 {folder / POPULATION}：{error}", f"cannot read {folder / POPULATION}: {error}"
        ) from error
    return found


def _seeds(asked: Asked, population: Mapping[str, Any] | None) -> tuple[int, ...]:
    """The further seeds; Unusable where nobody can say how to draw them."""
    if not asked.seeds:
        return ()
    if population is None:
        raise Unusable(
            f"--seeds 需要 sanchong population 生成的人口（目录里没有 {POPULATION}）",
            f"--seeds needs a population drawn by sanchong population (there is no {POPULATION})",
        )
    if len(asked.seeds) > MOST_SEEDS:
        raise Unusable(f"--seeds 最多 {MOST_SEEDS} 个", f"--seeds takes at most {MOST_SEEDS}")
    area, digest = population["area"], population["marginals"]["sha256"]
    if area not in shipped_areas() or load_marginals(shipped(area)).sha256 != digest:
        raise Unusable(
            "--seeds 只能重新生成用自带边际分布生成的人口；本人口用的是别的文件",
            "--seeds draws with the marginals that come with the package; this population was drawn with another file",
        )
    return tuple(seed for seed in dict.fromkeys(asked.seeds) if seed != population["seed"])


def _spread(
    results: Results,
    seeds: Sequence[int],
    scenarios: tuple[Scenario, ...],
    asked: Asked,
    population: Mapping[str, Any] | None,
    told: Told,
) -> tuple[Spread, ...]:
    assert population is not None
    marginals = load_marginals(shipped(population["area"]))
    setting = setting_of(asked.law, population["area"], population["year"])
    figures: list[list[KeyFigure]] = [key_figures(results)]
    for seed in seeds:
        told.stage(seed, results.visits)
        drawn = draw_blocks(Population(marginals, setting, seed, population["people"]), asked.workers)
        figures.append(
            key_figures(measure(_run_drawn(drawn, scenarios, results.year, asked.workers, told.advance)))
        )
    return tuple(spreads([population["seed"], *seeds], figures))


def _run_drawn(
    blocks: Iterator[Mapping[str, Any]],
    scenarios: tuple[Scenario, ...],
    year: int,
    workers: int,
    advance: Callable[[int], None],
) -> Run:
    def parts() -> Iterator[Part]:
        for block in blocks:
            yield part_of({name: pa.Table.from_batches([batch]) for name, batch in block.items()}, False)

    return run_scenarios(parts(), scenarios, year, workers, advance)


# ── writing ──────────────────────────────────────────────────────────────────────────────────


def write(simulated: Simulated, out: Path, lang: Lang, arguments: Mapping[str, Any]) -> None:
    """Write the page, the tables and run.json into ``out``, all of them or none; other files in it stay."""
    results, context = simulated.results, simulated.context
    with_titles = {name: reform.title[lang] for name, reform in context.reforms.items()}
    tables = tables_of(results, with_titles, simulated.spreads, context.law.diseases, lang)

    def fill(folder: Path) -> None:
        (folder / PAGE).write_text(report_page(results, context), encoding="utf-8")
        write_tables(tables, folder, lang, said("title", lang))
        law = {name: context.law.digest(name, context.known_on) for name in sorted(context.law.by_id)}
        run = {
            "engine": context.engine, "year": results.year, "known_on": context.known_on.isoformat(), "law": law,
            "people": results.people, "visits": results.visits, "arguments": dict(arguments), **simulated.hashes,
        }  # fmt: skip
        (folder / RUN).write_text(json.dumps(run, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    write_whole(out, FILES, fill)


def write_whole(out: Path, names: Sequence[str], fill: Callable[[Path], None]) -> None:
    """Have ``fill`` write ``names`` into a folder beside ``out``, then move them in; nothing half done is left."""
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = out.with_name(f".{out.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        fill(aside)
        if not out.exists():
            aside.rename(out)
            return
        for name in names:
            old = out / name
            if old.is_dir():
                shutil.rmtree(old)
            (aside / name).replace(old)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
