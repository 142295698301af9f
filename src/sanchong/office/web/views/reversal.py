"""A settlement reversed from a page: its consequences first, then the reason, then whoever does it proves who they are."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from sanchong.office.claims import services
from sanchong.office.powers import powers_of
from sanchong.office.web import reversal
from sanchong.office.web.capacity import actor_of
from sanchong.office.web.sessions import proved_lately
from sanchong.office.web.views.errors import NOT_YOURS, NOWHERE, refused, trouble
from sanchong.settlement.refusal import Refusal

REASONS: Final = "reversal_reasons"
"""The session's key: reasons that were typed before their holder was asked for proof, by settlement."""
LONGEST: Final = 200


@require_http_methods(["GET", "POST"])
def reverse(request: HttpRequest, number: str) -> HttpResponse:
    """All that reversing a settlement would change; posted, it is done. A physician does not, as at the desk."""
    actor = actor_of(request)
    if actor.provider_code and "reverse" not in powers_of(actor):
        return trouble(request, NOT_YOURS, 403)
    if request.method == "POST":
        reason = " ".join(request.POST.get("reason", "").split())[:LONGEST]
        if not reason:
            return _page(request, number, {"wrong": "请写明撤销的原因。"}, 400)
        request.session[REASONS] = {number: reason}
        return _do(request, number)
    return _page(request, number, {})


@require_GET
def reversed_(request: HttpRequest, number: str) -> HttpResponse:
    """What a reversal has changed."""
    try:
        done = reversal.after(actor_of(request), number)
    except Refusal as refusal:
        return (
            trouble(request, NOWHERE, 404) if refusal.code == "no_settlement" else refused(request, refusal)
        )
    return render(request, "web/reversed.html", {"of": done, "person": done.person})


@proved_lately
def _do(request: HttpRequest, number: str) -> HttpResponse:
    given = request.POST
    try:
        done = services.reverse(
            given.get("visit", ""),
            given.get("key", ""),
            actor_of(request),
            request.session[REASONS][number],
            given.get("digest", ""),
        )
    except Refusal as refusal:
        return _page(request, number, {"wrong": refusal.messages["zh"]}, 409)
    request.session.pop(REASONS, None)
    return redirect("web:reversed", number=done["settlement"])


def _page(request: HttpRequest, number: str, facts: dict[str, Any], status: int = 200) -> HttpResponse:
    try:
        of = reversal.before(actor_of(request), number)
    except Refusal as refusal:
        if refusal.code in ("no_settlement", "no_visit"):
            return trouble(request, NOWHERE, 404)
        return refused(request, refusal, 409 if refusal.code != "agency_only" else 403)
    facts |= {
        "of": of,
        "person": of.person,
        "reason": request.session.get(REASONS, {}).get(number, ""),
        "key": uuid.uuid4().hex,
    }
    return render(request, "web/reversal.html", facts, status=status)
