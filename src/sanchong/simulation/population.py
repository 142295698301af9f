"""A synthetic population, block by block: the tables of each, the same whoever draws it and when."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np

from sanchong.shapes import INPATIENT
from sanchong.simulation import tables
from sanchong.simulation.bills import draw_bills, draw_facts
from sanchong.simulation.conditions import draw_conditions, recognitions_of, resolve_exclusions
from sanchong.simulation.grants import draw_grants, grant_for_illness
from sanchong.simulation.marginals import Marginals
from sanchong.simulation.people import BLOCK, draw_people
from sanchong.simulation.setting import Setting
from sanchong.simulation.streams import Draws, Ints, Topic, draws
from sanchong.simulation.visits import (
    Visits,
    draw_drugs,
    draw_outpatient,
    draw_stays,
    order_of_settlement,
    together,
)

MOST_PEOPLE: Final = 19_999 * BLOCK
"""Just below a thousand million: names have nine digits."""


@dataclass(frozen=True, slots=True)
class Population:
    """What is to be drawn: an area's marginals in a year under the law, a seed, and how many people."""

    marginals: Marginals
    setting: Setting
    seed: int
    people: int

    @property
    def blocks(self) -> int:
        """In how many blocks it is drawn."""
        return -(-self.people // BLOCK)


Tables = dict[str, Any]
"""A record batch by table of :data:`tables.SCHEMAS`."""


def draw_block(population: Population, block: int) -> Tables:
    """The tables of one block; of the last block, those of the people who are wanted."""
    marginals, setting = population.marginals, population.setting

    def of(topic: Topic) -> Draws:
        return draws(population.seed, block, topic)

    people = draw_people(marginals, of("households"), of("income"), of("insurance"), of("illness"))
    held = draw_conditions(marginals, setting, people, of("recognition"))
    held, waivers = resolve_exclusions(marginals, setting, held, of("exclusion"))
    visits = together(
        draw_outpatient(marginals, setting, people, held, of("outpatient")),
        draw_stays(marginals, setting, people, held, of("stays")),
        draw_drugs(marginals, setting, people, held, of("drugs")),
    )
    billing = of("bills")
    visits = _rows(visits, order_of_settlement(marginals, visits, billing))
    bills = draw_bills(marginals, people, visits, billing, of("payers"))
    facts = draw_facts(marginals, setting, visits, billing)
    granting = of("grants")
    grants = draw_grants(marginals, setting, people, granting)
    stay = visits.kind == INPATIENT
    grants = grant_for_illness(
        marginals, setting, grants, people.count, visits.person, visits.day, bills.total, stay, granting
    )
    recognitions = recognitions_of(setting, held)

    names, persons = tables.names_of(marginals), tables.person_names(block)
    made = {
        "people": tables.people_table(setting, names, block, people),
        "categories": tables.categories_table(persons, grants),
        "recognitions": tables.recognitions_table(names, persons, recognitions),
        "waivers": tables.waivers_table(setting, persons, waivers),
        "visits": tables.visits_table(marginals, names, persons, people, visits, bills, facts),
    }
    wanted = min(population.people - block * BLOCK, BLOCK)
    of_person = {
        "categories": grants.person,
        "recognitions": recognitions.person,
        "waivers": waivers.person,
        "visits": visits.person,
    }
    ends = {name: int(np.searchsorted(person, wanted)) for name, person in of_person.items()}
    return {name: table.slice(0, ends.get(name, wanted)) for name, table in made.items()}


def _rows(visits: Visits, order: Ints) -> Visits:
    return Visits(*(getattr(visits, f.name)[order] for f in fields(visits)))


def draw_blocks(population: Population, workers: int) -> Iterator[Tables]:
    """Every block in order, drawn by ``workers`` threads, never more than a few ahead of the reader."""
    with ThreadPoolExecutor(workers) as pool:
        ahead: deque[Future[Tables]] = deque()
        try:
            for block in range(population.blocks):
                ahead.append(pool.submit(draw_block, population, block))
                if len(ahead) > workers:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for waiting in ahead:
                waiting.cancel()
