"""Requests that something be put right, as the agency reads and answers them."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sanchong.office.citizens import corrections
from sanchong.office.citizens.models import DATA, CorrectionState
from sanchong.office.web import asked
from sanchong.office.web.capacity import actor_of
from sanchong.office.web.lists import answer
from sanchong.office.web.matters import CORRECTIONS, sees_manual_cases
from sanchong.office.web.views.errors import NOT_YOURS, refused, trouble
from sanchong.settlement.refusal import Refusal

NAMES: Final = {
    "reason": "理由",
    "answer": "理由",
    "value": "更正后",
    "name": "姓名",
    "phone": "联系电话",
    "bank_account": "银行账户",
}


@sensitive_post_parameters("name")
@require_http_methods(["GET", "POST"])
def requests(request: HttpRequest) -> HttpResponse:
    """The list: those that wait, those that waited longest first; or as asked."""
    actor = actor_of(request)
    if not sees_manual_cases(actor):
        return trouble(request, NOT_YOURS, 403)
    return answer(request, CORRECTIONS, actor, "web/corrections/list.html")


@sensitive_post_parameters("value")
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, key: int) -> HttpResponse:
    """One request: read, and accepted or declined with a reason."""
    actor = actor_of(request)
    facts: dict[str, Any] = {}
    try:
        if request.method == "POST":
            corrections.one(actor, key)
            wrong = _answered(request, key)
            if not wrong:
                return redirect("web:corrections")
            facts = {"wrong": wrong, "typed": request.POST}
        row = corrections.one(actor, key)
    except Refusal as refusal:
        return refused(request, refusal, 404 if refusal.code == "no_correction" else 403)
    facts |= {
        "row": row,
        "open": row.state == CorrectionState.ASKED,
        "here": row.datum in corrections.PUT_RIGHT_HERE,
        "what": DATA[row.datum],
    }
    return render(request, "web/corrections/one.html", facts, status=400 if "wrong" in facts else 200)


def _answered(request: HttpRequest, key: int) -> str:
    """Answer as the form says; what is wrong with it, or ""."""
    accept = request.POST.get("verdict") == "accept"
    try:
        corrections.answer(
            actor_of(request),
            key,
            accept=accept,
            reason=asked.text(request, "reason"),
            value=asked.text(request, "value"),
        )
    except Refusal as refusal:
        return asked.said(refusal, NAMES)
    messages.success(request, "已答复，申请人登录后可以看到。")
    return ""
