"""The auditor's desk: looks values up for a visit, and notes what stands in the way of settling it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.auditor.policy import ADDRESSES, NEUTRAL, Policies, from_terms

Json = dict[str, Any]
OBSTACLES = (
    "invalid_input",
    "not_in_force",
    "not_recognised",
    "mutually_exclusive",
    "missing_value",
    "unmodelled",
    "assumed_value",
)


@dataclass
class Year:
    """What survives between the settlements of one person's year (appendix III)."""

    pooled: int = 0
    quarters: dict[tuple[int, str], int] = field(default_factory=dict)
    burden: int = 0
    catastrophic: int = 0
    assistance: int = 0
    filled: int = 0
    deferred: dict[str, list[int]] = field(default_factory=dict)
    household: str = ""


class Desk:
    """Looks values up for one visit (or the year's close) and notes what stands in the way."""

    def __init__(self, office: Office, case: Json, visit: Json, where: str) -> None:
        self.office, self.case, self.visit, self.where = office, case, visit, where
        self.date: str = visit["date"]
        self.known_on: str = visit.get("known_on") or case.get("known_on") or office.known_on
        self.household = ""
        self.obstacles: list[tuple[str, str]] = []
        self.assumed: set[str] = set()
        self.unmodelled: set[str] = set()

    def obstacle(self, code: str, where: str) -> None:
        self.obstacles.append((code, where))

    def _area(self, address: str) -> str:
        if address.startswith(("assistance.", "enrolment.", "early_warning.")):
            return self.household
        return "140000" if address.startswith("catalogue_control.") else str(self.case["region"])

    def states(self, address: str) -> bool:
        """Whether anybody says anything at all at the address."""
        row = from_terms(self.case.get("terms", {}), address, self.date)
        return bool(row or self.office.policies.find(address, self._area(address), self.date, self.known_on))

    def look(self, address: str) -> Any:
        row = from_terms(self.case.get("terms", {}), address, self.date)
        row = row or self.office.policies.find(address, self._area(address), self.date, self.known_on)
        neutral = NEUTRAL.get(ADDRESSES[address])
        if row is None:
            self.obstacle("missing_value", address)
            return neutral
        if row.status == "unmodelled":
            self.unmodelled.add(address)
            return neutral
        if row.status == "assumed":
            self.assumed.add(address)
            if not self.office.accepts(address):
                self.obstacle("assumed_value", address)
        return row.value

    def refuse_if_obstructed(self, last: str = OBSTACLES[-1]) -> None:
        """Of several obstacles the first of the contract's list is reported, if it stands no later than ``last``."""
        if self.unmodelled and not self.case.get("withhold_unmodelled", False):
            self.obstacles += [("unmodelled", matter) for matter in sorted(self.unmodelled)]
        if self.obstacles:
            code = min((code for code, _ in self.obstacles), key=OBSTACLES.index)
            if OBSTACLES.index(code) <= OBSTACLES.index(last):
                raise Refused(code, [where for c, where in self.obstacles if c == code])


class Refused(Exception):
    def __init__(self, code: str, where: Sequence[str]) -> None:
        super().__init__(code, where)
        self.code, self.where = code, list(dict.fromkeys(where))


@dataclass
class Office:
    """The policies and how to settle by them."""

    policies: Policies
    accept_assumed: bool | Collection[str]
    known_on: str

    def accepts(self, address: str) -> bool:
        if isinstance(self.accept_assumed, bool):
            return self.accept_assumed
        return any(address == a or address.startswith(f"{a}.") for a in self.accept_assumed)
