"""A year's standing visits in the order in which they fold, and the state after each, worked out only once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Data = dict[str, Any]
Kept = TypeVar("Kept")


@dataclass(slots=True)
class Fold(Generic[Kept]):
    """Entries by place. What comes after a place that changes is folded again when it is asked for, and not before.

    ``step`` gives the state after an entry that is settled onto a state.
    """

    step: Callable[[Kept, Data], Data]
    places: list[int]
    kept: list[Kept]
    states: list[Data]
    """After each of the first so many places."""

    @classmethod
    def by(cls, step: Callable[[Kept, Data], Data]) -> Fold[Kept]:
        """The fold of a year in which nothing was settled."""
        return cls(step, [], [], [])

    def put(self, place: int, entry: Kept) -> None:
        """Let ``entry`` stand at a place, new or taken."""
        at = bisect_left(self.places, place)
        if at < len(self.places) and self.places[at] == place:
            self.kept[at] = entry
        else:
            self.places.insert(at, place)
            self.kept.insert(at, entry)
        del self.states[at:]

    def take(self, place: int) -> None:
        """Let nothing stand at a place."""
        at = bisect_left(self.places, place)
        del self.places[at], self.kept[at], self.states[at:]

    def before(self, place: int) -> Data:
        """The state that an entry at a place starts from."""
        return self._state(bisect_left(self.places, place))

    def state(self) -> Data:
        """The state after all that stand."""
        return self._state(len(self.places))

    def _state(self, count: int) -> Data:
        while len(self.states) < count:
            at = len(self.states)
            self.states.append(self.step(self.kept[at], self.states[-1] if self.states else {}))
        return self.states[count - 1] if count else {}
