"""The list of recipients of assistance."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sanchong.dates import today
from sanchong.office.imports.cells import Misread, date
from sanchong.office.web.capacity import actor_of
from sanchong.office.web.lists import answer
from sanchong.office.web.recipients import DAY, recipients_on, sees_recipients
from sanchong.office.web.views.errors import NOT_YOURS, trouble


@sensitive_post_parameters("name")
@require_http_methods(["GET", "POST"])
def recipients(request: HttpRequest) -> HttpResponse:
    """Who has a category on the day that is asked for; today, unless one is."""
    actor = actor_of(request)
    if not sees_recipients(actor):
        return trouble(request, NOT_YOURS, 403)
    asked = (request.POST if request.method == "POST" else request.GET).get(DAY, "").strip()
    try:
        day = date(asked)
    except Misread:
        day = today()  # where something was typed that is no day, the list says so and shows nobody
    return answer(request, recipients_on(actor, day), actor)
