"""The bill as a part of the office's pages: the model and the markup of ``sanchong.bill``, the office's links and names.

Another page includes it so::

    # in the view: a case in the settle contract's form and the engine's result of it, with its explanation
    shown = bill_of(case, result, law, names={"1": "盐酸二甲双胍缓释片"})
    return render(request, "web/mine.html", {"bill": shown})

    {# in the template #}
    {% block styles %}{% include "web/bill/styles.html" %}{% endblock %}
    <h2>账单</h2>{% include "web/bill/bill.html" %}

The part has no heading of its own: the page around says what the bill is of, at the level of h2. It needs no script, fits any width
(beside a form it takes the form of a telephone) and prints in black and white on A4. ``result`` must have been settled with its
explanation; whoever may not see medical data is shown amounts without what they are for (``clinical=False``).
A refusal is shown by ``web/bill/refusal.html`` with ``refused=refusal_of(refusal, law)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from sanchong.bill.build import year_bill
from sanchong.bill.html import assumed_fragment, closing_fragment, figures_fragment, lines_fragment
from sanchong.bill.model import Bill, Citation, Detail, Receipt, UsedValue, Year
from sanchong.bill.tree import Teller
from sanchong.law.labels import address_label
from sanchong.law.library import Law
from sanchong.money import Fen
from sanchong.settlement.refusal import Refusal

NOTHING: Final = SafeString("")


@dataclass(frozen=True, slots=True)
class ShownBill:
    """A bill ready for the template: pieces of markup, and the model behind them.

    ``bill`` is None for the year's end, which has no visit. ``lines`` is empty for who may not see items.
    """

    bill: Bill | None
    year: Year
    figures: SafeString
    lines: SafeString
    assumed: SafeString
    receipt: Receipt | None

    @property
    def patient(self) -> Fen:
        """What the person pays, in fen."""
        return self.year.sums["patient"]


@dataclass(frozen=True, slots=True)
class ShownRefusal:
    """Why something was not settled: what, by which clause."""

    what: str
    where: str
    clause: Citation | None
    page: str


def bill_of(
    case: Mapping[str, Any],
    result: Mapping[str, Any],
    law: Law,
    *,
    names: Mapping[str, str] | None = None,
    clinical: bool = True,
    most_open: int = 6,
) -> ShownBill:
    """The bill of a case with one visit, or with none at the year's end; ``names`` are of fee lines, by their number.

    The table of lines stands open if there are at most ``most_open``. ValueError if the case was refused or has several visits.
    """
    made = year_bill(case, result, law)
    if made.year is None or len(made.year.bills) > 1:
        raise ValueError("a bill is of one visit that was settled")
    year = made.year if clinical else _covered_year(made.year)
    if not year.bills:
        figures = closing_fragment(year, clause_page)
        return ShownBill(None, year, _safe(figures), NOTHING, _safe(assumed_fragment(year)), made.receipt)
    bill = year.bills[0]
    known = names or {}
    bill = replace(bill, lines=tuple(replace(row, name=known.get(row.id, "")) for row in bill.lines))
    return ShownBill(
        bill,
        year,
        _safe(figures_fragment(bill, clause_page)),
        _safe(lines_fragment(bill, clause_page, most_open)) if bill.lines else NOTHING,
        _safe(assumed_fragment(bill)),
        made.receipt,
    )


FIELDS: Final = {
    "number": "流水号", "item": "项目", "name": "名称", "quantity": "数量", "unit_price": "单价", "amount": "金额",
    "days": "用药天数", "code": "代码", "practitioner": "医师", "disease": "病种", "admitted": "开始日期",
    "discharged": "出院日期", "provider_number": "院内编号", "provider": "医药机构", "paid_on": "赔付日期",
    "given_pooled": "统筹已付", "given_catastrophic": "大病已付", "payer": "赔付方", "end": "结束日期",
}  # fmt: skip
"""What the fields of commands are called on a page."""


def refusal_of(refusal: Refusal, law: Law | None) -> ShownRefusal:
    """A refusal with the clause that it names, as a page shows it: a field by its name."""
    clause = Teller(law, "zh").cite(refusal.clause) if law is not None else None
    said, path = refusal.messages["zh"], f"{refusal.where}："
    if said.startswith(path):
        field = FIELDS.get(refusal.where.rpartition(".")[2], "")
        said = f"{field}：{said.removeprefix(path)}" if field else said.removeprefix(path)
    return ShownRefusal(
        said,
        refusal.where,
        clause,
        clause_page(refusal.clause) if clause is not None else "",
    )


def clause_page(clause: str) -> str:
    """The address of a clause's page in the policy browser."""
    return reverse("web:policy_page", kwargs={"name": f"clauses/{clause}.html"})


# ── for who may not see medical data ─────────────────────────────────────────────────────────


def _covered(bill: Bill) -> Bill:
    """Amounts and payers only: no item, no disease, and no sentence that could tell one."""
    return replace(
        bill,
        disease="",
        steps=tuple(replace(step, clause=None, note="", detail=Detail()) for step in bill.steps),
        gates=(),
        unmodelled=(),
        assumed=_without_members(bill.assumed),
        lines=(),
    )


def _covered_year(year: Year) -> Year:
    return replace(
        year,
        bills=tuple(map(_covered, year.bills)),
        closing=year.closing and replace(year.closing, detail=Detail()),
        assumed=_without_members(year.assumed),
    )


def _without_members(values: tuple[UsedValue, ...]) -> tuple[UsedValue, ...]:
    """Assumed figures; of those that stand for one disease only what they are of, since the figure would tell the disease."""
    found: dict[str, UsedValue] = {}
    for value in values:
        try:
            label, shown = address_label(value.address, ()), value.shown
        except KeyError:  # its last part is a disease
            label, shown = address_label(value.address.rpartition(".")[0], ()), ""
        found.setdefault(f"{label} {shown}", replace(value, label=label, shown=shown, clause=None))
    return tuple(found.values())


def _safe(markup: str) -> SafeString:
    return mark_safe(markup)  # drawn by templates of bill, which escape
