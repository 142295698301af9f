"""What stands on the first page: today's work as counts, the month as sums, of what the actor sees."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from sanchong.dates import today
from sanchong.law.labels import CATEGORY
from sanchong.money import Fen
from sanchong.office.accounts.models import Account, Assignment, SecondFactor
from sanchong.office.accounts.roles import ROLES
from sanchong.office.actor import Actor
from sanchong.office.catalogue.models import Edition
from sanchong.office.citizens import corrections
from sanchong.office.claims.models import ManualCase, Settlement, Visit, VisitState
from sanchong.office.lawbook.models import Activation
from sanchong.office.people.models import Grant, Member, Person, Recognition
from sanchong.office.providers.models import Agreement, Provider, Suspension
from sanchong.office.studies.models import State, Study
from sanchong.office.trail.models import Entry
from sanchong.office.visibility import (
    counted_people,
    fields_for,
    may_audit,
    visible_people,
    visible_studies,
    visible_visits,
)
from sanchong.office.web import trail_words
from sanchong.office.web.charts import TIERS
from sanchong.office.web.matters import sees_recognitions

SOON: Final = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Matter:
    """A count of something to do or to know; ``urgent`` stands out.

    ``path`` is the name of the page to which it leads, ``query`` the conditions under which that page lists the same.
    """

    title: str
    number: int
    note: str = ""
    path: str = ""
    urgent: bool = False
    query: str = ""


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
    """Today's work of whoever acts, what is urgent first."""
    role = ROLES.get(actor.role)
    if role is None:
        return []
    if role.code == "administrator":
        return _system()
    if may_audit(actor):
        return _watched()
    found = []
    if role.sees_visits and role.clinical:
        found += _visits(actor)
    if role.serves:
        found += _decisions(actor)
    if sees_recognitions(actor):
        found.append(_ending(actor))
    if role.serves:
        found += [*_providers(), *_imports(actor)]
    if role.sees_people and not actor.provider_code:
        found += _people(actor)
    if role.counts:
        found += _studies(actor)
    return sorted(found, key=lambda matter: not matter.urgent)


def _visits(actor: Actor) -> list[Matter]:
    by_state = dict(
        visible_visits(actor, Visit.objects.all()).order_by().values_list("state").annotate(n=Count("pk"))
    )
    settled = _settlements(actor).filter(day=today(), kind="settle").count()
    return [
        Matter("在诊、在院", by_state.get(VisitState.REGISTERED, 0), "已登记，待填诊断", "web:visits"),
        Matter("待结算", by_state.get(VisitState.DIAGNOSED, 0), "诊断齐全，可以结算", "web:visits"),
        Matter("今日结算", settled, "笔"),
    ]


def _decisions(actor: Actor) -> list[Matter]:
    entries = _settlements(actor)
    recover = entries.filter(kind="adjust", patient__gt=0, confirmation=None).count()
    manual = ManualCase.objects.filter(settlement__in=entries).count()
    asked = corrections.waiting(actor).count()
    return [
        Matter("待确认追回", recover, "补差中应向个人追回的", "web:dues", urgent=recover > 0),
        Matter("更正申请", asked, "参保人等待答复", "web:corrections", urgent=asked > 0),
        Matter("人工事项", manual, "规则之外，留待人工判断", "web:manual_cases"),
    ]


def _ending(actor: Actor) -> Matter:
    people = visible_people(actor, Person.objects.all())
    held = Recognition.objects.at(today(), today())
    ending = held.filter(end__lte=today() + SOON, person__in=people).count()
    return Matter("认定临期", ending, "30 天内到期", "web:recognitions", ending > 0, "?ending=30")


def _providers() -> list[Matter]:
    """Providers that somebody should see to, the same for everybody."""
    now = today()
    suspended = Suspension.objects.at(now, now).values("provider").distinct().count()
    ending = Agreement.objects.at(now, now).filter(kind="designated", end__lte=now + SOON).count()
    found = []
    if suspended:
        found.append(Matter("暂停结算的机构", suspended, "今天", "web:providers", True, "?state=suspended"))
    if ending:
        found.append(Matter("定点到期的机构", ending, "30 天内", "web:providers", True, "?state=ending"))
    return found


def _imports(actor: Actor) -> list[Matter]:
    """Kinds of table that the actor previewed today with mistakes, and has not applied since."""
    acts = Entry.objects.filter(
        account=actor.account, act__in=("import.preview", "import.apply"), at__date=today()
    )
    last = {
        details["of"]: (act, details["counts"])
        for act, details in acts.order_by("pk").values_list("act", "details")
    }
    failed = sum(act == "import.preview" and counts["bad"] > 0 for act, counts in last.values())
    return [Matter("待改正的导入", failed, "今天上传的表有误", "web:imports", True)] if failed else []


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


def _studies(actor: Actor) -> list[Matter]:
    """Of whoever counts: what was computed, and whether something runs."""
    by_state = dict(
        visible_studies(actor, Study.objects.all()).order_by().values_list("state").annotate(n=Count("pk"))
    )
    return [
        Matter("正在计算", by_state.get(State.RUNNING, 0), "一次算一项", "web:studies"),
        Matter(
            "已完成的测算", by_state.get(State.DONE, 0), "可打开报告", "web:studies", False, "?state=done"
        ),
    ]


def _system() -> list[Matter]:
    now = today()
    active = Account.objects.filter(is_active=True)
    without = active.filter(
        Exists(Assignment.objects.at(now, now).filter(account=OuterRef("pk")))
        & ~Exists(SecondFactor.objects.filter(user=OuterRef("pk"), confirmed=True))
    ).count()
    return [
        Matter("启用账号", active.count(), "工作人员与参保人", "web:staff"),
        Matter("未绑定验证器", without, "有岗位而没有第二因素", urgent=without > 0),
        Matter("医药机构", Provider.objects.count(), "已登记", "web:providers"),
        Matter("目录版本", Edition.objects.count(), "已导入", "web:editions"),
        Matter("政策包", Activation.objects.count(), "启用过的次数", "web:policy"),
        *_providers(),
    ]


def _watched() -> list[Matter]:
    """Of the trail, today: how much there is, and what an auditor looks at first."""
    midnight = dt.datetime.combine(today(), dt.time(), timezone.get_current_timezone())
    groups = {name: Count("pk", filter=Q(act__in=acts)) for name, acts in trail_words.GROUPS.items()}
    of = Entry.objects.filter(at__gte=midnight).aggregate(whole=Count("pk"), **groups)
    day = f"?day={today()}"
    return [
        Matter("今日记录", of["whole"], "条", "web:trail", False, day),
        Matter(
            "登录失败",
            of["failed"],
            "今天，密码、验证码不对",
            "web:trail",
            of["failed"] > 0,
            f"{day}&act=failed",
        ),
        Matter("被拒绝的访问", of["refused"], "今天，页面和接口", "web:trail", False, f"{day}&act=refused"),
        Matter(
            "导出和下载", of["taken"], "今天，文件和其中的人各一条", "web:trail", False, f"{day}&act=taken"
        ),
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


def categories(actor: Actor) -> list[tuple[str, int]]:
    """How many people of each category of assistance the actor sees, by grants of their own or of their household; the most first.

    Somebody of two categories is counted in both. Empty for those who see nobody, and for providers.
    """
    role = ROLES.get(actor.role)
    if role is None or not role.sees_people or actor.provider_code:
        return []
    now = today()
    granted = Grant.objects.at(now, now)
    member = Member.objects.at(now, now).filter(person=OuterRef("pk"))
    found = visible_people(actor, Person.objects.all()).aggregate(
        **{
            code: Count(
                "pk",
                distinct=True,
                filter=Exists(granted.filter(category=code, person=OuterRef("pk")))
                | Exists(
                    member.filter(Exists(granted.filter(category=code, household=OuterRef("household"))))
                ),
            )
            for code in CATEGORY
        }
    )
    counted = [(CATEGORY[code][0], n) for code, n in found.items() if n]
    return sorted(counted, key=lambda pair: -pair[1])


def _settlements(actor: Actor) -> QuerySet[Settlement]:
    """The entries that the actor may count: a provider's own, else those of its area's people, the year's ends among them."""
    found = Settlement.objects.filter(realm=actor.realm)
    if actor.provider_code:
        return found.filter(visit__in=visible_visits(actor, Visit.objects.all()))
    return found.filter(year__person__in=counted_people(actor, Person.objects.all()))
