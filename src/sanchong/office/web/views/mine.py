"""A citizen's own pages, or those of whom the citizen acts for: statements, and requests that something be put right."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanchong.office.citizens import corrections
from sanchong.office.citizens.models import DATA
from sanchong.office.citizens.services import require_matter
from sanchong.office.claims.queries import settlements_of
from sanchong.office.claims.statement import drawn
from sanchong.office.people.models import Person
from sanchong.office.visibility import visible_people
from sanchong.office.web import asked, mine
from sanchong.office.web.bill import bill_of
from sanchong.office.web.capacity import actor_of
from sanchong.office.web.views.errors import NOT_YOURS, NOWHERE, refused, trouble
from sanchong.office.web.why import why
from sanchong.settlement.refusal import Refusal

NAMES: Final = {"datum": "事项", "right": "正确的内容", "evidence": "凭据", "answer": "答复"}


@require_GET
def statements(request: HttpRequest) -> HttpResponse:
    """The list, a page at a time."""
    actor = actor_of(request)
    if actor.person is None:
        return trouble(request, NOT_YOURS, 403)
    after = request.GET.get("after", "")
    try:
        found = mine.statements(actor, after=int(after) if after.isascii() and after.isdigit() else None)
    except Refusal as refusal:
        return refused(request, refusal)
    return render(
        request, "web/mine/statements.html", {"found": found, "first": not after, "person": _person(request)}
    )


@require_GET
def statement(request: HttpRequest, number: str) -> HttpResponse:
    """One of them, as the bill with its clauses."""
    actor = actor_of(request)
    if actor.person is None:
        return trouble(request, NOT_YOURS, 403)
    try:
        require_matter(actor, "statements")
        if not settlements_of(actor).filter(number=number, year__person=actor.person).exists():
            return trouble(request, NOWHERE, 404)
        of = drawn(actor, number)
        corrected = why(actor, of.kept) if of.kept.kind == "adjust" else None
    except Refusal as refusal:
        return refused(request, refusal)
    facts = {
        "of": of.kept,
        "title": mine.TITLES[of.kept.kind],
        "why": corrected,
        "reversal": of.reversal,
        "bill": bill_of(of.case, of.result, of.law, names=of.names),
        "person": _person(request),
        "may_correct": "correct" in request.capacity.matters,  # type: ignore[attr-defined]
    }
    return render(request, "web/mine/statement.html", facts)


@sensitive_post_parameters("right", "evidence")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest) -> HttpResponse:
    """What was asked and answered; and the form to ask."""
    actor = actor_of(request)
    if actor.person is None:
        return trouble(request, NOT_YOURS, 403)
    facts: dict[str, Any] = {
        "data": DATA,
        "datum": request.GET.get("datum", ""),
        "right": request.GET.get("right", "")[:100],
    }
    if request.method == "POST":
        typed = {name: asked.text(request, name) for name in ("datum", "right", "evidence")}
        try:
            corrections.ask(actor, **typed)
        except Refusal as refusal:
            facts |= typed | {"wrong": asked.said(refusal, NAMES)}
        else:
            messages.success(request, "已提交。经办机构答复后，这里可以看到。")
            return redirect("web:my_corrections")
    try:
        rows = corrections.mine(actor)
    except Refusal as refusal:
        return refused(request, refusal)
    status = 400 if "wrong" in facts else 200
    return render(
        request,
        "web/mine/corrections.html",
        facts | {"rows": rows, "person": _person(request)},
        status=status,
    )


@require_POST
def withdraw(request: HttpRequest, key: int) -> HttpResponse:
    """Take a request back."""
    try:
        corrections.withdraw(actor_of(request), key)
    except Refusal as refusal:
        return refused(request, refusal, 404 if refusal.code == "no_correction" else 403)
    messages.success(request, "申请已撤回。")
    return redirect("web:my_corrections")


def _person(request: HttpRequest) -> Person:
    """Whose pages these are: a citizen's actor sees one person."""
    return visible_people(actor_of(request), Person.objects.all()).get()
