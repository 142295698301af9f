"""The tables of the batch contract: what each column is called, what it holds, which may be empty.

Money is int64 fen, a rate two int64 columns (numerator, denominator), a day date32, a code a
dictionary-encoded string. A file may hold the columns in any order and in any type that casts
without loss; what is not here is carried through by the tables that :attr:`Table.carries`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from sanchong.shapes import CATEGORIES, STATEMENT_AMOUNTS

CODE: Final = pa.dictionary(pa.int32(), pa.string())
"""A code: few distinct words."""
CODES: Final = pa.list_(CODE)
FEN: Final = pa.int64()
DAY: Final = pa.date32()


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the contract."""

    name: str
    schema: Any
    """A pyarrow schema with every column of the contract, in its order."""
    optional: frozenset[str] = frozenset()
    """Columns that a file may leave out: they are then null throughout."""
    carries: bool = False
    """Whether further columns are carried through to the output."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns' names, in the contract's order."""
        return tuple(self.schema.names)


PEOPLE: Final = Table(
    "people",
    pa.schema(
        [("person", pa.string()), ("region", CODE), ("household_region", CODE), ("insurance", CODE)],
    ),
    carries=True,
)
"""The insured, one row each: area of insurance, area of the household's registration, insurance
(resident or employee). Further columns stand beside the person's years."""

CATEGORIES_TABLE: Final = Table(
    "categories",
    pa.schema([("person", pa.string()), ("category", CODE), ("from", DAY), ("to", DAY)]),
)
"""Assistance categories held, each for a closed period; ``to`` null is open."""

RECOGNITIONS: Final = Table(
    "recognitions",
    pa.schema(
        [
            ("person", pa.string()), ("disease", CODE), ("subtype", CODE), ("from", DAY), ("to", DAY),
            ("legacy", pa.bool_()),
        ],
    ),
    optional=frozenset({"subtype", "legacy"}),
)  # fmt: skip
"""Recognised diseases, each for a closed period; ``to`` null is open, ``legacy`` null is false."""

WAIVERS: Final = Table(
    "waivers", pa.schema([("person", pa.string()), ("disease_a", CODE), ("disease_b", CODE)])
)
"""Exclusion pairs that are waived for a person, each side written disease or disease:subtype."""

REDUCED: Final = (
    "total", "dual_channel", "out_of_scope", "out_of_catalogue", "over_price", "advance", "in_policy",
)  # fmt: skip
"""A visit's reduced amounts, in fen: all of them, or none and rows in ``lines``."""

VISITS: Final = Table(
    "visits",
    pa.schema(
        [
            ("person", pa.string()), ("seq", pa.int32()), ("visit", pa.string()), ("date", DAY), ("kind", CODE),
            ("disease", CODE), ("subtype", CODE), ("provider_region", CODE), ("designated", pa.bool_()),
            ("level", pa.int8()), ("fee_class", pa.int8()), ("administrative_level", CODE),
            ("level_exception", pa.bool_()), ("referred", pa.bool_()), ("supplementary", FEN),
            ("commercial", FEN), ("mutual_aid", FEN), ("given_pooled", FEN), ("given_catastrophic", FEN),
            *((name, FEN) for name in REDUCED),
        ],
    ),
    optional=frozenset(
        {
            "subtype", "level_exception", "referred", "supplementary", "commercial", "mutual_aid",
            "given_pooled", "given_catastrophic", *REDUCED,
        }
    ),
    carries=True,
)  # fmt: skip
"""Visits, one row each. ``seq`` is the order in which a person's visits of a year fold, unique in it.

``disease`` and ``subtype`` are null but on outpatient visits; a special drug has no provider (its
columns are null) and its amount in ``in_policy`` and ``total``. Null elsewhere: ``level_exception`` false,
``referred`` true (required on a stay), other payers 0, ``given_*`` computed (required of a special drug).
Further columns stand beside the statement."""

LINES: Final = Table(
    "lines",
    pa.schema(
        [
            ("person", pa.string()), ("seq", pa.int32()), ("line", pa.string()), ("amount", FEN), ("class", CODE),
            ("advance_rate_num", pa.int64()), ("advance_rate_den", pa.int64()), ("price_cap", FEN),
            ("related", pa.bool_()), ("conforming", pa.bool_()), ("dual_channel", pa.bool_()),
        ],
    ),
    optional=frozenset(
        {"advance_rate_num", "advance_rate_den", "price_cap", "related", "conforming", "dual_channel"}
    ),
)  # fmt: skip
"""Fee lines of visits that state no reduced amounts. The advance rate stands on class B alone; null elsewhere:
no price cap, related and conforming true, ``dual_channel`` false."""

STATEMENTS: Final = Table(
    "statements",
    pa.schema(
        [
            ("person", pa.string()), ("seq", pa.int32()), ("visit", pa.string()), ("date", DAY),
            *((name, FEN) for name in STATEMENT_AMOUNTS),
            ("gates", CODES), ("assumed", CODES), ("unmodelled", CODES),
        ],
    ),
)  # fmt: skip
"""What each settled visit comes to: every amount of a result's visit in fen, its gates, the addresses of assumed
and of unmodelled values used; then the further columns of visits."""

YEAR_AMOUNTS: Final = (
    "pooled", "catastrophic_burden", "catastrophic", "assistance", "assistance_deductible", "patient",
)  # fmt: skip
"""The columns of a result's ``year``, in fen."""
CLOSE_ASSISTANCE: Final = "close_year_assistance"
CLOSE_CATEGORIES: Final = tuple(f"close_year_{category}" for category in CATEGORIES)

YEARS: Final = Table(
    "years",
    pa.schema(
        [
            ("person", pa.string()), ("year", pa.int32()),
            *((name, FEN) for name in YEAR_AMOUNTS),
            (CLOSE_ASSISTANCE, FEN),
            *((name, FEN) for name in CLOSE_CATEGORIES),
            ("close_year_assumed", CODES),
        ],
    ),
)  # fmt: skip
"""What each settled person-year comes to, in fen: the sums of its visits with the year-end payment; that payment
by category (null where the category had no base); then the further columns of people."""

REJECTS: Final = Table(
    "rejects",
    pa.schema(
        [
            ("person", pa.string()),
            ("seq", pa.int32()),
            ("code", CODE),
            ("where", CODE),
            ("message", pa.string()),
        ]
    ),
)
"""What was refused. ``seq`` is null where no visit is at fault; ``where`` is ``table.column``, or the address of a
policy value. The other visits of the person's year stand with the code ``same_year``."""

LINE_PARTS: Final = Table(
    "statement_lines",
    pa.schema(
        [
            ("person", pa.string()), ("seq", pa.int32()), ("line", pa.string()),
            *((name, FEN) for name in ("pooled", "catastrophic", "other", "assistance", "hospital", "patient")),
        ],
    ),
)  # fmt: skip
"""With ``--lines-out``: what each payer bears of each line, in fen."""

INPUTS: Final = (PEOPLE, CATEGORIES_TABLE, RECOGNITIONS, WAIVERS, VISITS, LINES)
OUTPUTS: Final = (STATEMENTS, YEARS, REJECTS, LINE_PARTS)
