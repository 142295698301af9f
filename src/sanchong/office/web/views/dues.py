"""Recoveries from people and refunds to them: listed, decided, paid in parts."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from sanchong.dates import today
from sanchong.money import Fen, parse_yuan
from sanchong.office.claims.dues import STATES
from sanchong.office.claims.services import recoveries
from sanchong.office.web.capacity import actor_of
from sanchong.office.web.dues import KIND_NAMES, STATE_NAMES, listed, whole
from sanchong.office.web.sessions import proved_lately
from sanchong.office.web.views.errors import NOWHERE, refused, trouble
from sanchong.settlement.refusal import Refusal

LONGEST: Final = 400


@require_GET
def every(request: HttpRequest) -> HttpResponse:
    """What is to be recovered or refunded, the newest first."""
    state = request.GET.get("state", "open")
    after = request.GET.get("after", "")
    if state not in STATES or not ((after.isascii() and after.isdigit() and len(after) < 19) or not after):
        return trouble(request, NOWHERE, 404)
    try:
        rows, more = listed(actor_of(request), state, int(after) if after else None)
    except Refusal as refusal:
        return refused(request, refusal)
    states = [(code, STATE_NAMES[code]) for code in STATES]
    return render(
        request,
        "web/dues.html",
        {"rows": rows, "after": more, "state": state, "states": states, "state_name": STATE_NAMES[state]},
    )


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
    amount, paid_on = _fen(typed["amount"]), _day(typed["paid_on"])
    if amount is None:
        return _page(request, number, {"wrong": "金额应为不超过两位小数的数字，如 120.50。", **typed}, 400)
    if paid_on is None:
        return _page(request, number, {"wrong": "日期应写成 2025-07-01 这样。", **typed}, 400)
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


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
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
