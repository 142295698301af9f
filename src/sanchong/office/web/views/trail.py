"""The trail, read by an auditor: a day, or one account's or one person's entries. Reading it stands in it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sanchong.dates import today
from sanchong.office.trail.services import record
from sanchong.office.visibility import may_audit
from sanchong.office.web.capacity import actor_of
from sanchong.office.web.lists import answer
from sanchong.office.web.trail import TRAIL
from sanchong.office.web.views.errors import NOT_YOURS, trouble


@sensitive_post_parameters("whom")
@require_http_methods(["GET", "POST"])
def trail(request: HttpRequest) -> HttpResponse:
    """The entries asked for; asked for nothing, those of today."""
    actor = actor_of(request)
    if not may_audit(actor):
        return trouble(request, NOT_YOURS, 403)
    asked = request.POST if request.method == "POST" else request.GET
    conditions = sorted(name for name in ("day", "who", "act", "whom") if asked.get(name, "").strip())
    if not {"day", "who", "whom"} & set(conditions):
        if request.method == "POST":
            return redirect("web:trail")
        of_today = request.GET.copy()
        of_today["day"] = str(today())
        request.GET, conditions = of_today, [*conditions, "day"]  # type: ignore[assignment]
    record(actor, "trail.read", "list", TRAIL.name, conditions=conditions)
    return answer(request, TRAIL, actor)
