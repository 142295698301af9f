"""Statements of settlements."""

from __future__ import annotations

from django.urls import path

from sanchong.office.web.views import statements

ADDRESSES = [
    path("statements/<str:number>/", statements.statement, name="statement"),
]
