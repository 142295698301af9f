"""A person found, and their rights."""

from __future__ import annotations

from django.urls import path

from sanchong.office.web.views import people

ADDRESSES = [
    path("people/", people.find, name="people"),
    path("people/<str:number>/", people.person, name="person"),
    path("mine/", people.mine, name="mine"),
]
