"""One entry of a person's year: a visit (or the year's end) folded onto the year so far.

A caller who keeps the state of each year settles a visit without the visits before it. Folding all entries in their
turn gives what settling them as one case gives.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from sanchong.settlement.options import Options
from sanchong.settlement.reading import read_case
from sanchong.settlement.receipt import sha256
from sanchong.settlement.settle import Engine
from sanchong.shapes import State

START = State()


@dataclass(slots=True)
class YearSoFar:
    """A person's year after some entries: the fold's state, and whose assistance the year's end is.

    ``household`` is the place of registration on the last visit whose base was deferred, "" before the first.
    """

    state: State = field(default_factory=State)
    household: str = ""

    def data(self) -> dict[str, Any]:
        """As JSON data: the fields of the state that are not at their start, in fen; empty for a new year."""
        said: dict[str, Any] = {
            f.name: getattr(self.state, f.name)
            for f in fields(State)
            if getattr(self.state, f.name) != getattr(START, f.name)
        }
        return {**said, "household": self.household} if self.household else said

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> YearSoFar:
        """The year that ``data`` tells; TypeError if it has a field that a State has not."""
        numbers = {name: copy.copy(value) for name, value in data.items() if name != "household"}
        return cls(State(**numbers), data.get("household", ""))


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry settled: the contract's result of its case (whose ``year`` is the whole year), and the year after it."""

    result: dict[str, Any]
    after: YearSoFar


def settle_entry(
    engine: Engine, inputs: Mapping[str, Any], before: Mapping[str, Any], options: Options
) -> Entry:
    """Settle the case ``inputs`` onto the year ``before`` (as :meth:`YearSoFar.data` writes it).

    Refusal if it cannot be settled. The receipt's ``before`` is the SHA-256 of ``before``.
    """
    case = read_case(inputs, engine.law.diseases)
    so_far = YearSoFar.of(before)
    settled = engine.fold(case, options, so_far.state, so_far.household)
    result = engine.result(settled, options)
    result["receipt"]["before"] = sha256(dict(before))
    return Entry(result, YearSoFar(settled.state, settled.household))
