"""What a settlement's answer says: the settle contract's result of one visit, and the numbers that the office gives."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from sanchong.office.api.answers import DayText, Hash, InstantText, Money

Kind = Literal["outpatient", "inpatient", "special_drug"]


class Amounts(TypedDict):
    """By payer, in yuan."""

    pooled: Money
    catastrophic: Money
    other: Money
    assistance: Money
    hospital: Money
    patient: Money


class SettlementSaid(Amounts):
    """An entry of a person's year: what it changes, in yuan."""

    settlement: str
    kind: Literal["settle", "reverse", "adjust", "close"]
    day: DayText
    at: InstantText
    visit: str | None
    total: Money


class LineSaid(Amounts):
    """Who pays what of a fee line."""

    id: str


class Explained(TypedDict):
    """A rule's call: its clause, a Chinese sentence, what it came to, of what, and the calls that it made."""

    clause: str
    rule: str
    text: str
    amount: str | None
    inputs: dict[str, Any]
    children: list[dict[str, Any]]
    line: NotRequired[str]


class VisitResult(TypedDict):
    """A visit as the settle contract writes it."""

    id: str
    kind: Kind
    date: DayText
    category: str | None
    total: Money
    dual_channel: Money
    out_of_scope: Money
    out_of_catalogue: Money
    over_price: Money
    advance: Money
    in_policy: Money
    deductible: Money
    pooled: Money
    quota_excess: Money
    catastrophic: Money
    other: Money
    assistance_base: Money
    assistance_deductible: Money
    assistance: Money
    deferred_base: Money
    hospital: Money
    patient: Money
    gates: list[str]
    assumed: list[str]
    unmodelled: list[str]
    lines: list[LineSaid]
    explanation: NotRequired[list[Explained]]


class YearResult(TypedDict):
    """The person's year with this visit."""

    pooled: Money
    catastrophic_burden: Money
    catastrophic: Money
    assistance: Money
    assistance_deductible: Money
    patient: Money


class Receipt(TypedDict):
    """What the settlement was computed from and came to, as hashes."""

    engine: str
    law: dict[str, Hash]
    inputs: Hash
    result: Hash
    explanation: NotRequired[Hash]
    known_on: DayText
    before: Hash


class Result(TypedDict):
    """The settle contract's result of a case of one visit."""

    case: str
    ok: Literal[True]
    visits: list[VisitResult]
    close_year: None
    year: YearResult
    receipt: Receipt


class CloseYear(TypedDict):
    """What was paid once at the year's end."""

    assistance: Money
    by_category: dict[str, Money]
    assumed: list[str]
    explanation: NotRequired[list[Explained]]


class AnyResult(TypedDict):
    """The settle contract's result: of a visit, or of the year's end."""

    case: str
    ok: Literal[True]
    visits: list[VisitResult]
    close_year: CloseYear | None
    year: YearResult
    receipt: Receipt


class Quoted(TypedDict):
    """What settling the visit now would come to."""

    visit: str
    result: Result


class Settled(TypedDict):
    """A settlement with its number."""

    settlement: str
    visit: str
    result: Result


class YearClosed(TypedDict):
    """A year's end with its number, and what it paid."""

    settlement: str
    result: AnyResult


class SomeAmounts(TypedDict, total=False):
    """By payer, in yuan; a payer for whom nothing changes is left out."""

    pooled: Money
    catastrophic: Money
    other: Money
    assistance: Money
    hospital: Money
    patient: Money


class Transfer(TypedDict):
    """Who owes whom."""

    debtor: str
    creditor: str
    amount: Money


class Owed(TypedDict):
    """Who owes whom: all, and those in which the patient, or the provider, takes part."""

    transfers: list[Transfer]
    patient: list[Transfer]
    provider: list[Transfer]


class Change(Owed):
    """What changes for an entry of the year: a visit's, or the year's end (``close_year``)."""

    settlement: NotRequired[str]
    visit: str
    before: Amounts
    after: Amounts
    change: SomeAmounts


class Reversal(Owed):
    """What reversing changes."""

    visit: str
    reversed: Amounts
    adjusted: list[Change]


class ReversalPreview(Reversal):
    """What reversing would change; ``digest`` may be given to do this or nothing."""

    digest: Hash


class Reversed(Reversal):
    """A reversal with its number, and what it changed."""

    settlement: str
