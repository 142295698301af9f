"""At the counter: a person's account, printed codes, agents."""

from __future__ import annotations

from django.urls import path

from sanchong.office.web.views import counter

ADDRESSES = [
    path("people/<str:number>/access/", counter.access, name="access"),
    path("people/<str:number>/access/open/", counter.open_account, name="open_account"),
    path("people/<str:number>/access/code/", counter.print_code, name="print_code"),
    path("people/<str:number>/access/reset/", counter.reset, name="reset_citizen"),
    path("people/<str:number>/agents/", counter.authorise, name="authorise"),
    path("people/<str:number>/agents/<int:row>/revoke/", counter.revoke, name="revoke_agent"),
]
