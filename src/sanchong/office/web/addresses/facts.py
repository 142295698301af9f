"""The register of a person, and what changes it."""

from __future__ import annotations

from django.urls import path

from sanchong.office.web.views import facts

ADDRESSES = [
    path("people/<str:number>/facts/", facts.of_person, name="facts"),
    path("people/<str:number>/facts/new/<str:kind>/", facts.put_in, name="fact_new"),
    path("people/<str:number>/facts/<str:of>/<int:row>/<str:act>/", facts.change_row, name="fact_row"),
]
