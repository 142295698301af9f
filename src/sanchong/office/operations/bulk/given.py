"""What every part of a bulk load is made with, and what it comes to."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sanchong.office.operations.bulk.rows import Loaded

Row = Mapping[str, Any]
SOURCE: Final = "批量装入 (bulk-load)"


@dataclass(frozen=True, slots=True)
class Place:
    """A provider: its id, code, area, and what stands in its standing."""

    id: int
    code: str
    kind: str
    words: tuple[str, str, str, str]
    """As the office's standing has them: area, level and fee class, administrative level, exception."""


@dataclass(frozen=True, slots=True)
class Office:
    """What every part is settled with."""

    realm: int
    year: int
    today: dt.date
    bundle: str
    content: bytes
    """The bundle, packed."""
    accepted: tuple[str, ...]
    edition: int
    items: dict[str, tuple[str, tuple[int, int] | None, int | None, bool, bool]]
    """By code: class, advance, cap, dual channel, special drug."""
    places: dict[str | None, Place]
    """By the population's name of the provider; None where it names none (special drugs)."""

    def number(self, prefix: str, n: int) -> str:
        """As new_number gives them, but counted: nobody chooses two alike, since the office was empty."""
        return f"{prefix}{self.today:%Y%m%d}{n:012d}"

    def dated(self, start: dt.date, end: dt.date | None = None) -> dict[str, Any]:
        """The columns of a dated row: known from its start, or from today if that is yet to come."""
        return {"start": start, "end": end, "known_from": min(start, self.today), "source": SOURCE}

    @property
    def long_ago(self) -> dt.date:
        """Since when everything holds that the population gives no first day."""
        return dt.date(self.year - 1, 1, 1)

    @property
    def whole_year(self) -> tuple[dt.date, dt.date]:
        """The year's first day and its last."""
        return dt.date(self.year, 1, 1), dt.date(self.year, 12, 31)


@dataclass(slots=True)
class Done:
    """What a part came to."""

    rows: Loaded = field(default_factory=lambda: defaultdict(list))
    settled: int = 0
    visits: int = 0
    refused: Counter[str] = field(default_factory=Counter)
