"""The forms by which a dated fact about a person or a household is put in, ended, corrected or withdrawn.

Each form comes to one fact as claims' services read it (services/facts.py): they write it and settle anew what it changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sanchong.law.labels import CATEGORY
from sanchong.money import plain_yuan
from sanchong.office.checking import refused
from sanchong.office.imports.cells import Misread, choice, date, text, whole, yuan
from sanchong.office.people.models import INSURANCE_NAMES
from sanchong.office.web.facts.shown import CROSS_AREA_KINDS, TITLES
from sanchong.office.web.forms import Asked, Field
from sanchong.office.web.timeline import disease_names

Values = Mapping[str, Any]
Fact = dict[str, Any]
CATEGORY_NAMES: Final = {code: words[0] for code, words in CATEGORY.items()}


@dataclass(frozen=True, slots=True)
class Form:
    """A form: what it is called, what it asks, the fact that its values come to. ``note`` says what follows from it."""

    title: str
    fields: Sequence[Field]
    fact: Callable[[Values], Fact]
    note: str = ""


def area_code(cell: str) -> str:
    """The code of an area at any level; Misread for anything else."""
    if not (cell.isascii() and cell.isdigit()) or len(cell) not in (6, 9, 12):
        raise Misread("6、9 或 12 位行政区划代码", "an area code of 6, 9 or 12 digits")
    return cell


def _one_of(name: str, title: str, names: Mapping[str, str]) -> Field:
    return Field(name, title, choice(names), "choice", lambda: [*names.items()])


FROM: Final = Field("from", "开始日期", date, "day", hint="当日起有效")
TO: Final = Field("to", "终止日期", date, "day", required=False, hint="最后有效的一天；长期有效则不填")
SOURCE: Final = Field("source", "依据", text(200), required=False, hint="文书名称、文号")
DATED: Final = (FROM, TO, SOURCE)
PERIOD: Final = (FROM, TO)
CATEGORY_FIELD: Final = _one_of("category", "类别", CATEGORY_NAMES)
DEPARTMENT: Final = Field("department", "认定部门", text(100))
HOUSEHOLD: Final = Field("household", "户", text(30), "pick", hint="先在上面查找，再从查到的户中选择")
PLACE: Final = Field("area", "户籍地", area_code, "area", hint="输入名称，从列表选择；迁往辖区外的写区划代码")
REGION: Final = Field("region", "参保地", area_code, hint="六位行政区划代码")
ELSEWHERE: Final = Field("region", "就医地", area_code, hint="六位行政区划代码")
INSURANCE: Final = _one_of("insurance", "险种", INSURANCE_NAMES)
YEAR: Final = Field("year", "年度", whole(2000, 2100), "number")
CONTRIBUTION: Final = Field("contribution", "个人缴费（元）", yuan)
SUBSIDY: Final = Field("subsidy", "资助（元）", yuan)
CROSS_AREA: Final = _one_of("kind", "备案类型", CROSS_AREA_KINDS)
PROVIDER: Final = Field("provider_code", "转入机构编码", text(12), required=False)
TO_REGION: Final = Field("region", "或转入地区", area_code, required=False, hint="六位行政区划代码")
DISEASE: Final = Field("disease", "病种", text(61), "choice", lambda: [*disease_names().items()])
PAIR: Final = tuple(
    replace(DISEASE, name=name, title=title) for name, title in (("first", "病种甲"), ("second", "病种乙"))
)

CONTENT: Final[Mapping[str, Sequence[Field]]] = {
    "member": (HOUSEHOLD,),
    "registration": (PLACE,),
    "enrolment": (INSURANCE, REGION, YEAR, CONTRIBUTION, SUBSIDY),
    "grant": (CATEGORY_FIELD, DEPARTMENT),
    "recognition": (DISEASE, DEPARTMENT),
    "waiver": PAIR,
    "referral": (PROVIDER, TO_REGION),
    "cross_area": (ELSEWHERE, CROSS_AREA),
}
"""What a row of a kind says, besides its period."""


def new_forms(person: str, household: str) -> dict[str, Form]:
    """What may be put in for a person and for the household to which they belong ("" : none)."""

    def of(owner: str, number: str, name: str) -> Callable[[Values], Fact]:
        return lambda values: {name: {owner: number, **_said(values)}}

    forms = {
        "member": Form(
            "迁入另一户",
            (HOUSEHOLD, *DATED),
            of("person", person, "member"),
            "在原来一户的成员身份到前一天为止；两户的救助对象类别和户籍地随之改变。",
        ),
        "own_home": Form(
            "另立一户",
            (PLACE, *DATED),
            of("person", person, "member"),
            "在原来一户的成员身份到前一天为止；新户的编号由系统给出，家人用“迁入另一户”加入。",
        ),
        "enrolment": Form("补记参保", (*CONTENT["enrolment"], *DATED), of("person", person, "enrolment")),
        "referral": Form("补记转诊备案", (*CONTENT["referral"], *DATED), of("person", person, "referral")),
        "cross_area": Form(
            "补记异地就医备案", (*CONTENT["cross_area"], *DATED), of("person", person, "cross_area")
        ),
    }
    if not household:
        return forms
    return {
        "home_category": Form(
            "补记全户的救助对象类别",
            (*CONTENT["grant"], *DATED),
            of("household", household, "category"),
            "户内当时的每个人都有这个类别；每个人的已结算就诊都会重新核算。",
        ),
        "registration": Form(
            "变更户籍地",
            (PLACE, *DATED),
            of("household", household, "registration"),
            "原来的户籍地到前一天为止；户内每个人的已结算就诊都会重新核算。",
        ),
        **forms,
    }


def row_form(act: str, of: str, row: Any) -> Form | None:
    """The form that ends, corrects or withdraws a row that stands; None for anything else."""
    named = {"kind": of, "row": row.pk}
    if act == "end":
        last = Field("to", "最后有效的一天", date, "day", hint="次日起不再有效")
        return Form(f"终止{TITLES[of]}", (last,), lambda v: {"end": {**named, "to": v["to"].isoformat()}})
    if act == "withdraw":
        return Form(
            f"撤回{TITLES[of]}",
            (),
            lambda _: {"withdraw": named},
            "撤回用于本不应登记的记录：它自今天起在任何日期都不再算数。曾经属实、后来不再属实的，请用终止。",
        )
    if act != "correct":
        return None
    stood = known(of, row)

    def corrected(values: Values) -> Fact:
        changes = {name: said for name, said in _said(values).items() if str(said) != stood.get(name, "")}
        if of == "waiver" and {values["first"], values["second"]} == {row.first, row.second}:
            changes = {name: said for name, said in changes.items() if name not in ("first", "second")}
        changes |= {"to": None} if stood["to"] and not values["to"] else {}
        if not changes:
            raise refused("changes", "没有更改任何一项；请改动有误的内容", "nothing was changed")
        return {"correct": {**named, "changes": changes}}

    return Form(
        f"更正{TITLES[of]}",
        (*CONTENT[of], *PERIOD),
        corrected,
        "更正用于登记有误的记录：原记录留作到今天为止所知，新记录自今天起为准。",
    )


def known(of: str, row: Any) -> dict[str, str]:
    """What a row says, as its form asks it."""
    said = {"from": row.start.isoformat(), "to": row.end.isoformat() if row.end else ""}
    for field in CONTENT[of]:
        said[field.name] = _written(field.name, row)
    if of == "recognition":
        said |= {"disease": row.disease, "subtype": row.subtype}
    return said


def typed(of: str, row: Any) -> dict[str, str]:
    """The same, as it stands in the form's fields: a disease with its sub-type."""
    said = known(of, row)
    if said.pop("subtype", ""):
        said["disease"] = f"{row.disease}:{row.subtype}"
    return said


@dataclass(frozen=True, slots=True)
class Turn:
    """An item of a row that changes: what was known of it until today, and what is from today on."""

    title: str
    was: str
    now: str


def turns(of: str, row: Any, fact: Fact, asked: Sequence[Asked]) -> list[Turn]:
    """What ending or correcting a row changes in it, item by item, in words; nothing for a row that is withdrawn."""
    (act,) = fact
    if act == "withdraw":
        return []
    stood = typed(of, row)
    changed = fact[act].get("changes", {"to"})
    return [
        Turn(
            TO.title if a.field.name == "to" else a.field.title,
            _named(a, stood[a.field.name]),
            _named(a, a.text),
        )
        for a in asked
        if a.field.name in changed or (a.field.name == "disease" and "subtype" in changed)
    ]


def _named(asked: Asked, said: str) -> str:
    none = "长期" if asked.field.name == "to" else "无"
    code = said.partition(" ")[0] if asked.field.kind == "area" else said
    return dict(asked.choices).get(code, said) or none


def _written(name: str, row: Any) -> str:
    if name == "household":
        return str(row.household.number)
    if name == "area":
        return str(row.area_id)
    value = getattr(row, name)
    return plain_yuan(value) if name in ("contribution", "subsidy") else str(value)


def _said(values: Values) -> dict[str, Any]:
    """Values as a fact has them: dates and amounts written out, what is empty left out, a disease apart from its sub-type."""
    said: dict[str, Any] = {}
    for name, value in values.items():
        if value is None:
            continue
        if isinstance(value, dt.date):
            said[name] = value.isoformat()
        elif name in ("contribution", "subsidy"):
            said[name] = plain_yuan(value)
        else:
            said[name] = value
    if "disease" in said:
        said["disease"], _, said["subtype"] = said["disease"].partition(":")
    return said
