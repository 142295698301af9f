"""What every page shows: who acts, where one may go, whether this is a demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from sanchong.office.accounts.demonstration import demonstration_exists
from sanchong.office.visibility import may_audit, may_study
from sanchong.office.web.matters import sees_manual_cases, sees_recognitions
from sanchong.office.web.recipients import sees_recipients

LARGE = "large"
OF_CITIZENS: Final = {
    "rights": ("待遇与限额", "web:mine"),
    "statements": ("结算单", "web:my_statements"),
    "correct": ("更正申请", "web:my_corrections"),
}
"""A citizen's pages, by the matter that an agent must be authorised for."""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the navigation."""

    title: str
    path: str
    here: bool
    group: str = ""


def office(request: HttpRequest) -> dict[str, Any]:
    """The facts of the page around the page."""
    return {
        "capacity": getattr(request, "capacity", None),
        "capacities": getattr(request, "capacities", []),
        "links": _links(request),
        "large": request.COOKIES.get(settings.DISPLAY_COOKIE_NAME) == LARGE,
        "demonstration": demonstration_exists(),
    }


def environment(request: HttpRequest) -> list[str] | None:
    """What the back office says of a demonstration, in unfold's form: words and colour."""
    return ["演示环境：只在本机开放", "warning"] if demonstration_exists() else None


def _links(request: HttpRequest) -> list[Link]:
    capacity = getattr(request, "capacity", None)
    path = request.path
    links = []

    def link(title: str, name: str, group: str = "") -> None:
        to = reverse(name) if ":" in name else name
        links.append(
            Link(title, to, path == to or (to not in ("/", "/mine/") and path.startswith(to)), group)
        )

    if capacity is not None:
        if capacity.role is None:
            for matter, (title, name) in OF_CITIZENS.items():
                if matter in capacity.matters:
                    link(title, name)
        else:
            link("工作台", "web:home")
            if capacity.role.sees_people:
                link("参保人", "web:people")
            if capacity.role.sees_visits:
                link("就诊结算", "web:visits")
            if capacity.role.serves:
                link("追回与退付", "web:dues")
                link("更正申请", "web:corrections")
            if sees_recipients(capacity.actor):
                link("救助对象", "web:recipients")
            if sees_recognitions(capacity.actor):
                link("病种认定", "web:recognitions")
            if sees_manual_cases(capacity.actor):
                link("人工事项", "web:manual_cases")
            link("医药机构", "web:providers", "基础数据")
            link("医保目录", "web:editions", "基础数据")
            if capacity.role.serves or capacity.role.keeps:
                link("批量导入", "web:imports", "基础数据")
    link("条款与参数", "web:policy", "政策")
    link("我能报多少", "web:calculate", "政策")
    if capacity is not None and may_study(capacity.actor):
        link("测算与仿真", "web:studies", "政策")
    if capacity is not None and capacity.actor.role == "administrator":
        link("账号与岗位", "web:staff", "系统")
        link("数据总览", "admin:index", "系统")
    if capacity is not None and may_audit(capacity.actor):
        link("审计记录", "web:trail", "系统")
    return links
