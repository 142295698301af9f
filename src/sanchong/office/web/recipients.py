"""The list of recipients of assistance (救助对象): who had a category on a day, by grant, their own or their household's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from sanchong.dates import today
from sanchong.law.labels import CATEGORY
from sanchong.office.accounts.roles import ROLES
from sanchong.office.actor import Actor
from sanchong.office.people.models import (
    INSURANCE_NAMES,
    Area,
    Enrolment,
    Grant,
    Member,
    Person,
    Registration,
)
from sanchong.office.visibility import area_prefix, visible_people
from sanchong.office.web.lists import Column, Empty, Filter, Listed, Tag

DEPARTMENTS: Final = ("civil_affairs", "rural_revitalisation")
"""They recognise categories, and learn from the list who of those is not insured."""
DAY: Final = "day"
"""The filter that says of which day the list is."""
LEVELS: Final = ("county", "township", "village")
SOON: Final = (("30", "30 天内到期"), ("90", "90 天内到期"))


@dataclass(frozen=True, slots=True)
class Row:
    """A person with one category: whose it is, since when and on what ground, where they are registered, how insured."""

    grant: Grant
    person: Person
    place: str
    insurance: str


def sees_recipients(actor: Actor) -> bool:
    """Whether the actor goes through recipients: who serves people for the agency, and who recognises categories."""
    role = ROLES.get(actor.role)
    return role is not None and (role.serves or role.code in DEPARTMENTS)


def recipients_on(actor: Actor, day: dt.date) -> Listed:
    """The list of a day, within the actor's area; what a household holds is shown of each of its members."""
    serves = _serves(actor)
    return Listed(
        name="recipients",
        title="救助对象",
        rows=lambda of: _rows(of, day),
        complete=lambda rows: _complete(rows, day),
        key=("pk", "who"),
        columns=(
            Column(
                "name",
                "姓名",
                lambda row: row.person.name,
                link=lambda row: reverse("web:person", args=[row.person.number]),
            ),
            Column("identity", "证件号码", lambda row: row.person.masked_number(), "code"),
            Column("number", "人员编号", lambda row: row.person.number, "code", may=_serves, screen=False),
            Column("category", "类别", lambda row: CATEGORY[row.grant.category][0], by=("category",)),
            Column("of", "对象", lambda row: "户" if row.grant.household_id else "个人"),
            Column("place", "户籍地", lambda row: row.place, by=("place",)),
            Column("start", "起始", lambda row: row.grant.start, "day", by=("start",)),
            Column("end", "终止", lambda row: row.grant.end, "day", by=("end",)),
            Column("department", "认定部门", lambda row: row.grant.department, by=("department",)),
            Column("source", "依据", lambda row: row.grant.source),
            Column("insurance", "参保", _insured, "tags"),
        ),
        filters=(
            Filter(
                "name",
                "姓名",
                lambda found, name: found.filter(
                    who__in=Person.objects.filter(name_index=Person.index_of("name", name)).values("pk")
                ),
                personal=True,
                hint="须写全名",
                most=50,
            ),
            Filter(DAY, "在册日期", lambda found, on: found, day=True, default=lambda: today().isoformat()),
            Filter(
                "category",
                "类别",
                lambda found, code: found.filter(category=code),
                choices=lambda: [(code, zh) for code, (zh, _) in CATEGORY.items()],
            ),
            Filter(
                "area",
                "户籍地",
                lambda found, code: found.filter(place__startswith=area_prefix(code)),
                choices=_areas(actor),
            ),
            Filter(
                "ending",
                "到期",
                lambda found, days: found.filter(end__lte=day + dt.timedelta(days=int(days))),
                choices=lambda: SOON,
            ),
            Filter(
                "insured", "参保", _of_insured(day), choices=lambda: (("no", "未参保"), ("yes", "已参保"))
            ),
        ),
        order="place",
        empty=Empty(
            "辖区内这一天没有救助对象",
            "收到民政、乡村振兴部门认定的名单后，用表格批量导入；也可以在参保人的页面上补记。"
            if serves
            else "认定后请把名单交给医保经办机构导入，导入后列在这里。",
            "批量导入" if serves else "",
            "web:imports" if serves else "",
        ),
        person=lambda row: row.person.pk,
        unit="人次",
    )


def _serves(actor: Actor) -> bool:
    role = ROLES.get(actor.role)
    return role is not None and role.serves


def _rows(actor: Actor, day: dt.date) -> QuerySet[Grant]:
    """Grants in force on the day, each as often as it has people: ``who`` is whose, ``place`` the area's code."""
    held: QuerySet[Grant] = Grant.objects.at(day, today())
    if not sees_recipients(actor):
        return held.none()
    members = Member.objects.at(day, today())
    home = members.filter(person=OuterRef(OuterRef("who"))).values("household")
    place = Registration.objects.at(day, today()).filter(household__in=home).values("area")[:1]
    return (
        held.annotate(member=F("household__members"))
        .filter(Q(household=None) | Q(member__in=members.values("pk")))
        .annotate(who=Coalesce("person", "household__members__person"))
        .filter(who__in=visible_people(actor, Person.objects.all()).values("pk"))
        .annotate(place=Subquery(place, output_field=CharField()))
    )


def _complete(rows: Sequence[Any], day: dt.date) -> list[Row]:
    who = {row.who for row in rows}
    people = Person.objects.in_bulk(who)
    insured = Enrolment.objects.at(day, today()).filter(person__in=who).values_list("person", "insurance")
    insurances = {person: INSURANCE_NAMES[insurance] for person, insurance in insured}
    places = _places({row.place for row in rows if row.place})
    return [Row(row, people[row.who], places.get(row.place, ""), insurances.get(row.who, "")) for row in rows]


def _places(codes: set[str]) -> dict[str, str]:
    """Areas with the county and the township that they lie in: 城区上站街道新华社区."""
    parts = {code: [code[:length] for length in (6, 9, 12) if length <= len(code)] for code in codes}
    names = dict(
        Area.objects.filter(code__in={part for of in parts.values() for part in of}).values_list(
            "code", "name"
        )
    )
    return {code: "".join(names.get(part, "") for part in of) or code for code, of in parts.items()}


def _insured(row: Row) -> list[Tag]:
    return [Tag(row.insurance or "未参保", "" if row.insurance else "bad")]


def _of_insured(day: dt.date) -> Callable[[QuerySet[Any], str], QuerySet[Any]]:
    def apply(found: QuerySet[Any], said: str) -> QuerySet[Any]:
        insured = Enrolment.objects.at(day, today()).values("person")
        return found.filter(who__in=insured) if said == "yes" else found.exclude(who__in=insured)

    return apply


def _areas(actor: Actor) -> Callable[[], Sequence[tuple[str, str]]]:
    """The areas within the actor's in which a household is registered, from county to township; villages for a township."""

    def choices() -> list[tuple[str, str]]:
        prefix = area_prefix(actor.area)
        areas = Area.objects.filter(code__startswith=prefix, level__in=LEVELS)
        deepest = 12 if len(prefix) >= 9 else 9
        return sorted(_places({area.code for area in areas if len(area.code) <= deepest}).items())

    return choices
