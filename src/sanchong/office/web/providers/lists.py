"""The lists of hospitals and pharmacies, and of who works there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from sanchong.dates import today
from sanchong.office.actor import Actor
from sanchong.office.people.models import Area
from sanchong.office.providers.models import Agreement, Post, Provider, Role, Standing, Suspension
from sanchong.office.providers.queries import Profile, profiles
from sanchong.office.visibility import visible_posts
from sanchong.office.web.lists import Column, Empty, Filter, Listed, Tag
from sanchong.office.web.providers import words

STATES: Final = (
    ("designated", "定点"),
    ("one_stop", "一站式结算"),
    ("none", "未定点"),
    ("suspended", "暂停结算"),
    ("ending", "定点 30 日内到期"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A provider as the list shows it."""

    provider: Provider
    profile: Profile
    area: str

    @property
    def standing(self) -> Standing | None:
        """What it is today."""
        return self.profile.standings[0] if self.profile.standings else None


def _rows(actor: Actor) -> QuerySet[Provider]:
    held = Standing.objects.at(today(), today()).filter(provider=OuterRef("pk"))
    return Provider.objects.annotate(
        level_today=Subquery(held.values("level")[:1]), region_today=Subquery(held.values("region")[:1])
    )


def _complete(rows: Sequence[Provider]) -> list[Line]:
    found = profiles(rows, today(), today())
    areas = words.area_names({p.standings[0].region for p in found if p.standings})
    return [Line(p.provider, p, areas[p.standings[0].region] if p.standings else "") for p in found]


def _tag(state: str) -> Tag:
    return Tag(state, "bad" if state == words.SUSPENDED else "off" if state == words.NOT_DESIGNATED else "")


def _holds(model: Any, **what: Any) -> Exists:
    return Exists(model.objects.at(today(), today()).filter(provider=OuterRef("pk"), **what))


def _named(found: QuerySet[Any], text: str) -> QuerySet[Any]:
    return found.filter(Q(name__icontains=text) | Q(code__istartswith=text))


def _in_state(found: QuerySet[Any], state: str) -> QuerySet[Any]:
    designated = _holds(Agreement, kind="designated")
    if state == "none":
        return found.filter(~designated)
    if state == "suspended":
        return found.filter(_holds(Suspension))
    if state == "ending":
        return found.filter(_holds(Agreement, kind="designated", end__lte=today() + words.SOON))
    return found.filter(_holds(Agreement, kind=state))


def _areas() -> list[tuple[str, str]]:
    """The counties and cities in which a provider stands today."""
    here = Standing.objects.at(today(), today()).values("region")
    return [(area.code, area.name) for area in Area.objects.filter(code__in=here).order_by("code")]


PROVIDERS: Final = Listed(
    name="providers",
    title="医药机构",
    rows=_rows,
    complete=_complete,
    columns=(
        Column(
            "name",
            "名称",
            lambda line: line.provider.name,
            by=("name",),
            link=lambda line: reverse("web:provider", args=[line.provider.code]),
        ),
        Column("code", "机构编码", lambda line: line.provider.code, "code", by=("code",)),
        Column("kind", "类型", lambda line: line.provider.get_kind_display(), by=("kind",)),
        Column("area", "所在地", lambda line: line.area, by=("region_today",)),
        Column(
            "level",
            "等级",
            lambda line: line.standing and words.LEVELS[str(line.standing.level)],
            by=("level_today",),
        ),
        Column(
            "fee_class",
            "收费类别",
            lambda line: line.standing and words.FEE_CLASSES[str(line.standing.fee_class)],
        ),
        Column("state", "今日状态", lambda line: [*map(_tag, words.states(line.profile))], "tags"),
        Column(
            "roles",
            "承担服务",
            lambda line: [Tag(words.ROLES[row.kind]) for row in line.profile.roles],
            "tags",
        ),
    ),
    filters=(
        Filter("q", "名称或编码", _named, hint="名称中的字，或编码开头"),
        Filter("kind", "类型", lambda f, kind: f.filter(kind=kind), choices=lambda: [*words.KINDS.items()]),
        Filter("area", "所在地", lambda f, code: f.filter(_holds(Standing, region=code)), choices=_areas),
        Filter(
            "level",
            "等级",
            lambda f, level: f.filter(_holds(Standing, level=int(level))),
            choices=lambda: [*words.LEVELS.items()],
        ),
        Filter("state", "今日状态", _in_state, choices=lambda: STATES),
        Filter(
            "role",
            "承担服务",
            lambda f, role: f.filter(_holds(Role, kind=role)),
            choices=lambda: [*words.ROLES.items()],
        ),
    ),
    order="code",
    empty=Empty(
        "还没有登记医药机构",
        "由市级经办用表格批量导入，或逐家登记；登记后即可录入就诊。",
        "批量导入",
        "web:imports",
    ),
    unit="家",
)


def _posts(actor: Actor) -> QuerySet[Post]:
    held = visible_posts(actor, Post.objects.at(today(), today()))
    return held.select_related("practitioner", "provider")


PRACTITIONERS: Final = Listed(
    name="practitioners",
    title="医保医师与药师",
    rows=_posts,
    columns=(
        Column("name", "姓名", lambda post: post.practitioner.name, by=("practitioner__name",)),
        Column("code", "人员代码", lambda post: post.practitioner.code, "code", by=("practitioner__code",)),
        Column(
            "provider",
            "执业机构",
            lambda post: post.provider.name,
            by=("provider__code",),
            link=lambda post: reverse("web:provider", args=[post.provider.code]),
        ),
        Column("role", "角色", lambda post: words.POST_ROLES[post.role], by=("role",)),
        Column("status", "状态", lambda post: words.POST_STATES[post.status], by=("status",)),
        Column("start", "起始", lambda post: post.start, "day", by=("start",)),
        Column("end", "终止", lambda post: post.end, "day", by=("end",)),
        Column("source", "依据", lambda post: post.source),
    ),
    filters=(
        Filter("name", "姓名", lambda f, name: f.filter(practitioner__name__contains=name), personal=True),
        Filter("provider", "机构编码", lambda f, code: f.filter(provider__code__istartswith=code)),
        Filter(
            "role", "角色", lambda f, role: f.filter(role=role), choices=lambda: [*words.POST_ROLES.items()]
        ),
        Filter(
            "status",
            "状态",
            lambda f, state: f.filter(status=state),
            choices=lambda: [*words.POST_STATES.items()],
        ),
    ),
    order="code",
    empty=Empty(
        "没有可以查看的医师和药师",
        "在医药机构的页面上登记执业人员；医院只能看到本院的。",
        "医药机构",
        "web:providers",
    ),
    unit="人次",
)
