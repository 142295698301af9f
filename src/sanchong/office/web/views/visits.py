"""The list of visits, and registering one."""

from __future__ import annotations

import time
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sanchong.dates import today
from sanchong.office.actor import Actor
from sanchong.office.checking import refused
from sanchong.office.claims.models import VISIT_KINDS
from sanchong.office.claims.services.visits import register
from sanchong.office.imports.cells import Misread
from sanchong.office.lawbook.services import diseases_in_law
from sanchong.office.people import queries
from sanchong.office.people.queries import Rights
from sanchong.office.powers import powers_of
from sanchong.office.providers.models import Provider
from sanchong.office.visibility import fields_for
from sanchong.office.web.capacity import actor_of
from sanchong.office.web.desk import conditions, disease_name
from sanchong.office.web.fault import problem_of
from sanchong.office.web.forms import day
from sanchong.office.web.lists import answer
from sanchong.office.web.views.errors import NOT_YOURS, NOWHERE, trouble
from sanchong.office.web.views.people import PRESENTED, PRESENTED_FOR
from sanchong.office.web.waiting import visits_for
from sanchong.settlement.refusal import Refusal


@sensitive_post_parameters("name")
@require_http_methods(["GET", "POST"])
def visits(request: HttpRequest) -> HttpResponse:
    """Those that wait to be settled, or as asked."""
    actor = actor_of(request)
    if not _may_see(request) or not fields_for(actor).amounts:
        return trouble(request, NOT_YOURS, 403)
    return answer(request, visits_for(actor), actor)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register a visit of the person that the address names."""
    actor = actor_of(request)
    if "register" not in powers_of(actor):
        return trouble(request, NOT_YOURS, 403)
    number = request.GET.get("person", "")
    if not number:
        return redirect("web:people")
    shown_at = request.session.get(PRESENTED, {}).get(number, 0)
    try:
        rights = queries.rights(
            actor, number, today(), today(), presented=int(time.time()) - shown_at <= PRESENTED_FOR
        )
    except Refusal:
        return trouble(request, NOWHERE, 404)
    facts = _facts(actor, rights)
    if request.method == "POST":
        try:
            return redirect("web:visit", number=_register(actor, number, request.POST.dict()))
        except Refusal as refusal:
            problem = problem_of("register", refusal, None, request.POST.dict())
            facts |= {"form": request.POST, "problem": problem}
    facts.setdefault("form", {"kind": "outpatient", "admitted": today().isoformat()})
    facts["key"] = facts["form"].get("key") if "problem" not in facts else uuid.uuid4().hex
    facts["key"] = facts["key"] or uuid.uuid4().hex
    return render(request, "web/desk/new.html", facts, status=400 if "problem" in facts else 200)


def _register(actor: Actor, number: str, form: dict[str, str]) -> str:
    """Register what the form says; the visit's number."""
    try:
        admitted = day(form.get("admitted", ""))
    except Misread as problem:
        raise refused("admitted", problem.zh, problem.en) from None
    kind = form.get("kind", "")
    if kind not in VISIT_KINDS:
        raise Refusal("invalid_input", "kind", "请选择就诊类型", "the kind is missing")
    answer = register(
        actor,
        form.get("key", ""),
        person_number=number,
        kind=kind,
        provider_number=form.get("provider_number", "").strip(),
        admitted=admitted,
        disease=form.get("disease", "") if kind == "outpatient" else "",
        practitioner=form.get("practitioner", "").strip(),
        department=form.get("department", "").strip(),
        department_code=form.get("department_code", "").strip(),
        provider="" if actor.provider_code else form.get("provider", "").split(" ")[0],
    )
    return str(answer["visit"])


def _facts(actor: Actor, rights: Rights) -> dict[str, Any]:
    law_diseases = diseases_in_law()
    recognised = [f"{r.disease}:{r.subtype}" if r.subtype else r.disease for r in rights.recognitions]
    provider = Provider.objects.filter(code=actor.provider_code).first()
    return {
        "person": rights.person,
        "rights": rights,
        "kinds": VISIT_KINDS,
        "recognised": [(code, disease_name(law_diseases, code)) for code in recognised],
        "others": [row for row in conditions(law_diseases) if row[0] not in recognised],
        "provider": provider,
        "providers": [] if provider else Provider.objects.order_by("code")[:500],
    }


def _may_see(request: HttpRequest) -> bool:
    capacity = request.capacity  # type: ignore[attr-defined]
    return capacity is not None and capacity.role is not None and capacity.role.sees_visits
