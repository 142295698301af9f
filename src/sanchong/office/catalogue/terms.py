"""The terms on which an item is paid, as a row of an edition says them; and an edition's hash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sanchong.money import MAX_AMOUNT, MAX_RATE_TERM, Fen, Rate, plain_rate
from sanchong.office.catalogue.models import Item
from sanchong.office.checking import is_plain, refused
from sanchong.settlement.receipt import sha256
from sanchong.settlement.refusal import Refusal
from sanchong.shapes import DISEASES, INSURANCES, LINE_CLASSES

KINDS: Final = ("drug", "consumable", "service")
INSURANCE_CHOICES: Final = ("", *INSURANCES)
MOST_CODE, MOST_NAME = 50, 200


@dataclass(frozen=True, slots=True)
class Terms:
    """One row of an edition. ``insurance`` is "" where both insurances have the same terms."""

    code: str
    name: str
    kind: str
    line_class: str
    insurance: str = ""
    advance: Rate | None = None
    """先行自付比例: of class B, and of no other."""
    price_cap: Fen | None = None
    """A cap on one unit's price, in fen; None is none."""
    dual_channel: bool = False
    special_drug: bool = False
    diseases: tuple[str, ...] = ()
    """The diseases for which it is related, in catalogue order; () is every disease."""

    @property
    def key(self) -> tuple[str, str]:
        """What is unique in an edition."""
        return self.code, self.insurance

    def data(self) -> dict[str, Any]:
        """As it is hashed: the rate in lowest terms, the cap in fen."""
        return {
            "code": self.code,
            "insurance": self.insurance,
            "name": self.name,
            "kind": self.kind,
            "class": self.line_class,
            "advance": None if self.advance is None else plain_rate(self.advance),
            "price_cap": self.price_cap,
            "dual_channel": self.dual_channel,
            "special_drug": self.special_drug,
            "diseases": list(self.diseases),
        }


def terms_of(item: Item) -> Terms:
    """The terms that a row of the database says."""
    advance = None
    if item.advance_num is not None and item.advance_den is not None:
        advance = Rate(item.advance_num, item.advance_den)
    return Terms(
        code=item.code,
        name=item.name,
        kind=item.kind,
        line_class=item.line_class,
        insurance=item.insurance,
        advance=advance,
        price_cap=item.price_cap,
        dual_channel=item.dual_channel,
        special_drug=item.special_drug,
        diseases=tuple(item.diseases),
    )


def hash_of(rows: Sequence[Terms]) -> str:
    """SHA-256 of the canonical JSON of the rows, in the order of code and insurance."""
    return sha256([row.data() for row in sorted(rows, key=lambda row: row.key)])


def mistakes(row: Terms) -> Iterator[Refusal]:
    """Every reason why a row cannot stand, each with its column in ``where``."""
    for column, text, most in (("code", row.code, MOST_CODE), ("name", row.name, MOST_NAME)):
        if not text:
            yield refused(column, "缺少必填项", "a required field is missing")
        elif len(text) > most:
            yield refused(column, f"至多 {most} 个字符", f"at most {most} characters")
        elif not is_plain(text):
            yield refused(column, "含有控制字符", "holds a control character")
    choices = (
        ("kind", row.kind, KINDS),
        ("line_class", row.line_class, LINE_CLASSES),
        ("insurance", row.insurance, INSURANCE_CHOICES),
    )
    for column, value, among in choices:
        if value not in among:
            named = ", ".join(choice or '""' for choice in among)
            yield refused(column, f"应为下列之一：{named}", f"expected one of {named}")
    if row.line_class == "B" and row.advance is None:
        yield refused("advance", "乙类须写先行自付比例", "class B needs an advance rate")
    if row.line_class != "B" and row.advance is not None:
        yield refused("advance", "只有乙类才有先行自付比例", "only class B has an advance rate")
    if row.advance is not None and not 0 <= row.advance.num <= row.advance.den <= MAX_RATE_TERM:
        yield refused("advance", "应为 0 到 1 之间的比例", "expected a rate from 0 to 1")
    if row.price_cap is not None and not 0 < row.price_cap <= MAX_AMOUNT:
        yield refused(
            "price_cap", "限价须大于零；不设限价请留空", "a cap exceeds zero; leave it empty for none"
        )
    unknown = [disease for disease in row.diseases if disease not in DISEASES]
    if unknown:
        names = ", ".join(unknown)
        yield refused("diseases", f"不在 46 个病种之内：{names}", f"not among the 46 diseases: {names}")
    elif list(row.diseases) != sorted(set(row.diseases), key=DISEASES.index):
        yield refused("diseases", "须按目录顺序且不重复", "in catalogue order, each once")


def repeated(rows: Sequence[Terms]) -> list[tuple[str, str]]:
    """The codes that stand more than once for one insurance."""
    return sorted(key for key, count in Counter(row.key for row in rows).items() if count > 1)
