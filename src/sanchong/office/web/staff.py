"""The list of the accounts of people who work, for an administrator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.urls import reverse

from sanchong.office.accounts import queries
from sanchong.office.accounts.queries import STATES, Row
from sanchong.office.accounts.roles import ROLES
from sanchong.office.actor import Actor
from sanchong.office.web.lists import Column, Empty, Filter, Listed, Tag

TONES: Final[Mapping[str, Any]] = {
    STATES["active"]: "aid", STATES["locked"]: "bad", STATES["without"]: "bad", STATES["idle"]: "off", STATES["closed"]: "off",
}  # fmt: skip


def accounts_for(actor: Actor) -> Listed:
    """The list as ``actor`` may read it."""
    return Listed(
        name="accounts",
        title="账号与岗位",
        rows=queries.staff_accounts,
        complete=lambda found: queries.rows(actor, found),
        columns=(
            Column(
                "username",
                "账号",
                lambda row: row.account.username,
                by=("username",),
                link=lambda row: reverse("web:staff_account", args=[row.account.pk]),
            ),
            Column("name", "姓名", lambda row: row.account.name, by=("name", "username")),
            Column("posts", "岗位", _posts),
            Column("state", "状态", lambda row: [Tag(row.state, TONES.get(row.state, ""))], "tags"),
            Column(
                "last_login",
                "最近登录",
                lambda row: row.account.last_login,
                "moment",
                by=("last_login", "username"),
            ),
        ),
        filters=(
            Filter("q", "账号或姓名", queries.named, hint="其中的字", most=60),
            Filter(
                "role",
                "角色",
                queries.holding,
                choices=lambda: [(role.code, f"{role.group} · {role.zh}") for role in ROLES.values()],
            ),
            Filter("state", "状态", queries.in_state, choices=lambda: [*STATES.items()]),
        ),
        order="username",
        empty=Empty("还没有工作人员账号", "开立账号，再给它设置岗位。", "开立账号", "web:staff_new"),
        unit="个",
    )


def _posts(row: Row) -> str:
    return "；".join(f"{post.unit} · {ROLES[post.role].zh}" for post in row.posts)
