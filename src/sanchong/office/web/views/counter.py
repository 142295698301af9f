"""At the counter: a person's account and code, and who acts for the person. What is secret is shown once, to be printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from sanchong.dates import today
from sanchong.office.citizens import queries, services
from sanchong.office.citizens.models import MATTERS, RELATIONS, Authorisation
from sanchong.office.people.models import Person
from sanchong.office.web import asked
from sanchong.office.web.capacity import actor_of
from sanchong.office.web.views.errors import refused
from sanchong.settlement.refusal import Refusal

NAMES: Final = {
    "phone": "手机号码",
    "agent": "代办人",
    "relation": "关系",
    "matters": "事项",
    "source": "授权文书",
    "start": "起始日期",
    "end": "终止日期",
    "reason": "原因",
}


@require_GET
def access(request: HttpRequest, number: str) -> HttpResponse:
    """The account, the code that is out, the agents; and the forms for each."""
    return _page(request, number)


@sensitive_post_parameters("phone")
@require_POST
def open_account(request: HttpRequest, number: str) -> HttpResponse:
    """An account with a first password, on paper."""

    def act(person: Person) -> HttpResponse:
        phone = asked.text(request, "phone")
        opened = services.open_at_counter(actor_of(request), person, phone)
        return _slip(request, person, "opened", password=opened.password, phone=phone)

    return _done(request, number, "open", act)


@require_POST
def print_code(request: HttpRequest, number: str) -> HttpResponse:
    """A code with what to do, on paper."""

    def act(person: Person) -> HttpResponse:
        code = services.print_code(actor_of(request), person)
        last = today() + dt.timedelta(days=services.CODE_DAYS)
        return _slip(request, person, "code", code=code, last=last)

    return _done(request, number, "code", act)


@require_POST
def reset(request: HttpRequest, number: str) -> HttpResponse:
    """Another first password, on paper."""

    def act(person: Person) -> HttpResponse:
        opened = services.reset_at_counter(actor_of(request), person)
        return _slip(request, person, "reset", password=opened.password, phone=opened.account.phone)

    return _done(request, number, "reset", act)


@sensitive_post_parameters("phone")
@require_POST
def authorise(request: HttpRequest, number: str) -> HttpResponse:
    """Let somebody act for the person."""

    def act(person: Person) -> HttpResponse:
        agent = services.agent_named(asked.text(request, "phone"), asked.text(request, "name"))
        services.authorise(
            actor_of(request),
            agent,
            person,
            asked.text(request, "relation"),
            request.POST.getlist("matters"),
            asked.period(request, asked.text(request, "source")),
        )
        messages.success(request, "代办授权已登记，即时生效。")
        return redirect("web:access", number=number)

    return _done(request, number, "authorise", act)


@require_POST
def revoke(request: HttpRequest, number: str, row: int) -> HttpResponse:
    """Let somebody act for the person no longer."""

    def act(person: Person) -> HttpResponse:
        found = Authorisation.objects.current().filter(pk=row, person=person).first()
        if found is None:
            raise Refusal(
                "not_found", "authorisation", "没有这条授权，或已撤销", "no such authorisation stands"
            )
        services.revoke(actor_of(request), found, asked.text(request, "reason"))
        messages.success(request, "授权已撤销，即时生效。")
        return redirect("web:access", number=number)

    return _done(request, number, "revoke", act, row)


def _done(
    request: HttpRequest, number: str, form: str, act: Callable[[Person], HttpResponse], row: int = 0
) -> HttpResponse:
    """What the act answers; a refusal is shown at the form that it came from."""
    try:
        person = queries.seen_by_agency(actor_of(request), number)
    except Refusal as refusal:
        return refused(request, refusal)
    try:
        return act(person)
    except Refusal as refusal:
        return _page(request, number, {"form": form, "row": row, "wrong": asked.said(refusal, NAMES)})


def _page(request: HttpRequest, number: str, wrong: dict[str, Any] | None = None) -> HttpResponse:
    try:
        found = queries.access(actor_of(request), number)
    except Refusal as refusal:
        return refused(request, refusal)
    facts: dict[str, Any] = {
        "at": found,
        "person": found.person,
        "day": today(),
        "relations": RELATIONS,
        "matters": MATTERS,
        "chosen": request.POST.getlist("matters"),
        "typed": request.POST,
        **(wrong or {}),
    }
    return render(request, "web/counter/access.html", facts, status=400 if wrong else 200)


def _slip(request: HttpRequest, person: Person, kind: str, **facts: Any) -> HttpResponse:
    """A sheet for the person to take home: shown once, kept nowhere."""
    to = request.build_absolute_uri(reverse("web:activate" if kind == "code" else "web:sign_in"))
    picture = segno.make(to, error="m").svg_inline(scale=3, border=0, svgclass="qr-code", lineclass=None)
    facts |= {"person": person, "kind": kind, "to": to, "picture": picture, "day": today()}
    return render(request, "web/counter/slip.html", facts)
