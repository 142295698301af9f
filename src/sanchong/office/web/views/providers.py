"""Hospitals and pharmacies: their list, one of them with its history, and the changes of what is dated there."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from sanchong.office.accounts.roles import ROLES
from sanchong.office.actor import Actor
from sanchong.office.imports.cells import text
from sanchong.office.providers import changes, kinds, queries, services
from sanchong.office.providers.models import Provider
from sanchong.office.web.capacity import actor_of, acts_in_post
from sanchong.office.web.forms import Field, Filled, ask, fill
from sanchong.office.web.lists import answer
from sanchong.office.web.providers import words
from sanchong.office.web.providers.forms import CHANGES, Change, known, of_row, one_of
from sanchong.office.web.providers.lists import PRACTITIONERS, PROVIDERS
from sanchong.office.web.providers.plain import plain
from sanchong.office.web.providers.shown import effect_of, page_of
from sanchong.office.web.views.errors import NOT_YOURS, NOWHERE, refused, trouble
from sanchong.settlement.refusal import Refusal

NEW = (
    Field("code", "机构编码", text(12), hint="国家医保定点医药机构代码"),
    Field("name", "名称", text(200), "long"),
    one_of("kind", "类型", words.KINDS),
)


@require_http_methods(["GET", "POST"])
def providers(request: HttpRequest) -> HttpResponse:
    """The list of hospitals and pharmacies; for everybody who has a post."""
    if not acts_in_post(request):
        return trouble(request, NOT_YOURS, 403)
    actor = actor_of(request)
    return answer(request, PROVIDERS, actor, "web/providers.html", {"may_change": _keeps(actor)})


@require_http_methods(["GET", "POST"])
def practitioners(request: HttpRequest) -> HttpResponse:
    """Who works where, of whom the actor sees."""
    if not acts_in_post(request):
        return trouble(request, NOT_YOURS, 403)
    return answer(request, PRACTITIONERS, actor_of(request))


@require_GET
def provider(request: HttpRequest, code: str) -> HttpResponse:
    """A provider today, and all that was."""
    if not acts_in_post(request):
        return trouble(request, NOT_YOURS, 403)
    actor = actor_of(request)
    try:
        at = page_of(actor, code)
    except Refusal as refusal:
        return refused(request, refusal)
    done = request.session.pop("done", "")
    return render(
        request,
        "web/provider.html",
        {"at": at, "may_change": _keeps(actor), "changes": CHANGES, "done": done},
    )


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """A new hospital or pharmacy; what it is and its agreement follow on its page."""
    actor = actor_of(request)
    if not _keeps(actor):
        return trouble(request, NOT_YOURS, 403)
    facts: dict[str, Any] = {"title": "登记医药机构", "asked": ask(NEW), "back": reverse("web:providers")}
    if request.method == "POST":
        filled = fill(NEW, request.POST)
        if not filled.wrong:
            values = filled.values
            try:
                services.register(actor, values["code"], values["name"], values["kind"])
            except Refusal as refusal:
                filled = filled.pointed(refusal.where, plain(refusal))
                facts["wrong"] = plain(refusal)
            else:
                request.session["done"] = "已登记。接着请登记机构属性和协议，之后才能结算。"
                return redirect("web:provider", code=values["code"])
        facts["asked"] = filled.asked
    return render(request, "web/provider_new.html", facts)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """A change at a provider: asked, previewed, confirmed."""
    found = CHANGES.get(name)
    if found is None:
        return trouble(request, NOWHERE, 404)
    return _change(request, code, found, {})


@require_http_methods(["GET", "POST"])
def change_row(request: HttpRequest, code: str, kind: str, row: int, act: str) -> HttpResponse:
    """A row of a provider ended, corrected or withdrawn: the same three steps."""
    if kind not in kinds.KINDS:
        return trouble(request, NOWHERE, 404)
    of_kind: Any = kinds.KINDS[kind].model.objects
    held = of_kind.filter(pk=row, provider__code=code).first()
    found = of_row(act, kind, held) if held is not None else None
    if found is None:
        return trouble(request, NOWHERE, 404)
    stands = {
        "title": kinds.KINDS[kind].zh,
        "said": words.said(kind, held, words.area_names({held.region}) if hasattr(held, "region") else {}),
        "period": words.period(held),
    }
    return _change(request, code, found, known(kind, held) if act == "correct" else {}, stands)


def _change(
    request: HttpRequest, code: str, found: Change, stands: dict[str, str], row: dict[str, str] | None = None
) -> HttpResponse:
    actor = actor_of(request)
    if not _keeps(actor):
        return trouble(request, NOT_YOURS, 403)
    at = queries.find(code)
    if at is None:
        return refused(request, services.unknown_provider(code))
    facts: dict[str, Any] = {"provider": at, "change": found, "row": row, "asked": ask(found.fields, stands)}
    status = 200
    if request.method == "POST":
        filled = fill(found.fields, request.POST)
        facts["asked"], status = filled.asked, 422
        if not filled.wrong and "again" not in request.POST:
            try:
                return _previewed_or_done(request, actor, at, found, filled, facts)
            except Refusal as refusal:
                facts |= {
                    "wrong": plain(refusal),
                    "asked": filled.pointed(refusal.where, plain(refusal)).asked,
                }
    return render(request, "web/provider_change.html", facts, status=status)


def _previewed_or_done(
    request: HttpRequest, actor: Actor, at: Provider, found: Change, filled: Filled, facts: dict[str, Any]
) -> HttpResponse:
    def command(provider: Provider) -> object:
        return found.do(actor, provider, filled.values)

    digest = request.POST.get("digest", "")
    if digest:
        changes.confirm(actor, at.code, command, digest)
        request.session["done"] = f"{found.title}：已办理。"
        return redirect("web:provider", code=at.code)
    effect = effect_of(actor, at, changes.preview(actor, at.code, command))
    return render(request, "web/provider_change.html", facts | {"effect": effect})


def _keeps(actor: Actor) -> bool:
    role = ROLES.get(actor.role)
    return role is not None and role.keeps
