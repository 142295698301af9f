"""Visits: the list, registering one, its desk and what is done there."""

from __future__ import annotations

from django.urls import path

from sanchong.office.web.views import desk, visits

ADDRESSES = [
    path("visits/", visits.visits, name="visits"),
    path("visits/new/", visits.new, name="visit_new"),
    path("visits/<str:number>/", desk.visit, name="visit"),
    path("visits/<str:number>/quote/", desk.quote, name="visit_quote"),
    path("visits/<str:number>/items/", desk.items, name="visit_items"),
    path("visits/<str:number>/<str:act>/", desk.act, name="visit_act"),
]
