"""One's own account: second factor, password, proving who one is once more, the capacity, large type."""

from __future__ import annotations

import io
from typing import Any, Final

import django_otp
import segno
from django.conf import settings
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanchong.office.accounts import second_factor
from sanchong.office.accounts.models import Account
from sanchong.office.accounts.passwords import MixedValidator, set_password
from sanchong.office.trail.services import record
from sanchong.office.web import sessions
from sanchong.office.web.capacity import CHOSEN, actor_of
from sanchong.office.web.context import LARGE
from sanchong.office.web.views.errors import refused
from sanchong.settlement.refusal import Refusal

A_YEAR: Final = 365 * 24 * 60 * 60
FAILED, MOST_FAILED = "prove_failed", 5
"""So many wrong proofs end the session: whoever sits there is not its holder."""
ENDED: Final = "sessions_ended"
"""The session's key: what the page of sessions says once."""


@require_http_methods(["GET", "POST"])
@sessions.proved_lately
def set_up(request: HttpRequest) -> HttpResponse:
    """Set up the second factor: a picture for the authenticator, and a first code as proof."""
    account = _account(request)
    try:
        device = second_factor.offered(account)
    except Refusal as refusal:
        return refused(request, refusal)
    wrong = ""
    if request.method == "POST":
        confirmed = second_factor.confirm(actor_of(request), account, request.POST.get("code", "").strip())
        if confirmed is not None:
            django_otp.login(request, confirmed)
            return redirect("web:home")
        wrong = "验证码不对。请确认手机时间准确，等验证器显示下一个再输入。"
    secret = device.secret()
    groups = [secret[i : i + 4] for i in range(0, len(secret), 4)]
    return render(
        request, "web/set_up.html", {"wrong": wrong, "groups": groups}, status=400 if wrong else 200
    )


@require_GET
@sessions.proved_lately
def picture(request: HttpRequest) -> HttpResponse:
    """The picture that an authenticator reads, only while the second factor is being set up."""
    try:
        device = second_factor.offered(_account(request))
    except Refusal as refusal:
        return refused(request, refusal)
    out = io.BytesIO()
    segno.make(device.address(), error="m").save(
        out, kind="svg", scale=5, border=4, svgclass=None, lineclass=None
    )
    return HttpResponse(out.getvalue(), content_type="image/svg+xml; charset=utf-8")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@sessions.proved_lately
def password(request: HttpRequest) -> HttpResponse:
    """Another password, chosen by the one who uses it."""
    account = _account(request)
    facts: dict[str, Any] = {"rules": MixedValidator().get_help_text(), "due": account.must_change}
    if request.method == "POST":
        wrong = _change(request, account)
        if not wrong:
            return redirect("web:home")
        facts["wrong"] = wrong
    return render(request, "web/password.html", facts, status=400 if "wrong" in facts else 200)


def _change(request: HttpRequest, account: Account) -> str:
    """Change the password as the form says; what is wrong with it, or ""."""
    if not account.check_password(request.POST.get("old", "")):
        return "原密码不对。"
    new = request.POST.get("new", "")
    if new != request.POST.get("again", ""):
        return "两次输入的新密码不一致。"
    if account.check_password(new):
        return "新密码不能与原密码相同。"
    try:
        set_password(account, new)
    except Refusal as refusal:
        return refusal.messages["zh"]
    account.save(update_fields=["password", "password_set_on", "must_change"])
    record(actor_of(request), "account.password", "account", str(account.pk))
    update_session_auth_hash(request, account)
    return ""


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """Password and second factor once more, before money moves back."""
    account = _account(request)
    back = _back(request, request.POST.get("next") or request.GET.get("next") or "")
    device = second_factor.confirmed(account)
    wrong = ""
    if request.method == "POST":
        right = account.check_password(request.POST.get("password", ""))
        if right and (device is None or second_factor.opens(account, request.POST.get("code", "").strip())):
            sessions.prove(request)
            request.session.pop(FAILED, None)
            record(actor_of(request), "account.prove", "account", str(account.pk))
            return redirect(back)
        record(actor_of(request), "account.prove_failed", "account", str(account.pk))
        request.session[FAILED] = request.session.get(FAILED, 0) + 1
        if request.session[FAILED] >= MOST_FAILED:
            logout(request)
            return redirect("web:sign_in")
        wrong = "密码或验证码不对。验证码只能用一次，请等下一个。"
    code = device.code_now() if device is not None and account.demonstration else ""
    facts = {"wrong": wrong, "next": back, "needs_code": device is not None, "code": code}
    return render(request, "web/prove.html", facts, status=401 if wrong else 200)


@require_http_methods(["GET", "POST"])
def sessions_page(request: HttpRequest) -> HttpResponse:
    """Where the account is signed in; posted, one of these sessions or all others end."""
    if request.method == "POST":
        return _end_sessions(request)
    done = request.session.pop(ENDED, "")
    return render(request, "web/sessions.html", {"sessions": sessions.open_sessions(request), "done": done})


@sessions.proved_lately
def _end_sessions(request: HttpRequest) -> HttpResponse:
    one = request.POST.get("session")
    ended = sessions.end_others(request) if one is None else sessions.end_one(request, one)
    request.session[ENDED] = f"已退出 {ended} 处登录。" if ended else "那一处已经退出了。"
    return redirect("web:sessions")


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Act in another of one's posts, as oneself, or for somebody."""
    key = request.POST.get("capacity", "")
    found = next((c for c in request.capacities if c.key == key), None)  # type: ignore[attr-defined]
    if found is not None:
        request.session[CHOSEN] = key
        record(found.actor, "account.capacity", "account", str(request.user.pk), capacity=key)
    return redirect("web:home")


@login_not_required
@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Large type on this device, or no longer."""
    response = redirect(_back(request, request.POST.get("next", "")))
    large = request.COOKIES.get(settings.DISPLAY_COOKIE_NAME) != LARGE
    response.set_cookie(
        settings.DISPLAY_COOKIE_NAME,
        LARGE if large else "",
        A_YEAR if large else 0,
        samesite="Lax",
        secure=settings.IN_EARNEST,
        httponly=True,
    )
    return response


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return Account.objects.get(pk=request.user.pk)


def _back(request: HttpRequest, to: str) -> str:
    """A page of ours to go to; else home."""
    return to if url_has_allowed_host_and_scheme(to, request.get_host(), request.is_secure()) else "/"


@require_GET
def stay(request: HttpRequest) -> HttpResponse:
    """Nothing: asking is what keeps the session, for whoever was warned that it is about to end."""
    return HttpResponse(status=204)
