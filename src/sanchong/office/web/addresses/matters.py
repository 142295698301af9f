"""The lists that today's work leads to."""

from __future__ import annotations

from django.urls import path

from sanchong.office.web.views import matters

ADDRESSES = [
    path("recognitions/", matters.recognitions, name="recognitions"),
    path("manual-cases/", matters.manual_cases, name="manual_cases"),
]
