"""Signing in: name and password, then the second factor of those who work; signing out; a citizen's first time."""

from __future__ import annotations

import logging
import time
from typing import Any, Final

import django_otp
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from sanchong.office.accounts import demonstration, knocking, second_factor
from sanchong.office.accounts.acting import nobody, posts_of
from sanchong.office.accounts.backend import sign_in_name
from sanchong.office.accounts.models import Account
from sanchong.office.accounts.services import ledger
from sanchong.office.actor import Actor
from sanchong.office.citizens import services as citizens
from sanchong.office.trail.services import record
from sanchong.office.web import sessions
from sanchong.office.web.capacity import actor_of, address_of
from sanchong.settlement.refusal import Refusal

log = logging.getLogger(__name__)

BACKEND: Final = "sanchong.office.accounts.backend.PasswordBackend"
PENDING: Final = "pending"
"""The session's key for an account whose password was right and whose second factor is asked for."""
PENDING_FOR: Final = 5 * 60
MOST_CODES: Final = 5

WRONG: Final = "账号或密码不对。请核对大小写；连续 5 次不对将锁定 15 分钟。"
WRONG_CODE: Final = "验证码不对，或刚刚用过。请等验证器显示下一个再输入。"
LOCKED: Final = (
    "密码连续输错 5 次，此账号已锁定 15 分钟。请稍后再试；忘记密码请联系系统管理员或经办窗口重置。"
)
TOO_MANY: Final = "此处网络登录失败过多，15 分钟内暂停登录和开通。请稍后再试，或到经办窗口办理。"
ENDED: Final = "因 30 分钟没有操作，或登录已满 10 小时，系统已自动退出。请重新登录。"


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The first step: who, and the password."""
    if request.user.is_authenticated:
        return redirect("web:home")
    facts: dict[str, Any] = {"next": _next(request), "ended": request.session.pop("ended", False) and ENDED}
    if request.method == "POST":
        name = request.POST.get("username", "")
        if _closed(request):
            return _first_step(request, facts | {"username": name, "wrong": TOO_MANY}, 429)
        account = authenticate(request, username=name, password=request.POST.get("password", ""))
        if isinstance(account, Account):
            return _proved(request, account)
        _refused(request, name)
        facts |= {"username": name, "wrong": WRONG}
    return _first_step(request, facts, 401 if "wrong" in facts else 200)


@login_not_required
@require_http_methods(["GET", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """The second step: the code of this moment."""
    account = _pending(request)
    if account is None:
        return redirect("web:sign_in")
    wrong = ""
    if request.method == "POST":
        device = second_factor.opens(account, request.POST.get("code", "").strip())
        if device is not None:
            return _enter(request, account, device)
        pending = request.session[PENDING]
        pending["codes"] += 1
        request.session.modified = True
        record(nobody(account, address_of(request)), "account.wrong_code", "account", str(account.pk))
        if pending["codes"] >= MOST_CODES:
            del request.session[PENDING]
            return _first_step(request, {"wrong": "验证码连续不对，请重新输入密码。"}, 401)
        wrong = WRONG_CODE
    device = second_factor.confirmed(account)
    code = device.code_now() if account.demonstration and device is not None else ""
    return render(request, "web/second.html", {"wrong": wrong, "code": code}, status=401 if wrong else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """The session ends."""
    record(actor_of(request), "account.sign_out", "account", str(request.user.pk))
    logout(request)
    response = redirect("web:sign_in")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@login_not_required
@sensitive_post_parameters("password", "code", "identity_number")
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """A citizen opens an account with the code that the office printed."""
    facts: dict[str, Any] = {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").strip() for name in ("code", "identity_number", "phone")}
        if _closed(request):
            return render(request, "web/activate.html", {"wrong": TOO_MANY}, status=429)
        try:
            account = citizens.activate(
                **typed, password=request.POST.get("password", ""), address=address_of(request)
            )
        except Refusal as refusal:
            facts = {"wrong": refusal.messages["zh"], "phone": typed["phone"]}
            if refusal.code == "code_unknown":
                _failed(request, "citizen.activate_failed")
        else:
            return _enter(request, account)
    return render(request, "web/activate.html", facts, status=400 if facts else 200)


def locked_out(request: HttpRequest, *_: Any) -> HttpResponse:
    """After five wrong passwords: nobody signs in under this name for a quarter of an hour."""
    return _first_step(request, {"username": request.POST.get("username", ""), "wrong": LOCKED}, 429)


def _refused(request: HttpRequest, name: str) -> None:
    """A wrong password, or a name that is locked or nobody's. What was typed as a name may be a password: it is not kept."""
    account = Account.objects.filter(username=sign_in_name(name)).first()
    locked = bool(getattr(request, "axes_locked_out", False))
    _failed(request, "account.refused", str(account.pk) if account else "", locked=locked)


def _failed(request: HttpRequest, act: str, account: str = "", **details: bool) -> None:
    """Count a failed attempt, and tell the trail. Nobody acts: only the address is known."""
    address = address_of(request)
    knocking.failed(address)
    record(Actor(ledger().pk, address=address), act, "account", account, **details)


def _closed(request: HttpRequest) -> bool:
    """Whether too many attempts failed from where this one comes."""
    closed = knocking.closed(address_of(request))
    if closed:
        log.warning("signing in is closed for the quarter of an hour to %s", address_of(request))
    return closed


def _first_step(request: HttpRequest, facts: dict[str, Any], status: int = 200) -> HttpResponse:
    accounts = demonstration.shown()
    shown = {"accounts": accounts, "known_password": demonstration.PASSWORD} if accounts else {}
    return render(request, "web/sign_in.html", facts | shown, status=status)


def _proved(request: HttpRequest, account: Account) -> HttpResponse:
    """The password was right: in, or on to the second factor."""
    if second_factor.confirmed(account) is None:
        return _enter(request, account)
    request.session.cycle_key()
    request.session[PENDING] = {
        "account": account.pk,
        "at": int(time.time()),
        "codes": 0,
        "next": _next(request),
    }
    return redirect("web:second")


def _pending(request: HttpRequest) -> Account | None:
    pending = request.session.get(PENDING)
    if pending is None or int(time.time()) - pending["at"] > PENDING_FOR:
        return None
    return Account.objects.filter(pk=pending["account"], is_active=True).first()


def _enter(request: HttpRequest, account: Account, device: Any = None) -> HttpResponse:
    """The session is the account's from now on. A post without a second factor leads to one (the middleware sees to it)."""
    to = request.session.get(PENDING, {}).get("next") or _next(request)
    login(request, account, backend=BACKEND)
    request.session.pop(PENDING, None)
    if device is not None:
        django_otp.login(request, device)
    sessions.begin(request)
    posts = [post.pk for post in posts_of(account)]
    record(nobody(account, address_of(request)), "account.sign_in", "account", str(account.pk), posts=posts)
    return redirect(to or "web:home")


def _next(request: HttpRequest) -> str:
    """Where the visitor wanted to go, if it is a page of ours."""
    to = request.POST.get("next") or request.GET.get("next") or ""
    return to if url_has_allowed_host_and_scheme(to, None) and to.startswith("/") else ""
