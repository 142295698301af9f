"""What would I get? Asked without signing in; what is typed is answered and forgotten. How often an address asks is counted."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sanchong import Engine
from sanchong.dates import today
from sanchong.office.accounts import knocking
from sanchong.office.lawbook.services import active_bundle, engine_of
from sanchong.office.web.calculator import form as forms
from sanchong.office.web.calculator.answer import answer
from sanchong.office.web.calculator.examples import EXAMPLES, filled
from sanchong.office.web.capacity import address_of
from sanchong.office.web.views.errors import TOO_OFTEN, Trouble, come_again, refused, trouble
from sanchong.settlement.refusal import Refusal

MOST_BYTES: Final = 32 * 1024
"""A form that somebody filled in has a tenth of it."""
TOO_LARGE: Final = Trouble("填写的内容太多", "这一页用不到这么多内容。", "请返回重新填写。")


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def calculate(request: HttpRequest) -> HttpResponse:
    """The form and its answer: empty, filled by an example, or as posted. It writes how often an address asks, nothing of what, and
    sets the form's guard alone.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return trouble(request, TOO_LARGE, 413)
    part = request.htmx  # type: ignore[attr-defined]
    if not knocking.calculates(address_of(request)):
        return come_again(request, TOO_OFTEN, "web/calculator/later.html" if part else "web/trouble.html")
    try:
        engine = engine_of(active_bundle())
    except Refusal as refusal:
        return refused(request, refusal, 503)
    day = today()
    posted = request.method == "POST"
    form = forms.typed(request.POST, day) if posted else filled(request.GET.get("example", ""), day)
    facts = _choices(engine) | {"form": form, "at": answer(form, engine)}
    named = dict(facts["special"] + facts["chronic"])
    facts["chosen"] = [named[code] for code in form.diseases if code in named]
    if part:
        return render(request, "web/calculator/answer.html", facts)
    status = 400 if posted and facts["at"].wrong else 200
    return render(request, "web/calculator/page.html", facts, status=status)


def _choices(engine: Engine) -> dict[str, Any]:
    regions = forms.regions_of(engine.law)
    return {
        "regions": regions,
        "households": {**regions, forms.ELSEWHERE: "其他地方"},
        "insurances": forms.INSURANCES,
        "categories": forms.CATEGORIES,
        "special": forms.conditions_of(engine.law, "special"),
        "chronic": forms.conditions_of(engine.law, "chronic"),
        "kinds": forms.KINDS,
        "hospitals": {code: hospital.zh for code, hospital in forms.HOSPITALS.items()},
        "wheres": {code: names[0] for code, names in forms.WHERE.items()},
        "classes": forms.CLASSES,
        "examples": EXAMPLES,
        "slots": [
            "date",
            "disease",
            "diseases",
            "in_scope",
            "pooled",
            "catastrophic",
            "commercial",
            *(f"{name}-{row}" for row in range(forms.ROWS) for name in ("amount", "advance")),
        ],
    }
