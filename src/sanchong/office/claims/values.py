"""Values of the law that a gate needs, looked up by address for one visit; the engine looks up its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sanchong import Engine
from sanchong.law.terms import Resolution
from sanchong.office.claims.known import Head, Known
from sanchong.settlement.obstacles import refuse_values
from sanchong.settlement.options import Options


@dataclass(frozen=True, slots=True)
class Values:
    """The law on a visit's day as known on a day, for its areas: of insurance and of household registration."""

    engine: Engine
    options: Options
    region: str
    household: str
    day: dt.date
    known_on: dt.date

    def count(self, slot: int) -> int:
        """The whole number at an address's slot; Refusal if it is missing, unmodelled, or assumed and not accepted."""
        terms = self.resolution.terms
        refuse_values(self.engine.law, terms, (slot,), self.options, withhold=False)
        return terms.num[slot]

    @property
    def resolution(self) -> Resolution:
        """Every value, with where it comes from."""
        return self.engine.resolver.resolve(self.region, self.household, self.day, self.known_on)


def values_of(head: Head, known: Known, engine: Engine, options: Options, known_on: dt.date) -> Values:
    """The law for a visit's areas. A visit without them is refused before any value is looked up."""
    enrolment, registration = known.of("enrolment"), known.of("registration")
    return Values(
        engine,
        options,
        enrolment[0].words[1] if enrolment else "",
        registration[0].words[0][:6] if registration else "",
        head.day,
        known_on,
    )
