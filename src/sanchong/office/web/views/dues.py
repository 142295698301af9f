"""Recoveries from people and refunds to them: listed, decided, paid in parts."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from sanchong.dates import today
from sanchong.money import Fen, parse_yuan
from sanchong.office.claims.services import recoveries
from sanchong.office.imports.cells import Misread
from sanchong.office.web.capacity import actor_of
from sanchong.office.web.dues import DUES, KIND_NAMES, whole
from sanchong.office.web.forms import day
from sanchong.office.web.lists import answer
from sanchong.office.web.sessions import proved_lately
from sanchong.office.web.views.errors import NOWHERE, refused, trouble
from sanchong.settlement.refusal import Refusal

LONGEST: Final = 400


@sensitive_post_parameters("name")
@require_http_methods(["GET", "POST"])
def every(request: HttpRequest) -> HttpResponse:
    """What is to be recovered or refunded, the newest first."""
    try:
        return answer(request, DUES, actor_of(request))
    except Refusal as refusal:
        return refused(request, refusal)


@require_GET
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One claim: its decision, its payments, and what is next."""
    return _page(request, number, {})


@require_http_methods(["GET", "POST"])
@proved_lately
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Decide that it is due. Who comes back here from proving who they are is shown the claim again."""
    if request.method == "GET":
        return redirect("web:due", number=number)
    reason = request.POST.get("reason", "").strip()[:LONGEST]
    try:
        recoveries.confirm(actor_of(request), request.POST.get("key", ""), number, reason)
    except Refusal as refusal:
        return _page(request, number, {"wrong": refusal.messages["zh"], "reason": reason}, 409)
    return redirect("web:due", number=number)


@require_http_methods(["GET", "POST"])
@proved_lately
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Record a part that was paid; as :func:`decide`."""
    if request.method == "GET":
        return redirect("web:due", number=number)
    given = request.POST
    typed = {name: given.get(name, "").strip() for name in ("amount", "paid_on")}
    amount = _fen(typed["amount"])
    if amount is None:
        return _page(request, number, {"wrong": "金额应为不超过两位小数的数字，如 120.50。", **typed}, 400)
    try:
        paid_on = day(typed["paid_on"])
    except Misread as problem:
        return _page(request, number, {"wrong": f"收付日期：{problem.zh}。", **typed}, 400)
    kind = given.get("kind", "")
    if kind not in KIND_NAMES:
        return trouble(request, NOWHERE, 404)
    try:
        recoveries.pay(actor_of(request), given.get("key", ""), number, kind, amount, paid_on)
    except Refusal as refusal:
        return _page(request, number, {"wrong": refusal.messages["zh"], **typed}, 409)
    return redirect("web:due", number=number)


def _fen(text: str) -> Fen | None:
    try:
        return parse_yuan(text.replace(",", ""))
    except ValueError:
        return None


def _page(request: HttpRequest, number: str, facts: dict[str, Any], status: int = 200) -> HttpResponse:
    try:
        of = whole(actor_of(request), number)
    except Refusal as refusal:
        if refusal.code in ("no_settlement", "nothing_open"):
            return trouble(request, NOWHERE, 404)
        return refused(request, refusal)
    facts = {"amount": "", "paid_on": today().isoformat(), "reason": "", **facts}
    facts |= {"of": of, "row": of.row, "person": of.row.person, "key": uuid.uuid4().hex}
    facts |= {"kind_name": KIND_NAMES[of.row.kind]}
    return render(request, "web/due.html", facts, status=status)
