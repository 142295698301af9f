"""A person's year, and what is taken back in it."""

from __future__ import annotations

from django.urls import path

from sanchong.office.web.views import later, reversal, years

ADDRESSES = [
    path("people/<str:number>/year/<int:year>/", years.of_person, name="year"),
    path("people/<str:number>/later/", later.put_in, name="later"),
    path("mine/year/<int:year>/", years.mine, name="my_year"),
    path("settlements/<str:number>/reverse/", reversal.reverse, name="reverse"),
    path("settlements/<str:number>/reversed/", reversal.reversed_, name="reversed"),
]
