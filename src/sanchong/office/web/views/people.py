"""Finding a person, and their rights at a glance."""

from __future__ import annotations

import re
import time
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from sanchong.dates import today
from sanchong.office.actor import Actor
from sanchong.office.citizens.services import require_matter
from sanchong.office.people import queries
from sanchong.office.people.identity import plain_number
from sanchong.office.people.queries import Shown
from sanchong.office.powers import powers_of
from sanchong.office.visibility import lists_people
from sanchong.office.web.capacity import actor_of
from sanchong.office.web.mine import number_of, statements
from sanchong.office.web.rights import glance
from sanchong.office.web.views.errors import NOT_YOURS, refused, trouble
from sanchong.settlement.refusal import Refusal

PRESENTED: Final = "presented"
"""The session's key: whose document or card was presented to a provider, and when."""
PRESENTED_FOR: Final = 30 * 60
MOST: Final = 50
LATEST: Final = 3
"""Statements on a citizen's first page."""

_HAN: Final = re.compile(r"[\u3400-\u9fff·]{2,}")


@sensitive_post_parameters("q")
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """By document, card, person number or, for those who may, name. What is asked stands in no address and so in no log."""
    actor = actor_of(request)
    if not _may_find(request):
        return trouble(request, NOT_YOURS, 403)
    facts: dict[str, Any] = {"by_name": lists_people(actor)}
    asked = request.POST.get("q", "").strip()
    if request.method == "POST" and asked:
        try:
            found = _found(actor, asked)
        except Refusal as refusal:
            return render(request, "web/people.html", facts | {"wrong": refusal.messages["zh"]}, status=403)
        if len(found) == 1:
            _note_presented(request, actor, found[0])
            return redirect("web:person", number=found[0].number)
        facts |= {"asked": True, "people": found[:MOST], "more": len(found) > MOST}
    return render(request, "web/people.html", facts)


@require_GET
def person(request: HttpRequest, number: str) -> HttpResponse:
    """A person's rights at a glance."""
    if not _may_find(request):
        return trouble(request, NOT_YOURS, 403)
    shown_at = request.session.get(PRESENTED, {}).get(number, 0)
    try:
        at = glance(actor_of(request), number, presented=int(time.time()) - shown_at <= PRESENTED_FOR)
    except Refusal as refusal:
        return refused(request, refusal)
    facts = {"at": at, "person": at.rights.person, "day": today()}
    facts["may_register"] = "register" in powers_of(actor_of(request))
    return render(request, "web/person.html", facts)


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """A citizen's own rights, or those of whom the citizen acts for."""
    actor = actor_of(request)
    if actor.person is None:
        return trouble(request, NOT_YOURS, 403)
    try:
        require_matter(actor, "rights")
        at = glance(actor, number_of(actor))
        may_read = "statements" in request.capacity.matters  # type: ignore[attr-defined]
        latest = statements(actor, size=LATEST) if may_read else None
    except Refusal as refusal:
        return refused(request, refusal)
    facts = {"at": at, "person": at.rights.person, "day": today(), "latest": latest}
    return render(request, "web/mine.html", facts)


def _may_find(request: HttpRequest) -> bool:
    capacity = request.capacity  # type: ignore[attr-defined]
    return capacity is not None and capacity.role is not None and capacity.role.sees_people


def _found(actor: Actor, asked: str) -> list[Shown]:
    """Who is meant: by name where it is one, else by whichever number it is."""
    if _HAN.fullmatch(asked):
        return queries.find_by_name(actor, asked, MOST + 1)
    number = plain_number(asked)
    one = queries.find_by_number(actor, number) if number.startswith("P") else None
    one = one or queries.find_by_identity(actor, number) or queries.find_by_card(actor, number)
    return [one] if one is not None else []


def _note_presented(request: HttpRequest, actor: Actor, found: Shown) -> None:
    """A provider may open the page of somebody who has just presented document or card."""
    if actor.provider_code:
        now = int(time.time())
        kept = {n: at for n, at in request.session.get(PRESENTED, {}).items() if now - at <= PRESENTED_FOR}
        request.session[PRESENTED] = {**kept, found.number: now}
