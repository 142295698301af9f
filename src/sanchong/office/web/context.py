"""What every page shows: who acts, where one may go, whether this is a demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from sanchong.office.accounts.demonstration import demonstration_exists

LARGE = "large"


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
        "large": request.COOKIES.get("type") == LARGE,
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
        links.append(Link(title, to, path == to or (to != "/" and path.startswith(to)), group))

    if capacity is not None:
        if capacity.role is None:
            link("待遇与限额", "web:mine")
        else:
            link("工作台", "web:home")
            if capacity.role.sees_people:
                link("参保人", "web:people")
    link("条款与参数", "web:policy", "政策")
    if capacity is not None and capacity.actor.role == "administrator":
        link("基础数据", "admin:index", "系统")
    return links
