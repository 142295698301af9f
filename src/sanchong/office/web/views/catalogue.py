"""The catalogue: its editions, the items of one, the difference between two."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from sanchong.dates import today
from sanchong.office.accounts.roles import ROLES
from sanchong.office.catalogue.models import Edition
from sanchong.office.catalogue.queries import edition_on
from sanchong.office.web import catalogue
from sanchong.office.web.capacity import actor_of, acts_in_post
from sanchong.office.web.lists import answer
from sanchong.office.web.lists.page import taken
from sanchong.office.web.views.errors import NOT_YOURS, trouble
from sanchong.settlement.refusal import Refusal


@require_http_methods(["GET", "POST"])
def editions(request: HttpRequest) -> HttpResponse:
    """The editions, the latest first."""
    if not acts_in_post(request):
        return trouble(request, NOT_YOURS, 403)
    actor = actor_of(request)
    return answer(
        request,
        catalogue.EDITIONS,
        actor,
        "web/editions.html",
        {"may_change": actor.role in ROLES and ROLES[actor.role].keeps},
    )


@require_http_methods(["GET", "POST"])
def edition(request: HttpRequest, key: int) -> HttpResponse:
    """An edition and its items."""
    if not acts_in_post(request):
        return trouble(request, NOT_YOURS, 403)
    at = get_object_or_404(Edition.objects.select_related("added_by"), pk=key)
    now = edition_on(today(), today())
    others = Edition.objects.exclude(pk=key).order_by("-in_force_from", "-pk")
    more = {"at": at, "state": catalogue.state_of(at, now), "others": others}
    return answer(request, catalogue.items_of(at), actor_of(request), "web/edition.html", more)


@require_http_methods(["GET", "POST"])
def difference(request: HttpRequest, key: int) -> HttpResponse:
    """What differs from another edition (``than``) to this one."""
    if not acts_in_post(request):
        return trouble(request, NOT_YOURS, 403)
    after = get_object_or_404(Edition, pk=key)
    than = request.GET.get("than", "")
    before = get_object_or_404(Edition, pk=int(than) if than.isascii() and than.isdigit() else 0)
    wrong = ""
    if "export" in request.POST:
        try:
            return taken(*catalogue.exported(actor_of(request), before, after))
        except Refusal as refusal:
            wrong = refusal.messages["zh"]
    facts = {"at": catalogue.compared(before, after), "wrong": wrong}
    return render(request, "web/edition_difference.html", facts, status=422 if wrong else 200)
