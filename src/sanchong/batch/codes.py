"""A part's tables as arrays of shape codes: every distinct word is read once, by settlement's own readers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from sanchong.batch.columns import (
    NO_FEN,
    NO_SEQ,
    NULL,
    OPEN_DAY,
    UNKNOWN,
    Array,
    Text,
    Words,
    coded,
    days,
    flags,
    numbers,
    text,
    words,
)
from sanchong.batch.compile import Records
from sanchong.batch.mistakes import (
    DISEASE_MISSING,
    MISTAKES,
    NO_MISTAKE,
    RECOGNISED_DISEASE,
    RECOGNISED_SUBTYPE_MISSING,
    RECOGNISED_SUBTYPE_TWICE,
    SUBTYPE_TWICE,
    WAIVED_A,
    WAIVED_B,
)
from sanchong.batch.rows import CategoryRow, LineRow, PersonRow, RecognitionRow, VisitRow, WaiverRow, pack
from sanchong.batch.spans import hash_texts
from sanchong.batch.tables import REDUCED
from sanchong.law.documents import Disease
from sanchong.settlement.case import ADMINISTRATIVE_LEVELS, Provider, category_code
from sanchong.settlement.fields import area_of
from sanchong.settlement.reading import read_condition
from sanchong.settlement.reduce import PROVINCE, conditions_of, inpatient_class
from sanchong.settlement.refusal import Refusal
from sanchong.shapes import (
    CATEGORIES,
    CATEGORY_ALIASES,
    CONDITIONS,
    INSURANCES,
    KINDS,
    LINE_CLASSES,
    NO_CONDITION,
)

_NUMBER: Final = {(mistake.where, mistake.messages["en"]): n for n, mistake in enumerate(MISTAKES)}
_CONDITION: Final = {name: code for code, name in enumerate(CONDITIONS)}
DENSE: Final = 1 << 22
"""Up to so many pairs of words are told apart by a table, more of them by sorting."""


class Read(NamedTuple):
    """A table as read: its person column and its rows as records."""

    person: Text
    rows: Records


class Subtypes:
    """A number from 1 for each sub-type's word; what two tables say is compared by it."""

    def __init__(self) -> None:
        self._number: dict[str, int] = {}

    def number(self, word: str) -> int:
        """The word's number; 0 for no word."""
        return self._number.setdefault(word, len(self._number) + 1) if word else 0


def inpatient_classes() -> Array:
    """By fee class and administrative level, the place in INPATIENT_CLASSES."""
    found = np.zeros((4, len(ADMINISTRATIVE_LEVELS)), np.int8)
    for fee_class in (1, 2, 3):
        for level in range(len(ADMINISTRATIVE_LEVELS)):
            provider = Provider("", "", True, 0, fee_class, level, False)
            found[fee_class, level] = inpatient_class(provider)
    return found


def read_people(table: pa.Table, class_of: Callable[[str], int]) -> Read:
    """The table people; ``class_of`` gives an area's class."""

    def area(word: str) -> int:
        return class_of(word) if _is_area(word) else UNKNOWN

    return _read(
        table,
        PersonRow,
        region=coded(words(table, "region"), area, np.int16),
        household=coded(words(table, "household_region"), area, np.int16),
        insurance=coded(words(table, "insurance"), _place_in(INSURANCES)),
    )


def read_categories(table: pa.Table) -> Read:
    """The table categories."""

    def code(word: str) -> int:
        return category_code(word) if word in CATEGORIES or word in CATEGORY_ALIASES else UNKNOWN

    return _read(
        table,
        CategoryRow,
        category=coded(words(table, "category"), code),
        start=days(table, "from"),
        end=days(table, "to", OPEN_DAY),
    )


def read_recognitions(table: pa.Table, diseases: tuple[Disease, ...], subtypes: Subtypes) -> Read:
    """The table recognitions."""

    def read(disease: str, subtype: str) -> tuple[int, int, int, int]:
        found = _condition(disease, subtype, "recognitions", diseases)
        if isinstance(found, int):
            return 0, 0, NO_CONDITION, found
        if diseases[found[0]].subtype_required and not found[1]:
            return 0, 0, NO_CONDITION, RECOGNISED_SUBTYPE_MISSING
        named = conditions_of(*found)
        return (
            found[0],
            subtypes.number(found[1]),
            named[1] if len(named) > 1 else NO_CONDITION,
            NO_MISTAKE,
        )

    pairs = _pairs(words(table, "disease"), words(table, "subtype"), read)
    return _read(
        table,
        RecognitionRow,
        disease=pairs[:, 0],
        subtype=pairs[:, 1],
        named=pairs[:, 2],
        mistake=pairs[:, 3],
        start=days(table, "from"),
        end=days(table, "to", OPEN_DAY),
        legacy=flags(table, "legacy"),
    )


def read_waivers(table: pa.Table, diseases: tuple[Disease, ...]) -> Read:
    """The table waivers."""
    sides = []
    for column, empty in (("disease_a", WAIVED_A), ("disease_b", WAIVED_B)):
        found = words(table, column)
        place = f"waivers.{column}"
        mistakes = coded(found, lambda word, p=place: _mistake_in(word, p, diseases), np.int16)  # type: ignore[misc]
        mistakes[mistakes == NULL] = empty
        sides.append((coded(found, lambda word: _CONDITION.get(word, NO_CONDITION)), mistakes))
    (a, wrong_a), (b, wrong_b) = sides
    return _read(table, WaiverRow, a=a, b=b, mistake=np.where(wrong_a != NO_MISTAKE, wrong_a, wrong_b))


def read_visits(table: pa.Table, diseases: tuple[Disease, ...], subtypes: Subtypes) -> Read:
    """The table visits, its reduced amounts as they stand."""

    def read(disease: str, subtype: str) -> tuple[int, int, int, int]:
        found = _condition(disease, subtype, "visits", diseases)
        if isinstance(found, int):
            return NULL if found == DISEASE_MISSING else UNKNOWN, int(bool(subtype)), 0, found
        return found[0], subtypes.number(found[1]), 0, NO_MISTAKE

    pairs = _pairs(words(table, "disease"), words(table, "subtype"), read)

    def province(word: str) -> int:
        return int(word.startswith(PROVINCE)) if _is_area(word) else UNKNOWN

    fen = {name: numbers(table, name, NO_FEN) for name in (*_PAID, *REDUCED)}
    return _read(
        table,
        VisitRow,
        seq=numbers(table, "seq", NO_SEQ),
        day=days(table, "date"),
        kind=coded(words(table, "kind"), _place_in(KINDS)),
        disease=pairs[:, 0],
        subtype=pairs[:, 1],
        mistake=pairs[:, 3],
        in_province=coded(words(table, "provider_region"), province),
        designated=flags(table, "designated"),
        level=numbers(table, "level"),
        fee_class=numbers(table, "fee_class"),
        administrative_level=coded(words(table, "administrative_level"), _place_in(ADMINISTRATIVE_LEVELS)),
        level_exception=flags(table, "level_exception"),
        referred=flags(table, "referred"),
        **fen,
    )


_PAID: Final = ("supplementary", "commercial", "mutual_aid", "given_pooled", "given_catastrophic")


def read_lines(table: pa.Table) -> Read:
    """The table lines."""
    return _read(
        table,
        LineRow,
        id=_hashed(table, "line"),
        seq=numbers(table, "seq", NO_SEQ),
        amount=numbers(table, "amount", NO_FEN),
        line_class=coded(words(table, "class"), _place_in(LINE_CLASSES)),
        rate_num=numbers(table, "advance_rate_num", NO_FEN),
        rate_den=numbers(table, "advance_rate_den", NO_FEN),
        price_cap=numbers(table, "price_cap", NO_FEN),
        related=flags(table, "related"),
        conforming=flags(table, "conforming"),
        dual_channel=flags(table, "dual_channel"),
    )


def _read(table: pa.Table, shape: type, **columns: Array) -> Read:
    return Read(text(table, "person"), pack(shape, len(table), columns))


def _hashed(table: pa.Table, name: str) -> Array:
    """A hash of each id; 0 for none."""
    found = np.zeros(len(table), np.int64)
    hash_texts(text(table, name), found)
    return found


def _place_in(names: tuple[str, ...]) -> Callable[[str], int]:
    return lambda word: names.index(word) if word in names else UNKNOWN


def _is_area(word: str) -> bool:
    try:
        area_of(word, "")
    except Refusal:
        return False
    return True


def _mistake_in(named: str, place: str, diseases: tuple[Disease, ...]) -> int:
    try:
        read_condition(named, place, diseases)
    except Refusal as refusal:
        return _NUMBER[refusal.where, refusal.messages["en"]]
    return NO_MISTAKE


def _condition(
    disease: str, subtype: str, table: str, diseases: tuple[Disease, ...]
) -> tuple[int, str] | int:
    """The disease and sub-type ("" for none) that two words say, or the number of the mistake in them."""
    visits = table == "visits"
    if not disease:
        return DISEASE_MISSING if visits else RECOGNISED_DISEASE
    if subtype and ":" in disease:
        return SUBTYPE_TWICE if visits else RECOGNISED_SUBTYPE_TWICE
    named = f"{disease}:{subtype}" if subtype else disease
    try:
        return read_condition(
            named, f"{table}.disease", diseases, f"{table}.{'subtype' if subtype else 'disease'}"
        )
    except Refusal as refusal:
        return _NUMBER[refusal.where, refusal.messages["en"]]


def _pairs(first: Words, second: Words, read: Callable[[str, str], tuple[int, int, int, int]]) -> Array:
    """What ``read`` says of each row's two words ("" for null); each distinct pair is read once."""
    wide = len(second.words) + 1
    pair = (first.places.astype(np.int64) + 1) * wide + (second.places + 1)
    size = (len(first.words) + 1) * wide
    if size <= DENSE:
        there = np.zeros(size, np.bool_)
        there[pair] = True
        distinct = np.flatnonzero(there)
        said = np.zeros((size, 4), np.int32)
        place = pair
        rows = distinct
    else:
        distinct, place = np.unique(pair, return_inverse=True)
        said = np.zeros((len(distinct), 4), np.int32)
        rows = np.arange(len(distinct))
    names, others = ["", *first.words], ["", *second.words]
    for row, code in zip(rows, distinct, strict=True):
        said[row] = read(names[code // wide], others[code % wide])
    found: Array = said[place]
    return found
