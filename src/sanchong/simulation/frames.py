"""What the measures know of people and visits beside what was settled: groups, households, incomes, by row of the input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sanchong.batch.codes import inpatient_classes
from sanchong.batch.columns import Array, words
from sanchong.batch.records import Part
from sanchong.batch.unusable import Unusable
from sanchong.rules.categories import counts_as
from sanchong.settlement.case import ADMINISTRATIVE_LEVELS
from sanchong.shapes import CATEGORIES, CATEGORY_ALIASES, DISEASES, INSURANCES, KINDS, NO_CATEGORY

ROW: Final = "row_of_input"
"""The column that carries each row's number through settling."""
NEEDED: Final = ("household", "household_size", "household_income", "household_consumption", "household_food")
"""The further columns of people that a simulation cannot do without."""
NONE: Final = -1
"""No disease, no provider, no such row."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Facts by row of the input. Amounts are fen; codes are places in ``shapes``; NONE where there is none."""

    household: Array
    """By person: the number of the household. Households are numbered as they first stand in the table."""
    household_names: Any
    """By household: its name (an Arrow array)."""
    size: Array
    """By person, as are the next: people in the household, its income, consumption and food in a year."""
    income: Array
    consumption: Array
    food: Array
    held: Array
    """By person: the first category held on any day of the visits' table, NO_CATEGORY for none."""
    insurance: Array
    of_person: Array
    """By visit: the row of the person."""
    kind: Array
    category: Array
    """By visit: the category that counts on its date."""
    disease: Array
    """By visit: what it is for (``treated_for``, else ``disease``)."""
    hospital: Array
    """By visit: the provider's class by which stays are paid (INPATIENT_CLASSES)."""
    month: Array

    @property
    def people(self) -> int:
        """The number of people."""
        return len(self.size)

    @property
    def visits(self) -> int:
        """The number of visits."""
        return len(self.kind)

    @classmethod
    def together(cls, frames: Sequence[Frame]) -> Frame:
        """The parts' frames as one; a household whose people lie in two parts is one household."""
        found: dict[str, Any] = {
            f.name: np.concatenate([getattr(frame, f.name) for frame in frames])
            for f in fields(cls)
            if f.name != "household_names"
        }
        starts = np.cumsum([0, *(frame.people for frame in frames[:-1])])
        found["of_person"] = np.concatenate(
            [np.where(f.of_person >= 0, f.of_person + s, NONE) for f, s in zip(frames, starts, strict=True)]
        )
        names = pa.concat_arrays([frame.household_names for frame in frames]).dictionary_encode()
        numbers = names.indices.to_numpy().astype(np.int64)
        firsts = np.cumsum([0, *(len(frame.household_names) for frame in frames[:-1])])
        found["household"] = np.concatenate(
            [numbers[frame.household + first] for frame, first in zip(frames, firsts, strict=True)]
        )
        return cls(household_names=names.dictionary, **found)


def frame_of(part: Part) -> Frame:
    """The facts of one part; Unusable where people lack a column that the measures need."""
    people, visits = part.people, part.visits
    missing = [name for name in NEEDED if name not in people.column_names]
    if missing:
        raise Unusable(
            f"people 表缺少列 {'、'.join(missing)}；sanchong population 生成的人口都有，含义见 docs/population.md",
            f"the table people lacks {', '.join(missing)}; docs/population.md says what they are, and"
            " sanchong population writes them",
        )
    of_person = visit_persons(part)
    kind = _code(visits, "kind", KINDS)
    disease = _code(visits, "disease", DISEASES)
    if "treated_for" in visits.column_names:
        disease = np.where(disease == NONE, _code(visits, "treated_for", DISEASES), disease)
    homes = pc.fill_null(people["household"].cast(pa.string()), "").combine_chunks().dictionary_encode()
    category, held = _categories(part, of_person)
    return Frame(
        homes.indices.to_numpy().astype(np.int64),
        homes.dictionary,
        _amount(people, "household_size"),
        _amount(people, "household_income"),
        _amount(people, "household_consumption"),
        _amount(people, "household_food"),
        held,
        _code(people, "insurance", INSURANCES),
        of_person,
        kind,
        category,
        disease,
        _hospital(visits),
        pc.fill_null(pc.month(visits["date"]), 0).to_numpy().astype(np.int8),
    )


def visit_persons(part: Part) -> Array:
    """By visit, the row of its person in people, NONE for a stray."""
    places = pc.index_in(part.visits["person"], part.people["person"].combine_chunks())
    found: Array = pc.fill_null(places, NONE).to_numpy().astype(np.int64)
    return found


def _amount(table: pa.Table, name: str) -> Array:
    column = table[name]
    if column.null_count:
        raise Unusable(
            f"people 表的列 {name} 有空值；请补齐，模拟不猜测",
            f"the column {name} of people has nulls; fill them in",
        )
    found: Array = column.cast(pa.int64()).to_numpy()
    return found


def _code(table: pa.Table, name: str, codes: Sequence[str]) -> Array:
    """A coded column by the places of its words in ``codes``."""
    column = table[name]
    if not pa.types.is_dictionary(column.type):
        table = pa.table({name: column.cast(pa.string()).dictionary_encode()})
    found = words(table, name)
    known = {code: place for place, code in enumerate(codes)}
    places = np.array([*(known.get(word, NONE) for word in found.words), NONE], np.int16)
    chosen: Array = places[found.places]
    return chosen


def _hospital(visits: pa.Table) -> Array:
    """The class of each visit's provider, by the settlement's own table of classes."""
    fee = pc.fill_null(visits["fee_class"], 0).to_numpy().astype(np.int64)
    level = _code(visits, "administrative_level", ADMINISTRATIVE_LEVELS)
    known = (fee >= 1) & (fee <= 3) & (level >= 0)
    found: Array = np.full(len(fee), NONE, np.int16)
    found[known] = inpatient_classes()[fee[known], level[known]]
    return found


def _categories(part: Part, of_person: Array) -> tuple[Array, Array]:
    """By visit the category that counts on its date, and by person the first one held: of several the first in order."""
    rows = part.categories
    by_visit = np.full(len(part.visits), NO_CATEGORY, np.int16)
    held = np.full(len(part.people), NO_CATEGORY, np.int16)
    if not len(rows):
        return by_visit, held
    order = [*CATEGORIES, *CATEGORY_ALIASES]
    codes = np.array([*(counts_as(granted) for granted in range(1, len(order) + 1)), NO_CATEGORY])
    code = codes[_code(rows, "category", order)]
    places = pc.fill_null(
        pc.index_in(rows["person"], part.people["person"].combine_chunks()), NONE
    ).to_numpy()
    start = _days(rows["from"], -(2**31))
    end = _days(rows["to"], 2**31 - 1)
    days = _days(part.visits["date"], -(2**31))
    sorted_visits = np.argsort(of_person, kind="stable")
    persons = of_person[sorted_visits]
    for row in np.argsort(-code, kind="stable"):  # the first in order is written last
        person = places[row]
        if person == NONE:
            continue
        held[person] = code[row]
        first, last = np.searchsorted(persons, [person, person + 1])
        own = sorted_visits[first:last]
        by_visit[own[(days[own] >= start[row]) & (days[own] <= end[row])]] = code[row]
    return by_visit, held


def _days(column: Any, null: int) -> Array:
    found: Array = pc.fill_null(column.cast(pa.int32()), null).to_numpy().astype(np.int64)
    return found
