"""The law as it stands: values with their clauses and history, as ``sanchong law show`` gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NotRequired

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field
from typing_extensions import TypedDict

from sanchong.dates import today
from sanchong.law import asking
from sanchong.law.asking import Moment
from sanchong.law.library import Law
from sanchong.office.accounts.models import Scope
from sanchong.office.api.answers import DayText, Hash, Words
from sanchong.office.api.fields import AREA, Day
from sanchong.office.api.operations import answer, expose
from sanchong.office.lawbook.services import active_bundle, engine_of, no_address
from sanchong.shapes import ADDRESSES

router = Router()

YANGQUAN = "140300"
Address = Annotated[
    str, Field(pattern=r"^[a-z0-9_.]{1,120}$", examples=["assistance.annual_cap.near_subsistence"])
]


class Band(TypedDict):
    """From an amount over the deductible on, a rate."""

    above: str
    rate: str


Figure = str | int | bool | list[Band] | None


class ClauseSaid(TypedDict):
    """A clause: its place in the document and its gist in own words."""

    id: str
    place: Words
    gist: Words


class DocumentSaid(TypedDict):
    """A document of the law."""

    id: str
    title: Words
    issuer: Words


Spell = TypedDict(
    "Spell",
    {
        "value": Figure,
        "status": str,
        "from": DayText | None,
        "to": DayText | None,
        "known_from": DayText,
        "reach": str,
        "clause": str,
        "document": str,
        "reason": str,
        "holds": bool,
    },
)
"""A value that ever reached the area here; ``holds`` marks the one in force."""

ValueSaid = TypedDict(
    "ValueSaid",
    {
        "address": str,
        "label": Words,
        "unit": str,
        "area": str,
        "on": DayText,
        "known_on": DayText | None,
        "value": Figure,
        "status": str,
        "from": DayText | None,
        "to": DayText | None,
        "known_from": DayText | None,
        "reach": str | None,
        "clause": ClauseSaid | None,
        "document": DocumentSaid | None,
        "reason": str,
        "history": NotRequired[list[Spell]],
    },
)
"""What stands at an address; the history only where one address was asked for."""


class ValuesSaid(TypedDict):
    """What stands at an address, or at every address below a prefix; and by which bundle of the law."""

    bundle: Hash
    values: list[ValueSaid]


class AddressSaid(TypedDict):
    """An address that may be asked for."""

    address: str
    label: Words
    unit: str


class AddressesSaid(TypedDict):
    """Every address of the law."""

    bundle: Hash
    addresses: list[AddressSaid]


class DocumentKept(TypedDict):
    """A document of the active bundle, with the hash of what it says."""

    id: str
    title: Words
    issuer: Words
    hash: Hash


class LawSaid(TypedDict):
    """The bundle that the office settles by now."""

    bundle: Hash
    documents: list[DocumentKept]


@expose(router, "GET", "/law", scope=Scope.READ_LAW, answers=LawSaid, zh="现行政策包", en="The active law")
def law(request: HttpRequest) -> HttpResponse:
    """现在结算所依据的政策包及其中的文件与哈希。

    The bundle that is settled by now, its documents and hashes.
    """
    bundle, said = _law()
    documents: list[DocumentKept] = [
        {"id": d.id, "title": _words(d.title), "issuer": _words(d.issuer), "hash": said.digest(d.id, None)}
        for d in said.documents
    ]
    return answer(LawSaid(bundle=bundle, documents=documents))


@expose(
    router,
    "GET",
    "/law/addresses",
    scope=Scope.READ_LAW,
    answers=AddressesSaid,
    zh="政策参数目录",
    en="Addresses of the law",
)
def law_addresses(request: HttpRequest) -> HttpResponse:
    """所有政策参数的地址、名称与单位。

    Every address with its name and unit.
    """
    bundle, said = _law()
    labels = {lang: asking.labels_of(said, lang) for lang in ("zh", "en")}
    addresses: list[AddressSaid] = [
        {"address": a.name, "label": {"zh": labels["zh"][a.name], "en": labels["en"][a.name]}, "unit": a.unit}
        for a in ADDRESSES
    ]
    return answer(AddressesSaid(bundle=bundle, addresses=addresses))


@expose(
    router,
    "GET",
    "/law/values/{address}",
    scope=Scope.READ_LAW,
    answers=ValuesSaid,
    zh="政策参数",
    en="A value of the law",
)
def law_values(
    request: HttpRequest,
    address: Path[Address],
    area: Annotated[str, Query(pattern=AREA)] = YANGQUAN,
    on: Query[Day | None] = None,
    known_on: Query[Day | None] = None,
) -> HttpResponse:
    """某地某日有效的数值、条款与沿革；地址可以是前缀，如 assistance.annual_cap。不写地区为阳泉市，不写日期为今天。

    What holds in an area on a day, its clause and history. A prefix gives a family.
    Without an area it is Yangquan's, without a day today's.
    """
    bundle, said = _law()
    found = asking.members(address)
    if not found:
        raise no_address(address)
    at = Moment(area, on or today(), known_on)
    resolver = engine_of(bundle).resolver
    single = found[0].name == address
    values: list[Any] = [
        asking.answer_data(said, asking.ask(resolver, one, at), history=single) for one in found
    ]
    return answer(ValuesSaid(bundle=bundle, values=values))


def _law() -> tuple[str, Law]:
    bundle = active_bundle()
    return bundle, engine_of(bundle).law


def _words(said: Mapping[str, str]) -> Words:
    return {"zh": said["zh"], "en": said["en"]}
