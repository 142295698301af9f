"""Accounts of people who work, for an administrator: opened, given posts, reset, closed. A first password is shown once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanchong.dates import today
from sanchong.office.accounts import queries, staff
from sanchong.office.accounts.models import Account, Assignment
from sanchong.office.accounts.roles import ROLES
from sanchong.office.people.models import Area
from sanchong.office.providers.models import Provider
from sanchong.office.web import asked
from sanchong.office.web.capacity import actor_of
from sanchong.office.web.lists import answer
from sanchong.office.web.sessions import View, proved_lately
from sanchong.office.web.staff import accounts_for
from sanchong.office.web.views.errors import NOT_YOURS, refused, trouble
from sanchong.settlement.refusal import Refusal

MOST_OFFERED: Final = 200
"""Codes offered while one types."""
NAMES: Final = {
    "username": "账号",
    "name": "姓名",
    "role": "角色",
    "unit": "单位",
    "area": "辖区",
    "provider_code": "医药机构编码",
    "start": "起始日期",
    "end": "终止日期",
    "reason": "原因",
    "source": "依据",
}


def administrators_only(view: View) -> View:
    """A page for administrators; everybody else is told so."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if actor_of(request).role != "administrator":
            return trouble(request, NOT_YOURS, 403)
        return view(request, *args, **kwargs)

    return guarded


@administrators_only
@require_http_methods(["GET", "POST"])
def accounts(request: HttpRequest) -> HttpResponse:
    """The list: searched, narrowed, sorted, in pages."""
    actor = actor_of(request)
    return answer(request, accounts_for(actor), actor, "web/staff/accounts.html")


@administrators_only
@proved_lately
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Another account; its first password on paper."""
    facts: dict[str, Any] = {"typed": request.POST}
    if request.method == "POST":
        try:
            opened = staff.open_account(
                actor_of(request), asked.text(request, "username"), asked.text(request, "name")
            )
        except Refusal as refusal:
            facts["wrong"] = asked.said(refusal, NAMES)
        else:
            return _slip(request, opened.account, opened.password, "opened")
    return render(request, "web/staff/new.html", facts, status=400 if "wrong" in facts else 200)


@administrators_only
@require_GET
def account(request: HttpRequest, key: int) -> HttpResponse:
    """One account: its posts, and what can be done with it."""
    return _page(request, key)


@administrators_only
@proved_lately
@require_POST
def assign(request: HttpRequest, key: int) -> HttpResponse:
    """A post for the account."""

    def act(of: Account) -> None:
        staff.assign(
            actor_of(request),
            of,
            asked.text(request, "role"),
            asked.text(request, "unit"),
            asked.period(request, asked.text(request, "source")),
            area=asked.text(request, "area"),
            provider_code=_provider(asked.text(request, "provider_code")),
        )

    return _done(request, key, "assign", act, "岗位已设置，下次打开页面即生效。")


@administrators_only
@proved_lately
@require_POST
def dismiss(request: HttpRequest, key: int, post: int) -> HttpResponse:
    """A post of the account ends now."""

    def act(of: Account) -> None:
        found = Assignment.objects.current().filter(pk=post, account=of).first()
        if found is None:
            raise Refusal("not_found", "post", "没有这个岗位，或已结束", "no such post stands")
        staff.dismiss(actor_of(request), found, asked.text(request, "reason"))

    return _done(request, key, "dismiss", act, "岗位已结束，即时生效。", post)


@administrators_only
@proved_lately
@require_POST
def reset_password(request: HttpRequest, key: int) -> HttpResponse:
    """Another first password, on paper."""
    actor = actor_of(request)
    try:
        of = queries.staff_account(actor, key).row.account
        password = staff.reset_password(actor, of)
    except Refusal as refusal:
        return refused(request, refusal)
    return _slip(request, of, password, "reset")


@administrators_only
@proved_lately
@require_POST
def change(request: HttpRequest, key: int, what: str) -> HttpResponse:
    """The second factor taken away, a lock released, the account closed: whichever the address says."""
    command, said = CHANGES[what]

    def act(of: Account) -> None:
        if what == "close" and of.pk == request.user.pk:
            raise Refusal(
                "own_account", "account", "不能停用自己正在使用的账号", "nobody closes their own account"
            )
        command(actor_of(request), of)

    return _done(request, key, what, act, said)


CHANGES: Final = {
    "second-factor": (staff.reset_second_factor, "验证器已解除，下次登录时重新绑定。"),
    "lock": (staff.release_lock, "锁定已解除，现在可以登录。"),
    "close": (staff.close_account, "账号已停用，已登录的设备随即退出。"),
}


def _done(
    request: HttpRequest, key: int, form: str, act: Callable[[Account], None], said: str, row: int = 0
) -> HttpResponse:
    """Act and go back to the account; a refusal is shown at the form that it came from."""
    try:
        of = queries.staff_account(actor_of(request), key).row.account
    except Refusal as refusal:
        return refused(request, refusal)
    try:
        act(of)
    except Refusal as refusal:
        return _page(request, key, {"form": form, "row": row, "wrong": asked.said(refusal, NAMES)})
    messages.success(request, said)
    return redirect("web:staff_account", key=key)


def _page(request: HttpRequest, key: int, wrong: dict[str, Any] | None = None) -> HttpResponse:
    try:
        card = queries.staff_account(actor_of(request), key)
    except Refusal as refusal:
        return refused(request, refusal)
    codes = {post.assignment.area for post in card.posts} | {
        post.assignment.provider_code for post in card.posts
    }
    facts = {
        "card": card,
        "at": card.row.account,
        "roles": ROLES,
        "groups": _roles(),
        "areas": Area.objects.exclude(level="village").order_by("code")[:MOST_OFFERED],
        "providers": Provider.objects.order_by("code")[:MOST_OFFERED],
        "places": dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
        | dict(Provider.objects.filter(code__in=codes).values_list("code", "name")),
        "day": today(),
        "typed": request.POST,
        **(wrong or {}),
    }
    return render(request, "web/staff/account.html", facts, status=400 if wrong else 200)


def _slip(request: HttpRequest, of: Account, password: str, kind: str) -> HttpResponse:
    to = request.build_absolute_uri(reverse("web:sign_in"))
    facts = {"at": of, "password": password, "kind": kind, "to": to, "day": today()}
    return render(request, "web/staff/slip.html", facts)


def _provider(code: str) -> str:
    """The code, if a provider has it: a post at none would see nobody."""
    if code and not Provider.objects.filter(code=code).exists():
        raise Refusal(
            "not_found", "provider_code", "没有这个编码的医药机构；请核对", "no provider has this code"
        )
    return code


def _roles() -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for role in ROLES.values():
        groups.setdefault(role.group, []).append(role)
    return groups
