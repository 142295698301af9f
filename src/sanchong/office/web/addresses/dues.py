"""Recoveries and refunds."""

from __future__ import annotations

from django.urls import path

from sanchong.office.web.views import dues

ADDRESSES = [
    path("recoveries/", dues.every, name="dues"),
    path("recoveries/<str:number>/", dues.one, name="due"),
    path("recoveries/<str:number>/decide/", dues.decide, name="due_decide"),
    path("recoveries/<str:number>/pay/", dues.pay, name="due_pay"),
]
