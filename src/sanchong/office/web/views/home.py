"""The first page: today's work and the month, by what one acts as."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from sanchong.dates import today
from sanchong.office.web import charts
from sanchong.office.web.capacity import Capacity, actor_of
from sanchong.office.web.context import OF_CITIZENS
from sanchong.office.web.today import categories, month, work


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Counts with links, the month in pictures with its table; a citizen's is their rights."""
    capacity: Capacity | None = request.capacity  # type: ignore[attr-defined]
    if capacity is not None and capacity.role is None:
        first = next(
            (name for matter, (_, name) in OF_CITIZENS.items() if matter in capacity.matters), "web:mine"
        )
        return redirect(first)
    actor = actor_of(request)
    facts = {"work": work(actor), "day": today(), "month": None, "helped": charts.bars(categories(actor))}
    of = month(actor)
    if of is not None:
        parts = charts.shares(of.amounts)
        facts |= {
            "month": of,
            "parts": parts,
            "stack": charts.stack(parts),
            "columns": charts.columns([d.day for d in of.days], {d.day: d.amounts for d in of.days}),
            "tiers": charts.TIERS,
        }
    return render(request, "web/home.html", facts)
