"""The forms by which what is dated at a provider changes: what each asks, and which command of the services it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sanchong.office.actor import Actor
from sanchong.office.dated import Dated
from sanchong.office.imports.cells import area, choice, date, text
from sanchong.office.keeping import When
from sanchong.office.providers import kinds, services
from sanchong.office.providers.models import Practitioner, Provider
from sanchong.office.web.forms import Field
from sanchong.office.web.providers import words

Values = Mapping[str, Any]
Do = Callable[[Actor, Provider, Values], object]


@dataclass(frozen=True, slots=True)
class Change:
    """A change: what it is called, what it asks, what does it. ``note`` says what follows from it."""

    title: str
    fields: Sequence[Field]
    do: Do
    note: str = ""


def one_of(name: str, title: str, names: Mapping[str, str], *, required: bool = True) -> Field:
    """A field of several choices, by code."""
    return Field(name, title, choice(names), "choice", lambda: [*names.items()], required)


def _flag(cell: str) -> bool:
    return bool(cell)


START: Final = Field("start", "起始日期", date, "day", hint="当日起有效")
END: Final = Field("end", "终止日期", date, "day", required=False, hint="最后有效的一天；不填为未终止")
SOURCE: Final = Field("source", "依据", text(200), "long", hint="文号、协议或通知")
REASON: Final = Field("reason", "理由", text(200), "long", hint="将作为新记录的依据")
REGION: Final = Field("region", "所在地", area, hint="六位行政区划代码")
LEVEL: Final = one_of("level", "等级", words.LEVELS)
FEE_CLASS: Final = one_of("fee_class", "收费类别", words.FEE_CLASSES)
ADMINISTRATIVE: Final = one_of("administrative_level", "隶属级别", words.ADMINISTRATIVE)
EXCEPTION: Final = Field("level_exception", "级别例外", _flag, "flag", required=False)
NUMBER: Final = Field("number", "协议编号", text(60), required=False)
AGREEMENT: Final = one_of("kind", "协议种类", words.AGREEMENTS)
ROLE: Final = one_of("kind", "承担服务", words.ROLES)
POST_ROLE: Final = one_of("role", "角色", words.POST_ROLES)
STATUS: Final = one_of("status", "状态", words.POST_STATES)

_STANDING: Final = (REGION, LEVEL, FEE_CLASS, ADMINISTRATIVE, EXCEPTION)


def _when(values: Values) -> When:
    return When(values["start"], values.get("end"), source=values["source"])


def _standing(values: Values) -> dict[str, Any]:
    return {
        "region": values["region"],
        "level": int(values["level"]),
        "fee_class": int(values["fee_class"]),
        "administrative_level": values["administrative_level"],
        "level_exception": values["level_exception"],
    }


def _post(actor: Actor, provider: Provider, values: Values) -> object:
    who = Practitioner.objects.filter(code=values["code"]).first()
    who = who or services.register_practitioner(actor, values["code"], values["name"] or "")
    return services.post(actor, who, provider, values["role"], _when(values), values["status"])


CHANGES: Final[Mapping[str, Change]] = {
    "designate": Change(
        "登记协议",
        (AGREEMENT, NUMBER, START, END, SOURCE),
        lambda a, p, v: services.agree(a, p, v["kind"], _when(v), v["number"] or ""),
        "定点协议和一站式结算都有效、且未暂停结算时，可以一站式结算。",
    ),
    "stand": Change(
        "变更机构属性",
        (*_STANDING, START, SOURCE),
        lambda a, p, v: services.stand(a, p, when=_when(v), **_standing(v)),
        "原来的属性在新属性起始日的前一天终止。",
    ),
    "role": Change(
        "登记承担服务",
        (ROLE, START, END, SOURCE),
        lambda a, p, v: services.give_role(a, p, v["kind"], _when(v)),
    ),
    "suspend": Change(
        "暂停结算",
        (START, END, SOURCE),
        lambda a, p, v: services.suspend(a, p, _when(v)),
        "暂停期间这家机构的就诊不能结算；恢复后可以补结。",
    ),
    "lift": Change(
        "恢复结算",
        (Field("last", "暂停的最后一天", date, "day", hint="次日起可以结算"), REASON),
        lambda a, p, v: services.lift(a, p, v["last"], v["reason"]),
    ),
    "rename": Change(
        "更改名称",
        (Field("name", "新名称", text(200), "long"),),
        lambda a, p, v: services.rename(a, p.code, v["name"]),
        "名称不影响结算，不按日期保存；原名称记入审计。",
    ),
    "post": Change(
        "登记执业人员",
        (
            Field("code", "人员代码", text(30), hint="国家医保医师或药师代码；已登记过的只填代码"),
            Field("name", "姓名", text(50), required=False, hint="首次登记必填"),
            POST_ROLE,
            STATUS,
            START,
            END,
            SOURCE,
        ),
        _post,
        "同一人同一角色的上一条执业在起始日的前一天终止；暂停和恢复也这样登记。",
    ),
}
"""By their name in the address."""


def of_row(act: str, kind: str, row: Dated) -> Change | None:
    """A change of one row: ``end``, ``correct`` or ``withdraw``; None for another word."""
    number = row.pk
    if act == "end":
        fields = (Field("last", "最后有效的一天", date, "day"), REASON)
        return Change("终止", fields, lambda a, p, v: services.end(a, kind, number, v["last"], v["reason"]))
    if act == "withdraw":
        return Change(
            "撤回",
            (REASON,),
            lambda a, p, v: services.withdraw(a, kind, number, v["reason"]),
            "撤回的记录自今天起视为从未有过；已按它结算的不改变。只是提前结束的，请用终止。",
        )
    if act == "correct":
        own, changes = CONTENT[kind]
        return Change(
            "更正",
            (*own, START, END, REASON),
            lambda a, p, v: services.correct(
                a, kind, number, v["reason"], start=v["start"], end=v["end"], **changes(v)
            ),
            "更正后的记录取代原记录；原记录保留，可以查到当时所知。",
        )
    return None


CONTENT: Final[Mapping[str, tuple[Sequence[Field], Callable[[Values], dict[str, Any]]]]] = {
    kinds.STANDING.name: (_STANDING, _standing),
    kinds.AGREEMENT.name: ((NUMBER,), lambda v: {"number": v["number"] or ""}),
    kinds.ROLE.name: ((), lambda v: {}),
    kinds.SUSPENSION.name: ((), lambda v: {}),
    kinds.POST.name: ((POST_ROLE, STATUS), lambda v: {"role": v["role"], "status": v["status"]}),
}
"""What a correction of a kind of row asks besides the period, and what it changes; an agreement of another kind is another row."""


def known(kind: str, row: Any) -> dict[str, str]:
    """What stands in a row, as a correction's fields show it."""
    names = [field.name for field in CONTENT[kind][0]] + ["start", "end"]
    found = {name: getattr(row, name) for name in names}
    return {
        name: ("1" if value else "") if isinstance(value, bool) else "" if value is None else str(value)
        for name, value in found.items()
    }
