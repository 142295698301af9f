"""OpenFisca-core: one person a simulation, as a service does it, and all people in one simulation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from benchmarks.rivals.columns import Column, answers_of, columns_of
from benchmarks.rivals.figures import Figures
from benchmarks.rivals.openfisca.system import DISEASE_VARIABLES, MONTHS_OF_YEAR, WHOLE_YEAR, system
from benchmarks.rivals.population import CATEGORIES, CHRONIC_DISEASES, HOSPITALS, KINDS, NOTHING, YEAR, Person
from benchmarks.rivals.worker import AMOUNTS, Candidate, Run, serve
from openfisca_core.periods import Period
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.simulations import Simulation

PEOPLE_ONE_BY_ONE = 200
PEOPLE = 100_000

Results = tuple[list[list[Column]], Column]
"""By compared amount and month one array, and the year's end payments; yuan in float32."""


def situation_of(person: Person) -> dict[str, Any]:
    """A person as the situation that OpenFisca's web service takes."""
    months = list(zip(map(str, MONTHS_OF_YEAR), person.kinds, person.amounts, strict=True))
    return {
        "persons": {
            "person": {
                "category": {YEAR: CATEGORIES[person.category]},
                "hospital_class": {YEAR: HOSPITALS[person.hospital]},
                **{
                    name: {YEAR: CHRONIC_DISEASES[disease]}
                    for name, disease in zip(DISEASE_VARIABLES, person.diseases, strict=False)
                },
                "visit_kind": {month: KINDS[kind] for month, kind, _ in months if kind != NOTHING},
                "in_policy": {month: fen / 100 for month, kind, fen in months if kind != NOTHING},
            }
        }
    }


def calculate(simulation: Simulation) -> Results:
    """All that is compared, month by month: each month finds the one before computed."""
    months = [[simulation.calculate(name, month) for name in AMOUNTS] for month in MONTHS_OF_YEAR]
    by_amount = [list(column) for column in zip(*months, strict=True)]
    return by_amount, simulation.calculate("year_end_assistance", WHOLE_YEAR)


def prepare_one_by_one(people: list[Person], figures: Figures) -> Run:
    """Situations made ahead; the run builds a simulation for each and calculates it."""
    made, situations = system(figures), [situation_of(person) for person in people]
    return lambda: [
        calculate(SimulationBuilder().build_from_entities(made, situation)) for situation in situations
    ]


def answers_one_by_one(results: Sequence[Results]) -> Column:
    """Each person's results in fen."""
    return np.concatenate([answers(result) for result in results])


def prepare_all_at_once(people: list[Person], figures: Figures) -> Run:
    """Columns made ahead; the run builds one simulation, sets its inputs and calculates it."""
    made, columns = system(figures), columns_of(people)
    variables = made.variables
    inputs: list[tuple[str, Period, Column]] = [
        ("category", WHOLE_YEAR, columns.category),
        ("hospital_class", WHOLE_YEAR, columns.hospital),
    ]
    inputs += [
        (name, WHOLE_YEAR, columns.diseases[:, place] + 1) for place, name in enumerate(DISEASE_VARIABLES)
    ]
    for place, month in enumerate(MONTHS_OF_YEAR):
        inputs.append(("visit_kind", month, columns.kinds[:, place]))
        inputs.append(("in_policy", month, (columns.amounts[:, place] / 100).astype(np.float32)))
    encoded = [
        (name, period, variables[name].possible_values.encode(values) if name != "in_policy" else values)
        for name, period, values in inputs
    ]

    def run() -> Results:
        simulation = SimulationBuilder().build_default_simulation(made, len(people))
        for name, period, values in encoded:
            simulation.set_input(name, period, values)
        return calculate(simulation)

    return run


def answers(results: Results) -> Column:
    """Yuan in float32 as the nearest fen."""
    months, year_end = results
    return answers_of([_fen(np.stack(column, axis=1)) for column in months], _fen(year_end))


def _fen(yuan: Column) -> Column:
    return np.rint(yuan.astype(np.float64) * 100).astype(np.int64)


ONE_BY_ONE = Candidate(
    "OpenFisca-core, one by one", PEOPLE_ONE_BY_ONE, prepare_one_by_one, answers_one_by_one
)
ALL_AT_ONCE = Candidate("OpenFisca-core, all at once", PEOPLE, prepare_all_at_once, answers)

if __name__ == "__main__":
    serve([ONE_BY_ONE, ALL_AT_ONCE])
