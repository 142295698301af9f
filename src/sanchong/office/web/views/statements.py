"""The statement of a settlement, on screen and on A4."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sanchong.office.web.capacity import actor_of
from sanchong.office.web.statement import stated
from sanchong.office.web.views.errors import NOWHERE, Trouble, refused, trouble
from sanchong.settlement.refusal import Refusal


@require_GET
def statement(request: HttpRequest, number: str) -> HttpResponse:
    """One statement; one whose receipt no longer comes out is not shown."""
    try:
        shown = stated(actor_of(request), number)
    except Refusal as refusal:
        if refusal.code == "no_settlement":
            return trouble(request, NOWHERE, 404)
        if refusal.code == "receipt_differs":
            return trouble(request, _differs(number), 409)
        return refused(request, refusal)
    return render(request, "web/statement.html", {"of": shown, "bill": shown.bill, "person": shown.person})


def _differs(number: str) -> Trouble:
    return Trouble(
        "结算单与凭据不符",
        f"按留存的数据重新计算结算 {number}，结果与当时的凭据不一致，因此不予显示。",
        "请勿据此付款或退款；请把结算编号告诉系统管理员，由其核查数据是否被改动。",
    )
