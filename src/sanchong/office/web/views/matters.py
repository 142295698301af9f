"""The lists that today's work leads to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sanchong.office.web import matters
from sanchong.office.web.capacity import actor_of
from sanchong.office.web.lists import answer
from sanchong.office.web.views.errors import NOT_YOURS, trouble


@sensitive_post_parameters("name")
@require_http_methods(["GET", "POST"])
def recognitions(request: HttpRequest) -> HttpResponse:
    """Recognised diseases, those that end first on top."""
    actor = actor_of(request)
    if not matters.sees_recognitions(actor):
        return trouble(request, NOT_YOURS, 403)
    return answer(request, matters.RECOGNITIONS, actor)


@sensitive_post_parameters("name")
@require_http_methods(["GET", "POST"])
def manual_cases(request: HttpRequest) -> HttpResponse:
    """What settlements left to a person's judgement."""
    actor = actor_of(request)
    if not matters.sees_manual_cases(actor):
        return trouble(request, NOT_YOURS, 403)
    return answer(request, matters.MANUAL_CASES, actor)
