"""Reading the catalogue: on what terms an item is paid on a day. No personal data: any token may."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from typing_extensions import TypedDict

from sanchong.dates import today
from sanchong.money import plain_yuan
from sanchong.office.api.answers import DayText, Hash, Money
from sanchong.office.api.fields import NO_CONTROL, Code, Day, Limit
from sanchong.office.api.operations import answer, expose
from sanchong.office.catalogue import queries
from sanchong.office.catalogue.models import Edition, Item
from sanchong.settlement.refusal import Refusal

router = Router()

ItemKind = Literal["drug", "consumable", "service"]
AFTER = r"^[0-9A-Za-z._-]{1,50}:(resident|employee)?$"


class EditionSaid(TypedDict):
    """The edition of the catalogue in force."""

    hash: Hash
    title: str
    in_force_from: DayText
    known_from: DayText


class ItemSaid(TypedDict):
    """On what terms an item is paid. ``insurance`` "": the same for both; ``diseases`` []: for every disease."""

    code: str
    insurance: Literal["", "resident", "employee"]
    name: str
    kind: ItemKind
    line_class: str
    advance_rate: str | None
    price_cap: Money | None
    dual_channel: bool
    special_drug: bool
    diseases: list[str]


class ItemOnDay(TypedDict):
    """An item by the edition in force."""

    edition: EditionSaid
    item: ItemSaid


class ItemPage(TypedDict):
    """Some items of the edition in force, in the order of their codes; ``after`` is null on the last page."""

    edition: EditionSaid
    items: list[ItemSaid]
    after: str | None


@expose(
    router,
    "GET",
    "/catalogue/items",
    scope=None,
    answers=ItemPage,
    zh="查找目录项目",
    en="Search the catalogue",
)
def search_items(
    request: HttpRequest,
    text: Annotated[str, Query(max_length=50, pattern=NO_CONTROL)] = "",
    kind: Query[ItemKind | None] = None,
    day: Query[Day | None] = None,
    known_on: Query[Day | None] = None,
    after: Annotated[str | None, Query(pattern=AFTER)] = None,
    limit: Limit = 50,
) -> HttpResponse:
    """按名称或编码开头查找，给出当日的等级、先行自付比例、限价与适用病种。

    By a part of the name or the beginning of the code: class, advance, cap and scope on the day.
    """
    edition = _edition(day or today(), known_on or today())
    code, _, insurance = (after or ":").partition(":")
    found = queries.search(edition, text, kind=kind or "", after=(code, insurance), size=limit)
    said: ItemPage = {
        "edition": _edition_said(edition),
        "items": [_said(item) for item in found.rows],
        "after": ":".join(found.after) if found.after else None,
    }
    return answer(said)


@expose(
    router,
    "GET",
    "/catalogue/items/{code}",
    scope=None,
    answers=ItemOnDay,
    zh="目录项目",
    en="An item on a day",
)
def read_item(
    request: HttpRequest,
    code: Path[Code],
    insurance: Query[Literal["resident", "employee"]] = "resident",
    day: Query[Day | None] = None,
    known_on: Query[Day | None] = None,
) -> HttpResponse:
    """某一险种当日的支付条件；目录内没有则为 404，按目录外结算。

    An item's terms for an insurance on a day. What is not listed (404) is settled as lying outside the catalogue.
    """
    on, known = day or today(), known_on or today()
    edition = _edition(on, known)
    item = queries.item_on(code, insurance, on, known)
    if item is None:
        raise Refusal(
            "not_found",
            "code",
            f"{on} 的目录（{edition.title}）内没有 {code}",
            f"the catalogue of {on} ({edition.title}) does not list {code}",
        )
    return answer(ItemOnDay(edition=_edition_said(edition), item=_said(item)))


def _edition(day: dt.date, known_on: dt.date) -> Edition:
    edition = queries.edition_on(day, known_on)
    if edition is None:
        raise Refusal(
            "not_found",
            "day",
            f"{day} 没有施行中的目录版本",
            f"no edition of the catalogue is in force on {day}",
        )
    return edition


def _edition_said(edition: Edition) -> EditionSaid:
    return {
        "hash": edition.hash,
        "title": edition.title,
        "in_force_from": edition.in_force_from.isoformat(),
        "known_from": edition.known_from.isoformat(),
    }


def _said(item: Item) -> ItemSaid:
    return {
        "code": item.code,
        "insurance": item.insurance,  # type: ignore[typeddict-item]
        "name": item.name,
        "kind": item.kind,  # type: ignore[typeddict-item]
        "line_class": item.line_class,
        "advance_rate": None if item.advance_num is None else f"{item.advance_num}/{item.advance_den}",
        "price_cap": None if item.price_cap is None else plain_yuan(item.price_cap),
        "dual_channel": item.dual_channel,
        "special_drug": item.special_drug,
        "diseases": list(item.diseases),
    }
