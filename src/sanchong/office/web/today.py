"""What stands on the first page: today's work as counts, the month as sums, of what the actor sees."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from sanchong.dates import today
from sanchong.money import Fen
from sanchong.office.accounts.models import Account, Assignment, SecondFactor
from sanchong.office.accounts.roles import ROLES
from sanchong.office.actor import Actor
from sanchong.office.catalogue.models import Edition
from sanchong.office.claims.models import ManualCase, Settlement, Visit, VisitState
from sanchong.office.lawbook.models import Activation
from sanchong.office.people.models import Grant, Member, Person, Recognition
from sanchong.office.providers.models import Provider
from sanchong.office.visibility import counted_people, fields_for, visible_people, visible_visits
from sanchong.office.web.charts import TIERS

SOON: Final = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Matter:
    """A count of something to do or to know; ``urgent`` stands out, ``path`` leads there."""

    title: str
    number: int
    note: str = ""
    path: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """What was settled on a day: how many entries, who bore how much."""

    day: dt.date
    entries: int
    amounts: dict[str, Fen]


@dataclass(frozen=True, slots=True)
class Month:
    """A month up to today, day by day."""

    days: list[Day]
    amounts: dict[str, Fen]
    entries: int
    total: Fen


def work(actor: Actor) -> list[Matter]:
    """Today's work of whoever acts."""
    role = ROLES.get(actor.role)
    if role is None:
        return []
    if role.code == "administrator":
        return _system()
    found = []
    if role.sees_visits and role.clinical:
        found += _visits(actor)
    if role.serves:
        found += _decisions(actor)
    if role.sees_people and not actor.provider_code:
        found += _people(actor)
    return found


def _visits(actor: Actor) -> list[Matter]:
    by_state = dict(
        visible_visits(actor, Visit.objects.all()).order_by().values_list("state").annotate(n=Count("pk"))
    )
    settled = _settlements(actor).filter(day=today(), kind="settle").count()
    return [
        Matter("在诊、在院", by_state.get(VisitState.REGISTERED, 0), "已登记，待填诊断"),
        Matter("待结算", by_state.get(VisitState.DIAGNOSED, 0), "诊断齐全，可以结算"),
        Matter("今日结算", settled, "笔"),
    ]


def _decisions(actor: Actor) -> list[Matter]:
    entries = _settlements(actor)
    recover = entries.filter(kind="adjust", patient__gt=0, confirmation=None).count()
    manual = ManualCase.objects.filter(settlement__in=entries).count()
    soon = today() + SOON
    now = Recognition.objects.at(today(), today())
    people = visible_people(actor, Person.objects.all())
    ending = now.filter(end__lte=soon, person__in=people).count()
    return [
        Matter("待确认追回", recover, "补差中应向个人追回的", urgent=recover > 0),
        Matter("人工事项", manual, "规则之外，留待人工判断", urgent=manual > 0),
        Matter("认定临期", ending, "30 天内到期", urgent=ending > 0),
    ]


def _people(actor: Actor) -> list[Matter]:
    now = today()
    people = visible_people(actor, Person.objects.all())
    granted = Grant.objects.at(now, now)
    own = granted.filter(person=OuterRef("pk"))
    houses = granted.filter(household=OuterRef("household"))
    household = Member.objects.at(now, now).filter(person=OuterRef("pk")).filter(Exists(houses))
    helped = people.filter(Exists(own) | Exists(household)).count()
    return [
        Matter("参保人", people.count(), "辖区内", "web:people"),
        Matter("救助对象", helped, "各类别合计，去重"),
    ]


def _system() -> list[Matter]:
    now = today()
    active = Account.objects.filter(is_active=True)
    without = active.filter(
        Exists(Assignment.objects.at(now, now).filter(account=OuterRef("pk")))
        & ~Exists(SecondFactor.objects.filter(user=OuterRef("pk"), confirmed=True))
    ).count()
    return [
        Matter("启用账号", active.count(), "工作人员与参保人"),
        Matter("未绑定验证器", without, "有岗位而没有第二因素", urgent=without > 0),
        Matter("医药机构", Provider.objects.count(), "已登记", "admin:providers_provider_changelist"),
        Matter("目录版本", Edition.objects.count(), "已导入", "admin:catalogue_edition_changelist"),
        Matter("政策包", Activation.objects.count(), "启用过的次数", "web:policy"),
    ]


def month(actor: Actor) -> Month | None:
    """The month in sums; None for those who see no amounts. An analyst sees the sums of its area, and no person."""
    role = ROLES.get(actor.role)
    if not fields_for(actor).amounts and (role is None or not role.counts):
        return None
    now = today()
    rows = (
        _settlements(actor)
        .filter(day__range=(now.replace(day=1), now))
        .order_by("day")
        .values("day")
        .annotate(
            entries=Count("pk", filter=Q(kind="settle")), whole=Sum("total"), **{t: Sum(t) for t in TIERS}
        )
    )
    by_day: dict[dt.date, dict[str, Any]] = {row["day"]: dict(row) for row in rows}
    days: list[Day] = []
    sums: dict[str, Fen] = defaultdict(int)
    entries = total = 0
    for ordinal in range(now.day):
        day = now.replace(day=1) + dt.timedelta(days=ordinal)
        row = by_day.get(day)
        amounts = {tier: int(row[tier]) if row else 0 for tier in TIERS}
        days.append(Day(day, row["entries"] if row else 0, amounts))
        for tier, amount in amounts.items():
            sums[tier] += amount
        entries += days[-1].entries
        total += int(row["whole"]) if row else 0
    return Month(days, dict(sums), entries, total)


def _settlements(actor: Actor) -> QuerySet[Settlement]:
    """The entries that the actor may count: a provider's own, else those of its area's people, the year's ends among them."""
    found = Settlement.objects.filter(realm=actor.realm)
    if actor.provider_code:
        return found.filter(visit__in=visible_visits(actor, Visit.objects.all()))
    return found.filter(year__person__in=counted_people(actor, Person.objects.all()))
