"""What a bill is, ready to be drawn: amounts in fen, places in the picture as whole parts of a whole."""

from __future__ import annotations

from dataclasses import dataclass

from sanchong.bill.words import Lang
from sanchong.money import Fen


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause as it is cited: its tag, its document's title, its place, its gist in own words."""

    id: str
    label: str
    title: str
    place: str
    gist: str


@dataclass(frozen=True, slots=True)
class UsedValue:
    """A policy value that was used; ``shown`` is the figure as people read it, "" if not recorded."""

    address: str
    label: str
    shown: str
    status: str
    status_label: str
    clause: Citation | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the explanation; ``line`` is the fee line it is about, or ""."""

    text: str
    line: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """What a bar opens: the arithmetic, the values it used, the clauses (by tag, each with its gists)."""

    sentences: tuple[Sentence, ...] = ()
    values: tuple[UsedValue, ...] = ()
    clauses: tuple[tuple[Citation, ...], ...] = ()
    """Clauses of one document and place stand together, their gists one after the other."""

    @property
    def assumed(self) -> bool:
        """Whether an assumed figure stands behind it."""
        return any(value.status == "assumed" for value in self.values)

    @property
    def overlaid(self) -> bool:
        """Whether a figure set by the case stands behind it."""
        return any(value.status == "overlay" for value in self.values)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar: from ``start``, ``width`` wide, in fen; ``colour`` is a colour's key."""

    colour: str
    label: str
    start: Fen
    width: Fen


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the waterfall. ``whole`` is what the picture's full width stands for, in fen.

    The bar hangs at ``hang``, where the one before ended, and ``drop`` is where it ends itself.
    """

    key: str
    colour: str
    label: str
    sub: str
    amount: Fen
    segments: tuple[Segment, ...]
    hang: Fen
    drop: Fen
    whole: Fen
    clause: Citation | None
    note: str
    detail: Detail


@dataclass(frozen=True, slots=True)
class Gate:
    """A fact for which a tier did not pay, with its sentence and clause."""

    code: str
    label: str
    text: str
    clause: Citation | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """A fee line and where it went, in fen; ``why`` says what was taken out, by ``clause``."""

    id: str
    line_class: str
    amount: Fen
    in_policy: Fen
    why: str
    clause: Citation | None
    parts: dict[str, Fen]
    """By payer: pooled, catastrophic, other, assistance, hospital, patient."""
    name: str = ""
    """What was bought, where the one who shows the bill knows it."""


@dataclass(frozen=True, slots=True)
class Bill:
    """One settled visit as a bill. Facts are shown as they stand; amounts are fen."""

    id: str
    anchor: str
    lang: Lang
    kind: str
    kind_label: str
    disease: str
    date: str
    days: int | None
    person: str
    insurance: str
    category: str
    provider: str
    provider_facts: tuple[str, ...]
    amounts: dict[str, Fen]
    paid: Fen
    steps: tuple[Step, ...]
    stack: tuple[Segment, ...]
    """The parts of the whole cost, side by side; their widths add up to the total."""
    gates: tuple[Gate, ...]
    assumed: tuple[UsedValue, ...]
    unmodelled: tuple[UsedValue, ...]
    lines: tuple[LineRow, ...]

    @property
    def total(self) -> Fen:
        """The whole cost, in fen."""
        return self.amounts["total"]

    @property
    def patient(self) -> Fen:
        """What the person pays, in fen."""
        return self.amounts["patient"]


@dataclass(frozen=True, slots=True)
class Closing:
    """The year-end payment of assistance, in fen, by category, with its arithmetic."""

    amount: Fen
    rows: tuple[tuple[str, Fen], ...]
    clause: Citation | None
    detail: Detail


@dataclass(frozen=True, slots=True)
class Counter:
    """An accumulator of the year against its limit or deductible (None where none was looked up)."""

    key: str
    colour: str
    label: str
    used: Fen
    limit: Fen | None
    note: str


@dataclass(frozen=True, slots=True)
class Year:
    """A person's year: the bills, the year-end payment, the sums (fen), the accumulators."""

    bills: tuple[Bill, ...]
    closing: Closing | None
    sums: dict[str, Fen]
    paid: Fen
    stack: tuple[Segment, ...]
    counters: tuple[Counter, ...]
    assumed: tuple[UsedValue, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A case that was not settled: what, where, by which clause, what next."""

    code: str
    label: str
    message: str
    where: str
    visit: str
    """The visit it happened at, or ""."""
    clause: Citation | None
    next: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the footer names: the result's hash, the engine, the date of knowledge."""

    result: str
    engine: str
    known_on: str

    @property
    def short(self) -> str:
        """The hash as the footer shows it: its first and last four digits."""
        return f"{self.result[:4]}…{self.result[-4:]}" if len(self.result) > 8 else self.result


@dataclass(frozen=True, slots=True)
class YearBill:
    """One case: its year if it was settled, else its refusal."""

    case: str
    anchor: str
    lang: Lang
    number: str
    """The calendar year, or ""."""
    person: str
    year: Year | None
    refused: Refused | None
    receipt: Receipt | None


def per_cent(part: Fen, whole: Fen, places: int = 4) -> str:
    """``part`` of ``whole`` as a percentage cut to ``places``: the last step before a picture."""
    if whole <= 0:
        return "0%"
    scaled = part * 100 * 10**places // whole
    digits = str(scaled).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}%" if places else f"{digits}%"
