"""The register of a person: what is recorded of them and their household; recorded, ended, corrected, withdrawn.

Whatever it is, its effect on settled years is shown before it is done, by who has just proved who they are.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from sanchong.office.claims.services import later as services
from sanchong.office.people import queries
from sanchong.office.people.homes import MOST
from sanchong.office.people.register import register
from sanchong.office.web import later
from sanchong.office.web.capacity import Capacity, actor_of
from sanchong.office.web.facts.forms import Form, new_forms, row_form, turns, typed
from sanchong.office.web.facts.offered import in_words, offering, seeks
from sanchong.office.web.facts.shown import TITLES, known_of, names_of, page_of, period_of, said_of
from sanchong.office.web.forms import Filled, ask, fill
from sanchong.office.web.providers.plain import plain
from sanchong.office.web.sessions import proved_lately
from sanchong.office.web.views.errors import NOT_YOURS, NOWHERE, refused, trouble
from sanchong.settlement.refusal import Refusal

TYPED: Final = "fact_typed"
"""The session's key: what was typed before its holder was asked for proof, by address."""
LONGEST: Final = 400


@require_GET
def of_person(request: HttpRequest, number: str) -> HttpResponse:
    """What is recorded of a person and their household, what stands and what stood."""
    if not _serves(request):
        return trouble(request, NOT_YOURS, 403)
    try:
        at = page_of(actor_of(request), number)
    except Refusal as refusal:
        return refused(request, refusal)
    home = at.home.household.number if at.home else ""
    facts = {"at": at, "person": at.person, "forms": new_forms(number, home).items()}
    return render(request, "web/register.html", facts | {"done": request.session.pop("done", "")})


@sensitive_post_parameters("who")
@require_http_methods(["GET", "POST"])
def put_in(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """A fact of the person or the household that was not recorded."""
    if not _serves(request):
        return trouble(request, NOT_YOURS, 403)
    try:
        found = register(actor_of(request), number)
    except Refusal as refusal:
        return refused(request, refusal)
    form = new_forms(number, found.home.household.number if found.home else "").get(kind)
    if form is None:
        return trouble(request, NOWHERE, 404)
    return _change(request, number, form, {}, {})


@sensitive_post_parameters("who")
@require_http_methods(["GET", "POST"])
def change_row(request: HttpRequest, number: str, of: str, row: int, act: str) -> HttpResponse:
    """A row of the person's or the household's that stands: ended, corrected or withdrawn."""
    if not _serves(request):
        return trouble(request, NOT_YOURS, 403)
    try:
        rows = register(actor_of(request), number).rows
    except Refusal as refusal:
        return refused(request, refusal)
    held = next((h for h in rows if h.kind.name == of and h.row.pk == row), None)
    form = row_form(act, of, held.row) if held is not None else None
    if held is None or form is None:
        return trouble(request, NOWHERE, 404)
    stands = {
        "title": TITLES[of],
        "said": said_of(of, held.row, names_of([held.row])),
        "period": period_of(held.row),
        "known": known_of(held.row),
        "of": of,
        "row": held.row,
    }
    return _change(request, number, form, stands, typed(of, held.row) if act == "correct" else {})


def _change(
    request: HttpRequest, number: str, form: Form, stands: Mapping[str, Any], known: Mapping[str, str]
) -> HttpResponse:
    """The three steps: asked, previewed, confirmed; before them a household is looked for, where one is asked for."""
    actor = actor_of(request)
    if request.method == "GET":
        kept = request.session.get(TYPED, {}).get(request.path, {}) or known
        form = offering(form, actor, kept)
        return _page(request, number, stands, form, {"asked": ask(form.fields, in_words(form, kept))})
    said = {name: str(request.POST[name])[:LONGEST] for name in request.POST if name != "csrfmiddlewaretoken"}
    form = offering(form, actor, said)
    if said.get("step") == "find":
        asked = ask(form.fields, said)
        homes = next((a.choices for a in asked if a.field.kind == "pick"), ())
        found = {"asked": asked, "who": said.get("who", ""), "homes": homes, "most_homes": MOST}
        return _page(request, number, stands, form, found)
    filled = fill(form.fields, said)
    if filled.wrong:
        return _page(request, number, stands, form, {"asked": filled.asked}, status=422)
    if said.get("step") == "confirm":
        request.session[TYPED] = {request.path: said}
        return _confirm(request, number, form, stands, filled)
    return _preview(request, number, form, stands, filled)


@proved_lately
def _confirm(
    request: HttpRequest, number: str, form: Form, stands: Mapping[str, Any], filled: Filled
) -> HttpResponse:
    said = request.session[TYPED][request.path]
    actor = actor_of(request)
    try:
        fact = form.fact(filled.values)
        done = services.confirm(
            actor, said.get("key", ""), fact, said.get("digest", ""), said.get("reason", "")
        )
    except Refusal as refusal:
        return _preview(request, number, form, stands, filled, refusal.messages["zh"], said.get("reason", ""))
    request.session.pop(TYPED, None)
    changed = "、".join(sorted({f"{year['year']} 年度" for year in done["years"]}))
    request.session["done"] = f"{form.title}：已办理。" + (
        f"{changed}已结算的就诊已重新核算，差额见年度时间轴。" if changed else "没有改变已结算的就诊。"
    )
    return redirect("web:facts", number)


def _preview(
    request: HttpRequest,
    number: str,
    form: Form,
    stands: Mapping[str, Any],
    filled: Filled,
    wrong: str = "",
    reason: str = "",
) -> HttpResponse:
    facts: dict[str, Any] = {"asked": filled.asked, "key": uuid.uuid4().hex, "reason": reason}
    try:
        fact = form.fact(filled.values)
        facts["of"] = later.preview(actor_of(request), fact)
    except Refusal as refusal:
        at_field = filled.pointed(_field_of(refusal), plain(refusal))
        if at_field.wrong:
            facts["asked"] = at_field.asked
            return _page(request, number, stands, form, facts | {"wrong": wrong}, status=409)
        wrong = wrong or refusal.messages["zh"]
    else:
        facts["turns"] = turns(stands["of"], stands["row"], fact, filled.asked) if stands else []
    return _page(request, number, stands, form, facts | {"wrong": wrong}, status=409 if wrong else 200)


def _field_of(refusal: Refusal) -> str:
    """The field that a refusal leads to: the last step of its place, an end by the name that the forms give it."""
    name = refusal.where.rpartition(".")[2]
    return "to" if name == "end" else name


def _page(
    request: HttpRequest,
    number: str,
    stands: Mapping[str, Any],
    form: Form,
    facts: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    person = queries.find_by_number(actor_of(request), number)
    if person is None:
        return trouble(request, NOWHERE, 404)
    shown = {"person": person, "form": form, "stands": stands, "seeks": seeks(form), **facts}
    return render(request, "web/fact.html", shown, status=status)


def _serves(request: HttpRequest) -> bool:
    capacity: Capacity | None = request.capacity  # type: ignore[attr-defined]
    return capacity is not None and capacity.role is not None and capacity.role.serves
