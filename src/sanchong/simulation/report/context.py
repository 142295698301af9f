"""What a report tells beside the measures: the reforms, where the people come from, which assumed values were used."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sanchong.bill.words import Lang
from sanchong.law.asking import show_figure, show_value
from sanchong.law.labels import STATUS, address_label, word
from sanchong.law.library import Law
from sanchong.law.terms import Resolver
from sanchong.shapes import ADDRESS
from sanchong.simulation.reforms import Change, Reform
from sanchong.simulation.spread import Spread


@dataclass(frozen=True, slots=True)
class Context:
    """Where a report's figures come from."""

    law: Law
    known_on: dt.date
    year: int
    region: str
    """The area of insurance of most people, and the next that of their households' registration."""
    household_region: str
    reforms: Mapping[str, Reform]
    population: Mapping[str, Any] | None
    """population.json, where the people are synthetic."""
    spreads: Sequence[Spread]
    engine: str
    resolver: Resolver = field(init=False)

    def __post_init__(self) -> None:
        """Look-ups for the page."""
        object.__setattr__(self, "resolver", Resolver(self.law))

    def stands(self, address: str, day: dt.date, lang: Lang) -> tuple[str, bool]:
        """What the law says at an address on a day, as people read it, and whether it is assumed."""
        found = self.resolver.resolve(self.region, self.household_region, day, self.known_on)
        value = found.sources[ADDRESS[address].slot]
        if value is None:
            return word(STATUS, "missing", lang), False
        return show_value(value, lang), value.status == "assumed"

    def changed(self, change: Change, lang: Lang) -> tuple[str, str, str, bool, str]:
        """A reform's value: label, what stands, what it becomes, whether what stands is assumed, first day."""
        now, assumed = self.stands(change.address.name, change.start, lang)
        then = show_figure(change.address, change.figure, lang)
        return self.label(change.address.name, lang), now, then, assumed, change.start.isoformat()

    def label(self, address: str, lang: Lang) -> str:
        """An address as people read it."""
        return address_label(address, self.law.diseases, lang)

    def assumed(self, addresses: Sequence[str], lang: Lang) -> list[tuple[str, str]]:
        """Assumed values that were used, by label, with the figure at the year's end."""
        day = dt.date(self.year, 12, 31)
        return [(self.label(address, lang), self.stands(address, day, lang)[0]) for address in addresses]


def most_frequent(words: Sequence[str]) -> str:
    """The commonest of some words; "" of none."""
    return Counter(words).most_common(1)[0][0] if words else ""
