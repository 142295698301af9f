"""A fact known after settlement: typed, previewed, confirmed by who has just proved who they are."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from sanchong.office.claims.services import later as services
from sanchong.office.people import queries
from sanchong.office.web import later
from sanchong.office.web.capacity import Capacity, actor_of
from sanchong.office.web.sessions import proved_lately
from sanchong.office.web.views.errors import NOT_YOURS, NOWHERE, trouble
from sanchong.settlement.refusal import Refusal

TYPED: Final = "later_typed"
"""The session's key: what was typed before its holder was asked for proof, by person."""
LONGEST: Final = 400


@require_http_methods(["GET", "POST"])
def put_in(request: HttpRequest, number: str) -> HttpResponse:
    """Type a fact; previewed, it is shown with all that it changes; confirmed, it is done."""
    capacity: Capacity | None = request.capacity  # type: ignore[attr-defined]
    if capacity is None or capacity.role is None or not capacity.role.serves:
        return trouble(request, NOT_YOURS, 403)
    if request.method == "GET":
        return _page(request, number, request.session.get(TYPED, {}).get(number, {}))
    typed = {
        name: str(request.POST[name])[:LONGEST] for name in request.POST if name != "csrfmiddlewaretoken"
    }
    if typed.get("step") == "confirm":
        request.session[TYPED] = {number: typed}
        return _confirm(request, number)
    return _page(request, number, typed, preview=True)


@proved_lately
def _confirm(request: HttpRequest, number: str) -> HttpResponse:
    typed = request.session[TYPED][number]
    try:
        fact = later.fact_of(typed.get("kind", ""), number, typed)
        done = services.confirm(
            actor_of(request), typed.get("key", ""), fact, typed.get("digest", ""), typed.get("reason", "")
        )
    except Refusal as refusal:
        return _page(request, number, typed, preview=True, wrong=refusal.messages["zh"])
    request.session.pop(TYPED, None)
    years = [year["year"] for year in done["years"]]
    return redirect("web:year", number, years[0]) if years else redirect("web:person", number)


def _page(
    request: HttpRequest, number: str, typed: dict[str, str], *, preview: bool = False, wrong: str = ""
) -> HttpResponse:
    actor = actor_of(request)
    person = queries.find_by_number(actor, number)
    if person is None:
        return trouble(request, NOWHERE, 404)
    kind = request.GET.get("kind") or typed.get("kind") or "category"
    if kind not in later.KINDS:
        return trouble(request, NOWHERE, 404)
    facts: dict[str, Any] = {"person": person, "kind": kind, "kinds": later.KINDS.items(), "typed": typed}
    if preview:
        try:
            facts["of"] = later.preview(actor, later.fact_of(kind, number, typed))
        except Refusal as refusal:
            wrong = wrong or refusal.messages["zh"]
    facts |= {"wrong": wrong, "key": uuid.uuid4().hex, "fields": later.FIELDS.get(kind, ())}
    facts |= later.choices(actor, number)
    return render(request, "web/later.html", facts, status=409 if wrong else 200)
