"""The tables of a population: the batch contract's columns, and what a simulation wants to know besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sanchong.batch import tables as contract
from sanchong.shapes import DISEASES, INPATIENT, INSURANCES, KINDS, NOT_GIVEN, OUTPATIENT
from sanchong.simulation.bills import Bills, Facts
from sanchong.simulation.conditions import OPEN, Recognitions, Waivers, subtype_names
from sanchong.simulation.grants import GRANTED, Grants
from sanchong.simulation.marginals import Marginals
from sanchong.simulation.people import BLOCK, EMPLOYMENTS, People
from sanchong.simulation.setting import Setting
from sanchong.simulation.streams import Flags, Ints
from sanchong.simulation.visits import NOWHERE, Visits

SEXES: Final = ("female", "male")
FIRST_OF_NUMBERS: Final = 10**9
"""Added to a number and then cut off, so that all are equally long and sort as they count."""

PEOPLE: Final = pa.schema(
    [
        *contract.PEOPLE.schema,
        ("household", pa.string()), ("household_size", pa.int8()), ("age", pa.int16()), ("sex", contract.CODE),
        ("urban", pa.bool_()), ("township", contract.CODE), ("employment", contract.CODE),
        ("household_income", contract.FEN), ("household_consumption", contract.FEN),
        ("household_food", contract.FEN),
    ]
)  # fmt: skip
"""``household_*`` are of the whole household and a year, in fen; consumption is other than own payments for health,
and food is part of it."""
CATEGORIES: Final = contract.CATEGORIES_TABLE.schema
RECOGNITIONS: Final = contract.RECOGNITIONS.schema
WAIVERS: Final = contract.WAIVERS.schema
VISITS: Final = pa.schema(
    [
        *contract.VISITS.schema,
        ("admitted", contract.DAY), ("provider", contract.CODE), ("provider_class", contract.CODE),
        ("treated_for", contract.CODE),
    ]
)  # fmt: skip
"""``treated_for`` is the disease of an outpatient visit or of a special drug, null on a stay."""

SCHEMAS: Final = {
    "people": PEOPLE,
    "categories": CATEGORIES,
    "recognitions": RECOGNITIONS,
    "waivers": WAIVERS,
    "visits": VISITS,
}
"""The tables by name, in the order in which they are written."""


@dataclass(frozen=True, slots=True)
class Names:
    """The words that a population's codes stand for."""

    counties: tuple[str, ...]
    townships: tuple[str, ...]
    township_first: Ints
    """By county, the place of its first township."""
    classes: tuple[str, ...]
    class_region: tuple[str, ...]
    """By class of provider, its area; "county" is the person's own."""
    providers: tuple[str, ...]
    provider_first: Ints
    """By class and county, the place of the first provider."""
    subtypes: tuple[str, ...]


def names_of(marginals: Marginals) -> Names:
    """The words of a population. Townships and providers are numbered, since they are not real ones."""
    counties = tuple(marginals.values("county.residents"))
    many = [int(n) for n in marginals.values("county.townships").values()]
    townships = [f"{c}-{n + 1:02d}" for c, count in zip(counties, many, strict=True) for n in range(count)]
    classes = marginals.rows("providers")
    providers: list[str] = []
    first: list[list[int]] = []
    for name, row in classes.items():
        local = row["region"] == "county"
        row_first: list[int] = []
        for county in counties:
            if local or not row_first:
                start = len(providers)
                area = county if local else row["region"]
                providers += [f"{name}-{area}-{n + 1:02d}" for n in range(row["number"])]
            row_first.append(start)
        first.append(row_first)
    return Names(
        counties=counties,
        townships=tuple(townships),
        township_first=np.cumsum([0, *many[:-1]]),
        classes=tuple(classes),
        class_region=tuple(row["region"] for row in classes.values()),
        providers=tuple(providers),
        provider_first=np.array(first),
        subtypes=subtype_names(marginals),
    )


# ── columns ───────────────────────────────────────────────────────────────────────────────────


def codes(places: Ints, words: Sequence[str], absent: Flags | None = None) -> Any:
    """A dictionary-encoded column of ``words`` at ``places``, null where ``absent``."""
    indices = pa.array(places.astype(np.int32), mask=absent)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))


def days(count: Ints, absent: Flags | None = None) -> Any:
    """A column of days counted from 1970-01-01."""
    return pa.array(count.astype(np.int32), mask=absent).cast(contract.DAY)


def numbered(letter: str, numbers: Ints) -> Any:
    """A column of names such as p000000017, which sort as the numbers do."""
    digits = pc.utf8_slice_codeunits(pa.array(numbers + FIRST_OF_NUMBERS).cast(pa.string()), 1)
    return pc.binary_join_element_wise(letter, digits, "")


def columns(schema: Any, values: dict[str, Any]) -> Any:
    """A record batch of ``schema`` of these columns."""
    arrays = [v if isinstance(v, pa.Array) else pa.array(v) for v in (values[name] for name in schema.names)]
    types = zip(arrays, schema.types, strict=True)
    return pa.record_batch([a if a.type == t else a.cast(t) for a, t in types], schema=schema)


# ── tables ────────────────────────────────────────────────────────────────────────────────────


def person_names(block: int) -> Any:
    """The names of a block's people."""
    return numbered("p", np.arange(1, BLOCK + 1) + block * BLOCK)


def people_table(setting: Setting, names: Names, block: int, people: People) -> Any:
    """The table of people."""
    homes, home = people.households, people.household
    county = homes.county[home]
    household = numbered("h", homes.first + 1 + block * BLOCK).take(pa.array(home))
    return columns(
        PEOPLE,
        {
            "person": person_names(block),
            "region": codes(np.zeros(people.count, dtype=np.int64), [setting.area]),
            "household_region": codes(county, names.counties),
            "insurance": codes(people.employee.astype(np.int64), INSURANCES),
            "household": household,
            "household_size": homes.size[home],
            "age": people.age,
            "sex": codes(people.male.astype(np.int64), SEXES),
            "urban": people.urban,
            "township": codes(names.township_first[county] + homes.township[home], names.townships),
            "employment": codes(people.employment, EMPLOYMENTS),
            "household_income": homes.income[home],
            "household_consumption": homes.consumption[home],
            "household_food": homes.food[home],
        },
    )


def categories_table(persons: Any, grants: Grants) -> Any:
    """The table of categories."""
    return columns(
        CATEGORIES,
        {
            "person": persons.take(pa.array(grants.person)),
            "category": codes(grants.category, GRANTED),
            "from": days(grants.start),
            "to": days(grants.end, grants.end == OPEN),
        },
    )


def recognitions_table(names: Names, persons: Any, rows: Recognitions) -> Any:
    """The table of recognitions."""
    return columns(
        RECOGNITIONS,
        {
            "person": persons.take(pa.array(rows.person)),
            "disease": codes(rows.disease, DISEASES),
            "subtype": codes(rows.subtype, names.subtypes, rows.subtype == 0),
            "from": days(rows.start),
            "to": days(rows.end, rows.end == OPEN),
            "legacy": rows.legacy,
        },
    )


def waivers_table(setting: Setting, persons: Any, waivers: Waivers) -> Any:
    """The table of waivers."""
    sides = [[pair[side] for pair in setting.exclusions] for side in (0, 1)]
    return columns(
        WAIVERS,
        {
            "person": persons.take(pa.array(waivers.person)),
            "disease_a": codes(waivers.pair, sides[0]),
            "disease_b": codes(waivers.pair, sides[1]),
        },
    )


def visits_table(
    marginals: Marginals,
    names: Names,
    persons: Any,
    people: People,
    visits: Visits,
    bills: Bills,
    facts: Facts,
) -> Any:
    """The table of visits, which are by person and then in the order in which they settle."""
    nowhere = visits.provider == NOWHERE
    no_disease = visits.kind != OUTPATIENT
    county = people.households.county[people.household[visits.person]]
    areas = list(names.counties) + [area for area in names.class_region if area != "county"]
    at = np.array([-1 if area == "county" else areas.index(area) for area in names.class_region])[
        visits.provider
    ]
    seq = _seq(visits.person)
    grades = {
        name: np.array(marginals.column("providers", name))[visits.provider]
        for name in ("level", "fee_class")
    }
    levels = marginals.column("providers", "administrative_level")
    number = names.provider_first[visits.provider, county] + visits.number
    given = {"given_pooled": bills.given_pooled, "given_catastrophic": bills.given_catastrophic}
    return columns(
        VISITS,
        {
            "person": persons.take(pa.array(visits.person)),
            "seq": seq,
            "visit": pc.binary_join_element_wise("v", pa.array(seq).cast(pa.string()), ""),
            "date": days(visits.day),
            "kind": codes(visits.kind, KINDS),
            "disease": codes(visits.disease, DISEASES, no_disease),
            "subtype": codes(visits.subtype, names.subtypes, no_disease | (visits.subtype == 0)),
            "provider_region": codes(np.where(at < 0, county, at), areas, nowhere),
            "designated": pa.array(facts.designated, mask=nowhere),
            **{name: pa.array(grade, mask=nowhere) for name, grade in grades.items()},
            "administrative_level": codes(visits.provider, levels, nowhere),
            "level_exception": pa.array(facts.level_exception, mask=nowhere),
            "referred": pa.array(facts.referred, mask=nowhere),
            "supplementary": bills.supplementary,
            "commercial": bills.commercial,
            "mutual_aid": bills.mutual_aid,
            **{name: pa.array(payment, mask=payment == NOT_GIVEN) for name, payment in given.items()},
            "total": bills.total,
            **bills.parts,
            "in_policy": bills.in_policy,
            "admitted": days(visits.admitted, visits.kind != INPATIENT),
            "provider": codes(number, names.providers, nowhere),
            "provider_class": codes(visits.provider, names.classes, nowhere),
            "treated_for": codes(visits.disease, DISEASES, visits.disease < 0),
        },
    )


def _seq(person: Ints) -> Ints:
    """1, 2, 3 … within each person; ``person`` is sorted."""
    starts = np.flatnonzero(np.append(True, np.diff(person) != 0)) if len(person) else person
    lengths = np.diff(np.append(starts, len(person)))
    return np.arange(1, len(person) + 1) - np.repeat(starts, lengths)
