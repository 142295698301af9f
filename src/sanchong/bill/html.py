"""The bill as a page: one file, nothing loaded from elsewhere, no script."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sanchong.bill.build import year_bill
from sanchong.bill.model import Bill, Year, YearBill, per_cent
from sanchong.bill.words import Lang, say
from sanchong.law.library import Law
from sanchong.money import yuan

_HERE = Path(__file__).parent


def bill_page(
    results: Sequence[tuple[Any, Mapping[str, Any]]], law: Law, lang: Lang = "zh", title: str = ""
) -> str:
    """One self-contained page of bills, from pairs of a case as given and its result, under ``title`` if there is one."""
    years = [year_bill(case, result, law, lang, at) for at, (case, result) in enumerate(results)]
    template = _environment().get_template("page.html.j2")
    return template.render(years=years, title=title, css=Markup(bill_css()), **_words(lang))


def bill_fragment(bill: Bill, back: str = "") -> str:
    """One bill as HTML to stand in another page, beside :func:`bill_css`; ``back`` is an anchor."""
    return _call("bill", bill.lang, bill, back, None)


def case_fragment(year: YearBill, page_of: Callable[[str], str] = lambda clause: "") -> str:
    """One case as HTML: the year's overview if it has several visits, its bills; or its refusal.

    ``page_of`` gives the address of a clause's page, to which its tag then leads, or "".
    """
    return _call("case", year.lang, year, page_of=page_of)


def figures_fragment(bill: Bill, page_of: Callable[[str], str] = lambda clause: "") -> str:
    """The heart of one bill: the three figures, the waterfall, why a tier did not pay; without its head, lines and foot."""
    return _call("figures", bill.lang, bill, page_of=page_of)


def lines_fragment(bill: Bill, page_of: Callable[[str], str] = lambda clause: "", most: int = 6) -> str:
    """The table of a bill's fee lines: class, amount, in policy, who paid, and why not; open if there are at most ``most``."""
    return _call("lines", bill.lang, bill, True, most, page_of=page_of)


def assumed_fragment(bill: Bill | Year) -> str:
    """The dashed box that names every assumed figure that a bill or a year leans on; "" if there is none."""
    return _call("assumed_box", "zh" if isinstance(bill, Year) else bill.lang, bill.assumed)


def closing_fragment(year: Year, page_of: Callable[[str], str] = lambda clause: "") -> str:
    """The year-end payment with its arithmetic, and the year's accumulators."""
    closing = _call("closing", "zh", year.closing, page_of=page_of) if year.closing else ""
    return closing + _call("counters", "zh", year.counters)


def bill_css() -> str:
    """The style sheet of the fragments and of the page."""
    return (_HERE / "static" / "bill.css").read_text(encoding="utf-8")


def _call(macro: str, lang: Lang, *arguments: Any, **more: Any) -> str:
    module = _environment().get_template("bill.html.j2").make_module({**_words(lang), **more})
    return str(getattr(module, macro)(*arguments))


def _words(lang: Lang) -> dict[str, Any]:
    def t(key: str, **facts: object) -> str:
        return say(key, lang, **facts)

    return {"t": t, "lang": lang, "page_of": lambda clause: ""}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"yuan": yuan}
    environment.globals |= {"per_cent": per_cent}
    return environment
