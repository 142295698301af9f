"""Fee lines as people type or paste them: an item found by code or name, numbers as a spreadsheet writes them.

Nothing is guessed: a name that several items have is offered as a choice, and each row that cannot be read says where and why.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sanchong.money import Fen, parse_yuan, plain_yuan
from sanchong.office.catalogue.models import Edition, Item
from sanchong.office.catalogue.queries import search
from sanchong.office.claims.services.visits.lines import amount_of

MOST_OFFERED: Final = 12
MOST_ROWS: Final = 500
"""Of one paste."""

HEADS: Final = {
    "item": ("项目", "项目编码", "目录编码", "编码", "编码或名称", "医保编码"),
    "name": ("名称", "项目名称", "药品名称"),
    "quantity": ("数量",),
    "unit_price": ("单价",),
    "amount": ("金额", "总价"),
}
"""By which head of a column it is known."""
ORDER: Final = ("item", "quantity", "unit_price", "amount")
"""The columns of a paste without heads."""
NAMES: Final = {"item": "项目", "name": "名称", "quantity": "数量", "unit_price": "单价", "amount": "金额"}


class Unclear(Exception):
    """What was typed cannot be read: in which field, why, and the items to choose from."""

    def __init__(self, where: str, why: str, offered: Sequence[Item] = ()) -> None:
        super().__init__(why)
        self.where = where
        self.why = why
        self.offered = offered


@dataclass(frozen=True, slots=True)
class Line:
    """A fee line that was read. ``item`` is "" for what lies outside the catalogue."""

    item: str
    name: str
    line_class: str
    quantity: Decimal
    unit_price: Decimal

    @property
    def amount(self) -> Fen:
        """In fen, half up."""
        return amount_of(self.quantity, self.unit_price)

    def data(self, number: str, at: str) -> dict[str, Any]:
        """As the command takes it."""
        return {
            "number": number,
            "at": at,
            "item": self.item,
            "name": self.name,
            "quantity": f"{self.quantity:f}",
            "unit_price": f"{self.unit_price:f}",
            "amount": plain_yuan(self.amount),
        }


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a paste: where it stood, what stood there, and the line it is or what is wrong with it."""

    place: int
    cells: tuple[str, ...]
    line: Line | None
    problem: str


def offered(edition: Edition | None, text: str, insurance: str) -> list[Item]:
    """Items whose name holds ``text`` or whose code begins with it, each code once: its terms for the insurance."""
    if edition is None or not text:
        return []
    found: dict[str, Item] = {}
    for item in search(edition, text, size=4 * MOST_OFFERED).rows:
        if item.insurance in ("", insurance) and (item.insurance or item.code not in found):
            found[item.code] = item
    return list(found.values())[:MOST_OFFERED]


def item_meant(edition: Edition | None, text: str, insurance: str) -> Item:
    """The item of a code, of "code name" as offered, or of a name that only one has; else Unclear with those it may be."""
    text = _plain(text)
    if not text:
        raise Unclear("item", "请输入项目编码或名称")
    if edition is None:
        raise Unclear("item", "就诊当日没有施行中的目录，不能录入目录内项目；目录外的请勾选“目录外”")
    code = text.split()[0]
    exact = Item.objects.filter(edition=edition, code__iexact=code, insurance__in=("", insurance))
    found = exact.order_by("-insurance").first()
    if found is not None:
        return found
    items = offered(edition, text, insurance)
    named = [item for item in items if item.name == text]
    if len(named) == 1 or len(items) == 1:
        return (named or items)[0]
    if items:
        raise Unclear("item", f"“{text}”有 {len(items)} 个项目符合，请选择", items)
    raise Unclear("item", f"就诊当日的目录中没有“{text}”；确在目录外的请勾选“目录外”")


def line_typed(form: Mapping[str, str], edition: Edition | None, insurance: str) -> Line:
    """The line of the form's fields item, quantity, unit_price and (on) outside; Unclear if it cannot be read."""
    text = _plain(form.get("item", ""))
    if form.get("outside"):
        if not text:
            raise Unclear("item", "请写明目录外项目的名称")
        item, name, line_class = "", text, "C"
    else:
        known = item_meant(edition, text, insurance)
        item, name, line_class = known.code, known.name, known.line_class
    quantity = _number(form.get("quantity", ""), "quantity", 4)
    unit_price = _number(form.get("unit_price", ""), "unit_price", 6)
    if not quantity:
        raise Unclear("quantity", "数量应大于零；退费请撤销原明细")
    return Line(item, name, line_class, quantity, unit_price)


def rows_pasted(text: str, edition: Edition | None, insurance: str) -> list[Row]:
    """The rows of a paste from a spreadsheet, cells between tabs; the first may be heads. Unclear if there is nothing to read."""
    cells = [
        (at, tuple(_plain(cell) for cell in row.split("\t")))
        for at, row in enumerate(text.replace("\r", "").split("\n"), 1)
        if row.strip()
    ]
    if not cells:
        raise Unclear("pasted", "没有可读的内容；请从电子表格复制后粘贴")
    if len(cells) > MOST_ROWS:
        raise Unclear("pasted", f"一次至多 {MOST_ROWS} 行，请分次粘贴")
    heads = _heads(cells[0][1])
    columns = heads or ORDER
    return [_row(at, row, columns, edition, insurance) for at, row in (cells[1:] if heads else cells)]


def _heads(row: Sequence[str]) -> tuple[str, ...]:
    """The columns that heads name, "" for one that is not read; empty if the row holds none."""
    found = tuple(next((key for key, names in HEADS.items() if cell in names), "") for cell in row)
    return found if "quantity" in found and "unit_price" in found else ()


def _row(
    at: int, cells: tuple[str, ...], columns: Sequence[str], edition: Edition | None, insurance: str
) -> Row:
    said = {key: cell for key, cell in zip(columns, cells, strict=False) if key}
    outside = said.get("item") in ("自费", "目录外") and bool(said.get("name"))
    form = {
        "item": said.get("name", "") if outside else said.get("item") or said.get("name", ""),
        "quantity": said.get("quantity", ""),
        "unit_price": said.get("unit_price", ""),
        "outside": "on" if outside else "",
    }
    try:
        line = line_typed(form, edition, insurance)
        _agrees(line, said.get("amount", ""))
    except Unclear as unclear:
        return Row(at, cells, None, f"{NAMES.get(unclear.where, '')}：{unclear.why}")
    return Row(at, cells, line, "")


def _agrees(line: Line, amount: str) -> None:
    if amount and _number(amount, "amount", 2) * 100 != line.amount:
        raise Unclear("amount", f"数量 × 单价为 {plain_yuan(line.amount)}，与金额 {amount} 不符")


def _number(text: str, where: str, places: int) -> Decimal:
    plain = _digits(text)
    if not plain:
        raise Unclear(where, f"请填写{NAMES[where]}")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or number < 0 or "e" in plain.lower():
        raise Unclear(where, f"“{text}”不是数字")
    if -exponent > places:
        raise Unclear(where, f"{NAMES[where]}至多 {places} 位小数")
    if number >= 10**9:
        raise Unclear(where, f"{NAMES[where]}过大，请核对")
    return number


def _plain(text: str) -> str:
    """Without white space around, and with single spaces within."""
    return " ".join(text.split())


def _digits(text: str) -> str:
    """Digits as a Chinese keyboard or a spreadsheet writes them, made plain: full width, thousands separated."""
    return unicodedata.normalize("NFKC", text).strip().replace(",", "")


def fen_typed(text: str, where: str) -> Fen:
    """An amount in yuan as typed, in fen; Unclear if it is none."""
    try:
        return parse_yuan(_digits(text))
    except ValueError:
        raise Unclear(where, f"“{text}”不是金额；请以元填写，至多两位小数") from None
