"""A person's year as a timeline: for staff, and for the person."""

from __future__ import annotations

import time
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sanchong.office.people.models import Person
from sanchong.office.powers import powers_of
from sanchong.office.web.capacity import Capacity, actor_of
from sanchong.office.web.timeline import shown
from sanchong.office.web.views.errors import NOT_YOURS, NOWHERE, refused, trouble
from sanchong.office.web.views.people import PRESENTED, PRESENTED_FOR
from sanchong.settlement.refusal import Refusal

YEARS: Final = range(2000, 2101)


@require_GET
def of_person(request: HttpRequest, number: str, year: int) -> HttpResponse:
    """A person's year, for staff."""
    capacity: Capacity | None = request.capacity  # type: ignore[attr-defined]
    if capacity is None or capacity.role is None:
        return trouble(request, NOT_YOURS, 403)
    shown_at = request.session.get(PRESENTED, {}).get(number, 0)
    presented = int(time.time()) - shown_at <= PRESENTED_FOR
    may_reverse = "reverse" in powers_of(capacity.actor)
    return _page(request, number, year, may_reverse=may_reverse, presented=presented)


@require_GET
def mine(request: HttpRequest, year: int) -> HttpResponse:
    """One's own year, or that of the person for whom one acts."""
    actor = actor_of(request)
    if actor.person is None:
        return trouble(request, NOT_YOURS, 403)
    number = Person.objects.values_list("number", flat=True).get(pk=actor.person)
    return _page(request, number, year, may_reverse=False, presented=False)


def _page(
    request: HttpRequest, number: str, year: int, *, may_reverse: bool, presented: bool
) -> HttpResponse:
    if year not in YEARS:
        return trouble(request, NOWHERE, 404)
    try:
        of = shown(actor_of(request), number, year, may_reverse=may_reverse, presented=presented)
    except Refusal as refusal:
        return refused(request, refusal)
    return render(request, "web/year.html", {"of": of, "person": of.person})
