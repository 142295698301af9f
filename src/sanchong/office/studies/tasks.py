"""What a study does, in its own process: the only room of the office that imports ``simulation`` and ``batch`` to run them."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from sanchong.batch.law_rows import LawRows
from sanchong.batch.part import Setting as BatchSetting
from sanchong.batch.run import Cancelled, Threads, open_inputs, run
from sanchong.batch.unusable import Unusable
from sanchong.law.library import Law, law_in
from sanchong.law.yamlfile import LawError
from sanchong.office.studies import folders
from sanchong.office.studies.telling import Teller, Unable
from sanchong.settlement.options import Options
from sanchong.simulation.marginals import load_marginals, shipped
from sanchong.simulation.population import Population, Tables, draw_blocks
from sanchong.simulation.reforms import Reform, find_reform, load_reform
from sanchong.simulation.results import group
from sanchong.simulation.setting import NotInForce, setting_of
from sanchong.simulation.simulate import Asked, Told, simulate, write
from sanchong.simulation.writing import write_population

Said = dict[str, Any]
Task = Callable[[Path, Mapping[str, Any], Teller], Said]

DRAW, SETTLE, DEAL, REPORT = "生成人口", "结算", "按人分组", "写出报告"


def run_simulation(folder: Path, asked: Mapping[str, Any], teller: Teller) -> Said:
    """Draw a population, settle it under the law and the reforms, write the report; the main figures in fen."""
    law, options, known = _law(folder, asked)
    reforms = tuple(_reforms(folder, asked, law))
    _draw(folder / folders.POPULATION, asked, law, teller)
    wanted = Asked(law, options, known, reforms, asked["year"], asked["withhold"], (), _workers())
    try:
        simulated = simulate(folder / folders.POPULATION, wanted, _Told(teller, 1 + len(reforms)))
        teller.stage(REPORT, 0)
        arguments = {name: asked[name] for name in ("area", "year", "people", "seed", "withhold")}
        write(simulated, folder / folders.RESULT, "zh", arguments)
    except Unusable as problem:
        raise Unable(_placeless(problem.messages["zh"], folder)) from None
    results = simulated.results
    titles = {name: reform.title["zh"] for name, reform in simulated.context.reforms.items()}
    before = group(results.baseline.outlays, "all", "all")
    said = [{"title": "现行政策", "tiers": before.tiers, "patient": before.patient, "change": False}]
    for scenario in results.reforms:
        people = next(c for c in scenario.changes if c.unit == "person" and c.by == "all")
        now, then = group(scenario.own.outlays, "all", "all"), group(scenario.before.outlays, "all", "all")
        said.append(
            {
                "title": titles[scenario.name],
                "tiers": now.tiers - then.tiers,
                "patient": now.patient - then.patient,
                "change": True,
                "newly": scenario.apart.newly_settled,
                "moved": people.winners + people.losers,
            }
        )
    return {
        "people": results.people,
        "visits": results.visits,
        "refused": results.baseline.people_refused,
        "scenarios": said,
    }


def run_batch(folder: Path, asked: Mapping[str, Any], teller: Teller) -> Said:
    """Settle tables; the counts."""
    law, options, known = _law(folder, asked)
    rows = LawRows(law, options, known, {}, asked["year"], asked["withhold"])
    setting = BatchSetting(asked["year"], True, False, "zh")
    tables = Path(asked["tables"])
    files = {name: [tables / file] for name, file in asked["files"].items()}
    arguments = {"year": asked["year"], "withhold_unmodelled": asked["withhold"]}
    out = folder / folders.RESULT
    out.mkdir()
    try:
        with Threads(_workers(), rows, setting) as workers:
            counts = run(
                open_inputs(files), out, rows, setting, workers, arguments, _Stages(teller), teller.cancelled
            )
    except Unusable as problem:
        raise Unable(_placeless(_placeless(problem.messages["zh"], folder), tables)) from None
    except Cancelled:
        raise KeyboardInterrupt from None
    return asdict(counts)


TASKS: Final[Mapping[str, Task]] = {"simulation": run_simulation, "batch": run_batch}
"""By kind of study."""


class _Told(Told):
    """Tells how far a simulation is."""

    def __init__(self, teller: Teller, scenarios: int) -> None:
        self._teller, self._scenarios = teller, scenarios

    def stage(self, seed: int | None, visits: int) -> None:
        """A population begins."""
        self._teller.stage(SETTLE, visits * self._scenarios)

    def advance(self, visits: int) -> None:
        """So many visits are settled under every scenario."""
        self._teller.advance(visits * self._scenarios)


class _Stages:
    """Tells how far a batch is."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller

    def stage(self, name: str, total: int) -> None:
        """A stage begins."""
        self._teller.stage(SETTLE if name == "settle" else DEAL, total)

    def advance(self, visits: int) -> None:
        """So many more visits are done."""
        self._teller.advance(visits)


def _law(folder: Path, asked: Mapping[str, Any]) -> tuple[Law, Options, dt.date]:
    """The law that was active when the study was started, how to settle by it, and as known when."""
    law = law_in(folder / folders.LAW)
    accepted = asked["accepted"]
    known = dt.date.fromisoformat(asked["known_on"])
    return (
        law,
        Options(accepted if isinstance(accepted, bool) else tuple(accepted), known),
        law.known_by(known),
    )


def _reforms(folder: Path, asked: Mapping[str, Any], law: Law) -> Iterator[Reform]:
    for named in asked["reforms"]:
        own = folder / folders.REFORMS / named
        try:
            yield load_reform(own if own.is_file() else find_reform(named), law)
        except LawError as problem:
            raise Unable("改革方案有误：" + _placeless(problem.placed("zh"), own.parent)) from None


def _draw(out: Path, asked: Mapping[str, Any], law: Law, teller: Teller) -> None:
    area, year = asked["area"], asked["year"]
    try:
        setting = setting_of(law, area, year)
    except NotInForce:
        raise Unable(f"{year} 年这个地区没有施行中的门诊慢特病规定，无从生成就诊；请换一个年度") from None
    wanted = Population(load_marginals(shipped(area)), setting, asked["seed"], asked["people"])
    teller.stage(DRAW, asked["people"])

    def told(blocks: Iterable[Tables]) -> Iterator[Tables]:
        for tables in blocks:
            yield tables
            teller.advance(tables["people"].num_rows)

    write_population(wanted, out, told(draw_blocks(wanted, _workers())), law.digest(setting.scheme, None))


def _workers() -> int:
    """All cores but one, which is left to whoever sits at a desk."""
    return max(1, (os.cpu_count() or 1) - 1)


def _placeless(text: str, folder: Path) -> str:
    """A message without the place of the folder: where files lie is nobody's business."""
    return text.replace(f"{folder}/", "").replace(str(folder), "")
