"""What is known for a settlement: the visit, the person, the provider, the lines, read in four statements.

The statements are written by hand, because they run inside the one transaction in which money moves; each reads
dated rows at (day, known on) as dated.py does, and their number does not grow with rows.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import connection


@dataclass(frozen=True, slots=True)
class Head:
    """A visit with whose it is, and by which law the office settles now."""

    id: int
    number: str
    realm: int
    kind: str
    state: str
    admitted: dt.date
    discharged: dt.date | None
    disease: str
    practitioner: str
    given_pooled: int | None
    given_catastrophic: int | None
    person: int
    person_number: str
    provider: int
    provider_code: str
    provider_kind: str
    bundle: str | None
    acceptance: int
    """The latest acceptance of an illustration; a change means that the list must be read again."""

    @property
    def day(self) -> dt.date:
        """The day that the visit is settled for: of discharge, for a stay."""
        return self.discharged or self.admitted


@dataclass(frozen=True, slots=True)
class Fact:
    """Something dated that holds on the day: what it is, up to four words, its closed period."""

    words: tuple[str, str, str, str]
    start: str
    end: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """Everything dated that holds for a visit on its day, by kind."""

    facts: dict[str, list[Fact]]
    payouts: dict[str, int]

    def of(self, kind: str) -> list[Fact]:
        """The facts of a kind, possibly none."""
        return self.facts.get(kind, [])


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A fee line with its item as the catalogue of the day lists it (``line_class`` None: not in it)."""

    number: str
    name: str
    amount: int
    quantity: Decimal
    conforming: bool
    item: str
    line_class: str | None
    advance: tuple[int, int] | None
    unit_cap: int | None
    dual_channel: bool
    special_drug: bool
    days: int | None
    diseases: tuple[str, ...] = field(default=())


HEAD: Final = """
SELECT v.id, v.number, v.realm_id, v.kind, v.state, v.admitted, v.discharged, v.disease, v.practitioner,
       v.given_pooled, v.given_catastrophic, v.person_id, p.number, v.provider_id, h.code, h.kind,
       (SELECT a.bundle_id FROM lawbook_activation a ORDER BY a.id DESC LIMIT 1),
       (SELECT COALESCE(MAX(a.id), 0) FROM lawbook_acceptance a)
FROM claims_visit v
JOIN people_person p ON p.id = v.person_id
JOIN providers_provider h ON h.id = v.provider_id
WHERE v.number = %s
"""


def _held(table: str, row: str) -> str:
    """The condition under which a dated row holds on :day as known on :known."""
    return (
        f"{row}.known_from <= %(known)s AND NOT {row}.withdrawn AND {row}.start <= %(day)s"
        f' AND ({row}."end" IS NULL OR {row}."end" >= %(day)s)'
        f" AND NOT EXISTS (SELECT 1 FROM {table} later"
        f" WHERE later.supersedes_id = {row}.id AND later.known_from <= %(known)s)"
    )


def _facts(kind: str, table: str, words: Sequence[str], owner: str) -> str:
    four = ", ".join((*words, *["''"] * (4 - len(words))))
    return f"SELECT '{kind}', {four}, r.start, r.\"end\" FROM {table} r WHERE {owner} AND {_held(table, 'r')}"


_PERSON: Final = "r.person_id = %(person)s"
_HOUSEHOLD: Final = "r.household_id IN (SELECT household_id FROM household)"
_PROVIDER: Final = "r.provider_id = %(provider)s"
_FLAG: Final = "CASE WHEN {} THEN 'true' ELSE 'false' END"

FACTS: Final = f"""WITH household AS (
    SELECT m.household_id FROM people_member m WHERE m.person_id = %(person)s AND {_held("people_member", "m")})
""" + "\nUNION ALL ".join(
    (
        _facts("enrolment", "people_enrolment", ("r.insurance", "r.region"), _PERSON),
        _facts("registration", "people_registration", ("r.area_id",), _HOUSEHOLD),
        _facts("category", "people_grant", ("r.category",), f"({_PERSON} OR {_HOUSEHOLD})"),
        _facts(
            "recognition",
            "people_recognition",
            ("r.disease", "r.subtype", _FLAG.format("r.legacy")),
            _PERSON,
        ),
        _facts("waiver", "people_waiver", ("r.first", "r.second"), _PERSON),
        _facts("referral", "people_referral", ("r.provider_code", "r.region"), _PERSON),
        _facts("cross_area", "people_crossarea", ("r.region", "r.kind"), _PERSON),
        _facts(
            "standing",
            "providers_standing",
            (
                "r.region",
                "CAST(r.level AS text) || ' ' || CAST(r.fee_class AS text)",
                "r.administrative_level",
                _FLAG.format("r.level_exception"),
            ),
            _PROVIDER,
        ),
        _facts("agreement", "providers_agreement", ("r.kind",), _PROVIDER),
        _facts("role", "providers_role", ("r.kind",), _PROVIDER),
        _facts("suspension", "providers_suspension", ("r.source",), _PROVIDER),
        _facts(
            "post",
            "providers_post",
            ("r.role", "r.status"),
            f"{_PROVIDER} AND r.practitioner_id IN"
            " (SELECT id FROM providers_practitioner WHERE code = %(practitioner)s)",
        ),
        "SELECT 'payout', r.payer, CAST(r.amount AS text), '', '', r.paid_on, NULL"
        " FROM claims_payout r WHERE r.visit_id = %(visit)s AND r.withdrawn_at IS NULL",
    )
)

EDITION: Final = """
SELECT e.id FROM catalogue_edition e WHERE e.in_force_from <= %(day)s AND e.known_from <= %(known)s
ORDER BY e.in_force_from DESC, e.id DESC LIMIT 1
"""

LINES: Final = f"""
SELECT l.number, l.name, l.amount, l.quantity, l.conforming, l.item, i.line_class, i.advance_num, i.advance_den,
       i.price_cap, i.dual_channel, i.special_drug, i.diseases, e.id, l.days
FROM claims_feeline l
LEFT JOIN catalogue_edition e ON e.id = ({EDITION})
LEFT JOIN catalogue_item i ON i.edition_id = e.id AND i.code = l.item AND i.insurance IN ('', %(insurance)s)
WHERE l.visit_id = %(visit)s AND l.withdrawn_at IS NULL
ORDER BY l.id, i.insurance DESC
"""


def read_head(number: str, *, lock: bool, among: tuple[str, tuple[Any, ...]] = ("", ())) -> Head | None:
    """The visit, locked until the transaction ends if asked; None if there is no such visit, or none ``among`` those whose keys
    a statement with its parameters gives.

    The lock lets foreign keys pass: an adjustment of this visit, caused by another of the year, must not wait for it while
    this one waits for the year.
    """
    locking = " FOR NO KEY UPDATE OF v" if lock and connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        sql, wanted = among
        cursor.execute(HEAD + (f" AND v.id IN ({sql})" if sql else "") + locking, [number, *wanted])
        row = cursor.fetchone()
    if row is None:
        return None
    left: tuple[Any, ...] = (*row[:5], as_date(row[5]), as_date(row[6]) if row[6] else None, *row[7:])
    return Head(*left)


def read_known(head: Head, known_on: dt.date) -> Known:
    """What holds for the visit's person and provider on its day, as known on ``known_on``."""
    wanted: dict[str, Any] = {
        "person": head.person,
        "provider": head.provider,
        "visit": head.id,
        "practitioner": head.practitioner,
        "day": head.day.isoformat(),
        "known": known_on.isoformat(),
    }
    facts: dict[str, list[Fact]] = {}
    payouts: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(FACTS, wanted)
        for kind, *words, start, end in cursor.fetchall():
            if kind == "payout":
                payouts[words[0]] = payouts.get(words[0], 0) + int(words[1])
                continue
            fact = Fact(
                (words[0], words[1], words[2], words[3]), str(start)[:10], str(end)[:10] if end else None
            )
            facts.setdefault(kind, []).append(fact)
    for found in facts.values():
        found.sort(key=lambda fact: (fact.start, fact.words))
    return Known(facts, payouts)


def read_lines(head: Head, insurance: str, known_on: dt.date) -> tuple[list[KnownLine], int | None]:
    """The visit's lines with their items, and the catalogue's edition; an item of the very insurance counts first."""
    wanted: dict[str, Any] = {
        "visit": head.id,
        "insurance": insurance,
        "day": head.day.isoformat(),
        "known": known_on.isoformat(),
    }
    with connection.cursor() as cursor:
        cursor.execute(LINES, wanted)
        rows = cursor.fetchall()
    return list(_lines(rows)), rows[0][13] if rows else None


def _lines(rows: Iterable[tuple[Any, ...]]) -> Iterable[KnownLine]:
    before = None
    for row in rows:
        if row[0] == before:
            continue  # the terms for both insurances, after those of this one
        before = row[0]
        diseases = json.loads(row[12]) if isinstance(row[12], str) else row[12] or []
        yield KnownLine(
            number=row[0],
            name=row[1],
            amount=row[2],
            quantity=Decimal(str(row[3])),
            conforming=bool(row[4]),
            item=row[5],
            line_class=row[6],
            advance=(row[7], row[8]) if row[7] is not None else None,
            unit_cap=row[9],
            dual_channel=bool(row[10]),
            special_drug=bool(row[11]),
            days=row[14],
            diseases=tuple(diseases),
        )


def as_date(value: Any) -> dt.date:
    """A date as either database gives it."""
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])
